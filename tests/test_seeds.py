"""The five documents, read whole: what the first graph must hold."""

import shlex
from collections.abc import Iterable
from pathlib import Path

import pytest
from servers.fuseki import missing, start, stop
from servers.jvm import Unavailable
from stores import dump

from kg.audit import Audited, audit
from kg.build import Balance, balance, build
from kg.extract import load
from kg.query import Answer, ask, questions
from kg.rdf.check import check
from kg.rdf.export import export
from kg.rdf.imports import import_file
from kg.read import read
from kg.resolve import Resolver
from kg.store import Store, open_store

pytestmark = pytest.mark.shared

# The eleven papers that name GSM8K, by a part of the title, with the numbers that their sentences report on it.
GSM8K: dict[str, set[str]] = {
    "GReaTer": set(),
    "Subtle Errors Matter": {"3.0%"},
    "Iterative Reasoning Preference Optimization": {"55.6%", "81.6%", "88.7%"},
    "Self-Sampled Correct and Partially-Correct": {"35.5%", "44.5%"},
    "ReFT": set(),
    "Monte Carlo Tree Search Boosts Reasoning": {"81.8%", "+5.9%"},
    "Tree-Based Preference Learning": {"67.55%", "82.79%"},
    "Qwen2.5-Math": set(),
    "Bone": {"49.36", "5.84\\%"},
    "Masked Thought": {"5%", "3%"},
    "Unchosen Experts Can Contribute": {"61.79", "66.94", "75.59", "78.31"},
}


@pytest.fixture(scope="module")
def closing(shared: Path, built: tuple[Store, Balance]) -> Balance:
    return built[1]


@pytest.fixture(scope="module")
def built(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterable[tuple[Store, Balance]]:
    """The store of the five documents, read by the default model."""
    with open_store(str(tmp_path_factory.mktemp("seeds") / "graph.lbug")) as store:
        records = read(sorted((shared / "seeds").glob("*.txt")))
        yield store, balance(build(records, store, extractor=load(), resolver=Resolver()))


def test_seeds_balance_adds_up(closing: Balance) -> None:
    assert closing.read == 453
    assert (closing.papers, closing.counts["merged"], closing.counts["failed"]) == (428, 25, 0)


def test_seeds_second_build_changes_nothing(shared: Path, built: tuple[Store, Balance]) -> None:
    records = read(sorted((shared / "seeds").glob("*.txt")))
    again = balance(build(records, built[0], extractor=load(), resolver=Resolver()))
    assert (again.counts["unchanged"], again.counts["merged"]) == (428, 25)


def test_seeds_store_is_verbatim_throughout(built: tuple[Store, Balance]) -> None:
    *faults, audited = audit(built[0])
    assert faults == []
    assert isinstance(audited, Audited)
    assert audited.papers == 428
    assert audited.spans > 5000


def test_seeds_gsm8k_is_named_by_eleven_papers_with_their_numbers(built: tuple[Store, Balance]) -> None:
    answer = ask(built[0], "methods-evaluated-on", {"dataset": "gsm-8k"})
    title, reported = answer.columns.index("title"), answer.columns.index("reported")
    found: dict[str, set[str]] = {}
    for row in answer.rows:
        found.setdefault(str(row[title]), set()).update({str(row[reported])} - {"None"})
    assert len(found) == 11
    for part, numbers in GSM8K.items():
        (full,) = [name for name in found if part in name]
        assert numbers <= found[full], full


@pytest.fixture(scope="module")
def exported(built: tuple[Store, Balance], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rdf") / "seeds.ttl"
    export(built[0], path)
    return path


def test_seeds_export_has_no_fault(exported: Path) -> None:
    assert check(exported) == []


def test_seeds_export_comes_back_whole(exported: Path, built: tuple[Store, Balance], tmp_path: Path) -> None:
    with open_store(str(tmp_path / "graph.lbug")) as again:
        assert import_file(exported, again) == 428
        assert dump(again) == dump(built[0])


def test_seeds_export_answers_every_question_in_oxigraph(exported: Path, built: tuple[Store, Balance]) -> None:
    with open_store(str(exported), read_only=True) as loaded:
        assert asked(loaded) == asked(built[0])


def test_seeds_export_loads_into_fuseki_without_a_warning_and_answers_every_question(
    exported: Path, built: tuple[Store, Balance], tmp_path: Path
) -> None:
    try:
        server = start(tmp_path)
    except Unavailable as reason:
        missing(reason)
    log = tmp_path / "fuseki.log"
    before = warnings(log)
    server.load(exported, "text/turtle")
    with open_store(server.store, read_only=True) as loaded:
        assert asked(loaded) == asked(built[0])
    assert warnings(log) == before
    (tmp_path / "bad.ttl").write_text('<x:a> <x:b> "seven"^^<http://www.w3.org/2001/XMLSchema#integer> .')
    server.load(tmp_path / "bad.ttl", "text/turtle")
    stop(server)
    assert len(warnings(log)) == len(before) + 1  # so that it would have told


def asked(store: Store) -> dict[str, Answer]:
    """The answer to each question, asked as its example asks it."""
    answers = {}
    for name, question in questions().items():
        given = dict(each.split("=", 1) for each in shlex.split(question.example))
        answers[name] = ask(store, name, given)
    assert all(answer.rows for name, answer in answers.items() if name != "conflicts")  # the seeds have none
    return answers


def warnings(log: Path) -> list[str]:
    return [line for line in log.read_text().splitlines() if " WARN " in line or " ERROR " in line]
