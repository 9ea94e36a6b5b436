"""What is no text, or too much of it, in every format."""

import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.errors import ReadError
from kg.read import read
from kg.read.clean import clean
from kg.types import Paper

Reading = Callable[..., list[Any]]
GOOD = "We reach 91% on SQuAD."


def wrapped(abstract: str) -> dict[str, str]:
    """The abstract between two good ones, in each format."""
    texts = [GOOD, abstract, "They end."]
    rows = [{"abstract": text, "id": f"r{number}"} for number, text in enumerate(texts)]
    return {
        "a.jsonl": "\n".join(json.dumps(row, ensure_ascii=False) for row in rows),
        "a.json": json.dumps(rows, ensure_ascii=False),
        "a.csv": "id,abstract\n" + "\n".join(f'{number},"{text}"' for number, text in enumerate(texts)),
        "a.tsv": "id\tabstract\n" + "\n".join(f"{number}\t{text}" for number, text in enumerate(texts)),
        "a.bib": "\n".join(f"@misc{{r{number}, abstract = {{{text}}}}}" for number, text in enumerate(texts)),
        "a.txt": "\n".join(f"Abstract: {text}" for text in texts),
    }


FORMATTED = sorted(wrapped(""))


@pytest.mark.parametrize("name", FORMATTED)
@pytest.mark.parametrize(
    "text",
    [
        "אנחנו מגיעים ל-91% ב-SQuAD.",
        "نصل إلى 91٪ \u202bعلى\u202c SQuAD.",
        "We 🎉 reach 👩‍🔬 91% é é.",
        "Ｗｅ ｒｅａｃｈ naïve ﬁve — “91%” − 3\u00a0ms.",
        "We reach 2.15\\% and 43.4% rightarrow 46.3% with <i>k</i> < 3 &amp; AT&T.",
        "We add the tokens <table> and <head>, where a < b > c.",
    ],
)
def test_faults_text_of_every_script_stays_as_it_is(reading: Reading, name: str, text: str) -> None:
    kept = text.replace("\\%", "%") if name == "a.bib" else text
    assert reading(name, wrapped(text)[name])[1].abstract == kept


@pytest.mark.parametrize("name", FORMATTED)
def test_faults_control_characters_are_left_out(reading: Reading, name: str) -> None:
    found = reading(
        name, wrapped(f"We re\x00ach\x07 \x1b[1m91%\x7f on\u200d \ufeffSQuAD and \x9bmore. {GOOD * 5}")[name]
    )
    assert [paper.abstract for paper in found] == [
        GOOD,
        f"We reach [1m91% on\u200d SQuAD and more. {GOOD * 5}",
        "They end.",
    ]


@pytest.mark.parametrize("name", FORMATTED)
@pytest.mark.parametrize(
    ("abstract", "reason"),
    [
        (
            "<!DOCTYPE html><html lang='en'><body><div class='x'>We reach 91%.</div></body></html>",
            "HTML in place of text",
        ),
        ("We reach <script>alert(1)</script> 91%.", "HTML in place of text: </script>"),
        ("We" + "\x01\x02" * 10 + " reach 91%.", "binary in place of text: 20 of 33"),
        ("word " * 22_000, "109,999 characters where an abstract has 100,000 at most"),
        ("", "no abstract"),
    ],
)
def test_faults_no_text_fails_alone_with_its_line(reading: Reading, name: str, abstract: str, reason: str) -> None:
    first, second, third = reading(name, wrapped(abstract)[name])
    assert (first.abstract, third.abstract) == (GOOD, "They end.")
    assert isinstance(second, ReadError)
    assert second.reason.startswith(reason)
    assert second.line == (1 if name == "a.json" else 3 if name in ("a.csv", "a.tsv") else 2)


@pytest.mark.parametrize("name", [name for name in FORMATTED if name != "a.json"])
def test_faults_invalid_utf8_fails_alone_with_its_line(reading: Reading, name: str) -> None:
    content = wrapped("We r?ach 91%.")[name].encode().replace(b"?", b"\xe9")
    first, second, third = reading(name, content)
    assert (first.abstract, third.abstract) == (GOOD, "They end.")
    assert isinstance(second, ReadError)
    assert second.reason.startswith("no valid Unicode: byte 0xe9 at ")


def test_faults_invalid_utf8_in_one_text_fails_with_its_line(reading: Reading) -> None:
    (error,) = reading("a.txt", b"A title\n\nWe reach\nna\xefve 91%.")
    assert (error.line, error.reason) == (4, "no valid Unicode: byte 0xef")


@pytest.mark.parametrize("size", [17, 50])
@pytest.mark.parametrize("name", FORMATTED)
def test_faults_huge_line_is_refused_in_bounded_memory(tmp_path: Path, name: str, size: int) -> None:
    before, after = wrapped("@@")[name].split("@@")
    with (tmp_path / name).open("w") as file:
        file.write(before)
        for _ in range(size):
            file.write("x" * 2**20)
        file.write(after)
    tracemalloc.start()
    first, *errors, third = read([tmp_path / name])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(first, Paper)
    assert isinstance(third, Paper)
    assert third.abstract == "They end."
    assert len(errors) == 1
    assert isinstance(errors[0], ReadError)
    assert "more than 16 MiB" in errors[0].reason
    assert peak < 80 * 2**20


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a PDF document, and abstracts are wanted"),
        (b"PK\x03\x04\x14\x00", "a zip archive (or an office document): unpack it first"),
        (b"<!DOCTYPE html>\n<html><body>Not found</body></html>", "an HTML page, and abstracts are wanted"),
        (b"\n<html><head><title>x</title>", "an HTML page, and abstracts are wanted"),
        (bytes(range(256)) * 40, "binary data, no text"),
        (b"\x00" * 5000, "binary data, no text"),
    ],
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.txt", "a.csv"])
def test_faults_source_that_is_none_is_told(reading: Reading, name: str, content: bytes, reason: str) -> None:
    (found,) = reading(name, content)
    assert (found.line, found.reason) == (0, reason)


@pytest.mark.parametrize(
    "format", ["jsonl", "json", "csv", "tsv", "bibtex", "atom", "labelled", "pages", "text", "parquet"]
)
def test_faults_noise_in_a_named_format_raises_nothing(reading: Reading, format: str) -> None:
    noise = os.urandom(20_000) + b'{"a": [{"abstract": "' + os.urandom(20_000) + b"\n@misc{x, <entry>" + os.urandom(500)
    found = reading("noise", noise, format=format)
    assert found
    assert all(isinstance(item, ReadError | Paper) for item in found)


def test_faults_deep_nesting_is_no_crash(reading: Reading) -> None:
    content = '{"abstract": "We.", "x": ' + "[" * 20_000 + "]" * 20_000 + "}"
    for name in ("a.jsonl", "a.json"):
        (error,) = reading(name, content)
        assert isinstance(error, ReadError)


def test_clean_line_breaks_and_tabs_become_blanks() -> None:
    assert clean("\u2028We\u2028reach\r\n \r\n91%\v on\f SQuAD\x85.\n") == "We reach 91% on SQuAD ."
    assert clean("a\tb  c") == "a b  c"
