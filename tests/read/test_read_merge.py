from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.read import merge
from kg.types import Paper

OPTIONAL = st.none() | st.sampled_from(["a", "b", "aa", "ab", "ba"])
PAPERS = st.builds(
    Paper,
    id=st.just("paper:1"),
    title=OPTIONAL,
    abstract=st.sampled_from(["We.", "They.", "Us!", "We do."]),
    url=OPTIONAL,
    published=st.none() | st.sampled_from(["2023", "2024", "2023-05", "2023-05-01", "2023-04-01"]),
    sources=st.lists(st.sampled_from("xyz"), max_size=3).map(tuple),
    record_id=OPTIONAL,
)


@given(PAPERS, PAPERS)
def test_merge_is_the_same_in_either_order(a: Paper, b: Paper) -> None:
    assert merge(a, b) == merge(b, a)


@given(PAPERS, PAPERS, PAPERS)
def test_merge_is_the_same_however_grouped(a: Paper, b: Paper, c: Paper) -> None:
    assert len({merge(merge(*some), last) for *some, last in permutations((a, b, c))}) == 1
    assert merge(a, merge(b, c)) == merge(merge(a, b), c)


@given(PAPERS, PAPERS)
def test_merge_again_changes_nothing(a: Paper, b: Paper) -> None:
    once = merge(a, b)
    assert merge(once, a) == merge(once, once) == once


@given(PAPERS, PAPERS)
def test_merge_loses_no_part_and_makes_none_up(a: Paper, b: Paper) -> None:
    both = merge(a, b)
    assert set(both.sources) == {*a.sources, *b.sources}
    for part in ("title", "abstract", "url", "published", "record_id"):
        had = {getattr(a, part), getattr(b, part)}
        assert getattr(both, part) in had
        assert (getattr(both, part) is None) == (had == {None})


def test_merge_takes_the_title_from_whichever_has_one() -> None:
    a = Paper(id="paper:1", abstract="We.", sources=("b.txt",))
    b = Paper(id="paper:1", abstract="We.", title="A", sources=("a.txt",))
    assert merge(a, b) == Paper(id="paper:1", abstract="We.", title="A", sources=("a.txt", "b.txt"))


def test_merge_refuses_different_papers() -> None:
    with pytest.raises(ValueError, match="paper:1 and paper:2 are different papers"):
        merge(Paper(id="paper:1", abstract="We."), Paper(id="paper:2", abstract="We."))
