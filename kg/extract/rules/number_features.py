"""A number in a scene -> the named features that speak for and against its being an outcome, and of what kind."""

import re
from collections.abc import Iterator

from kg.extract.lists import pattern
from kg.extract.numbers import Number
from kg.extract.places import Bounds
from kg.extract.rules.scene import Scene

_VERB = pattern(r"\b(?:{})\w*", "number_cues")
_CONJOINED = frozenset({"b1", "a1", "v-", "b2", "m-", "m+"})


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
    return sorted(features | {f"{unit}&{feature}" for feature in features if feature[:2] in _CONJOINED})


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
