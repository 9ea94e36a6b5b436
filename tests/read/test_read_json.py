import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import EmptyRecord, ReadError
from kg.read import read
from kg.types import Paper

Faults = Callable[..., list[tuple[int, str]]]
RECORDS = [{"id": f"p{number}", "abstract": f"We reach 9{number}%."} for number in range(3)]
NAMELESS = "no abstract among its fields (papers)"
ABSTRACTS = [record["abstract"] for record in RECORDS]


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(map(json.dumps, RECORDS)),
        "\n\n".join(map(json.dumps, RECORDS)) + "\r\n",
        json.dumps(RECORDS),
        json.dumps(RECORDS, indent=2),
        json.dumps({"papers": RECORDS}),
        json.dumps({"title": "mine", "count": 3, "authors": [{"name": "x"}], "papers": RECORDS}, indent=1),
        json.dumps({"response": {"facets": [{"n": 1}] * 9, "docs": RECORDS}}),
        "\n".join(json.dumps(record, indent=2) for record in RECORDS),
        "[\n" + ",\n".join(map(json.dumps, RECORDS)) + "\n]",
    ],
)
def test_json_of_every_shape_gives_the_same_records(reading: Callable[..., list[Paper]], content: str) -> None:
    assert [paper.abstract for paper in reading("papers", content)] == ABSTRACTS


def test_json_single_record_with_lists_of_objects_is_one_paper(one: Callable[..., Paper]) -> None:
    record = {"title": "A", "authors": [{"name": "x"}], "references": [{"abstract": "Not this."}], "abstract": "This."}
    assert one("paper.json", json.dumps(record, indent=2)).abstract == "This."


def test_json_record_without_abstract_is_no_wrapping(reading: Callable[..., list[object]]) -> None:
    (found,) = reading("paper.json", json.dumps({"title": "A", "authors": [{"name": "x"}, {"name": "y"}]}, indent=2))
    assert isinstance(found, EmptyRecord)


def test_json_line_of_a_damaged_record_is_told_and_the_rest_goes_on(reading: Callable[..., list[object]]) -> None:
    content = '[\n{"abstract": "One."},\n{"abstract": "Two.",,},\n{"abstract": "Three."}\n]'
    first, second, third = reading("a.json", content)
    assert isinstance(first, Paper)
    assert isinstance(third, Paper)
    assert isinstance(second, ReadError)
    assert (second.line, second.reason.partition(":")[0]) == (3, "malformed JSON")


@pytest.mark.parametrize(
    ("content", "line", "papers"),
    [
        ('[\n{"abstract": "One."},\n{"abstract": "Tw', 3, 1),
        ('[\n{"abstract": "One."},\n', 3, 1),
        ('{"papers": [\n{"abstract": "One."},\n{"abstract": "Two."}', 3, 2),
        ('{\n"abstract": "Tw', 2, 0),
    ],
)
def test_json_truncated_is_told_after_what_is_whole(
    reading: Callable[..., list[object]], content: str, line: int, papers: int
) -> None:
    *whole, error = reading("a.json", content)
    assert len(whole) == papers
    assert isinstance(error, ReadError)
    assert error.line == line
    assert "truncated" in error.reason


def test_json_brackets_and_quotes_in_strings_do_not_count(reading: Callable[..., list[Paper]]) -> None:
    texts = ['A } ] { [ "quoted\\" x', "ends in a backslash \\", "\\\\", "{"]
    papers = reading("a.json", json.dumps([{"abstract": f"Text {text}"} for text in texts]))
    assert [paper.abstract for paper in papers] == [f"Text {text}" for text in texts]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"abstract": "We', "malformed JSON: unexpected end of data"),
        ('["We"]', "an array where a record is an object"),
        ('"We"', "a string where a record is an object"),
        ("12", "a number where a record is an object"),
        ("no json", "malformed JSON"),
        ('{"abstract": "\udcff"}', "no valid Unicode: byte 0xff at 15 of the line"),
        ("[" * 100_000, "malformed JSON"),
    ],
)
def test_jsonl_faulty_line_fails_alone(reading: Callable[..., list[object]], line: str, reason: str) -> None:
    content = f'{{"abstract": "One."}}\n{line}\n{{"abstract": "Three."}}\n'.encode(errors="surrogateescape")
    first, second, third = reading("a.jsonl", content)
    assert isinstance(first, Paper)
    assert isinstance(third, Paper)
    assert isinstance(second, ReadError)
    assert second.line == 2
    assert second.reason.startswith(reason)


def test_jsonl_faulty_first_line_does_not_change_the_format(reading: Callable[..., list[object]]) -> None:
    for first in ('{"abstract": "We', "garbage", '{"x"'):
        found = reading("a.jsonl", f'{first}\n{{"abstract": "Two."}}\n{{"abstract": "Three."}}\n')
        assert [type(item) for item in found] == [ReadError, Paper, Paper]


def test_jsonl_nan_and_raw_control_characters_are_read(one: Callable[..., Paper]) -> None:
    paper = one("a.jsonl", '{"abstract": "We reach\t91%.", "title": NaN, "year": NaN}\n')
    assert (paper.abstract, paper.title, paper.published) == ("We reach 91%.", None, None)


def test_json_record_too_long_between_others_is_told(tmp_path: Path) -> None:
    with (tmp_path / "a.json").open("w") as file:
        file.write('{"abstract": "One."}\n{"abstract":\n"' + "x" * 17 * 2**20 + '"}\n{"abstract": "Three."}\n')
    first, second, third = read([tmp_path / "a.json"], format="json")
    assert isinstance(first, Paper)
    assert isinstance(third, Paper)
    assert isinstance(second, ReadError)
    assert (second.line, second.reason) == (2, "a record of more than 16 MiB")


def test_json_title_that_no_index_could_hold_is_told(tmp_path: Path) -> None:
    records = [
        {"abstract": "One."},
        {"title": "x" * 8001, "abstract": "Two."},
        {"title": "x" * 8000, "abstract": "Three."},
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    first, second, third = read([tmp_path / "a.jsonl"])
    assert isinstance(first, Paper)
    assert isinstance(third, Paper)
    assert isinstance(second, ReadError)
    assert second.line == 2
    assert second.reason.startswith("a title of 8,001 characters, of which it may have 8,000: 'xxx")


def test_json_wrapping_of_more_than_a_record_is_read(tmp_path: Path) -> None:
    record = json.dumps({"abstract": "We. " * 20_000})
    with (tmp_path / "a.json").open("w") as file:
        file.write('{"meta": {"count": 300},\n"papers": [' + ",\n".join([record] * 300) + '],\n"next": null}')
    found = list(read([tmp_path / "a.json"]))
    assert len(found) == 300
    assert all(isinstance(item, Paper) for item in found)


@pytest.mark.parametrize("content", ["[]", '["We reach 91%."]', '{"papers": []}'])
def test_json_without_a_record_is_told(faults: Faults, content: str) -> None:
    assert faults("a.json", content) in ([(0, "no record in it, read as json")], [(1, NAMELESS)])
