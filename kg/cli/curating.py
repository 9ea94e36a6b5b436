"""The commands by which a user has a word on what is one thing: resolve, merge, split."""

from collections.abc import Callable
from itertools import islice
from typing import Annotated

import typer

from kg.cli import options
from kg.cli.terminal import STDERR, Style, write_rows

Why = Annotated[str, typer.Option("--why", help="Why, for whoever reads the table later.")]


def resolve_command(
    store: options.StoreUrl = options.DEFAULT_STORE,
    limit: Annotated[int, typer.Option(min=1, help="How many pairs to show of each type.")] = 20,
    format: options.Rows = Style.table,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="First bring the store in line with the table of aliases.")
    ] = False,
    aliases: options.Aliases = None,
) -> None:
    """List pairs of nodes that may be one thing, with the reason and a score. Nothing is merged."""
    from kg.resolve.candidates import Candidate, candidates
    from kg.resolve.curate import refresh as bring_in_line
    from kg.resolve.curate import resolver_for
    from kg.store import open_store
    from kg.types import ENTITY_TYPES

    if refresh:
        with open_store(store) as opened:
            changed = bring_in_line(opened, resolver_for(store, aliases))
        STDERR.print(f"{changed} papers changed")
    with open_store(store, read_only=True) as opened:
        found = [pair for type in ENTITY_TYPES for pair in islice(candidates(opened, types=(type,)), limit)]
    write_rows(Candidate._fields, found, format)
    STDERR.print(f"[dim]{len(found)} pairs[/]")


def merge_command(
    one: Annotated[str, typer.Argument(help="The node that goes, by id or name.")],
    other: Annotated[str, typer.Argument(help="The node that it becomes.")],
    store: options.StoreUrl = options.DEFAULT_STORE,
    aliases: options.Aliases = None,
    why: Why = "",
) -> None:
    """Make one node of two. Written down in the table of aliases, holds for later builds, undone by `kg split`."""
    from kg.resolve.curate import merge, table_of
    from kg.store import open_store

    table = table_of(store, aliases)
    with open_store(store) as opened:
        changed = merge(opened, one, other, table=table, why=why)
    STDERR.print(f"{changed} papers changed; written to {table}", soft_wrap=True)


def split_command(
    one: Annotated[str, typer.Argument(help="The node to take apart, or a part to take out of it, by id or name.")],
    store: options.StoreUrl = options.DEFAULT_STORE,
    aliases: options.Aliases = None,
    why: Why = "",
) -> None:
    """Take back what was merged into a node, by you or by the registry."""
    from kg.resolve.curate import split, table_of
    from kg.store import open_store

    table = table_of(store, aliases)
    with open_store(store) as opened:
        changed = split(opened, one, table=table, why=why)
    STDERR.print(f"{changed} papers changed; written to {table}", soft_wrap=True)


COMMANDS: dict[str, Callable[..., None]] = {"resolve": resolve_command, "merge": merge_command, "split": split_command}
