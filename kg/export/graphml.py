"""A store in, one GraphML file out, for Gephi, yEd, Cytoscape, igraph and networkx. Streamed, nodes before edges.

A node and an edge carry their `label`; a list, for which GraphML has no type, is a JSON array in a text.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from kg.export.rows import columns_of, edges, nodes
from kg.schema import Column, ColumnType, edge_columns, node_columns
from kg.store import Store

_TYPES: dict[ColumnType, str] = {"string": "string", "integer": "long", "number": "double", "boolean": "boolean"}
_LEFT_OUT = {"id", "extracted_at"}  # the one is an attribute, of the other no two runs agree
_RETURN = {"\r": "&#13;"}  # which would be read as a line feed
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""
# What XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets).
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_graphml(store: Store, path: Path) -> None:
    """Write the whole graph. A control character that XML can't hold becomes U+FFFD."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEAD)
        file.writelines(_keys())
        file.write('<graph id="G" edgedefault="directed">\n')
        for label, row in nodes(store):
            data = _data("n", label, columns_of(label), row)
            file.write(f"<node id={_attribute(row['id'])}>{data}</node>\n")
        for kind, row in edges(store):
            data = _data("e", kind.type, edge_columns()[kind.type], row)
            ends = f"source={_attribute(row['source'])} target={_attribute(row['target'])}"
            file.write(f"<edge {ends}>{data}</edge>\n")
        file.write("</graph>\n</graphml>\n")


def _keys() -> Iterator[str]:
    for prefix, domain, tables in (("n", "node", node_columns()), ("e", "edge", edge_columns())):
        columns = {column.name: column for some in tables.values() for column in some}
        for column in (Column("label", "string"), *(columns[name] for name in sorted(columns.keys() - _LEFT_OUT))):
            type = "string" if column.many else _TYPES[column.type]
            key = f'<key id="{prefix}_{column.name}" for="{domain}" attr.name="{column.name}" attr.type="{type}"/>\n'
            yield key


def _data(prefix: str, label: str, columns: tuple[Column, ...], row: Mapping[str, Any]) -> str:
    values = {"label": label} | {column.name: _text(column, row[column.name]) for column in columns}
    return "".join(
        f'<data key="{prefix}_{name}">{escape(_xml(value), _RETURN)}</data>'
        for name, value in values.items()
        if value is not None and name not in _LEFT_OUT
    )


def _text(column: Column, value: Any) -> str | None:
    if value is None:
        return None
    if column.many:
        return json.dumps(value, ensure_ascii=False)
    return str(value).lower() if column.type == "boolean" else str(value)


def _xml(text: str) -> str:
    # A bare carriage return would be read as a line feed.
    return _NO_XML.sub("\ufffd", text)


def _attribute(text: Any) -> str:
    return quoteattr(_xml(str(text)), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})
