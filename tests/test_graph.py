from collections.abc import Mapping

import pytest

from kg.graph import Claim, EntityNode, Identity, Registered, edge_ends, extraction, subgraph, tally
from kg.types import Entity, Extraction, Paper, Relation, Result, Slot, Span

TEXT = "Our approach beats the base model by 3.1 points, from 59.4-79.1% on 14 public datasets, in MMLU accuracy."
PAPER = Paper(id="paper:1", abstract=TEXT, sources=("b.txt", "a.txt"))


def span(surface: str) -> Span:
    start = TEXT.index(surface)
    return Span.of(TEXT, start, start + len(surface))


EVIDENCE = span(TEXT)
UNNAMED = Entity(name=None, type="Method", kind="technique", role="proposed", mentions=(span("Our approach"),))
MMLU = Entity(name="MMLU", type="Dataset", role="used", mentions=(span("MMLU"),), confidence=0.5)
ACCURACY = Entity(name="accuracy", type="Metric", role="used", mentions=(span("accuracy"),))
OWN = Slot(entity="<proposed>", span=span("Our approach"))
REPORTED = Extraction(
    paper=PAPER,
    extractor="hand",
    entities=(UNNAMED, MMLU, ACCURACY),
    results=(
        Result(
            value=span("3.1"),
            number=3.1,
            kind="change",
            direction="up",
            method=OWN,
            baseline=Slot(entity=None, span=span("the base model")),
            metric=Slot(entity="accuracy", span=span("accuracy"), confidence=0.25),
            evidence=EVIDENCE,
        ),
        Result(
            value=span("59.4-79.1%"),
            low=59.4,
            high=79.1,
            unit="%",
            kind="absolute",
            method=OWN,
            dataset=Slot(entity=None, span=span("14 public datasets")),
            setting=span("in MMLU"),
            evidence=EVIDENCE,
        ),
    ),
    relations=(Relation(head="<proposed>", type="evaluated_on", tail="MMLU", evidence=EVIDENCE),),
)


def by_name(reported: Extraction) -> Mapping[str, Identity]:
    return {e.key: Identity(id=f"{e.type}:{e.key}") for e in reported.entities}


def test_graph_subgraph_and_back_is_the_same_subgraph() -> None:
    graph = subgraph(REPORTED, by_name)
    assert subgraph(extraction(graph), by_name) == graph


def test_graph_literal_phrases_stand_on_the_result() -> None:
    change, absolute = subgraph(REPORTED, by_name).results
    assert (change.baseline_text, absolute.dataset_text) == ("the base model", "14 public datasets")


def test_graph_unnamed_method_keeps_no_name() -> None:
    (claim,) = [c for c in subgraph(REPORTED, by_name).claims if c.type == "Method"]
    assert claim.name is None
    assert [m.surface for m in claim.mentions] == ["Our approach"]


def test_graph_every_edge_has_declared_ends() -> None:
    assert len(edge_ends()) == 4 + 1 + 5 + 8


def claim(paper: str, *forms: str, kind: str = "technique") -> Claim:
    spans = tuple(Span(start=0, end=len(form), surface=form) for form in forms)
    return Claim.model_validate(
        {"paper": paper, "entity": "method:lora", "type": "Method", "role": "used", "name": forms[0], "kind": kind}
        | {"mentions": spans, "confidence": 1.0}
    )


LORA = Identity(id="method:lora")
CLAIMS = [claim("p1", "LoRA"), claim("p2", "LoRA", "low-rank adaptation"), claim("p3", "LORA", kind="model")]


def together(*, removed: list[Claim] = [], added: list[Claim], node: EntityNode | None = None) -> EntityNode | None:  # noqa: B006
    return tally(node, identity=LORA, type="Method", removed=removed, added=added)


def test_graph_tally_names_a_node_by_the_form_that_most_papers_use() -> None:
    node = together(added=CLAIMS)
    assert node is not None
    assert (node.name, node.aliases, node.support) == ("LoRA", ("LORA", "low-rank adaptation"), 3)
    assert (node.forms, node.form_papers) == (("LORA", "LoRA", "low-rank adaptation"), (1, 2, 1))
    assert (node.kind, node.model_papers) == ("technique", 1)


def test_graph_tally_does_not_depend_on_the_order_of_loading() -> None:
    one_by_one = None
    for each in reversed(CLAIMS):
        one_by_one = together(node=one_by_one, added=[each])
    assert one_by_one == together(added=CLAIMS)


def test_graph_tally_takes_a_paper_out_exactly() -> None:
    assert together(node=together(added=CLAIMS), removed=CLAIMS[1:2], added=[]) == together(
        added=[CLAIMS[0], CLAIMS[2]]
    )


def test_graph_tally_of_no_paper_is_no_node() -> None:
    assert together(node=together(added=CLAIMS), removed=CLAIMS, added=[]) is None


def test_graph_tally_counts_a_paper_once_that_names_the_node_twice() -> None:
    node = together(added=[claim("p1", "LoRA"), claim("p1", "low-rank adaptation")])
    assert node is not None
    assert node.support == 1


def test_graph_tally_prefers_the_registry_and_remembers_it() -> None:
    known = Identity(id="method:lora", registered=Registered(name="Low-Rank Adaptation", kind="technique"))
    node = tally(None, identity=known, type="Method", added=CLAIMS[:1])
    later = together(node=node, added=CLAIMS[1:])
    assert later is not None
    assert (later.name, later.curated, later.aliases) == (
        "Low-Rank Adaptation",
        True,
        ("LORA", "LoRA", "low-rank adaptation"),
    )


@pytest.mark.parametrize("order", [CLAIMS, CLAIMS[::-1]])
def test_graph_tally_breaks_ties_by_code_point(order: list[Claim]) -> None:
    node = together(added=[order[0], order[-1]])
    assert node is not None
    assert node.name == "LORA"
