"""The Store protocol in the statements of the embedded database."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from kg.errors import StoreError
from kg.graph import FACT_EDGES, ROLE_EDGES, SLOT_EDGES, Claim, EntityNode, FactEdge, ResultNode, SlotEdge, Subgraph
from kg.schema import Column, EdgeKind, edge_columns, edge_kinds, node_columns
from kg.store import Held, Language, Row, Store, Value, batches, writing
from kg.store.embedded import statements
from kg.store.embedded.database import Database
from kg.store.embedded.packing import pack
from kg.types import ENTITY_TYPES, EntityType

CHUNK = 500  # papers or nodes read at a time

_CLAIMS = tuple(kind for kind in edge_kinds() if kind.type in ROLE_EDGES.values())
_SLOTS = tuple(kind for kind in edge_kinds() if kind.type in SLOT_EDGES.values())
_FACTS = tuple(kind for kind in edge_kinds() if kind.type in FACT_EDGES.values())


class EmbeddedStore(Store):
    """See kg.store.Store. A path that holds nothing is made a store, unless `read_only`; ':memory:' names no file."""

    language: Language = "cypher"

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.url = url
        self.database = Database(url, read_only=read_only)

    def query(
        self, text: str, parameters: Mapping[str, Value | list[Value]] | None = None, *, ours: bool = False
    ) -> list[Row]:
        """See Store. One statement that reads; one that writes, or touches files, is refused."""
        return self.database.ask(text, parameters or {})

    def close(self) -> None:
        """See Store."""
        self.database.close()

    def held(self, papers: Sequence[str]) -> dict[str, Held]:
        """See Store."""
        rows = self.database.run(statements.held(), {"ids": sorted(set(papers))}) if papers else []
        return {str(row["id"]): _held(row) for row in rows}

    def count(self) -> dict[str, int]:
        """See Store."""
        texts = {label: statements.count_nodes(label) for label in node_columns()}
        texts |= {type: statements.count_edges(type) for type in edge_columns()}
        numbers: dict[str, Any] = {label: self.database.run(text, {})[0]["number"] for label, text in texts.items()}
        return {label: numbers[label] for label in sorted(numbers)}

    def write(self, batch: Sequence[Subgraph]) -> None:
        """See Store."""
        graphs = writing.latest(batch)
        if graphs:
            with self.database.transaction():
                self._replace([graph.paper.id for graph in graphs], graphs)

    def remove(self, papers: Sequence[str]) -> int:
        """See Store."""
        with self.database.transaction():
            return self._replace(sorted(set(papers)), [])

    def read(self, papers: Sequence[str] | None = None) -> Iterator[Subgraph]:
        """See Store."""
        for ids in batches(self._ids("Paper") if papers is None else sorted(set(papers)), CHUNK):
            with self._sound():
                graphs = self._subgraphs(ids)
            yield from graphs

    def entities(self, type: EntityType, ids: Sequence[str] | None = None) -> Iterator[EntityNode]:
        """See Store."""
        for some in batches(self._ids(type) if ids is None else sorted(set(ids)), CHUNK):
            with self._sound():
                nodes = [
                    writing.entity_node(type, row) for row in self.database.run(statements.nodes(type), {"ids": some})
                ]
            yield from sorted(nodes, key=lambda node: node.id)

    @contextmanager
    def _sound(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, TypeError, KeyError) as error:
            raise StoreError(self.url, f"it holds what no paper says; is it damaged? {error}") from error

    def _subgraphs(self, papers: list[str]) -> list[Subgraph]:
        nodes = [writing.paper_node(row) for row in self.database.run(statements.nodes("Paper"), {"ids": papers})]
        claims = self._claims(papers)
        made = writing.subgraphs(
            sorted(nodes, key=lambda node: node.id),
            claims=claims,
            results=self._results(papers),
            slots=self._slots(papers),
            facts=self._facts(papers, claims),
        )
        return list(made)

    def _replace(self, papers: list[str], graphs: list[Subgraph]) -> int:
        """Take out what the store holds of these papers and put these graphs in; how many it held."""
        old = sorted(self.held(papers))
        removed = self._claims(old) if old else []
        touched: dict[EntityType, set[str]] = defaultdict(set)
        for claim in (*removed, *(claim for graph in graphs for claim in graph.claims)):
            touched[claim.type].add(claim.entity)
        nodes = {node.id: node for type, ids in touched.items() for node in self.entities(type, sorted(ids))}
        tallied = writing.tallied(graphs, removed=removed, nodes=nodes)
        if old:
            self._take_out(old, removed)
        for type, ids in tallied.gone.items():
            self.database.run(statements.delete_nodes(type), {"ids": ids})
        at = datetime.now(UTC).isoformat(timespec="seconds")
        self._put_in(writing.node_rows(graphs, tallied.nodes, at=at), known=nodes.keys() | set(old))
        for kind, rows in writing.edge_rows(graphs).items():
            self._pass(statements.create_edges, kind, statements.passed(kind), rows)
        gone = sorted(set(old) - {graph.paper.id for graph in graphs})
        if gone:
            self.database.run(statements.delete_nodes("Paper"), {"ids": gone})
        return len(old)

    def _put_in(self, rows: Mapping[str, list[Row]], known: set[str]) -> None:
        """Nodes by label: those known are updated, the others made."""
        for label, every in rows.items():
            new = [row for row in every if row["id"] not in known]
            again = [row for row in every if row["id"] in known]
            self._pass(statements.create_nodes, label, node_columns()[label], new)
            self._pass(statements.update_nodes, label, node_columns()[label], again)

    def _pass(
        self, statement: Callable[..., str], of: str | EdgeKind, columns: tuple[Column, ...], rows: list[Row]
    ) -> None:
        """Run a statement for every row, the rows passed as one text, or as they are where they can't be."""
        if rows:
            text = pack(columns, rows)
            passed = {"rows": rows} if text is None else {"packed": text}
            self.database.run(statement(of, packed=text is not None), passed)

    def _take_out(self, papers: list[str], claims: Iterable[Claim]) -> None:
        """Delete the papers' results, facts and edges; the papers and the shared nodes stay."""
        for kind, heads in _heads(claims):
            self.database.run(statements.delete_facts(kind), {"heads": heads, "papers": papers})
        self.database.run(statements.delete_results(), {"ids": papers})
        for kind in _CLAIMS:
            self.database.run(statements.delete_claims(kind), {"ids": papers})

    def _ids(self, label: str) -> list[str]:
        return [str(row["id"]) for row in self.database.run(statements.ids(label), {})]

    def _claims(self, papers: list[str]) -> list[Claim]:
        rows = ((kind, self.database.run(statements.claims(kind), {"ids": papers})) for kind in _CLAIMS)
        return [writing.claim(kind, row) for kind, some in rows for row in some]

    def _results(self, papers: list[str]) -> list[tuple[str, ResultNode]]:
        rows: list[dict[str, Any]] = self.database.run(statements.results(), {"ids": papers})
        return [(row.pop("paper"), ResultNode.model_validate(row)) for row in rows]

    def _slots(self, papers: list[str]) -> list[SlotEdge]:
        rows = ((kind, self.database.run(statements.slots(kind), {"ids": papers})) for kind in _SLOTS)
        return [writing.slot_edge(kind, row) for kind, some in rows for row in some]

    def _facts(self, papers: list[str], claims: Iterable[Claim]) -> list[FactEdge]:
        rows = (
            (kind, self.database.run(statements.facts(kind), {"heads": heads, "papers": papers}))
            for kind, heads in _heads(claims)
        )
        return [writing.fact_edge(kind, row) for kind, some in rows for row in some]


def _heads(claims: Iterable[Claim]) -> Iterator[tuple[EdgeKind, list[str]]]:
    """Every kind of fact with the nodes that facts of it can start from: a paper's facts join its own entities."""
    of_type: dict[str, set[str]] = {type: set() for type in ENTITY_TYPES}
    for claim in claims:
        of_type[claim.type].add(claim.entity)
    return ((kind, sorted(of_type[kind.source])) for kind in _FACTS if of_type[kind.source])


def _held(row: Mapping[str, Any]) -> Held:
    return Held(row["content_hash"], row["extractor"], tuple(row["sources"] or ()))
