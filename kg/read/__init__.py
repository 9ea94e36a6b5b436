"""Sources (files, folders, patterns, standard input) in, the Paper of every record out, one after the other."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kg.errors import EmptyRecord, FormatError, ReadError, SettingsError
from kg.read import arxiv, atom, bibtex, document, openalex, parquet, semanticscholar, table, text
from kg.read.fields import Fields
from kg.read.format import Format, Item, Source
from kg.read.mapper import Mapper
from kg.read.merge import merge
from kg.read.recognise import reason_against
from kg.read.source import opened, places
from kg.read.stream import BROKEN, utf8_head
from kg.types import Paper

__all__ = ["FORMATS", "Format", "merge", "read", "sniff"]

FORMATS: dict[str, Format] = {
    format.name: format
    for format in (  # in the order in which they are tried
        parquet.FORMAT,
        atom.FORMAT,
        arxiv.FORMAT,
        openalex.FORMAT,
        semanticscholar.FORMAT,
        document.JSONL,
        document.JSON,
        bibtex.FORMAT,
        table.CSV,
        table.TSV,
        text.LABELLED,
        text.PAGES,
        text.TEXT,
    )
}


def sniff(head: bytes, name: str) -> str:
    """The name of the format of a source that begins with these bytes; FormatError where no reader takes it.

    Content decides, and `name` (that of the file; `.gz` and `.zst` at its end don't count) where it does not.
    """
    head, name = utf8_head(head), name.removesuffix(".gz").removesuffix(".zst")
    if reason := reason_against(head):
        raise FormatError(name, reason)
    for format in FORMATS.values():
        if format.matches(head, name):
            return format.name
    raise FormatError(name, "no format is recognised in it; name one with --format")


def read(
    sources: Iterable[str | Path] | str | Path, *, format: str | None = None, mapping: Mapping[str, str] | None = None
) -> Iterator[Paper | ReadError]:
    """Each record of the sources as a Paper, or the ReadError (EmptyRecord where it has no abstract) that says why not.

    `format` overrides what is recognised; `mapping` says where a field stands: {"title": "metadata.title"}. A source
    that can't be read is a ReadError of line 0, and the next one follows. SettingsError at once for a setting that
    makes no sense. A paper that stands in two records comes twice: see `merge`.
    """
    if format is not None and format not in FORMATS:
        raise SettingsError(f"no format {format!r}; there are {', '.join(FORMATS)}")
    fields = {name: one.fields.mapped(mapping or {}) for name, one in FORMATS.items()}
    return _read([sources] if isinstance(sources, str | Path) else sources, format, fields)


def _read(
    sources: Iterable[str | Path], format: str | None, fields: Mapping[str, Fields]
) -> Iterator[Paper | ReadError]:
    for place in places(sources):
        if isinstance(place, ReadError):
            yield place
            continue
        line, none = 0, True
        try:
            with opened(place) as source:
                if not source.head.strip():
                    raise EmptyRecord(source.path, 0, "the file is empty")
                name = format or _recognised(source)
                mapper = Mapper(fields[name], path=source.path, name=source.name)
                for item in FORMATS[name].read(source):
                    line, none = item.line if isinstance(item, ReadError) else item[0], False
                    yield _paper(mapper, item)
                if none:
                    raise EmptyRecord(source.path, 0, f"no record in it, read as {name}")
        except ReadError as error:
            yield error
        except BROKEN as error:
            yield ReadError(place.path, line, f"{'the rest ' if line else ''}can't be read: {error}")


def _recognised(source: Source) -> str:
    try:
        return sniff(source.head, source.name)
    except FormatError as error:
        raise ReadError(source.path, 0, error.reason) from error


def _paper(mapper: Mapper, item: Item) -> Paper | ReadError:
    if isinstance(item, ReadError):
        return item
    try:
        return mapper.paper(*item)
    except ReadError as error:
        return error
