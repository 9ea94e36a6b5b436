"""A JSON document (an array, an object with a list inside, objects one after the other) -> its records."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Any

from kg.read.fields import Fields, Record, value
from kg.read.format import Format, Item, Source
from kg.read.jsonl import record
from kg.read.jsonl import records as line_records
from kg.read.objects import Found, Splitter, objects
from kg.read.stream import RECORD_LIMIT, chunks

_USUAL = Fields()
_JSON = re.compile(rb'\s*(?:\{\s*["}]|\[\s*[\[{"\]])')  # and not "[Context] We study", nor "{\bf We} study"
_LINES = 20  # by which JSON Lines are told from a document


def records(source: Source) -> Iterator[Item]:
    """The records of a document, each with the line where it begins."""
    for found in objects(chunks(source.text())):
        yield from _records_in(source, found)


def lines_or_document(source: Source) -> Iterator[Item]:
    """The records of JSON Lines or of a document, whichever it is."""
    return (line_records if is_lines(source.head) else records)(source)


def is_lines(head: bytes) -> bool:
    """Whether a JSON text is one object a line: most of the first ones are, and not the wrapping of a list alone."""
    first = [_object(line) for line in head.split(b"\n")[:_LINES] if line.strip()]
    if len(first) > 1 and first[-1] is None:
        first.pop()  # it may be cut off
    found = [content for content in first if content is not None]
    if len(first) == len(found) == 1:
        return _list_in(found[0]) is None
    return head.lstrip()[:1] == b"{" and 2 * len(found) > len(first)


@lru_cache(maxsize=1)
def first_record(head: bytes) -> Record | None:
    """The first record that stands whole in the head of a JSON text of whatever shape."""
    of_lines = map(_object, head.split(b"\n")[:_LINES])
    of_brackets = (_object(found.body or b"") for found in _first_objects(head))
    return next((one for one in chain(of_lines, of_brackets) if one is not None and _list_in(one) is None), None)


def _first_objects(head: bytes) -> Iterator[Found]:
    if _is_json(head):
        for alone in (True, False):
            yield from Splitter(alone=alone).feed(head)


def _object(text: bytes) -> Record | None:
    try:
        return record(text.strip())
    except ValueError:
        return None


def _records_in(source: Source, found: Found) -> Iterator[Item]:
    if found.body is None:
        yield source.error(found.line, f"a record of more than {RECORD_LIMIT // 2**20} MiB")
        return
    if not found.whole:
        yield source.error(
            found.line, "truncated JSON: it ends " + ("inside this record" if found.body else "unclosed")
        )
        return
    try:
        content = record(found.body)
    except ValueError as error:
        yield source.error(found.line, str(error))
        return
    key = _list_in(content) if found.alone else None
    if key is None:
        yield found.line, content
        return
    for inner in objects([found.body], line=found.line, alone=False):
        if inner.key == key:
            yield from _records_in(source, inner)


def _list_in(content: Record) -> str | None:
    """The key of the list of records that an object wraps; None where it is a record itself.

    Records hold lists of objects too (authors, references), and a wrapping may have a title and a description.
    """
    if any("abstract" in key.lower() for key in content):
        return None
    lists = dict(_lists(content))
    with_abstracts = [key for key, items in lists.items() if any(_holds(item, "abstract") for item in items[:5])]
    if not with_abstracts and (_holds(content, "title") or _holds(content, "id")):
        return None
    return max(with_abstracts or lists, key=lambda key: len(lists[key]), default=None)


def _lists(content: Record) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for key, inner in content.items():
        if isinstance(inner, dict):
            yield from _lists(inner)
        elif isinstance(inner, list) and (items := [item for item in inner if isinstance(item, dict)]):
            yield key, items


def _holds(content: Record, part: str) -> bool:
    return any(value(content, path) for path in _USUAL.plan(tuple(content))[part])


def _is_json(head: bytes) -> bool:
    return _JSON.match(head) is not None


JSONL = Format(
    name="jsonl",
    description="JSON Lines: an object a line",
    example_file="jsonl.jsonl",
    read=line_records,
    matches=lambda head, name: is_lines(head) if _is_json(head) else name.endswith((".jsonl", ".ndjson")),
)
JSON = Format(
    name="json",
    description="a JSON document: an array of objects, an object with such a list inside, or objects in a row",
    example_file="json.json",
    read=records,
    matches=lambda head, name: _is_json(head) or name.endswith(".json"),
)
