"""Scores of tags at every token and of tags in a row -> the best sequence, and how sure each tag of it is."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kg.extract.rules.linear import UNIT, Floats, Ints, Linear
from kg.types import EntityType

TYPES: tuple[EntityType, ...] = ("Method", "Task", "Dataset", "Metric")
TAGS = ("O", *(f"{part}-{type}" for type in TYPES for part in "BI"))
OUTSIDE = 0
_NEVER = -(10**9)


def forbidden() -> NDArray[np.bool_]:
    """(K, K): whether the second tag may not follow the first; the last row is the start of the text."""
    table = np.zeros((len(TAGS) + 1, len(TAGS)), dtype=bool)
    for after in range(2, len(TAGS), 2):
        table[:, after] = True
        table[after - 1, after] = table[after, after] = False
    return table


FORBIDDEN = forbidden()


def follows_of(model: Linear) -> Ints:
    """(K + 1, K): what speaks for each tag after each other, the last row at the start of a text."""
    return model.weights[[model.rows["after=" + tag] for tag in (*TAGS, "start")]]


def with_follows(model: Linear, follows: Ints) -> Linear:
    """The same table with the weights of tags in a row as features of their own."""
    names = ["after=" + tag for tag in (*TAGS, "start")]
    rows = {**model.rows, **{name: len(model.rows) + at for at, name in enumerate(names)}}
    return Linear(model.labels, rows, np.vstack([model.weights[:-1], follows, model.weights[-1:]]))


def best_path(scores: Ints, follows: Ints) -> list[int]:
    """Viterbi: the sequence of tags of highest sum. `scores` (T, K); `follows` (K + 1, K), its last row the start."""
    steps = np.where(FORBIDDEN, _NEVER, follows)
    best = steps[-1] + scores[0]
    back = np.zeros(scores.shape, dtype=np.int64)
    columns = np.arange(scores.shape[1])
    for at in range(1, len(scores)):
        table = best[:, None] + steps[:-1]
        back[at] = table.argmax(axis=0)
        best = table[back[at], columns] + scores[at]
    path = [int(best.argmax())]
    for at in range(len(scores) - 1, 0, -1):
        path.append(int(back[at, path[-1]]))
    return path[::-1]


def marginals(scores: Floats, follows: Floats) -> tuple[Floats, Floats]:
    """Forward-backward: (T, K) probability of each tag at each token, (K + 1, K) expected counts of tags in a row."""
    steps = np.where(FORBIDDEN, 0.0, np.exp(follows / UNIT))
    local = np.exp((scores - scores.max(axis=1, keepdims=True)) / UNIT)
    length, tags = scores.shape
    forward, backward = np.zeros((length, tags)), np.ones((length, tags))
    forward[0] = steps[-1] * local[0]
    forward[0] /= forward[0].sum()
    inner = np.ascontiguousarray(steps[:-1])
    for at in range(1, length):
        row = (forward[at - 1] @ inner) * local[at]
        forward[at] = row / row.sum()
    for at in range(length - 2, -1, -1):
        row = inner @ (local[at + 1] * backward[at + 1])
        backward[at] = row / row.sum()
    both = forward * backward
    tag = both / both.sum(axis=1, keepdims=True)
    pairs = np.zeros_like(steps)
    pairs[-1] = tag[0]
    if length > 1:
        joint = forward[:-1, :, None] * inner[None] * (local[1:] * backward[1:])[:, None, :]
        pairs[:-1] = (joint / joint.sum(axis=(1, 2), keepdims=True)).sum(axis=0)
    return tag, pairs


def spans(path: Sequence[int]) -> list[tuple[int, int, int]]:
    """(first, last, index into TYPES) of every tagged run."""
    found: list[tuple[int, int, int]] = []
    for at, tag in enumerate(path):
        if tag == OUTSIDE:
            continue
        if tag % 2:
            found.append((at, at, (tag - 1) // 2))
        else:
            found[-1] = (found[-1][0], at, found[-1][2])
    return found
