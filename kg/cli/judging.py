"""The commands that judge: evaluate, check."""

from collections.abc import Callable

COMMANDS: dict[str, Callable[..., None]] = {}
