"""A value as a database's driver returns it in, a plain value of a Row out."""

import json
from collections.abc import Mapping
from typing import Any

from kg.store import Value


def plain(value: Any) -> Value | list[Value]:
    """Scalars and lists of them as they are; a node, an edge or a map as JSON; anything else (a date) as text.

    >>> plain((1, "a")), plain({"b": [1], "a": "é"})
    ([1, 'a'], '{"a": "é", "b": [1]}')
    """
    return [_scalar(one) for one in value] if isinstance(value, list | tuple) else _scalar(value)


def _scalar(value: Any) -> Value:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Mapping):
        shown = {key: inner for key, inner in value.items() if key not in ("_ID", "_SRC", "_DST")}
        return json.dumps(shown, ensure_ascii=False, sort_keys=True, default=str)
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | tuple) else str(value)
