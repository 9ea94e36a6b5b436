"""Scored names and the definitions of a text -> the same names, of the types that the definitions give them.

Two say it: "long form (SHORT)", both sides of which are of one type, and a title of the form "HiNER: A Large Hindi
Named Entity Recognition Dataset".
"""

import re
from collections.abc import Mapping

from kg.extract.abbreviations import pairs
from kg.extract.encoder.features import Features
from kg.extract.encoder.labels import MENTION_TYPES, UNNAMED_TYPE

Candidate = tuple[float, str, int, list[tuple[int, int]]]  # score, surface, type, places as first and last word
Table = Mapping[tuple[str, int], tuple[float, list[tuple[int, int]]]]  # the same by surface and type
_METHOD, _DATASET = MENTION_TYPES.index("Method"), MENTION_TYPES.index("Dataset")
_TITLE = re.compile(
    r"(?P<name>[^:]{2,40}):\s*(?P<phrase>.+?)(?:\s(?:for|of|on|in|to|with|from|and|by|via|that|using)\s|$)"
)
_DATA = re.compile(r"\b(?:data ?sets?|corpus|corpora|benchmarks?|databases?|treebanks?)$", re.IGNORECASE)


def with_definitions(features: Features, scored: list[Candidate], keep: float) -> list[Candidate]:
    """Both sides of "long form (SHORT)" where one is found, and of one type, which the long form knows better.

    In the training papers the short form of a mention is a mention of its type in 99.9 % of the definitions, the long
    form in 95 %; in the others a longer name takes it in. What joins so takes no words from what was found by itself.
    """
    table = {(surface, kind): (score, places) for score, surface, kind, places in scored}
    for long, short in pairs(features.text):
        sides = features.text[slice(*long)], features.text[slice(*short)]
        best = [_likeliest(table, side) for side in sides]
        known = next((b for b in best if b is not None and b[0] >= keep), None)
        if known is None or features.words_of(*long) is None:
            continue
        for side, own in zip(sides, best, strict=True):
            score, places = (own[0], table[side, own[1]][1]) if own else (0.0, list(features.places(side)))
            free = [place for place in places if not _within_another(place, side, table, keep)]
            table = {key: value for key, value in table.items() if key[0] != side}
            if free:
                table[side, known[1]] = (max(score, keep), free)
    return [(score, surface, kind, places) for (surface, kind), (score, places) in table.items()]


def with_title(features: Features, scored: list[Candidate]) -> list[Candidate]:
    """A name that the title calls a data set is one, where it was taken for a method: so in all 55 titles of the
    training papers that name an entity so, tasks left out."""
    words = int((features.segments[features.first_piece] == 0).sum())
    title = _TITLE.match(features.text[: features.ends[words - 1]]) if words else None
    if title is None or not _DATA.search(title["phrase"]):
        return scored
    name = title["name"].strip()
    own = [each for each in scored if each[1] == name and each[2] in (_METHOD, _DATASET)]
    score, places = max(((score, places) for score, _, _, places in own), default=(0.0, []))
    return [*(each for each in scored if each not in own), *([(score, name, _DATASET, places)] if own else [])]


def _likeliest(table: Table, surface: str) -> tuple[float, int] | None:
    """The best score of a surface, with its type; a phrase for the unnamed method is none."""
    found = [(table[surface, kind][0], -kind) for kind in range(UNNAMED_TYPE) if (surface, kind) in table]
    return (max(found)[0], -max(found)[1]) if found else None


def _within_another(words: tuple[int, int], surface: str, table: Table, keep: float) -> bool:
    """Whether a longer span that will be kept takes in these words."""
    return any(
        score >= keep and other != surface and first <= words[0] and words[1] <= last
        for (other, _), (score, places) in table.items()
        for first, last in places
    )
