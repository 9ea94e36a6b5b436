"""The five documents: how many records each holds, and that every paper is the annotated one, letter for letter."""

import json
import re
from collections import Counter
from functools import reduce
from pathlib import Path

import pytest

from kg.read import merge, read, sniff
from kg.types import Paper

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def found(shared: Path) -> list[Paper]:
    return [paper for paper in read([shared / "seeds"]) if isinstance(paper, Paper)]


@pytest.fixture(scope="module")
def merged(found: list[Paper]) -> list[Paper]:
    by_id: dict[str, list[Paper]] = {}
    for paper in found:
        by_id.setdefault(paper.id, []).append(paper)
    return [reduce(merge, papers) for papers in by_id.values()]


def test_read_seeds_every_record_is_a_paper(shared: Path) -> None:
    assert Counter(type(item) for item in read([shared / "seeds"])) == {Paper: 453}


def test_read_seeds_each_document_holds_its_number(found: list[Paper]) -> None:
    counts = Counter(paper.sources[0][:3] for paper in found)
    assert [counts[number] for number in sorted(counts)] == [10, 92, 86, 58, 207]


def test_read_seeds_merge_to_428_of_which_9_have_no_title(merged: list[Paper]) -> None:
    assert len(merged) == 428
    assert sum(paper.title is None for paper in merged) == 9
    assert sum(len(paper.sources) > 1 for paper in merged) == 24


def test_read_seeds_layouts_are_recognised_by_content(shared: Path) -> None:
    heads = [path.read_bytes() for path in sorted((shared / "seeds").glob("*.txt"))]
    assert [sniff(head, "") for head in heads] == ["labelled", "pages", "pages", "pages", "pages"]


def test_read_seeds_are_the_annotated_papers_letter_for_letter(shared: Path, merged: list[Paper]) -> None:
    files = [shared / "gold" / f"{name}.papers.jsonl" for name in ("dev", "train")]
    records = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    gold = {(r["title"], r["abstract"]) for r in records if re.fullmatch("[0-9a-f]{12}", r["id"])}
    assert len(gold) == 328
    assert gold <= {(paper.title, paper.abstract) for paper in merged}


def test_read_seeds_no_title_or_abstract_holds_furniture_or_another(found: list[Paper]) -> None:
    titles = {paper.title for paper in found if paper.title}
    assert not any(re.search(r"Subscribe[A-Z]|trending papers|byAK", paper.text) for paper in found)
    assert all(len(title) < 150 and not title.endswith(".") for title in titles)
    assert all(len(paper.abstract) > 400 for paper in found)
    assert not any(paper.abstract.startswith(("Abstract:", paper.title or "\0")) for paper in found)


def test_read_seeds_documents_in_one_file_are_the_same_papers(shared: Path, tmp_path: Path, found: list[Paper]) -> None:
    pages = [path.read_text(encoding="utf-8") for path in sorted((shared / "seeds").glob("*.txt"))[1:]]
    (tmp_path / "all.txt").write_text("\n".join(pages), encoding="utf-8")
    together = [(paper.title, paper.abstract) for paper in read([tmp_path / "all.txt"]) if isinstance(paper, Paper)]
    assert together == [(paper.title, paper.abstract) for paper in found[10:]]
