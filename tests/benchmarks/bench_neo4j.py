"""Annotated papers recombined -> how fast they go into a Neo4j: kg, the bare driver (the limit), and neo4j-graphrag.

    python tests/benchmarks/bench_neo4j.py [--papers 20000] [--batch 500] [--systems kg,limit,peer,bulk] [--warm 500]

Every system has a server of its own, fresh, the same (5.26, 1 GB heap), and gets the same papers in the same batches;
then the same once more, unchanged. `limit` is UNWIND and MERGE with the driver and nothing else: every node's final
properties are worked out for it beforehand, it looks nothing up, counts nothing and can take nothing out. `peer` is the
Neo4jWriter of neo4j-graphrag with APOC. `bulk` writes the files of neo4j-admin and imports them. Papers a second of the
clock, and milliseconds of processor time a paper: of the server and of this process, which a busy machine does not
distort. The shipped questions are timed on kg's graph at the end.
"""

import argparse
import asyncio
import os
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

import neo4j
from bench_store import annotated, recombined
from servers.jvm import jars
from servers.neo4j import LTS, Jars

from kg.export.neo4j_admin import COMMAND, write_neo4j_admin
from kg.graph import Subgraph
from kg.query import ask, questions
from kg.schema import node_columns
from kg.store import batches, open_store, writing
from kg.types import ENTITY_TYPES

TICK = os.sysconf("SC_CLK_TCK")
Batches = list[list[Subgraph]]


class Spent(NamedTuple):
    """Seconds of the clock, of this process, and of the server."""

    wall: float
    client: float
    server: float


def main() -> None:
    """Run the systems that were asked for, and print a line for each run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--warm", type=int, default=500, help="papers that are loaded first and taken out again")
    parser.add_argument("--systems", default="kg,limit,peer,bulk")
    options = parser.parse_args()
    graphs = list(recombined(annotated(), options.papers))
    some = list(batches(graphs, options.batch))
    for system in options.systems.split(","):
        with server(plugins=system == "peer") as running:
            SYSTEMS[system](running, some, options.warm)


@contextmanager
def server(*, plugins: bool) -> Iterator[Jars]:
    """A fresh server, with APOC where it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        apoc = tuple(jars("apoc.pom.xml", "apoc-5.26.2").glob("*.jar")) if plugins else ()
        running = Jars(Path(folder), LTS, heap="1g", pagecache="512m", jit=(), plugins=apoc)
        running.start()
        os.environ |= {"NEO4J_USERNAME": "neo4j", "NEO4J_PASSWORD": running.address.password, "NEO4J_TIMEOUT": "120"}
        try:
            yield running
        finally:
            running.stop()


def measured(running: Jars, work: Callable[[], object]) -> Spent:
    """What the work costs."""
    wall, client, before = time.perf_counter(), time.process_time(), _processor(running)
    work()
    return Spent(time.perf_counter() - wall, time.process_time() - client, _processor(running) - before)


def _processor(running: Jars) -> float:
    assert running.process is not None
    fields = Path(f"/proc/{running.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def report(running: Jars, name: str, papers: int, spent: Spent) -> None:
    """A line: rate, costs, and what is in the database now."""
    (counted,) = running.address.run(
        "MATCH (n) WITH count(n) AS nodes OPTIONAL MATCH ()-[e]->() RETURN nodes, count(e) AS edges"
    )
    costs = f"{1000 * spent.server / papers:7.2f} ms server {1000 * spent.client / papers:7.2f} ms client"
    print(f"{name:22} {papers / spent.wall:8.1f} papers/s {costs}  {counted}", flush=True)


def _first(some: Batches, papers: int) -> list[Subgraph]:
    return [graph for batch in some for graph in batch][:papers]


def run_kg(running: Jars, some: Batches, warm: int) -> None:
    """This package: load, load again, ask."""
    papers = sum(map(len, some))
    with open_store(running.address.url) as store:

        def load() -> None:
            for batch in some:
                held = store.held([graph.paper.id for graph in batch])
                new = [graph for graph in batch if graph.paper.id not in held]
                store.write(new)

        for first in batches(_first(some, warm), 100):
            store.write(first)
            store.remove([graph.paper.id for graph in first])
        report(running, "kg", papers, measured(running, load))
        report(running, "kg, unchanged", papers, measured(running, load))
        _questions(store)


def _questions(store: Any) -> None:
    for name, question in sorted(questions().items()):
        parameters = dict(part.split("=", 1) for part in shlex.split(question.example))
        times = []
        for _ in range(20):
            start = time.perf_counter()
            try:
                ask(store, name, parameters)
            except Exception as error:
                print(f"  {name:24} {type(error).__name__}: {error}")
                break
            times.append(1000 * (time.perf_counter() - start))
        if times:
            print(f"  {name:24} median {sorted(times)[len(times) // 2]:8.1f} ms  p95 {sorted(times)[-2]:8.1f} ms")


def run_limit(running: Jars, some: Batches, warm: int) -> None:
    """The driver alone."""
    tallied = writing.tallied((graph for batch in some for graph in batch), removed=(), nodes={})
    final = {node.id: node for node in tallied.nodes}
    prepared = [_statements(batch, final) for batch in some]
    with running.address.driver() as driver:
        for label in node_columns():
            driver.execute_query(f"CREATE CONSTRAINT {label}_id FOR (n:{label}) REQUIRE n.id IS UNIQUE")

        def load() -> None:
            for statements in prepared:
                with driver.session() as session:
                    session.execute_write(_run, statements)

        with driver.session() as session:
            session.execute_write(_run, _statements(_first(some, warm), final))
        running.address.empty()
        papers = sum(map(len, some))
        report(running, "limit", papers, measured(running, load))
        report(running, "limit, unchanged", papers, measured(running, load))


def _run(tx: neo4j.ManagedTransaction, statements: list[tuple[str, list[Any]]]) -> None:
    for text, rows in statements:
        tx.run(text, rows=rows).consume()


def _statements(batch: list[Subgraph], final: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    touched = {claim.entity for graph in batch for claim in graph.claims}
    rows = writing.node_rows(batch, (final[id] for id in sorted(touched)), at=None)
    made: list[tuple[str, list[Any]]] = [
        (f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) SET n += row", some) for label, some in rows.items()
    ]
    for kind, edges in writing.edge_rows(batch).items():
        key = " {paper: row.properties.paper}" if kind.source in ENTITY_TYPES else ""
        text = (
            f"UNWIND $rows AS row MATCH (a:{kind.source} {{id: row.source}}) "
            f"MATCH (b:{kind.target} {{id: row.target}}) MERGE (a)-[e:{kind.type}{key}]->(b) SET e += row.properties"
        )
        made.append((text, [_nested(row) for row in edges]))
    return made


def _nested(row: dict[str, Any]) -> dict[str, Any]:
    properties = {name: value for name, value in row.items() if name not in ("source", "target")}
    return {"source": row["source"], "target": row["target"], "properties": properties}


def run_peer(running: Jars, some: Batches, warm: int) -> None:
    """The Neo4jWriter of neo4j-graphrag, a graph for each batch, as its pipeline gives it one for each document."""
    from neo4j_graphrag.components.kg_writer import Neo4jWriter

    tallied = writing.tallied((graph for batch in some for graph in batch), removed=(), nodes={})
    final = {node.id: node for node in tallied.nodes}
    prepared = [_peer_graph(batch, final) for batch in some]
    with running.address.driver() as driver:
        writer = Neo4jWriter(driver)

        def load() -> None:
            for graph in prepared:
                told = asyncio.run(writer.run(graph))
                assert told.status == "SUCCESS", told

        asyncio.run(writer.run(_peer_graph(_first(some, warm), final)))
        running.address.empty()
        papers = sum(map(len, some))
        report(running, "neo4j-graphrag", papers, measured(running, load))
        report(running, "neo4j-graphrag, again", papers, measured(running, load))


def _peer_graph(batch: list[Subgraph], final: dict[str, Any]) -> Any:
    from neo4j_graphrag.components.types import Neo4jGraph, Neo4jNode, Neo4jRelationship

    touched = {claim.entity for graph in batch for claim in graph.claims}
    nodes, edges = [], []
    for label, rows in writing.node_rows(batch, (final[id] for id in sorted(touched)), at=None).items():
        nodes += [Neo4jNode(id=row["id"], label=label, properties=_present(row)) for row in rows]
    for kind, rows in writing.edge_rows(batch).items():
        for row in map(_nested, rows):
            ends = {"start_node_id": row["source"], "end_node_id": row["target"]}
            edges.append(Neo4jRelationship(**ends, type=kind.type, properties=_present(row["properties"])))
    return Neo4jGraph(nodes=nodes, relationships=edges)


def _present(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if value is not None}


def run_bulk(running: Jars, some: Batches, warm: int) -> None:
    """The files of neo4j-admin out of the embedded store, and their import into a database that is not running."""
    papers = sum(map(len, some))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open_store(str(folder / "graph.lbug")) as store:
            for batch in some:
                store.write(batch)
            report(running, "bulk: files", papers, measured(running, lambda: write_neo4j_admin(store, folder / "csv")))
        running.stop()
        start = time.perf_counter()
        running.run_import(folder / "csv" / COMMAND)
        spent = Spent(time.perf_counter() - start, 0, 0)
        shutil.rmtree(folder / "csv")
        running.start()
        report(running, "bulk: import", papers, spent)


SYSTEMS: dict[str, Callable[[Jars, Batches, int], None]] = {
    "kg": run_kg,
    "limit": run_limit,
    "peer": run_peer,
    "bulk": run_bulk,
}

if __name__ == "__main__":
    main()
