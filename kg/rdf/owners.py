"""Triples in any order in, the same by owner out: a paper with all that it states, a shared node with its forms.

Whose a node is stands in its IRI, or in what it was derived from. So the triples are sorted twice on disk, first by
subject and then by owner, and memory does not grow with them.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from types import TracebackType
from typing import NamedTuple, Self

from pyoxigraph import RdfFormat, Triple, parse

from kg.rdf import vocabulary as v
from kg.rdf.spill import Spill
from kg.rdf.terms import term

# What a statement's paper is to it: a fact, too, has an rdf:subject, which is no paper.
_STATED = {f"{v.TYPE} {term('kg:Claim')}": v.SUBJECT} | {
    f"{v.TYPE} {term(name)}": v.DERIVED for name in ("kg:Result", "kg:Fact")
}


class Owned(NamedTuple):
    """All triples of some subjects, as N-Triples lines without their dot, sorted by subject."""

    owner: str
    lines: list[str]

    def triples(self) -> Iterator[Triple]:
        """The same as triples."""
        return (quad.triple for quad in parse(" .\n".join(self.lines) + " .\n", RdfFormat.N_TRIPLES))


class Owners:
    """Triples by owner, as often as they are asked for. A context: what it holds on disk goes when it is left."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._spill = Spill()
        with Spill() as subjects:
            for subject, own in groupby(triples, key=lambda triple: triple.subject):
                subjects.add("\x1f".join((str(subject), *(f"{each.predicate} {each.object}" for each in own))))
            for record in _whole(subjects.sorted()):
                self._spill.add(f"{_owner(record)}\x1f{record}")

    def __iter__(self) -> Iterator[Owned]:
        parts = (record.partition("\x1f") for record in self._spill.sorted())
        for owner, own in groupby(parts, key=lambda part: part[0]):
            yield Owned(owner, [line for _, _, record in own for line in _lines(record)])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spill.__exit__(kind, error, trace)


def _whole(records: Iterable[str]) -> Iterator[str]:
    """One record a subject, with each of its triples once."""
    parts = (record.partition("\x1f") for record in records)
    for subject, own in groupby(parts, key=lambda part: part[0]):
        first, *more = (said for _, _, said in own)
        said = "\x1f".join(sorted({one for each in (first, *more) for one in each.split("\x1f")})) if more else first
        yield f"{subject}\x1f{said}"


def _owner(record: str) -> str:
    """The IRI of the paper or the node that a subject belongs to; itself where it is nobody's."""
    subject, *said = record.split("\x1f")
    stated = next((_STATED[one] for one in said if one in _STATED), None)
    if stated is not None:
        subject = next((one.removeprefix(f"{stated} ") for one in said if one.startswith(f"{stated} <")), subject)
    return subject.strip("<>").partition("#")[0]


def _lines(record: str) -> Iterator[str]:
    subject, *said = record.split("\x1f")
    return (f"{subject} {one}" for one in said)
