"""How an extractor's confidence in a relation is to be read, fitted on annotated papers: a line of kg.resolve.belief.

    python tests/benchmarks/bench_belief.py GOLD PAPERS [MODEL]

Prints slope and shift, and the expected calibration error (ten bins) before and after.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from kg.errors import ExtractError
from kg.evaluate.agreement import Side, matched, same_relation
from kg.extract import load
from kg.extract.annotations import annotation
from kg.resolve.belief import UNCHANGED, Calibration, fit
from kg.types import Paper


def judged(gold: Path, papers: Path, model: str) -> list[tuple[float, bool]]:
    """The confidence of every relation that the model finds, and whether the annotators have it, too."""
    rows = {row["id"]: Side.of(row) for row in map(json.loads, gold.read_text().splitlines())}
    read = [
        Paper(id=row["id"], title=row["title"] or None, abstract=row["abstract"], record_id=row["id"])
        for row in map(json.loads, papers.read_text().splitlines())
    ]
    found = []
    for made in load(model).pipe(read):
        if isinstance(made, ExtractError):
            raise made
        row = annotation(made, confidence=True)
        ours, theirs = rows[row["id"]], Side.of(row)
        right = {at for _, at in matched(ours.relations, theirs.relations, same_relation(ours, theirs))}
        found += [(relation["confidence"], at in right) for at, relation in enumerate(theirs.relations)]
    return found


def error(points: Sequence[tuple[float, bool]], calibration: Calibration) -> float:
    """The expected calibration error."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in points:
        chance = calibration.probability(confidence)
        bins[min(int(chance * 10), 9)].append((chance, right))
    off = (abs(sum(chance for chance, _ in inside) - sum(right for _, right in inside)) for inside in bins.values())
    return sum(off) / len(points)


def main(gold: str, papers: str, model: str = "default") -> None:
    """Fit and tell."""
    points = judged(Path(gold), Path(papers), model)
    found = fit(*zip(*points, strict=True))
    console = Console()
    console.print(f"{len(points)} relations, {sum(right for _, right in points) / len(points):.1%} of them right")
    console.print(f"Calibration(slope={found.slope:.2f}, shift={found.shift:.2f})")
    console.print(f"calibration error {error(points, UNCHANGED):.3f} before, {error(points, found):.3f} after")


if __name__ == "__main__":
    main(*sys.argv[1:])
