from pathlib import Path

import pytest
import spacy

from kg.extract import load
from kg.extract.pipeline import COMPONENTS, TOKENIZER, make
from kg.types import Extraction, Paper

TEXT = (
    "ReFT: Reasoning with Reinforced Fine-Tuning\n"
    "We propose reinforced fine-tuning (ReFT).  It gets 75.3% accuracy on GSM8K, e.g. with LLaMA-3-8B."
)


@pytest.fixture(scope="module")
def nlp() -> spacy.Language:
    return make()


def test_pipeline_marks_entities_sentences_and_values(nlp: spacy.Language) -> None:
    doc = nlp(TEXT)
    assert doc.text == TEXT
    assert ("GSM8K", "Dataset") in {(span.text, span.label_) for span in doc.ents}
    assert [span.text for span in doc.spans["kg_values"]] == ["75.3%"]
    assert len(list(doc.sents)) == 3
    assert [(long.text, short.text) for long, short in doc._.kg_abbreviations] == [("reinforced fine-tuning", "ReFT")]


def test_pipeline_extends_the_spans_of_entities(nlp: spacy.Language) -> None:
    (span,) = [span for span in nlp(TEXT).ents if span.text == "LLaMA-3-8B"]
    assert span._.kg_entity.name == "LLaMA-3-8B"
    assert (span._.kg_role, span._.kg_kind) == ("used", "model")
    assert 0 < span._.kg_confidence <= 1


def test_pipeline_takes_the_first_of_two_lines_for_the_title(nlp: spacy.Language) -> None:
    assert nlp(TEXT)._.kg_paper.title == "ReFT: Reasoning with Reinforced Fine-Tuning"
    assert nlp("One line alone.")._.kg_paper.title is None


def test_pipeline_gives_what_the_extractor_gives(nlp: spacy.Language) -> None:
    title, abstract = TEXT.split("\n")
    paper = Paper(id="p", title=title, abstract=abstract)
    (extraction,) = load("rules").pipe([paper])
    (doc,) = nlp.pipe([TEXT])
    assert isinstance(extraction, Extraction)
    assert doc._.kg_extraction.model_copy(update={"paper": paper}) == extraction


def test_pipeline_comes_back_from_disk(nlp: spacy.Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    assert again(TEXT)._.kg_extraction == nlp(TEXT)._.kg_extraction


def test_pipeline_components_are_found_by_their_names() -> None:
    own = spacy.blank("en", config=TOKENIZER)
    for name in COMPONENTS[:3]:
        own.add_pipe(name)
    assert own.pipe_names == list(COMPONENTS[:3])
    assert own("We test GSM8K.")._.kg_drafts


@pytest.mark.parametrize("text", ["  a  b ", "\n\n", "x", "a\n\nb", " . "])
def test_pipeline_keeps_the_text_as_it_stands(nlp: spacy.Language, text: str) -> None:
    assert nlp(text).text == text
