"""How many entities a second are resolved, on one core, and how well the labelled pairs are told apart.

    python tests/benchmarks/bench_resolve.py [PAPERS]
    python tests/benchmarks/bench_resolve.py --build SOURCE [--papers N] [--model MODEL]

Fails (status 1) below 20,000 entities a second, below a precision of .98 or a recall of .90. Rates are of processor
time, so that other work on the machine does not count; every paper is another text with names of its own.

With --build, N papers of SOURCE (abstracts, or extractions of `kg extract` in .jsonl) are built into a fresh embedded
store, and resolution's share of the processor time is told: finding nodes, and linking abbreviations with all that is
read from the store for it. For abstracts it fails above 5 %.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from rich.console import Console

import kg.build
from kg.cli.building import extractions
from kg.extract import load as load_extractor
from kg.graph import Identity, Subgraph
from kg.read import read
from kg.resolve import Resolver
from kg.resolve.corpus import Corpus
from kg.resolve.measure import pairs, read_pairs
from kg.resolve.registry import load
from kg.store import open_store
from kg.types import ENTITY_TYPES, Entity, Extraction, Paper, Span

WANTED = 20_000
MOST = 0.05
STEP = 1_000  # papers of which the cost is told together
PAIRS = Path(__file__).parents[1] / "resolve" / "pairs.tsv"


def papers(count: int) -> Iterator[Extraction]:
    """Made-up papers of nine entities: names of the registry, abbreviations with a long form, names never seen."""
    chance = random.Random(11)
    forms = {type: [form for entry in load().entries(type) for form in entry.forms] for type in ENTITY_TYPES}
    for number in range(count):
        text, entities = f"Paper {number} reports.", {}
        for at in range(9):
            type = ENTITY_TYPES[at % 4]
            new = f"Net-{number}-{at} with Adaptive Zonal Query Voting"
            name = chance.choice(forms[type]) if at % 3 else new
            phrase = f"{name} (AZQV{chr(65 + at)})" if not at % 3 else name
            start = len(text) + 1
            text += f" {phrase} is used here and elsewhere in the experiments."
            entities[name] = (type, Span(start=start, end=start + len(name), surface=name))
        yield Extraction(
            paper=Paper(id=f"paper:{number}", abstract=text),
            extractor="made up",
            entities=tuple(
                Entity(name=name, type=type, kind="model" if type == "Method" else None, role="used", mentions=(span,))
                for name, (type, span) in entities.items()
            ),
        )


def main(count: int) -> int:
    """Measure, tell, and say whether it is good enough."""
    console = Console()
    resolver, extractions = Resolver(), list(papers(count))
    began = time.process_time()
    entities = sum(len(resolver.identify(extraction)) for extraction in extractions)
    rate = entities / (time.process_time() - began)
    console.print(f"{entities:,} entities of {count:,} papers: {rate:,.0f} a second")
    figures = pairs(read_pairs(PAIRS), resolver)
    console.print(f"{figures.pairs} pairs: precision {figures.precision:.3f}, recall {figures.recall:.3f}")
    for pair in figures.wrong:
        console.print("  " + " | ".join(filter(None, (pair.label, pair.type, *pair[1:5]))), highlight=False)
    return int(rate < WANTED or figures.precision < 0.98 or figures.recall < 0.90)


class Clock:
    """Processor time within resolution, the store's threads included; a call within another counts once."""

    def __init__(self) -> None:
        self.seconds, self._depth = 0.0, 0

    @contextmanager
    def running(self) -> Iterator[None]:
        began = time.process_time()
        self._depth += 1
        yield
        self._depth -= 1
        self.seconds += 0.0 if self._depth else time.process_time() - began


CLOCK = Clock()


class TimedResolver(Resolver):
    """A resolver on the clock."""

    def identify(self, extraction: Extraction) -> Mapping[str, Identity]:
        with CLOCK.running():
            return super().identify(extraction)


class TimedCorpus(Corpus):
    """A corpus on the clock."""

    def settle(self, made: Sequence[Subgraph], held: Collection[str] = ()) -> list[Subgraph]:
        with CLOCK.running():
            return super().settle(made, held)


def share(source: str, count: int, model: str) -> int:
    """Extract and load, tell what resolution cost, and say whether it is little enough."""
    console = Console()
    kg.build.Corpus = TimedCorpus  # type: ignore[misc]
    made_before, began = source.endswith(".jsonl"), time.process_time()
    made = extractions(Path(source)) if made_before else load_extractor(model).pipe(papers_of(source))
    wanted = [found for found in islice(made, count) if isinstance(found, Extraction)]
    read, number, since = time.process_time() - began, 0, 0.0
    with tempfile.TemporaryDirectory() as folder, open_store(f"{folder}/graph.lbug") as store:
        for number, _ in enumerate(kg.build.load(wanted, store, resolver=TimedResolver()), 1):
            if number % STEP == 0:
                console.print(f"{number:>7,} papers: {(CLOCK.seconds - since) / STEP * 1e3:.2f} ms a paper to resolve")
                since = CLOCK.seconds
    whole = time.process_time() - began
    part = CLOCK.seconds / whole
    console.print(f"{number:,} papers, {whole:.1f} s of processor time: {read:.1f} s until they are extractions")
    console.print(f"resolution {CLOCK.seconds:.1f} s, {part:.1%} of it")
    return int(part > MOST and not made_before)


def papers_of(source: str) -> Iterator[Paper]:
    """The papers of a source that can be read."""
    return (record for record in read([Path(source)]) if isinstance(record, Paper))


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("count", nargs="?", type=int, default=5_000)
    options.add_argument("--build", metavar="SOURCE")
    options.add_argument("--papers", type=int, default=1_000)
    options.add_argument("--model", default="default")
    chosen = options.parse_args()
    sys.exit(share(chosen.build, chosen.papers, chosen.model) if chosen.build else main(chosen.count))
