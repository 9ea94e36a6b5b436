"""A number and the metric right beside it, "76.1% accuracy", "a BLEU from 27.3 to 28.4" -> what fills its metric slot.

On the training papers' own names and numbers a metric right behind its number is the annotators' in 99.5 % of the
cases, one right before "from" or "by" and the number in 98 %.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence

from kg.extract.encoder.features import Features
from kg.extract.encoder.geometry import sentence_starts
from kg.extract.encoder.labels import MENTION_TYPES, SLOTS
from kg.extract.encoder.mentions import TaggedSpan

_BEHIND = re.compile(r"\s*(?:absolute|relative|average|mean)?\s*")
_BEFORE = re.compile(r"\s*(?:\w+\s+){0,2}(?:from|by)\s+(?:up to|about|only|over|around|nearly)?\s*")
_METRIC, _SLOT = MENTION_TYPES.index("Metric"), SLOTS.index("metric")


def beside(features: Features, candidates: Sequence[int], mentions: Sequence[TaggedSpan]) -> dict[tuple[int, int], int]:
    """(candidate, slot) -> mention, for numbers with a metric right beside them in their sentence."""
    text, starts = features.text, sentence_starts(features.text)
    metrics = [
        (int(features.starts[m.first]), int(features.ends[m.last]), i)
        for i, m in enumerate(mentions)
        if m.type == _METRIC
    ]
    out: dict[tuple[int, int], int] = {}
    for number in candidates:
        low, high = features.candidates[number].start, features.candidates[number].end
        sentence = bisect_right(starts, low)
        for start, end, index in metrics:
            if bisect_right(starts, start) != sentence:
                continue
            behind = start >= high and _BEHIND.fullmatch(text[high:start])
            if behind or (end <= low and (number, _SLOT) not in out and _BEFORE.fullmatch(text[end:low])):
                out[number, _SLOT] = index
    return out
