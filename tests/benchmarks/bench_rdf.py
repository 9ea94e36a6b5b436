"""Annotated papers, repeated under other ids -> triples a fact, the speed and memory of writing RDF and checking it.

    python tests/benchmarks/bench_rdf.py [--papers 1000 10000 100000] [--formats ntriples turtle] [--check 500 2000]

Every figure is taken in a process of its own; speeds are triples a second of processor time. `dump` is pyoxigraph
writing the same triples from its own store in memory, with nothing read or mapped. Exits with 1 where N-Triples go at
less than half of that, or where memory grows by more than a fifth from the fewest papers to the most.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from bench_store import GOLD, annotated
from pyoxigraph import DefaultGraph, RdfFormat
from pyoxigraph import Store as Triples

from kg.extract.annotations import extraction_of
from kg.graph import EntityNode, Subgraph, subgraph
from kg.rdf.blocks import Block, blocks
from kg.rdf.formats import FORMATS, Names
from kg.rdf.mapping import described, entity_lines
from kg.rdf.terms import BASE
from kg.resolve import Resolver
from kg.store import writing
from kg.types import EntityType, Paper

POOL = 400  # annotated papers that are repeated
HALF, FLAT = 0.5, 1.2


class Repeated:
    """A source like a store: `number` papers, in the order of their ids, none of them kept."""

    url = "repeated"

    def __init__(self, pool: Sequence[Subgraph], number: int) -> None:
        self.pool, self.number = pool, number
        self.nodes = writing.tallied(pool, removed=[], nodes={}).nodes

    def read(self, papers: Sequence[str] | None = None) -> Iterator[Subgraph]:
        """The papers."""
        for index in range(self.number):
            yield again(self.pool[index % len(self.pool)], f"made:{index:07d}")

    def entities(self, type: EntityType, ids: Sequence[str] | None = None) -> Iterator[EntityNode]:
        """The shared nodes."""
        return (node for node in self.nodes if node.type == type)


def again(graph: Subgraph, id: str) -> Subgraph:
    """The same paper under another id, with results of its own."""
    paper = graph.paper.model_copy(update={"id": id})
    results = tuple(each.model_copy(update={"id": f"{each.id}-{id}"}) for each in graph.results)
    slots = tuple(each.model_copy(update={"result": f"{each.result}-{id}"}) for each in graph.slots)
    return graph.model_copy(update={"paper": paper, "results": results, "slots": slots})


def pool() -> list[Subgraph]:
    """Some graphs of annotated papers, and no others in memory; those of the hand-made ones where there are none."""
    if not GOLD.is_dir():
        return annotated()
    graphs = []
    with (GOLD / "train.papers.jsonl").open() as papers, (GOLD / "train.gold.jsonl").open() as gold:
        rows = {row["id"]: row for row in map(json.loads, gold)}
        for record in map(json.loads, islice(papers, POOL)):
            paper = Paper(id=record["id"], title=record.get("title"), abstract=record["abstract"], sources=("train",))
            graphs.append(subgraph(extraction_of(paper, rows[record["id"]]), Resolver().identify))
    return graphs


def peak() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def density() -> dict[str, float]:
    graphs = annotated()
    nodes = writing.tallied(graphs, removed=[], nodes={}).nodes
    own = [described(graph, BASE) for graph in graphs]
    facts = sum(len(g.claims) + len(g.results) + len(g.slots) + len(g.facts) for g in graphs)
    triples = sum(len(each.lines) + len(each.edges) for each in own)
    papers = sum(8 + len(graph.paper.sources) for graph in graphs)
    about_nodes = sum(len(entity_lines(node, BASE)) for node in nodes)
    return {
        "papers": len(graphs),
        "facts (claims, results, their slots, relations)": facts,
        "triples that say them and their evidence, a fact": round((triples - papers) / facts, 2),
        "with those that describe papers and shared nodes, a fact": round((triples + about_nodes) / facts, 2),
    }


def written(format: str, number: int) -> dict[str, float]:
    source: Any = Repeated(pool(), number)
    chosen, counted = FORMATS[format], [0]

    def counting(some: Iterator[Block]) -> Iterator[Block]:
        for block in some:
            counted[0] += len(block.lines)
            yield block

    start = time.process_time()
    with Path(os.devnull).open("wb") as out:
        chosen.write(counting(blocks(source, BASE, graphs=chosen.graphs)), out, Names.of(BASE))
    seconds = time.process_time() - start
    return {"papers": number, "triples": counted[0], "a second": round(counted[0] / seconds), "MB": round(peak())}


def dump() -> dict[str, float]:
    source: Any = Repeated(pool(), POOL)
    store = Triples()
    for block in blocks(source, BASE, graphs=False):
        store.load("".join(f"{line} .\n" for line in block.lines).encode(), RdfFormat.N_TRIPLES)
    with tempfile.NamedTemporaryFile(suffix=".nt") as out:
        start = time.process_time()
        store.dump(out.name, RdfFormat.N_TRIPLES, from_graph=DefaultGraph())
        return {"triples": len(store), "a second": round(len(store) / (time.process_time() - start))}


def checked(number: int) -> dict[str, float]:
    from kg.rdf.check import check

    source: Any = Repeated(pool(), number)
    with tempfile.NamedTemporaryFile(suffix=".nt") as out:
        FORMATS["ntriples"].write(blocks(source, BASE, graphs=False), out, Names.of(BASE))
        out.flush()
        start = time.process_time()
        faults = len(check(out.name))
    seconds = time.process_time() - start
    return {"papers": number, "faults": faults, "papers a second": round(number / seconds, 1), "MB": round(peak())}


JOBS: dict[str, Callable[..., dict[str, float]]] = {
    "density": density,
    "dump": dump,
    "written": lambda format, number: written(format, int(number)),
    "checked": lambda number: checked(int(number)),
}


def alone(*job: str) -> dict[str, float]:
    """A job's figures, from a process of its own."""
    done = subprocess.run([sys.executable, __file__, "--job", *job], capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(" ".join(job), figures, flush=True)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", nargs="+", default=["1000", "10000", "100000"])
    parser.add_argument("--formats", nargs="+", default=["ntriples"])
    parser.add_argument("--check", nargs="*", default=["500", "2000"])
    parser.add_argument("--job", nargs="+")
    given = parser.parse_args()
    if given.job:
        name, *rest = given.job
        print(json.dumps(JOBS[name](*rest)))
        return 0
    alone("density")
    limit = alone("dump")["a second"]
    bad = False
    for format in given.formats:
        figures = [alone("written", format, number) for number in given.papers]
        print(f"{format}: {figures[-1]['a second'] / limit:.2f} of the bare dump")
        bad |= format == "ntriples" and figures[-1]["a second"] < HALF * limit
        bad |= figures[-1]["MB"] > FLAT * figures[0]["MB"]
    for number in given.check:
        alone("checked", number)
    return int(bad)


if __name__ == "__main__":
    raise SystemExit(main())
