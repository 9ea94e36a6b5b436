"""The graph that every store holds: its nodes and edges, and the way from an Extraction to its Subgraph and back.

A Subgraph is all that one paper adds. Nodes of entities are shared between papers; what a shared node shows (name,
aliases, kind, support) is tallied from the claims of the papers on it, so that the order of loading never matters
and taking a paper out is exact. `schema/` is generated from, or tested equal to, the models and tables here.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from kg.keys import entity_id
from kg.types import (
    ENTITY_TYPES,
    RELATION_ENDS,
    Bound,
    Confidence,
    Direction,
    Entity,
    EntityType,
    Extraction,
    Frozen,
    MethodKind,
    Outcome,
    Paper,
    Relation,
    RelationType,
    Result,
    ResultKind,
    Role,
    Slot,
    SlotName,
    Span,
)

ROLE_EDGES: dict[Role, str] = {
    "proposed": "PROPOSES",
    "used": "USES",
    "compared": "COMPARES",
    "mentioned": "MENTIONS",
}
SLOT_EDGES: dict[SlotName, str] = {
    "method": "OF_METHOD",
    "baseline": "COMPARED_TO",
    "dataset": "ON_DATASET",
    "metric": "WITH_METRIC",
    "task": "FOR_TASK",
}
FACT_EDGES: dict[RelationType, str] = {
    "evaluated_on": "EVALUATED_ON",
    "trained_on": "TRAINED_ON",
    "used_for": "USED_FOR",
    "benchmark_for": "BENCHMARK_FOR",
    "measured_by": "MEASURED_BY",
    "compared_with": "COMPARED_WITH",
    "uses": "USES_METHOD",
    "subclass_of": "SUBCLASS_OF",
}


class PaperNode(Frozen):
    """A paper. `extracted_at` is informative: it is left out of every comparison and export."""

    id: str
    title: str | None = None
    abstract: str
    url: str | None = None
    published: str | None = None
    sources: tuple[str, ...] = ()
    content_hash: str
    extractor: str
    extracted_at: str | None = None

    @property
    def text(self) -> str:
        """What every offset counts in."""
        return f"{self.title}\n{self.abstract}" if self.title else self.abstract


class Registered(Frozen):
    """What the registry knows of an entity: facts that no single paper states, kept apart from those that do."""

    name: str
    kind: MethodKind | None = None
    higher_is_better: bool | None = None
    unit: str | None = None
    lower_bound: float | None = None
    upper_bound: float | None = None


class Identity(Frozen):
    """Which node an entity of a paper is: the node's id, minted from content, and its registry entry if it has one."""

    id: str
    registered: Registered | None = None


class EntityNode(Frozen):
    """A Method, Task, Dataset or Metric. `forms` are all its surface forms, `form_papers` how many papers use each;
    `support` counts the papers that name it, `model_papers` those that call it a model; `curated`: name and kind are
    the registry's."""

    id: str
    type: EntityType
    name: str
    aliases: tuple[str, ...] = ()
    kind: MethodKind | None = None
    higher_is_better: bool | None = None
    unit: str | None = None
    lower_bound: float | None = None
    upper_bound: float | None = None
    support: int
    curated: bool = False
    forms: tuple[str, ...]
    form_papers: tuple[int, ...]
    model_papers: int = 0


class Claim(Frozen):
    """An edge PROPOSES, USES, COMPARES or MENTIONS: one entity of one paper, the node it is, and where it stands."""

    paper: str
    entity: str
    type: EntityType
    role: Role
    name: str | None
    kind: MethodKind | None = None
    mentions: tuple[Span, ...]
    confidence: Confidence


class ResultNode(Frozen):
    """A reported number. `sentence_start` and the other `_start` are offsets in the paper's text; a slot that holds a
    literal phrase instead of an entity stands here as `baseline_text`, `dataset_text`."""

    id: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    value_text: str
    start: int
    end: int
    unit: str | None = None
    kind: ResultKind
    direction: Direction | None = None
    relative: bool | None = None
    bound: Bound
    setting: str | None = None
    setting_start: int | None = None
    sentence: str
    sentence_start: int
    baseline_text: str | None = None
    baseline_start: int | None = None
    dataset_text: str | None = None
    dataset_start: int | None = None
    confidence: Confidence


class SlotEdge(Frozen):
    """An edge from a Result to what fills one of its slots; `name` is what the paper's extraction calls it."""

    result: str
    slot: SlotName
    entity: str
    name: str | None
    surface: str
    start: int
    end: int
    confidence: Confidence


class FactEdge(Frozen):
    """A fact of one paper between two entities; `head_name` and `tail_name` are the paper's own names for them."""

    type: RelationType
    head: str
    tail: str
    paper: str
    head_name: str | None
    tail_name: str | None
    outcome: Outcome | None = None
    sentence: str
    start: int
    end: int
    confidence: Confidence


class Subgraph(Frozen):
    """All that one paper adds to the graph, sorted. `registered` holds the registry's entries by node id."""

    paper: PaperNode
    claims: tuple[Claim, ...] = ()
    results: tuple[ResultNode, ...] = ()
    slots: tuple[SlotEdge, ...] = ()
    facts: tuple[FactEdge, ...] = ()
    registered: tuple[tuple[str, Registered], ...] = ()


def edge_ends() -> dict[str, tuple[tuple[str, str], ...]]:
    """Every edge type with the pairs of labels that it may join: the closed enumeration that stores build from."""
    ends: dict[str, tuple[tuple[str, str], ...]] = {
        edge: tuple(("Paper", label) for label in ENTITY_TYPES) for edge in ROLE_EDGES.values()
    }
    ends["REPORTS"] = (("Paper", "Result"),)
    slot_labels = {"method": "Method", "baseline": "Method", "dataset": "Dataset", "metric": "Metric", "task": "Task"}
    ends |= {edge: (("Result", slot_labels[slot]),) for slot, edge in SLOT_EDGES.items()}
    ends |= {FACT_EDGES[relation]: pairs for relation, pairs in RELATION_ENDS.items()}
    return ends


def subgraph(extraction: Extraction, identify: Callable[[Extraction], Mapping[str, Identity]]) -> Subgraph:
    """What an extraction adds to the graph; `identify` gives each entity's key its node (see kg.resolve)."""
    paper, identity = extraction.paper, identify(extraction)
    names = {entity.key: entity.name for entity in extraction.entities}
    node = PaperNode(
        id=paper.id,
        title=paper.title,
        abstract=paper.abstract,
        url=paper.url,
        published=paper.published,
        sources=tuple(sorted(set(paper.sources))),
        content_hash=paper.content_hash,
        extractor=extraction.extractor,
    )
    claims = (_claim(paper, entity, identity[entity.key].id) for entity in extraction.entities)
    reported = {
        node.id: (node, slots)
        for node, slots in reversed([_result(paper, result, identity, names) for result in extraction.results])
    }
    facts = (_fact(paper, relation, identity, names) for relation in extraction.relations)
    known = {i.id: i.registered for i in identity.values() if i.registered is not None}
    return ordered(
        node,
        claims=claims,
        results=(result for result, _ in reported.values()),
        slots=(slot for _, slots in reported.values() for slot in slots),
        facts=facts,
        registered=known,
    )


def ordered(
    paper: PaperNode,
    *,
    claims: Iterable[Claim],
    results: Iterable[ResultNode],
    slots: Iterable[SlotEdge],
    facts: Iterable[FactEdge],
    registered: Mapping[str, Registered] | None = None,
) -> Subgraph:
    """A Subgraph in the one order that every way of making it agrees on; a fact that is told twice stands once."""
    return Subgraph(
        paper=paper,
        claims=tuple(sorted(claims, key=lambda c: (c.entity, c.name or "", c.mentions[0].start))),
        results=tuple(sorted(results, key=lambda r: (r.start, r.id))),
        slots=tuple(sorted(slots, key=lambda s: (s.result, s.slot))),
        facts=tuple(sorted(set(facts), key=_fact_order)),
        registered=tuple(sorted((registered or {}).items())),
    )


def _fact_order(fact: FactEdge) -> tuple[str | int | float, ...]:
    names = fact.head_name or "", fact.tail_name or ""
    return (fact.type, fact.head, fact.tail, *names, fact.start, fact.end, fact.outcome or "", fact.confidence)


def _claim(paper: Paper, entity: Entity, node: str) -> Claim:
    return Claim(
        paper=paper.id,
        entity=node,
        type=entity.type,
        role=entity.role,
        name=entity.name,
        kind=entity.kind,
        mentions=tuple(sorted(entity.mentions, key=lambda m: m.start)),
        confidence=entity.confidence,
    )


def _result(
    paper: Paper, result: Result, identity: Mapping[str, Identity], names: Mapping[str, str | None]
) -> tuple[ResultNode, list[SlotEdge]]:
    filled = {name: slot for name, slot in result.slots.items() if slot.entity is not None}
    literal = {name: slot.span for name, slot in result.slots.items() if slot.entity is None}
    told = [f"{name}={identity[slot.entity or ''].id}" for name, slot in sorted(filled.items())]
    told += [f"{name}:{span.surface}" for name, span in sorted(literal.items())]
    told += [f"setting:{result.setting.surface}"] if result.setting else []
    content = "\x1f".join((paper.id, str(result.value.start), result.value.surface, result.kind, *told))
    baseline, dataset = literal.get("baseline"), literal.get("dataset")
    node = ResultNode(
        id="result:" + hashlib.sha256(content.encode()).hexdigest()[:24],
        value=result.number,
        low=result.low,
        high=result.high,
        value_text=result.value.surface,
        start=result.value.start,
        end=result.value.end,
        unit=result.unit,
        kind=result.kind,
        direction=result.direction,
        relative=result.relative,
        bound=result.bound,
        setting=result.setting.surface if result.setting else None,
        setting_start=result.setting.start if result.setting else None,
        sentence=result.evidence.surface,
        sentence_start=result.evidence.start,
        baseline_text=baseline.surface if baseline else None,
        baseline_start=baseline.start if baseline else None,
        dataset_text=dataset.surface if dataset else None,
        dataset_start=dataset.start if dataset else None,
        confidence=result.confidence,
    )
    edges = [
        SlotEdge(
            result=node.id,
            slot=name,
            entity=identity[slot.entity or ""].id,
            name=names[slot.entity or ""],
            surface=slot.span.surface,
            start=slot.span.start,
            end=slot.span.end,
            confidence=slot.confidence,
        )
        for name, slot in filled.items()
    ]
    return node, edges


def _fact(
    paper: Paper, relation: Relation, identity: Mapping[str, Identity], names: Mapping[str, str | None]
) -> FactEdge:
    return FactEdge(
        type=relation.type,
        head=identity[relation.head].id,
        tail=identity[relation.tail].id,
        paper=paper.id,
        head_name=names[relation.head],
        tail_name=names[relation.tail],
        outcome=relation.outcome,
        sentence=relation.evidence.surface,
        start=relation.evidence.start,
        end=relation.evidence.end,
        confidence=relation.confidence,
    )


def extraction(graph: Subgraph) -> Extraction:
    """The way back: what the paper reported, in the canonical order of the graph.

    A literal slot takes the confidence of its result, which is all that the graph keeps.
    """
    node = graph.paper
    paper = Paper(
        id=node.id,
        title=node.title,
        abstract=node.abstract,
        url=node.url,
        published=node.published,
        sources=node.sources,
    )
    slots: dict[str, dict[SlotName, Slot]] = defaultdict(dict)
    for edge in graph.slots:
        span = Span(start=edge.start, end=edge.end, surface=edge.surface)
        slots[edge.result][edge.slot] = Slot(entity=_key(edge.name), span=span, confidence=edge.confidence)
    return Extraction(
        paper=paper,
        extractor=node.extractor,
        entities=tuple(
            Entity(name=c.name, type=c.type, kind=c.kind, role=c.role, mentions=c.mentions, confidence=c.confidence)
            for c in graph.claims
        ),
        results=tuple(_reported(result, slots[result.id]) for result in graph.results),
        relations=tuple(
            Relation(
                head=_key(fact.head_name),
                type=fact.type,
                tail=_key(fact.tail_name),
                outcome=fact.outcome,
                evidence=Span(start=fact.start, end=fact.end, surface=fact.sentence),
                confidence=fact.confidence,
            )
            for fact in graph.facts
        ),
    )


def _key(name: str | None) -> str:
    return "<proposed>" if name is None else name


def _phrase(text: str, start: int) -> Span:
    return Span(start=start, end=start + len(text), surface=text)


def _reported(node: ResultNode, slots: dict[SlotName, Slot]) -> Result:
    fillers = dict(slots)
    if node.baseline_text is not None and node.baseline_start is not None:
        phrase = _phrase(node.baseline_text, node.baseline_start)
        fillers["baseline"] = Slot(entity=None, span=phrase, confidence=node.confidence)
    if node.dataset_text is not None and node.dataset_start is not None:
        phrase = _phrase(node.dataset_text, node.dataset_start)
        fillers["dataset"] = Slot(entity=None, span=phrase, confidence=node.confidence)
    with_setting = node.setting is not None and node.setting_start is not None
    return Result(
        value=_phrase(node.value_text, node.start),
        number=node.value,
        low=node.low,
        high=node.high,
        unit=node.unit,
        kind=node.kind,
        direction=node.direction,
        relative=node.relative,
        bound=node.bound,
        setting=_phrase(node.setting or "", node.setting_start or 0) if with_setting else None,
        evidence=_phrase(node.sentence, node.sentence_start),
        confidence=node.confidence,
        **fillers,
    )


def tally(
    node: EntityNode | None,
    *,
    identity: Identity,
    type: EntityType,
    removed: Iterable[Claim] = (),
    added: Iterable[Claim] = (),
) -> EntityNode | None:
    """A shared node after some papers' claims on it are gone and others have come; None when no paper is left.

    The claims of a paper must be given whole, all of them removed or added at once. Without a registry entry the
    name is the most used of the names that the papers give it, ties going to the first in code point order.
    """
    counts = Counter(dict(zip(node.forms, node.form_papers, strict=True))) if node else Counter[str]()
    support, models = (node.support, node.model_papers) if node else (0, 0)
    for claims, sign in ((removed, -1), (added, 1)):
        by_paper: dict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            by_paper[claim.paper].append(claim)
        for own in by_paper.values():
            support += sign
            models += sign * any(claim.kind == "model" for claim in own)
            for form in {mention.surface for claim in own for mention in claim.mentions}:
                counts[form] += sign
    forms = sorted(form for form, papers in counts.items() if papers > 0)
    if support <= 0 or not forms:
        return None
    entry = identity.registered
    if entry is None and node is not None and node.curated:
        entry = Registered.model_validate(node.model_dump(include=set(Registered.model_fields)))
    name = entry.name if entry else min(forms, key=lambda form: (not _names(identity.id, form), -counts[form], form))
    fallback: MethodKind | None = ("model" if 2 * models > support else "technique") if type == "Method" else None
    return EntityNode(
        id=identity.id,
        type=type,
        name=name,
        aliases=tuple(form for form in forms if form != name),
        kind=(entry.kind if entry else None) or fallback,
        higher_is_better=entry.higher_is_better if entry else None,
        unit=entry.unit if entry else None,
        lower_bound=entry.lower_bound if entry else None,
        upper_bound=entry.upper_bound if entry else None,
        support=support,
        curated=entry is not None,
        forms=tuple(forms),
        form_papers=tuple(counts[form] for form in forms),
        model_papers=models,
    )


@lru_cache(maxsize=1 << 16)
def _names(node_id: str, form: str) -> bool:
    """Whether the node's id was minted from this form."""
    return node_id == entity_id(node_id.partition(":")[0], form)
