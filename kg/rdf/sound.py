"""The triples of a paper or a shared node in, whether they are sound without a closer look out.

A paper is sound when its triples read back as a Subgraph that stands the checks of kg.types, and that Subgraph's own
triples are those and no others; a shared node when the same holds of it, and its edges join what they may join.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, groupby
from typing import NamedTuple

from kg.errors import KGError
from kg.graph import EntityNode, PaperNode, Subgraph, extraction
from kg.rdf import vocabulary as v
from kg.rdf.mapping import described, entity_lines
from kg.rdf.owners import Owned
from kg.rdf.reading import entity_nodes, subgraphs
from kg.rdf.spill import Spill
from kg.rdf.spread import spread
from kg.rdf.terms import base_of, node_iri, paper_iri, term
from kg.store import batches
from kg.types import RELATION_ENDS, EntityType

_ENDS = {term(v.RELATIONS[relation]): ends for relation, ends in RELATION_ENDS.items()}
_KINDS: dict[str, EntityType] = {kind.lower(): kind for kind in v.ENTITY_CLASSES}
_CLASSES: dict[str, EntityType] = {f"{v.TYPE} {term(names[0])}": kind for kind, names in v.ENTITY_CLASSES.items()}
_HASH = re.compile(r"[0-9a-f]{32}(\+[0-9a-f]{32})*")

BATCH = 100  # owners that a process looks at at a time

Node = tuple[str, EntityType]  # an IRI, and of which class it has to be


class Judged(NamedTuple):
    """What is to be known of an owner's triples beside all others'."""

    owner: str
    spoken_of: set[Node] | None
    classes: list[Node]


def unsound(owners: Iterable[Owned], *, workers: int = 1) -> Iterator[str]:
    """The owners whose triples need a closer look, sorted; some processes do the looking."""
    with Spill() as doubtful, Spill() as nodes:
        for judged in spread(_all, batches(owners, BATCH), workers=workers):
            if judged.spoken_of is None:
                doubtful.add(judged.owner)
            for iri, type in judged.spoken_of or ():
                nodes.add(f"{iri} {type} {judged.owner}")
            for iri, type in judged.classes:
                nodes.add(f"{iri} {type} ")
        for _, told in groupby(nodes.sorted(), key=lambda line: line.rpartition(" ")[0]):
            names = (line.rpartition(" ")[2] for line in told)
            if first := next(names):  # no node of that class: it would have come first, without an owner
                for owner in chain((first,), names):
                    doubtful.add(owner)
        yield from doubtful.sorted()


def _all(owners: list[Owned]) -> list[Judged]:
    return list(map(_judged, owners))


def _judged(owned: Owned) -> Judged:
    return Judged(owned.owner, vouched(owned), list(classes(owned)))


def classes(owned: Owned) -> Iterator[Node]:
    """The nodes that these triples give the class of an entity."""
    for line in owned.lines:
        subject, _, said = line.partition(" ")
        if said in _CLASSES:
            yield subject[1:-1], _CLASSES[said]


def vouched(owned: Owned) -> set[Node] | None:
    """The nodes that have to be of their class, elsewhere, for these triples to be sound; None where they are not."""
    try:
        return _paper(owned) if _kind(owned.owner) is None else _entity(owned)
    except (KGError, LookupError, ValueError):
        return None


def _paper(owned: Owned) -> set[Node] | None:
    base = base_of(owned.owner)
    (graph,) = subgraphs(owned.triples())
    extraction(graph)
    if paper_iri(base, graph.paper.id) != owned.owner or set(described(graph, base).lines) != set(owned.lines):
        return None
    claimed = {claim.entity: claim.type for claim in graph.claims}
    sound = _is_told_soundly(graph.paper) and _spoken_of(graph) <= claimed.keys()
    return {(node_iri(base, id), type) for id, type in claimed.items()} if sound else None


def _entity(owned: Owned) -> set[Node] | None:
    base = owned.owner.rsplit("/", 2)[0] + "/"
    edges = [line.split(" ") for line in owned.lines if line.split(" ", 2)[1] in _ENDS]
    own = [line for line in owned.lines if line.split(" ", 2)[1] not in _ENDS]
    (node,) = entity_nodes(Owned(owned.owner, own).triples())
    if node_iri(base, node.id) != owned.owner or set(entity_lines(node, base)) != set(own) or not _is_whole(node):
        return None
    joined = [(property, target[1:-1], _kind(target[1:-1])) for _, property, target in edges]
    if any((node.type, kind) not in _ENDS[property] for property, _, kind in joined):
        return None
    return {(target, kind) for _, target, kind in joined if kind is not None}


def _kind(iri: str) -> EntityType | None:
    """The type of a shared node, as its IRI says it."""
    return _KINDS.get(iri.rpartition("/")[0].rpartition("/")[2])


def _spoken_of(graph: Subgraph) -> set[str]:
    return {slot.entity for slot in graph.slots}.union(*({fact.head, fact.tail} for fact in graph.facts))


def _is_whole(node: EntityNode) -> bool:
    with_kind = (node.kind is not None) == (node.type == "Method")
    return with_kind and bool(node.name) and node.support > 0 and node.model_papers >= 0 and min(node.form_papers) >= 0


def _is_told_soundly(paper: PaperNode) -> bool:
    """Whether the date, if there is one, is one of the calendar, and the hash one that we make."""
    try:
        date.fromisoformat(f"{paper.published or '2000'}-01-01"[:10])
    except ValueError:
        return False
    return _HASH.fullmatch(paper.content_hash) is not None
