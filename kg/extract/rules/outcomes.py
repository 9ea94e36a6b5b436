"""A text and its entities -> the numbers that report an outcome, with kind, direction, bound and setting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from kg.extract.lists import pattern
from kg.extract.numbers import Number, find_numbers
from kg.extract.places import Bounds
from kg.extract.rules.linear import Floats, Linear, calibrated
from kg.extract.rules.number_features import number_features
from kg.extract.rules.scene import Scene
from kg.types import Bound, Direction, ResultKind

# What a number is: nothing that counts, or a kind with the direction in which the quantity moved.
CLASSES = ("none", "absolute", "change up", "change down", "ratio up", "ratio down")
RELATIVES = ("null", "true", "false")
BOUNDS: tuple[Bound, ...] = ("exact", "at_least", "at_most", "about")

SLOPE = 0.55  # of confidence, chosen on the development papers
_SETTING = pattern(r"\b(?:{})\b", "settings")


@dataclass(frozen=True)
class Outcome:
    """A number that reports an outcome: the candidate, what it is, and the sentence that holds it."""

    number: Number
    kind: ResultKind
    direction: Direction | None
    relative: bool | None
    bound: Bound
    setting: Bounds | None
    sentence: Bounds
    confidence: float


def outcomes(scene: Scene, kinds: Linear, relatives: Linear, bounds: Linear) -> list[Outcome]:
    """The numbers of a text that report outcomes, in order; of overlapping candidates the surest is kept."""
    candidates = find_numbers(scene.text.text)
    if not candidates:
        return []
    features = [number_features(scene, number) for number in candidates]
    sure = kinds.probabilities(features)
    return [
        _outcome(scene, candidates[at], int(sure[at].argmax()), sure[at], features[at], relatives, bounds)
        for at in apart(candidates, sure[:, 0])
        if sure[at].argmax()
    ]


def apart(candidates: Sequence[Number], doubt: Floats) -> list[int]:
    """The candidates left when of overlapping ones the least doubtful is kept, in order."""
    taken: list[Bounds] = []
    kept = []
    for at in sorted(range(len(candidates)), key=lambda at: (doubt[at], candidates[at].start - candidates[at].end, at)):
        number = candidates[at]
        if not any(start < number.end and number.start < end for start, end in taken):
            taken.append((number.start, number.end))
            kept.append(at)
    return sorted(kept, key=lambda at: candidates[at].start)


def _outcome(
    scene: Scene, number: Number, label: int, sure: Floats, features: list[str], relatives: Linear, bounds: Linear
) -> Outcome:
    kind, _, way = CLASSES[label].partition(" ")
    relative = RELATIVES[int(relatives.scores([features]).argmax())] if kind == "change" else "null"
    start, end = scene.text.sentence_of(number.start)
    sentence = min(start, number.start), max(end, number.end)
    return Outcome(
        number=number,
        kind=cast(ResultKind, kind),
        direction=cast(Direction, way) if way else None,
        relative={"null": None, "true": True, "false": False}[relative],
        bound=BOUNDS[int(bounds.scores([features]).argmax())],
        setting=_setting(scene.text.text, sentence, number),
        sentence=sentence,
        confidence=calibrated(float(np.sum(sure[1:])), SLOPE),
    )


def _setting(text: str, sentence: Bounds, number: Number) -> Bounds | None:
    """The condition named nearest to the number in its sentence, where one of the usual ones is."""
    near = [match.span() for match in _SETTING.finditer(text, *sentence)]
    return min(near, key=lambda span: (max(span[0] - number.end, number.start - span[1]), span), default=None)


def class_of(kind: str, direction: str | None) -> int:
    """The class of a result; a change or ratio without direction counts as one upwards."""
    return 1 if kind == "absolute" else CLASSES.index(f"{kind} {direction or 'up'}")
