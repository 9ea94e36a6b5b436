"""An extraction's entities in, the nodes that they are out: `Resolver.identify`.

A node's id is minted from a key: that of the registry's canonical name, else of the paper's long form, else of the
paper's name. kg.resolve.registry knows the names, kg.resolve.abbreviations the long forms, kg.resolve.decisions
what a user has said.
"""

import re
from collections.abc import Mapping, Sequence

from rapidfuzz.fuzz import ratio

from kg.graph import Identity
from kg.keys import entity_id, is_short, is_short_for, normalise
from kg.resolve.abbreviations import long_form
from kg.resolve.decisions import Decisions
from kg.resolve.registry import Entry, Registry, load
from kg.types import Entity, EntityType, Extraction

__all__ = ["Resolver", "entity_id"]

_KEYS = "keys-3"  # changes with kg.keys and with the rules here
_ALIKE = 85  # how like (0 to 100) the keys of two long forms of one abbreviation are when they are one,
_LONGER = 3  # and by how many characters one may be longer: a further word makes another thing of it
_HEADS: dict[EntityType, re.Pattern[str]] = {
    "Method": re.compile(r"\s(?:model|framework|algorithm|network|architecture|backbone|prompting)s?$", re.IGNORECASE),
    "Task": re.compile(r"\s(?:task|problem)s?$", re.IGNORECASE),
    "Dataset": re.compile(
        r"\s(?:(?:test|validation|val|dev|development|train|training)(?:[\s-](?:set|split|data))?"
        r"|(?:maths?\s|coding\s|programming\s)?(?:problem|question|exam|competition|suite|collection))s?$",
        re.IGNORECASE,
    ),
    "Metric": re.compile(r"\s(?:score|metric|value|measure)s?$", re.IGNORECASE),
}


class Resolver:
    """Gives each entity of an extraction its node. Pure: the same extraction always gets the same ids.

    An unnamed proposed method is a node of its own paper and merges with nothing. An abbreviation goes with the long
    form that its paper gives for it, and without one with the only entry of the registry that claims it.

    `version` names the rules and the registry. A user's decisions are not in it: they are applied to what a store
    holds by resolving its papers again (kg.resolve.curate), never by reading them again.
    """

    def __init__(self, *, registry: Registry | None = None, decisions: Decisions | None = None) -> None:
        self.registry = registry or load()
        self.decisions = decisions or Decisions()
        self.version = f"{_KEYS}-{self.registry.version}"

    def identify(self, extraction: Extraction) -> Mapping[str, Identity]:
        """Entity key -> Identity, for every entity of the extraction."""
        paper = extraction.paper
        own = Identity(id=f"method:proposed-by:{paper.id}")
        return {
            entity.key: own if entity.name is None else self._identity(entity, entity.name, paper.text)
            for entity in extraction.entities
        }

    def _identity(self, entity: Entity, name: str, text: str) -> Identity:
        said = self.decisions.aliases.get((entity.type, normalise(name)))
        entry, form = (None, name) if said else self._read(entity, name, text)
        if entry and entry.id in self.decisions.apart:
            entry = None
        node = self.decisions.node(said or (entry.id if entry else entity_id(entity.type, form)))
        known = self.registry.entry(node)
        return Identity(id=node, registered=known.registered if known else None)

    def _read(self, entity: Entity, name: str, text: str) -> tuple[Entry | None, str]:
        """The registry's entry, if there is one, and the form that names the entity in its paper."""
        find, type = self.registry.find, entity.type
        if is_short(name):
            long = _long_mention(name, entity) or long_form(name, text)
            if long is None:
                return find(type, name) or self._claimed(type, name, entity), name
            return self._unless_coined(entity, find(type, long) or self._alike(type, name, long), long, [name])
        shorts = sorted({mention.surface for mention in entity.mentions if is_short_for(mention.surface, name)})
        entry = find(type, name) or self._without_head(type, name)
        if entry is None:
            entry = next(filter(None, (self._alike(type, short, name) for short in shorts)), None)
        return self._unless_coined(entity, entry, name, shorts)

    def _unless_coined(
        self, entity: Entity, entry: Entry | None, long: str, shorts: Sequence[str]
    ) -> tuple[Entry | None, str]:
        """The entry of a long form, unless the paper proposes another thing of that name, by an abbreviation of its
        own: "Self-Play Preference Optimization" is SPPO in one paper, and SPO in another."""
        own = {normalise(short) for short in shorts if is_short(short)}
        known = {normalise(form) for form in entry.forms if is_short(form)} if entry else set()
        coined = entity.role == "proposed" and own and known and not own & known
        return (None, f"{min(shorts)} {long}") if coined else (entry, long)

    def _alike(self, type: EntityType, short: str, long: str) -> Entry | None:
        """The entry that claims the abbreviation and has a long form much like this one."""
        key = normalise(long)
        return next(
            (
                entry
                for entry in self.registry.candidates(type, short)
                if any(_one(key, normalise(form)) for form in entry.forms if not is_short(form))
            ),
            None,
        )

    def _claimed(self, type: EntityType, short: str, entity: Entity) -> Entry | None:
        """Of several entries that claim an abbreviation, the one that another mention names."""
        named = {self.registry.find(type, mention.surface) for mention in entity.mentions}
        return next((entry for entry in self.registry.candidates(type, short) if entry in named), None)

    def _without_head(self, type: EntityType, name: str) -> Entry | None:
        """'BERT model' is BERT, 'attention model' is not attention: the rest must be a proper name or a task."""
        rest = _HEADS[type].sub("", name)
        proper = rest != name and (type == "Task" or any(c.isupper() or c.isdigit() for c in rest[1:]))
        return self.registry.find(type, rest) if proper else None


def _one(key: str, other: str) -> bool:
    return abs(len(key) - len(other)) <= _LONGER and ratio(key, other) >= _ALIKE


def _long_mention(short: str, entity: Entity) -> str | None:
    """The mention that spells the abbreviation out: the longest, then the first in code point order."""
    spelled = {m.surface for m in entity.mentions if not is_short(m.surface) and is_short_for(short, m.surface)}
    return min(spelled, key=lambda form: (-len(form), form), default=None)
