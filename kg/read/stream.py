"""Bytes as they come (compressed, UTF-16, from a pipe) -> buffered UTF-8, and its lines, in constant memory."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Protocol

from kg.zstd import zstd

RECORD_LIMIT = 16 * 2**20
"""Bytes of the longest record, or line, that is read; a longer one is refused, not held in memory."""

HEAD = 2**20
"""Bytes at the beginning of a source by which its format is recognised."""

CHUNK = 2**16
_ZSTD_CHUNK = 2**10  # a block of 4 bytes can stand for 128 KiB: so much input at once bounds what comes out
_ENCODINGS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}

BROKEN = (OSError, EOFError, zlib.error, zstd.ZstdError)
"""What reading from a damaged file raises."""


class Stream(Protocol):
    """What bytes are read from: a file, a pipe, a decompressor."""

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes, fewer at the end alone."""

    def read1(self, size: int = -1, /) -> bytes:
        """What is there already, so many bytes at most; none at the end alone."""


class Pieces(io.RawIOBase):
    """A stream over an iterator of byte strings."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, memoryview(b"")

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        """The next bytes; 0 at the end."""
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


def buffered(pieces: Iterator[bytes]) -> io.BufferedReader:
    """The pieces as one buffered stream."""
    return io.BufferedReader(Pieces(pieces), CHUNK)


def chunks(stream: Stream) -> Iterator[bytes]:
    """The rest of a stream in pieces."""
    return iter(lambda: stream.read1(CHUNK), b"")


def headed(stream: Stream) -> tuple[bytes, io.BufferedReader]:
    """The first bytes of a stream (`HEAD` at most), and the whole stream: pipes can't be rewound.

    Damage within the head is raised where a reader comes to it, so that what stands before is read.
    """
    head, rest = bytearray(), chunks(stream)
    try:
        while len(head) < HEAD and (piece := next(rest, b"")):
            head += piece
    except BROKEN as error:
        rest = _raising(error)
    return bytes(head), buffered(chain([bytes(head)], rest))


def _raising(error: Exception) -> Iterator[bytes]:
    raise error
    yield b""


def _zstd(stream: Stream) -> Iterator[bytes]:
    """The content of all frames; EOFError where the last one is cut off."""
    decoder, fed = zstd.ZstdDecompressor(), False
    for piece in iter(lambda: stream.read(_ZSTD_CHUNK), b""):
        while piece:
            yield decoder.decompress(piece)
            fed, piece = True, b""
            if decoder.eof:
                piece, fed = decoder.unused_data, False
                decoder = zstd.ZstdDecompressor()
    if fed:
        raise EOFError("the compressed file ends before its end-of-stream marker was reached")


def decompressed(stream: Stream) -> tuple[bytes, io.BufferedReader]:
    """A stream's head and content, decompressed where it is compressed (recognised by content, not by name)."""
    head, whole = headed(stream)
    if head.startswith(b"\x1f\x8b"):
        return headed(gzip.GzipFile(fileobj=whole))
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return headed(buffered(_zstd(whole)))
    return head, whole


def encoding(head: bytes) -> str:
    """The Unicode encoding of a text: by its byte order mark, else by where the zeros of its first letters stand."""
    if mark := _mark(head):
        return _ENCODINGS[mark]
    sample = head[:200]
    if len(sample) >= 8 and sample[1::2].count(0) > len(sample) * 0.4 and 0 not in sample[::2]:
        return "utf-16-le"
    if len(sample) >= 8 and sample[::2].count(0) > len(sample) * 0.4 and 0 not in sample[1::2]:
        return "utf-16-be"
    return "utf-8"


def recoded(stream: Stream, source: str) -> io.BufferedReader:
    """The same text in UTF-8. What is invalid stays invalid, in its place, so that its record fails and no other."""
    decoder = codecs.getincrementaldecoder(source)("surrogatepass" if source.startswith("utf-16") else "replace")

    def pieces() -> Iterator[bytes]:
        for piece in chunks(stream):
            yield decoder.decode(piece).encode("utf-8", "surrogatepass")
        if decoder.getstate()[0]:
            yield b"\xff"  # half a character

    return buffered(pieces())


def utf8(stream: io.BufferedReader, declared: str | None = None) -> io.BufferedReader:
    """A stream in UTF-8, without a byte order mark; `declared` is the encoding that the text itself names."""
    head = stream.peek(CHUNK)
    name = encoding(head)
    stream.read(len(_mark(head)))
    if declared and name == "utf-8":
        name = codecs.lookup(declared).name
    return stream if name in ("utf-8", "ascii") else recoded(stream, name)


def utf8_head(head: bytes) -> bytes:
    """The head of a stream as `utf8` gives it."""
    name = encoding(head)
    head = head[len(_mark(head)) :]
    return head if name == "utf-8" else head.decode(name, "ignore").encode()


def _mark(head: bytes) -> bytes:
    return next((mark for mark in _ENCODINGS if head.startswith(mark)), b"")


def lines(stream: io.BufferedReader) -> Iterator[tuple[int, bytes | None]]:
    """(number from 1, line without its end) of every line; None for a line over `RECORD_LIMIT`."""
    number = 0
    while line := stream.readline(RECORD_LIMIT + 1):
        number += 1
        if len(line) <= RECORD_LIMIT:
            yield number, line.rstrip(b"\r\n")
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(CHUNK)
        yield number, None
