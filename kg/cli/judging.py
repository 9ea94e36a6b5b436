"""The commands that judge: evaluate, check."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from kg.cli import options
from kg.cli.report import report
from kg.cli.terminal import STDERR, STDOUT
from kg.errors import SettingsError
from kg.read.rows import read_rows
from kg.types import Extraction, Paper

if TYPE_CHECKING:
    from kg.evaluate import Evaluation


def evaluate_command(
    gold: Annotated[Path, typer.Argument(help="Annotations that are right, in the annotators' format.")],
    papers: Annotated[list[str] | None, typer.Option("--papers", help="Their papers, to be extracted now.")] = None,
    predicted: Annotated[Path | None, typer.Option("--predicted", help="Annotations to judge, made before.")] = None,
    model: options.ModelName = options.DEFAULT_MODEL,
    workers: options.Workers = 1,
    examples: Annotated[int, typer.Option(min=0, help="How many examples of each cause to show.")] = 2,
    json: Annotated[bool, typer.Option("--json", help="Everything, as one JSON object.")] = False,
    diagram: Annotated[
        Path | None, typer.Option(help="Draw a reliability diagram here, .svg or .png. Needs the extra `train`.")
    ] = None,
) -> None:
    """Compare extracted annotations with right ones: every figure of agreement, and what went wrong, by cause."""
    from kg.evaluate import evaluate

    if (papers is None) == (predicted is None):
        raise typer.BadParameter("give --papers to be extracted, or --predicted annotations")
    if diagram is not None and diagram.suffix not in (".svg", ".png"):
        raise typer.BadParameter(f"{diagram} is neither .svg nor .png")
    rows = read_rows(predicted) if predicted else list(_extracted(papers or [], model, workers))
    evaluation = evaluate(read_rows(gold), rows, examples=examples)
    if json:
        STDOUT.print_json(evaluation.model_dump_json())
    else:
        for part in report(evaluation):
            STDOUT.print(part)
    if diagram is not None:
        _draw(evaluation, diagram)


def _draw(evaluation: "Evaluation", target: Path) -> None:
    from kg.train.plot import plot_reliability

    try:
        plot_reliability(evaluation.reliability, target)
    except ImportError as error:
        raise SettingsError(f"{error.name} is missing; pip install 'paper-kg[train]'") from error


def _extracted(sources: list[str], model: str, workers: int) -> Iterator[dict[str, Any]]:
    """The annotations of papers, with confidence, as the model makes them."""
    from kg.extract import load
    from kg.extract.annotations import annotation
    from kg.read import read

    papers = (record for record in read(sources) if isinstance(record, Paper))
    for extraction in load(model).pipe(papers, workers=workers):
        if isinstance(extraction, Extraction):
            yield annotation(extraction, confidence=True)
        else:
            STDERR.print(f"[yellow]failed[/] {escape(str(extraction))}", soft_wrap=True)


def check_command(
    file: Annotated[Path | None, typer.Argument(help="A file of RDF, held against the SHACL shapes.")] = None,
    store: Annotated[
        str | None, typer.Option("--store", "-s", help="A store, every span of it held against its text.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", "-w", min=1, help="Processes that check a file of RDF.")] = 1,
) -> None:
    """Look for faults: a file of RDF against the shapes, a store against the texts that it stands on."""
    if (file is None) == (store is None):
        raise typer.BadParameter("give a file of RDF, or a store with --store")
    faults = _check_file(file, workers) if file else _check_store(store or "")
    raise typer.Exit(int(faults > 0))


def _check_file(file: Path, workers: int) -> int:
    from kg.rdf.check import check

    faults = check(file, workers=workers)
    for fault in faults:
        STDOUT.print(escape(str(fault)), soft_wrap=True)
    STDERR.print(f"{file}: {len(faults)} fault{'s' if len(faults) != 1 else ''}")
    return len(faults)


def _check_store(url: str) -> int:
    from kg.audit import Audited, audit
    from kg.store import open_store

    faults = 0
    with open_store(url, read_only=True) as store:
        for found in audit(store):
            if isinstance(found, Audited):
                STDERR.print(f"{found.papers} papers, {found.spans} spans, {found.nodes} nodes: {faults} faults")
            else:
                faults += 1
                STDOUT.print(f"{escape(found.node)}: {escape(found.reason)}", soft_wrap=True)
    return faults


COMMANDS: dict[str, Callable[..., None]] = {"evaluate": evaluate_command, "check": check_command}
