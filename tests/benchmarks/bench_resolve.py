"""How many entities a second are resolved, on one core, and how well the labelled pairs are told apart.

    python tests/benchmarks/bench_resolve.py [PAPERS]

Fails (status 1) below 20,000 entities a second, below a precision of .98 or a recall of .90. Rates are of processor
time, so that other work on the machine does not count; every paper is another text with names of its own.
"""

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from kg.resolve import Resolver
from kg.resolve.measure import pairs, read_pairs
from kg.resolve.registry import load
from kg.types import ENTITY_TYPES, Entity, Extraction, Paper, Span

WANTED = 20_000
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


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000))
