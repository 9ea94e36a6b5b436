"""A store in, its triples out as blocks in one order: every paper by id, then the shared nodes by id.

Between two entities several papers may state the same edge. With `graphs` each block of a paper names its graph and
holds its own edges; without, an edge stands once, in its head's block, and edges wait for it on disk, not in memory.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kg.errors import StoreError
from kg.graph import EntityNode
from kg.rdf.mapping import described, entity_lines
from kg.rdf.spill import Spill
from kg.rdf.terms import paper_iri
from kg.store import Store
from kg.types import ENTITY_TYPES


class Block(NamedTuple):
    """Triples as N-Triples lines without their dot, those of a subject together; `graph` is the IRI of theirs."""

    lines: list[str]
    graph: str | None = None


def blocks(store: Store, base: str, *, graphs: bool) -> Iterator[Block]:
    """What a store holds, in memory that does not grow with it."""
    if graphs:
        for graph in store.read():
            own = described(graph, base)
            yield Block(sorted({*own.lines, *(edge for _, edge in own.edges)}), paper_iri(base, graph.paper.id))
        yield from (Block(entity_lines(node, base)) for node in _entities(store))
        return
    with Spill() as edges:
        for graph in store.read():
            own = described(graph, base)
            for head, edge in own.edges:
                edges.add(f"{head}\x1f{edge}")
            yield Block(own.lines)
        yield from _joined(_entities(store), edges.sorted(), base, store.url)


def _entities(store: Store) -> Iterator[EntityNode]:
    """All shared nodes: the ids of a type begin with its name, so that this is the order of ids."""
    return (node for type in sorted(ENTITY_TYPES) for node in store.entities(type))


def _joined(nodes: Iterable[EntityNode], edges: Iterator[str], base: str, url: str) -> Iterator[Block]:
    """Each node's block with the edges that start from it; both sides come sorted by id."""
    head, edge = _next(edges)
    for node in nodes:
        own = []
        while head == node.id:
            own.append(edge)
            head, edge = _next(edges)
        yield Block(sorted({*entity_lines(node, base), *own}))
    if head:
        raise StoreError(url, f"a fact starts from {head}, which is no node")


def _next(edges: Iterator[str]) -> tuple[str, str]:
    head, _, edge = next(edges, "").partition("\x1f")
    return head, edge
