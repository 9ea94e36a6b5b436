"""Every shipped question gives the same rows, in the same order, from Neo4j and from the embedded store."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from handmade import GRAPHS
from servers.neo4j import Address

from kg.graph import Subgraph
from kg.query import Question, ask, questions
from kg.store import open_store


def names(kind: str) -> list[str]:
    """What the hand-made papers call things of a kind; of papers, their ids."""
    if kind == "Paper":
        return [graph.paper.id for graph in GRAPHS]
    if kind == "integer":
        return ["3"]
    return sorted({claim.name for graph in GRAPHS for claim in _of(graph, kind) if claim.name is not None})


def _of(graph: Subgraph, kind: str) -> Iterator:  # type: ignore[type-arg]
    return (claim for claim in graph.claims if claim.type == kind)


def asked(question: Question) -> list[dict[str, str]]:
    """The question with everything that it can be asked about."""
    kinds = [names(parameter.type) for parameter in question.parameters]
    return [dict(zip((p.name for p in question.parameters), chosen, strict=True)) for chosen in product(*kinds)]


def test_questions_give_the_same_rows_from_neo4j_and_the_embedded_store(
    neo4j_database: Address, tmp_path: Path
) -> None:
    with open_store(neo4j_database.url) as server, open_store(str(tmp_path / "graph.lbug")) as embedded:
        server.write(GRAPHS)
        embedded.write(GRAPHS)
        answered = 0
        for name, question in questions().items():
            for parameters in asked(question):
                expected = ask(embedded, name, parameters)
                assert ask(server, name, parameters) == expected, (name, parameters)
                answered += bool(expected.rows)
    assert answered > 30
