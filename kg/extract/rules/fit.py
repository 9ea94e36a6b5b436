"""Items with features and labels, in groups -> the weights of a Linear, by logistic regression with AdaGrad."""

import logging
import random
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from kg.extract.rules.linear import UNIT, Floats, Ints, Linear

log = logging.getLogger(__name__)
Items = Sequence[Sequence[str]]


def fit_classes(
    groups: Sequence[tuple[Items, Sequence[int]]],
    labels: Sequence[str],
    *,
    epochs: int = 6,
    rate: float = 0.2,
    decay: float = 1e-4,
    least: int = 3,
) -> Linear:
    """Each item of a group has one of the labels: multinomial logistic regression."""

    def gradient(scores: Floats, gold: Ints) -> Floats:
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        slope: Floats = powers / powers.sum(axis=1, keepdims=True)
        slope[np.arange(len(gold)), gold] -= 1
        return slope

    data = [(items, np.array(gold, dtype=np.int64)) for items, gold in groups if len(items)]
    return _fit(data, tuple(labels), gradient, epochs=epochs, rate=rate, decay=decay, least=least)


def fit_choices(
    groups: Sequence[tuple[Items, int]],
    label: str,
    *,
    epochs: int = 6,
    rate: float = 0.2,
    decay: float = 1e-4,
    least: int = 3,
) -> Linear:
    """One item of each group is chosen: conditional logistic regression, one weight a feature."""

    def gradient(scores: Floats, gold: Ints) -> Floats:
        powers = np.exp(scores - scores.max())
        slope: Floats = powers / powers.sum()
        slope[gold[0]] -= 1
        return slope

    data = [(items, np.array([gold], dtype=np.int64)) for items, gold in groups if len(items) > 1]
    return _fit(data, (label,), gradient, epochs=epochs, rate=rate, decay=decay, least=least)


def _fit(
    data: Sequence[tuple[Items, Ints]],
    labels: tuple[str, ...],
    gradient: Callable[[Floats, Ints], Floats],
    *,
    epochs: int,
    rate: float,
    decay: float,
    least: int,
) -> Linear:
    counts = Counter(feature for items, _ in data for item in items for feature in item)
    rows = {feature: at for at, feature in enumerate(sorted(f for f, n in counts.items() if n >= least))}
    weights = np.zeros((len(rows) + 1, len(labels)))
    squares = np.full(weights.shape, 1e-2)
    flat = [(*_indexed(items, rows), gold) for items, gold in data]
    order = list(range(len(flat)))
    rng = random.Random(1)
    for epoch in range(epochs):
        rng.shuffle(order)
        for at in order:
            own, owner, starts, gold = flat[at]
            slope = gradient(np.add.reduceat(weights[own], starts, axis=0), gold)
            unique, back = np.unique(own, return_inverse=True)
            total = np.zeros((len(unique), len(labels)))
            np.add.at(total, back, slope[owner])
            total += decay * weights[unique]
            squares[unique] += total**2
            weights[unique] -= rate * total / np.sqrt(squares[unique])
        weights[-1] = 0
        log.info("%s: epoch %d of %d", "/".join(labels), epoch + 1, epochs)
    return rounded(rows, weights, labels)


def _indexed(items: Items, rows: dict[str, int]) -> tuple[Ints, Ints, Ints]:
    found = [[rows.get(feature, len(rows)) for feature in item] or [len(rows)] for item in items]
    sizes = [len(own) for own in found]
    return (
        np.array([row for own in found for row in own], dtype=np.int64),
        np.repeat(np.arange(len(found)), sizes),
        np.cumsum([0, *sizes[:-1]]),
    )


def rounded(rows: dict[str, int], weights: Floats, labels: Sequence[str], *, least: int = 60) -> Linear:
    """Whole thousandths, without the features that say little."""
    whole = np.rint(weights * UNIT).astype(np.int64)
    kept = [feature for feature, at in rows.items() if np.abs(whole[at]).max() >= least]
    table = np.vstack([whole[[rows[feature] for feature in kept]], np.zeros((1, whole.shape[1]), dtype=np.int64)])
    return Linear(tuple(labels), {feature: at for at, feature in enumerate(kept)}, table)
