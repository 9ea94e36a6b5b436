"""The confidences that papers' extractions give a fact in, how far the fact may be believed out.

A fact holds where at least one paper really states it. Each extraction's confidence is first made a probability
(`Calibration`, logistic in the log-odds: Platt 1999, fitted on annotated papers), and papers are taken as independent
(noisy-or, Pearl 1988): belief = 1 - product of (1 - p). Support, the number of papers, is thereby in it: two papers at
0.8 make 0.96. No paper may settle a matter alone, so that each counts for at most MOST.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kg.graph import Subgraph
from kg.types import RelationType

MOST = 0.98
_EDGE = 1e-6  # confidences 0 and 1 have no log-odds
_PRIOR = 1e-3  # pulls the fit to slope 1, shift 0, so that a perfect separation has an end
_STEPS = 50


class Calibration(NamedTuple):
    """probability = logistic(slope * log-odds of the confidence + shift). As it stands it changes nothing."""

    slope: float = 1.0
    shift: float = 0.0

    def probability(self, confidence: float) -> float:
        """The calibrated probability of a confidence."""
        return _logistic(self.slope * _odds(confidence) + self.shift)


class Fact(NamedTuple):
    """A fact over all papers: its ends' node ids, how many papers state it, how far it may be believed."""

    type: RelationType
    head: str
    tail: str
    support: int
    belief: float


UNCHANGED = Calibration()


def belief(confidences: Iterable[float], calibration: Calibration = UNCHANGED) -> float:
    """What one confidence a paper amounts to.

    >>> round(belief([0.8]), 3), round(belief([0.8, 0.8]), 3), belief([])
    (0.8, 0.96, 0.0)
    """
    sure = (min(MOST, calibration.probability(confidence)) for confidence in confidences)
    doubt = math.prod((1 - probability for probability in sure), start=1.0)
    return round(1 - doubt, 6)


def facts(graphs: Iterable[Subgraph], calibration: Calibration = UNCHANGED) -> Iterator[Fact]:
    """The facts of these papers, sorted; a paper that states one twice counts once, with its surer extraction."""
    stated: dict[tuple[RelationType, str, str], dict[str, float]] = defaultdict(dict)
    for graph in graphs:
        for edge in graph.facts:
            papers = stated[edge.type, edge.head, edge.tail]
            papers[edge.paper] = max(papers.get(edge.paper, 0.0), edge.confidence)
    for (type, head, tail), papers in sorted(stated.items()):
        sure = belief((papers[paper] for paper in sorted(papers)), calibration)
        yield Fact(type, head, tail, len(papers), sure)


def fit(confidences: Sequence[float], correct: Sequence[bool]) -> Calibration:
    """The calibration under which what was correct is likeliest (Newton's method on the log-likelihood)."""
    odds = [_odds(confidence) for confidence in confidences]
    slope, shift = UNCHANGED
    for _ in range(_STEPS):
        chances = [_logistic(slope * x + shift) for x in odds]
        misses = [y - p for y, p in zip(correct, chances, strict=True)]
        spread = [p * (1 - p) for p in chances]
        by_slope = sum(m * x for m, x in zip(misses, odds, strict=True)) - _PRIOR * (slope - 1)
        by_shift = sum(misses) - _PRIOR * shift
        a = sum(s * x * x for s, x in zip(spread, odds, strict=True)) + _PRIOR
        b = sum(s * x for s, x in zip(spread, odds, strict=True))
        c = sum(spread) + _PRIOR
        determinant = a * c - b * b
        step = (c * by_slope - b * by_shift) / determinant, (a * by_shift - b * by_slope) / determinant
        slope, shift = slope + step[0], shift + step[1]
        if max(map(abs, step)) < _EDGE:
            break
    return Calibration(slope, shift)


def _odds(confidence: float) -> float:
    inside = min(1 - _EDGE, max(_EDGE, confidence))
    return math.log(inside / (1 - inside))


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
