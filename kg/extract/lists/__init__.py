"""The name of a word list -> its words. One file a list, one word or phrase a line, `#` begins a comment."""

import re
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


@cache
def pattern(template: str, name: str, *, ignore_case: bool = True) -> re.Pattern[str]:
    """The regular expression of a template whose `{}` is the choice between a list's entries, in their order."""
    return re.compile(template.replace("{}", "|".join(lines(name))), re.IGNORECASE if ignore_case else 0)
