"""A paper and its gold annotation -> the targets of every head, over the words and number candidates of its text."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from kg.extract.encoder.features import Features
from kg.extract.encoder.labels import (
    BOUNDS,
    DIRECTIONS,
    KINDS,
    LITERALS,
    MENTION_TYPES,
    METHOD_KINDS,
    OUTCOMES,
    RELATIONS,
    ROLES,
    SLOTS,
    UNNAMED,
)

Row = Mapping[str, Any]


@dataclass(frozen=True)
class MentionTarget:
    """Words first..last, of `type` (index into MENTION_TYPES), naming entity number `entity`."""

    first: int
    last: int
    type: int
    entity: int


@dataclass(frozen=True)
class EntityTarget:
    """Indices into ROLES and METHOD_KINDS (-1: has none)."""

    type: int
    role: int
    kind: int


@dataclass(frozen=True)
class NumberTarget:
    """A candidate that is a result: heads' indices, and per slot the accepted fillers.

    A slot's value is None (nothing fills it), ("entity", index), ("literal", index) or "unknown" (not in the text).
    """

    candidate: int
    kind: int
    direction: int
    relative: int
    bound: int
    slots: tuple[tuple[str, int] | None, ...]


@dataclass
class Targets:
    """Everything that is learned from one paper."""

    entities: list[EntityTarget] = field(default_factory=list)
    mentions: list[MentionTarget] = field(default_factory=list)
    literals: list[tuple[int, int, int]] = field(default_factory=list)  # first, last, index into LITERALS
    numbers: list[NumberTarget] = field(default_factory=list)
    relations: list[tuple[int, int, int, int]] = field(default_factory=list)  # head, relation, tail, outcome or -1
    lost: int = 0  # mentions and values that fall between the words or the candidates


def targets(features: Features, row: Row) -> Targets:
    """The targets of one annotated paper (`row` in the format of the annotation guidelines)."""
    out = Targets()
    index: dict[str, int] = {}
    surfaces: list[tuple[str, int, int]] = []
    for number, entity in enumerate(row["entities"]):
        name = entity["name"]
        index["<proposed>" if name is None else name] = number
        kind = METHOD_KINDS.index(entity["kind"]) if entity.get("kind") else -1
        kind_index = MENTION_TYPES.index(UNNAMED if name is None else entity["type"])
        out.entities.append(EntityTarget(kind_index, ROLES.index(entity["role"]), kind))
        surfaces += [(surface, kind_index, number) for surface in entity["mentions"]]
    _place_mentions(features, surfaces, out)
    _place_numbers(features, row, index, out)
    for relation in row["relations"]:
        outcome = relation.get("outcome")
        out.relations.append(
            (
                index[relation["head"]],
                RELATIONS.index(relation["type"]),
                index[relation["tail"]],
                OUTCOMES.index(outcome) if outcome else -1,
            )
        )
    return out


def occurrences(text: str, surface: str) -> Iterator[int]:
    """Where `surface` stands between word bounds in `text`; where it nowhere does, wherever it stands."""
    every = [m.start() for m in re.finditer(re.escape(surface), text)]
    bounded = [s for s in every if _bounded(text, s, s + len(surface))]
    yield from bounded or every


def _bounded(text: str, start: int, end: int) -> bool:
    left = start == 0 or not (text[start - 1].isalnum() and text[start].isalnum())
    right = end == len(text) or not (text[end].isalnum() and text[end - 1].isalnum())
    return left and right


def _place_mentions(features: Features, surfaces: Iterable[tuple[str, int, int]], out: Targets) -> None:
    taken = [False] * len(features.text)
    for surface, kind, entity in sorted(surfaces, key=lambda s: (-len(s[0]), s[0])):
        for start in occurrences(features.text, surface):
            end = start + len(surface)
            if any(taken[start:end]):
                continue
            taken[start:end] = [True] * len(surface)
            words = features.words_of(start, end)
            if words is None:
                out.lost += 1
            else:
                out.mentions.append(MentionTarget(words[0], words[1], kind, entity))
    out.mentions.sort(key=lambda m: m.first)


def _place_numbers(features: Features, row: Row, index: Mapping[str, int], out: Targets) -> None:
    used: set[int] = set()
    for result in row["results"]:
        at = features.text.find(result["evidence"])
        end = at + len(result["evidence"])
        found = _candidate(features, result["value"], at, end, used)
        if found is None:
            out.lost += 1
            continue
        used.add(found)
        slots = tuple(_slot(features, result[s], s, index, at, end, out) for s in SLOTS)
        out.numbers.append(
            NumberTarget(
                found,
                KINDS.index(result["kind"]),
                DIRECTIONS.index(result["direction"]),
                (None, True, False).index(result["relative"]),
                BOUNDS.index(result["bound"]),
                slots,
            )
        )
        if result["setting"]:
            _literal(features, result["setting"], "setting", at, end, out)


def _candidate(features: Features, value: str, at: int, end: int, used: set[int]) -> int | None:
    """The first free candidate within the evidence that reads `value`, an exact match before an equal number."""
    inside = [i for i, c in enumerate(features.candidates) if i not in used and at <= c.start and c.end <= end + 3]
    for same in (lambda text: text == value, lambda text: plain_value(text) == plain_value(value)):
        for i in inside:
            if same(features.candidates[i].text):
                return i
    return None


def _slot(
    features: Features, filler: str | None, slot: str, index: Mapping[str, int], at: int, end: int, out: Targets
) -> tuple[str, int] | None:
    if filler is None:
        return None
    if filler in index:
        return ("entity", index[filler])
    literal = _literal(features, filler, slot, at, end, out)
    return ("literal", literal) if literal is not None else ("unknown", -1)


def _literal(features: Features, phrase: str, kind: str, at: int, end: int, out: Targets) -> int | None:
    start = features.text.find(phrase, at, end)
    if start < 0:
        start = features.text.find(phrase)
    words = features.words_of(start, start + len(phrase)) if start >= 0 else None
    if words is None:
        return None
    span = (words[0], words[1], LITERALS.index(kind))
    if span not in out.literals:
        out.literals.append(span)
    return out.literals.index(span)


def plain_value(text: str) -> tuple[str, str]:
    """A value without sign, separators and unit of measure, and whether it is a percentage or a factor."""
    text = unicodedata.normalize("NFKC", text).replace("\\", "").replace(",", "").replace("−", "-").replace("–", "-")
    text = re.sub(r"^[~≈+<>≥≤=\-\s]+", "", text.strip().lower())
    match = re.match(r"^(\d+(?:\.\d+)?(?:\s*(?:-|/|to)\s*\d+(?:\.\d+)?)?)\s*(.*)$", text)
    if not match:
        return (re.sub(r"[\s\-]+", " ", text), "")
    plain = re.sub(r"\s*(?:-|to)\s*", "-", match[1])
    number = re.sub(r"\d+(?:\.\d+)?", lambda digits: str(Fraction(digits[0])), plain)
    unit = match[2]
    kind = (
        "%"
        if unit.startswith(("%", "percent"))
        else "x"
        if unit.startswith(("x", "×", "times", "-fold", "fold"))
        else ""
    )
    return (number, kind)
