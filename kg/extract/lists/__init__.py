"""The name of a word list -> its words. One file a list, one word or phrase a line, `#` begins a comment."""

from functools import cache
from importlib.resources import files


@cache
def words(name: str) -> frozenset[str]:
    """The words of `kg/extract/lists/<name>.txt`."""
    return frozenset(lines(name))


@cache
def lines(name: str) -> tuple[str, ...]:
    """The entries of a list in the order of its file."""
    text = (files(__package__) / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))
