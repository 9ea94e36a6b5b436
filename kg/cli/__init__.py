"""The command `kg`: parses, calls one function of the library, prints. Nothing else prints or exits.

Results go to standard output, progress and logs to standard error. Exit status: 0; 1 where some records failed or a
check found faults; 2 for wrong usage or a store that can't be reached; 130 when interrupted.
"""

import sys

import typer

from kg.cli import asking, building, curating, judging, training
from kg.cli.terminal import STDERR
from kg.errors import KGError

app = typer.Typer(
    name="kg",
    help="A knowledge graph of what machine-learning papers report, with the sentence behind every number.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _module in (building, asking, curating, judging, training):
    for _name, _command in _module.COMMANDS.items():
        app.command(_name)(_command)


def _say_version(wanted: bool) -> None:
    if wanted:
        from kg import __version__

        typer.echo(f"paper-kg {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", is_eager=True, callback=_say_version, help="Say which version this is."
    ),
) -> None:
    pass


def main() -> None:
    """Run the command line; an error of ours is one line on standard error and exit status 2."""
    try:
        app()
    except KGError as error:
        STDERR.print(f"[bold red]kg:[/] {_plain(error)}", highlight=False)
        sys.exit(2)
    except BrokenPipeError:  # the reader of our output, `head` say, has seen enough
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        STDERR.print("[bold]stopped[/]: what was committed stays; run the same command again to complete it")
        sys.exit(130)


def _plain(error: Exception) -> str:
    from rich.markup import escape

    return escape(str(error))
