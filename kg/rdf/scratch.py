"""Triples in, laid out in a folder for as long as they are needed: any order, any size, little memory."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import DefaultGraph, Quad, Store, Triple, parse

from kg.errors import FormatError
from kg.rdf.formats import format_of
from kg.rdf.terms import BASE

AT_ONCE = 100_000  # triples that are laid out together: the loader holds as many as it is given


def triples(path: str | Path, *, format: str | None = None) -> Iterator[Triple]:
    """The triples of a file, whatever graph they are in; FormatError where it can't be read."""
    known = format_of(str(path), format).rdf
    try:
        yield from (quad.triple for quad in parse(path=path, format=known, base_iri=BASE))
    except (OSError, SyntaxError, ValueError) as error:
        raise FormatError(str(path), str(error)) from error


@contextmanager
def laid_out(said: Iterable[Triple]) -> Iterator[str]:
    """The folder of an Oxigraph store that holds these triples."""
    with TemporaryDirectory(prefix="kg-rdf-") as folder:
        store = Store(folder)
        quads = (Quad(each.subject, each.predicate, each.object, DefaultGraph()) for each in said)
        while some := list(islice(quads, AT_ONCE)):
            store.bulk_extend(some)
        store.flush()
        del store
        yield folder
