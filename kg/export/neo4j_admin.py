"""A store -> a folder of CSV files with their headers, and the command by which `neo4j-admin` makes a database of them.

The database equals one that was loaded over Bolt, and takes more papers that way afterwards. The importer makes no
indexes in a Community database: kg makes them when it first opens it to write, `cypher-shell -f neo4j.cypher` before.
"""

import shutil
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from kg.errors import StoreError
from kg.graph import EntityNode
from kg.schema import OURS, SCHEMA_VERSION, Column, ColumnType, edge_columns, node_columns
from kg.share import shared
from kg.store import Row, Store, batches, writing
from kg.types import ENTITY_TYPES

COMMAND = "import.sh"
_BETWEEN = "\x1f"  # parts the items of a list; a control character that no text of a paper has
_PAGE = 500
_TYPES: dict[ColumnType, str] = {"string": "string", "integer": "long", "number": "double", "boolean": "boolean"}


def write_neo4j_admin(store: Store, folder: Path) -> str:
    """Write the files; the command that imports them into the database `neo4j` of a server that is not running."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_headers(folder)
    with ExitStack() as opened:
        names = (*node_columns(), *edge_columns())
        files = {name: opened.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8")) for name in names}
        for type in ENTITY_TYPES:
            _write_rows(files[type], type, map(_entity_row, store.entities(type)))
        for graphs in batches(store.read(), _PAGE):
            for label, rows in writing.node_rows(graphs, (), at=None).items():
                _write_rows(files[label], label, rows)
            for kind, edges in writing.edge_rows(graphs).items():
                _write_rows(files[kind.type], kind.type, edges)
    shutil.copy(shared("schema") / "neo4j.cypher", folder)
    command = _command()
    script = folder / COMMAND
    script.write_text(f'#!/bin/sh\ncd "$(dirname "$0")" || exit 1\nexec {command}\n', encoding="utf-8")
    script.chmod(0o755)
    return f"cd {folder} && {command}"


def _command() -> str:
    nodes = [f"--nodes={_labels(label)}=./{label}.header.csv,./{label}.csv" for label in (*node_columns(), "Meta")]
    edges = [f"--relationships={edge}=./{edge}.header.csv,./{edge}.csv" for edge in edge_columns()]
    options = [
        "--overwrite-destination=true",
        "--id-type=string",
        "--multiline-fields=true",
        "--array-delimiter=U+001F",
    ]
    return " \\\n  ".join(["neo4j-admin database import full neo4j", *options, *nodes, *edges])


def _labels(label: str) -> str:
    return f"{label}:{OURS}"


def _write_headers(folder: Path) -> None:
    for label, columns in node_columns().items():
        extra = [":LABEL"] if label == "Method" else []
        _write_header(folder / f"{label}.header.csv", ["id:ID", *map(_typed, columns[1:]), *extra])
    for edge, columns in edge_columns().items():
        _write_header(folder / f"{edge}.header.csv", [":START_ID", ":END_ID", *map(_typed, columns)])
    _write_header(folder / "Meta.header.csv", ["id:ID", "schema_version:long"])
    (folder / "Meta.csv").write_text(f'"meta",{SCHEMA_VERSION}\n', encoding="utf-8")


def _write_header(file: Path, fields: Iterable[str]) -> None:
    file.write_text(",".join(fields) + "\n", encoding="utf-8")


def _typed(column: Column) -> str:
    return f"{column.name}:{_TYPES[column.type]}{'[]' if column.many else ''}"


def _entity_row(node: EntityNode) -> Row:
    row = writing.node_row(node.type, node)
    return row | ({"labels": "Model" if node.kind == "model" else None} if node.type == "Method" else {})


def _write_rows(file: TextIO, name: str, rows: Iterable[Row]) -> None:
    columns = _columns(name)
    file.writelines(",".join(_field(row[column], name) for column in columns) + "\n" for row in rows)


def _columns(name: str) -> Sequence[str]:
    if name in edge_columns():
        return ["source", "target", *(column.name for column in edge_columns()[name])]
    return [column.name for column in node_columns()[name]] + (["labels"] if name == "Method" else [])


def _field(value: object, name: str) -> str:
    """A value of CSV as neo4j-admin reads it: nothing at all is null, a text stands in quotation marks."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, list):
        items = [str(item) for item in value]
        if any(_BETWEEN in item for item in items):
            raise StoreError(name, f"a text holds the control character U+001F, which parts lists: {items!r}")
        return f'"{_doubled(_BETWEEN.join(items))}"'
    return f'"{_doubled(str(value))}"'


def _doubled(text: str) -> str:
    return text.replace('"', '""')
