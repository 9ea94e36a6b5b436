import csv
import json
from pathlib import Path

import pytest
from handmade import GRAPHS
from stores import shared_nodes

from kg.errors import FormatError
from kg.export.table import write_tables
from kg.schema import edge_columns, node_columns
from kg.store.embedded import EmbeddedStore


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with EmbeddedStore(":memory:") as store:
        store.write(GRAPHS)
        write_tables(store, tmp_path / "tables")
        assert {path.stem: len(rows(path)) for path in (tmp_path / "tables").iterdir()} == store.count()
    return tmp_path / "tables"


def test_table_holds_a_file_for_every_label_and_edge(folder: Path) -> None:
    assert {path.stem for path in folder.iterdir()} == {*node_columns(), *edge_columns()}


def test_table_holds_texts_as_they_are(folder: Path) -> None:
    papers = {row["id"]: row for row in rows(folder / "Paper.csv")}
    for graph in GRAPHS:
        row = papers[graph.paper.id]
        assert (row["title"], row["abstract"]) == (graph.paper.title or "", graph.paper.abstract)
        assert json.loads(row["sources"]) == list(graph.paper.sources)
        assert "extracted_at" not in row


def test_table_holds_values_of_every_type(folder: Path) -> None:
    (latency,) = [row for row in rows(folder / "Metric.csv") if row["id"] == "metric:latency"]
    assert (latency["higher_is_better"], latency["unit"], latency["lower_bound"]) == ("false", "ms", "0.0")
    assert latency["upper_bound"] == ""
    forms = {node.id: list(node.forms) for node in shared_nodes(GRAPHS)}
    assert {row["id"]: json.loads(row["forms"]) for row in rows(folder / "Method.csv")} == {
        id: own for id, own in forms.items() if id.startswith("method:")
    }


def test_table_names_both_ends_of_an_edge(folder: Path) -> None:
    measured = {
        (r["source"], r["source_label"], r["target"], r["target_label"]) for r in rows(folder / "MEASURED_BY.csv")
    }
    assert ("task:arithmetic", "Task", "metric:accuracy", "Metric") in measured
    assert ("method:alpha", "Method", "metric:latency", "Metric") in measured


def test_table_written_twice_is_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    with EmbeddedStore(":memory:") as store:
        for graph in reversed(GRAPHS):
            store.write([graph])
        write_tables(store, tmp_path / "again")
    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_table_does_not_take_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine")
    with EmbeddedStore(":memory:") as store, pytest.raises(FormatError, match="a file stands here"):
        write_tables(store, tmp_path / "x")
    assert (tmp_path / "x").read_text() == "mine"
