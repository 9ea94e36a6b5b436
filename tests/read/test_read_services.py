"""Formats of arXiv, OpenAlex and Semantic Scholar."""

import json
from collections.abc import Callable

import pytest

from kg.read import sniff
from kg.read.invert import inverted
from kg.types import Paper

One = Callable[..., Paper]
SNAPSHOT = {
    "id": "0704.0001",
    "title": "A title that\n  is folded",
    "abstract": "  We reach 91%\non SQuAD.\n",
    "doi": "10.1103/X",
    "categories": "cs.CL",
    "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}, {"version": "v2", "created": "x"}],
    "update_date": "2008-11-26",
}


def test_arxiv_snapshot_folded_lines_are_unfolded(one: One) -> None:
    paper = one("arxiv.json", json.dumps(SNAPSHOT) + "\n" * 2)
    assert (paper.title, paper.abstract) == ("A title that is folded", "We reach 91% on SQuAD.")
    assert (paper.id, paper.record_id) == ("arxiv:0704.0001", "0704.0001")
    assert (paper.published, paper.url) == ("2007-04-02", "https://arxiv.org/abs/0704.0001")


def test_arxiv_snapshot_without_versions_takes_the_date_of_update(one: One) -> None:
    assert one("arxiv.json", json.dumps({**SNAPSHOT, "versions": []})).published == "2008-11-26"


WORK = {
    "id": "https://openalex.org/W7",
    "doi": None,
    "display_name": "A title",
    "publication_date": "2024-05-01",
    "abstract_inverted_index": {"We": [0], "reach": [1, 4], "91%": [2], "and": [3], "92%.": [5]},
    "locations": [{"landing_page_url": "https://x.org"}, {"landing_page_url": "http://arxiv.org/abs/2301.00001"}],
    "primary_location": {"landing_page_url": "https://x.org"},
    "authorships": [{"author": {"display_name": "X"}}],
}


@pytest.mark.parametrize("wrapped", [WORK, {"meta": {"count": 1}, "results": [WORK], "group_by": []}])
def test_openalex_inverted_index_becomes_text(one: One, wrapped: object) -> None:
    paper = one("works", json.dumps(wrapped))
    assert (paper.title, paper.abstract) == ("A title", "We reach 91% and reach 92%.")
    assert (paper.id, paper.record_id) == ("arxiv:2301.00001", "https://openalex.org/W7")
    assert (paper.url, paper.published) == ("https://x.org", "2024-05-01")


@pytest.mark.parametrize(
    ("index", "reason"),
    [
        ({"We": [0], "reach": [2]}, "1 places without a word, 0 with two"),
        ({"We": [0], "reach": [0]}, "0 places without a word, 1 with two"),
        ({"We": [0, 10**12]}, "999999999999 places without a word"),
        ({"We": 0}, "no text but an object"),
        ({"en": "We reach 91%."}, "no text but an object"),
    ],
)
def test_openalex_damaged_index_fails(index: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        inverted(index)


PAPER = {
    "paperId": "649d",
    "externalIds": {"MAG": "1", "ArXiv": "1705.10311", "DOI": "10.1234/x", "CorpusId": 7},
    "title": "A title",
    "abstract": "We reach 91%.",
    "year": 2017,
    "publicationDate": None,
    "url": "https://www.semanticscholar.org/paper/649d",
}


@pytest.mark.parametrize("wrapped", [PAPER, [PAPER], {"total": 1, "offset": 0, "data": [PAPER]}])
def test_semanticscholar_ids_are_found(one: One, wrapped: object) -> None:
    paper = one("papers.json", json.dumps(wrapped))
    assert (paper.id, paper.record_id, paper.published) == ("arxiv:1705.10311", "649d", "2017")
    assert paper.url == "https://www.semanticscholar.org/paper/649d"


def test_semanticscholar_abstracts_data_set_is_read(one: One) -> None:
    record = {"corpusid": 7, "openaccessinfo": {"externalids": {"DOI": "10.1234/x"}}, "abstract": "We reach 91%."}
    paper = one("abstracts.jsonl", json.dumps(record))
    assert (paper.id, paper.record_id) == ("doi:10.1234/x", "7")


@pytest.mark.parametrize(("record", "name"), [(SNAPSHOT, "arxiv"), (WORK, "openalex"), (PAPER, "semanticscholar")])
@pytest.mark.parametrize("indent", [None, 2])
def test_services_are_recognised_by_content(record: object, name: str, indent: int | None) -> None:
    assert sniff(json.dumps([record] * 2, indent=indent).encode(), "x.json") == name
    assert sniff(b'{"broken\n' + json.dumps(record).encode() + b"\n" + json.dumps(record).encode(), "x.jsonl") == name
