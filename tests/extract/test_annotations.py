import json
import subprocess
import sys
from pathlib import Path

import pytest

from kg.errors import ExtractError
from kg.extract.annotations import annotation, extraction_of
from kg.types import Paper

PAPER = Paper(id="p", title="GSA: voting", abstract="GSA gets 4% on IHEval, 4% on X4%, and LLMs 14% there.")
ROW = {
    "id": "p",
    "entities": [
        {"name": "GSA", "type": "Method", "kind": "technique", "role": "proposed", "mentions": ["GSA"]},
        {"name": "IHEval", "type": "Dataset", "role": "used", "mentions": ["IHEval"]},
    ],
    "results": [
        {
            "value": "4%",
            "kind": "absolute",
            "direction": None,
            "relative": None,
            "bound": "exact",
            "method": "GSA",
            "baseline": "LLMs",
            "dataset": dataset,
            "metric": None,
            "task": None,
            "setting": "there",
            "evidence": "GSA gets 4% on IHEval, 4% on X4%, and LLMs 14% there.",
        }
        for dataset in ("IHEval", "X4%")
    ],
    "relations": [{"head": "GSA", "type": "evaluated_on", "tail": "IHEval"}],
}


def test_annotations_places_equal_values_one_after_the_other() -> None:
    starts = [result.value.start for result in extraction_of(PAPER, ROW).results]
    assert starts == [PAPER.text.index("4%"), PAPER.text.index("4% on X")]


def test_annotations_finds_slots_literals_and_evidence() -> None:
    extraction = extraction_of(PAPER, ROW)
    first = extraction.results[0]
    assert first.method is not None
    assert first.method.span.start == PAPER.text.index("GSA gets")
    assert first.baseline is not None
    assert (first.baseline.entity, first.baseline.span.surface) == (None, "LLMs")
    assert first.number == 4.0
    assert first.unit == "%"
    assert extraction.relations[0].evidence.surface == PAPER.abstract


def test_annotations_come_back_as_they_were() -> None:
    row = annotation(extraction_of(PAPER, ROW))
    assert row == ROW
    assert list(row) == list(ROW)
    assert [list(result) for result in row["results"]] == [list(result) for result in ROW["results"]]


def test_annotations_prefers_the_records_own_id() -> None:
    assert annotation(extraction_of(PAPER.model_copy(update={"record_id": "line-7"}), ROW))["id"] == "line-7"


def test_annotations_carry_confidence_when_asked() -> None:
    row = annotation(extraction_of(PAPER, ROW), confidence=True)
    assert row["entities"][0]["confidence"] == row["results"][0]["confidence"] == row["relations"][0]["confidence"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"entities": [{**ROW["entities"][0], "mentions": ["GSA", "absent"]}]},  # type: ignore[dict-item]
        {"results": [{**ROW["results"][0], "value": "5%"}]},  # type: ignore[dict-item]
        {"results": [{**ROW["results"][0], "metric": "accuracy"}]},  # type: ignore[dict-item]
        {"relations": [{"head": "GSA", "type": "uses", "tail": "IHEval"}]},
        {"relations": [{"head": "GSA", "type": "uses", "tail": "nobody"}]},
    ],
)
def test_annotations_that_the_text_does_not_hold_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ExtractError):
        extraction_of(PAPER, {**ROW, **change})


@pytest.mark.shared
def test_annotations_round_trip_every_development_paper(annotated, shared: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    rows = [(row, annotation(extraction_of(paper, row))) for paper, row in annotated("dev")]
    for row, again in rows:
        assert again["results"] == row["results"]
        assert again["relations"] == [
            {key: value for key, value in relation.items() if value is not None} for relation in row["relations"]
        ]
        for before, after in zip(row["entities"], again["entities"], strict=True):
            assert {**after, "mentions": sorted(after["mentions"])} == {
                **before,
                "mentions": sorted(before["mentions"]),
            }
    written = tmp_path / "again.jsonl"
    written.write_text("".join(json.dumps(again) + "\n" for _, again in rows), encoding="utf-8")
    check = [sys.executable, shared / "gold" / "check.py", shared / "gold" / "dev.papers.jsonl", written]
    assert subprocess.run(check, capture_output=True, text=True, check=True).stdout == "160 papers, 0 faults\n"
