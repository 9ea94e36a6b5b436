"""A batch of Subgraphs and a transaction -> the graph with those papers in the place of what they were.

Everything is locked before it is read: the papers, then the shared nodes, each in the order of their ids, so that
loaders that run at the same time wait for one another, lose nothing and do not deadlock.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from neo4j import ManagedTransaction

from kg.graph import FACT_EDGES, Claim, EntityNode, PaperNode, ResultNode, Subgraph
from kg.schema import edge_columns, node_columns
from kg.store import batches, writing
from kg.store.neo4j import rows, statements

PIECE = 125  # papers that are sent at a time

Run = Callable[..., list[dict[str, Any]]]
Values = Sequence[object]


def replace(tx: ManagedTransaction, papers: Sequence[str], graphs: Sequence[Subgraph]) -> int:
    """Take out what is held of these papers (sorted) and put the graphs in; how many papers were held."""

    def run(text: str, **parameters: Any) -> list[dict[str, Any]]:
        return records(tx, text, parameters)

    (locked,) = run(statements.LOCK_PAPERS if graphs else statements.LOCK_HELD, ids=list(papers))
    names = {id: name for id, name, _ in locked["nodes"]}
    old = sorted(id for id, _, held in locked["nodes"] if held)
    removed = rows.claims(run(statements.CLAIMS, ids=old)) if old else []
    tallied = _tally(run, graphs, removed, take_out=lambda: _take_out(run, old) if old else None)
    # The server is still at work on some papers while the next are being made ready for it.
    put = [tx.run(statements.put_in(), rows=sent) for sent in _pieces(graphs, tallied, names)]
    if not all(list(result) for result in put):
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


class Tallies(NamedTuple):
    """Shared nodes by id: as their papers now have them, as they were where they were there, and the server's own names
    for them."""

    nodes: Mapping[str, EntityNode]
    held: Mapping[str, EntityNode]
    names: Mapping[str, str]


def _tally(run: Run, graphs: Sequence[Subgraph], removed: list[Claim], take_out: Callable[[], None]) -> Tallies:
    """Lock the shared nodes, take the old out, and count anew."""
    ids = sorted({c.entity for c in removed} | {c.entity for graph in graphs for c in graph.claims})
    locked = run(statements.LOCK_ENTITIES, ids=ids)[0]["nodes"] if ids else []
    held = {id: rows.entity(type, node) for id, _, type, node in locked if node}
    take_out()
    tallied = writing.tallied(graphs, removed=removed, nodes=held)
    if gone := sorted(id for some in tallied.gone.values() for id in some):
        run(statements.DELETE_NODES, ids=gone)
    return Tallies({node.id: node for node in tallied.nodes}, held, {id: name for id, name, *_ in locked})


def _take_out(run: Run, papers: list[str]) -> None:
    """Delete the papers' facts, results and edges; the papers stay, and the shared nodes are seen to elsewhere."""
    for edge in FACT_EDGES.values():
        run(statements.delete_facts(edge), ids=papers)
    run(statements.DELETE_RESULTS, ids=papers)
    run(statements.DELETE_CLAIMS, ids=papers)


def _pieces(graphs: Sequence[Subgraph], tallied: Tallies, papers: Mapping[str, str]) -> Iterator[dict[str, list[Any]]]:
    """The rows of statements.put_in, for PIECE papers at a time. A shared node is written with the first papers that
    are on it; those that no paper is on any more but others, in the store, are on, come last."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    left = dict(tallied.nodes)
    for some in batches(graphs, PIECE):
        touched = sorted({claim.entity for graph in some for claim in graph.claims})
        nodes = [left.pop(id) for id in touched if id in left]
        made = [graph.paper.model_copy(update={"extracted_at": at}) for graph in some]
        names = {paper.id: papers[paper.id] for paper in made} | {id: tallied.names[id] for id in touched}
        yield _rows(names, papers=made, nodes=nodes, held=tallied.held, graphs=some)
    if left:
        yield _rows({id: tallied.names[id] for id in left}, nodes=list(left.values()), held=tallied.held)


def _rows(
    names: Mapping[str, str],
    *,
    nodes: Sequence[EntityNode],
    held: Mapping[str, EntityNode],
    papers: Sequence[PaperNode] = (),
    graphs: Sequence[Subgraph] = (),
) -> dict[str, list[Any]]:
    """See statements.put_in. Lists, as the driver packs a tuple by way of Python."""
    place = {id: number for number, id in enumerate(names)}
    sent: dict[str, list[Any]] = {label: [] for label in (*node_columns(), *edge_columns(), "Model", "Counts")}
    sent["nodes"] = list(names.values())
    for paper in papers:
        sent["Paper"].append([place[paper.id], *_values("Paper", paper)[1:]])
    for node in nodes:
        before = held.get(node.id)
        if before is not None and _but_counts(before) == _but_counts(node):
            sent["Counts"].append([place[node.id], *map(_sent, _counts(node.type)(node))])
            continue
        sent[node.type].append([place[node.id], *_values(node.type, node)[1:]])
        if node.kind == "model":
            sent["Model"].append(place[node.id])
    results = [(graph.paper.id, result) for graph in graphs for result in graph.results]
    sent["Result"] = [[place[paper], *_values("Result", result)] for paper, result in results]
    place |= {result.id: number for number, (_, result) in enumerate(results)}
    for kind, some in writing.edges(graphs).items():
        if kind.type != "REPORTS":  # these come with the results
            sent[kind.type] += [[place[source], place[target], *values] for source, target, *values in some]
    return sent


def _values(label: str, node: PaperNode | EntityNode | ResultNode) -> Values:
    """A node's properties in the order of its columns."""
    return list(map(_sent, _getter(label)(node)))


def _sent(value: object) -> object:
    """As the driver packs it fastest. An empty list, which files for a bulk import can't hold, is null, which takes the
    property off."""
    return (list(value) or None) if isinstance(value, tuple) else value


@cache
def _getter(label: str) -> Callable[[object], tuple[object, ...]]:
    return attrgetter(*(column.name for column in node_columns()[label]))


@cache
def _counts(label: str) -> Callable[[EntityNode], Values]:
    names = {column.name for column in node_columns()[label]}
    return attrgetter(*(name for name in statements.COUNTS if name in names))


_but_counts = attrgetter(*(name for name in EntityNode.model_fields if name not in statements.COUNTS))
