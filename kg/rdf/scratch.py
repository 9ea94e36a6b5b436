"""A file of RDF in, its triples out in a folder for as long as they are needed: any order, any size, little memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import DefaultGraph, Quad, Store, parse

from kg.errors import FormatError
from kg.rdf.formats import format_of
from kg.rdf.terms import BASE

AT_ONCE = 100_000  # triples that are laid out together: the loader holds as many as it is given


@contextmanager
def laid_out(path: str | Path, *, format: str | None = None) -> Iterator[str]:
    """The folder of an Oxigraph store that holds the file's triples, whatever graph they are in, in one."""
    known = format_of(str(path), format).rdf
    with TemporaryDirectory(prefix="kg-rdf-") as folder:
        store = Store(folder)
        try:
            quads = parse(path=path, format=known, base_iri=BASE)
            while some := list(islice(quads, AT_ONCE)):
                store.bulk_extend(Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in some)
        except (OSError, SyntaxError, ValueError) as error:
            raise FormatError(str(path), str(error)) from error
        store.flush()
        del store
        yield folder
