"""The curated tables of this folder in, what is known of a name out: `load() -> Registry`.

One table a type: a canonical name, its aliases, and facts that no single paper states (a model's family, a dataset's
tasks, a metric's unit, range and direction). An abbreviation may be claimed by several entries; it then names none.
"""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import get_args

from kg.graph import Registered
from kg.keys import entity_id, normalise
from kg.types import ENTITY_TYPES, EntityType, MethodKind

_METRIC = "metric:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a table. `family` is the canonical name of what it is a member of."""

    type: EntityType
    id: str
    aliases: tuple[str, ...] = ()
    family: str | None = None
    tasks: tuple[str, ...] = ()
    registered: Registered

    @property
    def name(self) -> str:
        """The canonical name."""
        return self.registered.name

    @property
    def kind(self) -> MethodKind | None:
        """What a method is: a named model or a technique."""
        return self.registered.kind

    @property
    def forms(self) -> tuple[str, ...]:
        """The canonical name and the aliases."""
        return (self.name, *self.aliases)


class Registry:
    """Entries by type, id and form. Lookups go by key (`kg.keys.normalise`)."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_id = {entry.id: entry for entry in sorted(entries, key=lambda entry: (entry.type, entry.id))}
        self._entries = {type: tuple(e for e in self._by_id.values() if e.type == type) for type in ENTITY_TYPES}
        claims: dict[EntityType, dict[str, list[Entry]]] = {type: defaultdict(list) for type in ENTITY_TYPES}
        for entry in self._by_id.values():
            for key in sorted({normalise(form) for form in entry.forms}):
                claims[entry.type][key].append(entry)
        self._claims = {type: {key: tuple(own) for key, own in of.items()} for type, of in claims.items()}

    @cached_property
    def version(self) -> str:
        """Eight hex digits that change when any entry does."""
        lines = "\n".join(repr(entry) for entry in self._by_id.values())
        return hashlib.sha256(lines.encode()).hexdigest()[:8]

    def entries(self, type: EntityType) -> tuple[Entry, ...]:
        """The entries of a type, sorted by id."""
        return self._entries[type]

    def find(self, type: EntityType, form: str) -> Entry | None:
        """The one entry that a form names, or None where none or several claim it.

        >>> registry = load()
        >>> registry.find("Dataset", "gsm-8k dataset").name, registry.find("Metric", "Acc.").name
        ('GSM8K', 'accuracy')
        >>> registry.find("Method", "SC"), [entry.name for entry in registry.candidates("Method", "SC")]
        (None, ['Self-Consistency', 'spectral clustering'])
        """
        claims = self.candidates(type, form)
        return claims[0] if len(claims) == 1 else None

    def candidates(self, type: EntityType, form: str) -> tuple[Entry, ...]:
        """Every entry that claims a form, sorted by id. A metric at a rank that has no entry is as the one at k is.

        >>> [(e.name, e.family, e.registered.unit) for e in load().candidates("Metric", "PASS@96")]
        [('pass@96', 'pass@k', '%')]
        """
        key = normalise(form)
        claims = self._claims[type].get(key, ())
        return claims if claims or type != "Metric" else self._at_rank(key)

    def entry(self, id: str) -> Entry | None:
        """The entry whose node has this id."""
        found = self._by_id.get(id)
        return found or next(iter(self._at_rank(id.removeprefix(_METRIC)) if id.startswith(_METRIC) else ()), None)

    def _at_rank(self, key: str) -> tuple[Entry, ...]:
        what, at, rank = key.partition("@")
        claims = self._claims["Metric"].get(f"{what}@k", ()) if at and rank.isdecimal() else ()
        return tuple(
            Entry(
                type="Metric",
                id=entry.id.removesuffix("k") + rank,
                family=entry.name,
                registered=entry.registered.model_copy(update={"name": entry.name.removesuffix("k") + rank}),
            )
            for entry in claims
        )

    def family_of(self, id: str) -> Entry | None:
        """What a node is a member of: `Llama-3-8B-Instruct` of Llama 3, Llama 3 of LLaMA.

        >>> load().family_of("method:llama3-8binstruct").name
        'Llama 3'
        """
        entry = self.entry(id)
        return self.find(entry.type, entry.family) if entry and entry.family else None

    def members_of(self, id: str) -> tuple[Entry, ...]:
        """The direct members of a family, sorted by id."""
        return self._members.get(id, ())

    @cached_property
    def _members(self) -> Mapping[str, tuple[Entry, ...]]:
        members: dict[str, list[Entry]] = defaultdict(list)
        for entry in self._by_id.values():
            if family := self.family_of(entry.id):
                members[family.id].append(entry)
        return {id: tuple(own) for id, own in members.items()}


@cache
def load() -> Registry:
    """The registry that ships with the package."""
    return Registry(entry for type in ENTITY_TYPES for entry in read(type))


def read(type: EntityType) -> Iterator[Entry]:
    """The entries of the type's table, in its order."""
    table = files(__package__).joinpath(f"{type.lower()}s.tsv").read_text("utf-8")
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        yield Entry(
            type=type,
            id=entity_id(type, row["name"]),
            aliases=_parts(row.get("aliases")),
            family=row.get("family") or None,
            tasks=_parts(row.get("tasks")),
            registered=Registered(
                name=row["name"],
                kind=_kind(row.get("kind")),
                unit=row.get("unit") or None,
                lower_bound=_number(row.get("lower")),
                upper_bound=_number(row.get("upper")),
                higher_is_better={"true": True, "false": False}.get(row.get("higher_is_better") or ""),
            ),
        )


def _parts(cell: str | None) -> tuple[str, ...]:
    return tuple(cell.split(" | ")) if cell else ()


def _number(cell: str | None) -> float | None:
    return float(cell) if cell else None


def _kind(cell: str | None) -> MethodKind | None:
    return next((kind for kind in get_args(MethodKind) if kind == cell), None)
