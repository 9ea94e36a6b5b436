import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kg.read.objects import Found, objects

TEXTS = st.text(st.sampled_from('a"\\{}[]:,\n é'), max_size=8)
VALUES = st.recursive(
    TEXTS | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)
RECORDS = st.lists(st.dictionaries(TEXTS, VALUES, max_size=3), max_size=4)


def pieces(text: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return [text[start:end] for start, end in pairwise(places)]


def bodies(found: list[Found]) -> list[object]:
    assert all(one.whole for one in found)
    return [json.loads(one.body or b"") for one in found]


@given(RECORDS, st.lists(st.integers(0)), st.sampled_from([None, 1]), st.booleans())
def test_objects_of_an_array_are_found_however_it_is_cut(
    records: list[object], cuts: list[int], indent: int | None, ascii: bool
) -> None:
    text = json.dumps(records, indent=indent, ensure_ascii=ascii).encode()
    assert bodies(list(objects(pieces(text, cuts)))) == records


@given(RECORDS, st.lists(st.integers(0)), st.sampled_from(["\n", "", ", "]))
def test_objects_in_a_row_are_found_however_they_are_cut(records: list[object], cuts: list[int], between: str) -> None:
    text = between.join(map(json.dumps, records)).encode()
    assert bodies(list(objects(pieces(text, cuts)))) == records


@given(RECORDS, st.lists(st.integers(0)), TEXTS)
def test_objects_inside_a_wrapping_are_found_however_it_is_cut(
    records: list[object], cuts: list[int], other: str
) -> None:
    text = json.dumps({"count": 1, "note": other, "meta": {"x": [1, other]}, "papers": records}, indent=1).encode()
    found = list(objects(pieces(text, cuts), alone=False))
    assert bodies(found) == records
    lines = text.split(b"\n")
    assert all(lines[one.line - 1].lstrip().startswith(b"{") for one in found)


def test_objects_have_the_key_of_their_array_and_their_line() -> None:
    text = b'{\n"a": [{"x": 1},\n{"x": 2}], "b"\n:\n[{"x": 3}]}'
    assert [(one.key, one.line) for one in objects([text], alone=False)] == [("a", 2), ("a", 3), ("b", 5)]


@given(RECORDS.filter(bool), st.integers(1))
def test_objects_cut_off_at_the_end_are_told(records: list[object], cut: int) -> None:
    text = json.dumps(records).encode()
    *whole, last = objects([text[: -(cut % (len(text) - 1)) - 1]])
    assert not last.whole
    assert bodies(whole) == records[: len(whole)]
