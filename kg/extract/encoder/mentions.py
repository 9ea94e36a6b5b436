"""Tag logits -> the mentions of a text: constrained decoding, then one type a surface, at every place it stands."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.extract.encoder.definitions import with_definitions, with_title
from kg.extract.encoder.features import Features
from kg.extract.encoder.labels import MENTION_TYPES, UNNAMED_TYPE
from kg.resolve.known import is_organisation, type_of
from kg.types import ENTITY_TYPES

Floats = NDArray[np.float32]
_NO_START = {"and", "or", ",", ";", ":", ")", "]", "}", "-", "/", "of", "on", "in", "for", "with", "by", "the", "an"}
_NO_END = {"and", "or", ",", ";", ":", "(", "[", "{", "-", "/", "of", "on", "in", "for", "with", "the", "by", "to"}
_COUNTS = {"a", "an", "multiple", "several", "various", "two", "three", "four", "five", "six", "seven", "eight", "ten"}
_CLOSING = {")": "(", "]": "[", "}": "{"}
_VERSIONED = (MENTION_TYPES.index("Method"), MENTION_TYPES.index("Dataset"))
_DATASET = MENTION_TYPES.index("Dataset")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_VARIANT = re.compile(r"-[A-Z](?![\w-])")
_VERSION = re.compile(r"(?:-(?:\d+(?:\.\d+)?[BMK]?|[Cc]hat|[Ii]nstruct|[Bb]ase|test))+(?![\w-])")
OUTSIDE = (-2.0, 0.0)  # added to the logit of "no mention" to gather spans
SURE = np.log(0.97)  # a word this likely to be outside is taken to be


@dataclass(frozen=True, order=True)
class TaggedSpan:
    """Words first..last read as `type`, with the probability that the tags give it."""

    first: int
    last: int
    type: int
    probability: float


def log_softmax(rows: Floats) -> Floats:
    """Log-probabilities along the last axis."""
    shifted = rows - rows.max(-1, keepdims=True)
    out: Floats = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return out


def best_path(log_probabilities: Floats) -> list[int]:
    """The likeliest tag sequence in which I-x follows only B-x or I-x; (W, 1 + 2 types) -> W tags.

    Words that are surely outside cut the text into stretches; only a stretch whose likeliest tags break the rule
    needs the search.
    """
    likeliest = log_probabilities.argmax(1)
    path: list[int] = likeliest.tolist()
    before = np.concatenate([[0], likeliest[:-1]])
    begins = likeliest % 2 == 1
    broken = np.flatnonzero((likeliest > 0) & ~begins & (before != likeliest) & (before != likeliest - 1))
    sure = np.flatnonzero((likeliest == 0) & (log_probabilities[:, 0] > SURE))
    done = 0
    for word in broken.tolist():
        if word < done:
            continue
        place = int(np.searchsorted(sure, word))
        start = int(sure[place - 1]) + 1 if place else 0
        done = int(sure[place]) if place < len(sure) else len(path)
        path[start:done] = _viterbi(log_probabilities[start:done])
    return path


def _viterbi(log_probabilities: Floats) -> list[int]:
    words, tags = log_probabilities.shape
    inside = np.arange(2, tags, 2)
    score = log_probabilities[0].astype(np.float64)
    score[inside] = -np.inf
    back = np.zeros((words, tags), dtype=np.int64)
    for word in range(1, words):
        top = int(score.argmax())
        source = np.full(tags, top)
        source[inside] = np.where(score[inside - 1] >= score[inside], inside - 1, inside)
        back[word] = source
        score = score[source] + log_probabilities[word]
    path = [int(score.argmax())]
    for word in range(words - 1, 0, -1):
        path.append(int(back[word, path[-1]]))
    return path[::-1]


def spans_of(path: Iterable[int]) -> list[tuple[int, int, int]]:
    """(first, last, type) of a tag sequence."""
    out: list[tuple[int, int, int]] = []
    for word, tag in enumerate(path):
        if tag % 2 == 1:
            out.append((word, word, tag // 2))
        elif tag and out:
            out[-1] = (out[-1][0], word, out[-1][2])
    return out


def span_probability(probabilities: Floats, first: int, last: int, kind: int) -> float:
    """Probability of exactly this span: it begins, goes on, and does not go on after `last` (words independent)."""
    begin, inside = 1 + 2 * kind, 2 + 2 * kind
    value = float(probabilities[first, begin]) * float(np.prod(probabilities[first + 1 : last + 1, inside]))
    return value * (1 - float(probabilities[last + 1, inside])) if last + 1 < len(probabilities) else value


def find_mentions(
    features: Features, logits: Floats, *, keep: float, length: float, unnamed: float
) -> list[TaggedSpan]:
    """Mentions by place. What is found once is found wherever the same characters stand as words.

    Each surface is scored over all its places; the best take their words first, down to the score `keep` (`unnamed`
    for phrases that stand for the proposed method). `length` offsets that longer spans are less likely as products of
    their words (0: not at all, 1: geometric mean). What stands in web addresses alone is none, though 2 of the 39,000
    mentions of the training papers do.
    """
    probabilities: Floats = np.exp(log_softmax(logits))
    addresses = [match.span() for match in _ADDRESS.finditer(features.text)]
    local = {
        (surface, kind): [(_score(probabilities, *place, kind, length), place) for place in places]
        for surface, kinds in sorted(_surfaces(features, logits).items())
        for places in [list(features.places(surface))]
        if not addresses or not all(_within(features, place, addresses) for place in places)
        for kind in sorted(kinds)
    }
    scored = [
        (_overall(here), surface, kind, [place for _, place in here])
        for (surface, kind), here in _without_nested(local, keep).items()
    ]
    scored = with_title(features, with_definitions(features, scored, keep))
    taken = np.zeros(len(features.starts), dtype=bool)
    out: list[TaggedSpan] = []
    settled: set[str] = set()
    for score, surface, kind, places in sorted(scored, key=lambda s: (-s[0], -len(s[1]), s[1], s[2])):
        free = [(first, last) for first, last in places if not taken[first : last + 1].any()]
        if score < (unnamed if kind == UNNAMED_TYPE else keep) or surface in settled:
            continue
        settled.add(surface)
        if is_organisation(surface):
            continue
        if kind != UNNAMED_TYPE:
            kind = ENTITY_TYPES.index(type_of(surface, ENTITY_TYPES[kind], features.text))
        for first, last in free:
            last = _whole(features, last, taken, kind) if kind in _VERSIONED else last
            taken[first : last + 1] = True
            out.append(TaggedSpan(first, last, kind, score))
    return sorted(out)


def _whole(features: Features, last: int, taken: NDArray[np.bool_], kind: int) -> int:
    """The last word of a name with the version, size or split that hyphens join to it: "Llama-2" of "Llama-2-70B".

    A capital behind a data set ("ImageNet-A") makes another one of it, in all 13 places of the training papers.
    """
    end = int(features.ends[last])
    joined = _VERSION.match(features.text, end)
    if joined is None and kind == _DATASET:
        joined = _VARIANT.match(features.text, end)
    words = features.words_of(end, joined.end()) if joined else None
    return words[1] if words is not None and not taken[words[0] : words[1] + 1].any() else last


def _within(features: Features, place: tuple[int, int], parts: list[tuple[int, int]]) -> bool:
    return any(start <= features.starts[place[0]] < end for start, end in parts)


def _surfaces(features: Features, logits: Floats) -> dict[str, set[int]]:
    """Surfaces with their types that the tags give, at their own odds and with "no mention" made less likely."""
    out: dict[str, set[int]] = defaultdict(set)
    for outside in OUTSIDE:
        shifted = logits.copy()
        shifted[:, 0] += outside
        for span in spans_of(best_path(log_softmax(shifted))):
            whole = trimmed(features, *span, phrase=span[2] == UNNAMED_TYPE)
            if whole is not None:
                out[features.text[features.starts[whole[0]] : features.ends[whole[1]]]].add(whole[2])
    return out


Places = list[tuple[float, tuple[int, int]]]
Scored = dict[tuple[str, int], Places]


def _overall(here: Places) -> float:
    """The score of a surface: between that of its best place and the mean over its places."""
    each = [score for score, _ in here]
    return (max(each) + sum(each) / len(each)) / 2


def _without_nested(local: Scored, keep: float) -> Scored:
    """Without the places where a longer span is likelier that will be kept: "ImageNet" is none in "ImageNet-A"."""
    every = [(score, place) for here in local.values() if _overall(here) >= keep for score, place in here]
    out = {
        key: [
            (score, (first, last))
            for score, (first, last) in here
            if not any(other > score and a <= first and last <= b and b - a > last - first for other, (a, b) in every)
        ]
        for key, here in local.items()
    }
    return {key: here for key, here in out.items() if here}


def _score(probabilities: Floats, first: int, last: int, kind: int, length: float) -> float:
    probability = span_probability(probabilities, first, last, kind)
    return float(probability ** (1 / (1 + length * (last - first))))


def find_literals(features: Features, logits: Floats, *, outside: float = 0.0) -> list[TaggedSpan]:
    """Literal slot fillers and settings, by place; `type` is an index into LITERALS."""
    shifted = logits.copy()
    shifted[:, 0] += outside
    probabilities: Floats = np.exp(log_softmax(logits))
    spans = (trimmed(features, *span, phrase=True) for span in spans_of(best_path(log_softmax(shifted))))
    whole = (_hyphenated(features, *span) for span in spans if span is not None)
    return [TaggedSpan(*s, span_probability(probabilities, *s)) for s in whole]


def _hyphenated(features: Features, first: int, last: int, kind: int) -> tuple[int, int, int]:
    """The span with what a hyphen joins to its end ("the state-of-the-art"): none of 1,509 in training lacks that."""
    text, ends, starts = features.text, features.ends, features.starts
    while last + 2 < len(ends) and text[ends[last] : ends[last] + 1] == "-" and starts[last + 2] == ends[last] + 1:
        last += 2
    return first, last, kind


def trimmed(
    features: Features, first: int, last: int, kind: int, *, phrase: bool = False
) -> tuple[int, int, int] | None:
    """The span without conjunctions, prepositions and stray punctuation at its ends; None if all of it is.

    A `phrase` keeps its beginning ("the base model", "on average"), and every span what a hyphen joins to it
    ("in-context", "plug-in").
    """
    text, starts, ends = features.text, features.starts, features.ends

    def word(i: int) -> str:
        return text[starts[i] : ends[i]]

    def stays(i: int, neighbour: str) -> bool:
        return word(i)[0].isalnum() and not neighbour.isspace()

    while first <= last and _ends_badly(word(last), text[starts[first] : ends[last]]):
        if stays(last, text[max(0, starts[last] - 1)]):
            break
        last -= 1
    while first <= last and not phrase and word(first) in _NO_START:
        if stays(first, text[ends[first] : ends[first] + 1]):
            break
        first += 1
    return (first, last, kind) if first <= last else None


def _ends_badly(word: str, span: str) -> bool:
    return word.lower() in _NO_END or word in _COUNTS or (word in _CLOSING and _CLOSING[word] not in span)
