"""The commands that write: build, extract, load, remove, demo."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import orjson
import typer

from kg.build import Outcome, build, load
from kg.cli import options
from kg.cli.terminal import STDERR, STDOUT, lines, log_to_stderr, say_balance, watch
from kg.errors import EmptyRecord, ExtractError, ReadError
from kg.types import Extraction, Paper

DEMO_STORE = "demo.lbug"


def build_command(
    sources: options.Sources,
    store: options.StoreUrl = options.DEFAULT_STORE,
    model: options.ModelName = options.DEFAULT_MODEL,
    workers: options.Workers = 1,
    format: options.Format = None,
    map: options.Mapping = None,
    aliases: options.Aliases = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Read papers, extract what they report, and store it. What the store holds already is left alone."""
    log_to_stderr(verbose=verbose, quiet=quiet)
    mapping = options.pairs(map)
    failed = _build(sources, store, model, workers, format, mapping, aliases, quiet=quiet, verbose=verbose)
    raise typer.Exit(int(failed))


def _build(
    sources: Sequence[str],
    url: str,
    model: str = options.DEFAULT_MODEL,
    workers: int = 1,
    format: str | None = None,
    mapping: Mapping[str, str] | None = None,
    aliases: Path | None = None,
    *,
    quiet: bool,
    verbose: bool = False,
) -> bool:
    """Build, show, and tell whether a record failed."""
    from kg.extract import load as load_extractor
    from kg.read import read
    from kg.resolve.curate import resolver_for
    from kg.store import open_store

    started = time.monotonic()
    extractor, resolver = load_extractor(model), resolver_for(url, aliases)
    records = read(sources, format=format, mapping=mapping)
    counted = None if "-" in sources else read(sources, format=format, mapping=mapping)
    with open_store(url) as store:
        outcomes = build(records, store, extractor=extractor, resolver=resolver, workers=workers)
        closing = watch(outcomes, total=counted, quiet=quiet, verbose=verbose)
    if not quiet:
        say_balance(closing, time.monotonic() - started)
    return closing.counts["failed"] > 0


def extract_command(
    sources: options.Sources,
    output: Annotated[str, typer.Option("--output", "-o", help="The file to write; - is standard output.")] = "-",
    model: options.ModelName = options.DEFAULT_MODEL,
    workers: options.Workers = 1,
    format: Annotated[
        str, typer.Option("--format", help="`extractions`, or the gold format `annotations`.")
    ] = "extractions",
    input_format: Annotated[
        str | None, typer.Option("--input-format", help="Read every source as this format.")
    ] = None,
    map: options.Mapping = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Read papers and write what they report, a JSON line for each record in the order read. No store needed."""
    from kg.errors import SettingsError
    from kg.extract import load as load_extractor
    from kg.extract.annotations import annotation
    from kg.read import read

    if format not in ("extractions", "annotations"):
        raise SettingsError(f"--format is `extractions` or `annotations`, not {format!r}")
    log_to_stderr(verbose=verbose, quiet=quiet)
    started = time.monotonic()
    outcomes: list[Outcome] = []

    def papers() -> Iterator[Paper]:
        for record in read(sources, format=input_format, mapping=options.pairs(map)):
            if isinstance(record, Paper):
                yield record
            else:
                outcomes.append(Outcome("empty" if isinstance(record, EmptyRecord) else "failed", None, record))

    def encoded() -> Iterator[bytes]:
        for extraction in load_extractor(model).pipe(papers(), workers=workers):
            if isinstance(extraction, ExtractError):
                outcomes.append(Outcome("failed", extraction.paper, extraction))
                continue
            outcomes.append(Outcome("loaded", extraction.paper.id))
            as_gold = format == "annotations"
            yield orjson.dumps(annotation(extraction)) if as_gold else extraction.model_dump_json().encode()

    def told() -> Iterator[Outcome]:
        for _ in lines(encoded(), output):
            yield from outcomes
            outcomes.clear()
        yield from outcomes

    closing = watch(told(), total=None, quiet=quiet, verbose=verbose)
    if not quiet:
        say_balance(closing, time.monotonic() - started)
    raise typer.Exit(int(closing.counts["failed"] > 0))


def load_command(
    file: Annotated[Path, typer.Argument(help="Extractions of `kg extract -o FILE`, or RDF of `kg export`.")],
    store: options.StoreUrl = options.DEFAULT_STORE,
    aliases: options.Aliases = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Put extractions, or a graph that was exported as RDF, into a store."""
    from kg.export import RDF
    from kg.rdf.imports import import_file
    from kg.resolve.curate import resolver_for
    from kg.store import open_store

    log_to_stderr(verbose=verbose, quiet=quiet)
    started = time.monotonic()
    with open_store(store) as opened:
        if file.suffix.removeprefix(".") in RDF:
            STDERR.print(f"{import_file(file, opened)} papers loaded")
            return
        outcomes = load(extractions(file), opened, resolver=resolver_for(store, aliases))
        closing = watch(outcomes, total=None, quiet=quiet, verbose=verbose)
    if not quiet:
        say_balance(closing, time.monotonic() - started)
    raise typer.Exit(int(closing.counts["failed"] > 0))


def extractions(path: Path) -> Iterator[Extraction | ReadError]:
    """The extractions of a JSON Lines file; a line that is none is a ReadError with its reason."""
    if not path.is_file():
        raise ReadError(str(path), 0, "no such file")
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                try:
                    yield Extraction.model_validate_json(line)
                except ValueError as error:
                    yield ReadError(str(path), number, "; ".join(str(error).splitlines()[1:3]) or str(error))


def remove_command(
    papers: Annotated[list[str], typer.Argument(metavar="PAPER...", help="Paper ids, as `kg query` shows them.")],
    store: options.StoreUrl = options.DEFAULT_STORE,
    aliases: options.Aliases = None,
) -> None:
    """Take papers out of a store, with all that only they support."""
    from kg.resolve.corpus import remove
    from kg.resolve.curate import resolver_for
    from kg.store import open_store

    with open_store(store) as opened:
        held = opened.held(papers)
        remove(opened, resolver_for(store, aliases), sorted(held))
    for paper in papers:
        if paper not in held:
            STDERR.print(f"[yellow]{paper}: not in {store}[/]", soft_wrap=True)
    STDERR.print(f"{len(held)} removed")
    raise typer.Exit(int(len(held) < len(set(papers))))


def demo_command(quiet: options.Quiet = False) -> None:
    """Build a graph from the example papers that come with kg, and ask it a question."""
    from kg.cli.asking import answer
    from kg.cli.terminal import Style

    log_to_stderr(verbose=False, quiet=quiet)
    with as_file(files("kg.examples") / "papers.jsonl") as examples:
        if not quiet:
            STDERR.print(f"[dim]$ kg build {examples} --store {DEMO_STORE}[/]", soft_wrap=True)
        _build([str(examples)], DEMO_STORE, quiet=quiet)
    if not quiet:
        STDERR.print(f"\n[dim]$ kg query methods-evaluated-on dataset=gsm8k --store {DEMO_STORE}[/]")
    answer("methods-evaluated-on", {"dataset": "gsm8k"}, DEMO_STORE, Style.table)
    STDOUT.print(
        "\nTry next:\n"
        f"  kg query --store {DEMO_STORE}                      [dim]# every question there is[/]\n"
        f"  kg query leaderboard dataset=HumanEval metric=pass@1 --store {DEMO_STORE}\n"
        "  kg build FOLDER_OF_ABSTRACTS                  [dim]# your own papers, into graph.lbug[/]"
    )


COMMANDS: dict[str, Callable[..., None]] = {
    "build": build_command,
    "extract": extract_command,
    "load": load_command,
    "remove": remove_command,
    "demo": demo_command,
}
