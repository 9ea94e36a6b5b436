"""An Evaluation -> tables for a person: the figures, what went wrong by cause, how far confidence can be believed."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from kg.evaluate import Evaluation, Reliability


def report(evaluation: Evaluation) -> Iterator[RenderableType]:
    """The tables, one after the other."""
    yield _figures(evaluation)
    if evaluation.causes:
        yield ""
        yield _causes(evaluation)
    for kind, found in evaluation.reliability.items():
        yield ""
        yield _reliability(kind, found)


def _table(*columns: str, left: int = 1) -> Table:
    made = Table(show_edge=False, box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for index, column in enumerate(columns):
        made.add_column(column, justify="left" if index < left else "right", overflow="fold")
    return made


def _figures(evaluation: Evaluation) -> Table:
    sources = list(evaluation.by_source) if len(evaluation.by_source) > 1 else []
    made = _table(f"{evaluation.papers} papers", "P", "R", "F1", "gold", "predicted", *(f"F1 {s}" for s in sources))
    for name, figure in evaluation.figures.items():
        by_source = (
            f"{evaluation.by_source[s][name].f1:.3f}" if name in evaluation.by_source[s] else "" for s in sources
        )
        cells = (f"{figure.precision:.3f}", f"{figure.recall:.3f}", f"{figure.f1:.3f}")
        made.add_row(name, *cells, str(figure.gold), str(figure.predicted), *by_source)
    return made


def _causes(evaluation: Evaluation) -> Table:
    made = _table("what went wrong", "with", "example (gold | predicted)", "times", left=3)
    for cause in evaluation.causes:
        shown = "\n".join(f"{e.paper}: {e.gold or '-'} | {e.predicted or '-'}" for e in cause.examples)
        made.add_row(cause.name, cause.what, escape(shown), str(cause.count))
    return made


def _reliability(kind: str, found: Reliability) -> Table:
    made = _table(
        f"{kind}: calibration error {found.expected_calibration_error:.3f}", "", "confidence", "right", "count", left=2
    )
    for each in found.bins:
        bar = "█" * round(20 * each.accuracy)
        made.add_row(
            f"{each.low:.1f} to {each.high:.1f}", bar, f"{each.confidence:.2f}", f"{each.accuracy:.2f}", str(each.count)
        )
    return made
