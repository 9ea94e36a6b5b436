"""What a question returns from Neo4j -> plain values: numbers, text, lists, and JSON text for what is none of them."""

from collections.abc import Mapping
from typing import Any

import orjson
from neo4j.graph import Node, Path, Relationship

from kg.store import Row

_PLAIN = frozenset({str, int, float, bool, type(None)})


def plain(record: Mapping[str, Any]) -> Row:
    """A record as a row."""
    return dict(zip(record, cells(list(record.values())), strict=True))


def cells(row: list[Any]) -> list[Any]:
    """The values of a row; most rows hold nothing but plain ones."""
    return row if _PLAIN.issuperset(map(type, row)) else [_value(value) for value in row]


def _value(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, list):
        return [_value(item) for item in value]
    return orjson.dumps(_tree(value)).decode()


def _tree(value: Any) -> Any:
    """What JSON takes: a node is its labels and properties, a path its nodes, a date or a point its text."""
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, Node):
        return {"labels": sorted(value.labels), **{key: _tree(value[key]) for key in sorted(value.keys())}}
    if isinstance(value, Relationship):
        return {"type": value.type, **{key: _tree(value[key]) for key in sorted(value.keys())}}
    if isinstance(value, Path):
        return [_tree(part) for part in value.nodes]
    if isinstance(value, Mapping):
        return {key: _tree(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)) and not hasattr(value, "srid"):
        return [_tree(part) for part in value]
    return value.iso_format() if hasattr(value, "iso_format") else str(value)
