"""The thresholds and calibrations chosen on development papers, read from and written to the model's config.json."""

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kg.extract.encoder.labels import RELATIONS, SLOTS


@dataclass(frozen=True)
class Logistic:
    """A confidence from a raw score: 1 / (1 + exp(-(scale * logit(p) + shift)))."""

    scale: float = 1.0
    shift: float = 0.0

    def __call__(self, probability: float) -> float:
        bounded = min(max(probability, 1e-6), 1 - 1e-6)
        value = self.scale * math.log(bounded / (1 - bounded)) + self.shift
        return round(1 / (1 + math.exp(-value)), 4)


@dataclass(frozen=True, kw_only=True)
class Knobs:
    """Where decoding draws its lines. Biases are added to logits, thresholds compared with probabilities."""

    literal_outside: float = -2.0
    sureness: float = 0.3  # weight of a span's own log-probability among the fillers of a slot
    keep: float = 0.5
    length: float = 0.7
    unnamed: float = 0.15
    same: float = 0.7
    proposed: float = 0.4
    title: float = 1.0  # what a place in the title alone adds to the role of a method without another name
    number: float = 0.5
    setting: float = 0.4  # how sure a phrase must be one to be the setting of a number
    slot_null: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SLOTS, 0.0))
    relation: dict[str, float] = field(default_factory=lambda: dict.fromkeys(RELATIONS, 0.4))
    entity_confidence: Logistic = Logistic()
    result_confidence: Logistic = Logistic()
    slot_confidence: Logistic = Logistic()
    relation_confidence: Logistic = Logistic()


def read_knobs(path: Path) -> Knobs:
    """The knobs of a config.json."""
    stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["decoding"]
    parts: dict[str, Any] = {k: Logistic(**v) if k.endswith("_confidence") else v for k, v in stored.items()}
    return Knobs(**parts)


def knobs_as_json(knobs: Knobs) -> dict[str, Any]:
    """What `read_knobs` reads, as plain values."""
    return asdict(knobs)
