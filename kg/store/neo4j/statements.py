"""The statements that read and write the graph: labels and types from closed enumerations, every value a parameter.

Nodes are found by their id under the label of our own, whose constraint has the index. Statements that write come in
the order in which a batch runs them; see kg.store.neo4j.write. Rows are lists, not maps: a name on every value would
double what has to be packed, sent and unpacked.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from kg.graph import FACT_EDGES, ROLE_EDGES, SLOT_EDGES
from kg.schema import OURS, Column, edge_columns, node_columns
from kg.types import ENTITY_TYPES

_ROLES, _SLOTS, _FACTS = ("|".join(edges.values()) for edges in (ROLE_EDGES, SLOT_EDGES, FACT_EDGES))
_LABEL = re.compile(rf"\(\w*:(?:{'|'.join(node_columns())})\b")
COUNTS = ("support", "form_papers", "model_papers")  # what most papers change of a shared node, and nothing else
_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
_ORDER = re.compile(r"\s(?:ORDER BY|LIMIT)\s")
_COLUMN = re.compile(r"(\w+)\s*,(?![^(]*\))")  # the last word of each, which is its name
# What only nodes of one label have going out of them: our own label then says as much as that label.
_COUNT = re.compile(
    rf"COUNT \{{ MATCH \(:(?:Paper|Result)\)-\[:(?P<type>REPORTS|{_ROLES}|{_SLOTS})\]->\((?P<node>\w+)\) \}}"
)
_EACH = re.compile(r"^// One (?P<node>\w+) after the other, by (?P<order>[\w., ]+):.*$", re.MULTILINE)
_OWN_LABEL = "[label IN labels({}) WHERE label IN " + str(list(ENTITY_TYPES)) + "][0]"


@cache
def of_ours(question: str) -> str:
    """The question with our own label beside every label: it leaves others' nodes out, and has the index of ids.

    The server keeps how many edges of a type a node has, though not from which nodes they come: where every edge of
    the type comes from a node of ours, which it keeps as well, that is the number, and none is gone through.
    """
    every, own = r"COUNT { ()-[:\g<type>]->(\g<node>) }", rf"COUNT {{ (:{OURS})-[:\g<type>]->(\g<node>) }}"
    nowhere = every.replace(r"\g<node>", ""), own.replace(r"\g<node>", "")
    counted = _COUNT.sub(f"CASE {nowhere[0]} WHEN {nowhere[1]} THEN {every} ELSE {own} END", question)
    return _LABEL.sub(rf"\g<0>&{OURS}", counted)


class Gathered(NamedTuple):
    """A question that gives all rows in one record, `rows`, each a list of its `columns`."""

    text: str
    columns: tuple[str, ...]


@cache
def gathered(question: str) -> Gathered:
    """A question of ours in this form: a record for each row takes several times as long. Its columns have names.

    Where a comment says that its rows come "One m after the other, by …", what follows is asked for one node after the
    other, until there are as many rows as its limit.
    """
    columns = tuple(_COLUMN.findall(_ORDER.split(question.rpartition("RETURN ")[2])[0] + ","))
    if each := _EACH.search(question):
        before, after = question[: each.start()], question[each.end() :]
        begin = f"{before}ORDER BY {each['order']}\nCALL ({each['node']}) {{"
        question = f"{begin}{after}\n}}\nRETURN {', '.join(columns)} ORDER BY {each['order']} LIMIT $limit"
    code = _COMMENT.sub("", question).strip()
    return Gathered(f"CALL () {{\n{code}\n}}\nRETURN collect([{', '.join(columns)}]) AS rows", columns)


def _properties(columns: Iterable[Column], row: str, *, after: int) -> str:
    return ", ".join(f"`{column.name}`: {row}[{at}]" for at, column in enumerate(columns, after))


HELD = (
    f"MATCH (p:{OURS}) WHERE p.id IN $ids AND p.content_hash IS NOT NULL "
    "RETURN p.id AS id, p.content_hash AS content_hash, p.extractor AS extractor, p.sources AS sources"
)

# Taking a node's id once more writes nothing, and takes its lock: whoever writes on the same nodes waits here, in the
# order of ids, and reads what the other has committed. One record with a row for each of them, which begins with its id
# and the server's own name for it, costs less than a record for each.
_LOCKED = "RETURN collect([p.id, elementId(p), p.content_hash IS NOT NULL]) AS nodes"
LOCK_PAPERS = f"UNWIND $ids AS id MERGE (p:{OURS} {{id: id}}) ON CREATE SET p:Paper ON MATCH SET p.id = id {_LOCKED}"
LOCK_HELD = f"UNWIND $ids AS id MATCH (p:{OURS}) WHERE p.id = id SET p.id = id {_LOCKED}"
LOCK_ENTITIES = (
    f"UNWIND $ids AS id MERGE (n:{OURS} {{id: id}}) ON MATCH SET n.id = id RETURN collect([n.id, elementId(n), "
    f"{_OWN_LABEL.format('n')}, CASE WHEN n.support IS NOT NULL THEN properties(n) END]) AS nodes"
)

DELETE_RESULTS = f"MATCH (p:{OURS})-[:REPORTS]->(r:{OURS}) WHERE p.id IN $ids DETACH DELETE r"
DELETE_CLAIMS = f"MATCH (p:{OURS})-[e:{_ROLES}]->() WHERE p.id IN $ids DELETE e"
DELETE_NODES = f"MATCH (n:{OURS}) WHERE n.id IN $ids DETACH DELETE n"

CLAIMS = (
    f"MATCH (p:{OURS})-[e:{_ROLES}]->(n:{OURS}) WHERE p.id IN $ids RETURN type(e) AS edge, "
    f"{_OWN_LABEL.format('n')} AS type, p.id AS source, n.id AS target, properties(e) AS properties"
)
RESULTS = f"MATCH (p:{OURS})-[:REPORTS]->(r:{OURS}) WHERE p.id IN $ids RETURN p.id AS paper, properties(r) AS node"
SLOTS = (
    f"MATCH (p:{OURS})-[:REPORTS]->(r:{OURS})-[e:{_SLOTS}]->(n:{OURS}) WHERE p.id IN $ids "
    "RETURN type(e) AS edge, r.id AS source, n.id AS target, properties(e) AS properties"
)
COUNT_NODES = f"MATCH (n:{OURS}) UNWIND labels(n) AS label RETURN label, count(*) AS number"


def delete_facts(edge: str) -> str:
    """Take out the facts of some papers."""
    return f"MATCH (:{OURS})-[e:{edge}]->() WHERE e.paper IN $ids DELETE e"


def facts(edge: str) -> str:
    """The facts of some papers."""
    return (
        f"MATCH (a:{OURS})-[e:{edge}]->(b:{OURS}) WHERE e.paper IN $ids "
        "RETURN a.id AS source, b.id AS target, properties(e) AS properties"
    )


@cache
def put_in() -> str:
    """Some papers into the graph, in one statement: the nodes, papers and shared ones, are there and locked.

    `$rows` has lists by name: one parameter, since the server plans a statement anew for every order of magnitude that
    the length of a parameter takes. `nodes` are the server's own names for the nodes, and all else speaks of them by
    their place in it: a node is looked up once, not for every edge. `Paper`, `Method`, … are rows of such a place and
    the values of the label's columns but for the id, `Counts` rows of a place and COUNTS, for nodes that are else as
    they were, `Result` rows of the paper's place and the values; rows of an edge type begin with the places of both
    ends, for a slot that of its result in `Result`. A method that is a model has the label Model as well. Returns a
    row; none, and nothing is written, where a node is missing.
    """
    results = _properties(node_columns()["Result"], "row", after=1)
    counts = ", ".join(f"n.{name} = row[{at}]" for at, name in enumerate(COUNTS, 1))
    return "\n".join(
        (
            "UNWIND range(0, size($rows.nodes) - 1) AS at MATCH (n) WHERE elementId(n) = $rows.nodes[at]",
            "WITH n ORDER BY at WITH collect(n) AS nodes WHERE size(nodes) = size($rows.nodes)",
            *(_put_nodes(label) for label in ("Paper", *ENTITY_TYPES)),
            "CALL (nodes) { UNWIND $rows.Model AS at WITH nodes[at] AS n SET n:Model }",
            f"CALL (nodes) {{ UNWIND $rows.Counts AS row WITH row, nodes[row[0]] AS n SET {counts} }}",
            "CALL (nodes) { UNWIND range(0, size($rows.Result) - 1) AS at WITH at, $rows.Result[at] AS row",
            f"WITH at, row, nodes[row[0]] AS p CREATE (p)-[:REPORTS]->(r:{OURS}:Result {{{results}}})",
            "WITH r ORDER BY at RETURN collect(r) AS results }",
            *(_create_edges(edge, "nodes") for edge in (*ROLE_EDGES.values(), *FACT_EDGES.values())),
            *(_create_edges(edge, "results") for edge in SLOT_EDGES.values()),
            "RETURN size(nodes) AS nodes",
        )
    )


def _put_nodes(label: str) -> str:
    columns = _properties(node_columns()[label][1:], "row", after=1)
    labels = f"SET n:{label}" + (" REMOVE n:Model" if label == "Method" else "")
    return (
        f"CALL (nodes) {{ UNWIND $rows.{label} AS row WITH row, nodes[row[0]] AS n {labels} SET n += {{{columns}}} }}"
    )


def _create_edges(edge: str, starts: str) -> str:
    columns = _properties(edge_columns()[edge], "row", after=2)
    return (
        f"CALL (nodes, results) {{ UNWIND $rows.{edge} AS row WITH row, {starts}[row[0]] AS a, nodes[row[1]] AS b "
        f"CREATE (a)-[:{edge} {{{columns}}}]->(b) }}"
    )


def nodes(label: str) -> str:
    """The nodes of a label after an id, in the order of ids."""
    return (
        f"MATCH (n:{label}) USING INDEX n:{label}(id) WHERE n:{OURS} AND n.id > $after "
        "RETURN properties(n) AS node ORDER BY n.id LIMIT $limit"
    )


def nodes_by_id(label: str) -> str:
    """The nodes of a label with these ids, in the order of ids."""
    return f"MATCH (n:{OURS}) WHERE n.id IN $ids AND n:{label} RETURN properties(n) AS node ORDER BY n.id"


def count_edges(edge: str) -> str:
    """How many edges of a type start from our nodes; the server knows this number without counting."""
    return f"MATCH (:{OURS})-[e:{edge}]->() RETURN count(e) AS number"
