"""`oxigraph:DIR` -> a store of RDF in a folder, SPARQL in process; `oxigraph:` alone keeps it in memory."""

from collections.abc import Iterable
from pathlib import Path
from typing import cast

from pyoxigraph import QuerySolutions, RdfFormat, Store

from kg.errors import QueryError, StoreError
from kg.rdf.reading import Triple
from kg.store.triples import Change, TripleStore


class OxigraphStore(TripleStore):
    """See kg.store.Store. One process writes at a time; others may open the folder `read_only`."""

    def __init__(self, url: str, *, read_only: bool = False, base: str | None = None) -> None:
        self.url, self._read_only = url, read_only
        self._store = _opened(url, Path(url.removeprefix("oxigraph:")), read_only)
        self.base = base or self._base()

    def _select(self, text: str) -> QuerySolutions:
        try:
            return cast(QuerySolutions, self._store.query(text))
        except (SyntaxError, ValueError) as error:
            raise QueryError(self.url, str(error)) from error
        except OSError as error:
            raise StoreError(self.url, str(error)) from error

    def _construct(self, text: str) -> Iterable[Triple]:
        return cast(Iterable[Triple], self._select(text))

    def _apply(self, change: Change) -> None:
        if self._read_only:
            raise StoreError(self.url, "it is open for reading alone")
        try:
            apply(self._store, change)
        except (OSError, SyntaxError, ValueError) as error:
            raise StoreError(self.url, str(error)) from error

    def close(self) -> None:
        """See Store."""
        if not self._read_only:
            self._store.flush()
        del self._store


def apply(store: Store, change: Change) -> None:
    """Make a change in one transaction."""
    come = "".join(f"{line} .\n" for line in change.come)
    if change.gone:
        gone = "".join(f"{line} .\n" for line in change.gone)
        store.update(f"DELETE DATA {{\n{gone}}} ;\nINSERT DATA {{\n{come}}}")
    elif come:
        store.load(come.encode(), RdfFormat.N_TRIPLES)


def _opened(url: str, path: Path, read_only: bool) -> Store:
    if not path.name:
        return Store()
    try:
        return Store.read_only(str(path)) if read_only else Store(str(path))
    except (OSError, ValueError) as error:
        raise StoreError(url, str(error)) from error
