"""Clusters and pair scores -> the relations of a paper."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.extract.encoder.entities import Cluster
from kg.extract.encoder.knobs import Knobs
from kg.extract.encoder.labels import MENTION_TYPES, OUTCOMES, RELATIONS
from kg.extract.encoder.network import Scores
from kg.types import RELATION_ENDS

Floats = NDArray[np.float32]
COMPARED = RELATIONS.index("compared_with")


@dataclass(frozen=True)
class Link:
    """A relation between two clusters, standing on a pair of mentions."""

    head: int
    type: str
    tail: int
    outcome: str | None
    mentions: tuple[int, int]
    probability: float


def find_relations(clusters: Sequence[Cluster], scores: Scores, knobs: Knobs) -> list[Link]:
    """Links by head, relation and tail."""
    out: list[Link] = []
    for i, head in enumerate(clusters):
        for j, tail in enumerate(clusters):
            if i == j:
                continue
            ends = (_entity_type(head), _entity_type(tail))
            possible = [RELATIONS.index(name) for name, allowed in RELATION_ENDS.items() if ends in allowed]
            if not possible:
                continue
            forward = pooled(scores.pair, head, tail)
            backward = pooled(scores.pair, tail, head)
            for relation in possible:
                logit = float(forward[relation])
                if relation == COMPARED:
                    logit = (logit + float(backward[relation])) / 2
                probability = 1 / (1 + np.exp(-logit))
                if probability < knobs.relation[RELATIONS[relation]] or (
                    relation == COMPARED and not _leads(i, j, clusters)
                ):
                    continue
                outcome = _outcome(forward, backward) if relation == COMPARED else None
                pair = _best_pair(scores.pair[..., relation], head, tail)
                out.append(Link(i, RELATIONS[relation], j, outcome, pair, float(probability)))
    return out


def pooled(pair: Floats, head: Cluster, tail: Cluster) -> Floats:
    """Log-sum-exp over the mention pairs of two clusters: one logit a pair output."""
    block = pair[np.ix_(head.members, tail.members)].reshape(-1, pair.shape[-1])
    top = block.max(0)
    out: Floats = top + np.log(np.exp(block - top).sum(0))
    return out


def _entity_type(cluster: Cluster) -> str:
    return MENTION_TYPES[cluster.type] if cluster.type < 4 else "Method"


def _leads(i: int, j: int, clusters: Sequence[Cluster]) -> bool:
    """Of two compared methods the proposed one is the head, else the one named first."""
    return (clusters[i].role != 0, i) < (clusters[j].role != 0, j)


def _outcome(forward: Floats, backward: Floats) -> str:
    better, worse, similar = (len(RELATIONS) + k for k in range(len(OUTCOMES)))
    votes = (forward[better] + backward[worse], forward[worse] + backward[better], forward[similar] + backward[similar])
    return OUTCOMES[int(np.argmax(votes))]


def _best_pair(scores: Floats, head: Cluster, tail: Cluster) -> tuple[int, int]:
    block = scores[np.ix_(head.members, tail.members)]
    a, b = np.unravel_index(int(block.argmax()), block.shape)
    return head.members[int(a)], tail.members[int(b)]
