"""The first form as a spaCy pipeline: one thin component a step, each reading and writing documented extensions.

`make()` gives the whole; every component can also be added to a pipeline of one's own (`nlp.add_pipe("kg_names")`),
and a pipeline written with `to_disk` comes back with `spacy.load`. In order:

| component          | reads                    | writes                                                             |
|--------------------|--------------------------|--------------------------------------------------------------------|
| the tokenizer      | a text                   | tokens fit for names, decimals and units                           |
| `kg_sentences`     |                          | sentence starts: `doc.sents`                                       |
| `kg_abbreviations` |                          | `doc._.kg_abbreviations`: (long, short) pairs of Spans             |
| `kg_names`         | gazetteer, weights       | `doc._.kg_drafts`: things and their places                         |
| `kg_entities`      | `kg_drafts`              | `doc._.kg_entities`, `doc.ents`                                    |
| `kg_results`       | `kg_entities`            | `doc._.kg_results`, `doc.spans["kg_values"]`                       |
| `kg_relations`     | `kg_entities`, `kg_results` | `doc._.kg_relations`                                            |

`doc._.kg_paper` is the Paper that the text is of (without one, the first of two lines is taken for the title),
`doc._.kg_extraction` the Extraction. A span of `doc.ents` has `span._.kg_entity`, `span._.kg_role`,
`span._.kg_kind` and `span._.kg_confidence`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Span as SpacySpan
from spacy.util import filter_spans, registry
from spacy.vocab import Vocab

from kg.extract.rules import steps, version
from kg.extract.rules.features import Text
from kg.extract.tokens import tokens
from kg.types import Entity, Extraction, Paper, paper_id

COMPONENTS = ("kg_sentences", "kg_abbreviations", "kg_names", "kg_entities", "kg_results", "kg_relations")
TOKENIZER = {"nlp": {"tokenizer": {"@tokenizers": "kg.tokenizer.v1"}}}


class PaperTokenizer:
    """A text -> a Doc of the tokens of kg.extract.tokens; white space beyond single spaces is a token of its own."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        at = 0
        for start, end in [*tokens(text), (len(text), len(text))]:
            gap = text[at:start]
            if gap.startswith(" ") and words:
                spaces[-1], gap = True, gap[1:]
            if gap:
                words.append(gap)
                spaces.append(False)
            if start < end:
                words.append(text[start:end])
                spaces.append(False)
            at = end
        return Doc(self.vocab, words=words, spaces=spaces)

    def to_bytes(self, **_: Any) -> bytes:
        return b""

    def from_bytes(self, _data: bytes, **_: Any) -> "PaperTokenizer":
        return self

    def to_disk(self, _path: str | Path, **_: Any) -> None:
        """There is nothing to keep: the grammar is code."""

    def from_disk(self, _path: str | Path, **_: Any) -> "PaperTokenizer":
        return self


@registry.tokenizers("kg.tokenizer.v1")  # type: ignore[untyped-decorator]
def create_tokenizer() -> Callable[[Language], PaperTokenizer]:
    """What `@tokenizers = "kg.tokenizer.v1"` in a spaCy configuration stands for."""
    return lambda nlp: PaperTokenizer(nlp.vocab)


def make() -> Language:
    """The whole pipeline on a blank English vocabulary."""
    nlp = spacy.blank("en", config=TOKENIZER)
    for component in COMPONENTS:
        nlp.add_pipe(component)
    return nlp


def paper_of(doc: Doc) -> Paper:
    """The paper that a Doc is of: the one it was given, else one made from its text."""
    paper = doc.user_data.get("kg_paper")
    if isinstance(paper, Paper):
        return paper
    title, _, abstract = doc.text.partition("\n")
    if not (title.strip() and abstract.strip()):
        title, abstract = "", doc.text
    return Paper(id=paper_id(abstract), title=title or None, abstract=abstract)


def extraction_of(doc: Doc) -> Extraction:
    """All that the pipeline found in a Doc."""
    return Extraction(
        paper=paper_of(doc),
        extractor=version(),
        entities=doc._.kg_entities,
        results=doc._.kg_results,
        relations=doc._.kg_relations,
    )


def text_of(doc: Doc) -> Text:
    """The Doc's text cut up, made once."""
    held = doc.user_data.get("kg_text")
    if not isinstance(held, Text):
        held = doc.user_data["kg_text"] = Text.of(doc.text, len(paper_of(doc).title or ""))
    return held


def _entity_of(span: SpacySpan) -> Entity | None:
    bounds = span.start_char, span.end_char
    found = (e for e in span.doc._.kg_entities if any((m.start, m.end) == bounds for m in e.mentions))
    return next(found, None)


def _set_paper(doc: Doc, paper: Paper) -> None:
    doc.user_data["kg_paper"] = paper


def _register() -> None:
    Doc.set_extension("kg_paper", getter=paper_of, setter=_set_paper, force=True)
    Doc.set_extension("kg_extraction", getter=extraction_of, force=True)
    for name in ("kg_abbreviations", "kg_drafts", "kg_entities", "kg_results", "kg_relations"):
        Doc.set_extension(name, default=(), force=True)
    SpacySpan.set_extension("kg_entity", getter=_entity_of, force=True)
    for field in ("role", "kind", "confidence"):
        SpacySpan.set_extension(f"kg_{field}", getter=_field_of_entity(field), force=True)


def _field_of_entity(field: str) -> Callable[[SpacySpan], Any]:
    return lambda span: getattr(_entity_of(span), field, None)


_register()


@Language.component("kg_sentences")
def kg_sentences(doc: Doc) -> Doc:
    """Sentence starts."""
    starts = {start for start, _ in text_of(doc).sentences}
    marks = [1 if token.idx in starts or token.i == 0 else -1 for token in doc]
    return doc.from_array(["SENT_START"], np.array(marks, dtype=np.int64).astype(np.uint64)[:, None])  # type: ignore[arg-type]


@Language.component("kg_abbreviations")
def kg_abbreviations(doc: Doc) -> Doc:
    """Defined abbreviations."""
    doc._.kg_abbreviations = tuple(
        (doc.char_span(*long, alignment_mode="expand"), doc.char_span(*short, alignment_mode="expand"))
        for long, short in text_of(doc).abbreviations
    )
    return doc


@Language.component("kg_names")
def kg_names(doc: Doc) -> Doc:
    """The things that are named."""
    doc._.kg_drafts = tuple(steps.find_names(text_of(doc)))
    return doc


@Language.component("kg_entities", assigns=["doc.ents"])
def kg_entities(doc: Doc) -> Doc:
    """The things with their roles, and as entities of spaCy."""
    doc._.kg_entities = steps.make_entities(text_of(doc), doc._.kg_drafts)
    spans = (
        doc.char_span(m.start, m.end, label=e.type, alignment_mode="expand")
        for e in doc._.kg_entities
        if e.name is not None
        for m in e.mentions
    )
    doc.ents = filter_spans(span for span in spans if span is not None)
    return doc


@Language.component("kg_results")
def kg_results(doc: Doc) -> Doc:
    """The reported numbers with what they belong to."""
    doc._.kg_results = steps.make_results(text_of(doc), doc._.kg_entities)
    values = (
        doc.char_span(r.value.start, r.value.end, label=r.kind, alignment_mode="expand") for r in doc._.kg_results
    )
    doc.spans["kg_values"] = [span for span in values if span is not None]
    return doc


@Language.component("kg_relations")
def kg_relations(doc: Doc) -> Doc:
    """The relations between the entities."""
    doc._.kg_relations = steps.make_relations(text_of(doc), doc._.kg_entities, doc._.kg_results)
    return doc
