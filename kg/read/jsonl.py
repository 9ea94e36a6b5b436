"""JSON Lines -> records, one a line; and a JSON text -> its value."""

import json
from collections.abc import Iterator

import orjson

from kg.errors import ReadError
from kg.read.fields import Record
from kg.read.format import Item, Source, invalid

_KINDS = {
    list: "an array",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "a truth value",
    type(None): "null",
}


def loads(text: bytes) -> object:
    """The value of a JSON text; ValueError with the reason where it has none.

    NaN, and control characters inside of strings, are no JSON but common in what other tools write: they are read.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        try:
            return json.loads(text.decode(), strict=False)
        except UnicodeDecodeError as broken:
            raise ValueError(invalid(broken)) from broken
        except (ValueError, RecursionError):
            raise ValueError(f"malformed JSON: {error.msg}") from error


def record(text: bytes) -> Record:
    """The object that a JSON text is; ValueError where it is none."""
    value = loads(text)
    if not isinstance(value, dict):
        raise ValueError(f"{_KINDS[type(value)]} where a record is an object")
    return value


def records(source: Source) -> Iterator[Item]:
    """The object on each line that is not blank."""
    for item in source.lines():
        if isinstance(item, ReadError):
            yield item
            continue
        number, line = item
        if not line or line.isspace():
            continue
        try:
            yield number, record(line)
        except ValueError as error:
            yield source.error(number, str(error))
