from typing import Any

import numpy as np
import pytest

from kg.extract.encoder.features import Features
from kg.extract.encoder.labels import LITERALS, MENTION_TYPES
from kg.extract.numbers import find_numbers
from kg.train.targets import occurrences, plain_value, targets

TEXT = "GSA for reasoning\nOur GSA (LLM) reaches 48% on GSM8K, 3% over the base model. LLMs help."


def features_of(text: str) -> Features:
    """One piece a word; words are letters and digits, or single other characters."""
    starts, ends = [], []
    for at, character in enumerate(text):
        if character.isspace():
            continue
        if starts and ends[-1] == at and character.isalnum() and text[at - 1].isalnum():
            ends[-1] = at + 1
        else:
            starts.append(at)
            ends.append(at + 1)
    index = np.arange(len(starts))
    numbers = tuple(find_numbers(text))
    bare = Features(text, index, index, index, index, index, np.array(starts), np.array(ends), (), ())
    spans = tuple(bare.covering(n.start, n.end) for n in numbers)
    return Features(text, index, index, index, index, index, bare.starts, bare.ends, numbers, spans)


def row(**change: Any) -> dict[str, Any]:
    method = {"name": "GSA", "type": "Method", "kind": "technique", "role": "proposed", "mentions": ["GSA"]}
    dataset = {"name": "GSM8K", "type": "Dataset", "role": "used", "mentions": ["GSM8K"]}
    score = {
        "value": "48%", "kind": "absolute", "direction": None, "relative": None, "bound": "exact", "method": "GSA",
        "baseline": None, "dataset": "GSM8K", "metric": None, "task": None, "setting": None,
        "evidence": "Our GSA (LLM) reaches 48% on GSM8K",
    }  # fmt: skip
    gain = score | {
        "value": "3%", "kind": "change", "direction": "up", "bound": "exact", "baseline": "the base model",
        "evidence": "3% over the base model",
    }  # fmt: skip
    relation = {"head": "GSA", "type": "evaluated_on", "tail": "GSM8K"}
    return {"entities": [method, dataset], "results": [score, gain], "relations": [relation]} | change


def test_targets_place_a_mention_at_every_occurrence() -> None:
    features = features_of(TEXT)
    found = targets(features, row())
    surfaces = [TEXT[features.starts[m.first] : features.ends[m.last]] for m in found.mentions]
    assert surfaces == ["GSA", "GSA", "GSM8K"]
    assert found.lost == 0


def test_targets_prefer_word_bounds() -> None:
    assert list(occurrences("LLMs and LLM", "LLM")) == [9]
    assert list(occurrences("LLMs only", "LLM")) == [0]


def test_targets_find_values_and_fillers() -> None:
    features = features_of(TEXT)
    score, gain = targets(features, row()).numbers
    assert [features.candidates[n.candidate].text for n in (score, gain)] == ["48%", "3%"]
    assert score.slots == (("entity", 0), None, ("entity", 1), None, None)
    assert gain.slots[1] == ("literal", 0)


def test_targets_tag_literal_fillers() -> None:
    features = features_of(TEXT)
    ((first, last, kind),) = targets(features, row()).literals
    assert TEXT[features.starts[first] : features.ends[last]] == "the base model"
    assert LITERALS[kind] == "baseline"


def test_targets_mark_the_unnamed_proposed_method() -> None:
    unnamed = {"name": None, "type": "Method", "kind": "technique", "role": "proposed", "mentions": ["Our GSA"]}
    found = targets(features_of(TEXT), row(entities=[unnamed], results=[], relations=[]))
    assert [MENTION_TYPES[m.type] for m in found.mentions] == ["Unnamed"]


def test_targets_count_what_the_words_can_not_hold() -> None:
    inside = {"name": "SA", "type": "Method", "kind": "technique", "role": "used", "mentions": ["SA"]}
    assert targets(features_of(TEXT), row(entities=[inside], results=[], relations=[])).lost == 2


@pytest.mark.parametrize(
    ("text", "plain"),
    [("2.15\\%", ("43/20", "%")), ("+3.0 %", ("3", "%")), ("3.3x", ("33/10", "x")), ("5 to 7", ("5-7", ""))],
)
def test_targets_compare_values_without_sign_and_measure(text: str, plain: tuple[str, str]) -> None:
    assert plain_value(text) == plain
