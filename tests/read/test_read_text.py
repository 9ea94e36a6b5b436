from collections.abc import Callable

import pytest

from kg.errors import EmptyRecord
from kg.read.text import parted
from kg.types import Paper

LONG = "We study how methods reach the numbers that they report. " * 8
OTHER = "Another question is whether those numbers hold when others repeat the work. " * 6


def test_text_labelled_lines_are_abstracts_without_title(reading: Callable[..., list[Paper]]) -> None:
    papers = reading("a.txt", "Abstract:We reach 91%.\n\nabstract : We reach 92%.\n")
    assert [(paper.title, paper.abstract) for paper in papers] == [(None, "We reach 91%."), (None, "We reach 92%.")]


def test_text_labelled_title_goes_with_the_next_abstract(reading: Callable[..., list[Paper]]) -> None:
    papers = reading("a.txt", "Title: One\nAbstract: We reach 91%.\nAbstract: We reach 92%.\n")
    assert [paper.title for paper in papers] == ["One", None]


def test_text_labelled_line_without_label_fails(faults: Callable[..., list[tuple[int, str]]]) -> None:
    found = faults("a.txt", "Abstract: We reach 91%.\nAbstract: We do.\nA stray line.\nAbstract: We reach 92%.\n")
    assert [line for line, _ in found] == [3]


@pytest.mark.parametrize("between", ["\n\n", "\n"])
@pytest.mark.parametrize(
    "top", ["", "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nMar 14\n\n", "Subscribe"]
)
def test_text_pages_hold_title_and_abstract_in_turn(
    reading: Callable[..., list[Paper]], top: str, between: str
) -> None:
    papers = reading("a.txt", top + between.join(["First Title", LONG, "A Second: Title?", OTHER]))
    assert [(paper.title, paper.abstract) for paper in papers] == [
        ("First Title", LONG.strip()),
        ("A Second: Title?", OTHER.strip()),
    ]


def test_text_pages_title_without_abstract_is_an_empty_record(reading: Callable[..., list[object]]) -> None:
    found = reading("a.txt", "Subscribe\nOne\nTwo\n" + LONG + "\nThree\n")
    assert [type(item) for item in found] == [EmptyRecord, Paper, EmptyRecord]
    assert [item.line for item in found if isinstance(item, EmptyRecord)] == [2, 5]


def test_text_pages_short_abstract_below_a_title_is_no_title(reading: Callable[..., list[Paper]]) -> None:
    papers = reading("a.txt", "Subscribe\nOne\nWe reach 91%.\nTwo\nWe reach 92%.\n")
    assert [(paper.title, paper.abstract) for paper in papers] == [("One", "We reach 91%."), ("Two", "We reach 92%.")]


def test_text_many_abstracts_without_titles_are_so_many_papers(reading: Callable[..., list[Paper]]) -> None:
    papers = reading("a.txt", "\n".join(f"{number} {LONG}{OTHER}" for number in range(12)))
    assert [paper.title for paper in papers] == [None] * 12


@pytest.mark.parametrize(
    ("content", "title", "abstract"),
    [
        ("We reach 91% on SQuAD.", None, "We reach 91% on SQuAD."),
        ("A Title\n\nWe reach 91%\non SQuAD.", "A Title", "We reach 91% on SQuAD."),
        ("A Title\nin two lines\n\nWe reach 91%.", "A Title in two lines", "We reach 91%."),
        ("A Title\nWe reach 91% on SQuAD, more than any method before.", "A Title", None),
        ("Title: A Title\nAbstract: We reach 91%.", "A Title", "We reach 91%."),
        ("A Title\n\nAbstract\n\nWe reach 91%.", "A Title", "We reach 91%."),
        ("Abstract\nWe reach 91%.", None, "We reach 91%."),
        ("A Title\n\nAbstract-level reasoning is hard.", "A Title", "Abstract-level reasoning is hard."),
        ("We reach a new state of the art on SQuAD\nand on many other sets of questions and\nanswers.", None, None),
        ("Background\nMuch is unknown.\n\nMethods\nWe count.", None, "Background Much is unknown. Methods We count."),
        ("We reach 91%.\n\nWe also reach 92%.", None, "We reach 91%. We also reach 92%."),
    ],
)
def test_text_file_of_one_abstract_is_one_paper(
    one: Callable[..., Paper], content: str, title: str | None, abstract: str | None
) -> None:
    paper = one("a.txt", content)
    assert paper.title == title
    assert abstract is None or paper.abstract == abstract
    assert "".join(paper.abstract.split()) in "".join(content.split())


def test_text_structured_abstract_stays_one(one: Callable[..., Paper]) -> None:
    content = f"Background\n{LONG}\nMethods\n{OTHER}\nResults\n{LONG}\n"
    assert one("a.txt", content).abstract.count("Background") == 1


@pytest.mark.parametrize(
    "content", ["[Context] We study {x}.", "{\\bf We} study.", "<s> marks the start.", "@ is a sign."]
)
def test_text_that_begins_like_another_format_is_text(one: Callable[..., Paper], content: str) -> None:
    assert one("a.txt", content).abstract == content


@pytest.mark.parametrize("name", ["a.txt", "A.TXT", "a", "2301.00001", "2301.00001v2", "a.txt.gz"])
def test_text_is_expected_in_files_of_such_names(one: Callable[..., Paper], name: str) -> None:
    assert one(name, "We do.").abstract == "We do."


def test_text_of_nothing_has_neither_title_nor_abstract() -> None:
    assert parted(" \n ") == (None, "")


def test_text_longer_than_an_abstract_needs_its_format_named(faults: Callable[..., list[tuple[int, str]]]) -> None:
    content = "word\nother\n" * 2000
    assert "no format is recognised" in faults("LICENSE", content)[0][1]
    assert faults("LICENSE", content * 40, format="text")[0][1].startswith("more than 400,000 bytes")
