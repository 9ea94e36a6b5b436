from itertools import permutations
from pathlib import Path

import pytest

from kg.errors import SettingsError
from kg.resolve.decisions import Decision, effect, read_decisions, write_decision


def merge(a: str, b: str) -> Decision:
    return Decision("Method", f"method:{a}", f"method:{b}", "merge")


def split(a: str) -> Decision:
    return Decision("Method", f"method:{a}", action="split")


def test_decisions_merges_are_followed_to_the_end() -> None:
    for order in permutations([merge("a", "b"), merge("b", "c"), merge("c", "d")]):
        made = effect(order)
        assert {made.node(f"method:{one}") for one in "abcd"} == {"method:d"}


def test_decisions_merge_the_other_way_turns_the_arrow() -> None:
    made = effect([merge("a", "b"), merge("b", "a")])
    assert {made.node("method:a"), made.node("method:b")} == {"method:a"}
    assert effect([merge("a", "a")]).node("method:a") == "method:a"


def test_decisions_split_takes_back_what_was_merged() -> None:
    made = effect([merge("a", "b"), merge("c", "b"), split("b")])
    assert [made.node(f"method:{one}") for one in "abc"] == ["method:a", "method:b", "method:c"]
    assert made == effect([])


def test_decisions_split_of_a_part_takes_it_out() -> None:
    made = effect([merge("a", "b"), merge("c", "b"), split("a")])
    assert [made.node(f"method:{one}") for one in "abc"] == ["method:a", "method:b", "method:b"]


def test_decisions_split_of_what_was_not_merged_holds_apart() -> None:
    assert effect([split("a")]).apart == {"method:a"}


def test_decisions_alias_stands_for_a_canonical_name() -> None:
    assert effect([Decision("Method", "G.S.A", "Generative Self-Aggregation")]).aliases == {
        ("Method", "g.s.a"): "method:generativeselfaggregation"
    }


def test_decisions_round_trip_through_their_table(tmp_path: Path) -> None:
    made = [Decision("Method", "GSA", "Generative Self-Aggregation"), merge("a", "b"), split("a")]
    for decision in made:
        write_decision(tmp_path / "log.tsv", decision)
    assert read_decisions(tmp_path / "log.tsv") == made


def test_decisions_three_columns_are_enough(tmp_path: Path) -> None:
    table = tmp_path / "aliases.tsv"
    table.write_text("# ours\nmethod\tGSA\tGenerative Self-Aggregation\n\nDataset\tG8\tGSM8K\n")
    assert [decision.action for decision in read_decisions(table)] == ["alias", "alias"]
    assert [decision.type for decision in read_decisions(table)] == ["Method", "Dataset"]


def test_decisions_missing_table_says_nothing(tmp_path: Path) -> None:
    assert read_decisions(tmp_path / "none.tsv") == []


@pytest.mark.parametrize("line", ["Method\tGSA", "Mathod\tGSA\tX", "Method\tGSA\tX\tjoin", "Method\t\tX"])
def test_decisions_strange_line_is_named(tmp_path: Path, line: str) -> None:
    table = tmp_path / "aliases.tsv"
    table.write_text(f"type\tform\tcanonical\n{line}\n")
    with pytest.raises(SettingsError, match=r"aliases\.tsv:2"):
        read_decisions(table)
