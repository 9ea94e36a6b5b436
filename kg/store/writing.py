"""Subgraphs in, the rows of nodes and edges that a property-graph store writes out; and rows in, Subgraphs out.

A row is a dict of plain values under the names of kg.schema's columns; an edge's row also has the ids of its ends,
`source` and `target`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from kg.graph import (
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
    ordered,
    tally,
)
from kg.schema import EdgeKind, edge_columns, node_columns
from kg.store import Row
from kg.types import SLOT_TYPES, EntityType, RelationType, Role, SlotName, Span

_ROLES: dict[str, Role] = {edge: role for role, edge in ROLE_EDGES.items()}
_SLOTS: dict[str, SlotName] = {edge: slot for slot, edge in SLOT_EDGES.items()}
_FACTS: dict[str, RelationType] = {edge: relation for relation, edge in FACT_EDGES.items()}


Values = tuple[Any, ...]


class Tallied(NamedTuple):
    """Shared nodes after a batch: as they now are, and by type the ids of those that no paper supports any more."""

    nodes: tuple[EntityNode, ...]
    gone: dict[EntityType, list[str]]


def latest(batch: Sequence[Subgraph]) -> list[Subgraph]:
    """The batch by paper id; of a paper that is in it twice, the last."""
    by_id = {graph.paper.id: graph for graph in batch}
    return [by_id[paper] for paper in sorted(by_id)]


def tallied(batch: Iterable[Subgraph], *, removed: Iterable[Claim], nodes: Mapping[str, EntityNode]) -> Tallied:
    """The shared nodes that a batch touches; `removed` are the claims of the papers that it replaces or takes out.

    `nodes` are the nodes in the store by id, all of those that a claim of either side is on.
    """
    out: dict[str, list[Claim]] = defaultdict(list)
    come: dict[str, list[Claim]] = defaultdict(list)
    registered: dict[str, Registered] = {}
    for claim in removed:
        out[claim.entity].append(claim)
    for graph in batch:
        registered.update(graph.registered)
        for claim in graph.claims:
            come[claim.entity].append(claim)
    kept: list[EntityNode] = []
    gone: dict[EntityType, list[str]] = defaultdict(list)
    for id in sorted(out.keys() | come.keys()):
        type = (come.get(id) or out[id])[0].type
        identity = Identity(id=id, registered=registered.get(id))
        node = tally(nodes.get(id), identity=identity, type=type, removed=out.get(id, ()), added=come.get(id, ()))
        if node is not None:
            kept.append(node)
        elif id in nodes:
            gone[type].append(id)
    return Tallied(tuple(kept), dict(gone))


def node_row(label: str, node: PaperNode | EntityNode | ResultNode) -> Row:
    """A node's properties, without its label."""
    return {
        column.name: list(getattr(node, column.name)) if column.many else getattr(node, column.name)
        for column in node_columns()[label]
    }


def node_rows(batch: Iterable[Subgraph], nodes: Iterable[EntityNode], *, at: str | None) -> dict[str, list[Row]]:
    """Label -> rows: papers (extracted `at`), results, and the shared nodes as tallied."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for graph in batch:
        rows["Paper"].append(node_row("Paper", graph.paper) | {"extracted_at": at})
        rows["Result"].extend(node_row("Result", result) for result in graph.results)
    for node in nodes:
        rows[node.type].append(node_row(node.type, node))
    return dict(rows)


def edges(batch: Iterable[Subgraph]) -> dict[EdgeKind, list[Values]]:
    """Edge kind -> for each edge its source, its target and its properties in the order of the kind's columns."""
    found: dict[EdgeKind, list[Values]] = defaultdict(list)
    for graph in batch:
        paper = graph.paper.id
        types = {claim.entity: claim.type for claim in graph.claims}
        for claim in graph.claims:
            found[_kind(ROLE_EDGES[claim.role], "Paper", claim.type)].append(_of_claim(claim))
        reports = found[_kind("REPORTS", "Paper", "Result")] if graph.results else []
        reports += [(paper, result.id) for result in graph.results]
        for slot in graph.slots:
            edge = SLOT_EDGES[slot.slot]
            found[_kind(edge, "Result", SLOT_TYPES[slot.slot])].append(_values(edge, "result", "entity")(slot))
        for fact in graph.facts:
            edge = FACT_EDGES[fact.type]
            found[_kind(edge, types[fact.head], types[fact.tail])].append(_values(edge, "head", "tail")(fact))
    return dict(found)


def edge_rows(batch: Iterable[Subgraph]) -> dict[EdgeKind, list[Row]]:
    """Edge kind -> rows with `source`, `target` and the edge's properties."""
    return {kind: [_row(kind.type, values) for values in some] for kind, some in edges(batch).items()}


_kind = cache(EdgeKind)


@cache
def _values(edge: str, source: str, target: str) -> Callable[[SlotEdge | FactEdge], Values]:
    return attrgetter(source, target, *(column.name for column in edge_columns()[edge]))


def _of_claim(claim: Claim) -> Values:
    surfaces, starts, ends = [], [], []
    for mention in claim.mentions:
        surfaces.append(mention.surface)
        starts.append(mention.start)
        ends.append(mention.end)
    return claim.paper, claim.entity, claim.name, claim.kind, surfaces, starts, ends, claim.confidence


def _row(edge: str, values: Values) -> Row:
    return dict(zip(_edge_names(edge), values, strict=True))


@cache
def _edge_names(edge: str) -> tuple[str, ...]:
    return ("source", "target", *(column.name for column in edge_columns()[edge]))


def paper_node(row: Mapping[str, Any]) -> PaperNode:
    """A row of Paper as the node; `extracted_at` is left out, as no two runs agree on it."""
    return PaperNode.model_validate({**row, "sources": tuple(row["sources"] or ()), "extracted_at": None})


def entity_node(type: EntityType, row: Mapping[str, Any]) -> EntityNode:
    """A row of Method, Task, Dataset or Metric as the node."""
    lists = {column.name: tuple(row[column.name] or ()) for column in node_columns()[type] if column.many}
    return EntityNode.model_validate({**row, **lists, "type": type})


def claim(kind: EdgeKind, row: Mapping[str, Any]) -> Claim:
    """A row of PROPOSES, USES, COMPARES or MENTIONS as the claim."""
    places = zip(row["mentions"], row["mention_starts"], row["mention_ends"], strict=True)
    return Claim.model_validate(
        {
            "paper": row["source"],
            "entity": row["target"],
            "type": kind.target,
            "role": _ROLES[kind.type],
            "name": row["name"],
            "kind": row["kind"],
            "mentions": tuple(Span(start=start, end=end, surface=surface) for surface, start, end in places),
            "confidence": row["confidence"],
        }
    )


def slot_edge(kind: EdgeKind, row: Mapping[str, Any]) -> SlotEdge:
    """A row of OF_METHOD, COMPARED_TO, ON_DATASET, WITH_METRIC or FOR_TASK as the slot."""
    fields = {name: row[name] for name in ("name", "surface", "start", "end", "confidence")}
    return SlotEdge.model_validate(
        {"result": row["source"], "slot": _SLOTS[kind.type], "entity": row["target"], **fields}
    )


def fact_edge(kind: EdgeKind, row: Mapping[str, Any]) -> FactEdge:
    """A row of a fact's edge as the fact."""
    fields = {column.name: row[column.name] for column in edge_columns()[kind.type]}
    return FactEdge.model_validate({"type": _FACTS[kind.type], "head": row["source"], "tail": row["target"], **fields})


def subgraphs(
    papers: Iterable[PaperNode],
    *,
    claims: Iterable[Claim],
    results: Iterable[tuple[str, ResultNode]],
    slots: Iterable[SlotEdge],
    facts: Iterable[FactEdge],
) -> Iterator[Subgraph]:
    """What the store holds of some papers, put together again by paper; `results` come with their paper's id."""
    claims_of: dict[str, list[Claim]] = defaultdict(list)
    results_of: dict[str, list[ResultNode]] = defaultdict(list)
    slots_of: dict[str, list[SlotEdge]] = defaultdict(list)
    facts_of: dict[str, list[FactEdge]] = defaultdict(list)
    paper_of: dict[str, str] = {}
    for one in claims:
        claims_of[one.paper].append(one)
    for paper, result in results:
        results_of[paper].append(result)
        paper_of[result.id] = paper
    for slot in slots:
        slots_of[paper_of[slot.result]].append(slot)
    for fact in facts:
        facts_of[fact.paper].append(fact)
    for node in papers:
        yield ordered(
            node,
            claims=claims_of[node.id],
            results=results_of[node.id],
            slots=slots_of[node.id],
            facts=facts_of[node.id],
        )
