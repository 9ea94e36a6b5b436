"""A store in, the rows of all its nodes and edges out, sorted; `extracted_at`, which no two runs agree on, left out."""

from collections.abc import Iterator

from kg.schema import Column, EdgeKind, edge_columns, node_columns
from kg.store import Row, Store
from kg.store.writing import edge_rows, node_row
from kg.types import ENTITY_TYPES


def columns_of(label: str) -> tuple[Column, ...]:
    """The columns of a node label or an edge type; an edge's ends come first."""
    if label in node_columns():
        return tuple(column for column in node_columns()[label] if column.name != "extracted_at")
    return (Column("source", "string"), Column("target", "string"), *edge_columns()[label])


def nodes(store: Store) -> Iterator[tuple[str, Row]]:
    """Every node with its label: the shared ones by type and id, then the papers, each with its results."""
    for type in ENTITY_TYPES:
        for node in store.entities(type):
            yield type, node_row(type, node)
    for graph in store.read():
        yield "Paper", node_row("Paper", graph.paper)
        for result in graph.results:
            yield "Result", node_row("Result", result)


def edges(store: Store) -> Iterator[tuple[EdgeKind, Row]]:
    """Every edge with its kind, paper by paper."""
    for graph in store.read():
        for kind, rows in sorted(edge_rows([graph]).items()):
            for row in rows:
                yield kind, row
