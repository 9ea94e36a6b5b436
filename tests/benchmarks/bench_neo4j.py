"""Annotated papers recombined -> how fast they go into a Neo4j: kg, the bare driver (the limit), and neo4j-graphrag.

    python tests/benchmarks/bench_neo4j.py [--papers 20000] [--batch 500] [--systems kg,limit,peer,bulk] [--warm 3000]
    python tests/benchmarks/bench_neo4j.py --ask bolt://host

Every system has a server of its own, fresh, the same (5.26, 1 GB heap), and gets the same papers in the same batches;
then the same once more, unchanged. `limit` is UNWIND and MERGE with the driver and nothing else: every node's final
properties are worked out for it beforehand, it looks nothing up, counts nothing and can take nothing out. `peer` is the
Neo4jWriter of neo4j-graphrag with APOC. `bulk` writes the files of neo4j-admin from memory and imports them. Only the
writing is timed, not the making of what is written.

Papers a second of the clock, and milliseconds of processor time a paper: of the server, of its just-in-time compiler,
and of this process; a busy machine distorts the first and not the others. The exponent is that of the processor time
of kg from the first thousand papers to all. The shipped questions are asked at the end of bulk, or (--ask) of a server
that runs already; its password is taken from NEO4J_PASSWORD.
"""

import argparse
import asyncio
import gc
import math
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

import neo4j
from bench_store import annotated, recombined
from servers.jvm import jars
from servers.neo4j import LTS, Jars

from kg.errors import KGError
from kg.export.neo4j_admin import COMMAND, write_neo4j_admin
from kg.graph import EntityNode, Subgraph
from kg.query import ask, questions
from kg.schema import node_columns
from kg.store import Store, batches, open_store, writing
from kg.types import ENTITY_TYPES

TICK = os.sysconf("SC_CLK_TCK")
FIRST = 1000  # papers from which the exponent counts
TIMES, UNCOUNTED = 40, 10  # how often a question is asked; the first few compile it
Batch = list[Subgraph]


@dataclass(frozen=True)
class Papers:
    """The papers of a run."""

    graphs: list[Subgraph]
    batch: int
    warm: int

    @property
    def number(self) -> int:
        """How many there are."""
        return len(self.graphs)

    def batches(self) -> Iterator[Batch]:
        """All of them."""
        return batches(self.graphs, self.batch)

    def first(self) -> Batch:
        """Those that are loaded first and taken out again, for the server's compiler."""
        return self.graphs[: self.warm]

    @cached_property
    def nodes(self) -> dict[str, EntityNode]:
        """The shared nodes as they are when all papers are in."""
        return {node.id: node for node in writing.tallied(self.graphs, removed=(), nodes={}).nodes}


class Spent(NamedTuple):
    """Seconds: of the clock, of this process, of the server's threads, and of those of them that compile."""

    wall: float = 0.0
    client: float = 0.0
    server: float = 0.0
    compiler: float = 0.0

    @classmethod
    def now(cls, pid: int) -> "Spent":
        """What was spent so far."""
        server = compiler = 0.0
        for thread in Path(f"/proc/{pid}/task").iterdir():
            try:
                name, fields = (thread / "stat").read_text().partition("(")[2].rsplit(")", 1)
            except OSError:  # it has ended
                continue
            used = sum(map(int, fields.split()[11:13])) / TICK
            compiler += used if name.startswith(("C1 ", "C2 ")) else 0
            server += 0 if name.startswith(("C1 ", "C2 ")) else used
        return cls(time.perf_counter(), time.process_time(), server, compiler)

    def since(self, before: "Spent") -> "Spent":
        """What was spent from then till now."""
        return Spent(*(now - then for now, then in zip(self, before, strict=True)))

    def and_(self, more: "Spent") -> "Spent":
        """Both."""
        return Spent(*(one + other for one, other in zip(self, more, strict=True)))

    @property
    def processor(self) -> float:
        """Seconds of processor time, the compiler's left out."""
        return self.client + self.server


class Meter:
    """Adds up what is spent inside `with`."""

    def __init__(self, running: Jars) -> None:
        assert running.process is not None
        self._pid = running.process.pid
        self.spent = Spent()

    def __enter__(self) -> None:
        self._before = Spent.now(self._pid)

    def __exit__(self, *_: object) -> None:
        self.spent = self.spent.and_(Spent.now(self._pid).since(self._before))


def main() -> None:
    """Run the systems that were asked for, and print a line for each run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--warm", type=int, default=3000, help="papers that are loaded first and taken out again")
    parser.add_argument("--systems", default="kg,limit,peer,bulk")
    parser.add_argument("--ask", metavar="URL", help="ask the questions of this server and load nothing")
    options = parser.parse_args()
    if options.ask:
        with open_store(options.ask, read_only=True) as store:
            ask_all(store)
        return
    papers = Papers(list(recombined(annotated(), options.papers)), options.batch, options.warm)
    gc.freeze()  # the collector would go through them again and again while something else is measured
    for system in options.systems.split(","):
        with server(plugins=system == "peer") as running:
            SYSTEMS[system](running, papers)


@contextmanager
def server(*, plugins: bool) -> Iterator[Jars]:
    """A fresh server, with APOC where it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        apoc = tuple(jars("apoc.pom.xml", "apoc-5.26.2").glob("*.jar")) if plugins else ()
        running = Jars(Path(folder), LTS, heap="1g", pagecache="2g", jit=(), plugins=apoc)
        running.start()
        os.environ |= {"NEO4J_USERNAME": "neo4j", "NEO4J_PASSWORD": running.address.password, "NEO4J_TIMEOUT": "120"}
        try:
            yield running
        finally:
            running.stop()


def report(running: Jars, name: str, papers: int, spent: Spent) -> None:
    """A line: rate, costs, and what is in the database now."""
    (counted,) = running.address.run("RETURN COUNT { (n) } AS nodes, COUNT { ()-->() } AS edges")
    costs = ", ".join(f"{1000 * seconds / papers:.2f} {what}" for what, seconds in spent._asdict().items() if seconds)
    print(f"{name:18} {papers / spent.wall:7.1f} papers/s; ms a paper: {costs}; {counted}", flush=True)


def run_kg(running: Jars, papers: Papers) -> None:
    """This package: load, and load again."""
    with open_store(running.address.url) as store:
        for first in batches(papers.first(), 100):
            store.write(first)
            store.remove([graph.paper.id for graph in first])
        meter, thousand = Meter(running), Spent()
        for number, batch in enumerate(papers.batches(), 1):
            with meter:
                load_new(store, batch)
            thousand = meter.spent if number * papers.batch <= FIRST else thousand
        report(running, "kg", papers.number, meter.spent)
        if papers.number > FIRST:
            growth = math.log(meter.spent.processor / thousand.processor) / math.log(papers.number / FIRST)
            print(f"  exponent from {FIRST} to {papers.number} papers: {growth:.2f}", flush=True)
        meter = Meter(running)
        for batch in papers.batches():
            with meter:
                load_new(store, batch)
        report(running, "kg, unchanged", papers.number, meter.spent)


def load_new(store: Store, batch: Batch) -> None:
    """What a build does with a batch: those that are held are left alone."""
    held = store.held([graph.paper.id for graph in batch])
    store.write([graph for graph in batch if graph.paper.id not in held])


def ask_all(store: Store) -> None:
    """Ask every question for its example, and print how long the whole answer takes to come."""
    every: list[float] = []
    for name, question in sorted(questions().items()):
        parameters = dict(part.split("=", 1) for part in shlex.split(question.example))
        times, rows, processor = [], 0, time.process_time()
        try:
            for _ in range(TIMES):
                start = time.perf_counter()
                rows = len(ask(store, name, parameters).rows)
                times.append(1000 * (time.perf_counter() - start))
        except KGError as error:
            print(f"  {name:22} {error}")
            continue
        client = 1000 * (time.process_time() - processor) / TIMES
        times = sorted(times[UNCOUNTED:])
        every += times
        told = f"median {_share(times, 0.5):6.1f} ms, p95 {_share(times, 0.95):6.1f} ms, {client:5.1f} ms of the client"
        print(f"  {name:22} {rows:5} rows, least {times[0]:6.1f} ms, {told}", flush=True)
    print(f"  all questions: median {_share(sorted(every), 0.5):.1f} ms, p95 {_share(sorted(every), 0.95):.1f} ms")


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def run_limit(running: Jars, papers: Papers) -> None:
    """The driver alone."""
    final = papers.nodes
    with running.address.driver() as driver, driver.session() as session:
        for label in node_columns():
            session.run(f"CREATE CONSTRAINT {label}_id FOR (n:{label}) REQUIRE n.id IS UNIQUE").consume()
        session.execute_write(_run, _statements(papers.first(), final))
        running.address.empty()
        for name in ("limit", "limit, unchanged"):
            meter = Meter(running)
            for batch in papers.batches():
                statements = _statements(batch, final)
                with meter:
                    session.execute_write(_run, statements)
            report(running, name, papers.number, meter.spent)


def _run(tx: neo4j.ManagedTransaction, statements: list[tuple[str, list[Any]]]) -> None:
    for text, rows in statements:
        tx.run(text, rows=rows).consume()


def _statements(batch: Batch, final: dict[str, EntityNode]) -> list[tuple[str, list[Any]]]:
    made: list[tuple[str, list[Any]]] = [
        (f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) SET n += row", some)
        for label, some in _node_rows(batch, final).items()
    ]
    for kind, edges in writing.edge_rows(batch).items():
        key = " {paper: row.properties.paper}" if kind.source in ENTITY_TYPES else ""
        text = (
            f"UNWIND $rows AS row MATCH (a:{kind.source} {{id: row.source}}) "
            f"MATCH (b:{kind.target} {{id: row.target}}) MERGE (a)-[e:{kind.type}{key}]->(b) SET e += row.properties"
        )
        made.append((text, [_nested(row) for row in edges]))
    return made


def _node_rows(batch: Batch, final: dict[str, EntityNode]) -> dict[str, list[Any]]:
    touched = sorted({claim.entity for graph in batch for claim in graph.claims})
    return dict(writing.node_rows(batch, (final[id] for id in touched), at=None))


def _nested(row: dict[str, Any]) -> dict[str, Any]:
    properties = {name: value for name, value in row.items() if name not in ("source", "target")}
    return {"source": row["source"], "target": row["target"], "properties": properties}


def run_peer(running: Jars, papers: Papers) -> None:
    """The Neo4jWriter of neo4j-graphrag, a graph for each batch, as its pipeline gives it one for each document."""
    from neo4j_graphrag.components.kg_writer import Neo4jWriter

    final = papers.nodes
    with running.address.driver() as driver:
        writer = Neo4jWriter(driver)
        asyncio.run(writer.run(_peer_graph(papers.first(), final)))
        running.address.empty()
        for name in ("peer", "peer, again"):
            meter = Meter(running)
            for batch in papers.batches():
                graph = _peer_graph(batch, final)
                with meter:
                    told = asyncio.run(writer.run(graph))
                assert told.status == "SUCCESS", told
            report(running, name, papers.number, meter.spent)


def _peer_graph(batch: Batch, final: dict[str, EntityNode]) -> Any:
    from neo4j_graphrag.components.types import Neo4jGraph, Neo4jNode, Neo4jRelationship

    nodes, edges = [], []
    for label, rows in _node_rows(batch, final).items():
        nodes += [Neo4jNode(id=row["id"], label=label, properties=_present(row)) for row in rows]
    for kind, rows in writing.edge_rows(batch).items():
        for row in map(_nested, rows):
            ends = {"start_node_id": row["source"], "end_node_id": row["target"]}
            edges.append(Neo4jRelationship(**ends, type=kind.type, properties=_present(row["properties"])))
    return Neo4jGraph(nodes=nodes, relationships=edges)


def _present(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if value is not None}


class Memory:
    """As much of a store as the export reads."""

    def __init__(self, papers: Papers) -> None:
        self._papers, self._nodes = papers, sorted(papers.nodes.values(), key=lambda node: node.id)

    def read(self) -> Iterator[Subgraph]:
        """See Store."""
        return iter(self._papers.graphs)

    def entities(self, type: str) -> Iterator[EntityNode]:
        """See Store."""
        return (node for node in self._nodes if node.type == type)


def run_bulk(running: Jars, papers: Papers) -> None:
    """The files of neo4j-admin, and their import into a database that is not running."""
    with tempfile.TemporaryDirectory() as folder:
        store: Any = Memory(papers)
        meter = Meter(running)
        with meter:
            write_neo4j_admin(store, Path(folder))
        report(running, "bulk: files", papers.number, meter.spent)
        running.stop()
        start = time.perf_counter()
        running.run_import(Path(folder) / COMMAND)
        spent = Spent(wall=time.perf_counter() - start)
    running.start()
    report(running, "bulk: import", papers.number, spent)
    with open_store(running.address.url) as opened:
        ask_all(opened)


SYSTEMS: dict[str, Callable[[Jars, Papers], None]] = {
    "kg": run_kg,
    "limit": run_limit,
    "peer": run_peer,
    "bulk": run_bulk,
}

if __name__ == "__main__":
    main()
