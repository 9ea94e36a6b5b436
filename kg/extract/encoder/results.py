"""Number candidates and their scores -> the reported results, each with its details and slot fillers."""

from dataclasses import dataclass

import numpy as np

from kg.extract.encoder.entities import Cluster
from kg.extract.encoder.features import Features
from kg.extract.encoder.knobs import Knobs
from kg.extract.encoder.labels import BOUNDS, DIRECTIONS, KINDS, LITERALS, RELATIVES, SLOT_FILLERS, SLOT_LITERALS, SLOTS
from kg.extract.encoder.mentions import Floats, TaggedSpan, log_softmax
from kg.extract.encoder.network import Scores


@dataclass(frozen=True)
class Filler:
    """What fills a slot: an entity (index of its cluster) or a literal (None), and the span it stands on."""

    cluster: int | None
    span: int  # index among mentions, then literals
    probability: float


@dataclass(frozen=True)
class Found:
    """One result; `slots` and `setting` refer to spans by index."""

    candidate: int
    kind: str
    direction: str | None
    relative: bool | None
    bound: str
    slots: dict[str, Filler]
    setting: int | None
    probability: float


def find_results(
    features: Features,
    mentions: list[TaggedSpan],
    literals: list[TaggedSpan],
    clusters: list[Cluster],
    scores: Scores,
    knobs: Knobs,
) -> list[Found]:
    """Results in the order of the text."""
    probabilities: Floats = np.exp(log_softmax(scores.number))
    return [
        Found(
            i,
            kind,
            _direction(scores.direction[i], kind),
            RELATIVES[int(scores.relative[i].argmax())] if kind == "change" else None,
            BOUNDS[int(scores.bound[i].argmax())],
            {
                slot: filler
                for index, slot in enumerate(SLOTS)
                if (filler := _fill(i, index, mentions, literals, clusters, scores, knobs)) is not None
            },
            _setting(features, i, len(mentions), literals),
            float(probabilities[i, 1 + KINDS.index(kind)]),
        )
        for i in chosen_candidates(features, probabilities, knobs)
        for kind in [KINDS[int(probabilities[i, 1:].argmax())]]
    ]


def chosen_candidates(features: Features, probabilities: Floats, knobs: Knobs) -> list[int]:
    """Candidates likelier than not to be a result; of overlapping ones the likeliest, the longer one on a tie."""
    likely = [i for i in range(len(features.candidates)) if 1 - probabilities[i, 0] >= knobs.number]
    out: list[int] = []
    for i in sorted(
        likely, key=lambda i: (probabilities[i, 0], features.candidates[i].start - features.candidates[i].end)
    ):
        here = features.candidates[i]
        if all(here.end <= features.candidates[j].start or features.candidates[j].end <= here.start for j in out):
            out.append(i)
    return sorted(out)


def _direction(logits: Floats, kind: str) -> str | None:
    if kind == "absolute":
        return None
    return DIRECTIONS[1 + int(logits[1:].argmax())]


def _fill(
    number: int,
    slot: int,
    mentions: list[TaggedSpan],
    literals: list[TaggedSpan],
    clusters: list[Cluster],
    scores: Scores,
    knobs: Knobs,
) -> Filler | None:
    """The likeliest filler: an entity gathers the probability of all its mentions; None where "nothing" is likelier."""
    allowed = [i for c in clusters if c.type in SLOT_FILLERS[slot] for i in c.members]
    literal = SLOT_LITERALS[slot]
    phrases = [len(mentions) + i for i, span in enumerate(literals) if literal is not None and span.type == literal]
    logits = np.concatenate(
        [
            scores.slot_null[number, slot : slot + 1] + knobs.slot_null[SLOTS[slot]],
            scores.slot[number, allowed + phrases, slot],
        ]
    )
    weights = dict(zip([-1, *allowed, *phrases], np.exp(log_softmax(logits)).tolist(), strict=True))
    options = [
        Filler(index, max(c.members, key=lambda i: (weights[i], -i)), sum(weights[i] for i in c.members))
        for index, c in enumerate(clusters)
        if c.type in SLOT_FILLERS[slot]
    ]
    options += [Filler(None, i, weights[i]) for i in phrases]
    best = max(options, key=lambda f: f.probability, default=None)
    return best if best is not None and best.probability >= weights[-1] else None


def _setting(features: Features, number: int, mentions: int, literals: list[TaggedSpan]) -> int | None:
    """The nearest setting phrase in the same sentence (none crosses a full stop followed by a space)."""
    setting = LITERALS.index("setting")
    here = features.candidates[number]
    best: tuple[int, int] | None = None
    for i, span in enumerate(literals):
        if span.type != setting:
            continue
        start, end = int(features.starts[span.first]), int(features.ends[span.last])
        low, high = min(end, here.end), max(start, here.start)
        if ". " in features.text[low:high] or "\n" in features.text[low:high]:
            continue
        gap = max(0, high - low)
        if best is None or gap < best[0]:
            best = (gap, mentions + i)
    return best[1] if best else None
