"""JSON of any shape as a stream -> the bytes of each object in it that can be a record, in memory of one record.

Such is an object in an array, however deep the array lies; and an object that stands alone, where it ends within
`RECORD_LIMIT`; where it does not, it is taken for the wrapping of the arrays inside it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kg.read.stream import RECORD_LIMIT

_TO_BRACKET = re.compile(rb'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+', re.DOTALL)
_TO_QUOTE = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_KEY = re.compile(rb'"([^"\\]*)"\s*:\s*$')
_KEY_REACH = 300  # bytes before a bracket in which its key is looked for


class Found(NamedTuple):
    """An object: the line where it begins, the key of its array, whether it stands alone, and its bytes.

    `body` is None for one that is too long; `whole` is False where the stream ends inside it.
    """

    line: int
    key: str
    alone: bool
    body: bytes | None
    whole: bool = True


def objects(pieces: Iterable[bytes], *, line: int = 1, alone: bool = True) -> Iterator[Found]:
    """Every object that can be a record. `alone=False` takes objects outside of arrays for wrappings at once."""
    splitter = Splitter(line=line, alone=alone)
    for piece in pieces:
        yield from splitter.feed(piece)
    yield from splitter.close()


class Splitter:
    """Where the brackets stand: the state between two pieces of a stream."""

    def __init__(self, *, line: int = 1, alone: bool = True) -> None:
        self._line, self._alone = line, alone
        self._unwrapped: int | None = (
            None  # the line of a wrapping that was taken for a record, nothing found in it yet
        )
        self._around: list[tuple[bytes, str]] = []  # the open brackets outside of records, each with its key
        self._before = b""
        self._record: bytearray | None = None
        self._depth = self._start = 0
        self._in_string = False
        self._carry = b""

    @property
    def is_open(self) -> bool:
        """Whether a bracket outside of records is not closed yet."""
        return bool(self._around)

    def feed(self, piece: bytes) -> Iterator[Found]:
        """The objects that end in this piece."""
        data, position, self._carry = self._carry + piece, 0, b""
        while position < len(data):
            found = (_TO_QUOTE if self._in_string else _TO_BRACKET).match(data, position)
            end = found.end() if found else position
            mark = data[end : end + 1]
            self._keep(data[position:end])
            position = end + 1
            if mark == b"\\":
                self._carry = mark  # half an escape
            elif mark == b'"':
                self._in_string = not self._in_string
                self._keep(mark)
            elif mark:
                yield from self._bracket(mark)
            if self._record and len(self._record) > RECORD_LIMIT and not self._around and self._alone:
                yield from self._unwrap()

    def close(self) -> Iterator[Found]:
        """What the end of the stream cuts off."""
        if self._record is not None and self._alone and not self._around:
            yield from self._unwrap()
        if self._record is not None:
            yield Found(self._start, "", False, bytes(self._record[:RECORD_LIMIT]), whole=False)
        elif self._around:
            yield Found(self._line, "", False, b"", whole=False)

    def _keep(self, part: bytes) -> None:
        self._line += part.count(b"\n")
        if self._record is None:
            self._before = (self._before + part[-_KEY_REACH:])[-_KEY_REACH:]
        elif len(self._record) <= RECORD_LIMIT:
            self._record += part[: RECORD_LIMIT + 1]

    def _bracket(self, mark: bytes) -> Iterator[Found]:
        if self._record is not None:
            self._keep(mark)
            self._depth += 1 if mark in b"{[" else -1
            if not self._depth:
                yield self._taken()
        elif mark == b"{" and (self._around[-1][0] == b"[" if self._around else self._alone):
            self._record, self._depth, self._start = bytearray(mark), 1, self._line
        elif mark in b"{[":
            key = _KEY.search(self._before)
            self._around.append((mark, key[1].decode(errors="replace") if key else ""))
            self._before = b""
        elif self._around:
            self._around.pop()
            if not self._around and self._unwrapped:
                yield Found(self._unwrapped, "", True, None)
                self._unwrapped, self._alone = None, True

    def _taken(self) -> Found:
        body, self._record, self._before = bytes(self._record or b""), None, b""
        key = self._around[-1][1] if self._around else ""
        self._unwrapped = None
        return Found(self._start, key, not self._around, body if len(body) <= RECORD_LIMIT else None)

    def _unwrap(self) -> Iterator[Found]:
        """Begins again inside an object that has turned out to be no record but a wrapping."""
        inside, carry = bytes(self._record or b""), self._carry
        self.__init__(line=self._start, alone=False)  # type: ignore[misc]
        self._unwrapped = self._line
        yield from self.feed(inside)
        self._carry += carry
