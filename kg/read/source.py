"""What the user names (files, folders, patterns, `-`) -> the files that it stands for, and one of them opened."""

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, cast

from kg.errors import ReadError
from kg.read.format import Source
from kg.read.stream import Stream, decompressed, utf8_head

STDIN = "-"


class Place(NamedTuple):
    """A file: its path, and its name among the sources of a paper."""

    path: str
    name: str


def places(sources: Iterable[str | Path]) -> Iterator[Place | ReadError]:
    """The files that sources stand for, in their order; those of a folder or a pattern sorted by name.

    A folder stands for all files below it, but for hidden ones; their paths from there are their names. A pattern is
    like a folder: its files are named from where it begins to be one.
    """
    for source in map(str, sources):
        path = Path(source)
        if path.is_dir():
            yield from _several(path, _below(path), ReadError(source, 0, "no file in this folder"))
        elif source == STDIN or path.exists():
            yield Place(source, path.name)
        elif glob.has_magic(source):
            root, pattern = _divided(path)
            yield from _several(root, root.glob(pattern), ReadError(source, 0, "no file matches"))
        else:
            yield ReadError(source, 0, "no such file or folder")


def _several(root: Path, paths: Iterable[Path], none: ReadError) -> Iterator[Place | ReadError]:
    relative = {path.relative_to(root): path for path in paths if path.is_file()}
    names = {name.as_posix(): path for name, path in relative.items() if not any(p.startswith(".") for p in name.parts)}
    if not names:
        yield none
    for name in sorted(names):
        yield Place(str(names[name]), name)


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name) for name in files)


def _divided(pattern: Path) -> tuple[Path, str]:
    """The folder that a pattern begins with, and the rest."""
    fixed = next(number for number, part in enumerate(pattern.parts) if glob.has_magic(part))
    return Path(*pattern.parts[:fixed]), str(Path(*pattern.parts[fixed:]))


@contextmanager
def opened(place: Place) -> Iterator[Source]:
    """The source at a place; OSError and its like where it can't be read."""
    with _bytes(place.path) as stream:
        head, whole = decompressed(stream)
        name = os.fsencode(place.name).decode(errors="replace")  # a file's name may be no valid Unicode
        yield Source(place.path, name, utf8_head(head), whole)


@contextmanager
def _bytes(path: str) -> Iterator[Stream]:
    if path == STDIN:
        yield cast(Stream, sys.stdin.buffer)
    else:
        with Path(path).open("rb") as stream:
            yield cast(Stream, stream)
