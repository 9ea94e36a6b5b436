"""Small made-up papers as Subgraphs, as many as a test wants, the same for the same seed."""

from collections.abc import Iterator
from random import Random

from kg.graph import EntityNode, Identity, Subgraph, subgraph
from kg.keys import entity_id
from kg.store import writing
from kg.types import Entity, Extraction, Paper, Relation, Result, Slot, Span

METHODS = (
    "LoRA",
    "DPO",
    "RISE",
    "Tree-PLV",
    "Qwen2.5-Math-7B",
    "ReFT",
    "chain-of-thought",
    "Chain of Thought",
    "LLaMA",
)
DATASETS = ("GSM8K", "GSM-8K", "MATH", "MMLU", "ImageNet", "“C4”; a,b\tc")


def reported(
    id: str,
    *,
    method: str = "LoRA",
    base: str = "DPO",
    dataset: str = "GSM8K",
    value: str = "61.7",
    kind: str = "model",
) -> Subgraph:
    """A paper that reports one number of a method on a dataset, and what it compares with."""
    text = f"We study {method}.\n{method} reaches {value}% accuracy on {dataset}, ahead of {base}."
    sentence = Span.of(text, text.index("\n") + 1, len(text))

    def spans(name: str) -> tuple[Span, ...]:
        starts = [i for i in range(len(text)) if text.startswith(name, i)]
        return tuple(Span.of(text, start, start + len(name)) for start in starts)

    def entity(name: str, type: str, role: str) -> Entity:
        extra = {"kind": kind if name == method else "technique"} if type == "Method" else {}
        return Entity.model_validate(
            {"name": name, "type": type, "role": role, "mentions": spans(name), "confidence": 0.5, **extra}
        )

    result = Result(
        value=Span.of(text, text.index(value), text.index(value) + len(value)),
        number=float(value),
        unit="%",
        kind="absolute",
        method=Slot(entity=method, span=spans(method)[-1], confidence=0.75),
        baseline=Slot(entity=None, span=spans(base)[-1]),
        dataset=Slot(entity=dataset, span=spans(dataset)[0]),
        metric=Slot(entity="accuracy", span=spans("accuracy")[0]),
        evidence=sentence,
    )
    compared = Relation(head=method, type="compared_with", tail=base, outcome="better", evidence=sentence)
    extraction = Extraction(
        paper=Paper(id=id, abstract=text, sources=("made.txt",), published="2024-05"),
        extractor="hand",
        entities=(
            entity(method, "Method", "proposed"),
            entity(base, "Method", "compared"),
            entity(dataset, "Dataset", "used"),
            entity("accuracy", "Metric", "used"),
        ),
        results=(result,),
        relations=(compared, Relation(head=method, type="evaluated_on", tail=dataset, evidence=sentence)),
    )
    return subgraph(extraction, _identify)


def _identify(extraction: Extraction) -> dict[str, Identity]:
    return {entity.key: Identity(id=entity_id(entity.type, entity.key)) for entity in extraction.entities}


def corpus(papers: int, *, seed: int = 0) -> Iterator[Subgraph]:
    """Papers that name the same few methods and datasets in different spellings."""
    random = Random(seed)
    for number in range(papers):
        method, base = random.sample(METHODS, 2)
        value = f"{random.uniform(10, 99):.1f}"
        kind = random.choice(("model", "technique"))
        id = f"made:{number:06}"
        yield reported(id, method=method, base=base, dataset=random.choice(DATASETS), value=value, kind=kind)


def shared_nodes(graphs: list[Subgraph]) -> list[EntityNode]:
    """The shared nodes that a store must show when it holds these papers and no other, by id."""
    return sorted(writing.tallied(graphs, removed=(), nodes={}).nodes, key=lambda node: node.id)
