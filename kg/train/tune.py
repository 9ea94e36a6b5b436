"""Development papers and a network -> the knobs of decoding: thresholds by coordinate search, then calibration."""

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from kg.extract.annotations import annotation
from kg.extract.encoder.decode import extraction, read
from kg.extract.encoder.features import Features, featurize
from kg.extract.encoder.inputs import SpanInputs
from kg.extract.encoder.knobs import Knobs, Logistic
from kg.extract.encoder.labels import RELATIONS, SLOTS
from kg.extract.encoder.network import Encoded, Floats, Network, Scores
from kg.types import Extraction, Paper

log = logging.getLogger(__name__)

Row = dict[str, Any]
Figures = Mapping[str, Mapping[str, float]]
Score = Callable[[Sequence[Row], Sequence[Row]], Figures]


@dataclass(frozen=True)
class Read:
    """A paper that went through the encoder once; every setting of the knobs is tried on it."""

    paper: Paper
    features: Features
    encoded: Encoded


class CachedNetwork:
    """A network that remembers the scores of spans it has seen: most knobs leave the spans as they are."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._scores: dict[tuple[int, bytes], Scores] = {}

    def encode(self, features: Features) -> Encoded:
        return self._network.encode(features)

    def score(self, words: Floats, spans: SpanInputs) -> Scores:
        key = (id(words), np.stack([spans.first, spans.last, spans.types]).tobytes())
        if key not in self._scores:
            self._scores[key] = self._network.score(words, spans)
        return self._scores[key]


class Tuner:
    """Searches one knob after another, each by the figure that it moves most directly."""

    def __init__(
        self, network: Network, tokenizer: Tokenizer, papers: Sequence[Paper], gold: Sequence[Row], score: Score
    ):
        self.network, self.gold, self.score = CachedNetwork(network), gold, score
        self.read = [
            Read(paper, features, network.encode(features))
            for paper in papers
            for features in [featurize(paper.text, tokenizer, title_length=len(paper.title or ""))]
        ]

    def extractions(self, knobs: Knobs) -> list[Extraction]:
        """What these knobs make of every paper."""
        out = []
        for item in self.read:
            reading = read(item.features, item.encoded, self.network, knobs)
            out.append(extraction(item.paper, reading, knobs, extractor="tuning"))
        return out

    def figures(self, knobs: Knobs) -> Figures:
        """The figures of these knobs."""
        return self.score(self.gold, [annotation(x) for x in self.extractions(knobs)])

    def search(self, start: Knobs) -> Knobs:
        """The best knobs found from `start`."""
        knobs = start
        knobs = self._best(knobs, "outside", [-1.5, -1.0, -0.5, 0.0, 0.5], ("mention", "entity"))
        knobs = self._best(knobs, "keep", [0.0, 0.15, 0.25, 0.35, 0.45], ("mention", "entity"))
        knobs = self._best(knobs, "same", [0.3, 0.5, 0.7, 0.9], ("entity",))
        knobs = self._best(knobs, "proposed", [-0.8, -0.4, 0.0, 0.4, 0.8], ("proposed",))
        knobs = self._best(knobs, "number", [0.3, 0.4, 0.5, 0.6], ("value",))
        for slot in SLOTS:
            knobs = self._best_of(knobs, "slot_null", (slot,), [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0], (f"value+{slot}",))
        knobs = self._best_of(knobs, "relation", RELATIONS, [0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5], ("relation",))
        for relation in RELATIONS:
            here = knobs.relation[relation]
            knobs = self._best_of(knobs, "relation", (relation,), [here - 0.1, here, here + 0.1], ("relation",))
        return knobs

    def _best(self, knobs: Knobs, name: str, values: list[float], by: tuple[str, ...]) -> Knobs:
        return self._pick([_with(knobs, name, value) for value in values], name, by)

    def _best_of(
        self, knobs: Knobs, name: str, keys: tuple[str, ...], values: list[float], by: tuple[str, ...]
    ) -> Knobs:
        table: dict[str, float] = getattr(knobs, name)
        tried = [_with(knobs, name, {**table, **dict.fromkeys(keys, round(v, 3))}) for v in values]
        return self._pick(tried, f"{name} {','.join(keys)}", by)

    def _pick(self, tried: list[Knobs], name: str, by: tuple[str, ...]) -> Knobs:
        gains = []
        for knobs in tried:
            figures = self.figures(knobs)
            gains.append(sum(figures[f]["f1"] for f in by) / len(by))
        log.info("%s: %s by %s", name, [round(g, 4) for g in gains], by)
        return tried[int(np.argmax(gains))]


def _with(knobs: Knobs, name: str, value: Any) -> Knobs:
    change: dict[str, Any] = {name: value}
    return replace(knobs, **change)


def fit_logistic(probabilities: Sequence[float], right: Sequence[bool]) -> Logistic:
    """Platt scaling of logits, with Platt's own smoothed targets (Platt 1999), by damped Newton steps."""
    bounded = np.clip(np.array(probabilities, dtype=np.float64), 1e-6, 1 - 1e-6)
    x = np.stack([np.log(bounded / (1 - bounded)), np.ones(len(bounded))], axis=1)
    hits = np.array(right, dtype=bool)
    goal = np.where(hits, (hits.sum() + 1) / (hits.sum() + 2), 1 / ((~hits).sum() + 2))

    def loss(at: NDArray[np.float64]) -> float:
        return float((np.logaddexp(0, x @ at) - goal * (x @ at)).sum())

    weights = np.array([0.0, 0.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + 1e-6 * np.eye(2)
        step = np.linalg.solve(hessian, x.T @ (goal - p))
        while loss(weights + step) > loss(weights) and np.abs(step).max() > 1e-8:
            step = step / 2
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return Logistic(round(float(weights[0]), 4), round(float(weights[1]), 4))


def calibration_error(confidences: Sequence[float], right: Sequence[bool], *, bins: int = 10) -> float:
    """Expected calibration error over equally wide bins (Naeini et al. 2015)."""
    values, hits = np.array(confidences), np.array(right, dtype=float)
    where = np.minimum((values * bins).astype(int), bins - 1)
    gaps = [(where == b).mean() * abs(values[where == b].mean() - hits[where == b].mean()) for b in set(where.tolist())]
    return float(math.fsum(gaps))
