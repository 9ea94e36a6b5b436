import pytest
from pydantic import ValidationError

from kg.types import Entity, Extraction, Paper, Relation, Result, Slot, Span, paper_id

PAPER = Paper(id="paper:1", title="GSA helps", abstract="GSA reaches 61.7% on GSM8K.")
TEXT = PAPER.text


def span(surface: str, *, after: int = 0) -> Span:
    start = TEXT.index(surface, after)
    return Span.of(TEXT, start, start + len(surface))


GSA = Entity(name="GSA", type="Method", kind="technique", role="proposed", mentions=(span("GSA"), span("GSA", after=3)))
GSM8K = Entity(name="GSM8K", type="Dataset", role="used", mentions=(span("GSM8K"),))
EVIDENCE = span("GSA reaches 61.7% on GSM8K.")
RESULT = Result(
    value=span("61.7%"),
    number=61.7,
    unit="%",
    kind="absolute",
    method=Slot(entity="GSA", span=span("GSA", after=3)),
    dataset=Slot(entity="GSM8K", span=span("GSM8K")),
    evidence=EVIDENCE,
)


def extraction(**changes: object) -> Extraction:
    fields = {"paper": PAPER, "extractor": "hand", "entities": (GSA, GSM8K), "results": (RESULT,)}
    return Extraction.model_validate(fields | changes)


def test_types_extraction_holds_every_span_verbatim() -> None:
    assert {TEXT[s.start : s.end] == s.surface for s in extraction().spans()} == {True}


@pytest.mark.parametrize(
    "wrong",
    [
        Span(start=0, end=3, surface="GSM"),
        Span(start=len(TEXT), end=len(TEXT) + 3, surface="GSA"),
    ],
)
def test_types_extraction_refuses_a_span_that_the_text_does_not_hold(wrong: Span) -> None:
    stray = Entity(name=wrong.surface, type="Task", role="used", mentions=(wrong,))
    with pytest.raises(ValidationError, match="paper:1 has"):
        extraction(entities=(GSA, GSM8K, stray))


def test_types_span_refuses_a_surface_of_another_length() -> None:
    with pytest.raises(ValidationError, match="as long as"):
        Span(start=0, end=4, surface="GSA")


def test_types_extraction_refuses_a_slot_that_names_nothing() -> None:
    stray = RESULT.model_copy(update={"method": Slot(entity="LoRA", span=span("GSA"))})
    with pytest.raises(ValidationError, match="'LoRA' is no Method"):
        extraction(results=(stray,))


def test_types_extraction_refuses_a_literal_phrase_in_a_slot_of_entities() -> None:
    stray = RESULT.model_copy(update={"metric": Slot(entity=None, span=span("reaches"))})
    with pytest.raises(ValidationError, match="metric takes no literal phrase"):
        extraction(results=(stray,))


def test_types_extraction_refuses_a_relation_between_the_wrong_types() -> None:
    backwards = Relation(head="GSM8K", type="evaluated_on", tail="GSA", evidence=EVIDENCE)
    with pytest.raises(ValidationError, match="evaluated_on can't go from"):
        extraction(relations=(backwards,))


def test_types_extraction_refuses_two_entities_of_one_name() -> None:
    with pytest.raises(ValidationError, match="have one name"):
        extraction(entities=(GSA, GSM8K, GSA))


def test_types_result_refuses_a_value_outside_its_evidence() -> None:
    with pytest.raises(ValidationError, match="not in its evidence"):
        Result(value=span("61.7%"), kind="absolute", evidence=span("GSM8K"))


def test_types_extraction_survives_json_byte_for_byte() -> None:
    first = extraction().model_dump_json()
    assert Extraction.model_validate_json(first).model_dump_json() == first


def test_types_content_hash_ignores_where_a_paper_was_found() -> None:
    moved = PAPER.model_copy(update={"sources": ("a.txt",), "record_id": "7"})
    changed = PAPER.model_copy(update={"abstract": "GSA reaches 61.8% on GSM8K."})
    assert moved.content_hash == PAPER.content_hash != changed.content_hash


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("2007.06643v1", "arxiv:2007.06643"),
        ("arXiv:2007.06643", "arxiv:2007.06643"),
        ("http://arxiv.org/abs/2007.06643v2", "arxiv:2007.06643"),
        ("https://arxiv.org/pdf/cs/0112017.pdf", "arxiv:cs/0112017"),
        ("math.GT/0309136", "arxiv:math.gt/0309136"),
        ("10.1145/3292500.3330701", "doi:10.1145/3292500.3330701"),
    ],
)
def test_types_paper_id_knows_arxiv_and_doi(identifier: str, expected: str) -> None:
    assert paper_id("anything", None, identifier) == expected


def test_types_paper_id_of_a_text_without_letters_is_its_own() -> None:
    assert paper_id("…") != paper_id("—")
