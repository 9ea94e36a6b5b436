import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

from kg.extract.numbers import find_numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("an accuracy of 61.7% on", "61.7%"),
        ("drops by 2.15\\% only", "2.15\\%"),
        ("is 3.3x faster", "3.3x"),
        ("runs 10times faster", "10times"),
        ("solves 8/644 problems", "8/644"),
        ("an F1 of .522 here", ".522"),
        ("BLEU (+5.59%) rises", "+5.59%"),
        ("between 59.4-79.1% of", "59.4-79.1%"),
        ("from 9% to 12% more", "9% to 12%"),
        ("15 - 20% better", "15 - 20%"),
        ("three times faster", "three times"),
        ("with half the data", "half"),
        ("an order of magnitude faster", "an order of magnitude"),
        ("reduced by a factor of 9 in", "factor of 9"),
        ("ran at 16 FPS on", "16 FPS"),
        ("a latency of 7.95 ms per", "7.95 ms"),
        ("a PSNR of 32.92 dB on", "32.92 dB"),
        ("a gain of 2.5 points over", "2.5 points"),
        ("solves 7 out of 9 games", "7 out of 9"),
        ("costs 1,000 GPU hours in", "1,000 GPU hours"),
        ("improves 43.4% rightarrow 46.3%", "46.3%"),
    ],
)
def test_numbers_finds_a_value_with_its_exact_span(text: str, value: str) -> None:
    assert value in [number.text for number in find_numbers(text)]


@pytest.mark.parametrize("text", ["GPT-4 and Llama-2", "F1 and CIFAR-10", "ResNet50 on v2.1b", "x_1 and @1"])
def test_numbers_inside_names_are_none(text: str) -> None:
    assert find_numbers(text) == []


def test_numbers_are_verbatim_at_their_offsets() -> None:
    text = "From 82% to 97% (+15.0%), 3.3x faster than half of 1,234.5 ms; 59.4-79.1%."
    for number in find_numbers(text):
        assert text[number.start : number.end] == number.text


def test_numbers_offer_a_range_whole_and_in_parts() -> None:
    found = {number.text: number for number in find_numbers("from 82% to 97%")}
    assert set(found) == {"82%", "97%", "82% to 97%"}
    assert (found["82% to 97%"].low, found["82% to 97%"].high, found["82% to 97%"].unit) == (82.0, 97.0, "%")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("2.15\\%", 2.15, "%"),
        ("-3.1 points", -3.1, "points"),
        ("1,234x", 1234.0, "x"),
        ("3/4", 0.75, "fraction"),
        ("10^6", 1e6, ""),
        ("2.5 × 10^{-3} s", 0.0025, "s"),
        ("3*10^4x", 3e4, "x"),
        ("10^99999", None, ""),
    ],
)
def test_numbers_are_parsed(text: str, value: float | None, unit: str) -> None:
    number = max(find_numbers(text), key=lambda n: n.end - n.start)
    assert (number.value, number.unit) == (value, unit)


@pytest.mark.shared
@pytest.mark.parametrize(("part", "least"), [("train", 0.985), ("dev", 0.98)])
def test_numbers_hold_the_annotated_values(shared: Path, part: str, least: float) -> None:
    gold = shared / "gold"
    papers = [json.loads(line) for line in (gold / f"{part}.papers.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = {p["id"]: f"{p['title']}\n{p['abstract']}" if p["title"] else p["abstract"] for p in papers}
    found = total = 0
    for row in map(json.loads, (gold / f"{part}.gold.jsonl").read_text(encoding="utf-8").splitlines()):
        text = texts[row["id"]]
        numbers = find_numbers(text) if row["results"] else []
        for result in row["results"]:
            at = text.index(result["evidence"])
            end = at + len(result["evidence"]) + 3
            total += 1
            found += any(_plain(n.text) == _plain(result["value"]) for n in numbers if at <= n.start and n.end <= end)
    assert found / total >= least


def _plain(value: str) -> list[Fraction] | str:
    digits = re.findall(r"\d+(?:\.\d+)?|\.\d+", value.replace(",", ""))
    return [Fraction(d) for d in digits] or value.lower().replace("-", " ")
