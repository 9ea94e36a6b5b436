"""Logs and figures of training runs, and reliabilities -> pictures (their kind follows from the file's name)."""

# mypy: allow-untyped-calls

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kg.evaluate.reliability import Reliability

HEADS = ("tag", "literal", "role", "number", "slot", "relation")
FIGURES = ("mention", "entity", "proposed", "value", "tuple", "relation")


def plot_runs(folders: Sequence[Path], target: Path) -> None:
    """The losses of the heads over the papers seen, from each folder's log.jsonl."""
    figure, axes = _figure(len(folders))
    for axis, folder in zip(axes, folders, strict=True):
        rows = [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
        for head in HEADS:
            axis.plot([row["seen"] for row in rows], [row[head] for row in rows], label=head)
        axis.set(title=folder.name, xlabel="papers seen", ylabel="loss", yscale="log")
        axis.legend(frameon=False)
    figure.savefig(target)


def plot_learning_curve(folders: Sequence[Path], target: Path) -> None:
    """F1 on dev over the papers learnt from, from each folder's figures.json (see `kg.train.run`)."""
    runs = [json.loads((folder / "figures.json").read_text(encoding="utf-8")) for folder in folders]
    runs.sort(key=lambda run: run["papers"])
    figure, (axis,) = _figure(1)
    for name in FIGURES:
        axis.plot([run["papers"] for run in runs], [run["f1"][name] for run in runs], marker="o", label=name)
    axis.set(title="Learning curve", xlabel="papers learnt from", ylabel="F1 on dev", ylim=(0, 1))
    axis.legend(frameon=False, ncols=2)
    figure.savefig(target)


def plot_reliability(diagrams: Mapping[str, Reliability], target: Path) -> None:
    """How often what is said with a confidence is right: one panel a kind, the count of each bin at its point."""
    figure, axes = _figure(len(diagrams))
    for axis, (kind, found) in zip(axes, diagrams.items(), strict=True):
        axis.plot([0, 1], [0, 1], color="0.7", linestyle="--")
        axis.plot([b.confidence for b in found.bins], [b.accuracy for b in found.bins], marker="o")
        for b in found.bins:
            axis.annotate(f"{b.count}", (b.confidence, b.accuracy), xytext=(4, -11), textcoords="offset points")
        title = f"{kind}: n {found.count}, calibration error {found.expected_calibration_error:.3f}"
        axis.set(title=title, xlabel="mean confidence", ylabel="share that is right", xlim=(0, 1.02), ylim=(0, 1.02))
    figure.savefig(target)


def _figure(panels: int) -> tuple[Any, Any]:
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.rcParams["svg.hashsalt"] = "paper-kg"  # the same picture is the same file
    figure = Figure(figsize=(4 * panels + 2, 4), layout="constrained")
    return figure, figure.subplots(1, panels, squeeze=False, sharey=True)[0]
