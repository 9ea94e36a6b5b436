"""What a format is: a name, what it looks like, and how its records are read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

from kg.errors import ReadError
from kg.read.fields import Fields, Record
from kg.read.stream import RECORD_LIMIT, lines, utf8

_EXAMPLES = Path(__file__).parent / "examples"


@dataclass(frozen=True)
class Source:
    """An opened source: `path` in errors, `name` in papers; all of its bytes, decompressed, and the first in UTF-8."""

    path: str
    name: str
    head: bytes
    stream: BufferedReader

    def error(self, line: int, reason: str) -> ReadError:
        """The error that a record of this source can't be read."""
        return ReadError(self.path, line, reason)

    def text(self, declared: str | None = None) -> BufferedReader:
        """The content in UTF-8."""
        return utf8(self.stream, declared)

    def lines(self) -> Iterator[tuple[int, bytes] | ReadError]:
        """(number, UTF-8 bytes) of each line that is not too long."""
        for number, line in lines(self.text()):
            if line is None:
                yield self.error(number, f"a line of more than {RECORD_LIMIT // 2**20} MiB")
            else:
                yield number, line

    def decoded(self) -> Iterator[tuple[int, str] | ReadError]:
        """(number, text) of each line that is valid and not blank."""
        for item in self.lines():
            if isinstance(item, ReadError):
                yield item
                continue
            number, line = item
            try:
                text = line.decode()
            except UnicodeDecodeError as error:
                yield self.error(number, invalid(error))
                continue
            if not text.isspace() and text:
                yield number, text


def invalid(error: UnicodeDecodeError) -> str:
    """Why bytes are no text."""
    return f"no valid Unicode: byte 0x{error.object[error.start]:02x} at {error.start + 1} of the line"


Item = tuple[int, Record] | ReadError
"""What a format's reader yields: the line (or row) where a record begins, and the record; or why there is none."""


@dataclass(frozen=True)
class Format:
    """A format of papers. `matches(head, name)` says whether a source that begins so, and has that name, is one.

    `example_file` is one of the folder `examples`.
    """

    name: str
    description: str
    example_file: str
    read: Callable[[Source], Iterator[Item]]
    matches: Callable[[bytes, str], bool]
    fields: Fields = field(default_factory=Fields)

    @property
    def example(self) -> str:
        """A source of this format, as short as can be (of a binary one: its columns)."""
        return (_EXAMPLES / self.example_file).read_text(encoding="utf-8")
