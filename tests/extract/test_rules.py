import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import ExtractError, SettingsError
from kg.evaluate import evaluate
from kg.extract import load
from kg.extract.annotations import annotation
from kg.types import PROPOSED, Extraction, Paper, Slot

RULES = load("rules")


def paper(abstract: str, title: str | None = None, id: str = "p") -> Paper:
    return Paper(id=id, title=title, abstract=abstract)


def extract(abstract: str, title: str | None = None) -> Extraction:
    (item,) = RULES.pipe([paper(abstract, title)])
    assert isinstance(item, Extraction)
    return item


def filler(slot: Slot | None) -> str | None:
    return None if slot is None else slot.entity or slot.span.surface


REFT = extract(
    "We propose reinforced fine-tuning (ReFT). It gets 75.3% accuracy on GSM8K, outperforming SFT by 9.2 points.",
    "ReFT: Reasoning with Reinforced Fine-Tuning",
)


def test_rules_find_a_proposed_method_with_both_its_names() -> None:
    (proposed,) = [entity for entity in REFT.entities if entity.role == "proposed"]
    assert proposed.type == "Method"
    assert {"ReFT", "reinforced fine-tuning"} <= {mention.surface for mention in proposed.mentions}


def test_rules_give_a_number_its_method_dataset_metric_and_baseline() -> None:
    score, gain = REFT.results
    assert (score.number, score.unit, score.kind) == (75.3, "%", "absolute")
    assert [filler(score.dataset), filler(score.metric)] == ["GSM8K", "accuracy"]
    assert (gain.kind, gain.direction, filler(gain.baseline)) == ("change", "up", "SFT")
    assert filler(gain.method) == filler(score.method)


def test_rules_relate_the_method_to_its_data_set_and_rival() -> None:
    facts = {(relation.type, relation.tail, relation.outcome) for relation in REFT.relations}
    assert ("evaluated_on", "GSM8K", None) in facts
    assert ("compared_with", "SFT", "better") in facts


def test_rules_call_a_method_without_a_name_proposed() -> None:
    found = extract("Parsing is hard. Our approach reaches 91.2% accuracy on SQuAD, 3% above the baseline.")
    assert [entity.mentions[0].surface for entity in found.entities if entity.name is None] == ["Our approach"]
    assert filler(found.results[0].method) == PROPOSED


def test_rules_distribute_respectively() -> None:
    found = extract("Our approach achieves 81.5% and 74.2% accuracy on CIFAR-10 and ImageNet, respectively.")
    assert [(r.value.surface, filler(r.dataset)) for r in found.results] == [
        ("81.5%", "CIFAR-10"),
        ("74.2%", "ImageNet"),
    ]


def test_rules_leave_numbers_that_report_nothing() -> None:
    found = extract(
        "The data set has 8,500 problems from 12 schools, collected in 2021. We train 3 models with 7 billion."
    )
    assert found.results == ()


@pytest.mark.parametrize(
    "abstract", ["\u202e", "   x   ", "😀" * 50, "(((((", "1 2 3", "<p>HTML</p>", "a" * 3000, ". . ."]
)
def test_rules_read_odd_texts(abstract: str) -> None:
    assert extract(abstract).paper.abstract == abstract


def test_rules_report_a_text_that_is_too_long_in_its_place() -> None:
    items = list(RULES.pipe([paper("x", id="a"), paper("y " * 600_000, id="b"), paper("z", id="c")]))
    assert [item.paper if isinstance(item, ExtractError) else item.paper.id for item in items] == ["a", "b", "c"]
    assert isinstance(items[1], ExtractError)


def test_rules_name_changes_with_their_tables() -> None:
    assert RULES.name.startswith("rules/")
    assert "+" in RULES.name


def test_rules_are_refused_under_another_name() -> None:
    with pytest.raises(SettingsError, match="oracle"):
        load("oracle")


@pytest.mark.shared
def test_rules_give_the_same_bytes_for_any_batch_and_workers(annotated) -> None:  # type: ignore[no-untyped-def]
    papers = [each for each, _ in annotated("dev")][:12]

    def lines(batch_size: int, workers: int) -> list[str]:
        items = RULES.pipe(papers, batch_size=batch_size, workers=workers)
        return [item.model_dump_json() for item in items if isinstance(item, Extraction)]

    alone = lines(1, 1)
    assert len(alone) == 12
    assert lines(5, 1) == alone
    assert lines(5, 2) == alone


@pytest.mark.shared
def test_rules_keep_their_figures_and_the_format(annotated, shared: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """The figures of the development papers don't fall, and the annotations pass the annotators' check of form."""
    pairs = annotated("dev")
    items = list(RULES.pipe(each for each, _ in pairs))
    rows = [annotation(item) for item in items if isinstance(item, Extraction)]
    figures = evaluate([row for _, row in pairs], rows).figures
    least = {"mention": 0.75, "entity": 0.72, "proposed": 0.55, "value": 0.82, "tuple": 0.34, "relation": 0.42}
    assert {name: round(figures[name].f1, 3) for name in least if figures[name].f1 < least[name]} == {}
    written = tmp_path / "rules.jsonl"
    written.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    check = [sys.executable, shared / "gold" / "check.py", shared / "gold" / "dev.papers.jsonl", written]
    assert subprocess.run(check, capture_output=True, text=True, check=False).stdout == "160 papers, 0 faults\n"


_PIECES = st.sampled_from(
    [
        "We propose",
        "GSA",
        "(GSA)",
        "(",
        ")",
        "[",
        "]",
        ".",
        ",",
        ":",
        "5%",
        "3.2x",
        "+1.5",
        "from",
        "to",
        "and",
        "half",
        "respectively",
        "GSM8K",
        "accuracy",
        "our approach",
        "outperforms",
        "BERT",
        "\n",
        "e.g.",
        "https://a.b/c",
        "\u202e",
        "😀",
        '"',
        "'",
        "-",
        "—",
        "/",
        "\\%",
        "1e9",
        "state-of-the-art",
        "LLMs",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=4), min_size=1, max_size=40).map(" ".join))
def test_rules_give_a_sound_extraction_of_any_text(abstract: str) -> None:
    """Every span verbatim, every name in its place: the Extraction's own validators see to it."""
    if abstract:
        assert extract(abstract).paper.abstract == abstract
        assert extract("A second line.", abstract).paper.title == abstract
