"""The stores that the one suite runs against: a name -> what gives the URL of a fresh, empty store of that kind."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from servers import neo4j

from kg.graph import EntityNode, Identity, Subgraph, tally
from kg.query.question import Question
from kg.query.scores import AFTER
from kg.store import Store, Value
from kg.types import ENTITY_TYPES


def _file(name: str, scheme: str = "") -> Callable[[pytest.FixtureRequest], str]:
    def url(request: pytest.FixtureRequest) -> str:
        folder: Path = request.getfixturevalue("tmp_path")
        return f"{scheme}{folder / name}"

    return url


def _neo4j(version: str) -> Callable[[pytest.FixtureRequest], str]:
    return lambda request: neo4j.fresh(request, version).url


def _fuseki(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("fuseki").store)


STORES: dict[str, Callable[[pytest.FixtureRequest], str]] = {
    "embedded": _file("graph.lbug"),
    "oxigraph": _file("graph", scheme="oxigraph:"),
    "turtle": _file("graph.ttl"),
    "ntriples": _file("graph.nt"),
    "nquads": _file("graph.nq"),
    "trig": _file("graph.trig"),
    "jsonld": _file("graph.jsonld"),
    "rdfxml": _file("graph.rdf"),
    "fuseki": _fuseki,
    **{f"neo4j-{version}": _neo4j(version) for version in neo4j.VERSIONS},
}


def as_read(graphs: Sequence[Subgraph]) -> list[Subgraph]:
    """What a store that holds these papers gives back."""
    return sorted((graph.model_copy(update={"registered": ()}) for graph in graphs), key=lambda g: g.paper.id)


def shared_nodes(graphs: Sequence[Subgraph]) -> list[EntityNode]:
    """The shared nodes of these papers, tallied in one go, sorted by type and id."""
    registered = {id: entry for graph in graphs for id, entry in graph.registered}
    claims = [claim for graph in graphs for claim in graph.claims]
    nodes = []
    for type, id in sorted({(claim.type, claim.entity) for claim in claims}):
        own = [claim for claim in claims if claim.entity == id]
        node = tally(None, identity=Identity(id=id, registered=registered.get(id)), type=type, added=own)
        assert node is not None
        nodes.append(node)
    return nodes


def dump(store: Store) -> tuple[list[Subgraph], list[EntityNode], dict[str, int]]:
    """All that a store holds; `extracted_at` aside, which no two runs agree on."""
    nodes = [node for type in sorted(ENTITY_TYPES) for node in store.entities(type)]
    return list(store.read()), nodes, store.count()


def answered(store: Store, question: Question, asking: dict[str, Value]) -> list[list[object]]:
    """The rows of a question, given the ids of nodes, that a user sees."""
    rows = store.query(question.text(store.language), asking)
    if question.name in AFTER:
        rows = AFTER[question.name](store, rows, asking).rows
    return [[row[column] for column in question.columns] for row in rows]
