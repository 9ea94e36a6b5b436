"""Gold and predicted annotations -> an Evaluation: every figure of agreement, what went wrong by cause, reliability.

Both sides are rows in the annotators' format, joined on `id`: a gold paper that is not predicted counts as missed, a
predicted paper that is not gold is ignored. Figures are micro-averaged over papers:

mention, mention~    (type, surface) pairs, exact; the same whatever their case, hyphens, spaces and plural s
entity, proposed     entities of one type that share a surface, one to one; those with role `proposed`
value, value+SLOT    results of the same number, unit and kind; those whose slot agrees, too
tuple, full          value with method, dataset and metric; and with every other field
relation             type, head and tail; a comparison has no direction
"""

from collections.abc import Iterable, Iterator, Mapping

from kg.evaluate.agreement import Row, Side, Tally, compare
from kg.evaluate.causes import Fault, faults
from kg.evaluate.reliability import Reliability, reliability
from kg.types import Frozen

__all__ = ["Cause", "Evaluation", "Example", "Figure", "Reliability", "evaluate"]

EMPTY: Row = {"entities": [], "results": [], "relations": []}


class Figure(Frozen):
    """Agreement on one kind of thing: how many are in both, in gold, in the prediction."""

    right: int
    gold: int
    predicted: int

    @property
    def precision(self) -> float:
        """The share of what was predicted that is right."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """The share of gold that was found."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


class Example(Frozen):
    """One thing that went wrong: the paper, what is gold and what was predicted (None: nothing)."""

    paper: str
    gold: str | None = None
    predicted: str | None = None


class Cause(Frozen):
    """What went wrong, with what (a type of entity, a slot, a kind of number, a relation), how often and where."""

    name: str
    what: str
    count: int
    by_source: dict[str, int]
    examples: tuple[Example, ...]


class Evaluation(Frozen):
    """All that is to be said of a prediction. `by_source` has the figures of each kind of paper."""

    papers: int
    figures: dict[str, Figure]
    by_source: dict[str, dict[str, Figure]]
    causes: tuple[Cause, ...]
    reliability: dict[str, Reliability]


def evaluate(gold: Iterable[Row], predicted: Iterable[Row], *, examples: int = 5) -> Evaluation:
    """Compare predicted annotations with gold ones. Entities and results may carry `confidence`."""
    pairs = list(_pairs(gold, predicted))
    total = Tally()
    by_source: dict[str, Tally] = {}
    for paper, ours, theirs in pairs:
        counts = compare(ours, theirs)
        total.add(counts)
        by_source.setdefault(source_of(paper), Tally()).add(counts)
    return Evaluation(
        papers=len(pairs),
        figures=_figures(total),
        by_source={source: _figures(tally) for source, tally in sorted(by_source.items())},
        causes=tuple(_causes(pairs, examples)),
        reliability={
            kind: found
            for kind in ("entities", "results")
            if (found := reliability(kind, [(ours, theirs) for _, ours, theirs in pairs])) is not None
        },
    )


def figures(gold: Iterable[Row], predicted: Iterable[Row]) -> dict[str, Figure]:
    """The figures alone: an entity needs its surfaces, type and role, a result no evidence."""
    total = Tally()
    for _, ours, theirs in _pairs(gold, predicted):
        total.add(compare(ours, theirs))
    return _figures(total)


def _pairs(gold: Iterable[Row], predicted: Iterable[Row]) -> Iterator[tuple[str, Side, Side]]:
    """Every gold paper's id, what the annotators say of it and what was predicted: nothing, where it was not."""
    by_id = {row["id"]: row for row in predicted}
    for row in gold:
        yield row["id"], Side.of(row), Side.of(by_id.get(row["id"], EMPTY))


def source_of(paper: str) -> str:
    """The kind of a paper by its id: `arxiv` for those whose text came from LaTeX, `other` for the rest."""
    return "arxiv" if paper.startswith("arxiv-") else "other"


def _figures(tally: Mapping[str, tuple[int, int, int]]) -> dict[str, Figure]:
    return {name: Figure(right=r, gold=g, predicted=p) for name, (r, g, p) in tally.items()}


def _causes(pairs: Iterable[tuple[str, Side, Side]], examples: int) -> Iterator[Cause]:
    """The causes, the most frequent first."""
    found: dict[tuple[str, str], list[tuple[str, Fault]]] = {}
    for paper, gold, predicted in pairs:
        for fault in faults(gold, predicted):
            found.setdefault((fault.cause, fault.what), []).append((paper, fault))
    for (cause, what), each in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
        sources = [source_of(paper) for paper, _ in each]
        yield Cause(
            name=cause,
            what=what,
            count=len(each),
            by_source={source: sources.count(source) for source in sorted(set(sources))},
            examples=tuple(
                Example(paper=paper, gold=fault.gold, predicted=fault.predicted) for paper, fault in each[:examples]
            ),
        )
