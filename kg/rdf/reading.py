"""Triples in, the Subgraphs and entity nodes that they describe out: the way back from kg.rdf.mapping.

Ids are read off the IRIs, so any base will do. Edges between entities are not read: the statements beside them say
the same and more. Raises FormatError where a node lacks what it can't be without.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from pydantic import ValidationError

from kg.errors import FormatError
from kg.graph import Claim, EntityNode, FactEdge, PaperNode, ResultNode, SlotEdge, Subgraph, ordered
from kg.rdf import vocabulary as v
from kg.rdf.terms import node_id, term
from kg.rdf.vocabulary import Kind
from kg.types import ENTITY_TYPES, EntityType, RelationType, Role, SlotName, Span

Values = Mapping[str, Sequence[str]]  # property -> its values, as texts


class Triple(Protocol):
    """What pyoxigraph gives: the terms of a triple or a quad."""

    @property
    def subject(self) -> Any: ...
    @property
    def predicate(self) -> Any: ...
    @property
    def object(self) -> Any: ...


def _iri(name: str) -> str:
    return term(name)[1:-1]


def _properties(table: Mapping[str, tuple[str, Kind]]) -> tuple[tuple[str, str, Kind], ...]:
    return tuple((field, _iri(name), kind) for field, (name, kind) in table.items() if kind != "span")


_PAPER, _RESULT = _properties(v.PAPER_FIELDS), _properties(v.RESULT_FIELDS)
_ENTITY, _CLAIM, _FACT = _properties(v.ENTITY_FIELDS), _properties(v.CLAIM_FIELDS), _properties(v.FACT_FIELDS)
_MANY = frozenset({"sources", "aliases"})
_TYPE, _SUBJECT, _PREDICATE, _OBJECT = (_iri(f"rdf:{name}") for name in ("type", "subject", "predicate", "object"))
_DERIVED, _EVIDENCE, _VALUE_SPAN = _iri("prov:wasDerivedFrom"), _iri("kg:evidence"), _iri("kg:valueSpan")
_MENTION, _START, _END, _EXACT = _iri("kg:mention"), _iri("oa:start"), _iri("oa:end"), _iri("oa:exact")
_FORM, _LITERAL_FORM, _PAPERS = _iri("kg:form"), _iri("skosxl:literalForm"), _iri("kg:papers")
_ROLES: dict[str, Role] = {_iri(name): role for role, name in v.ROLES.items()}
_RELATIONS: dict[str, RelationType] = {_iri(name): relation for relation, name in v.RELATIONS.items()}
_SLOTS: dict[SlotName, list[str]] = {slot: [name[1:-1] for name in names] for slot, names in v.SLOT_PROPERTIES.items()}
_TYPES: dict[str, EntityType] = {type.lower(): type for type in ENTITY_TYPES}
_KINDS = {_iri(f"kg:{name}"): name for name in ("Paper", "Claim", "Result", "Fact")}
_ENTITY_KINDS: dict[str, EntityType] = {_iri(names[0]): type for type, names in v.ENTITY_CLASSES.items()}


class Description:
    """Triples by subject and property, and the subjects by class."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.nodes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for triple in triples:
            self.nodes[triple.subject.value][triple.predicate.value].append(triple.object.value)

    def subjects(self, kinds: Mapping[str, str]) -> Iterator[tuple[str, str, Values]]:
        """Every node of one of these classes: the class as `kinds` calls it, the node's IRI and its properties."""
        for iri, values in self.nodes.items():
            for one in values.get(_TYPE, ()):
                if one in kinds:
                    yield kinds[one], iri, values

    def value(self, iri: str, name: str) -> str:
        """The one value of a property that a node can't be without."""
        try:
            return self.nodes[iri][name][0]
        except IndexError:
            raise FormatError(iri, f"it has no {name}") from None

    def span(self, iri: str) -> Span:
        """A place in a paper's text."""
        start, end = int(self.value(iri, _START)), int(self.value(iri, _END))
        return Span(start=start, end=end, surface=self.value(iri, _EXACT))


def _parse(kind: Kind, text: str) -> str | float | int | bool:
    if kind == "decimal":
        return float(text)
    if kind == "integer":
        return int(text)
    return text in ("true", "1") if kind == "boolean" else text


def _fields(values: Values, properties: Iterable[tuple[str, str, Kind]]) -> dict[str, Any]:
    """The fields that a node has values for."""
    return {
        field: tuple(sorted(values[name])) if field in _MANY else _parse(kind, values[name][0])
        for field, name, kind in properties
        if values.get(name)
    }


def subgraphs(triples: Iterable[Triple]) -> Iterator[Subgraph]:
    """The papers that these triples describe, whole, sorted by id. All of them are held in memory."""
    description = Description(triples)
    parts: dict[str, dict[str, list[tuple[str, Values]]]] = defaultdict(lambda: defaultdict(list))
    papers: dict[str, Values] = {}
    for kind, iri, values in description.subjects(_KINDS):
        if kind == "Paper":
            papers[iri] = values
        else:
            owner = description.value(iri, _SUBJECT if kind == "Claim" else _DERIVED)
            parts[owner][kind].append((iri, values))
    stray = sorted(parts.keys() - papers.keys())
    if stray:
        raise FormatError(stray[0], "statements stand on it, and it is described as no kg:Paper")
    for iri in sorted(papers, key=node_id):
        try:
            yield _subgraph(description, papers[iri], parts[iri])
        except ValidationError as error:
            fault = error.errors()[0]
            raise FormatError(iri, f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}") from error


def _subgraph(description: Description, paper: Values, parts: Mapping[str, Sequence[tuple[str, Values]]]) -> Subgraph:
    node = PaperNode(**_fields(paper, _PAPER))
    claims = [_claim(description, node.id, iri, values) for iri, values in parts.get("Claim", ())]
    names: dict[str, list[str | None]] = defaultdict(list)
    for claim in claims:
        names[claim.entity].append(claim.name)
    return ordered(
        node,
        claims=claims,
        results=[_result(description, iri, values) for iri, values in parts.get("Result", ())],
        slots=[slot for iri, values in parts.get("Result", ()) for slot in _slots(description, iri, values, names)],
        facts=[_fact(description, node.id, iri, values, names) for iri, values in parts.get("Fact", ())],
    )


def _claim(description: Description, paper: str, iri: str, values: Values) -> Claim:
    entity = node_id(description.value(iri, _OBJECT))
    mentions = [description.span(span) for span in values.get(_MENTION, ())]
    return Claim(
        paper=paper,
        entity=entity,
        type=_TYPES[entity.partition(":")[0]],
        role=_ROLES[description.value(iri, _PREDICATE)],
        mentions=tuple(sorted(mentions, key=lambda span: (span.start, span.end))),
        **{"name": None, **_fields(values, _CLAIM)},
    )


def _result(description: Description, iri: str, values: Values) -> ResultNode:
    at = description.span(description.value(iri, _VALUE_SPAN))
    evidence = description.span(description.value(iri, _EVIDENCE))
    return ResultNode(
        id=node_id(iri),
        start=at.start,
        end=at.end,
        sentence=evidence.surface,
        sentence_start=evidence.start,
        **_fields(values, _RESULT),
    )


def _slots(
    description: Description, iri: str, values: Values, names: Mapping[str, Sequence[str | None]]
) -> Iterator[SlotEdge]:
    for slot, (filled, span, confidence, name) in _SLOTS.items():
        for filler in values.get(filled, ()):
            entity, at = node_id(filler), description.span(description.value(iri, span))
            yield SlotEdge(
                result=node_id(iri),
                slot=slot,
                entity=entity,
                name=_name(values.get(name), entity, names),
                surface=at.surface,
                start=at.start,
                end=at.end,
                confidence=float(description.value(iri, confidence)),
            )


def _fact(
    description: Description, paper: str, iri: str, values: Values, names: Mapping[str, Sequence[str | None]]
) -> FactEdge:
    fields = _fields(values, _FACT)
    head, tail = node_id(description.value(iri, _SUBJECT)), node_id(description.value(iri, _OBJECT))
    evidence = description.span(description.value(iri, _EVIDENCE))
    return FactEdge(
        type=_RELATIONS[description.value(iri, _PREDICATE)],
        head=head,
        tail=tail,
        paper=paper,
        head_name=fields.pop("head_name", None) or _name(None, head, names),
        tail_name=fields.pop("tail_name", None) or _name(None, tail, names),
        sentence=evidence.surface,
        start=evidence.start,
        end=evidence.end,
        **fields,
    )


def _name(given: Sequence[str] | None, entity: str, names: Mapping[str, Sequence[str | None]]) -> str | None:
    """What the paper calls a node: as given, else as its one claim on the node calls it."""
    if given:
        return given[0]
    called = set(names.get(entity, ()))
    return called.pop() if len(called) == 1 else None


def entity_nodes(triples: Iterable[Triple]) -> Iterator[EntityNode]:
    """The shared nodes that these triples describe, sorted by id."""
    description = Description(triples)
    found = sorted((node_id(iri), type, values) for type, iri, values in description.subjects(_ENTITY_KINDS))
    for id, type, values in found:
        yield _entity(description, id, type, values)


def _entity(description: Description, id: str, type: str, values: Values) -> EntityNode:
    fields = _fields(values, _ENTITY)
    counted = {
        description.value(form, _LITERAL_FORM): int(description.value(form, _PAPERS)) for form in values.get(_FORM, ())
    }
    labels = {fields["name"], *fields.get("aliases", ())}
    forms = sorted(form for form in labels if counted.get(form, 1) > 0)
    return EntityNode(
        **{**fields, "id": id, "type": type},
        forms=tuple(forms),
        form_papers=tuple(counted.get(form, 1) for form in forms),
    )
