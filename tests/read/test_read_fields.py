import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import EmptyRecord, ReadError, SettingsError
from kg.read import read
from kg.types import Paper

One = Callable[..., Paper]


def test_fields_are_found_by_their_usual_names(one: One) -> None:
    for abstract, title in [("abstract", "title"), ("paperAbstract", "Title"), ("summary", "paper_title")]:
        record = {abstract: "We reach 91%.", title: "A", "paperId": "x1", "link": "https://x.org", "year": 2024}
        paper = one("a.jsonl", json.dumps(record) + "\n", format="jsonl")
        assert (paper.abstract, paper.title, paper.record_id) == ("We reach 91%.", "A", "x1")
        assert (paper.url, paper.published) == ("https://x.org", "2024")


def test_fields_empty_one_leaves_the_place_to_the_next(one: One) -> None:
    assert (
        one("a.jsonl", '{"abstract": "  ", "summary": null, "description": "We reach 91%."}').abstract
        == "We reach 91%."
    )


def test_fields_are_mapped_by_paths(one: One) -> None:
    record = {"id": "x", "meta": {"names": ["A", "B"]}, "body": {"abs": ["We reach", "91%."]}, "summary": "Not this."}
    mapping = {"title": "meta.names.1", "abstract": "body.abs"}
    paper = one("a.jsonl", json.dumps(record), mapping=mapping)
    assert (paper.title, paper.abstract) == ("B", "We reach 91%.")


def test_fields_are_mapped_in_a_wrapped_list(one: One) -> None:
    content = json.dumps({"count": 1, "items": [{"meta": {"abs": "We reach 91%."}}]}, indent=1)
    assert one("a.json", content, mapping={"abstract": "meta.abs"}).abstract == "We reach 91%."


def test_fields_name_with_a_dot_is_taken_whole(one: One) -> None:
    assert one("a.jsonl", '{"meta.abs": "We reach 91%."}', mapping={"abstract": "meta.abs"}).abstract == "We reach 91%."


def test_fields_mapped_wrongly_is_a_settings_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="'author' is no field of a paper; those are abstract, title"):
        read([tmp_path], mapping={"author": "x"})


def test_fields_unknown_format_is_a_settings_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no format 'xls'; there are parquet, atom"):
        read([tmp_path], format="xls")


@pytest.mark.parametrize(
    ("record", "id"),
    [
        ({"arxiv_id": "2301.00001v2", "doi": "10.1234/X"}, "arxiv:2301.00001"),
        ({"doi": "https://doi.org/10.1234/X"}, "doi:10.1234/x"),
        ({"doi": "10.48550/arXiv.2301.00001"}, "arxiv:2301.00001"),
        ({"id": "7", "url": "http://arxiv.org/abs/cs/0112017v1"}, "arxiv:cs/0112017"),
        ({"id": 7}, "paper:"),
    ],
)
def test_fields_paper_id_is_the_arxiv_id_or_doi_where_one_is_known(one: One, record: object, id: str) -> None:
    assert one("a.jsonl", json.dumps({"abstract": "We.", **dict(record)})).id.startswith(id)  # type: ignore[call-overload]


def test_fields_record_id_stays_as_it_stands(one: One) -> None:
    paper = one("a.jsonl", '{"id": "arxiv-2007.06643v1", "abstract": "We reach 91%."}')
    assert (paper.record_id, paper.id) == ("arxiv-2007.06643v1", "arxiv:2007.06643")
    assert one("a.jsonl", '{"id": 12, "abstract": "We reach 91%."}').record_id == "12"


def test_fields_address_follows_from_the_id_where_none_is_given(one: One) -> None:
    assert one("a.jsonl", '{"id": "2007.06643", "abstract": "We."}').url == "https://arxiv.org/abs/2007.06643"
    assert one("a.jsonl", '{"doi": "10.1/X", "abstract": "We."}').url is None
    assert one("a.jsonl", '{"doi": "10.1234/X", "abstract": "We."}').url == "https://doi.org/10.1234/x"


@pytest.mark.parametrize(
    "abstract", [None, "", " \n", "N/A", "nan", "No abstract available.", "[Abstract not available]", "-", 12]
)
def test_fields_record_without_an_abstract_is_empty(reading: Callable[..., list[object]], abstract: object) -> None:
    (found,) = reading("a.jsonl", json.dumps({"title": "A", "abstract": abstract}))
    assert isinstance(found, EmptyRecord)
    assert (found.line, found.reason) == (1, "no abstract")


def test_fields_record_without_any_known_field_names_what_it_has(reading: Callable[..., list[ReadError]]) -> None:
    (found,) = reading("a.jsonl", '{"foo": 1, "bar": 2}\n{"foo": 1}', format="jsonl")[:1]
    assert found.reason == "no abstract among its fields (foo, bar)"


def test_fields_abstract_that_is_an_object_fails(faults: Callable[..., list[tuple[int, str]]]) -> None:
    assert faults("a.jsonl", '{"abstract": {"en": "We."}}') == [(1, "the abstract is no text but an object")]


def test_fields_of_changing_records_are_found_in_each(reading: Callable[..., list[Paper]]) -> None:
    lines = [json.dumps({f"extra{number}": 1, "abstract": f"Text {number} of many."}) for number in range(2500)]
    assert len({paper.abstract for paper in reading("a.jsonl", "\n".join(lines))}) == 2500
