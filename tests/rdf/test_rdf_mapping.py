"""What a paper becomes in RDF, and that it is the same paper when it comes back."""

from collections import Counter

import pytest
from handmade import GRAPHS, PAPERS, identify
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, RdfFormat, Store, Triple, parse
from stores import as_read, shared_nodes

from kg.errors import FormatError
from kg.graph import EntityNode, Subgraph, subgraph
from kg.rdf.mapping import described, entity_lines, lines
from kg.rdf.reading import entity_nodes, subgraphs
from kg.rdf.terms import BASE, PREFIXES, decimal, literal, node_id, node_iri, paper_iri, segment, term
from kg.rdf.vocabulary import IS_MODEL, PAPER_FIELDS
from kg.types import Extraction

OTHER = "http://example.org/kg/"


def triples(texts: list[str]) -> list[Triple]:
    return [quad.triple for quad in parse("".join(f"{text} .\n" for text in texts), RdfFormat.N_TRIPLES)]


@pytest.mark.parametrize("base", [BASE, OTHER])
@pytest.mark.parametrize("graph", as_read(GRAPHS), ids=lambda graph: str(graph.paper.id))
def test_mapping_of_a_paper_reads_back_as_the_paper(graph: Subgraph, base: str) -> None:
    assert list(subgraphs(triples(list(lines([graph], base))))) == [graph]


def test_mapping_of_many_papers_reads_back_in_any_order_of_triples() -> None:
    texts = sorted(lines(GRAPHS, BASE), key=hash)
    assert list(subgraphs(triples(texts))) == as_read(GRAPHS)


@pytest.mark.parametrize("node", shared_nodes(GRAPHS), ids=lambda node: str(node.id))
def test_mapping_of_an_entity_reads_back_as_the_entity(node: EntityNode) -> None:
    assert list(entity_nodes(triples(entity_lines(node, BASE)))) == [node]


def test_mapping_keeps_a_form_that_no_paper_uses_apart_from_one_that_does() -> None:
    fields = {"id": "metric:f1", "type": "Metric", "name": "F1", "aliases": ("F-1", "f1"), "support": 3}
    node = EntityNode(**fields, curated=True, forms=("F-1", "f1"), form_papers=(1, 2))
    assert list(entity_nodes(triples(entity_lines(node, BASE)))) == [node]


def test_mapping_makes_no_blank_node_and_says_nothing_twice() -> None:
    for graph in GRAPHS:
        texts = described(graph, BASE).lines
        assert len(texts) == len(set(texts))
        assert not any(isinstance(term, BlankNode) for triple in triples(texts) for term in triple)


def test_mapping_leaves_out_when_a_paper_was_extracted() -> None:
    later = [g.model_copy(update={"paper": g.paper.model_copy(update={"extracted_at": "2031-01-01"})}) for g in GRAPHS]
    assert list(lines(later, BASE)) == list(lines(GRAPHS, BASE))


def test_mapping_gives_two_results_of_one_value_two_nodes() -> None:
    loose = next(graph for graph in GRAPHS if graph.paper.title == "A loss")
    same = [result for result in loose.results if result.value == 2]
    assert len(same) == 2
    assert len({node_iri(BASE, result.id) for result in same}) == 2


def test_mapping_says_who_says_it_once_a_statement() -> None:
    said = Counter(
        triple.subject
        for triple in triples(list(lines(GRAPHS, BASE)))
        if triple.predicate.value == "http://www.w3.org/ns/prov#wasDerivedFrom"
    )
    assert len(said) == sum(len(graph.results) + len(graph.facts) for graph in GRAPHS)
    assert set(said.values()) == {1}


def test_mapping_takes_at_most_twelve_triples_a_fact() -> None:
    """A fact is an edge of the graph; counted is all that is said of it, of its evidence, and the edge itself."""
    facts = sum(len(g.claims) + len(g.results) + len(g.slots) + len(g.facts) for g in GRAPHS)
    about_papers = {name for name, _ in PAPER_FIELDS.values()} | {"rdf:type"}
    said = 0
    for graph in GRAPHS:
        own = described(graph, BASE)
        paper = tuple(f"<{paper_iri(BASE, graph.paper.id)}> {term(name)} " for name in about_papers)
        said += sum(not line.startswith(paper) for line in own.lines) + len(own.edges)
    assert said / facts <= 12


def test_mapping_names_the_classes_of_others_without_a_reasoner() -> None:
    store = Store()
    store.load("".join(f"{line} .\n" for line in lines(GRAPHS, BASE)).encode(), RdfFormat.N_TRIPLES)
    for kind, others in {
        "[] kg:mention|kg:evidence ?x": "oa:TextPositionSelector",
        "?x a kg:Result": "lpwc:evaluationresult",
        "?x a kg:Paper": "lpwc:paper",
    }.items():
        assert store.query(f"ASK {{ {kind} }}", prefixes=PREFIXES)
        assert not store.query(f"ASK {{ {kind} FILTER NOT EXISTS {{ ?x a {others} }} }}", prefixes=PREFIXES)


def test_mapping_calls_a_model_one() -> None:
    for node in shared_nodes(GRAPHS):
        is_model = f"<{node_iri(BASE, node.id)}> {IS_MODEL}" in entity_lines(node, BASE)
        assert is_model == (node.kind == "model")


def test_mapping_of_a_paper_without_its_description_is_refused() -> None:
    texts = [text for text in lines(GRAPHS[:1], BASE) if "ontology#Paper>" not in text]
    with pytest.raises(FormatError, match="described as no kg:Paper"):
        list(subgraphs(triples(texts)))


def test_mapping_of_a_value_that_no_field_takes_is_refused() -> None:
    texts = [text.replace('"exact"', '"roughly"') for text in lines(GRAPHS[:1], BASE)]
    with pytest.raises(FormatError, match="bound"):
        list(subgraphs(triples(texts)))


def test_mapping_gives_the_same_triples_whatever_the_order_of_the_extraction() -> None:
    for paper in PAPERS:
        turned = Extraction(
            paper=paper.paper,
            extractor=paper.extractor,
            entities=paper.entities[::-1],
            results=paper.results[::-1],
            relations=paper.relations[::-1],
        )
        assert described(subgraph(turned, identify), BASE) == described(subgraph(paper, identify), BASE)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_terms_decimal_is_the_shortest_that_reads_back(number: float) -> None:
    (triple,) = triples([f"<a:a> <a:a> {decimal(number)}"])
    assert isinstance(triple.object, Literal)
    assert float(triple.object.value) == number
    assert "e" not in triple.object.value.lower()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_terms_decimal_refuses_what_is_no_number(number: float) -> None:
    with pytest.raises(ValueError, match="no decimal"):
        decimal(number)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_terms_literal_reads_back(text: str) -> None:
    (triple,) = triples([f"<a:a> <a:a> {literal(text)}"])
    assert triple.object == Literal(text)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_terms_iri_is_sound_and_gives_back_the_id(text: str) -> None:
    iris = node_iri(OTHER, f"dataset:{text}"), paper_iri(OTHER, text)
    assert [node_id(iri) for iri in iris] == [f"dataset:{text}", text]
    for iri in iris:
        assert iri.isascii()
        triples([f"<{iri}> <a:a> <{iri}#char=1,2>"])
        assert node_id(f"{iri}#char=1,2") == node_id(iri)


@pytest.mark.parametrize(
    "id",
    ["paper:008dcc56b827492b", "008dcc56b827492b", "a08dcc56b827492b", "paper:x", "metric:pass@1", "method:retro++"],
)
def test_terms_iri_of_a_paper_says_nothing_twice_and_gives_back_the_id(id: str) -> None:
    assert "paper/paper:0" not in paper_iri(OTHER, id)
    assert node_id(paper_iri(OTHER, id)) == id


@pytest.mark.parametrize("id", ["metric:pass@1", "method:retro++", "dataset:alpacaeval2.0", "method:a-b_c~d"])
def test_terms_iri_encodes_nothing_that_an_iri_can_hold(id: str) -> None:
    assert node_iri(OTHER, id) == OTHER + id.replace(":", "/")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_terms_segment_is_one_step_of_a_path(text: str) -> None:
    assert "/" not in segment(text)
    assert segment(text) not in (".", "..")


def test_mapping_survives_a_store_that_normalises_numbers() -> None:
    store = Store()
    text = "".join(f"{line} .\n" for line in lines(GRAPHS, BASE))
    store.load(text.encode(), RdfFormat.N_TRIPLES)
    assert {str(quad.triple) for quad in store} == set(lines(GRAPHS, BASE))
