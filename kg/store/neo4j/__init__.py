"""A Neo4j URL -> a Store in that database. Our nodes have a label of ours; no other is written."""

from kg.store.neo4j.store import Neo4jStore

__all__ = ["Neo4jStore"]
