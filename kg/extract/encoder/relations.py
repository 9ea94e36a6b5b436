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
_TYPES = [kind if kind in ("Task", "Dataset", "Metric") else "Method" for kind in MENTION_TYPES]
POSSIBLE = np.array([[[(head, tail) in RELATION_ENDS[r] for r in RELATION_ENDS] for tail in _TYPES] for head in _TYPES])
assert tuple(RELATION_ENDS) == RELATIONS, "POSSIBLE is (type, type, relation) in the order of the pair head's outputs"


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
    if not clusters:
        return []
    logits = pooled(scores.pair, clusters)
    relation = logits[..., : len(RELATIONS)].copy()
    relation[..., COMPARED] = (relation[..., COMPARED] + relation[..., COMPARED].T) / 2
    probability = 1 / (1 + np.exp(-relation))
    types = np.array([c.type for c in clusters])
    lines = np.array([knobs.relation[name] for name in RELATIONS])
    held = (
        (probability >= lines)
        & POSSIBLE[types[:, None], types[None, :]]
        & ~np.eye(len(clusters), dtype=bool)[..., None]
    )
    out = []
    for i, j, r in np.argwhere(held).tolist():
        if r == COMPARED and not _leads(i, j, clusters):
            continue
        outcome = _outcome(logits[i, j], logits[j, i]) if r == COMPARED else None
        pair = _best_pair(scores.pair[..., r], clusters[i], clusters[j])
        out.append(Link(i, RELATIONS[r], j, outcome, pair, float(probability[i, j, r])))
    return sorted(out, key=lambda link: (link.head, RELATIONS.index(link.type), link.tail))


def pooled(pair: Floats, clusters: Sequence[Cluster]) -> Floats:
    """(M, M, R) mention pairs -> (E, E, R) entity pairs by log-sum-exp."""
    order = [i for c in clusters for i in c.members]
    bounds = np.cumsum([0, *(len(c.members) for c in clusters)])[:-1]
    rows: Floats = np.logaddexp.reduceat(pair[np.ix_(order, order)], bounds, axis=0)
    out: Floats = np.logaddexp.reduceat(rows, bounds, axis=1)
    return out


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
