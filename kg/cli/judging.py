"""The commands that judge: evaluate, check."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from kg.cli import options
from kg.cli.terminal import STDERR, STDOUT, Style, write_rows

COMMANDS: dict[str, Callable[..., None]] = {}
