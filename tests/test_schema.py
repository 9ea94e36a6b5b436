import json

import pytest
from handmade import PAPERS
from jsonschema import Draft202012Validator

from kg.graph import edge_ends
from kg.schema import GENERATED, edge_columns, edge_kinds, node_columns, statements
from kg.share import shared


@pytest.mark.parametrize("name", list(GENERATED))
def test_schema_files_are_what_is_generated(name: str) -> None:
    assert (shared("schema") / name).read_text(encoding="utf-8") == GENERATED[name]()


def test_schema_of_extractions_takes_what_is_written_and_nothing_else() -> None:
    schema = json.loads((shared("schema") / "graph.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for extraction in PAPERS:
        row = json.loads(extraction.model_dump_json())
        assert validator.is_valid(row)
        assert not validator.is_valid(row | {"more": 1})
        assert not validator.is_valid(row | {"paper": {**row["paper"], "abstract": None}})


def test_schema_columns_are_the_properties_of_the_design() -> None:
    assert list(node_columns()) == ["Paper", "Method", "Task", "Dataset", "Metric", "Result"]
    assert {"kind", "aliases", "support"} <= {column.name for column in node_columns()["Method"]}
    assert "higher_is_better" not in {column.name for column in node_columns()["Dataset"]}
    assert all(columns[0].name == "id" for columns in node_columns().values())
    assert "outcome" in {column.name for column in edge_columns()["COMPARED_WITH"]}
    assert "outcome" not in {column.name for column in edge_columns()["USES_METHOD"]}


def test_schema_knows_every_edge_of_the_graph() -> None:
    assert set(edge_columns()) == set(edge_ends())
    assert {(kind.type, (kind.source, kind.target)) for kind in edge_kinds()} == {
        (edge, pair) for edge, pairs in edge_ends().items() for pair in pairs
    }


def test_schema_statements_are_split_and_comments_left_out() -> None:
    assert statements("// a;\nCREATE (a {x: ';'});\n// b\nCREATE\n  (b);\n") == ["CREATE (a {x: ';'})", "CREATE\n  (b)"]
