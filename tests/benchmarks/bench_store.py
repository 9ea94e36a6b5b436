"""Annotated papers recombined -> how fast a store takes 10,000 of them, whether the rate holds, and its memory.

    python tests/benchmarks/bench_store.py [URL] [--papers 10000] [--batch 256]

Every paper has the entities, results and facts of an annotated one (of the hand-made ones where ../shared is absent).
What it proposes is a node of its own, so that the graph grows; one method is in every paper. Exits with 1 where the
last thousand goes at less than 0.8 of the rate of the first, counted in seconds of processor time.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from kg.extract.annotations import extraction_of
from kg.graph import Claim, Subgraph, subgraph
from kg.resolve import Resolver
from kg.store import batches, open_store
from kg.types import Paper, paper_id

ROOT = Path(__file__).parents[2]
GOLD = ROOT.parent / "shared" / "gold"
HUB = "method:hub"
HOLDS = 0.8


def annotated() -> list[Subgraph]:
    """The graphs of the annotated papers, or of the hand-made ones."""
    if not GOLD.is_dir():
        sys.path.insert(0, str(ROOT / "tests"))
        from handmade import GRAPHS

        return list(GRAPHS)
    graphs = []
    for split in ("dev", "train"):
        rows = {row["id"]: row for row in map(json.loads, (GOLD / f"{split}.gold.jsonl").open())}
        for record in map(json.loads, (GOLD / f"{split}.papers.jsonl").open()):
            title, abstract = record.get("title"), record["abstract"]
            paper = Paper(id=paper_id(abstract), title=title, abstract=abstract, sources=(split,))
            try:
                graphs.append(subgraph(extraction_of(paper, rows[record["id"]]), Resolver().identify))
            except ValueError:
                continue
            except Exception as error:
                if type(error).__module__ != "kg.errors":
                    raise
    return graphs


def recombined(graphs: list[Subgraph], number: int, *, seed: int = 1) -> Iterator[Subgraph]:
    """Papers made of annotated ones: ids of their own, own nodes for what they propose, the hub for what they use."""
    chance = Random(seed)
    for index in range(number):
        yield _again(chance.choice(graphs), f"made:{index:07d}")


def _again(graph: Subgraph, id: str) -> Subgraph:
    hub = next((c.entity for c in graph.claims if c.type == "Method" and c.role == "used"), None)
    own = {c.entity: f"{c.entity}:{id}" for c in graph.claims if c.role == "proposed"}
    node = own | ({hub: HUB} if hub else {})
    result = {r.id: f"{r.id}:{id}" for r in graph.results}

    def claim(old: Claim) -> Claim:
        return old.model_copy(update={"paper": id, "entity": node.get(old.entity, old.entity)})

    return graph.model_copy(
        update={
            "paper": graph.paper.model_copy(update={"id": id}),
            "claims": tuple(claim(c) for c in graph.claims),
            "results": tuple(r.model_copy(update={"id": result[r.id]}) for r in graph.results),
            "slots": tuple(
                s.model_copy(update={"result": result[s.result], "entity": node.get(s.entity, s.entity)})
                for s in graph.slots
            ),
            "facts": tuple(
                f.model_copy(update={"paper": id, "head": node.get(f.head, f.head), "tail": node.get(f.tail, f.tail)})
                for f in graph.facts
            ),
            "registered": (),
        }
    )


def load(url: str, graphs: list[Subgraph], *, papers: int, batch: int) -> float:
    """Load and print the rate of every thousand; the ratio of the last to the first, in processor time."""
    costs = []
    with open_store(url) as store:
        written, wall, processor = 0, time.perf_counter(), time.process_time()
        for some in batches(recombined(graphs, papers), batch):
            store.write(some)
            written += len(some)
            if written // 1000 > len(costs) or written == papers:
                done = written - 1000 * len(costs)
                spent, used = time.perf_counter() - wall, time.process_time() - processor
                if done >= 500:
                    costs.append(used / done)
                memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(f"{written:8d} papers {done / spent:7.0f} /s {1000 * used / done:7.2f} ms CPU {memory:7.0f} MB")
                wall, processor = time.perf_counter(), time.process_time()
        print({label: number for label, number in store.count().items() if number})
        ids = [f"made:{index:07d}" for index in range(428)]
        wall = time.perf_counter()
        assert len(store.held(ids)) == min(428, papers)
        print(f"held of 428 papers: {time.perf_counter() - wall:.3f} s")
        wall = time.perf_counter()
        removed = store.remove(ids[:100])
        print(f"remove of {removed} papers: {time.perf_counter() - wall:.3f} s")
        wall = time.perf_counter()
        store.write(list(recombined(graphs, 256, seed=2)))
        print(f"replace of 256 papers: {time.perf_counter() - wall:.3f} s")
    return costs[0] / costs[-1]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("url", nargs="?")
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=256)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.url or str(Path(folder) / "graph.lbug")
        begun = time.perf_counter()
        ratio = load(url, annotated(), papers=given.papers, batch=given.batch)
        size = Path(url).stat().st_size / 2**20 if Path(url).is_file() else 0
    print(f"{time.perf_counter() - begun:.0f} s; last thousand to first: {ratio:.2f}; file {size:.0f} MB")
    return 0 if ratio >= HOLDS else 1


if __name__ == "__main__":
    sys.exit(main())
