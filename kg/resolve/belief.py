"""The confidences that papers' extractions give a fact in, how far the fact may be believed out.

A fact holds where at least one paper really states it. Each extraction's confidence is first made a probability
(`Calibration`, logistic in the log-odds: Platt 1999, fitted per extractor on annotated papers), and papers are taken
as independent (noisy-or, Pearl 1988): belief = 1 - product of (1 - p). Support, the number of papers, is thereby in
it: two papers at 0.8 make 0.96. No paper may settle a matter alone, so that each counts for at most MOST.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
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
_NAME = re.compile(r"[a-z-]+(?=[-/]\d)")  # an extractor's name in front of its version
# By the name of the extractor, fitted on the relations of the development papers by tests/benchmarks/bench_belief.py.
FITTED: Mapping[str, Calibration] = {
    "kg-encoder": Calibration(slope=0.98, shift=-0.07),
    "rules": Calibration(slope=0.40, shift=-0.76),
}


@cache
def calibration(extractor: str) -> Calibration:
    """How confidences of an extractor are to be read, by its name with or without version and registry.

    >>> calibration("rules/0.1.0+233976ef; keys-3-0a1b2c3d") == FITTED["rules"], calibration("hand") == UNCHANGED
    (True, True)
    """
    found = _NAME.match(extractor)
    return FITTED.get(found[0] if found else extractor, UNCHANGED)


def belief(confidences: Iterable[float], calibration: Calibration = UNCHANGED) -> float:
    """What one confidence a paper amounts to.

    >>> round(belief([0.8]), 3), round(belief([0.8, 0.8]), 3), belief([])
    (0.8, 0.96, 0.0)
    """
    return together(calibration.probability(confidence) for confidence in confidences)


def together(probabilities: Iterable[float]) -> float:
    """What papers amount to that say the same, each with the probability that it really does, in any order."""
    doubt = math.prod((1 - min(MOST, probability) for probability in sorted(probabilities)), start=1.0)
    return round(1 - doubt, 6)


def facts(graphs: Iterable[Subgraph]) -> Iterator[Fact]:
    """The facts of these papers, sorted; a paper that states one twice counts once, with its surer extraction.

    Each extraction's confidence is calibrated as its extractor's are.
    """
    stated: dict[tuple[RelationType, str, str], dict[str, float]] = defaultdict(dict)
    for graph in graphs:
        read = calibration(graph.paper.extractor)
        for edge in graph.facts:
            papers = stated[edge.type, edge.head, edge.tail]
            papers[edge.paper] = max(papers.get(edge.paper, 0.0), read.probability(edge.confidence))
    for (type, head, tail), papers in sorted(stated.items()):
        yield Fact(type, head, tail, len(papers), together(papers.values()))


def fit(confidences: Sequence[float], correct: Sequence[bool]) -> Calibration:
    """The calibration under which what was correct is likeliest.

    Newton's method on the log-likelihood, which is concave; a step that would lose is halved until it gains.
    """
    points = [(_odds(confidence), float(right)) for confidence, right in zip(confidences, correct, strict=True)]
    at, best = UNCHANGED, _likelihood(points, UNCHANGED)
    for _ in range(_STEPS):
        step, gained = _newton(points, at), False
        while max(map(abs, step)) > _EDGE and not gained:
            there = Calibration(at.slope + step[0], at.shift + step[1])
            gained = (now := _likelihood(points, there)) > best
            at, best = (there, now) if gained else (at, best)
            step = (step[0] / 2, step[1] / 2)
        if not gained:
            break
    return at


def _newton(points: Sequence[tuple[float, float]], at: Calibration) -> tuple[float, float]:
    """The step to the maximum of the parabola that the log-likelihood is like here."""
    up_slope, up_shift, a, b, c = -_PRIOR * (at.slope - 1), -_PRIOR * at.shift, _PRIOR, 0.0, _PRIOR
    for x, right in points:
        chance = _logistic(at.slope * x + at.shift)
        miss, spread = right - chance, chance * (1 - chance)
        up_slope, up_shift = up_slope + miss * x, up_shift + miss
        a, b, c = a + spread * x * x, b + spread * x, c + spread
    determinant = a * c - b * b
    return (c * up_slope - b * up_shift) / determinant, (a * up_shift - b * up_slope) / determinant


def _likelihood(points: Sequence[tuple[float, float]], at: Calibration) -> float:
    prior = _PRIOR / 2 * ((at.slope - 1) ** 2 + at.shift**2)
    margins = ((at.slope * x + at.shift) * (1 if right else -1) for x, right in points)
    return -prior - sum(math.log1p(math.exp(-m)) if m > 0 else -m + math.log1p(math.exp(m)) for m in margins)


def _odds(confidence: float) -> float:
    inside = min(1 - _EDGE, max(_EDGE, confidence))
    return math.log(inside / (1 - inside))


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
