"""The commands that read: query, export, formats."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from kg.cli import options
from kg.cli.terminal import STDERR, STDOUT, Style, write_rows
from kg.errors import QueryError


def query_command(
    name: Annotated[str | None, typer.Argument(help="A question; called without one, they are all listed.")] = None,
    parameters: Annotated[list[str] | None, typer.Argument(metavar="NAME=VALUE", help="What it asks for.")] = None,
    store: options.StoreUrl = options.DEFAULT_STORE,
    format: options.Rows = Style.table,
    cypher: Annotated[str | None, typer.Option(help="Ask in Cypher; NAME=VALUE are its parameters.")] = None,
    sparql: Annotated[str | None, typer.Option(help="Ask in SPARQL; NAME=VALUE are its bindings.")] = None,
) -> None:
    """Ask the graph a question that comes with kg, or your own in Cypher or SPARQL."""
    own = cypher or sparql
    if own is not None:
        given = [*([name] if name else []), *(parameters or [])]
        _free(own, "cypher" if cypher else "sparql", options.pairs(given), store, format)
    elif name is None:
        _list_questions()
    else:
        answer(name, options.pairs(parameters), store, format)


def answer(name: str, parameters: dict[str, str], url: str, style: Style) -> None:
    """Ask a shipped question and print its rows; what was read into the names goes to standard error."""
    from kg.query import ask
    from kg.store import open_store

    with open_store(url, read_only=True) as store:
        found = ask(store, name, parameters)
    for note in found.notes:
        STDERR.print(f"[dim]{escape(note)}[/]", soft_wrap=True)
    write_rows(found.columns, found.rows, style)
    if style is Style.table:
        STDERR.print(f"[dim]{len(found.rows)} rows[/]")


def _free(text: str, language: str, parameters: dict[str, str], url: str, style: Style) -> None:
    from kg.store import open_store

    with open_store(url, read_only=True) as store:
        if store.language != language:
            raise QueryError(language, f"{url} is asked in {store.language}")
        rows = store.query(text, dict(parameters))
    columns = list(rows[0]) if rows else []
    write_rows(columns, [[row[column] for column in columns] for row in rows], style)


def _list_questions() -> None:
    from kg.query import questions

    for name, question in questions().items():
        asked = (f"{p.name}=…" if p.default is None else f"[{p.name}={p.default}]" for p in question.parameters)
        STDOUT.print(f"[bold]{name}[/] {escape(' '.join(asked))}")
        STDOUT.print(f"    {escape(question.description)}", soft_wrap=True)
        STDOUT.print(f"    [dim]kg query {name} {escape(question.example)}[/]", soft_wrap=True)


def export_command(
    file: Annotated[Path, typer.Argument(help="The file to write; its ending says the format.")],
    store: options.StoreUrl = options.DEFAULT_STORE,
    to: Annotated[str | None, typer.Option("--to", help="The format, where the ending does not say it.")] = None,
    base: Annotated[str | None, typer.Option("--base", help="RDF: the IRI that ids are appended to.")] = None,
    profile: Annotated[str | None, typer.Option("--profile", help="RDF: lpwc, orkg, mls or nanopub.")] = None,
) -> None:
    """Write the graph as Turtle, N-Triples, N-Quads, TriG, JSON-LD, RDF/XML, GraphML, CSV or neo4j-admin files."""
    from kg.export import export
    from kg.store import open_store

    with open_store(store, read_only=True) as opened:
        said = export(opened, file, to=to, base=base, profile=profile)
    STDERR.print(escape(said), soft_wrap=True)


def formats_command() -> None:
    """List the formats that kg reads, with an example of each."""
    from kg.read import FORMATS

    for name, reader in FORMATS.items():
        STDOUT.print(f"[bold]{name}[/]  {escape(reader.description)}", soft_wrap=True)
        example = "\n".join(f"    {line}" for line in reader.example.strip().splitlines())
        STDOUT.print(f"[dim]{escape(example)}[/]\n", soft_wrap=True)


COMMANDS: dict[str, Callable[..., None]] = {
    "query": query_command,
    "export": export_command,
    "formats": formats_command,
}
