"""The shapes take every graph of ours and find every fault; what is vouched for without them has none."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pyshacl
import pytest
from handmade import GRAPHS
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store
from rdflib import BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH

from kg.errors import FormatError
from kg.graph import Claim, EntityNode, FactEdge, PaperNode, ResultNode
from kg.rdf import check as checking
from kg.rdf import vocabulary
from kg.rdf.blocks import blocks
from kg.rdf.check import check, check_all
from kg.rdf.owners import Owners
from kg.rdf.scratch import triples as read
from kg.rdf.sound import unsound
from kg.rdf.terms import BASE, OWN, PREFIXES
from kg.share import shared
from kg.store import open_store
from kg.types import Frozen

KG = PREFIXES["kg"]
SHAPES = Graph().parse(shared("schema") / "shapes.ttl")
Constraint = tuple[URIRef, Any, URIRef]  # the shape, its property (a node of SHAPES), what is demanded of it
BROKEN_BY: dict[URIRef, list[Any]] = {
    SH.datatype: [Literal("x"), Literal(7), Literal("y", language="en")],
    SH.nodeKind: [Literal("no node")],
    SH["class"]: [NamedNode("http://example.org/unknown")],
    SH.minInclusive: [Literal(-5), Literal("-5", datatype=NamedNode(PREFIXES["xsd"] + "decimal"))],
    SH.maxInclusive: [Literal("9.5", datatype=NamedNode(PREFIXES["xsd"] + "decimal"))],
    SH.minLength: [Literal("")],
    SH.pattern: [Literal("no such thing")],
    SH.hasValue: [NamedNode("http://example.org/unknown")],
    SH["in"]: [Literal("no such thing"), NamedNode("http://example.org/no-such-thing")],
    SH["or"]: [Literal("x"), NamedNode("http://example.org/unknown")],
    SH.lessThan: [Literal(10**6)],
}


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """The handmade papers as N-Triples."""
    with open_store("oxigraph:") as store:
        store.write(GRAPHS)
        return [line for block in blocks(store, BASE, graphs=False) for line in block.lines]


@pytest.fixture(scope="module")
def text(lines: list[str]) -> bytes:
    return "".join(f"{line} .\n" for line in lines).encode()


@pytest.fixture
def triples(text: bytes) -> Store:
    store = Store()
    store.load(text, RdfFormat.N_TRIPLES)
    return store


def constraints() -> Iterator[Constraint]:
    """Every single demand on a property, of every shape."""
    for shape in sorted(SHAPES.subjects(RDF.type, SH.NodeShape)):
        for own in SHAPES.objects(shape, SH.property):
            for demand in (SH.minCount, SH.maxCount, *BROKEN_BY):
                if (own, demand, None) in SHAPES:
                    yield shape, own, demand  # type: ignore[misc]


def targets(store: Store, shape: URIRef) -> list[NamedNode]:
    """The nodes that a shape looks at."""
    found: list[Any] = []
    for kind in SHAPES.objects(shape, SH.targetClass):
        found += [q.subject for q in store.quads_for_pattern(None, NamedNode(str(RDF.type)), NamedNode(str(kind)))]
    for name in SHAPES.objects(shape, SH.targetSubjectsOf):
        found += [q.subject for q in store.quads_for_pattern(None, NamedNode(str(name)), None)]
    for name in SHAPES.objects(shape, SH.targetObjectsOf):
        found += [q.object for q in store.quads_for_pattern(None, NamedNode(str(name)), None)]
    return sorted(set(found), key=str)


def name_of(constraint: Constraint) -> str:
    shape, own, demand = constraint
    return "-".join(
        str(node).rpartition("#")[2].rpartition("/")[2] for node in (shape, SHAPES.value(own, SH.path), demand)
    )


CONSTRAINTS = list(constraints())


def broken(old: list[Any], own: Any, demand: URIRef) -> list[list[Any]]:
    """The values of a property with the demand broken, in every way that there is."""
    if demand == SH.minCount:
        return [[]]
    if demand == SH.maxCount:
        other = Literal("2") if old and isinstance(old[0], Literal) else NamedNode("http://example.org/b")
        return [[*old, other, NamedNode("http://example.org/c")]]
    right = str(SHAPES.value(own, SH.datatype)) if demand == SH.datatype else None
    return [[value] for value in BROKEN_BY[demand] if right is None or value.datatype.value != right]


def copied(store: Store, focus: NamedNode, path: NamedNode, values: list[Any], name: str) -> list[Quad]:
    """The node again, under another name and with other values, and what points to it."""
    again = NamedNode(f"http://example.org/broken/{name}")
    said = [quad for quad in store.quads_for_pattern(focus, None, None) if quad.predicate != path]
    told = [Quad(again, quad.predicate, quad.object) for quad in said]
    told += [Quad(again, path, value) for value in values]
    return told + [Quad(quad.subject, quad.predicate, again) for quad in store.quads_for_pattern(None, None, focus)]


@pytest.fixture(scope="module")
def told(text: bytes) -> dict[str, set[str]]:
    """Each demand broken on a node of its own, all in one graph: a node's name -> what SHACL says of it."""
    store, broke = Store(), Store()
    for each in (store, broke):
        each.load(text, RdfFormat.N_TRIPLES)
    for index, (shape, own, demand) in enumerate(CONSTRAINTS):
        path = NamedNode(str(SHAPES.value(own, SH.path)))
        nodes = targets(store, shape)
        assert nodes, f"the handmade papers have no node of {shape}"
        focus = next((n for n in nodes if next(store.quads_for_pattern(n, path, None), None)), nodes[0])
        old = [quad.object for quad in store.quads_for_pattern(focus, path, None)]
        for way, values in enumerate(broken(old, own, demand)):
            broke.extend(copied(store, focus, path, values, f"{index}-{way}"))
    said: dict[str, set[str]] = defaultdict(set)
    quads = broke.quads_for_pattern(None, None, None, DefaultGraph())
    for fault in checking._validated(broke, {quad.triple for quad in quads}):
        said[fault.focus.rpartition("/")[2]].add(fault.message)
    return said


@pytest.mark.parametrize("index", range(len(CONSTRAINTS)), ids=[name_of(each) for each in CONSTRAINTS])
def test_shapes_find_each_demand_broken(told: dict[str, set[str]], index: int) -> None:
    _, own, demand = CONSTRAINTS[index]
    for way in range(len(broken([], own, demand))):
        assert str(SHAPES.value(own, SH.message)) in told[f"{index}-{way}"]


WHOLE: dict[str, tuple[str, str]] = {  # a rule between fields -> a SPARQL update that breaks it
    "Absolute": (
        "which an absolute value can't have",
        'INSERT { ?r kg:direction "up" } WHERE { ?r kg:kind "absolute" }',
    ),
    "Relative": ("what only a change can say", 'INSERT { ?r kg:relative true } WHERE { ?r kg:kind "ratio" }'),
    "Outcome": (
        "which only a comparison can have",
        'INSERT { ?f kg:outcome "better" } WHERE { ?f rdf:predicate kg:usedFor }',
    ),
    "ClaimKind": (
        "if it is a claim on a method",
        'INSERT { ?c kg:kind "model" } WHERE { ?c a kg:Claim . ?c rdf:object ?d . ?d a kg:Dataset }',
    ),
    "SubclassOf": (
        "something of another class",
        "INSERT { ?m kg:subclassOf ?d } WHERE { ?m a kg:Method . ?d a kg:Dataset }",
    ),
    "Unclaimed": (
        "",
        "DELETE { ?c ?p ?o } WHERE { ?c rdf:object <https://w3id.org/paper-kg/dataset/gsm8k> . ?c ?p ?o }",
    ),
    "Dangling": ("must have one rdf:object", "DELETE { ?d ?p ?o } WHERE { ?d a kg:Dataset . ?d ?p ?o }"),
    "Date": (
        "a year, a month or a day",
        "DELETE { ?p schema:datePublished ?o } INSERT { ?p schema:datePublished '2024-02-31'^^xsd:date } "
        "WHERE { ?p schema:datePublished ?o }",
    ),
    "Hash": (
        "hexadecimal",
        "DELETE { ?p kg:contentHash ?o } INSERT { ?p kg:contentHash 'xyz' } WHERE { ?p kg:contentHash ?o }",
    ),
    "Span": ("below oa:end", "DELETE { ?s oa:start ?o } INSERT { ?s oa:start 5000 } WHERE { ?s oa:start ?o }"),
    "Form": ("skosxl:literalForm", "DELETE { ?s skosxl:literalForm ?o } WHERE { ?s skosxl:literalForm ?o }"),
    "Count": ("kg:papers", "DELETE { ?s kg:papers ?o } INSERT { ?s kg:papers -1 } WHERE { ?s kg:papers ?o }"),
    "Support": ("kg:support", "DELETE { ?s kg:support ?o } INSERT { ?s kg:support 0 } WHERE { ?s kg:support ?o }"),
    "Kind": ("kg:kind", "DELETE { ?s kg:kind ?o } WHERE { ?s a kg:Method . ?s kg:kind ?o }"),
    "Ends": ("kg:evaluatedOn", "INSERT { ?m kg:evaluatedOn ?t } WHERE { ?m a kg:Method . ?t a kg:Task }"),
    "Twice": ("dcterms:title", 'INSERT { ?p dcterms:title "another" } WHERE { ?p dcterms:title ?t }'),
    "Slot": ("without a kg:methodSpan", "DELETE { ?r kg:methodSpan ?o } WHERE { ?r kg:methodSpan ?o }"),
    "Stray": ("kg:kind", "INSERT { <http://x.org/r> a kg:Result ; prov:wasDerivedFrom ?p } WHERE { ?p a kg:Paper }"),
}


def written(store: Store, path: Path) -> Path:
    store.dump(str(path), RdfFormat.N_TRIPLES, from_graph=DefaultGraph())
    return path


@pytest.mark.parametrize("name", list(WHOLE))
def test_check_finds_a_broken_rule_and_vouches_for_no_faulty_node(triples: Store, tmp_path: Path, name: str) -> None:
    message, update = WHOLE[name]
    triples.update(update, prefixes=PREFIXES)
    found = check(written(triples, tmp_path / "graph.nt"))
    assert found == check_all(tmp_path / "graph.nt")
    assert any(message in fault.message for fault in found) or not message


def test_check_finds_nothing_in_a_graph_of_ours(triples: Store, tmp_path: Path) -> None:
    path = written(triples, tmp_path / "graph.nt")
    assert check(path) == []
    assert check_all(path) == []


def test_check_speaks_of_a_node_in_words(triples: Store, tmp_path: Path) -> None:
    update = 'DELETE { ?d kg:support ?o } WHERE { ?d dcterms:identifier "dataset:gsm8k" . ?d kg:support ?o }'
    triples.update(update, prefixes=PREFIXES)
    found = check(written(triples, tmp_path / "graph.nt"))
    assert list(map(str, found)) == ["dataset:gsm8k: must have one kg:support, a whole number"]


def test_check_says_of_a_whole_graph_what_plain_pyshacl_says(triples: Store, tmp_path: Path) -> None:
    for _, update in WHOLE.values():
        triples.update(update, prefixes=PREFIXES)
    triples.update("INSERT DATA { [] a kg:Claim ; kg:mention <http://x.org/r#place> }", prefixes=PREFIXES)
    path = written(triples, tmp_path / "graph.nt")
    _, report, _ = pyshacl.validate(Graph().parse(path), shacl_graph=SHAPES)
    faults = list(report.subjects(RDF.type, SH.ValidationResult))
    told = {(report.value(fault, SH.focusNode), str(report.value(fault, SH.resultMessage))) for fault in faults}
    named = {(checking._word(focus), message) for focus, message in told if isinstance(focus, URIRef)}
    found = {(fault.focus, fault.message) for fault in check(path)}
    assert {fault for fault in found if fault[0].startswith(("http", *OWN))} == named
    assert {message for focus, message in told if isinstance(focus, BNode)} <= {message for _, message in found}
    assert len(named) > 100
    assert check(path, workers=2) == check(path)


def test_check_vouches_for_a_file_in_any_order(lines: list[str], tmp_path: Path) -> None:
    mixed = [line.encode() + b" .\n" for line in lines]
    Random(1).shuffle(mixed)
    path = tmp_path / "graph.nt"
    path.write_bytes(b"".join(mixed))
    with Owners(read(path)) as owners:
        assert list(unsound(owners, workers=2)) == list(unsound(owners)) == []
        assert len(list(owners)) == len(GRAPHS) + len({c.entity for graph in GRAPHS for c in graph.claims})


def test_check_refuses_what_is_no_rdf(tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("<a> <b> .")
    with pytest.raises(FormatError):
        check(tmp_path / "bad.ttl")


def test_shapes_list_the_values_that_the_models_take() -> None:
    """Every sh:in of a text is an enumeration of kg.types, and every enumeration that is written stands in one."""
    from typing import get_args

    from kg import types

    known = {
        frozenset(get_args(kind))
        for kind in (types.MethodKind, types.ResultKind, types.Direction, types.Bound, types.Outcome)
    }
    told = {
        frozenset(str(value) for value in Collection(SHAPES, head))
        for own, head in SHAPES.subject_objects(SH["in"])
        if (own, SH.datatype, None) in SHAPES
    }
    assert told == known


MODELS: list[tuple[str, type[Frozen], dict[str, tuple[str, Any]]]] = [
    ("Paper", PaperNode, vocabulary.PAPER_FIELDS),
    ("Claim", Claim, vocabulary.CLAIM_FIELDS),
    ("Result", ResultNode, vocabulary.RESULT_FIELDS),
    ("Fact", FactEdge, vocabulary.FACT_FIELDS),
    *((type, EntityNode, vocabulary.ENTITY_FIELDS) for type in ("Method", "Task", "Dataset", "Metric")),
]
ONE_TYPE_ONLY = {"kind": "Method", "model_papers": "Method"} | dict.fromkeys(
    ("higher_is_better", "unit", "lower_bound", "upper_bound"), "Metric"
)
SAID_WHERE_IT_IS_TRUE = {"curated", "model_papers"}


@pytest.mark.parametrize(
    ("shape", "model", "field", "said", "kind"),
    [
        pytest.param(shape, model, field, *fields[field], id=f"{shape}-{field}")
        for shape, model, fields in MODELS
        for field in fields
        if model is not EntityNode or ONE_TYPE_ONLY.get(field, shape) == shape
    ],
)
def test_shapes_demand_of_a_field_what_the_model_does(
    shape: str, model: type[Frozen], field: str, said: str, kind: str
) -> None:
    prefix, _, local = said.partition(":")
    path = URIRef(PREFIXES[prefix] + local)
    (own,) = (
        each
        for each in SHAPES.objects(URIRef(f"https://w3id.org/paper-kg/shapes#{shape}"), SH.property)
        if SHAPES.value(each, SH.path) == path
    )
    schema = model.model_json_schema()
    choices = schema["properties"][field].get("anyOf", [schema["properties"][field]])
    many = any(choice.get("type") == "array" for choice in choices)
    required = field in schema.get("required", []) and len(choices) == 1
    required |= (shape, field) == ("Method", "kind")  # a node of another type has no kind
    assert ((own, SH.minCount, None) in SHAPES) == (required and field not in SAID_WHERE_IT_IS_TRUE)
    assert ((own, SH.maxCount, None) in SHAPES) == (not many)
    if kind == "span":
        assert (own, SH.nodeKind, SH.IRI) in SHAPES
    elif kind != "date":
        assert SHAPES.value(own, SH.datatype) == URIRef(f"{PREFIXES['xsd']}{kind}")
    enumerated = next((choice["enum"] for choice in choices if "enum" in choice), None)
    listed = SHAPES.value(own, SH["in"])
    assert (sorted(map(str, Collection(SHAPES, listed))) if listed else None) == (enumerated and sorted(enumerated))
