"""JSON of any shape as a stream -> the bytes of each object in it that can be a record, in memory of one record.

Such is an object in an array, however deep the array lies; and an object that stands alone, where it ends within
`RECORD_LIMIT`; where it does not, it is taken for the wrapping of the arrays inside it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kg.read.stream import RECORD_LIMIT

# To the next bracket outside of strings, or to a quote whose string is not whole, or (no group then) to the end.
_TO_MARK = re.compile(rb'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+(["{}\[\]])?+', re.DOTALL)
_TO_STRING_END = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_KEY = re.compile(rb'"([^"\\]*)"\s*:\s*$')
_KEY_REACH = 300  # bytes before a bracket in which its key is looked for
_QUOTE, _BRACE, _BRACKET = b'"{['


class Found(NamedTuple):
    """An object: the line where it begins, the key of its array, whether it stands alone, and its bytes.

    `body` is None for one that is too long; `whole` is False where the stream ends inside it. The key is found where
    the stream comes in one piece.
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
    """Which brackets are open: the state between two pieces of a stream."""

    def __init__(self, *, line: int = 1, alone: bool = True) -> None:
        self._line, self._alone = line, alone
        self._around: list[tuple[int, str]] = []  # the open brackets outside of records, each with its key
        self._before = b""  # the bytes before the next bracket outside of records
        self._record: bytearray | None = None
        self._depth = self._start = 0
        self._in_string = False
        self._carry = b""  # half an escape, which the next piece completes
        self._wrapping = 0  # the line of a record that has turned out to be a wrapping, until one is found in it

    def feed(self, piece: bytes) -> Iterator[Found]:
        """The objects that end in this piece."""
        data, position, self._carry = self._carry + piece, 0, b""
        while position < len(data) and not self._carry:
            position = (self._outside if self._record is None else self._inside)(data, position)
            if self._record is not None and not self._depth:
                yield self._taken()
            elif self._record is not None and self._is_alone() and len(self._record) > RECORD_LIMIT:
                yield from self._unwrap()
            elif self._wrapping and not self._around and self._record is None:
                yield Found(self._wrapping, "", True, None)
                self._wrapping, self._alone = 0, True

    def close(self) -> Iterator[Found]:
        """What the end of the stream cuts off."""
        if self._record is not None and self._is_alone():
            yield from self._unwrap()
        if self._record is not None:
            yield Found(self._start, "", False, bytes(self._record), whole=False)
        elif self._around:
            yield Found(self._line, "", False, b"", whole=False)

    def _is_alone(self) -> bool:
        return not self._around and self._alone

    def _outside(self, data: bytes, position: int) -> int:
        """Reads on to the next bracket; where it stands."""
        found = None if self._in_string else _TO_MARK.match(data, position)
        end = found.end() if found else self._string_end(data, position)
        self._line += data.count(b"\n", position, end)
        if found and found[1]:
            self._before = (self._before + data[max(position, end - _KEY_REACH) : end - 1])[-_KEY_REACH:]
            self._mark(data[end - 1])
        return end

    def _mark(self, mark: int) -> None:
        if mark == _QUOTE:
            self._in_string = True
        elif mark == _BRACE and (self._around[-1][0] == _BRACKET if self._around else self._alone):
            self._record, self._depth, self._start = bytearray((mark,)), 1, self._line
        elif mark in (_BRACE, _BRACKET):
            key = _KEY.search(self._before)
            self._around.append((mark, key[1].decode(errors="replace") if key else ""))
        elif self._around:
            self._around.pop()
        self._before = b""

    def _inside(self, data: bytes, position: int) -> int:
        """Reads on in a record; as far as it goes in these bytes, or they go in it."""
        end = (self._string_end if self._in_string else self._record_end)(data, position)
        self._line += data.count(b"\n", position, end)
        if self._record is not None and len(self._record) <= RECORD_LIMIT:
            self._record += data[position:end]
        return end

    def _record_end(self, data: bytes, position: int) -> int:
        depth, end = self._depth, len(data)
        for found in _TO_MARK.finditer(data, position):
            if not found[1]:
                break
            mark = data[found.end() - 1]
            if mark == _QUOTE:
                self._in_string = True
            else:
                depth += 1 if mark in (_BRACE, _BRACKET) else -1
            if self._in_string or not depth:
                end = found.end()
                break
        self._depth = depth
        return end

    def _string_end(self, data: bytes, position: int) -> int:
        found = _TO_STRING_END.match(data, position)
        end = found.end() if found else position
        if data[end : end + 1] == b"\\":
            self._carry = data[end:]
        elif end < len(data):
            self._in_string = False
            end += 1
        return end

    def _taken(self) -> Found:
        body, self._record, self._wrapping = bytes(self._record or b""), None, 0
        key = self._around[-1][1] if self._around else ""
        return Found(self._start, key, self._is_alone(), body if len(body) <= RECORD_LIMIT else None)

    def _unwrap(self) -> Iterator[Found]:
        """Begins again inside a record that has turned out to be a wrapping."""
        inside, carry = bytes(self._record or b""), self._carry
        self.__init__(line=self._start, alone=False)  # type: ignore[misc]
        self._wrapping = self._start = self._line
        yield from self.feed(inside)
        self._carry = carry
