"""Rows in, one text for all of them out, with the Cypher that takes it apart again: how rows are passed fast.

ladybug spends some 10 µs a value on a list of maps, and nearly nothing on a text (measured: 70 µs against 2 for the
row of an edge). Records, fields and the items of lists are parted as ASCII means it; no field is ever empty, as
string_split leaves empty parts out.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from kg.schema import Column, embedded_type
from kg.store import Row

RECORD, FIELD, ITEM, NOTHING = "\x1e", "\x1f", "\x1d", "\x1a"


class _Texts(NamedTuple):
    """A column as texts, and how many separators of items and signs for nothing it was given."""

    values: list[str]
    items: int = 0
    nothing: int = 0


def pack(columns: Sequence[Column], rows: Sequence[Row]) -> str | None:
    """The rows as one text; None where a value holds a separator or is empty and they can't be passed so."""
    packed = [_column(column, [row[column.name] for row in rows]) for column in columns]
    if any("" in column.values for column in packed):
        return None
    text = RECORD.join(map(FIELD.join, zip(*(column.values for column in packed), strict=True)))
    given = {
        RECORD: len(rows) - 1,
        FIELD: len(rows) * (len(columns) - 1),
        ITEM: sum(column.items for column in packed),
        NOTHING: sum(column.nothing for column in packed),
    }
    return text if all(text.count(sign) == number for sign, number in given.items()) else None


def _column(column: Column, values: list[Any]) -> _Texts:
    if column.many:
        if any("" in value for value in values):
            return _Texts([""])
        texts = [ITEM.join(map(str, value)) or NOTHING for value in values]
        empty = texts.count(NOTHING)
        return _Texts(texts, items=sum(map(len, values)) - len(values) + empty, nothing=empty)
    if column.type == "string" and column.required:
        return _Texts(values)
    return _Texts(
        [NOTHING if value is None else value if column.type == "string" else str(value) for value in values],
        nothing=values.count(None),
    )


def unpacked(column: Column, position: int) -> str:
    """The Cypher of the value of a column, from the list `f` of the fields; positions count from 1."""
    field = f"f[{position}]"
    if column.many:
        items = f"CASE WHEN {field} = '{NOTHING}' THEN CAST([] AS STRING[]) ELSE string_split({field}, '{ITEM}') END"
        return items if column.type == "string" else f"CAST({items} AS {embedded_type(column)})"
    value = field if column.required else f"nullif({field}, '{NOTHING}')"
    return value if column.type == "string" else f"CAST({value} AS {embedded_type(column)})"


def fields() -> str:
    """The beginning of a statement that is passed `$packed`; it ends in a WITH that can be carried on."""
    records = f"UNWIND string_split($packed, '{RECORD}') AS record"
    return f"{records} WITH string_split(record, '{FIELD}') AS f WITH f"
