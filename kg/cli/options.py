"""The options that several commands share, each said once."""

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.terminal import Style
from kg.errors import SettingsError

DEFAULT_STORE = "graph.lbug"
DEFAULT_MODEL = "default"


Sources = Annotated[
    list[str],
    typer.Argument(help="Files, folders, globs, or - for standard input; `kg formats` lists what is read."),
]
StoreUrl = Annotated[
    str,
    typer.Option(
        "--store",
        "-s",
        envvar="KG_STORE",
        help="graph.lbug (embedded), graph.ttl/.nt/.jsonld (RDF file), oxigraph:DIR, neo4j://host, sparql+http://host/ds",
    ),
]
ModelName = Annotated[
    str,
    typer.Option("--model", "-m", help="encoder (the learned model), rules (explainable), or a folder of `kg train`."),
]
Workers = Annotated[int, typer.Option("--workers", "-w", min=1, help="Processes that extract; the graph is the same.")]
Format = Annotated[str | None, typer.Option("--format", "-f", help="Read every source as this format.")]
Mapping = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=PATH", help="Where a field is, as in --map title=meta.name; repeatable."),
]
Aliases = Annotated[
    Path | None,
    typer.Option(
        "--aliases", help="A table of your own aliases, merges and splits; by default the one beside the store."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but results and errors.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say everything.")]
Rows = Annotated[Style, typer.Option("--format", "-f", help="How rows are written.")]


def pairs(given: list[str] | None) -> dict[str, str]:
    """`a=b` strings as a mapping; SettingsError where one has no `=`."""
    found = {}
    for item in given or ():
        name, sign, value = item.partition("=")
        if not sign or not name:
            raise SettingsError(f"{item!r} is not of the form name=value")
        found[name] = value
    return found
