"""The Store protocol over RDF, on top of three methods: select, construct, and a change that is made whole or not.

What a write or a removal changes is worked out beforehand as triples, from what the store holds and what comes: the
triples of the papers that go, less those of the papers that come and those that other papers state, too. So whatever
else the store holds stays as it is.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import QuerySolutions

from kg.graph import FACT_EDGES, ROLE_EDGES, SLOT_EDGES, Claim, EntityNode, Subgraph
from kg.rdf import reading
from kg.rdf import vocabulary as v
from kg.rdf.mapping import described, entity_lines
from kg.rdf.terms import BASE, base_of, node_id, node_iri, paper_iri, term
from kg.store import Held, Language, Row, Store, Value, batches
from kg.store.binding import bind, bind_terms, iris, rows
from kg.store.writing import Tallied, latest, tallied
from kg.types import ENTITY_TYPES, EntityType

CHUNK = 100  # papers or nodes read at a time

_RQ = Path(__file__).parent / "rq"
_NODES = {term(f"kg:{label}"): label for label in ("Paper", "Result", *ENTITY_TYPES)}
_STATEMENTS = {term(v.ROLES[role]): edge for role, edge in ROLE_EDGES.items()} | {
    term(v.RELATIONS[relation]): edge for relation, edge in FACT_EDGES.items()
}
_EDGES = {term(v.SLOTS[slot]): edge for slot, edge in SLOT_EDGES.items()} | {v.REPORTS: "REPORTS"}
_ABOUT_PAPER = ("claims", "statements", "claim_spans", "statement_spans")
_ABOUT_ENTITY = ("entities", "aliases", "forms")


class Change(NamedTuple):
    """Triples that go and triples that come, as N-Triples lines without their dot, sorted."""

    gone: list[str]
    come: list[str]


@cache
def text(name: str) -> str:
    """A query of this room's own."""
    return (_RQ / f"{name}.rq").read_text(encoding="utf-8")


class TripleStore(Store, ABC):
    """See kg.store.Store. A subclass opens the triples, answers queries and applies a change."""

    url: str
    language: Language = "sparql"
    base: str = BASE

    @abstractmethod
    def _select(self, text: str) -> QuerySolutions:
        """The solutions of a SELECT."""

    @abstractmethod
    def _construct(self, text: str) -> Iterable[reading.Triple]:
        """The triples of a CONSTRUCT."""

    @abstractmethod
    def _apply(self, change: Change) -> None:
        """Make a change, whole or not at all."""

    @abstractmethod
    def close(self) -> None:
        """See Store."""

    def held(self, papers: Sequence[str]) -> dict[str, Held]:
        """See Store."""
        held: dict[str, Held] = {}
        for some in batches(sorted(set(papers)), CHUNK):
            found = self._rows("held", {"?paper": iris(paper_iri(self.base, id) for id in some)})
            for row in found:
                id, source = str(row["id"]), row["source"]
                before = held.get(id, Held(str(row["content_hash"]), str(row["extractor"]), ()))
                held[id] = before._replace(sources=(*before.sources, str(source))) if source else before
        return held

    def count(self) -> dict[str, int]:
        """See Store."""
        numbers: dict[str, int] = {}
        for name, labels in (("count_nodes", _NODES), ("count_statements", _STATEMENTS), ("count_edges", _EDGES)):
            numbers |= dict.fromkeys(labels.values(), 0)
            for row in self._rows(name, {"?label": " ".join(labels)}):
                numbers[labels[f"<{row['label']}>"]] = int(str(row["number"]))
        return dict(sorted(numbers.items()))

    def write(self, batch: Sequence[Subgraph]) -> None:
        """See Store."""
        graphs = latest(batch)
        if graphs:
            self._replace([graph.paper.id for graph in graphs], graphs)

    def remove(self, papers: Sequence[str]) -> int:
        """See Store."""
        return self._replace(sorted(set(papers)), [])

    def read(self, papers: Sequence[str] | None = None) -> Iterator[Subgraph]:
        """See Store."""
        chosen = self._ids("Paper") if papers is None else sorted(set(papers))
        for some in batches(chosen, CHUNK):
            addresses = iris(paper_iri(self.base, id) for id in some)
            stated = (self._about(name, {"?paper": addresses}) for name in _ABOUT_PAPER)
            yield from reading.subgraphs(chain(self._about("described", {"?node": addresses}), *stated))

    def entities(self, type: EntityType, ids: Sequence[str] | None = None) -> Iterator[EntityNode]:
        """See Store."""
        for some in batches(self._ids(type) if ids is None else sorted(set(ids)), CHUNK):
            addresses = {"?node": iris(node_iri(self.base, id) for id in some)}
            described = chain.from_iterable(self._about(name, addresses) for name in _ABOUT_ENTITY)
            yield from (node for node in reading.entity_nodes(described) if node.type == type)

    def query(
        self, text: str, parameters: Mapping[str, Value | list[Value]] | None = None, *, ours: bool = False
    ) -> list[Row]:
        """See Store."""
        return rows(self._select(bind(text, parameters or {})))

    def _rows(self, name: str, terms: Mapping[str, str]) -> list[Row]:
        return rows(self._select(bind_terms(text(name), terms)))

    def _about(self, name: str, terms: Mapping[str, str]) -> Iterable[reading.Triple]:
        return self._construct(bind_terms(text(name), terms))

    def _ids(self, label: str) -> list[str]:
        return sorted(str(row["id"]) for row in self._rows("ids", {"?class": term(f"kg:{label}")}))

    def _base(self) -> str:
        """The base that the papers in the store are named under; the default where there are none yet."""
        found = rows(self._select(f"SELECT ?paper WHERE {{ ?paper a {term('kg:Paper')} }} LIMIT 1"))
        return base_of(str(found[0]["paper"])) if found else BASE

    def _replace(self, papers: list[str], graphs: list[Subgraph]) -> int:
        """Take out what the store holds of these papers and put these graphs in; how many it held."""
        held = sorted(self.held(papers))
        old = list(self.read(held)) if held else []
        removed = [claim for graph in old for claim in graph.claims]
        nodes = self._touched(chain(removed, (claim for graph in graphs for claim in graph.claims)))
        come = tallied(graphs, removed=removed, nodes=nodes)
        self._apply(self._change(old, graphs, nodes, come))
        return len(held)

    def _touched(self, claims: Iterable[Claim]) -> dict[str, EntityNode]:
        """The shared nodes that these claims are on, as far as the store has them."""
        ids: dict[EntityType, set[str]] = defaultdict(set)
        for claim in claims:
            ids[claim.type].add(claim.entity)
        return {node.id: node for type, some in ids.items() for node in self.entities(type, sorted(some))}

    def _change(
        self, old: Sequence[Subgraph], new: Sequence[Subgraph], nodes: Mapping[str, EntityNode], tally: Tallied
    ) -> Change:
        before = {line for node in nodes.values() for line in entity_lines(node, self.base)}
        after = {line for node in tally.nodes for line in entity_lines(node, self.base)}
        edges: list[set[str]] = []
        for graphs, lines in ((old, before), (new, after)):
            descriptions = [described(graph, self.base) for graph in graphs]
            lines.update(line for description in descriptions for line in description.lines)
            edges.append({edge for description in descriptions for _, edge in description.edges})
        before |= self._unsupported(edges[0] - edges[1], {graph.paper.id for graph in old})
        return Change(gone=sorted(before - after), come=sorted((after - before) | edges[1]))

    def _unsupported(self, edges: set[str], papers: set[str]) -> set[str]:
        """Those of these edges that no paper states but these."""
        kept: set[str] = set()
        for some in batches(sorted(edges), CHUNK):
            rows = self._rows("supported", {"(?head ?relation ?tail)": " ".join(f"({edge})" for edge in some)})
            kept |= {
                f"<{row['head']}> <{row['relation']}> <{row['tail']}>"
                for row in rows
                if node_id(str(row["paper"])) not in papers
            }
        return edges - kept
