"""The rules of schema/neo4j.cypher -> a database that has them: made where they lack, and checked to be the same.

One constraint, on a label of our own: the nodes of somebody else in the same database are bound by nothing.
"""

import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, Self

from neo4j import Driver

from kg.errors import StoreError
from kg.schema import OURS, SCHEMA_VERSION, statements
from kg.share import shared
from kg.store.neo4j.address import Address

WAIT = 600  # seconds for the indexes of a big database that has none yet

_RULE = re.compile(
    r"CREATE (?P<kind>CONSTRAINT|INDEX|TEXT INDEX) \w+ IF NOT EXISTS "
    r"FOR (?:\(n:(?P<node>\w+)\)|\(\)-\[n:(?P<edge>\w+)\]-\(\)) (?:REQUIRE|ON) \(?n\.(?P<property>\w+)"
)


Kind = Literal["UNIQUE", "RANGE", "TEXT"]
# What a statement calls a kind of rule, and what the server does: for a constraint one word, since Neo4j 2025 another.
_KINDS: dict[str, Kind] = {
    "CONSTRAINT": "UNIQUE",
    "UNIQUENESS": "UNIQUE",
    "NODE_PROPERTY_UNIQUENESS": "UNIQUE",
    "INDEX": "RANGE",
    "RANGE": "RANGE",
    "TEXT INDEX": "TEXT",
    "TEXT": "TEXT",
}


class Rule(NamedTuple):
    """A constraint or an index on one property, of nodes or of edges. Its name does not matter."""

    of: str
    on: str
    property: str
    kind: Kind

    @classmethod
    def made_by(cls, statement: str) -> Self:
        """The rule that a statement of schema/neo4j.cypher makes."""
        found = _RULE.match(statement)
        if found is None:
            raise ValueError(f"no rule in: {statement}")
        of = "NODE" if found["node"] else "RELATIONSHIP"
        return cls(of, found["node"] or found["edge"], found["property"], _KINDS[found["kind"]])


def furnish(driver: Driver, address: Address) -> None:
    """Make what the database lacks, wait until it is ready, and see that every rule is what it should be."""
    text = (shared("schema") / "neo4j.cypher").read_text(encoding="utf-8")
    wanted = {Rule.made_by(statement): statement for statement in statements(text)}
    if lacking := wanted.keys() - _there(driver, address):
        for rule in wanted:
            if rule in lacking:
                driver.execute_query(wanted[rule], database_=address.database)
        driver.execute_query("CALL db.awaitIndexes($seconds)", seconds=WAIT, database_=address.database)
        if wrong := [wanted[rule] for rule in lacking - _there(driver, address)]:
            raise StoreError(address.url, _conflict(wrong))
    made = f"MERGE (m:{OURS} {{id: 'meta'}}) ON CREATE SET m:Meta, m.schema_version = $version"
    driver.execute_query(made, version=SCHEMA_VERSION, database_=address.database)


def check_version(driver: Driver, address: Address) -> None:
    """Refuse a graph that another version of kg made and this one can't read."""
    text = f"MATCH (m:{OURS}) WHERE m.id = 'meta' RETURN m.schema_version AS version"
    for record in driver.execute_query(text, database_=address.database).records:
        if record["version"] != SCHEMA_VERSION:
            reason = f"this graph has schema version {record['version']}, not {SCHEMA_VERSION}: build it anew"
            raise StoreError(address.url, reason)


def _there(driver: Driver, address: Address) -> set[Rule]:
    """The rules of the database that are in force, ours and others; those on several properties are left out."""
    columns = "type, entityType AS of, labelsOrTypes AS labels, properties"
    texts = (
        f"SHOW CONSTRAINTS YIELD * RETURN {columns}",
        f"SHOW INDEXES YIELD * WHERE state = 'ONLINE' RETURN {columns}",
    )
    rows = (row.data() for text in texts for row in driver.execute_query(text, database_=address.database).records)
    return {rule for row in rows for rule in _rules(row)}


def _rules(row: dict[str, Any]) -> Iterator[Rule]:
    kind = _KINDS.get(row["type"])
    if kind is not None and len(row["labels"] or ()) == len(row["properties"] or ()) == 1:
        yield Rule(row["of"], row["labels"][0], row["properties"][0], kind)


def _conflict(wrong: list[str]) -> str:
    statement = sorted(wrong)[0].replace(" IF NOT EXISTS", "")
    return (
        f"the database has something else in the place of: {statement}. Look with SHOW CONSTRAINTS and SHOW INDEXES, "
        "drop what is in the way, and run this again"
    )
