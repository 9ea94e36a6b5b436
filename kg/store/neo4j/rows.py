"""Rows as the server gives them -> the models of kg.graph. What others have put on our nodes is left out."""

from collections.abc import Iterable, Mapping
from typing import Any

from kg.graph import Claim, EntityNode, FactEdge, PaperNode, ResultNode, SlotEdge
from kg.schema import Column, EdgeKind, edge_columns, node_columns
from kg.store import writing
from kg.types import EntityType

Record = Mapping[str, Any]


def paper(node: Record) -> PaperNode:
    """The properties of a paper as the model."""
    return writing.paper_node(_only(node_columns()["Paper"], node))


def entity(type: EntityType, node: Record) -> EntityNode:
    """The properties of a shared node as the model."""
    return writing.entity_node(type, _only(node_columns()[type], node))


def result(node: Record) -> ResultNode:
    """The properties of a result as the model."""
    return ResultNode.model_validate(_only(node_columns()["Result"], node))


def claims(records: Iterable[Record]) -> list[Claim]:
    """Rows of statements.CLAIMS."""
    return [writing.claim(EdgeKind(row["edge"], "Paper", row["type"]), _edge(row["edge"], row)) for row in records]


def slots(records: Iterable[Record]) -> list[SlotEdge]:
    """Rows of statements.SLOTS."""
    return [writing.slot_edge(EdgeKind(row["edge"], "Result", ""), _edge(row["edge"], row)) for row in records]


def facts(edge: str, records: Iterable[Record]) -> list[FactEdge]:
    """Rows of statements.facts."""
    return [writing.fact_edge(EdgeKind(edge, "", ""), _edge(edge, row)) for row in records]


def _edge(edge: str, row: Record) -> Record:
    ends = {"source": row["source"], "target": row["target"]}
    return ends | _only(edge_columns()[edge], row["properties"])


def _only(columns: Iterable[Column], properties: Record) -> dict[str, Any]:
    return {column.name: properties.get(column.name) for column in columns}
