from collections import Counter
from pathlib import Path

import pytest

from kg.errors import FormatError
from kg.resolve.measure import Pair, pairs, read_pairs

PAIRS = Path(__file__).parent / "pairs.tsv"


def test_measure_labelled_pairs_are_many_and_distinct() -> None:
    labelled = list(read_pairs(PAIRS))
    labels = Counter(pair.label for pair in labelled)
    assert len(labelled) >= 500
    assert min(labels["same"], labels["different"]) >= 200
    assert labels["ambiguous"] >= 50
    assert len({(p.type, frozenset({(p.a, p.a_long), (p.b, p.b_long)})) for p in labelled}) == len(labelled)


def test_measure_resolver_is_as_precise_and_complete_as_promised() -> None:
    figures = pairs(read_pairs(PAIRS))
    assert figures.precision >= 0.98
    assert figures.recall >= 0.90


def test_measure_merged_ambiguous_pair_is_wrong() -> None:
    told = pairs(
        [
            Pair("Dataset", "GSM8K", "", "GSM-8K", "", "same"),
            Pair("Dataset", "GSM8K", "", "gsm8k", "", "ambiguous"),
            Pair("Method", "Zyx", "", "Zyxa", "", "same"),
            Pair("Method", "GPT-4", "", "GPT-4o", "", "different"),
        ]
    )
    assert (told.pairs, told.precision, told.recall) == (4, 0.5, 0.5)
    assert [pair.label for pair in told.wrong] == ["ambiguous", "same"]


@pytest.mark.parametrize("text", ["type\ta\tb\n", "type\ta\ta_long\tb\tb_long\tlabel\nMethod\tx\t\ty\t\tmaybe\n"])
def test_measure_refuses_another_table(tmp_path: Path, text: str) -> None:
    (tmp_path / "pairs.tsv").write_text(text)
    with pytest.raises(FormatError):
        list(read_pairs(tmp_path / "pairs.tsv"))
