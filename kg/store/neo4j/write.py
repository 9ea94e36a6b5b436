"""A batch of Subgraphs and a transaction -> the graph with those papers in the place of what they were.

Everything is locked before it is read: the papers, then the shared nodes, each in the order of their ids, so that
loaders that run at the same time wait for one another, lose nothing and do not deadlock.
"""

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

Run = Callable[..., list[dict[str, Any]]]
Values = Sequence[object]


def replace(tx: ManagedTransaction, papers: Sequence[str], graphs: Sequence[Subgraph]) -> int:
    """Take out what is held of these papers (sorted) and put the graphs in; how many papers were held."""

    def run(text: str, **parameters: Any) -> list[dict[str, Any]]:
        return records(tx, text, parameters)

    held = run(statements.LOCK_PAPERS if graphs else statements.LOCK_HELD, ids=list(papers))
    old = sorted(row["id"] for row in held)
    removed = rows.claims(run(statements.CLAIMS, ids=old)) if old else []
    nodes = _tally(run, graphs, removed, take_out=lambda: _take_out(run, old) if old else None)
    if (graphs or nodes) and not run(statements.put_in(), **_put_in(graphs, nodes)):
        raise RuntimeError("a node that this transaction has locked is gone")
    if gone := sorted(set(old) - {graph.paper.id for graph in graphs}):
        run(statements.DELETE_NODES, ids=gone)
    return len(old)


def records(tx: ManagedTransaction, text: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """The records of one statement."""
    result = tx.run(text, parameters)
    names = result.keys()
    # A record is a tuple of its values; its own ways to them take longer than all that is done with them here.
    return [dict(zip(names, tuple.__iter__(record), strict=True)) for record in result]


def _tally(
    run: Run, graphs: Sequence[Subgraph], removed: list[Claim], take_out: Callable[[], None]
) -> Sequence[EntityNode]:
    """Lock the shared nodes, take the old out, and return every shared node as its papers now have it."""
    ids = sorted({c.entity for c in removed} | {c.entity for graph in graphs for c in graph.claims})
    there = run(statements.LOCK_ENTITIES, ids=ids) if ids else []
    nodes = {row["node"]["id"]: rows.entity(row["type"], row["node"]) for row in there if row["type"]}
    take_out()
    tallied = writing.tallied(graphs, removed=removed, nodes=nodes)
    if gone := sorted(id for some in tallied.gone.values() for id in some):
        run(statements.DELETE_NODES, ids=gone)
    return tallied.nodes


def _take_out(run: Run, papers: list[str]) -> None:
    """Delete the papers' facts, results and edges; the papers stay, and the shared nodes are seen to elsewhere."""
    for edge in FACT_EDGES.values():
        run(statements.delete_facts(edge), ids=papers)
    run(statements.DELETE_RESULTS, ids=papers)
    run(statements.DELETE_CLAIMS, ids=papers)


def _put_in(graphs: Sequence[Subgraph], nodes: Sequence[EntityNode]) -> dict[str, list[Any]]:
    """The parameters of statements.put_in."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    papers = [graph.paper.model_copy(update={"extracted_at": at}) for graph in graphs]
    ids = [*(paper.id for paper in papers), *(node.id for node in nodes)]
    place = {id: number for number, id in enumerate(ids)}
    sent: dict[str, list[Any]] = {label: [] for label in (*node_columns(), *edge_columns(), "Model")}
    sent["ids"] = ids
    for paper in papers:
        sent["Paper"].append((place[paper.id], *_values("Paper", paper)[1:]))
    for node in nodes:
        sent[node.type].append((place[node.id], *_values(node.type, node)[1:]))
    sent["Model"] = [place[node.id] for node in nodes if node.kind == "model"]
    results = [(graph.paper.id, result) for graph in graphs for result in graph.results]
    sent["Result"] = [(place[paper], *_values("Result", result)) for paper, result in results]
    place |= {result.id: number for number, (_, result) in enumerate(results)}
    for kind, some in writing.edge_rows(graphs).items():
        if kind.type != "REPORTS":  # these come with the results
            values = itemgetter(*(column.name for column in edge_columns()[kind.type]))
            sent[kind.type] += [(place[str(row["source"])], place[str(row["target"])], *values(row)) for row in some]
    return sent


def _values(label: str, node: PaperNode | EntityNode | ResultNode) -> Values:
    """A node's properties in the order of its columns. An empty list, which files for a bulk import can't hold, is
    null, which takes the property off."""
    return [None if value == () else value for value in _getter(label)(node)]


@cache
def _getter(label: str) -> Callable[[object], tuple[object, ...]]:
    return attrgetter(*(column.name for column in node_columns()[label]))
