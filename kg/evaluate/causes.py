"""Two annotations of one paper -> every thing that went wrong, each under one cause."""

from collections.abc import Iterator
from typing import NamedTuple

from kg.evaluate.agreement import (
    SLOTS,
    Row,
    Side,
    agree,
    matched,
    mentions_of,
    plain,
    plain_value,
    same_relation,
    same_value,
)


class Fault(NamedTuple):
    """A cause, the type, slot, kind or relation that it befell, and both sides' surface (None: there is none)."""

    cause: str
    what: str
    gold: str | None
    predicted: str | None


def faults(gold: Side, predicted: Side) -> Iterator[Fault]:
    """All faults of a prediction. A wrong thing that stands in the place of a right one is one fault, not two."""
    yield from _of_mentions(gold, predicted)
    yield from _of_numbers(gold, predicted)
    yield from _of_relations(gold, predicted)


def _of_mentions(gold: Side, predicted: Side) -> Iterator[Fault]:
    """Wrong type: the same surface; wrong bounds: one surface inside the other; else missed or spurious."""
    ours, theirs = mentions_of(gold), mentions_of(predicted)
    missed, spurious = sorted(ours - theirs), sorted(theirs - ours)
    for cause, likeness in (("wrong type", _same_surface), ("wrong bounds", _overlap)):
        pairs = matched(missed, spurious, likeness)
        for i, j in sorted(pairs):
            yield Fault(cause, missed[i][0], missed[i][1], f"{spurious[j][1]} ({spurious[j][0]})")
        missed = [item for at, item in enumerate(missed) if at not in {i for i, _ in pairs}]
        spurious = [item for at, item in enumerate(spurious) if at not in {j for _, j in pairs}]
    yield from (Fault("missed span", type, surface, None) for type, surface in missed)
    yield from (Fault("spurious span", type, None, surface) for type, surface in spurious)


def _same_surface(one: tuple[str, str], other: tuple[str, str]) -> int:
    return int(plain(one[1]) == plain(other[1]))


def _overlap(one: tuple[str, str], other: tuple[str, str]) -> int:
    """The number of words in a row that two surfaces share, where one begins or ends with, or holds, the other."""
    a, b = f" {plain(one[1])} ", f" {plain(other[1])} "
    shorter = min(a, b, key=len)
    return len(shorter.split()) * 2 + (one[0] == other[0]) if a in b or b in a else 0


def _of_numbers(gold: Side, predicted: Side) -> Iterator[Fault]:
    """Wrong kind: the same number; else missed or spurious. Of a number that is right, the slots that are wrong."""
    pairs = matched(gold.results, predicted.results, same_value(gold, predicted))
    for i, j in sorted(pairs):
        yield from _of_slots(gold, predicted, gold.results[i], predicted.results[j])
    missed = [row for at, row in enumerate(gold.results) if at not in {i for i, _ in pairs}]
    spurious = [row for at, row in enumerate(predicted.results) if at not in {j for _, j in pairs}]
    same = matched(missed, spurious, lambda a, b: int(plain_value(a["value"]) == plain_value(b["value"])))
    for i, j in sorted(same):
        yield Fault("wrong number kind", missed[i]["kind"], _said(missed[i]), _said(spurious[j]))
    for at, row in enumerate(missed):
        if at not in {i for i, _ in same}:
            yield Fault("missed number", row["kind"], _said(row), None)
    for at, row in enumerate(spurious):
        if at not in {j for _, j in same}:
            yield Fault("spurious number", row["kind"], None, _said(row))


def _said(row: Row) -> str:
    return f"{row['value']} ({row['kind']}): {row['evidence']}"


def _of_slots(gold: Side, predicted: Side, ours: Row, theirs: Row) -> Iterator[Fault]:
    for slot in SLOTS:
        if not agree(gold, predicted, ours[slot], theirs.get(slot)):
            yield Fault("wrong slot", slot, f"{ours['value']}: {ours[slot]}", f"{theirs['value']}: {theirs.get(slot)}")
    for field in ("direction", "relative", "bound"):
        if ours[field] != theirs.get(field):
            said = f"{theirs['value']}: {theirs.get(field)}"
            yield Fault("wrong field", field, f"{ours['value']}: {ours[field]}", said)


def _of_relations(gold: Side, predicted: Side) -> Iterator[Fault]:
    pairs = matched(gold.relations, predicted.relations, same_relation(gold, predicted))
    for at, row in enumerate(gold.relations):
        if at not in {i for i, _ in pairs}:
            yield Fault("missed relation", row["type"], f"{row['head']} -> {row['tail']}", None)
    for at, row in enumerate(predicted.relations):
        if at not in {j for _, j in pairs}:
            yield Fault("spurious relation", row["type"], None, f"{row['head']} -> {row['tail']}")
