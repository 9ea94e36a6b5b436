"""A batch of Subgraphs and a transaction -> the graph with those papers in the place of what they were.

Everything is locked before it is read: the papers, then the shared nodes, each in the order of their ids, so that
loaders that run at the same time wait for one another, lose nothing and do not deadlock.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any

from neo4j import ManagedTransaction

from kg.graph import FACT_EDGES, Claim, EntityNode, PaperNode, ResultNode, Subgraph
from kg.schema import edge_columns, node_columns
from kg.store import writing
from kg.store.neo4j import rows, statements
from kg.types import ENTITY_TYPES

Run = Callable[..., list[dict[str, Any]]]
Values = Sequence[object]


def replace(tx: ManagedTransaction, papers: Sequence[str], graphs: Sequence[Subgraph]) -> int:
    """Take out what is held of these papers (sorted) and put the graphs in; how many papers were held."""

    def run(text: str, **parameters: Any) -> list[dict[str, Any]]:
        return tx.run(text, parameters).data()

    held = run(statements.LOCK_PAPERS if graphs else statements.LOCK_HELD, ids=list(papers))
    old = sorted(row["id"] for row in held)
    removed = rows.claims(run(statements.CLAIMS, ids=old)) if old else []
    _tally(run, graphs, removed, take_out=lambda: _take_out(run, old) if old else None)
    _put_in(run, graphs)
    if gone := sorted(set(old) - {graph.paper.id for graph in graphs}):
        run(statements.DELETE_NODES, ids=gone)
    return len(old)


def _tally(run: Run, graphs: Sequence[Subgraph], removed: list[Claim], take_out: Callable[[], None]) -> None:
    """Lock the shared nodes, take the old out, and write every shared node as its papers now have it."""
    ids = sorted({c.entity for c in removed} | {c.entity for graph in graphs for c in graph.claims})
    there = run(statements.LOCK_ENTITIES, ids=ids) if ids else []
    nodes = {row["node"]["id"]: rows.entity(row["type"], row["node"]) for row in there if row["type"]}
    take_out()
    tallied = writing.tallied(graphs, removed=removed, nodes=nodes)
    if gone := sorted(id for some in tallied.gone.values() for id in some):
        run(statements.DELETE_NODES, ids=gone)
    of_type: dict[tuple[str, bool], list[Values]] = defaultdict(list)
    for node in tallied.nodes:
        of_type[node.type, node.kind == "model"].append(_values(node.type, node))
    for label in ENTITY_TYPES:
        for model in (False, True):
            if (label, model) in of_type:
                run(statements.put_nodes(label, model=model), rows=of_type[label, model])


def _take_out(run: Run, papers: list[str]) -> None:
    """Delete the papers' facts, results and edges; the papers stay, and the shared nodes are seen to elsewhere."""
    for edge in FACT_EDGES.values():
        run(statements.delete_facts(edge), ids=papers)
    run(statements.DELETE_RESULTS, ids=papers)
    run(statements.DELETE_CLAIMS, ids=papers)


def _put_in(run: Run, graphs: Sequence[Subgraph]) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    if graphs:
        papers = [graph.paper.model_copy(update={"extracted_at": at}) for graph in graphs]
        run(statements.put_nodes("Paper"), rows=[_values("Paper", paper) for paper in papers])
    if results := [(g.paper.id, [_values("Result", result) for result in g.results]) for g in graphs if g.results]:
        run(statements.CREATE_RESULTS, rows=results)
    for edge, starts in _edges(graphs).items():
        run(statements.create_edges(edge), rows=list(starts.items()))


def _edges(graphs: Sequence[Subgraph]) -> dict[str, dict[str, list[Values]]]:
    """Edge type -> id of a node -> the edges from there, but for REPORTS, which come with the results."""
    edges: dict[str, dict[str, list[Values]]] = defaultdict(lambda: defaultdict(list))
    for kind, some in writing.edge_rows(graphs).items():
        if kind.type != "REPORTS":
            values = itemgetter("target", *(column.name for column in edge_columns()[kind.type]))
            starts = edges[kind.type]
            for row in some:
                starts[str(row["source"])].append(values(row))
    return edges


def _values(label: str, node: PaperNode | EntityNode | ResultNode) -> Values:
    """A node's properties in the order of its columns. An empty list, which files for a bulk import can't hold, is
    null, which takes the property off."""
    return [None if value == () else value for value in _getter(label)(node)]


@cache
def _getter(label: str) -> Callable[[object], tuple[object, ...]]:
    return attrgetter(*(column.name for column in node_columns()[label]))
