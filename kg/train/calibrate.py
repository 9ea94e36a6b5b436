"""Extractions of development papers and their gold -> logistic calibrations of every confidence."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.extract.encoder.entities import normal
from kg.extract.encoder.knobs import Knobs, Logistic
from kg.train.targets import plain_value
from kg.train.tune import Tuner
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


def fit_logistic(probabilities: Sequence[float], right: Sequence[bool]) -> Logistic:
    """Platt scaling of logits, with Platt's own smoothed targets (Platt 1999), by damped Newton steps."""
    bounded = np.clip(np.array(probabilities, dtype=np.float64), 1e-6, 1 - 1e-6)
    x = np.stack([np.log(bounded / (1 - bounded)), np.ones(len(bounded))], axis=1)
    hits = np.array(right, dtype=bool)
    goal = np.where(hits, (hits.sum() + 1) / (hits.sum() + 2), 1 / ((~hits).sum() + 2))

    def loss(at: NDArray[np.float64]) -> float:
        return float((np.logaddexp(0, x @ at) - goal * (x @ at)).sum())

    weights = np.array([0.0, 0.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + 1e-6 * np.eye(2)
        step = np.linalg.solve(hessian, x.T @ (goal - p))
        while loss(weights + step) > loss(weights) and np.abs(step).max() > 1e-8:
            step = step / 2
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return Logistic(round(float(weights[0]), 4), round(float(weights[1]), 4))


def calibration_error(confidences: Sequence[float], right: Sequence[bool], *, bins: int = 10) -> float:
    """Expected calibration error over equally wide bins (Naeini et al. 2015)."""
    values, hits = np.array(confidences), np.array(right, dtype=float)
    where = np.minimum((values * bins).astype(int), bins - 1)
    gaps = [(where == b).mean() * abs(values[where == b].mean() - hits[where == b].mean()) for b in set(where.tolist())]
    return float(math.fsum(gaps))
