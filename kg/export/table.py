"""A store in, a folder of CSV files out: one a node label, one an edge type, for a spreadsheet, pandas or SQL."""

import csv
import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from kg.errors import FormatError
from kg.export.rows import columns_of, edges, nodes
from kg.schema import edge_columns, node_columns
from kg.store import Store


def write_tables(store: Store, folder: Path) -> None:
    """Write `Paper.csv`, …, `USES.csv`, …: UTF-8, a header line, an empty cell for null, a JSON array for a list.

    Edge files have the ids of their ends, and the labels of the two, since some types join several.
    """
    if folder.exists() and not folder.is_dir():
        raise FormatError(str(folder), "CSV is written as a folder of files, and a file stands here")
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        tables = {}
        for label in (*node_columns(), *edge_columns()):
            names = [column.name for column in columns_of(label)]
            ends = ["source_label", "target_label"] if label in edge_columns() else []
            file = stack.enter_context((folder / f"{label}.csv").open("w", encoding="utf-8", newline=""))
            tables[label] = csv.DictWriter(
                file, [*names[:2], *ends, *names[2:]] if ends else names, lineterminator="\n"
            )
            tables[label].writeheader()
        for label, row in nodes(store):
            tables[label].writerow(_cells(row, label))
        for kind, row in edges(store):
            labels = {"source_label": kind.source, "target_label": kind.target}
            tables[kind.type].writerow(_cells(row, kind.type) | labels)


def _cells(row: Mapping[str, Any], label: str) -> dict[str, Any]:
    return {
        column.name: json.dumps(row[column.name], ensure_ascii=False) if column.many else _cell(row[column.name])
        for column in columns_of(label)
    }


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
