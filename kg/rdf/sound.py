"""The triples of a file in, which of its nodes are sound without a closer look out.

A paper is sound when its triples read back as a Subgraph that stands the checks of kg.types, and that Subgraph's own
triples are those and no others; a shared node when the same holds of it, and its edges join what they may join.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from kg.errors import KGError
from kg.graph import EntityNode, PaperNode, Subgraph, extraction
from kg.rdf import vocabulary as v
from kg.rdf.mapping import described, entity_lines
from kg.rdf.reading import entity_nodes, subgraphs
from kg.rdf.terms import node_id, node_iri, paper_iri, term
from kg.store.oxigraph import OxigraphStore
from kg.types import RELATION_ENDS, EntityType

_ENDS = {term(v.RELATIONS[relation])[1:-1]: ends for relation, ends in RELATION_ENDS.items()}
_OWNERS = frozenset(name[1:-1] for name in (v.SUBJECT, v.DERIVED))
_KINDS: dict[str, EntityType] = {kind.lower(): kind for kind in v.ENTITY_CLASSES}
_CLASSES = {kind: NamedNode(term(names[0])[1:-1]) for kind, names in v.ENTITY_CLASSES.items()}
_HASH = re.compile(r"[0-9a-f]{32}(\+[0-9a-f]{32})*")
_TYPE = NamedNode(v.TYPE[1:-1])


class Sound:
    """Vouches for the nodes of a folder of triples (see kg.rdf.scratch)."""

    def __init__(self, folder: str) -> None:
        self._triples = Store.read_only(folder)
        self._store = OxigraphStore(f"oxigraph:{folder}", read_only=True)
        self._is_node: Callable[[str, EntityType], bool] = lru_cache(maxsize=100_000)(self._has_class)
        self._is_entity: Callable[[str], bool] = lru_cache(maxsize=10_000)(self._stands)
        papers = self._store.query(f"SELECT ?paper WHERE {{ ?paper a {term('kg:Paper')} }}")
        self._papers = {address for row in papers if self._is_paper(address := str(row["paper"]))}

    def vouches(self, quads: Sequence[Quad]) -> bool:
        """Whether a node, given by all that is said of it, is sound."""
        owner = str(getattr(quads[0].subject, "value", "")).partition("#")[0]
        if _kind(owner) is not None:
            return self._is_entity(owner)
        owners = {str(getattr(quad.object, "value", "")) for quad in quads if quad.predicate.value in _OWNERS}
        return bool({owner, *owners} & self._papers)

    def _is_paper(self, address: str) -> bool:
        base, id = self._store.base, node_id(address)
        if paper_iri(base, id) != address:
            return False
        triples = list(self._store.about([id]))
        try:
            (graph,) = subgraphs(triples)
            extraction(graph)
        except (KGError, LookupError, ValueError):
            return False
        same = {str(triple) for triple in triples} == set(described(graph, base).lines)
        return same and _is_told_soundly(graph.paper) and self._is_joined(graph)

    def _is_joined(self, graph: Subgraph) -> bool:
        """Whether all that the paper speaks of is what it claims something of, and is there."""
        claimed = {claim.entity: claim.type for claim in graph.claims}
        spoken_of = {slot.entity for slot in graph.slots}.union(*({fact.head, fact.tail} for fact in graph.facts))
        there = all(self._is_node(node_iri(self._store.base, id), type) for id, type in claimed.items())
        return spoken_of <= claimed.keys() and there

    def _has_class(self, iri: str, type: EntityType) -> bool:
        found = self._triples.quads_for_pattern(NamedNode(iri), _TYPE, _CLASSES[type], DefaultGraph())
        return next(found, None) is not None

    def _stands(self, iri: str) -> bool:
        """Whether what is said of a shared node and its forms is what its node says, and edges that may be."""
        quads = list(self._triples.quads_for_pattern(NamedNode(iri), None, None, DefaultGraph()))
        forms = {quad.object for quad in quads if f"<{quad.predicate.value}>" == v.FORM}
        for form in forms:
            if isinstance(form, NamedNode):
                quads += self._triples.quads_for_pattern(form, None, None, DefaultGraph())
        own = [quad for quad in quads if quad.predicate.value not in _ENDS]
        try:
            (node,) = entity_nodes(quad.triple for quad in own)
        except (KGError, LookupError, ValueError):
            return False
        same = {str(quad.triple) for quad in own} == set(entity_lines(node, self._store.base))
        edges = (quad for quad in quads if quad.predicate.value in _ENDS)
        return same and _is_whole(node) and all(self._joins(node.type, edge) for edge in edges)

    def _joins(self, head: EntityType, edge: Quad) -> bool:
        target = str(getattr(edge.object, "value", ""))
        kind = _kind(target)
        return kind is not None and (head, kind) in _ENDS[edge.predicate.value] and self._is_node(target, kind)


def _kind(iri: str) -> EntityType | None:
    """The type of a shared node, as its IRI says it."""
    return _KINDS.get(iri.rpartition("/")[0].rpartition("/")[2])


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
