"""`sparql+http://host/dataset` -> a store on any SPARQL 1.1 server: the query, update and graph-store protocols.

All three are spoken to the URL itself, as Fuseki, Blazegraph and others take them. A server that has them elsewhere is
named with where: `sparql+http://localhost:7878/?query=query&update=update&data=store`, each relative to the URL.
"""

import logging
import time
from base64 import b64encode
from collections.abc import Iterable
from http.client import HTTPException
from typing import NamedTuple, cast
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, urljoin, urlsplit, urlunsplit
from urllib.request import Request, urlopen

from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results

from kg.config import SparqlSettings
from kg.errors import StoreError
from kg.rdf.reading import Triple
from kg.store.triples import Change, TripleStore

_LOG = logging.getLogger(__name__)
_PAUSES = (0.2, 0.5, 1, 2, 4, 8, 15, 30)  # seconds between tries; every request of ours can be made again
_AT_FIRST = _PAUSES[:2]  # a server that was never there is not waited for
_BUSY = frozenset({408, 429, 502, 503, 504})


class Endpoints(NamedTuple):
    """Where a server takes queries, updates and graphs."""

    query: str
    update: str
    data: str

    @classmethod
    def of(cls, url: str) -> "Endpoints":
        """Those of a store's URL."""
        parts = urlsplit(url.removeprefix("sparql+"))
        plain = urlunsplit(parts._replace(query="", fragment=""))
        given = parse_qs(parts.query)
        return cls(*(urljoin(plain, given[name][0]) if name in given else plain for name in cls._fields))


class SparqlStore(TripleStore):
    """See kg.store.Store. The graph is the server's default graph; what else is in it stays as it is.

    Credentials come from SPARQL_USERNAME and SPARQL_PASSWORD. A batch is one request, which a server makes whole or
    not at all.
    """

    def __init__(self, url: str, *, read_only: bool = False, base: str | None = None) -> None:
        self.url, self._read_only = url, read_only
        self._at = Endpoints.of(url)
        self._settings = SparqlSettings.load()
        self._pauses: tuple[float, ...] = _AT_FIRST
        self.base = base or self._base()
        self._pauses = _PAUSES

    def _select(self, text: str) -> QuerySolutions:
        told = self._post(self._at.query, text, "application/sparql-query", "application/sparql-results+json")
        try:
            return cast(QuerySolutions, parse_query_results(told, QueryResultsFormat.JSON))
        except (SyntaxError, ValueError) as error:
            raise StoreError(self.url, f"its answer is none that a SPARQL server gives: {error}") from error

    def _construct(self, text: str) -> Iterable[Triple]:
        told = self._post(self._at.query, text, "application/sparql-query", "application/n-triples")
        try:
            return cast(Iterable[Triple], list(parse(told, RdfFormat.N_TRIPLES)))
        except (SyntaxError, ValueError) as error:
            raise StoreError(self.url, f"its answer is none that a SPARQL server gives: {error}") from error

    def _apply(self, change: Change) -> None:
        if self._read_only:
            raise StoreError(self.url, "it is open for reading alone")
        come = "".join(f"{line} .\n" for line in change.come)
        if change.gone:
            gone = "".join(f"{line} .\n" for line in change.gone)
            update = f"DELETE DATA {{\n{gone}}} ;\nINSERT DATA {{\n{come}}}"
            self._post(self._at.update, update, "application/sparql-update", "*/*")
        elif come:
            self._post(f"{self._at.data}?default", come, "application/n-triples", "*/*")

    def close(self) -> None:
        """See Store. There is nothing to finish: every batch was."""

    def _post(self, url: str, text: str, media_type: str, wanted: str) -> bytes:
        """What the server answers; a server that is away or busy is asked again for a minute."""
        headers = {"Content-Type": f"{media_type}; charset=utf-8", "Accept": wanted, **self._credentials()}
        request = Request(url, text.encode(), headers, method="POST")
        for pause in (*self._pauses, None):
            try:
                with urlopen(request, timeout=600) as answer:
                    return cast(bytes, answer.read())
            except HTTPError as error:
                reason, again = _reason(error), error.code in _BUSY
            except (URLError, OSError, HTTPException) as error:
                reason, again = f"it can't be reached: {getattr(error, 'reason', error)}", True
            if pause is None or not again:
                break
            _LOG.warning("%s: %s; trying again in %s s", self.url, reason, pause)
            time.sleep(pause)
        raise StoreError(self.url, reason)

    def _credentials(self) -> dict[str, str]:
        name, password = self._settings.username, self._settings.password
        if name is None:
            return {}
        secret = password.get_secret_value() if password else ""
        return {"Authorization": f"Basic {b64encode(f'{name}:{secret}'.encode()).decode()}"}


def _reason(error: HTTPError) -> str:
    if error.code in (401, 403):
        return "it lets nobody in without a name and a password: set SPARQL_USERNAME and SPARQL_PASSWORD"
    said = error.read(2000).decode(errors="replace").strip().splitlines()
    return f"it answers {error.code} {error.reason}" + (f": {said[0]}" if said else "")
