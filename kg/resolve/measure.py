"""Labelled pairs of names in, pairwise precision and recall of the resolver out.

python -m kg.resolve.measure tests/resolve/pairs.tsv
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from kg.errors import FormatError
from kg.resolve import Resolver
from kg.types import ENTITY_TYPES, Entity, EntityType, Extraction, Paper, Span

Label = Literal["same", "different", "ambiguous"]
COLUMNS = ("type", "a", "a_long", "b", "b_long", "label")


class Pair(NamedTuple):
    """Two names, each with the long form that its own paper gives for it (or none), and whether they are one thing.

    "ambiguous": whoever reads the two names alone can't tell.
    """

    type: EntityType
    a: str
    a_long: str
    b: str
    b_long: str
    label: Label


class Figures(NamedTuple):
    """Of the pairs that were merged, the share that are the same; of the same, the share that were merged.

    A merged ambiguous pair is wrong: what can't be told apart is to stay apart.
    """

    pairs: int
    precision: float
    recall: float
    wrong: tuple[Pair, ...]


def read_pairs(path: Path) -> Iterator[Pair]:
    """The lines of a table with the columns type, a, a_long, b, b_long, label. FormatError on any other."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        if tuple(next(rows, ())) != COLUMNS:
            raise FormatError(str(path), f"no table of pairs: its columns are to be {', '.join(COLUMNS)}")
        for number, row in enumerate(rows, 2):
            type = next((type for type in ENTITY_TYPES if row[:1] == [type]), None)
            label = next((label for label in get_args(Label) if row[-1:] == [label]), None)
            if type is None or label is None or len(row) != len(COLUMNS):
                raise FormatError(str(path), f"line {number} is no labelled pair: {row!r}")
            a, a_long, b, b_long = row[1:5]
            yield Pair(type, a, a_long, b, b_long, label)


def pairs(labelled: Iterable[Pair], resolver: Resolver | None = None) -> Figures:
    """How well the resolver tells the pairs apart."""
    known = resolver or Resolver()
    counts = {("same", True): 0, ("same", False): 0, ("apart", True): 0, ("apart", False): 0}
    wrong = []
    for pair in labelled:
        merged = _node(known, pair.type, pair.a, pair.a_long) == _node(known, pair.type, pair.b, pair.b_long)
        counts["same" if pair.label == "same" else "apart", merged] += 1
        if merged != (pair.label == "same"):
            wrong.append(pair)
    hits, misses, false = counts["same", True], counts["same", False], counts["apart", True]
    return Figures(sum(counts.values()), hits / max(1, hits + false), hits / max(1, hits + misses), tuple(wrong))


def _node(resolver: Resolver, type: EntityType, name: str, long: str) -> str:
    """The node of a name in a paper that says no more than the name and its long form."""
    text = f"{long} ({name})" if long else name
    spans = [Span.of(text, len(text) - len(name) - bool(long), len(text) - bool(long))]
    spans += [Span.of(text, 0, len(long))] if long else []
    kind = "technique" if type == "Method" else None
    entity = Entity(name=name, type=type, kind=kind, role="mentioned", mentions=tuple(spans))
    paper = Paper(id="paper:pair", abstract=text)
    return resolver.identify(Extraction(paper=paper, extractor="pairs", entities=(entity,)))[name].id
