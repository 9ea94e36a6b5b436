"""Word spans of a text -> the arrays that the span and pair heads take."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from kg.extract.encoder.features import Features
from kg.extract.encoder.geometry import between_buckets, distance_buckets, sentence_buckets, sentence_starts

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class SpanInputs:
    """Mentions and literal phrases (M) and number candidates (N) of one paper; the fields are the graph's inputs."""

    first: Ints  # (M,) first word
    last: Ints  # (M,) last word
    types: Ints  # (M,) index into MENTION_TYPES, then LITERALS
    number_first: Ints  # (N,)
    number_last: Ints  # (N,)
    slot_distance: Ints  # (N, M)
    slot_sentence: Ints  # (N, M)
    slot_between: Ints  # (N, M)
    pair_distance: Ints  # (M, M)
    pair_sentence: Ints  # (M, M)

    def named(self) -> dict[str, Ints]:
        """The arrays by name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


def span_inputs(features: Features, spans: Sequence[tuple[int, int, int]]) -> SpanInputs:
    """The inputs for `spans`: first word, last word, type."""
    table = np.array(spans, dtype=np.int64).reshape(-1, 3)
    mentions, types = table[:, :2], np.ascontiguousarray(table[:, 2])
    numbers = np.array(features.spans, dtype=np.int64).reshape(-1, 2)
    sentence = np.searchsorted(np.array(sentence_starts(features.text)), features.starts, side="right") - 1
    titles = int(bool((features.segments == 0).any()))
    return SpanInputs(
        np.ascontiguousarray(mentions[:, 0]),
        np.ascontiguousarray(mentions[:, 1]),
        types,
        np.ascontiguousarray(numbers[:, 0]),
        np.ascontiguousarray(numbers[:, 1]),
        distance_buckets(numbers, mentions),
        sentence_buckets(numbers, mentions, sentence, titles),
        between_buckets(numbers, mentions, types),
        distance_buckets(mentions, mentions),
        sentence_buckets(mentions, mentions, sentence, titles),
    )
