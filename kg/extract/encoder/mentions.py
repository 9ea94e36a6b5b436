"""Tag logits -> the mentions of a text: constrained decoding, then one type a surface, at every place it stands."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.extract.encoder.features import Features
from kg.extract.encoder.labels import LITERALS, MENTION_TYPES

Floats = NDArray[np.float32]
UNNAMED_TYPE = MENTION_TYPES.index("Unnamed")
SURE = np.log(0.97)  # a word this likely to be outside is taken to be


@dataclass(frozen=True, order=True)
class TaggedSpan:
    """Words first..last read as `type`, with the probability that the tags give it."""

    first: int
    last: int
    type: int
    probability: float


def log_softmax(rows: Floats) -> Floats:
    """Log-probabilities along the last axis."""
    shifted = rows - rows.max(-1, keepdims=True)
    out: Floats = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return out


def best_path(log_probabilities: Floats) -> list[int]:
    """The likeliest tag sequence in which I-x follows only B-x or I-x; (W, 1 + 2 types) -> W tags.

    Words that are surely outside cut the text into stretches; only a stretch whose likeliest tags break the rule
    needs the search.
    """
    likeliest = log_probabilities.argmax(1)
    path: list[int] = likeliest.tolist()
    before = np.concatenate([[0], likeliest[:-1]])
    begins = likeliest % 2 == 1
    broken = np.flatnonzero((likeliest > 0) & ~begins & (before != likeliest) & (before != likeliest - 1))
    sure = np.flatnonzero((likeliest == 0) & (log_probabilities[:, 0] > SURE))
    done = 0
    for word in broken.tolist():
        if word < done:
            continue
        place = int(np.searchsorted(sure, word))
        start = int(sure[place - 1]) + 1 if place else 0
        done = int(sure[place]) if place < len(sure) else len(path)
        path[start:done] = _viterbi(log_probabilities[start:done])
    return path


def _viterbi(log_probabilities: Floats) -> list[int]:
    words, tags = log_probabilities.shape
    inside = np.arange(2, tags, 2)
    score = log_probabilities[0].astype(np.float64)
    score[inside] = -np.inf
    back = np.zeros((words, tags), dtype=np.int64)
    for word in range(1, words):
        top = int(score.argmax())
        source = np.full(tags, top)
        source[inside] = np.where(score[inside - 1] >= score[inside], inside - 1, inside)
        back[word] = source
        score = score[source] + log_probabilities[word]
    path = [int(score.argmax())]
    for word in range(words - 1, 0, -1):
        path.append(int(back[word, path[-1]]))
    return path[::-1]


def spans_of(path: Iterable[int]) -> list[tuple[int, int, int]]:
    """(first, last, type) of a tag sequence."""
    out: list[tuple[int, int, int]] = []
    for word, tag in enumerate(path):
        if tag % 2 == 1:
            out.append((word, word, tag // 2))
        elif tag and out:
            out[-1] = (out[-1][0], word, out[-1][2])
    return out


def span_probability(probabilities: Floats, first: int, last: int, kind: int) -> float:
    """Probability of exactly this span: it begins, goes on, and does not go on after `last` (words independent)."""
    begin, inside = 1 + 2 * kind, 2 + 2 * kind
    value = float(probabilities[first, begin]) * float(np.prod(probabilities[first + 1 : last + 1, inside]))
    return value * (1 - float(probabilities[last + 1, inside])) if last + 1 < len(probabilities) else value


def find_mentions(features: Features, logits: Floats, *, outside: float, keep: float) -> list[TaggedSpan]:
    """Mentions by place. `outside` is added to the logit of "no mention"; a surface whose best occurrence is
    less likely than `keep` is dropped. What is found once is found wherever the same characters stand as words.
    """
    shifted = logits.copy()
    shifted[:, 0] += outside
    logs = log_softmax(shifted)
    probabilities: Floats = np.exp(log_softmax(logits))
    votes: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for first, last, kind in spans_of(best_path(logs)):
        surface = features.text[features.starts[first] : features.ends[last]]
        votes[surface][kind] += span_probability(probabilities, first, last, kind)
    lexicon = {s: max(kinds, key=lambda k: (kinds[k], -k)) for s, kinds in votes.items() if max(kinds.values()) >= keep}
    return place(features, lexicon, probabilities)


def place(features: Features, lexicon: dict[str, int], probabilities: Floats) -> list[TaggedSpan]:
    """Every occurrence of the lexicon's surfaces on word bounds, longest first, without overlap."""
    taken = np.zeros(len(features.starts), dtype=bool)
    out: list[TaggedSpan] = []
    for surface in sorted(lexicon, key=lambda s: (-len(s), s)):
        at = features.text.find(surface)
        while at >= 0:
            words = features.words_of(at, at + len(surface))
            if words is not None and not taken[words[0] : words[1] + 1].any():
                taken[words[0] : words[1] + 1] = True
                kind = lexicon[surface]
                out.append(TaggedSpan(*words, kind, span_probability(probabilities, *words, kind)))
            at = features.text.find(surface, at + 1)
    return sorted(out)


def find_literals(logits: Floats) -> list[TaggedSpan]:
    """Literal slot fillers and settings, by place; `type` is an index into LITERALS."""
    logs = log_softmax(logits)
    probabilities: Floats = np.exp(logs)
    spans = spans_of(best_path(logs))
    assert all(kind < len(LITERALS) for _, _, kind in spans)
    return [TaggedSpan(f, last, k, span_probability(probabilities, f, last, k)) for f, last, k in spans]
