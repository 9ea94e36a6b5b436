"""Every shipped question gives the same rows, in the same order, from Neo4j and from the embedded store."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from handmade import GRAPHS
from servers.neo4j import Address

from kg.graph import Subgraph
from kg.query import Answer, Question, ask, questions
from kg.store import open_store

# What somebody else keeps under labels of ours: a twin of every paper, method and data set, with numbers and claims.
OTHERS = (
    "MATCH (n:PaperKG) WHERE n:Paper OR n:Method OR n:Dataset WITH collect(n) AS ours UNWIND ours AS n "
    "CREATE (twin) SET twin = properties(n), twin.name = 'Not ours', twin.title = 'A' "
    "FOREACH (_ IN CASE WHEN n:Paper THEN [1] ELSE [] END | SET twin:Paper) "
    "FOREACH (_ IN CASE WHEN n:Method THEN [1] ELSE [] END | SET twin:Method) "
    "FOREACH (_ IN CASE WHEN n:Dataset THEN [1] ELSE [] END | SET twin:Dataset)",
    "MATCH (p:Paper), (m:Method) WHERE NOT p:PaperKG CREATE (p)-[:USES]->(m), (p)-[:COMPARES]->(m)",
    "MATCH (p:Paper), (d:Dataset), (k:Metric) WHERE NOT p:PaperKG MATCH (m:Method) WHERE m:PaperKG "
    "CREATE (p)-[:REPORTS]->(r:Result {id: p.id + d.id + m.id, value: 1.5, kind: 'absolute', value_text: '1.5'}), "
    "(r)-[:ON_DATASET]->(d), (r)-[:OF_METHOD]->(m), (r)-[:WITH_METRIC]->(k), (r)-[:COMPARED_TO]->(m)",
)


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


def test_questions_leave_out_what_others_keep_under_labels_of_ours(neo4j_database: Address) -> None:
    def answers() -> list[Answer]:
        return [ask(store, name, given) for name, question in questions().items() for given in asked(question)[:4]]

    with open_store(neo4j_database.url) as store:
        store.write(GRAPHS)
        before = answers()
        for statement in OTHERS:
            neo4j_database.run(statement)
        assert answers() == before
