"""The commands that judge: evaluate, check."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from kg.cli.terminal import STDERR, STDOUT


def check_command(
    file: Annotated[Path | None, typer.Argument(help="A file of RDF, held against the SHACL shapes.")] = None,
    store: Annotated[
        str | None, typer.Option("--store", "-s", help="A store, every span of it held against its text.")
    ] = None,
) -> None:
    """Look for faults: a file of RDF against the shapes, a store against the texts that it stands on."""
    if (file is None) == (store is None):
        raise typer.BadParameter("give a file of RDF, or a store with --store")
    faults = _check_file(file) if file else _check_store(store or "")
    raise typer.Exit(int(faults > 0))


def _check_file(file: Path) -> int:
    from kg.rdf.check import check

    faults = check(file)
    for fault in faults:
        STDOUT.print(escape(str(fault)), soft_wrap=True)
    STDERR.print(f"{file}: {len(faults)} faults")
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


COMMANDS: dict[str, Callable[..., None]] = {"check": check_command}
