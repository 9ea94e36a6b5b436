"""Rows in, one text a row out, with the Cypher that takes it apart again: how the embedded store is passed rows fast.

ladybug spends some 10 µs a value on a list of maps, and nearly nothing on a list of texts (measured: 70 µs against 2
for a row of an edge). Fields are parted by the unit separator, the items of a list by the group separator, as ASCII
means them; a field is never empty, as ladybug's string_split leaves empty parts out.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from kg.schema import Column, embedded_type
from kg.store import Row

FIELD, ITEM, NOTHING = "\x1f", "\x1d", "\x1a"


def pack(columns: Sequence[Column], rows: Iterable[Row]) -> list[str] | None:
    """The rows as texts; None where a value holds a separator or an empty text and can't be passed so."""
    lines = []
    for row in rows:
        fields = [_packed(row[column.name]) for column in columns]
        if None in fields:
            return None
        line = FIELD.join(fields)  # type: ignore[arg-type]
        if line.count(FIELD) != len(columns) - 1:
            return None
        lines.append(line)
    return lines


def _packed(value: Any) -> str | None:
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return value if value and value != NOTHING and ITEM not in value else None
    if isinstance(value, list):
        items = [str(item) for item in value]
        text = ITEM.join(items)
        sound = "" not in items and text != NOTHING and text.count(ITEM) == len(items) - 1
        return (text if sound else None) if items else NOTHING
    return str(value)


def unpacked(column: Column, position: int) -> str:
    """The Cypher of the value of a column, from the list `f` of the fields; positions count from 1."""
    field = f"f[{position}]"
    if column.many:
        items = f"CASE WHEN {field} = '{NOTHING}' THEN CAST([] AS STRING[]) ELSE string_split({field}, '{ITEM}') END"
        return items if column.type == "string" else f"CAST({items} AS {embedded_type(column)})"
    value = field if column.required else f"nullif({field}, '{NOTHING}')"
    return value if column.type == "string" else f"CAST({value} AS {embedded_type(column)})"


def fields() -> str:
    """The beginning of a statement that is passed `$lines`; it ends in a WITH that can be carried on."""
    return f"UNWIND $lines AS line WITH string_split(line, '{FIELD}') AS f WITH f"
