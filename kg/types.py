"""What enters and leaves every stage: a Paper, and the Extraction of what it reports. All frozen, all verbatim.

Offsets count Unicode code points of `Paper.text` (title, newline, abstract; the abstract alone where there is no
title), start inclusive, end exclusive. Names are local to a paper: `Entity.name` is unique in its extraction, and
slots and relations refer to it; the proposed method that a paper leaves unnamed is referred to as `PROPOSED`.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

EntityType = Literal["Method", "Task", "Dataset", "Metric"]
MethodKind = Literal["technique", "model"]
Role = Literal["proposed", "used", "compared", "mentioned"]
ResultKind = Literal["absolute", "change", "ratio"]
Direction = Literal["up", "down"]
Bound = Literal["exact", "at_least", "at_most", "about"]
Outcome = Literal["better", "worse", "similar"]
SlotName = Literal["method", "baseline", "dataset", "metric", "task"]
RelationType = Literal[
    "evaluated_on", "trained_on", "used_for", "benchmark_for", "measured_by", "compared_with", "uses", "subclass_of"
]
Confidence = Annotated[float, Field(ge=0, le=1)]

PROPOSED = "<proposed>"
ENTITY_TYPES: tuple[EntityType, ...] = get_args(EntityType)
SLOT_TYPES: dict[SlotName, EntityType] = {
    "method": "Method",
    "baseline": "Method",
    "dataset": "Dataset",
    "metric": "Metric",
    "task": "Task",
}
LITERAL_SLOTS: frozenset[SlotName] = frozenset({"baseline", "dataset"})  # may hold a phrase instead of an entity
RELATION_ENDS: dict[RelationType, tuple[tuple[EntityType, EntityType], ...]] = {
    "evaluated_on": (("Method", "Dataset"),),
    "trained_on": (("Method", "Dataset"),),
    "used_for": (("Method", "Task"),),
    "benchmark_for": (("Dataset", "Task"),),
    "measured_by": (("Method", "Metric"), ("Task", "Metric"), ("Dataset", "Metric")),
    "compared_with": (("Method", "Method"),),
    "uses": (("Method", "Method"),),
    "subclass_of": (("Method", "Method"), ("Task", "Task"), ("Dataset", "Dataset"), ("Metric", "Metric")),
}


TITLE_LIMIT = 8000  # characters; in UTF-8 they fit into an index on text of every store


class Frozen(BaseModel):
    """A value: hashable, equal by content, no field beside the declared ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Paper(Frozen):
    """A paper as read. `record_id` is the record's own id as it stood in the source, where it had one."""

    id: str = Field(min_length=1)
    title: str | None = Field(default=None, max_length=TITLE_LIMIT)
    abstract: str = Field(min_length=1)
    url: str | None = None
    published: str | None = Field(default=None, pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")
    sources: tuple[str, ...] = ()
    record_id: str | None = None

    @property
    def text(self) -> str:
        """The annotated text: what every offset counts in."""
        return f"{self.title}\n{self.abstract}" if self.title else self.abstract

    @property
    def content_hash(self) -> str:
        """32 hex digits that change when anything that is extracted or stored from the paper does.

        `sources` and `record_id` say where it was found, not what it says, and are left out.
        """
        parts = "\x1f".join((self.title or "", self.abstract, self.url or "", self.published or ""))
        return hashlib.sha256(parts.encode()).hexdigest()[:32]


class Span(Frozen):
    """Characters of a paper's text: `text[start:end] == surface`."""

    start: int = Field(ge=0)
    end: int
    surface: str = Field(min_length=1)

    @model_validator(mode="after")
    def _length_agrees(self) -> "Span":
        if self.end - self.start != len(self.surface):
            raise ValueError(f"span {self.start}-{self.end} is not as long as its surface {self.surface!r}")
        return self

    @classmethod
    def of(cls, text: str, start: int, end: int) -> "Span":
        """The span that covers `text[start:end]`."""
        return cls(start=start, end=end, surface=text[start:end])


class Entity(Frozen):
    """A distinct thing in one paper with every place that names it. `kind` goes with methods alone."""

    name: str | None
    type: EntityType
    kind: MethodKind | None = None
    role: Role
    mentions: tuple[Span, ...] = Field(min_length=1)
    confidence: Confidence = 1.0

    @model_validator(mode="after")
    def _sound(self) -> "Entity":
        if (self.type == "Method") != (self.kind is not None):
            raise ValueError(f"a kind goes with a Method and nothing else: {self.name!r}")
        if self.name is None and (self.type, self.role) != ("Method", "proposed"):
            raise ValueError("only a proposed Method may be unnamed")
        if self.name is not None and all(m.surface != self.name for m in self.mentions):
            raise ValueError(f"the name {self.name!r} is none of its mentions")
        return self

    @property
    def key(self) -> str:
        """What slots and relations of the same paper call it."""
        return PROPOSED if self.name is None else self.name


class Slot(Frozen):
    """What fills a field of a result: an entity of the paper by its key, or a literal phrase (`entity` None).

    `span` is the mention, or the phrase, that the filling stands on.
    """

    entity: str | None
    span: Span
    confidence: Confidence = 1.0


class Result(Frozen):
    """One reported number. `value` is verbatim; `number` (or `low` to `high`) is what it says, in `unit`.

    unit: "%" for percent, "x" for a factor, else the unit of measure as it stands ("ms", "dB"), or None.
    """

    value: Span
    number: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    kind: ResultKind
    direction: Direction | None = None
    relative: bool | None = None
    bound: Bound = "exact"
    method: Slot | None = None
    baseline: Slot | None = None
    dataset: Slot | None = None
    metric: Slot | None = None
    task: Slot | None = None
    setting: Span | None = None
    evidence: Span
    confidence: Confidence = 1.0

    @model_validator(mode="after")
    def _sound(self) -> "Result":
        if self.kind == "absolute" and self.direction is not None:
            raise ValueError(f"an absolute value has no direction: {self.value.surface!r}")
        if self.kind != "change" and self.relative is not None:
            raise ValueError(f"only a change is relative or not: {self.value.surface!r}")
        if not self.evidence.start <= self.value.start <= self.value.end <= self.evidence.end:
            raise ValueError(f"the value {self.value.surface!r} is not in its evidence")
        return self

    @property
    def slots(self) -> dict[SlotName, Slot]:
        """The filled slots by name."""
        every: dict[SlotName, Slot | None] = {
            "method": self.method,
            "baseline": self.baseline,
            "dataset": self.dataset,
            "metric": self.metric,
            "task": self.task,
        }
        return {name: slot for name, slot in every.items() if slot is not None}


class Relation(Frozen):
    """A fact between two entities of one paper, by their keys. `outcome` is the head's, in a comparison."""

    head: str
    type: RelationType
    tail: str
    outcome: Outcome | None = None
    evidence: Span
    confidence: Confidence = 1.0

    @model_validator(mode="after")
    def _sound(self) -> "Relation":
        if self.outcome is not None and self.type != "compared_with":
            raise ValueError("only a comparison has an outcome")
        return self


class Extraction(Frozen):
    """All that one paper reports. Nothing in it that the paper's text does not hold, character for character."""

    paper: Paper
    extractor: str
    entities: tuple[Entity, ...] = ()
    results: tuple[Result, ...] = ()
    relations: tuple[Relation, ...] = ()

    @model_validator(mode="after")
    def _verbatim(self) -> "Extraction":
        text = self.paper.text
        for span in self.spans():
            if text[span.start : span.end] != span.surface:
                found = text[span.start : span.end]
                raise ValueError(f"{self.paper.id} has {found!r} at {span.start}-{span.end}, not {span.surface!r}")
        return self

    @model_validator(mode="after")
    def _no_dangling_names(self) -> "Extraction":
        type_of = {entity.key: entity.type for entity in self.entities}
        if len(type_of) != len(self.entities):
            raise ValueError(f"two entities of {self.paper.id} have one name")
        for result in self.results:
            for name, slot in result.slots.items():
                if slot.entity is None and name not in LITERAL_SLOTS:
                    raise ValueError(f"{name} takes no literal phrase: {slot.span.surface!r}")
                if slot.entity is not None and type_of.get(slot.entity) != SLOT_TYPES[name]:
                    raise ValueError(f"{name} {slot.entity!r} is no {SLOT_TYPES[name]} of {self.paper.id}")
        for relation in self.relations:
            ends = type_of.get(relation.head), type_of.get(relation.tail)
            if ends not in RELATION_ENDS[relation.type]:
                raise ValueError(f"{relation.type} can't go from {relation.head!r} to {relation.tail!r}")
        return self

    def spans(self) -> Iterator[Span]:
        """Every span of the extraction: mentions, numbers, slots, settings, evidence."""
        for entity in self.entities:
            yield from entity.mentions
        for result in self.results:
            yield result.value
            yield result.evidence
            yield from (slot.span for slot in result.slots.values())
            if result.setting:
                yield result.setting
        yield from (relation.evidence for relation in self.relations)


_ARXIV = re.compile(
    r"^(?:arxiv[:\-]|https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf)/"
    r"|(?:doi:\s*|https?://(?:dx\.)?doi\.org/)?10\.48550/arxiv\.)?"
    r"((?:\d{4}\.\d{4,5})|(?:[a-z\-]+(?:\.[A-Z]{2})?/\d{7}))(?:v\d+)?(?:\.pdf)?$",
    re.IGNORECASE,
)
_DOI = re.compile(r"^(?:doi:\s*|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)$", re.IGNORECASE)
_NO_LETTERS = {code: None for code in range(128) if not chr(code).isalnum()}


def paper_id(abstract: str, *identifiers: str | None) -> str:
    """The id of a paper: its arXiv id or DOI where an identifier is one, else from the abstract's letters and digits.

    >>> paper_id("We ...", "arxiv-2007.06643v1"), paper_id("We ...", "https://doi.org/10.18653/V1/P19-1001")
    ('arxiv:2007.06643', 'doi:10.18653/v1/p19-1001')
    >>> paper_id("We ...", "https://doi.org/10.48550/arXiv.2203.15086")
    'arxiv:2203.15086'
    >>> paper_id("We propose  X-2.") == paper_id("we propose x2", "5fd84a9eee95")
    True
    """
    for pattern, prefix in ((_ARXIV, "arxiv:"), (_DOI, "doi:")):
        for identifier in identifiers:
            if identifier and (found := pattern.match(identifier.strip())):
                return prefix + found[1].lower()
    letters = abstract.lower().translate(_NO_LETTERS)  # several times faster than to look at each character
    letters = letters if letters.isalnum() else "".join(filter(str.isalnum, letters))
    return "paper:" + hashlib.sha256((letters or abstract).encode()).hexdigest()[:16]
