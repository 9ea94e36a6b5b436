"""A text and a surface -> where it stands; two sets of spans -> the sentences that hold both."""

import re
from collections.abc import Iterable, Iterator, Sequence

from kg.extract.sentences import sentence_at
from kg.types import Span

Bounds = tuple[int, int]


def occurrences(text: str, surface: str) -> list[int]:
    """Where `surface` stands between word bounds; where it nowhere does, wherever it stands."""
    every = [match.start() for match in re.finditer(re.escape(surface), text)]
    return [start for start in every if _bounded(text, start, start + len(surface))] or every


def _bounded(text: str, start: int, end: int) -> bool:
    left = start == 0 or not (text[start - 1].isalnum() and text[start].isalnum())
    right = end == len(text) or not (text[end].isalnum() and text[end - 1].isalnum())
    return left and right


def place(text: str, surfaces: Iterable[str]) -> dict[str, list[Bounds]]:
    """Every place of every surface, none overlapping: the longest is placed first.

    A surface that stands only inside longer ones is placed where it stands first, so that none is lost.
    """
    taken = bytearray(len(text))
    placed: dict[str, list[Bounds]] = {}
    for surface in sorted(set(surfaces), key=lambda form: (-len(form), form)):
        places = occurrences(text, surface)
        free = [(start, start + len(surface)) for start in places if not any(taken[start : start + len(surface)])]
        for start, end in free:
            taken[start:end] = b"\x01" * (end - start)
        placed[surface] = free or [(start, start + len(surface)) for start in places[:1]]
    return placed


def nearest(spans: Iterable[Span], start: int, end: int, within: Bounds) -> Span | None:
    """The span that stands closest to start..end, one inside `within` before any other."""

    def distance(span: Span) -> tuple[bool, int, int]:
        outside = not (within[0] <= span.start and span.end <= within[1])
        return outside, max(span.start - end, start - span.end), span.start

    return min(spans, key=distance, default=None)


def evidence(text: str, bounds: Sequence[Bounds], heads: Iterable[Span], tails: Iterable[Span]) -> Span:
    """The sentence that names both, or the shortest run of sentences from one to the other."""
    start, end = min(_joint(list(bounds), heads, list(tails)), key=lambda run: (run[1] - run[0], run[0]))
    return Span.of(text, bounds[start][0], bounds[end][1])


def _joint(bounds: list[Bounds], heads: Iterable[Span], tails: Sequence[Span]) -> Iterator[Bounds]:
    of_tails = {sentence_at(bounds, tail.start) for tail in tails}
    for head in heads:
        own = sentence_at(bounds, head.start)
        yield from ((min(own, other), max(own, other)) for other in of_tails)
