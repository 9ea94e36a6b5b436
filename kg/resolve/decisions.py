"""A user's tables of aliases, merges and splits in, what they amount to out. Every line can be taken back by another.

A table has the columns `type`, `form`, `canonical` and, where a line is more than an alias, `action` and `why`:

    type    form                canonical           action  why
    Method  GSA                 Generative Self-Aggregation
    Method  method:gpt4omni     method:gpt4o        merge   one model
    Method  method:gpt4omni                         split   not so

An alias says what a form stands for. A merge makes one node of two. A split takes back what was merged into a node;
where nothing was, it takes back what the registry holds together there, so that each spelling is its own node.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from kg.errors import SettingsError
from kg.keys import entity_id, normalise
from kg.types import ENTITY_TYPES, EntityType

Action = Literal["alias", "merge", "split"]
COLUMNS = ("type", "form", "canonical", "action", "why")


@dataclass(frozen=True, slots=True)
class Decision:
    """A line of a table."""

    type: EntityType
    form: str
    canonical: str = ""
    action: Action = "alias"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a table amounts to: forms that stand for a node, nodes that are another, nodes that are held apart."""

    aliases: Mapping[tuple[EntityType, str], str] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()

    def node(self, id: str) -> str:
        """The node that an id stands for after all merges."""
        while id in self.merged:
            id = self.merged[id]
        return id


def read_decisions(path: Path) -> list[Decision]:
    """The lines of a table; an empty list where the file is not there yet. SettingsError on a line that is none."""
    if not path.exists():
        return []
    rows = list(csv.reader(path.read_text("utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    lines = [(n, row) for n, row in enumerate(rows, 1) if row and not row[0].startswith("#")]
    if lines and tuple(lines[0][1][:3]) == COLUMNS[:3]:
        lines = lines[1:]
    return [_decision(path, number, row) for number, row in lines]


def write_decision(path: Path, decision: Decision) -> None:
    """Append a line, after the header where the file is new."""
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        for row in (COLUMNS,) * new + (
            (decision.type, decision.form, decision.canonical, decision.action, decision.why),
        ):
            file.write("\t".join(" ".join(cell.split()) for cell in row) + "\n")


def effect(decisions: Iterable[Decision]) -> Decisions:
    """What the lines amount to, replayed in their order.

    >>> made = effect([Decision("Method", "method:a", "method:b", "merge"), Decision("Method", "method:b", "method:c",
    ... "merge")])
    >>> made.node("method:a")
    'method:c'
    """
    aliases: dict[tuple[EntityType, str], str] = {}
    merged: dict[str, str] = {}
    apart: set[str] = set()
    for line in decisions:
        if line.action == "alias":
            aliases[line.type, normalise(line.form)] = node_id(line.type, line.canonical)
        elif line.action == "merge":
            _merge(merged, node_id(line.type, line.form), node_id(line.type, line.canonical))
        else:
            _split(merged, apart, node_id(line.type, line.form))
    return Decisions(aliases, merged, frozenset(apart))


def node_id(type: EntityType, name: str) -> str:
    """A node's id as it stands, or the id that a name gives."""
    return name if name.startswith(f"{type.lower()}:") else entity_id(type, name)


def _merge(merged: dict[str, str], one: str, other: str) -> None:
    if one == other:
        return
    path = [other]
    while path[-1] in merged:
        path.append(merged[path[-1]])
    if one in path:  # the other is part of it: turn the arrow round
        merged.pop(path[path.index(one) - 1], None)
    merged[one] = other


def _split(merged: dict[str, str], apart: set[str], node: str) -> None:
    parts = [part for part, whole in merged.items() if whole == node or part == node]
    for part in parts:
        del merged[part]
    if not parts:
        apart.add(node)


def _decision(path: Path, number: int, row: list[str]) -> Decision:
    type, form, canonical, action, why = (*(cell.strip() for cell in row[:5]), "", "", "", "", "")[:5]
    kind = next((known for known in ENTITY_TYPES if known.casefold() == type.casefold()), None)
    what = next((known for known in get_args(Action) if known == (action or "alias")), None)
    if kind is None or what is None or not form or (not canonical and what != "split"):
        raise SettingsError(f"{path}:{number}: no alias, merge or split: {' '.join(row)!r}")
    return Decision(kind, form, canonical, what, why)
