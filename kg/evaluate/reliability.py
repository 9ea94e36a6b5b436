"""Predictions with confidence and gold -> how often what is said with confidence C is right: a reliability diagram."""

from collections.abc import Sequence
from typing import Literal

from kg.evaluate.agreement import Row, Side, matched, same_value, shared_surfaces
from kg.types import Frozen

BINS = 10


class Bin(Frozen):
    """The predictions with confidence in low..high: how many, their mean confidence, the share that is right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


class Reliability(Frozen):
    """The diagram, and the expected calibration error: the mean gap between confidence and accuracy."""

    count: int
    expected_calibration_error: float
    bins: tuple[Bin, ...]


def reliability(kind: Literal["entities", "results"], pairs: Sequence[tuple[Side, Side]]) -> Reliability | None:
    """Ten equal bins over the predicted entities or results that carry a confidence; None where none does.

    An entity is right where a gold one of its type shares a surface, a result where number, unit and kind agree.
    """
    judged = [item for gold, predicted in pairs for item in _judged(kind, gold, predicted)]
    if not judged:
        return None
    bins: list[Bin] = []
    for at in range(BINS):
        inside = [(c, right) for c, right in judged if min(int(c * BINS), BINS - 1) == at]
        if inside:
            count = len(inside)
            sure, right = sum(c for c, _ in inside) / count, sum(r for _, r in inside) / count
            bins.append(Bin(low=at / BINS, high=(at + 1) / BINS, count=count, confidence=sure, accuracy=right))
    error = sum(b.count * abs(b.confidence - b.accuracy) for b in bins) / len(judged)
    return Reliability(count=len(judged), expected_calibration_error=error, bins=tuple(bins))


def _judged(kind: Literal["entities", "results"], gold: Side, predicted: Side) -> list[tuple[float, bool]]:
    ours: Sequence[Row] = getattr(gold, kind)
    theirs: Sequence[Row] = getattr(predicted, kind)
    likeness = shared_surfaces if kind == "entities" else same_value(gold, predicted)
    right = {j for _, j in matched(ours, theirs, likeness)}
    return [(row["confidence"], at in right) for at, row in enumerate(theirs) if row.get("confidence") is not None]
