"""A result and the spans around it -> what fills its slots, and its setting."""

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kg.extract.encoder.beside import beside
from kg.extract.encoder.entities import Cluster
from kg.extract.encoder.features import Features
from kg.extract.encoder.knobs import Knobs
from kg.extract.encoder.labels import LITERALS, SLOT_FILLERS, SLOT_LITERALS, SLOTS
from kg.extract.encoder.lists import aligned
from kg.extract.encoder.mentions import TaggedSpan, log_softmax
from kg.extract.encoder.network import Scores

_TO = re.compile(r"\s*(?:to|→|->|\\?rightarrow)\s*")
_ON = re.compile(r"\s*(?:on|for|in)\b")
_PREPOSITION = re.compile(r"after|at|by|for|from|in|of|on|over|to|under|using|when|while|with|without", re.IGNORECASE)
_SHARED = tuple(map(SLOTS.index, ("dataset", "metric", "task")))
LISTED = 0.95  # how often a name fills the slot of the number at its place in a list, or beside it (see lists)


@dataclass(frozen=True)
class Filler:
    """What fills a slot: an entity (index of its cluster) or a literal (None), and the span it stands on."""

    cluster: int | None
    span: int  # index among mentions, then literals
    probability: float


@dataclass(frozen=True)
class View:
    """One paper's spans and scores, as the slots see them."""

    features: Features
    mentions: list[TaggedSpan]
    literals: list[TaggedSpan]
    clusters: list[Cluster]
    scores: Scores


def fill_all(view: View, chosen: list[int], knobs: Knobs) -> list[dict[str, Filler]]:
    """The filled slots of every chosen candidate: by its place in a list or right beside a name, else by the scores."""
    listed = beside(view.features, chosen, view.mentions) | aligned(view.features, chosen, view.mentions)
    owner = {member: index for index, c in enumerate(view.clusters) for member in c.members}
    speaker = _speakers(view.features, chosen)
    out = []
    for number in chosen:
        slots: dict[str, Filler] = {}
        for index, slot in enumerate(SLOTS):
            asked, other = speaker.get(number, (number, number)) if index in _SHARED else (number, number)
            mention = listed.get((asked, index), listed.get((other, index)))
            if mention is not None and mention in owner:
                slots[slot] = Filler(owner[mention], mention, LISTED)
            elif (filler := _fill(asked, index, view, knobs)) is not None:
                slots[slot] = filler
        out.append(slots)
    return out


def _speakers(features: Features, chosen: list[int]) -> dict[int, tuple[int, int]]:
    """For "from A to B" the number whose data set, metric and task hold for both, and the other: B where a preposition
    follows it, "from 12% to 20% on MATH", else A, "on GSM8K (67% to 82%)"."""
    out: dict[int, tuple[int, int]] = {}
    for first, second in pairwise(sorted(chosen, key=lambda i: features.candidates[i].start)):
        left, right = features.candidates[first], features.candidates[second]
        if _TO.fullmatch(features.text[left.end : right.start]):
            last = _ON.match(features.text, right.end) is not None
            out[first] = out[second] = (second, first) if last else (first, second)
    return out


def _fill(number: int, slot: int, view: View, knobs: Knobs) -> Filler | None:
    """The likeliest filler: an entity gathers the probability of all its mentions; None where "nothing" is likelier.

    A span counts by how surely it is one: in training every span offered to a slot was an annotated one.
    """
    spans = [*view.mentions, *view.literals]
    allowed = [i for c in view.clusters if c.type in SLOT_FILLERS[slot] for i in c.members]
    literal, offset = SLOT_LITERALS[slot], len(view.mentions)
    phrases = [offset + i for i, span in enumerate(view.literals) if literal is not None and span.type == literal]
    offered = allowed + phrases
    sureness = np.log(np.array([max(spans[i].probability, 1e-4) for i in offered])) * knobs.sureness
    null = view.scores.slot_null[number, slot] + knobs.slot_null[SLOTS[slot]]
    logits = np.concatenate([[null], view.scores.slot[number, offered, slot] + sureness])
    weights = dict(zip([-1, *offered], np.exp(log_softmax(logits)).tolist(), strict=True))
    options = [
        Filler(index, max(c.members, key=lambda i: (weights[i], -i)), sum(weights[i] for i in c.members))
        for index, c in enumerate(view.clusters)
        if c.type in SLOT_FILLERS[slot]
    ]
    options += [Filler(None, i, weights[i]) for i in phrases]
    best = max(options, key=lambda f: f.probability, default=None)
    return best if best is not None and best.probability >= weights[-1] else None


def setting(view: View, number: int, knobs: Knobs) -> int | None:
    """The nearest sure setting phrase in the same sentence (none crosses a full stop followed by a space), as a span.

    One in brackets with another number is that one's: "81.6% (88.7% with majority voting)". A part of a word is none,
    nor is a preposition that lost what it stood before.
    """
    text, here = view.features.text, view.features.candidates[number]
    best: tuple[int, int] | None = None
    for i, span in enumerate(view.literals):
        start, end = int(view.features.starts[span.first]), int(view.features.ends[span.last])
        low, high = min(end, here.end), max(start, here.start)
        if span.type != LITERALS.index("setting") or ". " in text[low:high] or "\n" in text[low:high]:
            continue
        if span.probability < knobs.setting or _PREPOSITION.fullmatch(text, start, end):
            continue
        if text[end : end + 1] == "-" or _aside(view.features, start, here.start):
            continue
        if best is None or max(0, high - low) < best[0]:
            best = (max(0, high - low), len(view.mentions) + i)
    return best[1] if best else None


def _aside(features: Features, start: int, number: int) -> bool:
    """Whether `start` stands in brackets that hold some number, but not the one at `number`."""
    first, last = features.text.rfind("(", 0, start), features.text.find(")", start)
    if first < 0 or last < 0 or ")" in features.text[first:start] or first < number < last:
        return False
    return any(first < other.start < last for other in features.candidates)
