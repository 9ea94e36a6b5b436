"""Where the command line writes: rows to standard output, progress and closing counts to standard error."""

import csv
import logging
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from threading import Thread

import orjson
from rich.console import Console
from rich.logging import RichHandler
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from kg.build import STATUSES, Balance, Outcome
from kg.cli.tables import table

STDOUT = Console(highlight=False, soft_wrap=False, emoji=False)  # `dataset:adult:` is no picture
STDERR = Console(stderr=True, highlight=False, emoji=False)
SHOWN_FAILURES = 20  # more are counted, and shown with --verbose


class Style(StrEnum):
    """How rows are written."""

    table = "table"
    json = "json"
    csv = "csv"


def log_to_stderr(*, verbose: bool, quiet: bool) -> None:
    """Let the library's log through: warnings, or everything with `verbose`, or errors alone with `quiet`."""
    level = logging.DEBUG if verbose else logging.ERROR if quiet else logging.WARNING
    handler = RichHandler(console=STDERR, show_path=False, show_time=False)
    logging.basicConfig(level=level, handlers=[handler], format="%(message)s", force=True)
    for noisy in ("neo4j", "rdflib", "asyncio", "urllib3", "httpx"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))


def watch(outcomes: Iterable[Outcome], *, total: Iterable[object] | None, quiet: bool, verbose: bool) -> Balance:
    """Run a build to its end with a progress bar, a line for each failure, and a closing balance.

    `total` is counted beside the build, in a thread, so that the time left can be told.
    """
    counts: Counter[str] = Counter()
    bar = Progress(
        SpinnerColumn(),
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("[red]{task.fields[failures]}"),
        console=STDERR,
        transient=True,
        disable=quiet or not STDERR.is_terminal,
    )
    with bar:
        task = bar.add_task("papers", total=None, rate="", failures="")
        if total is not None and not bar.disable:
            Thread(target=lambda: bar.update(task, total=sum(1 for _ in total)), daemon=True).start()
        for outcome in outcomes:
            counts[outcome.status] += 1
            speed = bar.tasks[0].speed or 0.0
            failures = f"{counts['failed']} failed" if counts["failed"] else ""
            bar.update(task, advance=1, rate=f"{speed:.1f}/s" if speed else "", failures=failures)
            if outcome.error is not None and (verbose or counts["failed"] + counts["empty"] <= SHOWN_FAILURES):
                STDERR.print(f"[yellow]{outcome.status}[/] {escape(str(outcome.error))}", soft_wrap=True)
    return Balance({status: counts[status] for status in STATUSES})


def say_balance(closing: Balance, seconds: float) -> None:
    """The closing line, whose parts add up to what was read."""
    parts = ", ".join(f"{n} {status}" for status, n in closing.counts.items() if n or status in ("loaded", "failed"))
    STDERR.print(f"[bold]{closing.read} read[/]: {parts} ({closing.papers} papers, {seconds:.1f} s)", soft_wrap=True)


def write_rows(columns: Sequence[str], rows: Sequence[Sequence[object]], style: Style) -> None:
    """Rows to standard output."""
    if style is Style.json:
        for row in rows:
            print(orjson.dumps(dict(zip(columns, row, strict=True))).decode())
    elif style is Style.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    else:
        STDOUT.print(table(columns, rows))


def lines(items: Iterable[bytes], path: str | None) -> Iterator[None]:
    """Write each item as a line to a file (or standard output), yielding after each."""
    out = sys.stdout.buffer if path in (None, "-") else open(str(path), "wb")  # noqa: SIM115, PTH123
    try:
        for item in items:
            out.write(item + b"\n")
            yield
    finally:
        out.flush()
        if out is not sys.stdout.buffer:
            out.close()
