"""Development papers and a network -> the knobs of decoding: thresholds by coordinate search, then calibration."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from kg.extract.annotations import annotation
from kg.extract.encoder.decode import extraction, read
from kg.extract.encoder.entities import Cluster, cluster, surface_of
from kg.extract.encoder.features import Features, featurize
from kg.extract.encoder.inputs import span_inputs
from kg.extract.encoder.knobs import Knobs
from kg.extract.encoder.labels import MENTION_TYPES, RELATIONS, ROLES, SLOTS, UNNAMED_TYPE
from kg.extract.encoder.mentions import TaggedSpan, find_literals, find_mentions
from kg.extract.encoder.network import Encoded, Network, Scores
from kg.extract.encoder.relations import find_relations
from kg.extract.encoder.results import Found, find_results
from kg.extract.encoder.slots import View
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


class Tuner:
    """Searches one knob after another, each by the figure that it moves most directly, on just the rows it needs."""

    def __init__(
        self, network: Network, tokenizer: Tokenizer, papers: Sequence[Paper], gold: Sequence[Row], score: Score
    ) -> None:
        self.network, self.gold, self.score = network, gold, score
        self.read = [
            Read(paper, features, network.encode(features))
            for paper in papers
            for features in [featurize(paper.text, tokenizer, title_length=len(paper.title or ""))]
        ]
        self._scores: dict[tuple[int, bytes], Scores] = {}

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
        for _ in range(2):
            knobs = self._best(knobs, "keep", [0.4, 0.45, 0.5, 0.55], ("mention",))
            knobs = self._best(knobs, "length", [0.5, 0.7, 0.9], ("mention",))
        knobs = self._best(knobs, "same", [0.3, 0.5, 0.7, 0.9], ("entity",))
        knobs = self._best(knobs, "unnamed", [0.1, 0.15, 0.25, 0.4], ("proposed",))
        knobs = self._best(knobs, "proposed", [-0.4, 0.0, 0.2, 0.4, 0.6, 0.8], ("proposed",))
        knobs = self._best(knobs, "title", [-99.0, 0.0, 1.0, 2.0, 3.0, 4.0], ("proposed",))
        knobs = self._best(knobs, "number", [0.3, 0.4, 0.5, 0.6], ("value",))
        literal = ("value+baseline", "value+dataset")
        knobs = self._best(knobs, "literal_outside", [-3.0, -2.0, -1.0, 0.0], literal)
        knobs = self._best(knobs, "sureness", [0.0, 0.3, 0.6, 1.0], (*literal, "value+metric", "value+method"))
        for slot in SLOTS:
            knobs = self._best_of(knobs, "slot_null", (slot,), [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0], (f"value+{slot}",))
        knobs = self._best_of(knobs, "relation", RELATIONS, [0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5], ("relation",))
        for relation in RELATIONS:
            here = knobs.relation[relation]
            knobs = self._best_of(knobs, "relation", (relation,), [here, here - 0.1, here + 0.1], ("relation",))
        return knobs

    def _best(self, knobs: Knobs, name: str, values: list[float], by: tuple[str, ...]) -> Knobs:
        return self._pick(knobs, [_with(knobs, name, value) for value in values], name, by)

    def _best_of(
        self, knobs: Knobs, name: str, keys: tuple[str, ...], values: list[float], by: tuple[str, ...]
    ) -> Knobs:
        table: dict[str, float] = getattr(knobs, name)
        tried = [_with(knobs, name, {**table, **dict.fromkeys(keys, round(v, 3))}) for v in values]
        return self._pick(knobs, tried, f"{name} {','.join(keys)}", by)

    def _pick(self, here: Knobs, tried: list[Knobs], name: str, by: tuple[str, ...]) -> Knobs:
        """The best of `tried`; on a tie the knobs stay as they are."""
        gains = []
        for knobs in tried:
            figures = self.score(self.gold, [self._row(item, knobs, by) for item in self.read])
            gains.append(sum(figures[f]["f1"] for f in by) / len(by))
        log.info("%s: %s by %s", name, [round(g, 4) for g in gains], by)
        return max(zip(gains, tried, strict=True), key=lambda pair: (pair[0], pair[1] == here))[1]

    def _row(self, item: Read, knobs: Knobs, by: tuple[str, ...]) -> Row:
        """The annotation as far as these figures need it, without the checks of an Extraction."""
        features, encoded = item.features, item.encoded
        mentions = find_mentions(features, encoded.tags, keep=knobs.keep, length=knobs.length, unnamed=knobs.unnamed)
        row: Row = {"id": item.paper.record_id or item.paper.id, "entities": [], "results": [], "relations": []}
        if by == ("mention",):
            forms = {(m.type, surface_of(features, m)) for m in mentions if m.type != UNNAMED_TYPE}
            row["entities"] = [_entity(form, MENTION_TYPES[kind], "used", [form]) for kind, form in sorted(forms)]
            return row
        literals = find_literals(features, encoded.literal_tags, outside=knobs.literal_outside)
        scores = self._score(item, mentions, literals)
        view = View(features, mentions, literals, cluster(features, mentions, scores, knobs), scores)
        names = ["<proposed>" if c.type == UNNAMED_TYPE else c.surface for c in view.clusters]
        row["entities"] = [_cluster_row(view, c) for c in view.clusters]
        if by[0].startswith("value"):
            row["results"] = [_result_row(view, r, names) for r in find_results(view, knobs)]
        elif by == ("relation",):
            links = find_relations(view.clusters, scores, knobs)
            row["relations"] = [{"head": names[k.head], "type": k.type, "tail": names[k.tail]} for k in links]
        return row

    def _score(self, item: Read, mentions: list[TaggedSpan], literals: list[TaggedSpan]) -> Scores:
        """The heads' scores, kept from one setting to the next: most knobs leave the spans as they are."""
        spans = [(m.first, m.last, m.type) for m in mentions]
        spans += [(m.first, m.last, len(MENTION_TYPES) + m.type) for m in literals]
        key = (id(item), np.array(spans, dtype=np.int64).tobytes())
        if key not in self._scores:
            self._scores[key] = self.network.score(item.encoded.words, span_inputs(item.features, spans))
        return self._scores[key]


def _entity(name: str | None, kind: str, role: str, mentions: list[str]) -> Row:
    return {"name": name, "type": kind, "role": role, "mentions": mentions}


def _cluster_row(view: View, found: Cluster) -> Row:
    forms = sorted({surface_of(view.features, view.mentions[i]) for i in found.members})
    unnamed = found.type == UNNAMED_TYPE
    kind = "Method" if unnamed else MENTION_TYPES[found.type]
    return _entity(None if unnamed else found.surface, kind, ROLES[found.role], forms)


def _result_row(view: View, found: Found, names: list[str]) -> Row:
    spans = [*view.mentions, *view.literals]
    fillers = {
        slot: names[f.cluster] if f.cluster is not None else surface_of(view.features, spans[f.span])
        for slot, f in found.slots.items()
    }
    row: Row = {"value": view.features.candidates[found.candidate].text, "kind": found.kind, "bound": found.bound}
    return row | {"direction": found.direction, "relative": found.relative} | {s: fillers.get(s) for s in SLOTS}


def _with(knobs: Knobs, name: str, value: Any) -> Knobs:
    change: dict[str, Any] = {name: value}
    return replace(knobs, **change)
