"""A table as text (a line of column names, then a row a record; commas, semicolons or tabs between) -> records."""

import csv
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import PurePath

from kg.errors import ReadError
from kg.read.fields import Fields
from kg.read.format import Format, Item, Source, invalid

_USUAL = Fields()


class _Lines:
    """The lines of a source as `csv` wants them; remembers the last one's number and what was wrong since asked."""

    def __init__(self, source: Source) -> None:
        self._source, self.number, self.faults = source, 0, list[ReadError]()

    def __iter__(self) -> Iterator[str]:
        for item in self._source.lines():
            if isinstance(item, ReadError):
                self.number = item.line
                self.faults.append(item)
                yield "\n"  # in a row's place, so that the next row is not taken for the faulty one
                continue
            self.number, line = item
            try:
                text = line.decode()
            except UnicodeDecodeError as error:
                self.faults.append(self._source.error(self.number, invalid(error)))
                text = line.decode(errors="replace")  # keeps the quotes in step; the row is refused
            yield text + "\n"


def _rows(source: Source, delimiter: str) -> Iterator[tuple[int, list[str]] | ReadError]:
    """(line where it begins, values) of each row that is not blank."""
    lines = _Lines(source)
    plain = _is_plain(source.head, delimiter)
    # What is quoted wrongly would be read as something that the source does not say: strict refuses it.
    rows = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL, strict=True)
    while True:
        start = lines.number + 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            lines.faults.append(source.error(start, f"malformed row: {error}"))
            row = []
        if lines.faults:
            yield from lines.faults
            lines.faults.clear()
        elif row:
            yield start, [_unquoted(value) for value in row] if plain else row
        if row is None:
            return


def _records(source: Source, delimiter: str) -> Iterator[Item]:
    columns: list[str] | None = None
    for item in _rows(source, delimiter):
        if isinstance(item, ReadError):
            yield item
        elif columns is None:
            columns = [name.strip() for name in item[1]]
        elif len(item[1]) > len(columns):
            yield source.error(item[0], f"{len(item[1])} values in a table of {len(columns)} columns")
        else:
            yield item[0], dict(zip_longest(columns, item[1]))


def _commas(source: Source) -> Iterator[Item]:
    return _records(source, max(",;", key=lambda delimiter: _known(source.head, delimiter)))


def _tabs(source: Source) -> Iterator[Item]:
    return _records(source, "\t")


def _header(head: bytes, delimiter: str) -> list[str]:
    first = head.lstrip(b"\r\n").partition(b"\n")[0][:10_000].decode(errors="replace")
    return [name.strip().strip('"') for name in first.split(delimiter)]


def _known(head: bytes, delimiter: str) -> tuple[int, int]:
    """How many columns have a usual name, and how many there are, with this delimiter."""
    names = _header(head, delimiter)
    return sum(map(len, _USUAL.plan(names).values())), len(names)


def _is_table(head: bytes, delimiter: str) -> bool:
    """Whether the first line is one of column names, an abstract's among them."""
    names = _header(head, delimiter)
    return len(names) > 1 and max(map(len, names)) <= 40 and bool(_USUAL.plan(names)["abstract"])


def _is_plain(head: bytes, delimiter: str) -> bool:
    """Whether tabs stand in every line alike: then no field holds a line break, and quotes are quotes."""
    lines = [line for line in head.split(b"\n")[:-1] if line.strip()]
    return delimiter == "\t" and len({line.count(b"\t") for line in lines}) == 1


def _unquoted(value: str) -> str:
    inner = value[1:-1]
    quoted = len(value) > 1 and value[0] == value[-1] == '"' and '"' not in inner.replace('""', "")
    return inner.replace('""', '"') if quoted else value


CSV = Format(
    name="csv",
    description="a table with a line of column names; commas or semicolons between",
    example_file="csv.csv",
    read=_commas,
    matches=lambda head, name: PurePath(name).suffix.lower() == ".csv" or _is_table(head, ",") or _is_table(head, ";"),
)

TSV = Format(
    name="tsv",
    description="a table with a line of column names; tabs between",
    example_file="tsv.tsv",
    read=_tabs,
    matches=lambda head, name: PurePath(name).suffix.lower() in (".tsv", ".tab") or _is_table(head, "\t"),
)
