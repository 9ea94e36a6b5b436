"""A text with its entities placed in it: which mention stands where."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from kg.extract.places import Bounds
from kg.extract.rules.features import Text
from kg.types import Entity


@dataclass(frozen=True)
class Scene:
    """A text with its entities placed: for each mention in order its bounds and its entity's index."""

    text: Text
    entities: tuple[Entity, ...]
    mentions: tuple[tuple[Bounds, int], ...]

    @classmethod
    def of(cls, text: Text, entities: Sequence[Entity]) -> "Scene":
        """The text with these entities in it."""
        placed = sorted(((m.start, m.end), at) for at, entity in enumerate(entities) for m in entity.mentions)
        return cls(text, tuple(entities), tuple(placed))

    def within(self, bounds: Bounds) -> list[tuple[Bounds, int]]:
        """The mentions that begin inside the bounds."""
        low = bisect_left(self.mentions, ((bounds[0], -1), -1))
        high = bisect_left(self.mentions, ((bounds[1], -1), -1))
        return list(self.mentions[low:high])
