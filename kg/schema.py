"""The models of kg.types and kg.graph in; the columns that a store keeps, and the generated files of `schema/`, out.

`python -m kg.schema` writes the files; a test holds them equal to what this module generates.
"""

from functools import cache
from typing import Any, Literal, NamedTuple

from kg.graph import FACT_EDGES, ROLE_EDGES, SLOT_EDGES, EntityNode, FactEdge, PaperNode, ResultNode, edge_ends
from kg.types import ENTITY_TYPES, Frozen

# Raised whenever a store made before can't be read or written by this code any more.
SCHEMA_VERSION = 1

ColumnType = Literal["string", "integer", "number", "boolean"]

_METHOD_ONLY = frozenset({"kind", "model_papers"})
_METRIC_ONLY = frozenset({"higher_is_better", "unit", "lower_bound", "upper_bound"})


class Column(NamedTuple):
    """A property of a node or an edge. `many`: a list of values of the type; `required`: never null."""

    name: str
    type: ColumnType
    many: bool = False
    required: bool = True


class EdgeKind(NamedTuple):
    """An edge type between two labels: ('USES', 'Paper', 'Dataset')."""

    type: str
    source: str
    target: str


_NAME = Column("name", "string", required=False)
_CONFIDENCE = Column("confidence", "number")
_CLAIM = (
    _NAME,
    Column("kind", "string", required=False),
    Column("mentions", "string", many=True),
    Column("mention_starts", "integer", many=True),
    Column("mention_ends", "integer", many=True),
    _CONFIDENCE,
)
_SLOT = (_NAME, Column("surface", "string"), Column("start", "integer"), Column("end", "integer"), _CONFIDENCE)


@cache
def node_columns() -> dict[str, tuple[Column, ...]]:
    """Label -> its properties, `id` first."""
    entity = _columns(EntityNode)
    columns = {"Paper": _columns(PaperNode)}
    for label in ENTITY_TYPES:
        foreign = (
            {"type"} | (_METHOD_ONLY if label != "Method" else set()) | (_METRIC_ONLY if label != "Metric" else set())
        )
        columns[label] = tuple(column for column in entity if column.name not in foreign)
    return columns | {"Result": _columns(ResultNode)}


@cache
def edge_columns() -> dict[str, tuple[Column, ...]]:
    """Edge type -> its properties, the two ends left out."""
    fact = tuple(column for column in _columns(FactEdge) if column.name not in ("type", "head", "tail"))
    plain_fact = tuple(column for column in fact if column.name != "outcome")
    columns: dict[str, tuple[Column, ...]] = dict.fromkeys(ROLE_EDGES.values(), _CLAIM)
    columns["REPORTS"] = ()
    columns |= dict.fromkeys(SLOT_EDGES.values(), _SLOT)
    return columns | {
        edge: fact if relation == "compared_with" else plain_fact for relation, edge in FACT_EDGES.items()
    }


@cache
def edge_kinds() -> tuple[EdgeKind, ...]:
    """Every edge type with every pair of labels that it joins."""
    return tuple(EdgeKind(edge, *pair) for edge, pairs in edge_ends().items() for pair in pairs)


_JSON_TYPES: dict[str, ColumnType] = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
}


def _columns(model: type[Frozen]) -> tuple[Column, ...]:
    properties: dict[str, dict[str, Any]] = model.model_json_schema()["properties"]
    return tuple(_column(name, schema) for name, schema in properties.items())


def _column(name: str, schema: dict[str, Any]) -> Column:
    choices = schema.get("anyOf", [schema])
    solid = next(choice for choice in choices if choice.get("type") != "null")
    many = solid["type"] == "array"
    type_ = solid["items"]["type"] if many else solid["type"]
    return Column(name, _JSON_TYPES[type_], many=many, required=len(choices) == 1)
