"""A file of RDF in, what is wrong with it out: validated by SHACL against `schema/shapes.ttl`, in pieces.

A piece is some subjects with all that is said of them, of the places and forms that they point to, and the classes of
the other nodes that they point to: all that a shape looks at. So memory does not grow with the file.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import cache
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, cast

import pyshacl
from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, parse
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from kg.errors import FormatError
from kg.rdf.formats import format_of, prefixes
from kg.rdf.terms import BASE
from kg.share import shared

SUBJECTS = 1_000  # in a piece
IN_MEMORY = 50_000_000  # bytes of a file; a larger one is laid out on disk

_TYPE = NamedNode(str(RDF.type))


class Fault(NamedTuple):
    """What is wrong with one node. `value` is what the message is about, where that is one value."""

    focus: str
    message: str
    value: str | None = None

    def __str__(self) -> str:
        about = f" (here: {self.value})" if self.value is not None else ""
        return f"{self.focus}: {self.message}{about}"


def check(path: str | Path) -> list[Fault]:
    """Everything that is wrong with a file, sorted; FormatError where it can't be read as RDF at all."""
    return sorted(set(faults(path)), key=str)


def faults(path: str | Path) -> Iterator[Fault]:
    """The faults as they are found; a node that several pieces look at may give one twice."""
    with ExitStack() as stack:
        store = _loaded(Path(path), stack)
        subjects = groupby(store.quads_for_pattern(None, None, None, DefaultGraph()), key=lambda quad: quad.subject)
        described = (list(quads) for _, quads in subjects)
        while piece := list(islice(described, SUBJECTS)):
            yield from _validated(store, piece)


def _loaded(path: Path, stack: ExitStack) -> Store:
    """The file's triples in one graph."""
    format = format_of(str(path)).rdf
    try:
        large = path.stat().st_size > IN_MEMORY
        store = Store(stack.enter_context(TemporaryDirectory())) if large else Store()
        store.bulk_extend(
            Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in parse(path=path, format=format)
        )
    except (OSError, SyntaxError, ValueError) as error:
        raise FormatError(str(path), str(error)) from error
    return store


def _validated(store: Store, piece: list[list[Quad]]) -> Iterator[Fault]:
    """The faults of some subjects, each given by all that is said of it."""
    quads = [quad for own in piece for quad in own]
    focus = {own[0].subject for own in piece}
    parts = {quad.object for quad in quads if quad.predicate.value in _parts() and quad.object not in focus}
    others = {quad.object for quad in quads if isinstance(quad.object, NamedNode)} - focus - parts
    nodes = (part for part in parts if isinstance(part, NamedNode))
    quads += [quad for node in nodes for quad in store.quads_for_pattern(node, None, None, DefaultGraph())]
    quads += [quad for node in others for quad in store.quads_for_pattern(node, _TYPE, None, DefaultGraph())]
    data = Graph().parse(data="".join(f"{quad.triple} .\n" for quad in quads), format="nt")
    looked_at = [str(node.value) for node in focus | parts if isinstance(node, NamedNode)]
    conforms, report, _ = pyshacl.validate(data, shacl_graph=_shapes(), focus_nodes=looked_at)
    if not conforms:
        yield from _told(cast(Graph, report))


def _told(report: Graph) -> Iterator[Fault]:
    """The results of a validation report."""
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus, value = report.value(result, SH.focusNode), report.value(result, SH.value)
        told = isinstance(value, Literal | URIRef) and value != focus
        message = str(report.value(result, SH.resultMessage))
        yield Fault(focus=_word(focus), message=message, value=_word(value) if told else None)


def _word(node: Node | None) -> str:
    """A node as a person reads it: prefixed where it has a known prefix."""
    text = str(node)
    if isinstance(node, URIRef):
        known = [(iri, name) for name, iri in prefixes(BASE).items() if text.startswith(iri)]
        return f"{max(known)[1]}:{text.removeprefix(max(known)[0])}" if known else text
    return f'"{text}"' if isinstance(node, Literal) else text


@cache
def _shapes() -> Graph:
    return Graph().parse(shared("schema") / "shapes.ttl")


@cache
def _parts() -> frozenset[str]:
    """The properties whose values are described with what points to them: the targets of sh:targetObjectsOf."""
    return frozenset(str(node) for node in _shapes().objects(None, SH.targetObjectsOf))


def in_words(found: Iterable[Fault]) -> Iterator[str]:
    """Faults as lines, node by node."""
    for focus, own in groupby(found, key=lambda fault: fault.focus):
        yield focus
        yield from (str(fault).removeprefix(f"{focus}: ").join(("  ", "")) for fault in own)
