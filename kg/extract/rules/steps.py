"""The four steps of the first form with their shipped weights: names, entities, results, relations."""

from collections.abc import Sequence

from kg.extract.places import Bounds
from kg.extract.rules.drafts import Draft, drafts, tagged
from kg.extract.rules.features import Text
from kg.extract.rules.filler_features import Filler
from kg.extract.rules.gazetteer import known_names
from kg.extract.rules.linear import load
from kg.extract.rules.links import relations
from kg.extract.rules.outcomes import Outcome, outcomes
from kg.extract.rules.roles import with_roles
from kg.extract.rules.scene import Scene
from kg.extract.rules.slots import ORDER, fill
from kg.extract.values import value_of
from kg.types import Entity, Relation, Result, Slot, SlotName, Span


def find_names(text: Text) -> list[Draft]:
    """Every distinct thing that the text names, with its places."""
    return drafts(text, tagged(text, known_names(), load("tags")))


def make_entities(text: Text, found: Sequence[Draft]) -> tuple[Entity, ...]:
    """The things as entities with name, role and kind."""
    return with_roles(text, found, known_names(), load("roles"), load("kinds"))


def make_results(text: Text, entities: Sequence[Entity]) -> tuple[Result, ...]:
    """The reported numbers with the entities and phrases that they belong to."""
    scene = Scene.of(text, entities)
    found = outcomes(scene, load("numbers"), load("relatives"), load("bounds"))
    filled = fill(scene, found, {slot: load(f"slot_{slot}") for slot in ORDER})
    return tuple(_result(scene, outcome, slots) for outcome, slots in zip(found, filled, strict=True))


def make_relations(text: Text, entities: Sequence[Entity], results: Sequence[Result]) -> tuple[Relation, ...]:
    """The relations between the entities."""
    return tuple(relations(Scene.of(text, entities), results, load("relations"), load("comparisons")))


def _result(scene: Scene, outcome: Outcome, slots: dict[SlotName, tuple[Filler, float]]) -> Result:
    number = outcome.number

    def span(bounds: Bounds) -> Span:
        return Span.of(scene.text.text, *bounds)

    filled = {
        name: Slot(
            entity=None if filler.entity is None else scene.entities[filler.entity].key,
            span=span(filler.span),
            confidence=sure,
        )
        for name, (filler, sure) in slots.items()
        if filler.span is not None
    }
    return Result(
        value=span((number.start, number.end)),
        **value_of(number),
        kind=outcome.kind,
        direction=outcome.direction,
        relative=outcome.relative,
        bound=outcome.bound,
        setting=span(outcome.setting) if outcome.setting else None,
        evidence=span(outcome.sentence),
        confidence=outcome.confidence,
        method=filled.get("method"),
        baseline=filled.get("baseline"),
        dataset=filled.get("dataset"),
        metric=filled.get("metric"),
        task=filled.get("task"),
    )
