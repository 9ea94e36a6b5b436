"""Every question asked in SPARQL gives the rows that it gives in Cypher, in the same order."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from handmade import GRAPHS, Draft, identify
from stores import answered

from kg.graph import Subgraph, subgraph
from kg.query.question import NAMES, SUFFIXES, Question, parse, questions
from kg.share import shared
from kg.store import Store, Value, open_store
from kg.types import Paper

TEXT = "ALPHA has 0.79 accuracy on GSM8K."
# What the handmade papers lack: a paper that contradicts another one.
CONTRADICTION = subgraph(
    Draft(
        Paper(id="paper:0000000000000009", abstract=TEXT),
        [
            ("ALPHA", "Method/technique", "used", ("ALPHA",)),
            ("accuracy", "Metric", "used", ("accuracy",)),
            ("GSM8K", "Dataset", "used", ("GSM8K",)),
        ],
    )
    .result("0.79", TEXT, number=0.79, method="ALPHA", metric="accuracy", dataset="GSM8K")
    .done(),
    identify,
)
KEYS = [question.name for question in questions().values()]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store]]:
    """The handmade papers in Cypher and in SPARQL."""
    folder = tmp_path_factory.mktemp("questions")
    with open_store(str(folder / "graph.lbug")) as cypher, open_store(f"oxigraph:{folder / 'graph'}") as sparql:
        for store in (cypher, sparql):
            store.write([*GRAPHS, CONTRADICTION])
        yield cypher, sparql


def every_value(kind: str, graphs: tuple[Subgraph, ...]) -> list[Value]:
    """All that a parameter can be on these papers: the nodes of its type, or some numbers."""
    if kind == "integer":
        return [0, 1, 3, 100]
    if kind == "Paper":
        return sorted(graph.paper.id for graph in graphs)
    assert kind in NAMES
    return sorted({claim.entity for graph in graphs for claim in graph.claims if claim.type == kind})


def every_asking(question: Question, graphs: tuple[Subgraph, ...]) -> list[dict[str, Value]]:
    """The question's parameters in every combination."""
    askings: list[dict[str, Value]] = [{}]
    for parameter in question.parameters:
        values = every_value(parameter.type, graphs)
        askings = [asking | {parameter.name: value} for asking in askings for value in values]
    return askings


@pytest.mark.parametrize("name", KEYS)
def test_rdf_question_gives_the_rows_of_cypher(name: str, stores: tuple[Store, Store]) -> None:
    question = questions()[name]
    told = 0
    for asking in every_asking(question, GRAPHS):
        cypher, sparql = (answered(store, question, asking) for store in stores)
        assert sparql == cypher, asking
        told += len(cypher)
    assert told, "the handmade papers give this question nothing to tell"


@pytest.mark.parametrize("name", KEYS)
def test_rdf_question_has_the_header_of_cypher(name: str) -> None:
    cypher, sparql = (parse(shared("queries") / (name + SUFFIXES[language]), language) for language in SUFFIXES)
    assert sparql == cypher


def test_rdf_question_exists_for_every_one_in_cypher() -> None:
    folder: Path = shared("queries")
    assert {path.stem for path in folder.glob("*.rq")} == {path.stem for path in folder.glob("*.cypher")}
