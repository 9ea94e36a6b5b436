"""Annotated papers -> what each step learns from: the gold beside the entities that the steps before would have found.

A step that only ever saw gold entities would trust those it gets too much. So the papers are halved, each half is
read by steps that learnt from the other, and what they find, right or wrong, is what the later steps learn from.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.evaluate.agreement import matched, plain
from kg.extract.rules.drafts import Draft, drafts, tagged
from kg.extract.rules.features import Text, token_features
from kg.extract.rules.fit import fit_classes
from kg.extract.rules.fit_names import fit_tags, tags_of
from kg.extract.rules.gazetteer import Name
from kg.extract.rules.linear import Linear
from kg.extract.rules.roles import KINDS, ROLES, entity_features, with_roles
from kg.types import Entity, Extraction

SPURIOUS = ROLES.index("mentioned")  # the role of what annotators don't take for an entity: the one that claims least


@dataclass(frozen=True)
class Sheet:
    """An annotated paper, cut up, with the gazetteer of all other papers."""

    text: Text
    gold: Extraction
    names: Mapping[str, Name]


@dataclass(frozen=True)
class Lesson:
    """A paper with the entities that the steps before find in it; `index` leads from gold keys to those of them."""

    text: Text
    gold: Extraction
    entities: tuple[Entity, ...]
    index: Mapping[str, int]


def tag_weights(sheets: Iterable[Sheet]) -> Linear:
    """The weights of the tags of tokens."""
    return fit_tags([(token_features(s.text, s.names), tags_of(s.text, s.gold)) for s in sheets], epochs=4)


def role_weights(sheets: Sequence[Sheet], found: Sequence[Sequence[Draft]]) -> tuple[Linear, Linear]:
    """The weights of roles and of the kinds of methods, from drafts as they are found."""
    roles, kinds = [], []
    for sheet, own in zip(sheets, found, strict=True):
        owner = _owners(sheet, own)
        features = [entity_features(sheet.text, draft, sheet.names) for draft in own]
        roles.append((features, [SPURIOUS if e is None else ROLES.index(e.role) for e in owner]))
        methods = [(f, KINDS.index(e.kind)) for f, e in zip(features, owner, strict=True) if e is not None and e.kind]
        kinds.append(([f for f, _ in methods], [kind for _, kind in methods]))
    return fit_classes(roles, ROLES), fit_classes(kinds, KINDS)


def _owners(sheet: Sheet, found: Sequence[Draft]) -> list[Entity | None]:
    """For every draft the gold entity that it is, if any."""
    gold = [entity for entity in sheet.gold.entities if entity.name is not None]
    forms = [{plain(m.surface) for m in entity.mentions} for entity in gold]
    own = [{plain(sheet.text.text[start:end]) for start, end in draft.mentions} for draft in found]

    def shared(one: int, other: int) -> int:
        return len(forms[one] & own[other]) if gold[one].type == found[other].type else 0

    owner: list[Entity | None] = [None] * len(found)
    for one, other in matched(range(len(gold)), range(len(found)), shared):
        owner[other] = gold[one]
    return owner


def halves(sheets: Sequence[Sheet]) -> tuple[list[list[Draft]], list[Lesson]]:
    """The drafts and entities of every paper as found by steps that learnt from the other half."""
    found: dict[int, list[Draft]] = {}
    for half in (0, 1):
        model = tag_weights(sheets[1 - half :: 2])
        for at in range(half, len(sheets), 2):
            found[at] = drafts(sheets[at].text, tagged(sheets[at].text, sheets[at].names, model))
    every = [found[at] for at in range(len(sheets))]
    lessons: dict[int, Lesson] = {}
    for half in (0, 1):
        roles, kinds = role_weights(sheets[1 - half :: 2], every[1 - half :: 2])
        for at in range(half, len(sheets), 2):
            lessons[at] = lesson(sheets[at], with_roles(sheets[at].text, every[at], sheets[at].names, roles, kinds))
    return every, [lessons[at] for at in range(len(sheets))]


def lesson(sheet: Sheet, entities: tuple[Entity, ...]) -> Lesson:
    """Gold and found entities side by side."""
    gold = sheet.gold.entities
    sides = [[{plain(m.surface) for m in e.mentions} for e in side] for side in (gold, entities)]

    def shared(one: int, other: int) -> int:
        a, b = gold[one], entities[other]
        if a.type != b.type or (a.name is None) != (b.name is None):
            return 0
        return 1 if a.name is None else len(sides[0][one] & sides[1][other])

    pairs = matched(range(len(gold)), range(len(entities)), shared)
    return Lesson(sheet.text, sheet.gold, entities, {gold[one].key: other for one, other in pairs})
