"""The Store protocol on the official driver: a managed transaction a batch, tried again while the server is away."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    Driver,
    GraphDatabase,
    ManagedTransaction,
    NotificationMinimumSeverity,
    Session,
)
from neo4j.exceptions import IncompleteCommit, Neo4jError

from kg.config import Neo4jSettings
from kg.errors import StoreError
from kg.graph import FACT_EDGES, EntityNode, Subgraph
from kg.schema import edge_columns, node_columns
from kg.store import Held, Language, Row, Store, Value, writing
from kg.store.neo4j import rows, statements, values
from kg.store.neo4j.address import Address
from kg.store.neo4j.faults import out_of_memory, reason, told
from kg.store.neo4j.schema import check_version, furnish
from kg.store.neo4j.write import records, replace
from kg.types import EntityType

PAGE = 500  # papers or nodes read at a time
IDS = 20_000  # ids asked for at a time

P = ParamSpec("P")
T = TypeVar("T")


class Neo4jStore(Store):
    """See kg.store.Store. The password comes from the settings, never from the URL."""

    language: Language = "cypher"

    def __init__(self, url: str, *, read_only: bool = False, settings: Neo4jSettings | None = None) -> None:
        settings = settings or Neo4jSettings.load()
        self._address = Address.of(url, settings)
        self.url = self._address.url
        self._read_only = read_only
        with told(self._address):
            self._driver = _driver(self._address, settings)
        try:
            self._open()
        except BaseException:
            self._driver.close()
            raise

    def _open(self) -> None:
        with told(self._address):
            with self._session(READ_ACCESS) as session:  # one try: an address that is wrong is told at once
                session.run("RETURN 1").consume()
            check_version(self._driver, self._address)
            if not self._read_only:
                furnish(self._driver, self._address)

    def held(self, papers: Sequence[str]) -> dict[str, Held]:
        """See Store."""
        found: dict[str, Held] = {}
        for start in range(0, len(papers), IDS):
            for row in self._ask(statements.HELD, ids=list(papers[start : start + IDS])):
                found[row["id"]] = Held(row["content_hash"], row["extractor"], tuple(row["sources"] or ()))
        return found

    def count(self) -> dict[str, int]:
        """See Store."""
        numbers = dict.fromkeys(node_columns(), 0)
        numbers |= {row["label"]: row["number"] for row in self._ask(statements.COUNT_NODES) if row["label"] in numbers}
        numbers |= {edge: self._ask(statements.count_edges(edge))[0]["number"] for edge in edge_columns()}
        return dict(sorted(numbers.items()))

    def write(self, batch: Sequence[Subgraph]) -> None:
        """See Store."""
        if graphs := writing.latest(batch):
            self._transact(replace, [graph.paper.id for graph in graphs], graphs)

    def remove(self, papers: Sequence[str]) -> int:
        """See Store."""
        return self._transact(replace, sorted(set(papers)), ()) if papers else 0

    def read(self, papers: Sequence[str] | None = None) -> Iterator[Subgraph]:
        """See Store."""
        for nodes in self._pages("Paper", papers):
            ids = [node["id"] for node in nodes]
            yield from writing.subgraphs(
                map(rows.paper, nodes),
                claims=rows.claims(self._ask(statements.CLAIMS, ids=ids)),
                results=[(row["paper"], rows.result(row["node"])) for row in self._ask(statements.RESULTS, ids=ids)],
                slots=rows.slots(self._ask(statements.SLOTS, ids=ids)),
                facts=[
                    fact
                    for edge in FACT_EDGES.values()
                    for fact in rows.facts(edge, self._ask(statements.facts(edge), ids=ids))
                ],
            )

    def entities(self, type: EntityType, ids: Sequence[str] | None = None) -> Iterator[EntityNode]:
        """See Store."""
        for nodes in self._pages(type, ids):
            yield from (rows.entity(type, node) for node in nodes)

    def query(
        self, text: str, parameters: Mapping[str, Value | list[Value]] | None = None, *, ours: bool = False
    ) -> list[Row]:
        """See Store. What the question returns beside plain values (nodes, dates, …) is put in plain values."""
        if not ours:
            return [values.plain(record) for record in self._ask(text, **(parameters or {}))]
        asked = statements.of_ours(text)
        text, columns = statements.gathered(asked)
        try:
            (found,) = self._ask(text, **(parameters or {}))
        except StoreError as error:
            if not (isinstance(error.__cause__, Neo4jError) and out_of_memory(error.__cause__)):
                raise
            return [values.plain(record) for record in self._ask(asked, **(parameters or {}))]
        return [dict(zip(columns, values.cells(row), strict=True)) for row in found["rows"]]

    def close(self) -> None:
        """See Store."""
        self._driver.close()

    def _pages(self, label: str, ids: Sequence[str] | None) -> Iterator[list[dict[str, Any]]]:
        """The properties of the nodes of a label, or of those with these ids, in the order of ids."""
        if ids is not None:
            chosen = sorted(set(ids))
            for start in range(0, len(chosen), PAGE):
                found = self._ask(statements.nodes_by_id(label), ids=chosen[start : start + PAGE])
                if found:
                    yield [row["node"] for row in found]
            return
        after = ""
        while page := self._ask(statements.nodes(label), after=after, limit=PAGE):
            yield [row["node"] for row in page]
            after = page[-1]["node"]["id"]

    def _ask(self, text: str, **parameters: Any) -> list[dict[str, Any]]:
        """The records of one statement that may not write."""
        with told(self._address), self._session(READ_ACCESS) as session:
            return session.execute_read(self._guarded(records), text, parameters)

    def _transact(self, work: Callable[Concatenate[ManagedTransaction, P], T], *args: P.args, **options: P.kwargs) -> T:
        """Do the work in one transaction. It is idempotent: where the answer to a commit is lost, it is done again."""
        if self._read_only:
            raise StoreError(self.url, "this store was opened to be read only")
        with told(self._address), self._session(WRITE_ACCESS) as session:
            try:
                return session.execute_write(self._guarded(work), *args, **options)
            except IncompleteCommit:
                return session.execute_write(self._guarded(work), *args, **options)

    def _guarded(self, work: Callable[Concatenate[ManagedTransaction, P], T]) -> Callable[..., T]:
        """The work, which the driver does not try again where it never fits in the server's memory."""

        def guarded(tx: ManagedTransaction, *args: P.args, **options: P.kwargs) -> T:
            try:
                return work(tx, *args, **options)
            except Neo4jError as error:
                if out_of_memory(error):
                    raise StoreError(self.url, reason(error, self._address)) from error
                raise

        return guarded

    def _session(self, mode: str) -> Session:
        return self._driver.session(database=self._address.database, default_access_mode=mode)


def _driver(address: Address, settings: Neo4jSettings) -> Driver:
    password = address.password.get_secret_value() if address.password else None
    return GraphDatabase.driver(
        address.uri,
        auth=(address.username, password) if password is not None else None,
        connection_timeout=settings.timeout,
        connection_acquisition_timeout=settings.timeout,
        max_transaction_retry_time=settings.retry_time,
        notifications_min_severity=NotificationMinimumSeverity.OFF,
    )
