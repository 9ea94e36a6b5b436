"""The ontology says what every term means, is consistent, and entails what it promises of others' vocabularies."""

from pathlib import Path

import pytest
from handmade import GRAPHS
from owlrl import DeductiveClosure, OWLRL_Semantics
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SDO, SH

from kg.rdf.blocks import blocks
from kg.rdf.page import page
from kg.rdf.terms import BASE, PREFIXES
from kg.share import shared
from kg.store import open_store

KG, MLS, OA = Namespace(PREFIXES["kg"]), Namespace(PREFIXES["mls"]), Namespace(PREFIXES["oa"])
LPWC = Namespace("https://linkedpaperswithcode.com/class/")
ONTOLOGY = Graph().parse(shared("schema") / "ontology.ttl")
SHAPES = Graph().parse(shared("schema") / "shapes.ttl")
PROPERTIES = {*ONTOLOGY.subjects(RDF.type, OWL.ObjectProperty), *ONTOLOGY.subjects(RDF.type, OWL.DatatypeProperty)}
CLASSES = {node for node in ONTOLOGY.subjects(RDF.type, OWL.Class) if isinstance(node, URIRef)}


@pytest.fixture(scope="module")
def data() -> Graph:
    with open_store("oxigraph:") as store:
        store.write(GRAPHS)
        lines = [line for block in blocks(store, BASE, graphs=False) for line in block.lines]
    return Graph().parse(data="".join(f"{line} .\n" for line in lines), format="nt")


@pytest.fixture(scope="module")
def entailed(data: Graph) -> Graph:
    """The data and all that follows from them and the ontology under OWL 2 RL."""
    whole = Graph()
    for graph in (data, ONTOLOGY):
        for triple in graph:
            whole.add(triple)
    DeductiveClosure(OWLRL_Semantics).expand(whole)
    return whole


@pytest.mark.parametrize("term", sorted(PROPERTIES | CLASSES), ids=lambda term: str(term).rpartition("#")[2])
def test_ontology_describes_every_term(term: URIRef) -> None:
    for said in (RDFS.label, RDFS.comment, *((RDFS.domain, RDFS.range) if term in PROPERTIES else ())):
        assert len(list(ONTOLOGY.objects(term, said))) == 1, said


def test_ontology_has_every_term_that_is_written_or_asked_for(data: Graph) -> None:
    used = {term for triple in data for term in triple if str(term).startswith(str(KG))}
    shaped = {term for triple in SHAPES for term in triple if str(term).startswith(str(KG))}
    assert used | shaped <= PROPERTIES | CLASSES
    assert used | shaped >= PROPERTIES


def test_ontology_is_told_apart_from_what_it_builds_on() -> None:
    assert all(str(term).startswith(str(KG)) for term in PROPERTIES | CLASSES)


def test_ontology_is_consistent_with_a_graph_of_ours(entailed: Graph) -> None:
    errors = [
        str(message) for message in entailed.objects(None, URIRef("http://www.daml.org/2002/03/agents/agent-ont#error"))
    ]
    assert errors == []
    assert not any(entailed.subjects(RDF.type, OWL.Nothing))


def test_ontology_finds_a_contradiction(data: Graph) -> None:
    wrong = Graph()
    for triple in ONTOLOGY:
        wrong.add(triple)
    wrong.add((URIRef("http://x.org/a"), RDF.type, KG.Dataset))
    wrong.add((URIRef("http://x.org/a"), RDF.type, KG.Method))
    DeductiveClosure(OWLRL_Semantics).expand(wrong)
    assert any("error" in str(predicate).lower() for predicate in wrong.predicates())


@pytest.mark.parametrize(
    ("kind", "follows"),
    [
        (KG.Paper, SDO.ScholarlyArticle),
        (KG.Paper, LPWC.paper),
        (KG.Dataset, SDO.Dataset),
        (KG.Method, MLS.Algorithm),
        (KG.Metric, MLS.EvaluationMeasure),
        (KG.Task, LPWC.task),
        (KG.Result, MLS.ModelEvaluation),
        (KG.Result, LPWC.evaluationresult),
        (KG.Claim, RDF.Statement),
        (KG.Fact, KG.Statement),
    ],
)
def test_ontology_makes_our_nodes_those_of_others(entailed: Graph, kind: URIRef, follows: URIRef) -> None:
    nodes = set(entailed.subjects(RDF.type, kind))
    assert nodes
    assert nodes <= set(entailed.subjects(RDF.type, follows))


def test_ontology_makes_a_place_in_a_text_two_selectors(data: Graph, entailed: Graph) -> None:
    places = set(data.subjects(OA.start, None))
    assert places
    for selector in (OA.TextPositionSelector, OA.TextQuoteSelector):
        assert places <= set(entailed.subjects(RDF.type, selector))


def test_ontology_makes_a_method_of_that_kind_a_model(data: Graph, entailed: Graph) -> None:
    models = {node for node in entailed.subjects(RDF.type, KG.Method) if (node, KG.kind, None) in data}
    named = {node for node in models if str(data.value(node, KG.kind)) == "model"}
    assert named
    assert named == set(entailed.subjects(RDF.type, KG.Model)) & models


def test_ontology_says_of_the_value_what_ml_schema_says(data: Graph, entailed: Graph) -> None:
    assert set(data.subject_objects(KG.value)) <= set(entailed.subject_objects(MLS.hasValue))


def test_ontology_page_is_as_generated() -> None:
    made: Path = shared("schema") / "ontology.html"
    assert made.read_text(encoding="utf-8") == page()


def test_shapes_look_at_every_class_of_node() -> None:
    looked_at = set(SHAPES.objects(None, SH.targetClass))
    assert looked_at == CLASSES - {KG.Entity, KG.Statement, KG.Model}
