import copy
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kg.evaluate import evaluate, figures

Row = dict[str, Any]


def entity(name: str | None, type: str = "Method", **more: Any) -> Row:
    return {"name": name, "type": type, "role": "used", "mentions": [name or "our approach"], **more}


def result(value: str, **more: Any) -> Row:
    empty = dict.fromkeys(("direction", "relative", "method", "baseline", "dataset", "metric", "task", "setting"))
    return {"value": value, "kind": "absolute", "bound": "exact", **empty, "evidence": f"It is {value}.", **more}


def row(entities: list[Row] = [], results: list[Row] = [], relations: list[Row] = [], id: str = "p") -> Row:  # noqa: B006
    return {"id": id, "entities": entities, "results": results, "relations": relations}


def causes(gold: Row, predicted: Row) -> dict[tuple[str, str], int]:
    return {(cause.name, cause.what): cause.count for cause in evaluate([gold], [predicted]).causes}


@pytest.mark.parametrize(
    ("ours", "theirs", "cause"),
    [
        ([entity("GSA")], [], ("missed span", "Method")),
        ([], [entity("GSA")], ("spurious span", "Method")),
        ([entity("GSA")], [entity("GSA", "Dataset")], ("wrong type", "Method")),
        ([entity("graph search")], [entity("fast graph search")], ("wrong bounds", "Method")),
    ],
)
def test_evaluate_names_the_cause_of_a_wrong_mention(
    ours: list[Row], theirs: list[Row], cause: tuple[str, str]
) -> None:
    assert causes(row(ours), row(theirs)) == {cause: 1}


@pytest.mark.parametrize(
    ("ours", "theirs", "cause"),
    [
        ([result("5%")], [], ("missed number", "absolute")),
        ([], [result("5%")], ("spurious number", "absolute")),
        ([result("5%")], [result("5%", kind="change")], ("wrong number kind", "absolute")),
        ([result("5%", dataset="X")], [result("5%")], ("wrong slot", "dataset")),
        ([result("5%")], [result("5%", task="X")], ("wrong slot", "task")),
        ([result("5%")], [result("5%", bound="about")], ("wrong field", "bound")),
    ],
)
def test_evaluate_names_the_cause_of_a_wrong_number(ours: list[Row], theirs: list[Row], cause: tuple[str, str]) -> None:
    assert causes(row(results=ours), row(results=theirs)) == {cause: 1}


def test_evaluate_needs_no_evidence_for_the_figures_alone() -> None:
    ours, theirs = row([entity("GSA")], [result("5%")]), row([entity("GSA")], [result("5%"), result("7%")])
    expected = evaluate([ours], [theirs]).figures
    for one in theirs["results"]:
        del one["evidence"]
    assert figures([ours], [theirs]) == expected
    assert expected["value"].precision == 0.5


def test_evaluate_gives_examples_and_sources() -> None:
    gold = [row([entity("A1")], id="arxiv-1"), row([entity("B1")], id="x")]
    (cause,) = evaluate(gold, []).causes
    assert cause.by_source == {"arxiv": 1, "other": 1}
    assert [(example.paper, example.gold) for example in cause.examples] == [("arxiv-1", "A1"), ("x", "B1")]


def test_evaluate_counts_a_paper_that_is_not_predicted_and_ignores_one_that_is_not_gold() -> None:
    evaluation = evaluate([row([entity("A1")])], [row([entity("A1")], id="stranger")])
    figure = evaluation.figures["mention"]
    assert (evaluation.papers, figure.right, figure.gold, figure.predicted) == (1, 0, 1, 0)


def test_evaluate_takes_a_comparison_in_either_order() -> None:
    both = [entity("A1"), entity("B1")]
    straight = {"head": "A1", "type": "compared_with", "tail": "B1"}
    crossed = {"head": "B1", "type": "compared_with", "tail": "A1"}
    assert evaluate([row(both, [], [straight])], [row(both, [], [crossed])]).figures["relation"].f1 == 1


def test_evaluate_measures_calibration_where_confidence_is_given() -> None:
    gold = row([entity("A1"), entity("B1")])
    predicted = row([entity("A1", confidence=0.95), entity("C1", confidence=0.55)])
    found = evaluate([gold], [predicted]).reliability["entities"]
    assert found.count == 2
    assert found.expected_calibration_error == pytest.approx((0.05 + 0.55) / 2)
    assert "results" not in evaluate([gold], [row()]).reliability


def _damaged(rows: list[Row], seed: int) -> list[Row]:
    """Annotations with something wrong in most papers."""
    rng = random.Random(seed)
    damaged = copy.deepcopy(rows)
    for each in damaged:
        each["entities"] = [e for e in each["entities"] if rng.random() < 0.8]
        for e in each["entities"]:
            e["type"] = rng.choice([e["type"], e["type"], e["type"], "Task"])
            e["mentions"] = [m.upper() if rng.random() < 0.2 else m for m in e["mentions"]]
            e["role"] = rng.choice([e["role"], "used"])
        names = [e["name"] or "<proposed>" for e in each["entities"]] or [None]
        each["results"] = [r for r in each["results"] if rng.random() < 0.8]
        for r in each["results"]:
            r[rng.choice(["method", "dataset", "metric", "baseline", "task"])] = rng.choice([None, *names])
            r["kind"] = rng.choice([r["kind"], r["kind"], "change"])
            r["bound"] = rng.choice([r["bound"], "about"])
        for x in each["relations"]:
            x["head"], x["tail"] = rng.choice([(x["head"], x["tail"]), (x["tail"], x["head"])])
    return damaged[: len(damaged) - seed]


@pytest.mark.shared
@pytest.mark.parametrize("seed", [0, 1, 7])
def test_evaluate_equals_the_annotators_scorer(seed: int, shared: Path, tmp_path: Path) -> None:
    gold_file = shared / "gold" / "dev.gold.jsonl"
    gold = [json.loads(line) for line in gold_file.read_text(encoding="utf-8").splitlines()]
    predicted = _damaged(gold, seed) if seed else gold
    written = tmp_path / "predicted.jsonl"
    written.write_text("".join(json.dumps(each) + "\n" for each in predicted), encoding="utf-8")
    command = [sys.executable, shared / "gold" / "score.py", gold_file, written, "--json"]
    reference = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    ours = {
        name: {"precision": f.precision, "recall": f.recall, "f1": f.f1, "gold": f.gold, "predicted": f.predicted}
        for name, f in evaluate(gold, predicted).figures.items()
    }
    assert list(ours) == list(reference)
    assert ours == reference
