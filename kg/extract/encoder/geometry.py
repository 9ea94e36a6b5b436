"""Words, mentions and numbers of a text -> bucketed distances between them, the pair heads' features."""

import re

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
DISTANCES = 27
SENTENCES = 9
BETWEEN = 6

_END = re.compile(r"[.!?]['\")\]]*(?=\s+[\"'(\[]?[A-Z0-9])|\n")
_NO_END = re.compile(
    r"(?:\b(?:e\.g|i\.e|et al|vs|v\.s|etc|cf|Fig|Eq|Sec|resp|approx|w\.r\.t|Dr|No|[A-Z])\.|\d\.(?=\s*\d+\s?%))$"
)


def sentence_starts(text: str) -> list[int]:
    """Where each sentence of `text` begins; the title is the first."""
    starts = [0]
    for match in _END.finditer(text):
        if text[match.start()] == "\n" or not _NO_END.search(text[max(0, match.start() - 12) : match.start() + 1]):
            gap = len(text[match.end() :]) - len(text[match.end() :].lstrip())
            starts.append(match.end() + gap)
    return sorted({s for s in starts if s < len(text)}) or [0]


def distance_buckets(left: Ints, right: Ints) -> Ints:
    """Signed word distance between two (n, 2) and (m, 2) lists of word spans as (n, m) buckets, centre 13."""
    after = right[None, :, 0] - left[:, None, 1]
    before = left[:, None, 0] - right[None, :, 1]
    gap = np.where(after > 0, after, np.where(before > 0, -before, 0))
    size = np.abs(gap)
    far = 5 + np.floor(np.log2(np.maximum(size, 1) / 5) * 2).astype(np.int64)
    bucket = np.where(size <= 5, size, np.clip(far, 6, 13))
    return (13 + np.sign(gap) * bucket).astype(np.int64)


def sentence_buckets(left: Ints, right: Ints, sentence: Ints, first_sentence: int) -> Ints:
    """Sentences from each left span to each right one, -3..3 as 0..6; 7 where the right one stands in the title.

    `sentence` holds the sentence of every word, `first_sentence` how many sentences the title is (0 or 1).
    """
    a, b = sentence[left[:, 0]], sentence[right[:, 0]]
    out = np.clip(b[None, :] - a[:, None], -3, 3) + 3
    title = (b[None, :] < first_sentence) & (a[:, None] >= first_sentence)
    return np.where(title, 7, out).astype(np.int64)


def between_buckets(left: Ints, right: Ints, right_types: Ints) -> Ints:
    """How many right spans of the same type stand between a left and a right span, 0..5."""
    out = np.zeros((len(left), len(right)), dtype=np.int64)
    for kind in np.unique(right_types):
        columns = np.flatnonzero(right_types == kind)
        middles = np.sort(right[columns, 0])
        for j in columns:
            low = np.minimum(left[:, 0], right[j, 0])
            high = np.maximum(left[:, 0], right[j, 0])
            inner = np.searchsorted(middles, high, side="left") - np.searchsorted(middles, low, side="right")
            out[:, j] = np.clip(inner, 0, BETWEEN - 1)
    return out
