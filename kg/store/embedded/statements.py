"""The schema's labels, edge kinds and columns in, the Cypher statements of the embedded store out.

Names come from the closed enumerations of kg.schema, values go as parameters. One MATCH a node with its id in a WHERE:
the database uses its index for that form and for no other. `end` is a reserved word, so names stand in backticks.
A statement that writes rows takes them `packed` (`$packed`, see kg.store.embedded.packing) or as maps (`$rows`).
"""

from functools import cache

from kg.schema import Column, EdgeKind, edge_columns, embedded_type, node_columns
from kg.store.embedded.packing import fields, unpacked


def _each(label: str, key: str, name: str = "n") -> str:
    return f"MATCH ({name}:{label}) WHERE {name}.id = {key}"


def _returned(names: tuple[str, ...], variable: str) -> str:
    return ", ".join(f"{variable}.`{name}` AS `{name}`" for name in names)


def _node_names(label: str) -> tuple[str, ...]:
    return tuple(column.name for column in node_columns()[label])


def _edge_names(type: str) -> tuple[str, ...]:
    return tuple(column.name for column in edge_columns()[type])


def _values(columns: tuple[Column, ...], packed: bool) -> tuple[str, dict[str, str]]:
    """How a statement begins, and the value of each column in it."""
    if packed:
        return fields(), {column.name: unpacked(column, at) for at, column in enumerate(columns, 1)}
    # Cast, as a property that is null in every row is taken for a text.
    casts = {column.name: f"CAST(r.`{column.name}` AS {embedded_type(column)})" for column in columns}
    return "UNWIND $rows AS r WITH r", casts


@cache
def create_nodes(label: str, *, packed: bool) -> str:
    """The rows are the nodes' properties."""
    begin, values = _values(node_columns()[label], packed)
    return f"{begin} CREATE (:{label} {{{', '.join(f'`{name}`: {value}' for name, value in values.items())}}})"


@cache
def update_nodes(label: str, *, packed: bool) -> str:
    """The rows are the nodes' properties; the node with the row's id takes them."""
    begin, values = _values(node_columns()[label], packed)
    id = values.pop("id")
    sets = ", ".join(f"n.`{name}` = {value}" for name, value in values.items())
    return f"{begin}, {id} AS id {_each(label, 'id')} SET {sets}"


@cache
def delete_nodes(label: str) -> str:
    """$ids: the nodes that go, with their edges."""
    return f"UNWIND $ids AS id {_each(label, 'id')} DETACH DELETE n"


def passed(kind: EdgeKind) -> tuple[Column, ...]:
    """The columns of a row of an edge: its ends, and its properties."""
    return (Column("source", "string"), Column("target", "string"), *edge_columns()[kind.type])


@cache
def create_edges(kind: EdgeKind, *, packed: bool) -> str:
    """The rows are `source`, `target` and the edges' properties."""
    begin, values = _values(passed(kind), packed)
    row = "f" if packed else "r"
    # With both ids in one WITH the planner joins two scans of whole tables in place of two look-ups.
    source = f"{values.pop('source')} AS source {_each(kind.source, 'source', 's')}"
    target = f"{values.pop('target')} AS target {_each(kind.target, 'target', 't')}"
    properties = ", ".join(f"`{name}`: {value}" for name, value in values.items())
    return f"{begin}, {source} WITH {row}, s, {target} CREATE (s)-[:{kind.type} {{{properties}}}]->(t)"


@cache
def delete_results() -> str:
    """$ids: the papers whose results go."""
    return f"UNWIND $ids AS id {_each('Paper', 'id')} MATCH (n)-[:REPORTS]->(r:Result) DETACH DELETE r"


@cache
def delete_claims(kind: EdgeKind) -> str:
    """$ids: the papers whose edges of this kind go."""
    return f"UNWIND $ids AS id {_each('Paper', 'id')} MATCH (n)-[e:{kind.type}]->(:{kind.target}) DELETE e"


@cache
def delete_facts(kind: EdgeKind) -> str:
    """$heads: the nodes that the facts start from; $papers: the papers whose facts go."""
    pattern = f"MATCH (n)-[e:{kind.type}]->(:{kind.target}) WHERE e.paper IN $papers"
    return f"UNWIND $heads AS id {_each(kind.source, 'id')} {pattern} DELETE e"


@cache
def ids(label: str) -> str:
    """Every id of a label, sorted."""
    return f"MATCH (n:{label}) RETURN n.id AS id ORDER BY id"


@cache
def nodes(label: str) -> str:
    """$ids: the nodes to return."""
    return f"UNWIND $ids AS id {_each(label, 'id')} RETURN {_returned(_node_names(label), 'n')}"


@cache
def held() -> str:
    """$ids: the papers to look up."""
    names = ("id", "content_hash", "extractor", "sources")
    return f"UNWIND $ids AS id {_each('Paper', 'id')} RETURN {_returned(names, 'n')}"


@cache
def claims(kind: EdgeKind) -> str:
    """$ids: the papers whose edges of this kind to return."""
    names = ", ".join(("n.id AS source", "t.id AS target", _returned(_edge_names(kind.type), "e")))
    return f"UNWIND $ids AS id {_each('Paper', 'id')} MATCH (n)-[e:{kind.type}]->(t:{kind.target}) RETURN {names}"


@cache
def results() -> str:
    """$ids: the papers whose results to return, each with its `paper`."""
    names = f"n.id AS paper, {_returned(_node_names('Result'), 'r')}"
    return f"UNWIND $ids AS id {_each('Paper', 'id')} MATCH (n)-[:REPORTS]->(r:Result) RETURN {names}"


@cache
def slots(kind: EdgeKind) -> str:
    """$ids: the papers whose results' edges of this kind to return."""
    names = ", ".join(("r.id AS source", "t.id AS target", _returned(_edge_names(kind.type), "e")))
    path = f"MATCH (n)-[:REPORTS]->(r:Result) MATCH (r)-[e:{kind.type}]->(t:{kind.target})"
    return f"UNWIND $ids AS id {_each('Paper', 'id')} {path} RETURN {names}"


@cache
def facts(kind: EdgeKind) -> str:
    """$heads: the nodes that the facts start from; $papers: the papers whose facts to return."""
    names = ", ".join(("n.id AS source", "t.id AS target", _returned(_edge_names(kind.type), "e")))
    pattern = f"MATCH (n)-[e:{kind.type}]->(t:{kind.target}) WHERE e.paper IN $papers"
    return f"UNWIND $heads AS id {_each(kind.source, 'id')} {pattern} RETURN {names}"


@cache
def count_nodes(label: str) -> str:
    """One row, `number`."""
    return f"MATCH (n:{label}) RETURN count(n) AS number"


@cache
def count_edges(type: str) -> str:
    """One row, `number`."""
    return f"MATCH ()-[e:{type}]->() RETURN count(e) AS number"
