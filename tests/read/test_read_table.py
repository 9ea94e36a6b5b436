from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.errors import EmptyRecord, ReadError
from kg.types import Paper

One = Callable[..., Paper]
Reading = Callable[..., list[Any]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("name", ["papers", "papers.csv", "papers.tsv"])
def test_table_columns_are_found_by_name(one: One, name: str, separator: str) -> None:
    if name.endswith((".csv", ".tsv")) and (separator == "\t") != name.endswith(".tsv"):
        pytest.skip("the name says another separator")
    rows = [["Key", "Title", "Abstract Note", "Publication Year"], ["k1", "A title", "We reach 91%.", "2024.0"]]
    paper = one(name, "\n".join(separator.join(row) for row in rows))
    assert (paper.record_id, paper.title, paper.abstract) == ("k1", "A title", "We reach 91%.")
    assert paper.published == "2024"


def test_table_quoted_field_holds_separators_quotes_and_line_breaks(reading: Reading) -> None:
    papers = reading("a.csv", 'title,abstract\nA,"We ""reach"",\nat last, 91%."\nB,We do.\n')
    assert [paper.abstract for paper in papers] == ['We "reach", at last, 91%.', "We do."]


def test_table_of_tabs_keeps_quotes_that_quote_nothing(reading: Reading) -> None:
    papers = reading("a.tsv", 'title\tabstract\n"Differentiation" via Text\tWe say "x".\n"A ""b"""\t"We do."\n')
    assert [paper.title for paper in papers] == ['"Differentiation" via Text', 'A "b"']
    assert [paper.abstract for paper in papers] == ['We say "x".', "We do."]


def test_table_of_tabs_with_folded_fields_is_read(one: One) -> None:
    assert one("a.tsv", 'title\tabstract\nA\t"We reach\n91%."\n').abstract == "We reach 91%."


def test_table_row_of_wrong_length_or_quotes_fails_alone_with_its_line(reading: Reading) -> None:
    content = 'id,abstract\n1,We do.\n2,We reach 91%, or not.\n\n3,"We" do.\n4,"We\nreach\n5%."\n5\n6,We end.\n'
    found = reading("a.csv", content)
    assert [item.record_id for item in found if isinstance(item, Paper)] == ["1", "4", "6"]
    assert [(item.line, item.reason.partition(":")[0]) for item in found if isinstance(item, ReadError)] == [
        (3, "3 values in a table of 2 columns"),
        (5, "malformed row"),
        (9, "no abstract"),
    ]


def test_table_invalid_characters_fail_their_row_alone(reading: Reading) -> None:
    found = reading("a.csv", b'id,abstract\n1,We do.\n2,"We r\xe9ach."\n3,We end.\n')
    assert [type(item) for item in found] == [Paper, ReadError, Paper]
    assert (found[1].line, found[1].reason) == (3, "no valid Unicode: byte 0xe9 at 8 of the line")


def test_table_quote_that_is_never_closed_fails_and_names_its_line(reading: Reading) -> None:
    found = reading("a.csv", 'id,abstract\n1,We do.\n2,"We reach 91%.\n3,We end.\n')
    assert [type(item) for item in found] == [Paper, ReadError]
    assert found[1].line == 3


def test_table_without_an_abstract_column_says_which_there_are(reading: Reading) -> None:
    (found,) = reading("a.csv", "id,name\n1,A\n")
    assert isinstance(found, EmptyRecord)
    assert found.reason == "no abstract among its fields (id, name)"


def test_table_column_can_be_mapped(one: One) -> None:
    assert one("a.csv", "id,Zusammenfassung\n1,We do.\n", mapping={"abstract": "Zusammenfassung"}).abstract == "We do."


def parquet(path: Path, rows: list[dict[str, object]], **options: Any) -> bytes:
    pyarrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet").write_table(pyarrow.Table.from_pylist(rows), path, **options)
    return path.read_bytes()


def test_parquet_rows_are_records(reading: Reading, tmp_path: Path) -> None:
    import datetime

    rows = [
        {
            "id": number,
            "title": "A",
            "abstract": f"We reach {number}%." if number else None,
            "date": datetime.date(2024, 5, 1),
        }
        for number in range(1200)
    ]
    empty, *papers = reading("a.parquet", parquet(tmp_path / "made", rows, row_group_size=100))
    assert isinstance(empty, EmptyRecord)
    assert empty.line == 1
    assert [paper.record_id for paper in papers] == [str(number) for number in range(1, 1200)]
    assert (papers[0].abstract, papers[0].published) == ("We reach 1%.", "2024-05-01")


def test_parquet_damaged_is_told(reading: Reading, tmp_path: Path) -> None:
    content = parquet(tmp_path / "made", [{"abstract": "We."}])
    (error,) = reading("a.parquet", content[:-20])
    assert (error.line, error.reason.partition(":")[0]) == (0, "damaged Parquet")


def test_parquet_without_pyarrow_says_what_to_install(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    (error,) = reading("a.parquet", b"PAR1xxxxPAR1")
    assert error.reason == "reading Parquet needs pyarrow: pip install 'paper-kg[parquet]'"
