"""A paper and a network -> its Extraction: mentions, entities, results and relations, verbatim and calibrated."""

from dataclasses import dataclass

import numpy as np

from kg.extract.encoder.entities import Cluster, cluster, method_kind
from kg.extract.encoder.features import Features
from kg.extract.encoder.geometry import sentence_starts
from kg.extract.encoder.inputs import span_inputs
from kg.extract.encoder.knobs import Knobs
from kg.extract.encoder.labels import MENTION_TYPES, ROLES, UNNAMED_TYPE
from kg.extract.encoder.mentions import find_literals, find_mentions
from kg.extract.encoder.network import Encoded, Network
from kg.extract.encoder.relations import Link, find_relations
from kg.extract.encoder.results import Found, find_results
from kg.extract.encoder.slots import Filler, View
from kg.types import ENTITY_TYPES, PROPOSED, Entity, Extraction, Paper, Relation, Result, Slot, Span


@dataclass(frozen=True)
class Reading:
    """What the network made of one paper, before it is written as an Extraction."""

    view: View
    results: list[Found]
    links: list[Link]


def read(features: Features, encoded: Encoded, network: Network, knobs: Knobs) -> Reading:
    """Everything found in one paper."""
    mentions = find_mentions(features, encoded.tags, keep=knobs.keep, length=knobs.length, unnamed=knobs.unnamed)
    literals = find_literals(features, encoded.literal_tags, outside=knobs.literal_outside)
    spans = [(m.first, m.last, m.type) for m in mentions]
    spans += [(m.first, m.last, len(MENTION_TYPES) + m.type) for m in literals]
    scores = network.score(encoded.words, span_inputs(features, spans))
    clusters = cluster(features, mentions, scores, knobs)
    view = View(features, mentions, literals, clusters, scores)
    return Reading(view, find_results(view, knobs), find_relations(clusters, scores, knobs))


def extraction(paper: Paper, reading: Reading, knobs: Knobs, *, extractor: str) -> Extraction:
    """The reading as an Extraction."""
    writer = _Writer(paper, reading, knobs)
    return Extraction(
        paper=paper,
        extractor=extractor,
        entities=tuple(writer.entity(c) for c in reading.view.clusters),
        results=tuple(writer.result(r) for r in reading.results),
        relations=tuple(writer.relation(link) for link in reading.links),
    )


class _Writer:
    """Turns word spans and indices of one reading into spans and names."""

    def __init__(self, paper: Paper, reading: Reading, knobs: Knobs) -> None:
        self.text, self.reading, self.knobs = paper.text, reading, knobs
        self.spans = [*reading.view.mentions, *reading.view.literals]
        self.starts = sentence_starts(self.text)
        self.keys = [PROPOSED if c.type == UNNAMED_TYPE else c.surface for c in reading.view.clusters]

    def span(self, index: int) -> Span:
        found, features = self.spans[index], self.reading.view.features
        return Span.of(self.text, int(features.starts[found.first]), int(features.ends[found.last]))

    def entity(self, cluster_: Cluster) -> Entity:
        unnamed = cluster_.type == UNNAMED_TYPE
        return Entity.model_validate(
            {
                "name": None if unnamed else cluster_.surface,
                "type": "Method" if unnamed else ENTITY_TYPES[cluster_.type],
                "kind": method_kind(cluster_),
                "role": ROLES[cluster_.role],
                "mentions": tuple(self.span(i) for i in sorted(cluster_.members)),
                "confidence": self.knobs.entity_confidence(cluster_.probability),
            }
        )

    def result(self, found: Found) -> Result:
        number = self.reading.view.features.candidates[found.candidate]
        ranged = number.low is not None and number.high is not None and number.low != number.high
        return Result.model_validate(
            {
                "value": Span.of(self.text, number.start, number.end),
                "number": None if ranged else number.low,
                "low": number.low if ranged else None,
                "high": number.high if ranged else None,
                "unit": number.unit or None,
                "kind": found.kind,
                "direction": found.direction,
                "relative": found.relative,
                "bound": found.bound,
                **{slot: self.slot(filler) for slot, filler in found.slots.items()},
                "setting": self.span(found.setting) if found.setting is not None else None,
                "evidence": self.sentence(number.start, number.end),
                "confidence": self.knobs.result_confidence(found.probability),
            }
        )

    def slot(self, filler: Filler) -> Slot:
        entity = self.keys[filler.cluster] if filler.cluster is not None else None
        confidence = self.knobs.slot_confidence(filler.probability)
        return Slot(entity=entity, span=self.span(filler.span), confidence=confidence)

    def relation(self, link: Link) -> Relation:
        head, tail = (self.span(i) for i in link.mentions)
        return Relation.model_validate(
            {
                "head": self.keys[link.head],
                "type": link.type,
                "tail": self.keys[link.tail],
                "outcome": link.outcome,
                "evidence": self.between(head, tail),
                "confidence": self.knobs.relation_confidence(link.probability),
            }
        )

    def between(self, head: Span, tail: Span) -> Span:
        """The sentence of both; where they stand in two that touch, both sentences, else that of the later one."""
        first, second = sorted((head, tail), key=lambda s: (s.start, s.end))
        gap = self._sentence_of(second.start) - self._sentence_of(first.start)
        return self.sentence(first.start if gap <= 1 else second.start, second.end)

    def sentence(self, start: int, end: int) -> Span:
        """The sentences that hold the characters start..end, without the white space around them."""
        low = self.starts[self._sentence_of(start)]
        following = self._sentence_of(max(start, end - 1)) + 1
        high = self.starts[following] if following < len(self.starts) else len(self.text)
        text = self.text[low:high]
        return Span.of(self.text, low + len(text) - len(text.lstrip()), low + len(text.rstrip()))

    def _sentence_of(self, place: int) -> int:
        return max(0, int(np.searchsorted(np.array(self.starts), place, side="right")) - 1)
