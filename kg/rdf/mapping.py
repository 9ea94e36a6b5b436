"""A Subgraph or an entity's node in, its triples out: N-Triples lines without their dot, sorted, each once.

What a paper says is an edge of its own (`<method> kg:evaluatedOn <dataset>`) and beside it a statement that carries
the evidence, once for the whole fact: a kg:Claim for what the paper does with an entity, a kg:Result for a number, a
kg:Fact for a relation. Spans are nodes of their own, shared by all that stands on the same characters; that they are
oa:TextQuoteSelectors, too, follows from their oa:exact, and is not said of each.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from kg.graph import Claim, EntityNode, FactEdge, ResultNode, SlotEdge, Subgraph
from kg.rdf import vocabulary as v
from kg.rdf.terms import any_uri, boolean, date, decimal, integer, literal, node_iri, paper_iri, segment, term
from kg.rdf.vocabulary import Kind
from kg.types import Frozen, RelationType, Role

_WRITERS: dict[Kind, Callable[..., str]] = {
    "string": literal,
    "decimal": decimal,
    "integer": integer,
    "boolean": boolean,
    "date": date,
    "anyURI": any_uri,
}
_Fields = tuple[tuple[str, str, Callable[..., str]], ...]


def _fields(table: Mapping[str, tuple[str, Kind]]) -> _Fields:
    return tuple((name, term(said), _WRITERS[kind]) for name, (said, kind) in table.items() if kind != "span")


_PAPER, _RESULT = _fields(v.PAPER_FIELDS), _fields(v.RESULT_FIELDS)
_ENTITY, _CLAIM = _fields(v.ENTITY_FIELDS), _fields(v.CLAIM_FIELDS)
_FACT = tuple(field for field in _fields(v.FACT_FIELDS) if field[0] in ("outcome", "confidence"))
_TOLD = tuple(name for name in FactEdge.model_fields if name != "paper")
_ROLES: dict[Role, str] = {role: term(name) for role, name in v.ROLES.items()}
_RELATIONS: dict[RelationType, str] = {relation: term(name) for relation, name in v.RELATIONS.items()}
_HEAD_NAME, _TAIL_NAME = term("kg:headName"), term("kg:tailName")
_IS_PAPER = tuple(f"{v.TYPE} {term(name)}" for name in v.PAPER_CLASSES)
_IS_CLAIM, _IS_FACT = f"{v.TYPE} {term('kg:Claim')}", f"{v.TYPE} {term('kg:Fact')}"
_IS_RESULT = tuple(f"{v.TYPE} {term(name)}" for name in v.RESULT_CLASSES)
_IS_ENTITY = {type: tuple(f"{v.TYPE} {term(name)}" for name in names) for type, names in v.ENTITY_CLASSES.items()}


class Described(NamedTuple):
    """A paper's triples; `edges` are those between two entities, each with its head's id: other papers may say them
    too, so that a format without named graphs has to bring them together."""

    lines: list[str]
    edges: list[tuple[str, str]]


def described(graph: Subgraph, base: str) -> Described:
    """The triples of one paper: the paper first, then its results, facts, claims, and the places they stand on."""
    paper = _Paper(graph, base)
    parts: tuple[Collection[str], ...] = (
        {*paper.node(), *chain.from_iterable(map(paper.edges, graph.claims))},
        {*chain.from_iterable(map(paper.result, graph.results)), *chain.from_iterable(map(paper.slot, graph.slots))},
        set(chain.from_iterable(map(paper.fact, graph.facts))),
        set(chain.from_iterable(map(paper.claim, graph.claims))),
        paper.spans,
    )
    facts = {(fact.head, paper.fact_edge(fact)) for fact in graph.facts}
    return Described([line for part in parts for line in sorted(part)], sorted(facts))


class _Paper:
    """The triples of one paper as they are asked for; `spans` gathers those of the places that they stand on."""

    def __init__(self, graph: Subgraph, base: str) -> None:
        self.graph, self.base = graph, base
        self.address = paper_iri(base, graph.paper.id)
        self.iri = f"<{self.address}>"
        self.spans: list[str] = []
        self._placed: set[tuple[str, str]] = set()
        self.names: dict[str, set[str | None]] = defaultdict(set)
        for claim in graph.claims:
            self.names[claim.entity].add(claim.name)

    def node(self) -> Iterator[str]:
        """The paper itself."""
        yield from (f"{self.iri} {type}" for type in _IS_PAPER)
        yield from _values(self.iri, self.graph.paper, _PAPER)
        yield from (f"{self.iri} {v.REPORTS} {self._entity(result.id)}" for result in self.graph.results)

    def edges(self, claim: Claim) -> Iterator[str]:
        """What the paper does with an entity."""
        yield f"{self.iri} {_ROLES[claim.role]} {self._entity(claim.entity)}"

    def claim(self, claim: Claim) -> Iterator[str]:
        """The statement of what the paper does with an entity, and where it says so."""
        subject = self._own("claim", claim.type, claim.name, claim.entity, claim.mentions[0].start)
        yield f"{subject} {_IS_CLAIM}"
        yield f"{subject} {v.SUBJECT} {self.iri}"
        yield f"{subject} {v.PREDICATE} {_ROLES[claim.role]}"
        yield f"{subject} {v.OBJECT} {self._entity(claim.entity)}"
        yield from _values(subject, claim, _CLAIM)
        yield from (
            f"{subject} {v.MENTION} {self._span(span.start, span.end, span.surface)}" for span in claim.mentions
        )

    def result(self, result: ResultNode) -> Iterator[str]:
        """A reported number."""
        subject = self._entity(result.id)
        yield from (f"{subject} {type}" for type in _IS_RESULT)
        yield f"{subject} {v.DERIVED} {self.iri}"
        yield f"{subject} {v.VALUE_SPAN} {self._span(result.start, result.end, result.value_text)}"
        end = result.sentence_start + len(result.sentence)
        yield f"{subject} {v.EVIDENCE} {self._span(result.sentence_start, end, result.sentence)}"
        yield from _values(subject, result, _RESULT)

    def slot(self, slot: SlotEdge) -> Iterator[str]:
        """What fills a slot of a result; the paper's name for it only where its claims leave that open."""
        filled, span, confidence, name = v.SLOT_PROPERTIES[slot.slot]
        subject = self._entity(slot.result)
        yield f"{subject} {filled} {self._entity(slot.entity)}"
        yield f"{subject} {span} {self._span(slot.start, slot.end, slot.surface)}"
        yield f"{subject} {confidence} {decimal(slot.confidence)}"
        yield from self._name(subject, name, slot.entity, slot.name)

    def fact(self, fact: FactEdge) -> Iterator[str]:
        """The statement of a relation; the relation itself is an edge."""
        subject = self._own("fact", *(getattr(fact, name) for name in _TOLD))
        yield f"{subject} {_IS_FACT}"
        yield f"{subject} {v.SUBJECT} {self._entity(fact.head)}"
        yield f"{subject} {v.PREDICATE} {_RELATIONS[fact.type]}"
        yield f"{subject} {v.OBJECT} {self._entity(fact.tail)}"
        yield f"{subject} {v.DERIVED} {self.iri}"
        yield f"{subject} {v.EVIDENCE} {self._span(fact.start, fact.end, fact.sentence)}"
        yield from _values(subject, fact, _FACT)
        yield from self._name(subject, _HEAD_NAME, fact.head, fact.head_name)
        yield from self._name(subject, _TAIL_NAME, fact.tail, fact.tail_name)

    def fact_edge(self, fact: FactEdge) -> str:
        """The relation itself."""
        return f"{self._entity(fact.head)} {_RELATIONS[fact.type]} {self._entity(fact.tail)}"

    def _entity(self, id: str) -> str:
        return f"<{node_iri(self.base, id)}>"

    def _own(self, type: str, *content: object) -> str:
        """A node of this paper, minted from what it says."""
        text = "\x1f".join(map(repr, (self.graph.paper.id, *content)))
        return f"<{self.base}{type}/{hashlib.sha256(text.encode()).hexdigest()[:24]}>"

    def _name(self, subject: str, predicate: str, entity: str, name: str | None) -> Iterator[str]:
        if name is not None and self.names.get(entity) != {name}:
            yield f"{subject} {predicate} {literal(name)}"

    def _span(self, start: int, end: int, surface: str) -> str:
        iri = f"<{self.address}#char={start},{end}>"
        if (iri, surface) not in self._placed:
            self._placed.add((iri, surface))
            self.spans += (
                f"{iri} {v.IS_SPAN}",
                f"{iri} {v.END} {integer(end)}",
                f"{iri} {v.EXACT} {literal(surface)}",
                f"{iri} {v.START} {integer(start)}",
            )
        return iri


def _values(subject: str, model: Frozen, fields: _Fields) -> Iterator[str]:
    """A triple a value; what is not there, and a list that is empty, has none."""
    for name, predicate, write in fields:
        value = getattr(model, name)
        if isinstance(value, tuple):
            yield from (f"{subject} {predicate} {write(one)}" for one in value)
        elif value is not None:
            yield f"{subject} {predicate} {write(value)}"


def entity_lines(node: EntityNode, base: str) -> list[str]:
    """The triples of a shared node. `kg:curated false` and `kg:modelPapers 0` go without saying, and so does a form
    that one paper uses."""
    iri = node_iri(base, node.id)
    subject = f"<{iri}>"
    lines = {f"{subject} {type}" for type in (*_IS_ENTITY[node.type], *((v.IS_MODEL,) if node.kind == "model" else ()))}
    silent = {name for name, value in (("curated", node.curated), ("model_papers", node.model_papers)) if not value}
    lines.update(_values(subject, node, tuple(field for field in _ENTITY if field[0] not in silent)))
    lines.update(_forms(iri, node))
    return sorted(lines)


def _forms(iri: str, node: EntityNode) -> Iterator[str]:
    papers = {node.name: 0, **dict(zip(node.forms, node.form_papers, strict=True))}
    for form, number in papers.items():
        if number != 1:
            subject = f"<{iri}#form={segment(form)}>"
            yield f"<{iri}> {v.FORM} {subject}"
            yield f"{subject} {v.IS_FORM}"
            yield f"{subject} {v.LITERAL_FORM} {literal(form)}"
            yield f"{subject} {v.PAPERS} {integer(number)}"


def lines(graphs: Iterable[Subgraph], base: str) -> Iterator[str]:
    """Every triple of these papers, edges with them; what two papers say comes twice."""
    for graph in graphs:
        own = described(graph, base)
        yield from own.lines
        yield from (edge for _, edge in own.edges)
