"""The shipped questions: their headers, their answers from every kind of store, and how they are asked."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from handmade import GRAPHS
from stores import STORES

from kg.errors import QueryError, UnknownName
from kg.query import ask, questions
from kg.query.evidence import sentence_at
from kg.query.question import NAMES, SUFFIXES, parse
from kg.share import shared
from kg.store import Store, open_store
from kg.store.embedded import EmbeddedStore

GOLDEN = Path(__file__).with_name("answers.json")
ASKED: dict[str, dict[str, str | int]] = {
    "methods-evaluated-on gsm8k": {"dataset": "gsm8k"},
    "methods-evaluated-on PolyBench": {"dataset": "PolyBench"},
    "results-on GSM-8K": {"dataset": "GSM-8K"},
    "results-on math": {"dataset": "math"},
    "leaderboard gsm8k accuracy": {"dataset": "gsm8k", "metric": "Accuracy"},
    "leaderboard gsm8k latency": {"dataset": "gsm8k", "metric": "latency"},
    "datasets-of arithmetic": {"task": "arithmetic"},
    "datasets-of proof writing": {"task": "proof-writing"},
    "methods-of arithmetic": {"task": "Arithmetic"},
    "methods-of proof writing": {"task": "proof writing"},
    "reported-by alpha": {"paper": "alpha: a method"},
    "reported-by the unnamed": {"paper": "paper:0000000000000002"},
    "compared-with gpt4": {"method": "GPT4"},
    "compared-with alpha": {"method": "alpha"},
    "improvements-on gpt4": {"baseline": "gpt-4"},
    "improvements-on alpha": {"baseline": "alpha"},
    "metrics-of gsm8k": {"dataset": "gsm8k"},
    "most-used-methods 3": {"limit": 3},
    "papers": {},
    "conflicts": {},
    "facts-about gpt4": {"method": "GPT4"},
    "facts-about alpha": {"method": "alpha"},
}


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with EmbeddedStore(":memory:") as opened:
        opened.write(GRAPHS)
        yield opened


def answers(store: Store) -> dict[str, list[object]]:
    """The rows of every question in ASKED, as JSON holds them."""
    found = {key: ask(store, key.partition(" ")[0], given) for key, given in ASKED.items()}
    return {key: [dict(zip(one.columns, row, strict=True)) for row in one.rows] for key, one in found.items()}


@pytest.mark.parametrize("kind", list(STORES))
def test_questions_have_the_same_rows_in_every_store(kind: str, request: pytest.FixtureRequest) -> None:
    with open_store(STORES[kind](request)) as store:
        store.write(GRAPHS)
        found = answers(store)
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_questions_are_all_asked_here() -> None:
    assert {key.partition(" ")[0] for key in ASKED} == set(questions())


@pytest.mark.parametrize("name", list(questions()))
def test_questions_say_the_same_in_both_languages(name: str) -> None:
    other = shared("queries") / (name + SUFFIXES["sparql"])
    assert parse(other, "sparql") == questions()[name]


@pytest.mark.parametrize("name", list(questions()))
def test_questions_explain_themselves(name: str) -> None:
    question = questions()[name]
    assert question.description.endswith(".")
    assert question.columns
    given = {part.partition("=")[0] for part in question.example.split() if "=" in part}
    assert given <= {parameter.name for parameter in question.parameters}
    cut_afterwards = {"limit"} if name == "facts-about" else set()  # its rows are put together from all there are
    assert {p.name for p in question.parameters if f"${p.name}" not in question.text("cypher")} == cut_afterwards


def test_questions_show_every_paper_that_names_a_dataset(store: Store) -> None:
    named = {graph.paper.id for graph in GRAPHS if any(claim.entity == "dataset:gsm8k" for claim in graph.claims)}
    answer = ask(store, "methods-evaluated-on", {"dataset": "GSM8K"})
    assert {row[answer.columns.index("paper")] for row in answer.rows} == named
    assert len(named) == 4


def test_questions_give_a_sentence_with_every_row(store: Store) -> None:
    for key, given in ASKED.items():
        answer = ask(store, key.partition(" ")[0], given)
        if "sentence" in answer.columns:
            assert all(row[answer.columns.index("sentence")] for row in answer.rows)


def test_questions_give_as_many_rows_as_are_asked_for_and_say_so(store: Store) -> None:
    every = ask(store, "papers")
    assert (len(every.rows), every.notes) == (len(GRAPHS), ())
    two = ask(store, "papers", {"limit": 2})
    assert two.rows == every.rows[:2]
    assert two.notes == ("there are more than these 2 rows; limit=… says how many to give",)
    assert ask(store, "papers", {"limit": len(GRAPHS)}).notes == ()


def test_questions_give_the_sentence_of_a_paper_that_only_names(store: Store) -> None:
    answer = ask(store, "methods-evaluated-on", {"dataset": "GSM8K"})
    (row,) = [row for row in answer.rows if row[answer.columns.index("paper")] == "paper:0000000000000005"]
    assert row[0] is None
    assert row[-1] == "Benchmarks such as GSM8K saturate, e.g. for GPT-4."


@pytest.mark.parametrize("name", ["GSM8K", "gsm8k", "GSM-8K", "  gsm 8k ", "dataset:gsm8k"])
def test_questions_take_a_name_whatever_its_spelling(store: Store, name: str) -> None:
    assert ask(store, "results-on", {"dataset": name}).rows == ask(store, "results-on", {"dataset": "GSM8K"}).rows


def test_questions_suggest_the_nearest_of_an_unknown_name(store: Store) -> None:
    with pytest.raises(UnknownName, match=r"no Dataset of that name; did you mean GSM8K") as raised:
        ask(store, "results-on", {"dataset": "GSM9K"})
    assert (raised.value.kind, raised.value.nearest[0]) == ("Dataset", "GSM8K")
    with pytest.raises(UnknownName, match="no Paper of that name"):
        ask(store, "reported-by", {"paper": "zzzz"})


def test_questions_say_which_of_several_papers_is_meant(store: Store) -> None:
    answer = ask(store, "reported-by", {"paper": "A"})
    assert answer.notes[0].startswith("A is A loss (paper:0000000000000006) here; there is also ")
    assert len(answer.rows) == 4


@pytest.mark.parametrize(
    "paper", ["arXiv:2401.00001v3", "https://arxiv.org/abs/2401.00001", "ALPHA: a METHOD for arithmetic"]
)
def test_questions_take_a_paper_by_its_ids_and_its_title(store: Store, paper: str) -> None:
    assert len(ask(store, "reported-by", {"paper": paper}).rows) == 3


@pytest.mark.parametrize(
    ("name", "parameters", "reason"),
    [
        ("leaderbord", {}, "did you mean leaderboard"),
        ("qqqq", {}, "there are compared-with"),
        ("leaderboard", {"dataset": "GSM8K"}, "needs metric; for example: dataset=GSM8K metric=accuracy"),
        ("leaderboard", {"dataset": "GSM8K", "metric": " "}, "needs metric"),
        ("results-on", {"data": "GSM8K"}, "takes dataset, limit, not data"),
        ("papers", {"x": "1"}, "takes limit, not x"),
        ("most-used-methods", {"limit": "ten"}, "limit is a whole number, not ten"),
        ("most-used-methods", {"limit": "-1"}, "limit is a whole number, not -1"),
        ("most-used-methods", {"limit": "9" * 30}, "limit is a whole number"),
    ],
)
def test_questions_say_what_is_asked_wrongly(store: Store, name: str, parameters: dict[str, str], reason: str) -> None:
    with pytest.raises(QueryError, match=reason):
        ask(store, name, parameters)


def test_questions_never_take_a_value_for_query_text(store: Store) -> None:
    with pytest.raises(UnknownName):
        ask(store, "results-on", {"dataset": "x' OR true //"})
    assert ask(store, "methods-of", {"task": "{x: $y} // no comment 𝔸𝔹"}).rows == ()


@pytest.mark.parametrize("header", ["nothing", "dataset - no type", "dataset (Datum) - no such type"])
def test_questions_refuse_a_header_that_can_not_be_read(tmp_path: Path, header: str) -> None:
    (tmp_path / "x.cypher").write_text(f"// What.\n// parameter: {header}\nRETURN 1\n")
    with pytest.raises(QueryError, match="can't be read"):
        parse(tmp_path / "x.cypher", "cypher")


def test_questions_know_the_names_that_they_look_up() -> None:
    assert NAMES == ("Method", "Task", "Dataset", "Metric", "Paper")


@pytest.mark.parametrize(
    ("text", "offset", "sentence"),
    [
        ("One. Two (x, i.e. y). Three", 6, "Two (x, i.e. y)."),
        ("Title\nFirst here. Second.", 2, "Title"),
        ("Title\nFirst here. Second.", 8, "First here."),
        ("By Smith et al. GSM8K is 0.5 hard! Yes", 17, "By Smith et al. GSM8K is 0.5 hard!"),
        ("No end", 3, "No end"),
    ],
)
def test_questions_find_the_sentence_at_an_offset(text: str, offset: int, sentence: str) -> None:
    assert sentence_at(text, offset) == sentence
