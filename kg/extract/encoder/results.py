"""Number candidates and their scores -> the reported results, each with its details and slot fillers."""

import re
from dataclasses import dataclass

import numpy as np

from kg.extract.encoder.features import Features
from kg.extract.encoder.knobs import Knobs
from kg.extract.encoder.labels import BOUNDS, DIRECTIONS, KINDS, RELATIVES
from kg.extract.encoder.mentions import Floats, log_softmax
from kg.extract.encoder.slots import Filler, View, fill_all, setting

_BOUND = re.compile(
    r"(?:\b(?P<about>about|around|approximately|approx\.|roughly|nearly|almost|close to|near)"
    r"|\b(?P<at_least>more than|greater than|over|at least|above|exceeding)"
    r"|\b(?P<at_most>up to|upto|less than|fewer than|at most|below|under|within|as much as|as high as|no more than))"
    r"\s+(?:an?\s+)?$"
)


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


def find_results(view: View, knobs: Knobs) -> list[Found]:
    """Results in the order of the text."""
    scores = view.scores
    probabilities: Floats = np.exp(log_softmax(scores.number))
    chosen = chosen_candidates(view.features, probabilities, knobs)
    out = []
    for i, slots in zip(chosen, fill_all(view, chosen, knobs), strict=True):
        kind, start = int(probabilities[i, 1:].argmax()), view.features.candidates[i].start
        changes = KINDS[kind] != "absolute"
        out.append(
            Found(
                candidate=i,
                kind=KINDS[kind],
                direction=DIRECTIONS[1 + int(scores.direction[i, 1:].argmax())] if changes else None,
                relative=RELATIVES[int(scores.relative[i].argmax())] if KINDS[kind] == "change" else None,
                bound=stated_bound(view.features.text, start) or BOUNDS[int(scores.bound[i].argmax())],
                slots=slots,
                setting=setting(view, i, knobs),
                probability=float(probabilities[i, 1 + kind]),
            )
        )
    return out


def stated_bound(text: str, start: int) -> str | None:
    """The bound that the words right before a number say (99 % of them agree with the training papers)."""
    found = _BOUND.search(text[max(0, start - 30) : start].lower())
    return next((name for name, words in found.groupdict().items() if words), None) if found else None


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
