"""Logs of training runs -> one plot: the loss of every head over the papers seen."""

# mypy: allow-untyped-calls

import json
from collections.abc import Sequence
from pathlib import Path

HEADS = ("tag", "literal", "role", "number", "slot", "relation")


def plot_runs(folders: Sequence[Path], target: Path) -> None:
    """Write an image (its kind follows from the name of `target`) of the losses in each folder's log.jsonl."""
    import matplotlib.figure

    figure = matplotlib.figure.Figure(figsize=(4 * len(folders) + 2, 4), layout="constrained")
    axes = figure.subplots(1, len(folders), squeeze=False, sharey=True)[0]
    for axis, folder in zip(axes, folders, strict=True):
        rows = [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
        for head in HEADS:
            axis.plot([row["seen"] for row in rows], [row[head] for row in rows], label=head)
        axis.set(title=folder.name, xlabel="papers seen", ylabel="loss", yscale="log")
        axis.legend(frameon=False)
    figure.savefig(target)
