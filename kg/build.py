"""Records in, a store that holds their graph out; one Outcome for every record, so that the counts balance.

The store is the ledger: what it holds already, by content and by extractor, is not done again. A build that was
stopped at any point is completed by running it again.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, NamedTuple, TypeVar

from kg import graph
from kg.errors import EmptyRecord, ExtractError, KGError, ReadError
from kg.extract import Extractor
from kg.read.merge import merge
from kg.resolve import Resolver
from kg.resolve.corpus import Corpus
from kg.store import Held, Store
from kg.types import Extraction, Paper

Status = Literal["loaded", "updated", "unchanged", "merged", "empty", "failed"]
STATUSES: tuple[Status, ...] = ("loaded", "updated", "unchanged", "merged", "empty", "failed")
CHUNK = 64  # records a transaction: what a stopped run loses at most
IDLE_CHUNKS = 16
_AND = "; "  # between the extractor and the registry in the ledger
_Record = TypeVar("_Record", Paper | ReadError, Extraction | ReadError)


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
    return f"{_extractor(extractor)}{_AND}{resolver.version}"


def _extractor(stamped: str) -> str:
    return stamped.partition(_AND)[0]


def build(
    records: Iterable[Paper | ReadError], store: Store, *, extractor: Extractor, resolver: Resolver, workers: int = 1
) -> Iterator[Outcome]:
    """Extract, resolve and store; yields an Outcome a record, as its batch is committed."""
    ledger = _Ledger(store, resolver, stamp(extractor.name, resolver), Corpus(store, resolver))
    chunks = _chunks(records)
    for chunk in chunks:
        ledger.plan(chunk)
        if ledger.plans[0].todo:
            for extraction in extractor.pipe(_wanted(ledger, chunks), workers=workers):
                ledger.plans[0].done.append(extraction)
                yield from ledger.commit_ready()
        yield from ledger.commit_ready()


def _chunks(records: Iterable[_Record]) -> Iterator[list[_Record]]:
    stream = iter(records)
    while chunk := list(islice(stream, CHUNK)):
        yield chunk


def _wanted(ledger: "_Ledger", chunks: Iterator[list[Paper | ReadError]]) -> Iterator[Paper]:
    """The papers to extract, from the plan that waits already on; ends where a long stretch holds none, so that the
    outcomes of that stretch are not kept waiting for an extraction."""
    yield from ledger.plans[-1].todo
    idle = 0
    for chunk in chunks:
        plan = ledger.plan(chunk)
        yield from plan.todo
        idle = 0 if plan.todo else idle + 1
        if idle > IDLE_CHUNKS:
            return


def load(records: Iterable[Extraction | ReadError], store: Store, *, resolver: Resolver) -> Iterator[Outcome]:
    """Store extractions that were made before.

    Of a paper found twice, the extraction whose text the joined records have is kept; one without such an
    extraction has failed.
    """
    ledgers: dict[str, _Ledger] = {}
    corpus = Corpus(store, resolver)
    for chunk in _chunks(records):
        for made_by, group in _by_stamp(chunk, resolver).items():
            made = {(e.paper.id, e.paper.content_hash): e for e in group if isinstance(e, Extraction)}
            ledger = ledgers.setdefault(made_by, _Ledger(store, resolver, made_by, corpus))
            plan = ledger.plan([e.paper if isinstance(e, Extraction) else e for e in group])
            for paper in plan.todo:
                found = made.get((paper.id, paper.content_hash))
                lost = ExtractError(paper.id, "its records differ, and no extraction is of the text that joins them")
                plan.done.append(found.model_copy(update={"paper": paper}) if found else lost)
            yield from ledger.commit_ready()


def _by_stamp(chunk: Iterable[Extraction | ReadError], resolver: Resolver) -> dict[str, list[Extraction | ReadError]]:
    """A chunk by what made its extractions; nearly always one group."""
    groups: dict[str, list[Extraction | ReadError]] = {}
    for record in chunk:
        by = stamp(record.extractor, resolver) if isinstance(record, Extraction) else ""
        groups.setdefault(by, []).append(record)
    return groups


class _Joined(NamedTuple):
    """A paper as its records make it together; `records` are the content hashes of all of them."""

    paper: Paper
    records: frozenset[str]

    @property
    def content_hash(self) -> str:
        """What the ledger keeps: the records' hashes, sorted, so that each of them is known again."""
        return "+".join(sorted(self.records))

    def with_record(self, record: Paper) -> "_Joined":
        """One record more."""
        return _Joined(merge(self.paper, record), self.records | {record.content_hash})


@dataclass
class _Plan:
    """What a chunk of records asks for, and how far that is: papers to extract, stored papers to touch (they have
    more sources, or the registry changed) with the sources they are to have, and how each record will have ended."""

    joined: list[_Joined] = field(default_factory=list)
    touched: dict[str, tuple[str, ...]] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)  # papers that the store will hold already
    outcomes: list[Outcome] = field(default_factory=list)
    done: list[Extraction | ExtractError] = field(default_factory=list)

    @property
    def todo(self) -> list[Paper]:
        """The papers to extract."""
        return [joined.paper for joined in self.joined]


class _Ledger:
    """Holds records against the store: what is there, what is on its way there, what is to be done."""

    def __init__(self, store: Store, resolver: Resolver, made_by: str, corpus: Corpus) -> None:
        self.store, self.resolver, self.made_by = store, resolver, made_by
        self.corpus = corpus
        self.plans: deque[_Plan] = deque()  # made and not yet committed, oldest first
        self._seen: set[str] = set()  # papers of this run
        self._coming: dict[str, _Joined] = {}  # those of uncommitted plans, as they will be

    def plan(self, chunk: Iterable[Paper | ReadError]) -> _Plan:
        """Plan a chunk; its commit comes later, in the order of planning."""
        records = list(chunk)
        held = self.store.held(sorted({r.id for r in records if isinstance(r, Paper)}))
        plan, own = _Plan(), dict[str, list[Paper]]()
        first: dict[str, int] = {}
        for record in records:
            if isinstance(record, ReadError):
                plan.outcomes.append(Outcome("empty" if isinstance(record, EmptyRecord) else "failed", None, record))
                continue
            known = record.id in own or record.id in self._seen
            if not known:
                first[record.id] = len(plan.outcomes)
            plan.outcomes.append(Outcome("merged" if known else "loaded", record.id))
            own.setdefault(record.id, []).append(record)
        for id, found in own.items():
            status = self._weigh(found, held.get(id), plan)
            if id in first:
                plan.outcomes[first[id]] = Outcome(status, id)
        self._seen.update(own)
        self.plans.append(plan)
        return plan

    def _weigh(self, records: list[Paper], line: Held | None, plan: _Plan) -> Status:
        """Whether a paper is to be extracted, only to be given more sources, or left alone."""
        coming = self._coming.get(records[0].id)
        if coming:
            line = Held(coming.content_hash, self.made_by, coming.paper.sources)
        known = frozenset(line.content_hash.split("+")) if line else frozenset[str]()
        sources = {source for record in records for source in record.sources}
        same_extractor = line is not None and _extractor(line.extractor) == _extractor(self.made_by)
        if line and same_extractor and {record.content_hash for record in records} <= known:
            if sources <= set(line.sources) and line.extractor == self.made_by:
                return "unchanged"
            plan.held.add(records[0].id)
            plan.touched[records[0].id] = grown = tuple(sorted({*sources, *line.sources}))
            if coming:
                self._coming[records[0].id] = coming._replace(paper=coming.paper.model_copy(update={"sources": grown}))
            return "updated"
        if line:
            plan.held.add(records[0].id)
        self._coming[records[0].id] = joined = self._joined(records, line, known, sources)
        plan.joined.append(joined)
        return "updated" if line else "loaded"

    def _joined(self, records: list[Paper], line: Held | None, known: frozenset[str], sources: set[str]) -> _Joined:
        """The paper with what the store knows of it: records from its only source take its place, others add to it."""
        id = records[0].id
        if line is None or (id not in self._seen and set(line.sources) <= sources):
            joined = _Joined(records[0], frozenset({records[0].content_hash}))
        elif id in self._coming:
            joined = self._coming[id]
        else:
            (stored,) = self.store.read([id])
            joined = _Joined(graph.extraction(stored).paper, known)
        for record in records:
            joined = joined.with_record(record)
        return joined

    def commit_ready(self) -> Iterator[Outcome]:
        """Commit the oldest plans as far as they are done, one transaction each; say how their records ended."""
        while self.plans and len(self.plans[0].done) == len(self.plans[0].joined):
            plan = self.plans.popleft()
            failed = {error.paper: error for error in plan.done if isinstance(error, ExtractError)}
            touched = list(self._touched(plan))
            batch = self.corpus.settle([*self._graphs(plan), *(now for _, now in touched)], plan.held)
            if batch:
                self.store.write(batch)
            now = {graph.paper.id: graph for graph in batch}
            same = {was.paper.id for was, _ in touched if _compared(was) == _compared(now[was.paper.id])}
            for joined in plan.joined:
                if self._coming.get(joined.paper.id) is joined:
                    del self._coming[joined.paper.id]
            for outcome in plan.outcomes:
                if error := failed.get(outcome.paper or ""):
                    yield Outcome("failed", outcome.paper, error)
                elif outcome.status == "updated" and outcome.paper in same:
                    yield Outcome("unchanged", outcome.paper)
                else:
                    yield outcome

    def _graphs(self, plan: _Plan) -> Iterator[graph.Subgraph]:
        for joined, extraction in zip(plan.joined, plan.done, strict=True):
            if isinstance(extraction, Extraction):
                stamped = extraction.model_copy(update={"extractor": self.made_by})
                made = graph.subgraph(stamped, self.resolver.identify)
                node = made.paper.model_copy(update={"content_hash": joined.content_hash})
                yield made.model_copy(update={"paper": node})

    def _touched(self, plan: _Plan) -> Iterator[tuple[graph.Subgraph, graph.Subgraph]]:
        """Stored papers, and the same with the sources that they are to have, resolved anew."""
        for stored in self.store.read(sorted(plan.touched)) if plan.touched else ():
            extraction = graph.extraction(stored).model_copy(update={"extractor": self.made_by})
            now = graph.subgraph(extraction, self.resolver.identify)
            kept = {"content_hash": stored.paper.content_hash, "sources": plan.touched[stored.paper.id]}
            yield stored, now.model_copy(update={"paper": now.paper.model_copy(update=kept)})


def _compared(made: graph.Subgraph) -> graph.Subgraph:
    """What a user sees of a subgraph."""
    paper = made.paper.model_copy(update={"extractor": "", "extracted_at": None})
    return made.model_copy(update={"paper": paper, "registered": ()})
