"""Mentions and their scores -> the entities of a paper: clustered, named, with role and kind."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from kg.extract.encoder.features import Features
from kg.extract.encoder.knobs import Knobs
from kg.extract.encoder.labels import METHOD_KINDS, ROLES, UNNAMED_TYPE
from kg.extract.encoder.mentions import TaggedSpan, log_softmax
from kg.extract.encoder.network import Scores
from kg.resolve.known import apart, unlike
from kg.types import ENTITY_TYPES

PROPOSED = ROLES.index("proposed")


@dataclass(frozen=True)
class Cluster:
    """One entity: its mentions as indices, its type (UNNAMED_TYPE for the method without a name), role and kind."""

    members: tuple[int, ...]
    type: int
    role: int
    kind: int
    surface: str  # the most informative form
    probability: float  # of its likeliest mention


def normal(surface: str) -> str:
    """A surface without case, hyphens, spaces and a final plural s."""
    plain = re.sub(r"[\s\-‐-―_/]+", " ", surface.lower()).strip(" .,;:'\"`()")
    return plain[:-1] if len(plain) > 3 and plain.endswith("s") and not plain.endswith("ss") else plain


def surface_of(features: Features, span: TaggedSpan) -> str:
    """The characters of a span."""
    return features.text[features.starts[span.first] : features.ends[span.last]]


def cluster(features: Features, mentions: list[TaggedSpan], scores: Scores, knobs: Knobs) -> list[Cluster]:
    """Entities in the order of their first mention."""
    surfaces = [surface_of(features, m) for m in mentions]
    parent = list(range(len(mentions)))
    names = [{surface} for surface in surfaces]  # of a root: the surfaces of its group

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    def join(i: int, j: int) -> None:
        a, b = sorted((root(i), root(j)))
        parent[b] = a
        names[a] |= names[b]

    first_of: dict[tuple[int, str], int] = {}
    for i, mention in enumerate(mentions):
        key = (mention.type, "" if mention.type == UNNAMED_TYPE else normal(surfaces[i]))
        join(first_of.setdefault(key, i), i)
    for i, (left, right) in enumerate(pairwise(mentions)):
        between = features.text[features.ends[left.last] : features.starts[right.first]]
        if left.type == right.type and between.strip() == "(" and abbreviates(surfaces[i + 1], surfaces[i]):
            join(i, i + 1)
    for i, j in _alike(mentions, surfaces, scores, knobs):
        if not known_apart(mentions[i].type, names[root(i)], names[root(j)]):
            join(i, j)
    groups: dict[int, list[int]] = defaultdict(list)
    for i in range(len(mentions)):
        groups[root(i)].append(i)
    clusters = [_cluster(mentions, surfaces, tuple(g), scores, knobs) for g in groups.values()]
    return _one_of_a_kind(_named_by_title(features, mentions, clusters, scores, knobs))


def _alike(mentions: list[TaggedSpan], surfaces: list[str], scores: Scores, knobs: Knobs) -> list[tuple[int, int]]:
    """Pairs of one type whose surfaces the model takes for one entity, on the mean over all their places."""
    places: dict[tuple[int, str], list[int]] = defaultdict(list)
    for i, mention in enumerate(mentions):
        places[mention.type, surfaces[i]].append(i)
    if not places:
        return []
    order = [i for group in places.values() for i in group]
    sizes = np.array([len(group) for group in places.values()])
    bounds = np.cumsum(sizes) - sizes
    same = 1 / (1 + np.exp(-scores.pair[..., -1][np.ix_(order, order)]))
    mean = np.add.reduceat(np.add.reduceat(same, bounds, axis=0), bounds, axis=1) / np.outer(sizes, sizes)
    types = np.array([kind for kind, _ in places])
    alike = ((mean + mean.T) / 2 >= knobs.same) & (types[:, None] == types[None, :])
    first = [group[0] for group in places.values()]
    pairs = [(first[a], first[b]) for a, b in np.argwhere(np.triu(alike, 1)).tolist()]
    return [
        (i, j)
        for i, j in pairs
        if mentions[i].type == UNNAMED_TYPE or not unlike(ENTITY_TYPES[mentions[i].type], surfaces[i], surfaces[j])
    ]


def known_apart(kind: int, some: Iterable[str], others: Collection[str]) -> bool:
    """Whether any of some names is known to be another thing than any of others.

    The model may take for one thing what keeps the same company ("trained on MetaMathQA, tested on GSM8K").
    """
    if kind == UNNAMED_TYPE:
        return False
    return any(apart(ENTITY_TYPES[kind], one, other) for one in some for other in others)


def abbreviates(short: str, long: str) -> bool:
    """Whether the letters of `short` stand in this order in `long`, the first at its beginning."""
    letters = [c for c in short.lower() if c.isalnum()]
    if letters and letters[-1] == "s" and len(letters) > 2:
        letters.pop()
    rest = iter(long.lower())
    return (
        bool(letters) and len(short) < len(long) and long[:1].lower() == letters[0] and all(c in rest for c in letters)
    )


def _cluster(
    mentions: list[TaggedSpan], surfaces: list[str], members: tuple[int, ...], scores: Scores, knobs: Knobs
) -> Cluster:
    index = list(members)
    kind = mentions[index[0]].type
    role = log_softmax(scores.role[index]).mean(0)
    role[PROPOSED] += knobs.proposed
    forms = sorted({surfaces[i] for i in index}, key=lambda s: (-len(s), s))
    return Cluster(
        members,
        kind,
        PROPOSED if kind == UNNAMED_TYPE else int(role.argmax()),
        int(log_softmax(scores.kind[index]).mean(0).argmax()) if kind in (0, UNNAMED_TYPE) else -1,
        forms[0],
        max(mentions[i].probability for i in index),
    )


def _named_by_title(
    features: Features, mentions: list[TaggedSpan], clusters: list[Cluster], scores: Scores, knobs: Knobs
) -> list[Cluster]:
    """A method whose name stands in the title alone has its name from there (seven papers of eight in training).

    Where the model has a method without a name beside it, `knobs.title` is what speaks for that against the roles.
    """
    if not any(c.type == UNNAMED_TYPE for c in clusters) or any(c.type == 0 and c.role == PROPOSED for c in clusters):
        return clusters

    def own(found: Cluster) -> float:
        roles = log_softmax(scores.role[list(found.members)]).mean(0)
        return float(roles[PROPOSED] - np.delete(roles, PROPOSED).max())

    def in_title(found: Cluster) -> bool:
        return all(features.segments[features.first_piece[mentions[i].last]] == 0 for i in found.members)

    named = max((c for c in clusters if c.type == 0 and in_title(c)), key=own, default=None)
    if named is None or own(named) + knobs.title < 0:
        return clusters
    kept = [c for c in clusters if c.type != UNNAMED_TYPE]
    return [replace(c, role=PROPOSED) if c is named else c for c in kept]


def _one_of_a_kind(clusters: list[Cluster]) -> list[Cluster]:
    """A named proposed method has no unnamed one beside it: the likelier of the two stays."""
    unnamed = [c for c in clusters if c.type == UNNAMED_TYPE]
    named = [c for c in clusters if c.type == 0 and c.role == PROPOSED]
    if unnamed and named and max(c.probability for c in named) >= unnamed[0].probability:
        return [c for c in clusters if c.type != UNNAMED_TYPE]
    return clusters


def method_kind(cluster_: Cluster) -> str | None:
    """`technique` or `model` for methods, None for the rest."""
    return METHOD_KINDS[cluster_.kind] if cluster_.kind >= 0 else None
