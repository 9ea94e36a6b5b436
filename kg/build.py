"""Records in, a store that holds their graph out; one Outcome for every record, so that the counts balance.

The store is the ledger: what it holds already, by content and by extractor, is not done again. A build that was
stopped at any point is completed by running it again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal, NamedTuple

from kg import graph
from kg.errors import EmptyRecord, ExtractError, KGError, ReadError
from kg.extract import Extractor
from kg.read.merge import merge
from kg.resolve import Resolver
from kg.store import Held, Store
from kg.types import Extraction, Paper

Status = Literal["loaded", "updated", "unchanged", "merged", "empty", "failed"]
STATUSES: tuple[Status, ...] = ("loaded", "updated", "unchanged", "merged", "empty", "failed")
CHUNK = 64  # papers a transaction: what a stopped run loses at most


class Outcome(NamedTuple):
    """How one record ended: its status, the paper it is (None where that is unknown), and why it failed."""

    status: Status
    paper: str | None = None
    error: KGError | None = None


class Balance(NamedTuple):
    """How many records ended in which way; `read` is their sum."""

    counts: dict[Status, int]

    @property
    def read(self) -> int:
        """All records."""
        return sum(self.counts.values())

    @property
    def papers(self) -> int:
        """Distinct papers that are in the store now because of these records."""
        return self.counts["loaded"] + self.counts["updated"] + self.counts["unchanged"]


def balance(outcomes: Iterable[Outcome]) -> Balance:
    """The sum of a build."""
    counts = Counter(outcome.status for outcome in outcomes)
    return Balance({status: counts[status] for status in STATUSES})


def stamp(extractor: str, resolver: Resolver) -> str:
    """What the ledger compares: by which extractor and which registry a paper's subgraph was made."""
    return f"{extractor.partition('+')[0]}+{resolver.version}"


def build(
    records: Iterable[Paper | ReadError], store: Store, *, extractor: Extractor, resolver: Resolver, workers: int = 1
) -> Iterator[Outcome]:
    """Extract, resolve and store; yields an Outcome a record as its batch is committed."""
    made_by = stamp(extractor.name, resolver)
    seen: set[str] = set()
    stream = iter(records)
    while chunk := list(islice(stream, CHUNK * max(1, workers))):
        plan = _plan(chunk, store, seen, made_by)
        done: dict[str, Extraction | ExtractError] = {}
        for paper, extraction in zip(plan.todo, extractor.pipe(plan.todo, workers=workers), strict=True):
            done[paper.id] = extraction
        yield from _commit(plan, done, store, resolver, made_by)


def load(records: Iterable[Extraction | ReadError], store: Store, *, resolver: Resolver) -> Iterator[Outcome]:
    """Store extractions that were made before; of a paper found twice, the one with more to its text is kept."""
    seen: set[str] = set()
    stream = iter(records)
    while chunk := list(islice(stream, CHUNK)):
        made = [record for record in chunk if isinstance(record, Extraction)]
        by_content = {(e.paper.id, e.paper.content_hash): e for e in made}
        for by, group in _by_stamp(chunk, resolver):
            plan = _plan(group, store, seen, by)
            done: dict[str, Extraction | ExtractError] = {}
            for paper in plan.todo:
                found = by_content.get((paper.id, paper.content_hash))
                lost = ExtractError(paper.id, "its records differ, and no extraction is of the text that joins them")
                done[paper.id] = found.model_copy(update={"paper": paper}) if found else lost
            yield from _commit(plan, done, store, resolver, by)


def _by_stamp(
    chunk: Sequence[Extraction | ReadError], resolver: Resolver
) -> Iterator[tuple[str, list[Paper | ReadError]]]:
    """The records of a chunk as papers, grouped by what made them (nearly always one group)."""
    groups: dict[str, list[Paper | ReadError]] = {}
    for record in chunk:
        if isinstance(record, Extraction):
            groups.setdefault(stamp(record.extractor, resolver), []).append(record.paper)
        else:
            groups.setdefault("", []).append(record)
    yield from groups.items()


class _Plan(NamedTuple):
    """What a chunk of records asks for: papers to do, papers of which only the sources grew, and all outcomes."""

    todo: list[Paper]
    regrown: list[Paper]
    outcomes: list[Outcome]


def _plan(chunk: Sequence[Paper | ReadError], store: Store, seen: set[str], made_by: str) -> _Plan:
    """Hold a chunk against the ledger; `seen` are the papers of this run, and grows."""
    held = store.held(sorted({r.id for r in chunk if isinstance(r, Paper)}))
    found: dict[str, Paper] = {}
    statuses: list[Outcome] = []
    first: dict[str, int] = {}
    for record in chunk:
        if isinstance(record, ReadError):
            statuses.append(Outcome("empty" if isinstance(record, EmptyRecord) else "failed", None, record))
        elif record.id in found or record.id in seen:
            found[record.id] = merge(found[record.id], record) if record.id in found else record
            statuses.append(Outcome("merged", record.id))
        else:
            found[record.id] = record
            first[record.id] = len(statuses)
            statuses.append(Outcome("loaded", record.id))
    todo, regrown = [], []
    for paper in found.values():
        line = held.get(paper.id)
        joined = _joined(paper, line, store, again=paper.id in seen)
        same = line is not None and line.content_hash == joined.content_hash and line.extractor == made_by
        if line is None or not same:
            todo.append(joined)
        elif set(joined.sources) != set(line.sources):
            regrown.append(joined)
        if paper.id in first and line is not None:
            status: Status = "unchanged" if same and joined.sources == line.sources else "updated"
            statuses[first[paper.id]] = Outcome(status, paper.id)
    seen.update(found)
    return _Plan(todo, regrown, statuses)


def _joined(paper: Paper, line: Held | None, store: Store, *, again: bool) -> Paper:
    """The paper with what the store knows of it. A record from a paper's only source takes its place; any other
    adds to it."""
    if line is None:
        return paper
    sources = tuple(sorted({*paper.sources, *line.sources}))
    alone = not again and set(line.sources) <= set(paper.sources)
    if alone or line.content_hash == paper.content_hash:
        return paper.model_copy(update={"sources": sources})
    (stored,) = store.read([paper.id])
    return merge(graph.extraction(stored).paper, paper)


def _commit(
    plan: _Plan, done: dict[str, Extraction | ExtractError], store: Store, resolver: Resolver, made_by: str
) -> Iterator[Outcome]:
    """Write what was done in one transaction, then say how every record of the chunk ended."""
    failed: dict[str, ExtractError] = {}
    ready = []
    for key, extraction in done.items():
        if isinstance(extraction, ExtractError):
            failed[key] = extraction
        else:
            stamped = extraction.model_copy(update={"extractor": made_by})
            ready.append(graph.subgraph(stamped, resolver.identify))
    regrown = {paper.id: paper.sources for paper in plan.regrown}
    for stored in store.read(sorted(regrown)) if regrown else ():
        node = stored.paper.model_copy(update={"sources": regrown[stored.paper.id]})
        ready.append(stored.model_copy(update={"paper": node}))
    if ready:
        store.write(ready)
    for outcome in plan.outcomes:
        error = failed.get(outcome.paper or "")
        yield Outcome("failed", outcome.paper, error) if error else outcome
