"""Two annotations of one paper -> how many things of each kind agree. The definitions of the annotation guidelines."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar

from kg.types import ENTITY_TYPES, PROPOSED

Row = Mapping[str, Any]
Counts = tuple[int, int, int]  # right, gold, predicted
Item = TypeVar("Item")

SLOTS = ("method", "dataset", "metric", "baseline", "task")
TUPLE = ("method", "dataset", "metric")
FIELDS = ("direction", "relative", "bound")

_APART = re.compile(r"[\s\-‐-―_/]+")
_LEADING = re.compile(r"^[~≈+<>≥≤=\-\s]+")
_NUMBER = r"\d+(?:\.\d+)?"
_VALUE = re.compile(rf"^({_NUMBER}(?:\s*(?:-|/|to)\s*{_NUMBER})?)\s*(.*)$")
_UNITS = (("%", ("%", "percent")), ("x", ("x", "×", "times", "-fold", "fold")))


class Tally(dict[str, Counts]):
    """Counts by figure, summed over papers."""

    def add(self, counts: Mapping[str, Counts]) -> None:
        """Add one paper's counts."""
        for name, (right, gold, predicted) in counts.items():
            before = self.get(name, (0, 0, 0))
            self[name] = before[0] + right, before[1] + gold, before[2] + predicted


class Side:
    """One annotation of a paper: its entities, results and relations, and what a slot's filler stands for."""

    def __init__(self, row: Row) -> None:
        self.entities: Sequence[Row] = row["entities"]
        self.results: Sequence[Row] = row["results"]
        self.relations: Sequence[Row] = row["relations"]
        self._by_key = {entity["name"] or PROPOSED: entity for entity in self.entities}
        self._surfaces = {
            key: frozenset({plain(mention) for mention in entity["mentions"]} | {plain(key)})
            for key, entity in self._by_key.items()
        }

    @classmethod
    def of(cls, row: Row) -> "Side":
        """The side of a row, whose lists may be missing."""
        return cls({"entities": [], "results": [], "relations": [], **row})

    def surfaces(self, filler: str | None) -> frozenset[str] | None:
        """The normalised surfaces that the filler of a slot stands for; None where the slot is empty."""
        if filler is None:
            return None
        if self.is_unnamed(filler):
            return frozenset({PROPOSED})
        return self._surfaces.get(filler) or frozenset({plain(filler)})

    def is_unnamed(self, filler: str | None) -> bool:
        """Whether a filler is the proposed method that has no name."""
        return filler == PROPOSED


@cache
def plain(surface: str) -> str:
    """A surface without case, hyphens, spaces and a final plural s."""
    text = _APART.sub(" ", surface.lower()).strip(" .,;:'\"`()")
    return text[:-1] if len(text) > 3 and text.endswith("s") and not text.endswith("ss") else text


@cache
def plain_value(value: str) -> tuple[str, str]:
    """A value's number or range in lowest terms, and its unit where that is percent or a factor.

    >>> plain_value("2.15\\\\%") == plain_value("+2.150 %"), plain_value("3.3x"), plain_value("half")
    (True, ('33/10', 'x'), ('half', ''))
    """
    text = value.replace("\\", "").replace(",", "").replace("−", "-").replace("–", "-").strip().lower()
    text = _LEADING.sub("", text)
    found = _VALUE.match(text)
    if not found:
        return plain(text), ""
    number = re.sub(r"\s*(?:-|to)\s*", "-", found[1])
    number = re.sub(_NUMBER, lambda digits: str(Fraction(digits[0])), number)
    rest = found[2].strip()
    return number, next((unit for unit, begins in _UNITS if rest.startswith(begins)), "")


def agree(gold: Side, predicted: Side, ours: str | None, theirs: str | None) -> bool:
    """Whether two fillers stand for one thing; two empty slots agree."""
    a, b = gold.surfaces(ours), predicted.surfaces(theirs)
    return a is b if a is None or b is None else bool(a & b)


def matched(
    gold: Sequence[Item], predicted: Sequence[Item], likeness: Callable[[Item, Item], int]
) -> list[tuple[int, int]]:
    """Indices of a one-to-one matching, the most alike first; things without likeness are never matched."""
    scored = [(-likeness(g, p), i, j) for i, g in enumerate(gold) for j, p in enumerate(predicted)]
    found: list[tuple[int, int]] = []
    left, right = set(range(len(gold))), set(range(len(predicted)))
    for score, i, j in sorted(scored):
        if score < 0 and i in left and j in right:
            left.remove(i)
            right.remove(j)
            found.append((i, j))
    return found


def shared_surfaces(one: Row, other: Row) -> int:
    """How many surfaces two entities of one type share; the unnamed are alike."""
    if one["type"] != other["type"]:
        return 0
    if one["name"] is None or other["name"] is None:
        return int(one["name"] is other["name"])
    return len({plain(m) for m in one["mentions"]} & {plain(m) for m in other["mentions"]})


def same_value(gold: Side, predicted: Side) -> Callable[[Row, Row], int]:
    """The likeness of results: none unless number, unit and kind agree, then by the slots that do."""

    def likeness(one: Row, other: Row) -> int:
        if one["kind"] != other["kind"] or plain_value(one["value"]) != plain_value(other["value"]):
            return 0
        return 1 + sum(agree(gold, predicted, one[slot], other.get(slot)) for slot in SLOTS)

    return likeness


def same_relation(gold: Side, predicted: Side) -> Callable[[Row, Row], int]:
    """The likeness of relations: one where type and ends agree, in either order for a comparison."""

    def likeness(one: Row, other: Row) -> int:
        def joined(head: str, tail: str) -> bool:
            return agree(gold, predicted, one["head"], head) and agree(gold, predicted, one["tail"], tail)

        if one["type"] != other["type"]:
            return 0
        crossed = one["type"] == "compared_with" and joined(other["tail"], other["head"])
        return int(crossed or joined(other["head"], other["tail"]))

    return likeness


def compare(gold: Side, predicted: Side) -> dict[str, Counts]:
    """Right, gold and predicted counts of every figure for one paper."""
    return {**_mentions(gold, predicted), **_entities(gold, predicted), **_results(gold, predicted)} | {
        "relation": _counts(gold.relations, predicted.relations, same_relation(gold, predicted))
    }


def _counts(gold: Sequence[Row], predicted: Sequence[Row], likeness: Callable[[Row, Row], int]) -> Counts:
    return len(matched(gold, predicted, likeness)), len(gold), len(predicted)


def mentions_of(side: Side, form: Callable[[str], str] = str) -> set[tuple[str, str]]:
    """The (type, surface) pairs of the named entities."""
    return {(entity["type"], form(m)) for entity in side.entities if entity["name"] for m in entity["mentions"]}


def _mentions(gold: Side, predicted: Side) -> dict[str, Counts]:
    counts: dict[str, Counts] = {}
    for label, form in (("mention", str), ("mention~", plain)):
        ours, theirs = mentions_of(gold, form), mentions_of(predicted, form)
        counts[label] = len(ours & theirs), len(ours), len(theirs)
        for type in ENTITY_TYPES:
            a, b = ({pair for pair in pairs if pair[0] == type} for pairs in (ours, theirs))
            counts[f"{label} {type}"] = len(a & b), len(a), len(b)
    return counts


def _entities(gold: Side, predicted: Side) -> dict[str, Counts]:
    def part(key: str, value: str) -> Counts:
        ours, theirs = ([e for e in side.entities if e.get(key) == value] for side in (gold, predicted))
        return _counts(ours, theirs, shared_surfaces)

    return {
        "entity": _counts(gold.entities, predicted.entities, shared_surfaces),
        **{f"entity {type}": part("type", type) for type in ENTITY_TYPES},
        "proposed": part("role", "proposed"),
    }


def _results(gold: Side, predicted: Side) -> dict[str, Counts]:
    pairs = matched(gold.results, predicted.results, same_value(gold, predicted))
    both = [(gold.results[i], predicted.results[j]) for i, j in pairs]
    sizes = len(gold.results), len(predicted.results)
    slots = [{slot: agree(gold, predicted, a[slot], b.get(slot)) for slot in SLOTS} for a, b in both]
    fields = [all(a[field] == b.get(field) for field in FIELDS) for a, b in both]
    core = [all(agreed[slot] for slot in TUPLE) for agreed in slots]
    full = [all(agreed.values()) and same for agreed, same in zip(slots, fields, strict=True)]

    def count(right: Iterable[bool]) -> Counts:
        return sum(right), *sizes

    return {
        "value": (len(both), *sizes),
        **{f"value+{slot}": count(agreed[slot] for agreed in slots) for slot in SLOTS},
        "tuple": count(core),
        "full": count(full),
    }
