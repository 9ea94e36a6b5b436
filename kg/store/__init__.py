"""A store by URL: what holds the graph and answers questions about it. One protocol, one line a backend."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from itertools import islice
from types import TracebackType
from typing import Literal, NamedTuple, Protocol, Self, TypeVar

from kg.errors import StoreError
from kg.graph import EntityNode, Subgraph
from kg.types import EntityType

T = TypeVar("T")
Value = str | int | float | bool | None
Row = dict[str, Value | list[Value]]
Language = Literal["cypher", "sparql"]


class Held(NamedTuple):
    """What a store says of a paper that it holds: the ledger's line."""

    content_hash: str
    extractor: str
    sources: tuple[str, ...]


class Store(Protocol):
    """A graph that is written by paper and read by question. Every method raises StoreError on failure.

    Writing is idempotent and transactional: a batch is in the store whole or not at all, a paper that is there
    already is replaced, and a shared node shows what the papers then in the store say of it (kg.graph.tally).
    """

    url: str
    language: Language

    def held(self, papers: Sequence[str]) -> dict[str, Held]:
        """The ledger: those of these paper ids that the store holds."""

    def count(self) -> dict[str, int]:
        """Nodes and edges by label, sorted by label: {'Dataset': 12, …, 'USES': 40}."""

    def write(self, batch: Sequence[Subgraph]) -> None:
        """Put papers in, or in the place of what they were, in one transaction."""

    def remove(self, papers: Sequence[str]) -> int:
        """Take papers out with all that only they support, in one transaction; how many there were."""

    def read(self, papers: Sequence[str] | None = None) -> Iterator[Subgraph]:
        """The subgraphs of these papers, or of all, sorted by paper id; streamed. `registered` is left empty."""

    def entities(self, type: EntityType, ids: Sequence[str] | None = None) -> Iterator[EntityNode]:
        """The shared nodes of a type (or those of them with these ids), sorted by id; streamed."""

    def query(
        self, text: str, parameters: Mapping[str, Value | list[Value]] | None = None, *, ours: bool = False
    ) -> list[Row]:
        """The rows of a query in the store's language, values passed as parameters, in the query's order.

        `ours`: what others keep in the same database under labels of ours is left out.
        """

    def close(self) -> None:
        """Finish writing and let go."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


# A pattern of the URL -> the module and the class behind it. The module is imported when the store is opened.
BACKENDS: tuple[tuple[Callable[[str], bool], str, str], ...] = (
    (lambda url: url.startswith(("neo4j://", "neo4j+", "bolt://", "bolt+")), "kg.store.neo4j", "Neo4jStore"),
    (lambda url: url.startswith(("sparql+http://", "sparql+https://")), "kg.store.sparql", "SparqlStore"),
    (lambda url: url.startswith("oxigraph:"), "kg.store.oxigraph", "OxigraphStore"),
    (lambda url: url.endswith((".ttl", ".nt", ".jsonld", ".nq", ".trig", ".rdf")), "kg.store.rdffile", "RdfFileStore"),
    (lambda url: "://" not in url, "kg.store.embedded", "EmbeddedStore"),
)


def open_store(url: str, *, read_only: bool = False) -> Store:
    """Open the store that a URL names, making it where it is not there yet (unless `read_only`)."""
    for takes, module, name in BACKENDS:
        if takes(url):
            store: Store = getattr(import_module(module), name)(url, read_only=read_only)
            return store
    raise StoreError(
        url, "no store of this kind; try graph.lbug, neo4j://host, graph.ttl, oxigraph:DIR, sparql+http://…"
    )


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
