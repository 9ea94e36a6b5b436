"""An Atom feed, as arXiv's interface answers -> records, an entry each.

Every entry is parsed by itself, inside the feed's opening tag alone: a damaged one fails alone, and as no document type
declaration ever reaches the parser, there are no entities to expand.
"""

import re
from collections.abc import Iterator
from io import BufferedReader
from xml.etree import ElementTree

from kg.read.fields import Fields, Record
from kg.read.format import Format, Item, Source
from kg.read.stream import RECORD_LIMIT, chunks

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding=["']([\w.-]+)["']""")
_FEED = re.compile(rb"<((?:[\w.-]+:)?feed)\b[^>]*>")
_BEGIN = re.compile(rb"<(?:[\w.-]+:)?entry[\s>]")
_END = re.compile(rb"</(?:[\w.-]+:)?entry\s*>")
_REACH = 100  # bytes over which a tag can lie at the seam of two pieces


def records(source: Source) -> Iterator[Item]:
    """{local name of an element: its text} for each entry; a link counts by its address."""
    declared = _DECLARED.match(source.head)
    feed = _FEED.search(source.head)
    opening, closing = (feed[0], b"</" + feed[1] + b">") if feed else (b"<feed>", b"</feed>")
    try:
        stream = source.text(declared[1].decode() if declared else None)
    except LookupError:
        yield source.error(1, f"the encoding {declared[1].decode() if declared else ''} is unknown")
        return
    for line, entry, fault in _entries(stream):
        if fault:
            yield source.error(line, fault)
            continue
        try:
            yield line, _record(ElementTree.fromstring(opening + entry + closing)[0])
        except ElementTree.ParseError as error:
            yield source.error(line, f"malformed XML: {str(error).partition(': line')[0]}")


def _entries(stream: BufferedReader) -> Iterator[tuple[int, bytes, str | None]]:
    """(line, bytes from its opening to its closing tag, what is wrong with it) of every entry."""
    buffer, line, start = b"", 1, -1
    for piece in chunks(stream):
        buffer, position, seen = buffer + piece, 0, max(0, len(buffer) - _REACH)
        while tag := (_BEGIN if start < 0 else _END).search(buffer, max(position, seen)):
            if start < 0:
                start, seen = tag.start(), tag.end()
                continue
            begins = line + buffer.count(b"\n", position, start)
            body = buffer[start : tag.end()]
            yield begins, body, None
            line, position, start = begins + body.count(b"\n"), tag.end(), -1
        keep = start if start >= 0 else max(position, len(buffer) - _REACH)
        line, buffer, start = line + buffer.count(b"\n", position, keep), buffer[keep:], 0 if start >= 0 else -1
        if len(buffer) > RECORD_LIMIT:
            yield line, b"", f"an entry of more than {RECORD_LIMIT // 2**20} MiB"
            line, buffer, start = line + buffer.count(b"\n"), b"", -1
    if start >= 0:
        yield line, b"", "truncated XML: it ends inside this entry"
    elif b"</" not in buffer:
        yield line + buffer.count(b"\n"), b"", "truncated XML: the feed is not closed"


def _record(entry: ElementTree.Element) -> Record:
    record: dict[str, str] = {}
    for element in entry:
        name = element.tag.rpartition("}")[2]
        if name == "link":
            if element.get("rel", "alternate") == "alternate":
                record.setdefault("link", element.get("href", ""))
        else:
            record.setdefault(name, "".join(element.itertext()))
    return record


def _is_feed(head: bytes, name: str) -> bool:
    return head.lstrip().startswith(b"<") and (_FEED.search(head) or _BEGIN.search(head)) is not None


FORMAT = Format(
    name="atom",
    description="an Atom feed, as arXiv's interface answers: entries with id, title, summary, published",
    example_file="atom.xml",
    read=records,
    matches=_is_feed,
    fields=Fields(
        abstract=("summary", "content"),
        title=("title",),
        id=("id",),
        url=("link", "id"),
        published=("published", "updated"),
        identifiers=("doi", "link"),
    ),
)
