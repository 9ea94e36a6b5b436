"""Items with features and labels, in groups -> the weights of a Linear, by logistic regression with AdaGrad."""

import logging
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.extract.rules.linear import UNIT, Floats, Ints, Linear

log = logging.getLogger(__name__)
Items = Sequence[Sequence[str]]
Rows = NDArray[np.int32]


@dataclass(frozen=True)
class Sums:
    """The rows of the features of some items, laid out for adding them up by item and by row."""

    flat: Rows  # the row of every feature of every item
    starts: Rows  # where each item begins in `flat`
    used: Rows  # the distinct rows, ascending
    owners: Rows  # the item of every feature, in the order of rows
    begins: Rows  # where each distinct row begins in `owners`

    @classmethod
    def of(cls, items: Items, rows: Mapping[str, int]) -> "Sums":
        """Lay out items given by their features; those that are no row share one beyond the last."""
        found = [[rows.get(feature, len(rows)) for feature in item] or [len(rows)] for item in items]
        sizes = [len(own) for own in found]
        flat = np.array([row for own in found for row in own], dtype=np.int32)
        order = np.argsort(flat, kind="stable")
        used, begins = np.unique(flat[order], return_index=True)
        owners = np.repeat(np.arange(len(found), dtype=np.int32), sizes)[order]
        starts = np.cumsum([0, *sizes[:-1]]).astype(np.int32)
        return cls(flat, starts, used, owners, begins.astype(np.int32))

    def scores(self, weights: Floats) -> Floats:
        """(N, L): the sum of the rows of every item."""
        summed: Floats = np.add.reduceat(weights[self.flat], self.starts, axis=0)
        return summed

    def back(self, slope: Floats) -> Floats:
        """(U, L): for every used row the sum of `slope` (N, L) over the items that have it."""
        summed: Floats = np.add.reduceat(slope[self.owners], self.begins, axis=0)
        return summed


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
    prepared = [(Sums.of(items, rows), gold) for items, gold in data]
    order = list(range(len(prepared)))
    rng = random.Random(1)
    for epoch in range(epochs):
        rng.shuffle(order)
        for at in order:
            sums, gold = prepared[at]
            slope = gradient(sums.scores(weights), gold)
            total = sums.back(slope) + decay * weights[sums.used]
            squares[sums.used] += total**2
            weights[sums.used] -= rate * total / np.sqrt(squares[sums.used])
        weights[-1] = 0
        log.info("%s: epoch %d of %d", "/".join(labels), epoch + 1, epochs)
    return rounded(rows, weights, labels)


def rounded(rows: dict[str, int], weights: Floats, labels: Sequence[str], *, least: int = 60) -> Linear:
    """Whole thousandths, without the features that say little."""
    whole = np.rint(weights * UNIT).astype(np.int64)
    kept = [feature for feature, at in rows.items() if np.abs(whole[at]).max() >= least]
    table = np.vstack([whole[[rows[feature] for feature in kept]], np.zeros((1, whole.shape[1]), dtype=np.int64)])
    return Linear(tuple(labels), {feature: at for at, feature in enumerate(kept)}, table)
