"""`oxigraph:DIR` -> a store of RDF in a folder, SPARQL in process; `oxigraph:` alone keeps it in memory."""

from collections.abc import Iterable
from typing import cast

from pyoxigraph import QuerySolutions, RdfFormat, Store

from kg.errors import StoreError
from kg.rdf.reading import Triple
from kg.store.triples import Change, TripleStore


class OxigraphStore(TripleStore):
    """See kg.store.Store. One process writes at a time; others may open the folder `read_only`."""

    def __init__(self, url: str, *, read_only: bool = False, base: str | None = None) -> None:
        self.url, self._read_only = url, read_only
        try:
            self._store = self._opened()
        except (OSError, SyntaxError, ValueError) as error:
            raise StoreError(url, str(error)) from error
        self.base = base or self._base()

    def _opened(self) -> Store:
        folder = self.url.removeprefix("oxigraph:")
        if not folder:
            return Store()
        return Store.read_only(folder) if self._read_only else Store(folder)

    def _select(self, text: str) -> QuerySolutions:
        try:
            return cast(QuerySolutions, self._store.query(text))
        except (OSError, SyntaxError, ValueError) as error:
            raise StoreError(self.url, str(error)) from error

    def _construct(self, text: str) -> Iterable[Triple]:
        return cast(Iterable[Triple], self._select(text))

    def _apply(self, change: Change) -> None:
        if self._read_only:
            raise StoreError(self.url, "it is open for reading alone")
        try:
            self._transact(change)
        except (OSError, SyntaxError, ValueError) as error:
            raise StoreError(self.url, str(error)) from error

    def _transact(self, change: Change) -> None:
        come = "".join(f"{line} .\n" for line in change.come)
        if change.gone:
            gone = "".join(f"{line} .\n" for line in change.gone)
            self._store.update(f"DELETE DATA {{\n{gone}}} ;\nINSERT DATA {{\n{come}}}")
        elif come:
            self._store.load(come.encode(), RdfFormat.N_TRIPLES)

    def close(self) -> None:
        """See Store. The folder is free for others once this store is no longer referred to."""
        if not self._read_only:
            self._store.flush()
        self._store = Store()
