"""An extraction's entities in, the nodes that they are out: `Resolver.identify`."""

from collections.abc import Mapping

from kg.graph import Identity
from kg.keys import entity_id
from kg.types import Extraction

__all__ = ["Resolver", "entity_id"]


class Resolver:
    """Gives each entity of an extraction its node. Pure: the same extraction always gets the same ids.

    An unnamed proposed method is a node of its own paper and merges with nothing.
    """

    version = "keys-1"

    def identify(self, extraction: Extraction) -> Mapping[str, Identity]:
        """Entity key -> Identity, for every entity of the extraction."""
        own = f"method:proposed-by:{extraction.paper.id}"
        return {
            entity.key: Identity(id=own if entity.name is None else entity_id(entity.type, entity.name))
            for entity in extraction.entities
        }
