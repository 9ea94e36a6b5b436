"""An Extraction -> its annotation, one JSON object in the annotators' format; and back, with offsets found again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kg.errors import ExtractError
from kg.extract.places import Bounds, evidence, nearest, occurrences, place
from kg.extract.sentences import sentences
from kg.extract.values import value_at
from kg.types import (
    LITERAL_SLOTS,
    PROPOSED,
    SLOT_TYPES,
    Entity,
    Extraction,
    Paper,
    Relation,
    Result,
    Slot,
    SlotName,
    Span,
)

Row = Mapping[str, Any]


def annotation(extraction: Extraction, *, confidence: bool = False) -> dict[str, Any]:
    """The annotation of an extraction, keys in the annotators' order; the record's own id, else the paper's.

    With `confidence` entities, results and relations carry theirs, which the annotators' format does not know.
    """

    def sure(row: dict[str, Any], item: Entity | Result | Relation) -> dict[str, Any]:
        return {**row, "confidence": item.confidence} if confidence else row

    return {
        "id": extraction.paper.record_id or extraction.paper.id,
        "entities": [sure(_entity_row(entity), entity) for entity in extraction.entities],
        "results": [sure(_result_row(result), result) for result in extraction.results],
        "relations": [sure(_relation_row(relation), relation) for relation in extraction.relations],
    }


def _entity_row(entity: Entity) -> dict[str, Any]:
    kind = {"kind": entity.kind} if entity.kind else {}
    surfaces = dict.fromkeys(mention.surface for mention in entity.mentions)
    return {"name": entity.name, "type": entity.type, **kind, "role": entity.role, "mentions": list(surfaces)}


def _result_row(result: Result) -> dict[str, Any]:
    slots = {name: slot.entity or slot.span.surface for name, slot in result.slots.items()}
    return {
        "value": result.value.surface,
        "kind": result.kind,
        "direction": result.direction,
        "relative": result.relative,
        "bound": result.bound,
        **{name: slots.get(name) for name in ("method", "baseline", "dataset", "metric", "task")},
        "setting": result.setting.surface if result.setting else None,
        "evidence": result.evidence.surface,
    }


def _relation_row(relation: Relation) -> dict[str, Any]:
    outcome = {"outcome": relation.outcome} if relation.outcome else {}
    return {"head": relation.head, "type": relation.type, "tail": relation.tail, **outcome}


def extraction_of(paper: Paper, row: Row, *, extractor: str = "annotators") -> Extraction:
    """The Extraction that an annotation of `paper` describes. Raises ExtractError where the text does not hold it.

    The format has no offsets: a surface is placed wherever it stands outside longer mentions, a value at the first
    free place within its evidence, a slot at its filler's mention nearest to the value, a relation in the sentences
    that name both ends.
    """
    try:
        entities = _entities(paper.text, row["entities"])
        by_key = {entity.key: entity for entity in entities}
        return Extraction(
            paper=paper,
            extractor=extractor,
            entities=entities,
            results=tuple(_results(paper.text, row["results"], by_key)),
            relations=tuple(_relations(paper.text, row["relations"], by_key)),
        )
    except (LookupError, ValueError) as error:
        raise ExtractError(paper.id, f"its annotation does not fit: {error}") from error


def _entities(text: str, rows: Sequence[Row]) -> tuple[Entity, ...]:
    placed = place(text, (surface for row in rows for surface in row["mentions"]))
    return tuple(
        Entity(
            name=row["name"],
            type=row["type"],
            kind=row.get("kind"),
            role=row["role"],
            mentions=tuple(
                Span.of(text, *bounds)
                for bounds in sorted({bounds for surface in row["mentions"] for bounds in placed[surface]})
            ),
        )
        for row in rows
    )


def _results(text: str, rows: Sequence[Row], by_key: Mapping[str, Entity]) -> Iterator[Result]:
    used: set[Bounds] = set()
    for row in rows:
        start, end = _find(text, row["evidence"], (0, len(text)))
        value = _value(text, row["value"], (start, end), used)
        used.add(value)
        within = (start, end)
        slots = {name: _slot(text, name, row[name], value, within, by_key) for name in SLOT_TYPES if row[name]}
        setting = _around(text, row["setting"], value, within) if row["setting"] else None
        yield Result(
            value=Span.of(text, *value),
            **value_at(text, *value),
            kind=row["kind"],
            direction=row["direction"],
            relative=row["relative"],
            bound=row["bound"],
            setting=setting,
            evidence=Span.of(text, start, end),
            method=slots.get("method"),
            baseline=slots.get("baseline"),
            dataset=slots.get("dataset"),
            metric=slots.get("metric"),
            task=slots.get("task"),
        )


def _find(text: str, surface: str, within: Bounds) -> Bounds:
    start = text.find(surface, *within)
    if start < 0:
        raise LookupError(f"{surface!r} is not in the text")
    return start, start + len(surface)


def _value(text: str, surface: str, within: Bounds, used: set[Bounds]) -> Bounds:
    """The first place of a value in its evidence that no value before it holds, not inside a longer number."""
    places = [
        (within[0] + start, within[0] + start + len(surface)) for start in occurrences(text[slice(*within)], surface)
    ]
    if not places:
        raise LookupError(f"the value {surface!r} is not in its evidence")

    def inside_number(bounds: Bounds) -> bool:
        before, after = text[max(0, bounds[0] - 2) : bounds[0]], text[bounds[1] : bounds[1] + 2]
        return before[-1:].isdigit() or (before[-1:] == "." and before[:1].isdigit()) or _decimal(surface, after)

    return min(places, key=lambda bounds: (bounds in used, inside_number(bounds), bounds))


def _decimal(surface: str, after: str) -> bool:
    return surface[-1:].isdigit() and (after[:1].isdigit() or (after[:1] == "." and after[1:].isdigit()))


def _slot(text: str, name: SlotName, filler: str, value: Bounds, within: Bounds, by_key: Mapping[str, Entity]) -> Slot:
    entity = by_key.get(filler)
    if entity is not None:
        span = nearest(entity.mentions, *value, within)
        return Slot(entity=filler, span=span or entity.mentions[0])
    if name not in LITERAL_SLOTS or filler == PROPOSED:
        raise LookupError(f"{name} {filler!r} is no entity of the paper")
    return Slot(entity=None, span=_around(text, filler, value, within))


def _around(text: str, phrase: str, value: Bounds, within: Bounds) -> Span:
    """The place of a phrase nearest to the value, in its evidence before elsewhere."""
    places = [Span.of(text, start, start + len(phrase)) for start in occurrences(text, phrase)]
    span = nearest(places, *value, within)
    if span is None:
        raise LookupError(f"{phrase!r} is not in the text")
    return span


def _relations(text: str, rows: Sequence[Row], by_key: Mapping[str, Entity]) -> Iterator[Relation]:
    bounds = sentences(text)
    for row in rows:
        head, tail = by_key[row["head"]], by_key[row["tail"]]
        yield Relation(
            head=head.key,
            type=row["type"],
            tail=tail.key,
            outcome=row.get("outcome"),
            evidence=evidence(text, bounds, head.mentions, tail.mentions),
        )
