"""The graph that every store holds: its nodes and edges, and the way from an Extraction to its Subgraph and back.

A Subgraph is all that one paper adds. Nodes of entities are shared between papers; what a shared node shows (name,
aliases, kind, support) is tallied from the claims of the papers on it, so that the order of loading never matters
and taking a paper out is exact. `schema/` is generated from, or tested equal to, the models and tables here.
"""

from kg.graph.model import (
    FACT_EDGES,
    ROLE_EDGES,
    SLOT_EDGES,
    Claim,
    EntityNode,
    FactEdge,
    Identity,
    PaperNode,
    Registered,
    ResultNode,
    SlotEdge,
    Subgraph,
    edge_ends,
)
from kg.graph.paper import extraction, ordered, subgraph
from kg.graph.shared import tally

__all__ = [
    "FACT_EDGES",
    "ROLE_EDGES",
    "SLOT_EDGES",
    "Claim",
    "EntityNode",
    "FactEdge",
    "Identity",
    "PaperNode",
    "Registered",
    "ResultNode",
    "SlotEdge",
    "Subgraph",
    "edge_ends",
    "extraction",
    "ordered",
    "subgraph",
    "tally",
]
