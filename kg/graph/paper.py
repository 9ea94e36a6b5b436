"""An Extraction -> the Subgraph of its paper, in the one order that there is; and the way back."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from kg.graph.model import Claim, FactEdge, Identity, PaperNode, Registered, ResultNode, SlotEdge, Subgraph
from kg.types import PROPOSED, Entity, Extraction, Paper, Relation, Result, Slot, SlotName, Span


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
    return PROPOSED if name is None else name


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
