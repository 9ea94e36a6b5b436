"""Papers made by hand for the tests of stores, questions and exports: every shape that a graph can take, and edges.

`PAPERS` are Extractions, `GRAPHS` their Subgraphs; `identify` knows three entries of a registry.
"""

from collections.abc import Mapping
from typing import Any

from kg.graph import Identity, Registered, Subgraph, subgraph
from kg.resolve import Resolver
from kg.types import Entity, Extraction, Paper, Relation, Result, Slot, Span

REGISTRY = {
    "metric:accuracy": Registered(name="accuracy", higher_is_better=True, unit="%", lower_bound=0, upper_bound=100),
    "metric:latency": Registered(name="latency", higher_is_better=False, unit="ms", lower_bound=0),
    "method:gpt4": Registered(name="GPT-4", kind="model"),
}

EntityRow = tuple[str | None, str, str, tuple[str, ...]]  # name, "Type" or "Method/kind", role, surfaces
RelationRow = tuple[str, str, str, str | None]  # head, type, tail, outcome


def identify(extraction: Extraction) -> Mapping[str, Identity]:
    """The ids of kg.resolve with the entries of REGISTRY."""
    found = Resolver().identify(extraction)
    return {key: Identity(id=one.id, registered=REGISTRY.get(one.id)) for key, one in found.items()}


class Draft:
    """A text with what it reports; surfaces are looked up in it."""

    def __init__(self, paper: Paper, entities: list[EntityRow]) -> None:
        self.paper = paper
        self.entities = tuple(self._entity(*row) for row in entities)
        self.results: list[Result] = []
        self.relations: list[Relation] = []

    def span(self, surface: str) -> Span:
        start = self.paper.text.index(surface)
        return Span.of(self.paper.text, start, start + len(surface))

    def _entity(self, name: str | None, type: str, role: str, surfaces: tuple[str, ...]) -> Entity:
        type, _, kind = type.partition("/")
        mentions = tuple(self.span(surface) for surface in surfaces)
        fields: dict[str, Any] = {"name": name, "type": type, "kind": kind or None, "role": role, "mentions": mentions}
        return Entity(**fields, confidence=0.75)

    def result(self, value: str, evidence: str, kind: str = "absolute", **fields: Any) -> "Draft":
        """A result; slots are `name="surface"` (an entity's surface, or a phrase), `own=True` the unnamed method."""
        known = {m.surface: e.key for e in self.entities for m in e.mentions}
        for name in ("method", "baseline", "dataset", "metric", "task"):
            if name in fields:
                surface = fields[name]
                fields[name] = Slot(entity=known.get(surface), span=self.span(surface), confidence=0.5)
        if "setting" in fields:
            fields["setting"] = self.span(fields["setting"])
        self.results.append(
            Result(value=self.span(value), evidence=self.span(evidence), kind=kind, confidence=0.5, **fields)
        )
        return self

    def relation(self, evidence: str, *rows: RelationRow) -> "Draft":
        for head, type, tail, outcome in rows:
            fields: dict[str, Any] = {"head": head, "type": type, "tail": tail, "outcome": outcome}
            self.relations.append(Relation(**fields, evidence=self.span(evidence)))
        return self

    def done(self, extractor: str = "hand-1") -> Extraction:
        results, relations = tuple(self.results), tuple(self.relations)
        return Extraction(
            paper=self.paper, extractor=extractor, entities=self.entities, results=results, relations=relations
        )


def _alpha() -> Extraction:
    first = "ALPHA reaches 81.5% accuracy on GSM8K, against 70% of GPT-4."
    second = "It is trained on GSM8K and needs 12 ms latency."
    paper = Paper(
        id="arxiv:2401.00001",
        title="ALPHA: a method for arithmetic",
        abstract=f"{first} {second} We solve arithmetic with ALPHA.",
        url="https://arxiv.org/abs/2401.00001",
        published="2024-01-02",
        sources=("b.txt", "a.txt"),
    )
    entities: list[EntityRow] = [
        ("ALPHA", "Method/technique", "proposed", ("ALPHA",)),
        ("GPT-4", "Method/technique", "compared", ("GPT-4",)),
        ("GSM8K", "Dataset", "used", ("GSM8K",)),
        ("accuracy", "Metric", "used", ("accuracy",)),
        ("latency", "Metric", "used", ("latency",)),
        ("arithmetic", "Task", "used", ("arithmetic",)),
    ]
    on = {"dataset": "GSM8K", "metric": "accuracy", "task": "arithmetic"}
    return (
        Draft(paper, entities)
        .result("81.5%", first, number=81.5, unit="%", method="ALPHA", baseline="GPT-4", **on)
        .result("70%", first, number=70, unit="%", method="GPT-4", **on)
        .result("12 ms", second, number=12, unit="ms", method="ALPHA", dataset="GSM8K", metric="latency")
        .relation(
            first,
            ("ALPHA", "evaluated_on", "GSM8K", None),
            ("GPT-4", "evaluated_on", "GSM8K", None),
            ("ALPHA", "compared_with", "GPT-4", "better"),
            ("ALPHA", "measured_by", "accuracy", None),
            ("GSM8K", "measured_by", "accuracy", None),
            ("arithmetic", "measured_by", "accuracy", None),
        )
        .relation(second, ("ALPHA", "trained_on", "GSM8K", None), ("ALPHA", "measured_by", "latency", None))
        .relation("We solve arithmetic with ALPHA.", ("ALPHA", "used_for", "arithmetic", None))
        .done()
    )


def _unnamed() -> Extraction:
    first = "Our approach beats the base model by 3.1 points and scores 59.4-79.1% on 14 public datasets."
    second = "Averaged over five seeds, it gains up to 2.5x on gsm-8k over GPT4 in accuracy."
    third = "It is worse than ALPHA."
    paper = Paper(id="paper:0000000000000002", abstract=f"{first} {second} {third}", sources=("a.txt",))
    entities: list[EntityRow] = [
        (None, "Method/technique", "proposed", ("Our approach",)),
        ("gsm-8k", "Dataset", "used", ("gsm-8k",)),
        ("GPT4", "Method/model", "compared", ("GPT4",)),
        ("ALPHA", "Method/technique", "compared", ("ALPHA",)),
        ("accuracy", "Metric", "used", ("accuracy",)),
    ]
    own = {"method": "Our approach"}
    fast = {"dataset": "gsm-8k", "baseline": "GPT4", "metric": "accuracy", "setting": "Averaged over five seeds"}
    return (
        Draft(paper, entities)
        .result("3.1", first, "change", number=3.1, direction="up", relative=False, baseline="the base model", **own)
        .result("59.4-79.1%", first, low=59.4, high=79.1, unit="%", dataset="14 public datasets", **own)
        .result("2.5x", second, "ratio", number=2.5, unit="x", direction="up", bound="at_most", **own, **fast)
        .relation(second, ("<proposed>", "evaluated_on", "gsm-8k", None))
        .relation(third, ("<proposed>", "compared_with", "ALPHA", "worse"))
        .done()
    )


def _awkward() -> Extraction:
    """The same node twice in one paper, quotes, backslashes, and letters beyond the basic plane."""
    first = "Das “Ünï‑Net” (O'Brien's \"Q\\n\" 🎉) erreicht 2.15\\% auf GSM8K und GSM-8K, שלום عالم."
    second = "Line\ttwo; `DROP TABLE`; {x: $y} // no comment 𝔸𝔹."
    paper = Paper(id="doi:10.1000/x'\"\\é", title="Ünï‑Net: 'quotes' & <tags> 🎉", abstract=f"{first}\n{second}")
    entities: list[EntityRow] = [
        ("Ünï‑Net", "Method/model", "proposed", ("Ünï‑Net",)),
        ("O'Brien's \"Q\\n\" 🎉", "Method/technique", "used", ("O'Brien's \"Q\\n\" 🎉",)),
        ("GSM8K", "Dataset", "used", ("GSM8K",)),
        ("GSM-8K", "Dataset", "mentioned", ("GSM-8K",)),
        ("{x: $y} // no comment 𝔸𝔹", "Task", "mentioned", ("{x: $y} // no comment 𝔸𝔹",)),
        ("`DROP TABLE`", "Metric", "mentioned", ("`DROP TABLE`",)),
    ]
    return (
        Draft(paper, entities)
        .result("2.15\\%", first, number=2.15, unit="%", method="Ünï‑Net", dataset="GSM-8K", bound="about")
        .relation(
            first,
            ("Ünï‑Net", "evaluated_on", "GSM8K", None),
            ("Ünï‑Net", "evaluated_on", "GSM-8K", None),
            ("Ünï‑Net", "uses", "O'Brien's \"Q\\n\" 🎉", None),
        )
        .relation("GSM8K und GSM-8K", ("Ünï‑Net", "evaluated_on", "GSM8K", None))
        .done()
    )


def _classes() -> Extraction:
    """Entities of every type and role that a paper may propose, and the kinds of facts that the others lack."""
    text = (
        "We introduce PolyBench, a variant of MATH, for proof writing, a form of theorem proving, scored by strict "
        "accuracy, a form of accuracy. GPT-4, a large language model, and BETA are similar on PolyBench."
    )
    paper = Paper(id="paper:0000000000000004", title="PolyBench", abstract=text, published="2023", sources=("c.txt",))
    entities: list[EntityRow] = [
        ("PolyBench", "Dataset", "proposed", ("PolyBench",)),
        ("MATH", "Dataset", "mentioned", ("MATH",)),
        ("proof writing", "Task", "proposed", ("proof writing",)),
        ("theorem proving", "Task", "mentioned", ("theorem proving",)),
        ("strict accuracy", "Metric", "proposed", ("strict accuracy",)),
        ("accuracy", "Metric", "mentioned", ("accuracy",)),
        ("GPT-4", "Method/model", "compared", ("GPT-4",)),
        ("BETA", "Method/technique", "used", ("BETA",)),
        ("large language model", "Method/technique", "mentioned", ("large language model",)),
    ]
    return (
        Draft(paper, entities)
        .relation(
            text,
            ("PolyBench", "subclass_of", "MATH", None),
            ("proof writing", "subclass_of", "theorem proving", None),
            ("strict accuracy", "subclass_of", "accuracy", None),
            ("GPT-4", "subclass_of", "large language model", None),
            ("PolyBench", "benchmark_for", "proof writing", None),
            ("GPT-4", "compared_with", "BETA", "similar"),
            ("BETA", "evaluated_on", "PolyBench", None),
            ("BETA", "used_for", "proof writing", None),
        )
        .done()
    )


def _bare() -> Extraction:
    """A paper that names a data set and a method, and says nothing of them."""
    text = "Much is written. Benchmarks such as GSM8K saturate, e.g. for GPT-4. We look on."
    entities: list[EntityRow] = [
        ("GSM8K", "Dataset", "mentioned", ("GSM8K",)),
        ("GPT-4", "Method/model", "used", ("GPT-4",)),
    ]
    return Draft(Paper(id="paper:0000000000000005", abstract=text), entities).done()


def _loose() -> Extraction:
    """Results that lack slots, one without a number, two of one value, and a change that is a loss."""
    text = "The error falls by half. Latency drops 30% below GPT-4 in latency, accuracy drops 2 points on MATH."
    entities: list[EntityRow] = [
        ("GPT-4", "Method/model", "compared", ("GPT-4",)),
        ("latency", "Metric", "used", ("latency",)),
        ("accuracy", "Metric", "used", ("accuracy",)),
        ("MATH", "Dataset", "used", ("MATH",)),
    ]
    less = {"number": 2, "direction": "down", "relative": False, "baseline": "GPT-4", "metric": "accuracy"}
    return (
        Draft(Paper(id="paper:0000000000000006", title="A loss", abstract=text), entities)
        .result("half", text, "ratio", direction="down")
        .result("30%", text, "change", number=30, unit="%", direction="down", baseline="GPT-4", metric="latency")
        .result("2", text, "change", **less)
        .result("2", text, "change", **less, dataset="MATH")
        .done()
    )


def _empty() -> Extraction:
    return Extraction(paper=Paper(id="paper:0000000000000007", abstract="Nothing is reported."), extractor="hand-1")


PAPERS: tuple[Extraction, ...] = (_alpha(), _unnamed(), _awkward(), _classes(), _bare(), _loose(), _empty())
GRAPHS: tuple[Subgraph, ...] = tuple(subgraph(extraction, identify) for extraction in PAPERS)
