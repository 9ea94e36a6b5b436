"""Throughput and memory of the learned extractor against the bare encoder pass over the same papers.

    python tests/benchmarks/bench_extract.py [PAPERS.jsonl] [--papers N] [--workers N]

Papers are objects with title and abstract, one a line; without a file, the example papers of the package are repeated.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from itertools import cycle, islice
from pathlib import Path

from kg.extract.encoder import EncoderExtractor
from kg.extract.encoder.extractor import SHIPPED
from kg.extract.encoder.features import featurize, load_tokenizer
from kg.extract.encoder.network import OnnxNetwork
from kg.types import Paper


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("file", nargs="?", type=Path)
    options.add_argument("--papers", type=int, default=200)
    options.add_argument("--workers", type=int, default=2)
    chosen = options.parse_args()
    papers = list(islice(cycle(_papers(chosen.file)), chosen.papers))

    network, tokenizer = OnnxNetwork(SHIPPED), load_tokenizer(SHIPPED / "tokenizer.json")
    inputs = [featurize(p.text, tokenizer, title_length=len(p.title or "")) for p in papers]
    extractor = EncoderExtractor(network=network)

    def bare() -> None:
        with ThreadPoolExecutor(chosen.workers) as pool:
            list(pool.map(network.encode, inputs))

    def whole() -> None:
        list(extractor.pipe(papers, workers=chosen.workers))

    pieces = sum(len(f.pieces) for f in inputs) / len(inputs)
    print(f"{len(papers)} papers of {pieces:.0f} word pieces, {chosen.workers} workers")
    rates = {"bare encoder pass": [], "whole extraction": []}
    for _ in range(3):  # in turns, so that whatever else the machine does falls on both
        rates["bare encoder pass"].append(len(papers) / _seconds(bare))
        rates["whole extraction"].append(len(papers) / _seconds(whole))
    best = {name: max(values) for name, values in rates.items()}
    for name, rate in best.items():
        print(f"{name:20}{rate:8.1f} papers/s")
    print(f"{'share':20}{best['whole extraction'] / best['bare encoder pass']:8.2f}")
    print(f"{'peak memory':20}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB")


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _papers(path: Path | None) -> Iterable[Paper]:
    lines = path.read_text(encoding="utf-8").splitlines() if path else _examples()
    for number, line in enumerate(lines):
        row = json.loads(line)
        yield Paper(id=str(row.get("id") or number), title=row.get("title") or None, abstract=row["abstract"])


def _examples() -> list[str]:
    folder = files("kg") / "examples"
    return [line for f in folder.iterdir() if f.name.endswith(".jsonl") for line in f.read_text().splitlines()]


if __name__ == "__main__":
    main()
