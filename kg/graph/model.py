"""The nodes and edges of the graph: models of what stores hold, and tables of the edge types that there are."""

from kg.types import (
    ENTITY_TYPES,
    RELATION_ENDS,
    SLOT_TYPES,
    Bound,
    Confidence,
    Direction,
    EntityType,
    Frozen,
    MethodKind,
    Outcome,
    RelationType,
    ResultKind,
    Role,
    SlotName,
    Span,
)

ROLE_EDGES: dict[Role, str] = {
    "proposed": "PROPOSES",
    "used": "USES",
    "compared": "COMPARES",
    "mentioned": "MENTIONS",
}
SLOT_EDGES: dict[SlotName, str] = {
    "method": "OF_METHOD",
    "baseline": "COMPARED_TO",
    "dataset": "ON_DATASET",
    "metric": "WITH_METRIC",
    "task": "FOR_TASK",
}
FACT_EDGES: dict[RelationType, str] = {
    "evaluated_on": "EVALUATED_ON",
    "trained_on": "TRAINED_ON",
    "used_for": "USED_FOR",
    "benchmark_for": "BENCHMARK_FOR",
    "measured_by": "MEASURED_BY",
    "compared_with": "COMPARED_WITH",
    "uses": "USES_METHOD",
    "subclass_of": "SUBCLASS_OF",
}


class PaperNode(Frozen):
    """A paper. `extracted_at` is informative: it is left out of every comparison and export."""

    id: str
    title: str | None = None
    abstract: str
    url: str | None = None
    published: str | None = None
    sources: tuple[str, ...] = ()
    content_hash: str
    extractor: str
    extracted_at: str | None = None

    @property
    def text(self) -> str:
        """What every offset counts in."""
        return f"{self.title}\n{self.abstract}" if self.title else self.abstract


class Registered(Frozen):
    """What the registry knows of an entity: facts that no single paper states, kept apart from those that do."""

    name: str
    kind: MethodKind | None = None
    higher_is_better: bool | None = None
    unit: str | None = None
    lower_bound: float | None = None
    upper_bound: float | None = None


class Identity(Frozen):
    """Which node an entity of a paper is: the node's id, minted from content, and its registry entry if it has one."""

    id: str
    registered: Registered | None = None


class EntityNode(Frozen):
    """A Method, Task, Dataset or Metric. `forms` are all its surface forms, `form_papers` how many papers use each;
    `support` counts the papers that name it, `model_papers` those that call it a model; `curated`: name and kind are
    the registry's."""

    id: str
    type: EntityType
    name: str
    aliases: tuple[str, ...] = ()
    kind: MethodKind | None = None
    higher_is_better: bool | None = None
    unit: str | None = None
    lower_bound: float | None = None
    upper_bound: float | None = None
    support: int
    curated: bool = False
    forms: tuple[str, ...]
    form_papers: tuple[int, ...]
    model_papers: int = 0


class Claim(Frozen):
    """An edge PROPOSES, USES, COMPARES or MENTIONS: one entity of one paper, the node it is, and where it stands."""

    paper: str
    entity: str
    type: EntityType
    role: Role
    name: str | None
    kind: MethodKind | None = None
    mentions: tuple[Span, ...]
    confidence: Confidence


class ResultNode(Frozen):
    """A reported number. `sentence_start` and the other `_start` are offsets in the paper's text; a slot that holds a
    literal phrase instead of an entity stands here as `baseline_text`, `dataset_text`."""

    id: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    value_text: str
    start: int
    end: int
    unit: str | None = None
    kind: ResultKind
    direction: Direction | None = None
    relative: bool | None = None
    bound: Bound
    setting: str | None = None
    setting_start: int | None = None
    sentence: str
    sentence_start: int
    baseline_text: str | None = None
    baseline_start: int | None = None
    dataset_text: str | None = None
    dataset_start: int | None = None
    confidence: Confidence


class SlotEdge(Frozen):
    """An edge from a Result to what fills one of its slots; `name` is what the paper's extraction calls it."""

    result: str
    slot: SlotName
    entity: str
    name: str | None
    surface: str
    start: int
    end: int
    confidence: Confidence


class FactEdge(Frozen):
    """A fact of one paper between two entities; `head_name` and `tail_name` are the paper's own names for them."""

    type: RelationType
    head: str
    tail: str
    paper: str
    head_name: str | None
    tail_name: str | None
    outcome: Outcome | None = None
    sentence: str
    start: int
    end: int
    confidence: Confidence


class Subgraph(Frozen):
    """All that one paper adds to the graph, sorted. `registered` holds the registry's entries by node id."""

    paper: PaperNode
    claims: tuple[Claim, ...] = ()
    results: tuple[ResultNode, ...] = ()
    slots: tuple[SlotEdge, ...] = ()
    facts: tuple[FactEdge, ...] = ()
    registered: tuple[tuple[str, Registered], ...] = ()


def edge_ends() -> dict[str, tuple[tuple[str, str], ...]]:
    """Every edge type with the pairs of labels that it may join: the closed enumeration that stores build from."""
    ends: dict[str, tuple[tuple[str, str], ...]] = {
        edge: tuple(("Paper", label) for label in ENTITY_TYPES) for edge in ROLE_EDGES.values()
    }
    ends["REPORTS"] = (("Paper", "Result"),)
    ends |= {edge: (("Result", SLOT_TYPES[slot]),) for slot, edge in SLOT_EDGES.items()}
    ends |= {FACT_EDGES[relation]: pairs for relation, pairs in RELATION_ENDS.items()}
    return ends
