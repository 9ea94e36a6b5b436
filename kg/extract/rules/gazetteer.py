"""Tokens of a text -> the known names in it, each with its type and how often annotators took it for a name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from kg.types import EntityType, MethodKind

_WINDOW = 7


@dataclass(frozen=True)
class Name:
    """A known name: its type, the kind of a method, the papers that name a thing by it and those that hold it."""

    type: EntityType
    kind: MethodKind | None
    papers: int
    seen: int


@dataclass(frozen=True)
class Match:
    """A known name at tokens first..last (inclusive)."""

    first: int
    last: int
    key: str
    name: Name


def key_of(words: Sequence[str]) -> str:
    """The key of a name by its tokens: case, hyphens, spaces and a plural s don't count, save in short acronyms.

    >>> key_of(["Chain-of-Thought"]) == key_of(["chain", "of", "thoughts"]), key_of(["mAP"]), key_of(["map"])
    (True, '=mAP', 'map')
    """
    joined = "".join(words)
    if len(words) == 1 and 2 <= len(joined) <= 6 and sum(c.isupper() for c in joined) >= 2:
        return "=" + (joined[:-1] if joined.endswith("s") and joined[:-1].isupper() else joined)
    return _trimmed("".join(piece(word) for word in words))


def piece(word: str) -> str:
    """What a token gives to a key."""
    return word.casefold().replace("-", "").replace("‐", "")


def _trimmed(key: str) -> str:
    return key[:-1] if len(key) > 3 and key.endswith("s") and not key.endswith("ss") else key


def windows(words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """(first, last, key) of every run of up to seven tokens."""
    pieces = [piece(word) for word in words]
    for first, word in enumerate(words):
        yield first, first, key_of([word])
        joined = pieces[first]
        for last in range(first + 1, min(first + _WINDOW, len(words))):
            joined += pieces[last]
            yield first, last, _trimmed(joined)


def matches(words: Sequence[str], names: Mapping[str, Name]) -> list[Match]:
    """The known names in a text, longest first where they overlap, in order."""
    found = [Match(first, last, key, names[key]) for first, last, key in windows(words) if key in names]
    taken = bytearray(len(words))
    kept = []
    for match in sorted(found, key=lambda m: (m.first - m.last, m.first)):
        if not any(taken[match.first : match.last + 1]):
            taken[match.first : match.last + 1] = b"\x01" * (match.last + 1 - match.first)
            kept.append(match)
    return sorted(kept, key=lambda m: m.first)


@cache
def known_names() -> dict[str, Name]:
    """The names of `names.tsv`."""
    text = (files("kg.extract.rules") / "names.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return {
        key: Name(cast(EntityType, type), cast(MethodKind, kind) if kind else None, int(papers), int(seen))
        for key, type, kind, papers, seen in rows
    }
