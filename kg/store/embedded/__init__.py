"""A file path in, the embedded store out: ladybug, Cypher in process. One process writes, others read beside it."""

from kg.store.embedded.database import MEMORY, Database
from kg.store.embedded.store import EmbeddedStore

__all__ = ["MEMORY", "Database", "EmbeddedStore"]
