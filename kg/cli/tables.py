"""Columns and rows -> a table for a person: one line a row, and below it the sentences that the rows stand on."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

# What the verbatim number already says, or the line of evidence does, is not shown again beside it.
_IN_REPORTED = ("value", "low", "high", "unit")
_IN_KIND = ("direction", "relative", "bound")
_IN_EVIDENCE = ("sentence", "title", "paper")
_ARROWS = {"up": "↑", "down": "↓"}
_BOUNDS = {"at_least": "at least", "at_most": "at most", "about": "about"}


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> RenderableType:
    """The rows with their evidence; a sentence that several rows stand on is shown once, with its paper."""
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    shown = [name for name in _shown(columns) if any(_cell(name, record) for record in records)]
    with_evidence = "sentence" in columns
    drawn = Table(show_edge=False, pad_edge=False, header_style="bold", box=None, padding=(0, 2, 0, 0))
    for name in shown:
        right = name in ("reported", "papers", "results") or name.endswith("_by")
        drawn.add_column(escape(name), justify="right" if right else "left", overflow="fold")
    if with_evidence:
        drawn.add_column("", justify="right", style="dim", no_wrap=True)
    evidence: dict[tuple[object, ...], int] = {}
    for record in records:
        cells = [_cell(name, record) for name in shown]
        if with_evidence:
            key = tuple(record.get(name) for name in _IN_EVIDENCE)
            cells.append(escape(f"[{evidence.setdefault(key, len(evidence) + 1)}]"))
        drawn.add_row(*cells)
    return Group(drawn, *_footnotes(evidence)) if evidence else drawn


def _shown(columns: Sequence[str]) -> Iterator[str]:
    """The columns that stay in the table."""
    for name in columns:
        said = (name in _IN_REPORTED and "reported" in columns) or (name in _IN_KIND and "kind" in columns)
        if not said and not (name in _IN_EVIDENCE and "sentence" in columns):
            yield name


def _cell(name: str, record: dict[str, Any]) -> str:
    value = record[name]
    if value is None or value == []:
        return ""
    if name == "bound":
        return _BOUNDS.get(value, "")
    if name == "kind":
        bound, relative = _BOUNDS.get(record.get("bound") or "", ""), "relative" if record.get("relative") else ""
        return " ".join(filter(None, (relative, value, _ARROWS.get(record.get("direction") or "", ""), bound)))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, list | tuple):
        return escape(", ".join(map(str, value)))
    return escape(str(value))


def _footnotes(evidence: dict[tuple[object, ...], int]) -> Iterator[RenderableType]:
    yield Text()
    width = len(str(len(evidence))) + 3
    for (sentence, title, paper), number in evidence.items():
        line = Text(f"[{number}] ".rjust(width), style="dim", end="")
        body = Text(str(sentence).strip() if sentence else "(names it, and says no more)", style="italic")
        body.append(f"  {title or 'untitled'}", style="not italic bold")
        body.append(f" ({paper})", style="not italic dim")
        grid = Table.grid()
        grid.add_column(width=width)
        grid.add_column(overflow="fold")
        grid.add_row(line, body)
        yield Padding(grid, (0, 0))
