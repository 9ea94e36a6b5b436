"""Named rules with a weight for each label: features in, scores out. The weights are a table that can be read.

A table `weights/<name>.tsv` has a header (`feature`, then the labels) and a row of integers for each feature: how
many thousandths the feature speaks for (or against) each label. Scores are sums of integers, so that no order of
adding and no machine changes them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
UNIT = 1000


@dataclass(frozen=True)
class Linear:
    """Features as rows of `weights` (F + 1, L); the last row, of zeros, stands for every unknown feature."""

    labels: tuple[str, ...]
    rows: dict[str, int]
    weights: Ints

    def scores(self, items: Sequence[Iterable[str]]) -> Ints:
        """(N, L) for N items, each given by its features."""
        if not items:
            return np.zeros((0, len(self.labels)), dtype=np.int64)
        row_of, unknown = self.rows.get, repeat(len(self.rows))
        flat: list[int] = []
        starts: list[int] = []
        for item in items:
            starts.append(len(flat))
            flat.append(len(self.rows))  # so that no item is empty
            flat.extend(map(row_of, item, unknown))
        summed: Ints = np.add.reduceat(self.weights[np.array(flat)], np.array(starts), axis=0)
        return summed

    def reasons(self, item: Iterable[str], label: str) -> list[tuple[str, int]]:
        """What speaks for and against a label, the weightiest first: the score is the sum."""
        column = self.labels.index(label)
        weighed = [(feature, int(self.weights[self.rows[feature], column])) for feature in item if feature in self.rows]
        return sorted((each for each in weighed if each[1]), key=lambda each: (-abs(each[1]), each[0]))

    def probabilities(self, items: Sequence[Iterable[str]]) -> Floats:
        """(N, L): the scores through a softmax over the labels."""
        return softmax(self.scores(items))


def softmax(scores: Ints) -> Floats:
    """Rows of integer scores -> rows that sum to one."""
    high = scores.max(axis=-1, keepdims=True) if scores.size else scores
    powers = np.exp((scores - high) / UNIT)
    result: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return result


def calibrated(probability: float, slope: float) -> float:
    """A probability drawn towards one half: the weights of many features that go together say too much.

    >>> calibrated(0.99, 0.5), calibrated(0.5, 0.5)
    (0.909, 0.5)
    """
    odds = max(probability, 1e-9) / max(1 - probability, 1e-9)
    drawn: float = odds**slope
    return round(drawn / (1 + drawn), 3)


@cache
def load(name: str) -> Linear:
    """The table `kg/extract/rules/weights/<name>.tsv`."""
    return parse((files("kg.extract.rules") / "weights" / f"{name}.tsv").read_text(encoding="utf-8"))


def parse(table: str) -> Linear:
    """A table as written by `table_of`."""
    header, *lines = table.splitlines()
    labels = tuple(header.split("\t")[1:])
    rows: dict[str, int] = {}
    values = np.zeros((len(lines) + 1, len(labels)), dtype=np.int64)
    for at, line in enumerate(lines):
        feature, _, numbers = line.partition("\t")
        rows[feature] = at
        values[at] = [int(number or 0) for number in numbers.split("\t")]
    return Linear(labels, rows, values)


def table_of(model: Linear) -> str:
    """The table of a model, sorted by feature."""
    lines = ["\t".join(("feature", *model.labels))]
    for feature, row in sorted(model.rows.items()):
        lines.append("\t".join((feature, *(str(value) if value else "" for value in model.weights[row]))))
    return "\n".join(lines) + "\n"
