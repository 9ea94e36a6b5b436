from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from handmade import Draft

from kg.graph import Subgraph, subgraph
from kg.query import Answer, ask
from kg.resolve import Resolver
from kg.store import Store, open_store
from kg.types import Paper

# paper, method, value as it stands, number, unit, setting
Score = tuple[str, str, str, float, str | None, str | None]
SCORES: tuple[Score, ...] = (
    ("1", "ALPHA", "81.5%", 81.5, "%", None),
    ("2", "BETA", "0.843", 0.843, None, None),
    ("3", "GAMMA", "79.2", 79.2, None, "zero-shot"),
    ("4", "ALPHA", "78.0%", 78.0, "%", None),
    ("5", "DELTA", "812%", 812.0, "%", None),
    ("6", "GAMMA", "0.792", 0.792, None, "zero-shot"),
)


def graph(paper: str, method: str, value: str, number: float, unit: str | None, setting: str | None) -> Subgraph:
    text = f"{method} attains {value} accuracy on GSM8K{f' ({setting})' if setting else ''}, up by 99.9% from before."
    draft = Draft(
        Paper(id=f"paper:{paper}", abstract=text, title=f"Title {paper}"),
        [
            (method, "Method/technique", "used", (method,)),
            ("accuracy", "Metric", "used", ("accuracy",)),
            ("GSM8K", "Dataset", "used", ("GSM8K",)),
        ],
    )
    on = {"method": method, "metric": "accuracy", "dataset": "GSM8K"}
    fields = {"setting": setting} if setting else {}
    draft.result(value, text, number=number, unit=unit, **on, **fields)
    draft.result("99.9%", text, "change", number=99.9, unit="%", direction="up", **on)
    return subgraph(draft.done(), Resolver().identify)


@pytest.fixture(scope="module", params=["graph.lbug", "oxigraph:graph"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    scheme, _, name = request.param.rpartition(":")
    with open_store(f"{scheme}{':' if scheme else ''}{tmp_path_factory.mktemp('scores') / name}") as made:
        made.write([graph(*score) for score in SCORES])
        yield made


@pytest.fixture(scope="module")
def board(store: Store) -> Answer:
    return ask(store, "leaderboard", {"dataset": "gsm-8k", "metric": "Acc."})


def cells(answer: Answer, *names: str) -> list[Sequence[object]]:
    return [tuple(row[answer.columns.index(name)] for name in names) for row in answer.rows]


def test_scores_leaderboard_ranks_one_row_a_method_on_one_scale(board: Answer) -> None:
    assert cells(board, "method", "value", "unit")[:3] == [
        ("BETA", 84.3, "%"),
        ("ALPHA", 81.5, "%"),
        ("GAMMA", 79.2, "%"),
    ]


def test_scores_leaderboard_marks_what_was_rescaled(board: Answer) -> None:
    assert cells(board, "reported", "note")[:2] == [("0.843", "0.843 as a share of 1"), ("81.5%", "")]


def test_scores_leaderboard_shows_the_suspect_apart(board: Answer) -> None:
    assert cells(board, "method", "note")[3:] == [("DELTA", "suspect: outside the metric's range, 0 to 100")]


def test_scores_leaderboard_ranks_no_changes(board: Answer) -> None:
    assert 99.9 not in [value for (value,) in cells(board, "value")]


def test_scores_leaderboard_says_that_settings_differ(board: Answer) -> None:
    assert any("zero-shot" in note for note in board.notes)


def test_scores_leaderboard_keeps_the_evidence(board: Answer) -> None:
    assert all(str(reported) in str(sentence) for reported, sentence in cells(board, "reported", "sentence"))


def test_scores_conflicts_show_both_sentences(store: Store) -> None:
    answer = ask(store, "conflicts")
    told = cells(answer, "method", "dataset", "metric", "value", "other_value", "paper", "other_paper")
    assert told == [("ALPHA", "GSM8K", "accuracy", 81.5, 78.0, "paper:1", "paper:4")]
    ((one, other),) = cells(answer, "sentence", "other_sentence")
    assert "81.5%" in str(one)
    assert "78.0%" in str(other)


def test_scores_conflicts_are_as_many_as_asked_for_though_some_rows_agree(tmp_path: Path) -> None:
    agreeing = [graph(f"1{n}", "ALPHA", "0.78", 0.78, None, None) for n in range(4)]
    more = [graph(f"2{n}", "BETA", f"{70 + n}.5%", 70.5 + n, "%", None) for n in range(3)]
    with open_store(str(tmp_path / "graph.lbug")) as store:
        store.write([*agreeing, graph("3", "ALPHA", "78%", 78.0, "%", None), *more])
        every, two = ask(store, "conflicts"), ask(store, "conflicts", {"limit": 2})
    assert cells(every, "method", "paper", "other_paper") == [
        ("BETA", "paper:20", "paper:21"),
        ("BETA", "paper:20", "paper:22"),
        ("BETA", "paper:21", "paper:22"),
    ]
    assert (two.rows, len(two.notes), every.notes) == (every.rows[:2], 1, ())


def test_scores_of_a_metric_that_falls_are_ranked_upwards(tmp_path: Path) -> None:
    def paper(id: str, method: str, value: str, number: float, unit: str) -> Subgraph:
        text = f"{method} needs {value} latency on GSM8K."
        draft = Draft(
            Paper(id=id, abstract=text),
            [
                (method, "Method/technique", "used", (method,)),
                ("latency", "Metric", "used", ("latency",)),
                ("GSM8K", "Dataset", "used", ("GSM8K",)),
            ],
        )
        draft.result(value, text, number=number, unit=unit, method=method, metric="latency", dataset="GSM8K")
        return subgraph(draft.done(), Resolver().identify)

    with open_store(str(tmp_path / "graph.lbug")) as store:
        store.write([paper("paper:1", "ALPHA", "1.5 s", 1.5, "s"), paper("paper:2", "BETA", "700 ms", 700, "ms")])
        answer = ask(store, "leaderboard", {"dataset": "GSM8K", "metric": "latency"})
    assert cells(answer, "method", "value", "unit") == [("BETA", 700, "ms"), ("ALPHA", 1500, "ms")]


def test_scores_facts_are_believed_the_more_the_more_papers_say_them(tmp_path: Path) -> None:
    def paper(id: str, other: str, outcome: str) -> Subgraph:
        text = f"ALPHA is compared with {other} on GSM8K."
        names = [(name, "Method/technique", "used", (name,)) for name in ("ALPHA", other)]
        draft = Draft(Paper(id=id, abstract=text), [*names, ("GSM8K", "Dataset", "used", ("GSM8K",))])
        head, tail = ("ALPHA", other) if outcome == "better" else (other, "ALPHA")
        draft.relation(text, (head, "compared_with", tail, outcome), ("ALPHA", "evaluated_on", "GSM8K", None))
        made = subgraph(draft.done(), Resolver().identify)
        return made.model_copy(update={"facts": tuple(f.model_copy(update={"confidence": 0.6}) for f in made.facts)})

    with open_store(str(tmp_path / "graph.lbug")) as store:
        rows = (("paper:1", "BETA", "better"), ("paper:2", "BETA", "worse"), ("paper:3", "GAMMA", "worse"))
        store.write([paper(*row) for row in rows])
        answer = ask(store, "facts-about", {"method": "alpha"})
        first = ask(store, "facts-about", {"method": "alpha", "limit": 1})
    assert first.rows == answer.rows[:1]
    assert first.notes == ("there are more than these 1 rows; limit=… says how many to give",)
    assert cells(answer, "head", "fact", "tail", "papers", "belief") == [
        ("ALPHA", "evaluated on", "GSM8K", 3, 0.936),
        ("ALPHA", "compared with", "BETA", 2, 0.84),
        ("GAMMA", "compared with", "ALPHA", 1, 0.6),
    ]


def test_scores_leaderboard_tells_tasks_and_unnamed_methods_apart(tmp_path: Path) -> None:
    def paper(id: str, method: str | None, value: str, number: float, task: str) -> Subgraph:
        name = method or "our approach"
        text = f"For {task}, {name} has {value} proof accuracy on GSM8K."
        draft = Draft(
            Paper(id=f"paper:{id}", abstract=text, title=f"A study of {task} {id}"),
            [
                (method, "Method/technique", "used" if method else "proposed", (name,)),
                ("proof accuracy", "Metric", "used", ("proof accuracy",)),
                ("GSM8K", "Dataset", "used", ("GSM8K",)),
                (task, "Task", "used", (task,)),
            ],
        )
        on = {"method": name, "metric": "proof accuracy", "dataset": "GSM8K", "task": task}
        return subgraph(draft.result(value, text, number=number, **on).done(), Resolver().identify)

    rows = (
        ("1", None, "0.9", 0.9, "zigging"),
        ("2", None, "91", 91.0, "zagging"),
        ("3", "ALPHA", "0.8", 0.8, "zagging"),
    )
    with open_store(str(tmp_path / "graph.lbug")) as store:
        store.write([paper(*row) for row in rows])
        answer = ask(store, "leaderboard", {"dataset": "GSM8K", "metric": "proof accuracy"})
    assert cells(answer, "method", "value", "task") == [
        ("our approach (A study of zagging 2)", 91, "zagging"),
        ("our approach (A study of zigging 1)", 90, "zigging"),
        ("ALPHA", 80, "zagging"),
    ]
    assert answer.notes == (
        "proof accuracy is taken to be on the scale of accuracy",
        "tasks differ, and with them what a rank means: zagging; zigging",
    )
