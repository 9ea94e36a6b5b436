"""A text and its entities -> the numbers that report an outcome, with kind, direction, bound and setting."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from kg.extract.lists import pattern
from kg.extract.numbers import Number, find_numbers
from kg.extract.places import Bounds
from kg.extract.rules.features import Text
from kg.extract.rules.linear import Linear
from kg.types import Bound, Direction, Entity, ResultKind

# What a number is: nothing that counts, or a kind with the direction in which the quantity moved.
CLASSES = ("none", "absolute", "change up", "change down", "ratio up", "ratio down")
RELATIVES = ("null", "true", "false")
BOUNDS: tuple[Bound, ...] = ("exact", "at_least", "at_most", "about")

_VERB = pattern(r"\b(?:{})\w*", "number_cues")
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


@dataclass(frozen=True)
class Scene:
    """A text with its entities placed: for each mention in order its bounds and its entity's index."""

    text: Text
    entities: tuple[Entity, ...]
    mentions: tuple[tuple[Bounds, int], ...]

    @classmethod
    def of(cls, text: Text, entities: Sequence[Entity]) -> "Scene":
        """The text with these entities in it."""
        placed = sorted(((m.start, m.end), at) for at, entity in enumerate(entities) for m in entity.mentions)
        return cls(text, tuple(entities), tuple(placed))

    def within(self, bounds: Bounds) -> list[tuple[Bounds, int]]:
        """The mentions that begin inside the bounds."""
        low = bisect_left(self.mentions, ((bounds[0], -1), -1))
        high = bisect_left(self.mentions, ((bounds[1], -1), -1))
        return list(self.mentions[low:high])


def number_features(scene: Scene, number: Number) -> list[str]:
    """What speaks for and against each class of a number."""
    text = scene.text
    first, last = text.token_at(number.start), text.token_at(number.end - 1)
    before = [word.casefold() for word in text.words[max(0, first - 4) : first]][::-1]
    after = [word.casefold() for word in text.words[last + 1 : last + 5]]
    unit = number.unit if number.unit in {"", "%", "x", "points", "fraction"} else "measure"
    looks = re.sub(r"[a-z]+", "w", re.sub(r"\d+", "9", number.text.casefold()))
    sentence = text.sentence_of(number.start)
    features = {
        f"unit={unit}",
        f"looks={looks}",
        f"unit-text={number.unit.casefold()}",
        f"zone={text.zone(number.start)}",
    }
    if not any(c.isdigit() for c in number.text):
        features |= {"word", "word=" + number.text.casefold()}
    features.update(f"b{at}={word}" for at, word in enumerate(before, 1))
    features.update(f"a{at}={word}" for at, word in enumerate(after, 1))
    features.update(f"near={word}" for word in before[:3])
    features.update(f"soon={word}" for word in after[:3])
    features.add("b12=" + " ".join(before[:2][::-1]))
    features.add("a12=" + " ".join(after[:2]))
    features.add(f"b1a1={before[0] if before else '<'} {after[0] if after else '>'}")
    features.add(f"size={_size(number)}")
    features.update(_cues(text.text, sentence, (number.start, number.end)))
    features.update(_neighbours(scene, sentence, (number.start, number.end)))
    return sorted(
        features | {f"{unit}&{feature}" for feature in features if feature[:2] in {"b1", "a1", "v-", "b2", "m-", "m+"}}
    )


def _size(number: Number) -> str:
    value = number.low
    if value is None:
        return "none"
    whole = "d" if "." in number.text else "i"
    return whole + (
        "<1"
        if value < 1
        else "<10"
        if value < 10
        else "<=100"
        if value <= 100
        else "year"
        if 1980 < value < 2030
        else "big"
    )


def _cues(text: str, sentence: Bounds, span: Bounds) -> Iterator[str]:
    """The nearest telling words on both sides of the number in its sentence."""
    before = [match[0].casefold() for match in _VERB.finditer(text, max(sentence[0], span[0] - 120), span[0])]
    yield from (f"v-{at}={word}" for at, word in enumerate(before[::-1][:3], 1))
    yield from (f"any-={word}" for word in before)
    after = [match[0].casefold() for match in _VERB.finditer(text, span[1], min(sentence[1], span[1] + 80))]
    yield from (f"v+{at}={word}" for at, word in enumerate(after[:3], 1))
    open_bracket = text.rfind("(", sentence[0], span[0])
    if open_bracket >= 0 and text.find(")", open_bracket, span[0]) < 0:
        yield "bracket"
        yield "bracket-start" if not text[open_bracket + 1 : span[0]].strip() else "bracket-in"


def _neighbours(scene: Scene, sentence: Bounds, span: Bounds) -> Iterator[str]:
    """The types of the nearest mentions and whether the sentence has metrics, data sets and other percentages."""
    inside = scene.within(sentence)
    kinds = {scene.entities[at].type for _, at in inside}
    yield from (f"has={kind}" for kind in sorted(kinds))
    before = [(bounds, at) for bounds, at in inside if bounds[1] <= span[0]]
    after = [(bounds, at) for bounds, at in inside if bounds[0] >= span[1]]
    if before:
        gap = len(scene.text.text[before[-1][0][1] : span[0]].split())
        yield f"m-={scene.entities[before[-1][1]].type}{min(gap, 4)}"
    if after:
        gap = len(scene.text.text[span[1] : after[0][0][0]].split())
        yield f"m+={scene.entities[after[0][1]].type}{min(gap, 4)}"
        if gap == 0:
            yield "metric+=" + scene.text.text[slice(*after[0][0])].casefold()
    for bounds, at in (before[-1:] + after[:1]) if inside else ():
        if scene.entities[at].type == "Metric":
            yield "metric=" + scene.text.text[slice(*bounds)].casefold()


def outcomes(scene: Scene, kinds: Linear, relatives: Linear, bounds: Linear) -> list[Outcome]:
    """The numbers of a text that report outcomes, in order; of overlapping candidates the surest."""
    candidates = find_numbers(scene.text.text)
    if not candidates:
        return []
    features = [number_features(scene, number) for number in candidates]
    sure = kinds.probabilities(features)
    taken: list[Bounds] = []
    found: list[Outcome] = []
    order = sorted(range(len(candidates)), key=lambda at: (sure[at, 0], candidates[at].start - candidates[at].end, at))
    for at in order:
        number, label = candidates[at], int(sure[at].argmax())
        if label == 0 or any(start < number.end and number.start < end for start, end in taken):
            continue
        taken.append((number.start, number.end))
        kind, _, way = CLASSES[label].partition(" ")
        relative = RELATIVES[int(relatives.scores([features[at]]).argmax())] if kind == "change" else "null"
        sentence = scene.text.sentence_of(number.start)
        sentence = (min(sentence[0], number.start), max(sentence[1], number.end))
        found.append(
            Outcome(
                number=number,
                kind=cast(ResultKind, kind),
                direction=cast(Direction, way) if way else None,
                relative={"null": None, "true": True, "false": False}[relative],
                bound=BOUNDS[int(bounds.scores([features[at]]).argmax())],
                setting=_setting(scene.text.text, sentence, number),
                sentence=sentence,
                confidence=round(float(1 - sure[at, 0]), 3),
            )
        )
    return sorted(found, key=lambda outcome: outcome.number.start)


def _setting(text: str, sentence: Bounds, number: Number) -> Bounds | None:
    """The condition named nearest to the number in its sentence, where one of the usual ones is."""
    near = [match.span() for match in _SETTING.finditer(text, *sentence)]
    return min(near, key=lambda span: (max(span[0] - number.end, number.start - span[1]), span), default=None)


def class_of(kind: str, direction: str | None) -> int:
    """The class of a result; a change or ratio without direction counts as one upwards."""
    return 1 if kind == "absolute" else CLASSES.index(f"{kind} {direction or 'up'}")
