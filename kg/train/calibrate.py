"""Extractions of development papers and their gold -> logistic calibrations of every confidence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kg.extract.encoder.entities import normal
from kg.extract.encoder.knobs import Knobs, Logistic
from kg.train.targets import plain_value
from kg.train.tune import Tuner, fit_logistic
from kg.types import SLOT_TYPES, Extraction, Result

Row = Mapping[str, Any]
Judged = tuple[list[float], list[bool]]  # confidences, and whether each was right


def calibrated(tuner: Tuner, knobs: Knobs) -> Knobs:
    """The knobs with confidences that agree with how often dev says that they are right."""
    plain = Logistic()
    raw = replace(
        knobs,
        entity_confidence=plain,
        result_confidence=plain,
        slot_confidence=plain,
        relation_confidence=plain,
    )
    judged = judge(tuner.extractions(raw), tuner.gold)
    fitted = {name: fit_logistic(*values) for name, values in judged.items()}
    return replace(
        raw,
        entity_confidence=fitted["entity"],
        result_confidence=fitted["result"],
        slot_confidence=fitted["slot"],
        relation_confidence=fitted["relation"],
    )


def judge(found: Sequence[Extraction], gold: Sequence[Row]) -> dict[str, Judged]:
    """Confidence and rightness of every entity, result, slot and relation that was found.

    An entity is right if gold has one of its type that shares a form with it; a result if gold has its number, unit
    and kind; a slot if the gold result of that number fills it alike; a relation if gold has it between such entities.
    """
    rows = {row["id"]: row for row in gold}
    out: dict[str, Judged] = {name: ([], []) for name in ("entity", "result", "slot", "relation")}
    for extraction in found:
        _judge(extraction, rows[extraction.paper.record_id or extraction.paper.id], out)
    return out


def _judge(extraction: Extraction, row: Row, out: dict[str, Judged]) -> None:
    gold_forms = {e["name"] or "<proposed>": _forms(e["name"], e["mentions"]) for e in row["entities"]}
    gold_types = {e["name"] or "<proposed>": e["type"] for e in row["entities"]}
    forms: dict[str, set[str]] = {}
    for entity in extraction.entities:
        forms[entity.key] = _forms(entity.name, [m.surface for m in entity.mentions])
        right = any(gold_types[n] == entity.type and gold_forms[n] & forms[entity.key] for n in gold_types)
        _add(out["entity"], entity.confidence, right)
    open_results = list(row["results"])
    for result in extraction.results:
        match = next((g for g in open_results if _same_result(result, g)), None)
        _add(out["result"], result.confidence, match is not None)
        if match is None:
            continue
        open_results.remove(match)
        for name in SLOT_TYPES:
            slot = result.slots.get(name)
            if slot is not None:
                mine = forms.get(slot.entity or "", {normal(slot.span.surface)})
                theirs = gold_forms.get(match[name], {normal(match[name])}) if match[name] else set()
                _add(out["slot"], slot.confidence, bool(mine & theirs))
    facts = [(r["type"], gold_forms[r["head"]], gold_forms[r["tail"]]) for r in row["relations"]]
    for relation in extraction.relations:
        head, tail = forms[relation.head], forms[relation.tail]
        right = any(
            kind == relation.type
            and (bool(head & a and tail & b) or (kind == "compared_with" and bool(head & b and tail & a)))
            for kind, a, b in facts
        )
        _add(out["relation"], relation.confidence, right)


def _add(judged: Judged, confidence: float, right: bool) -> None:
    judged[0].append(confidence)
    judged[1].append(right)


def _forms(name: str | None, mentions: Sequence[str]) -> set[str]:
    return {"<proposed>"} if name is None else {normal(m) for m in mentions}


def _same_result(result: Result, gold: Row) -> bool:
    return result.kind == gold["kind"] and plain_value(result.value.surface) == plain_value(gold["value"])
