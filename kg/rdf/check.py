"""A file of RDF in, what is wrong with it out: validated by SHACL against `schema/shapes.ttl`, in pieces.

A piece is some subjects with all that is said of them, of the places and forms that they point to, and the classes of
the other nodes that they point to: all that a shape looks at. So memory does not grow with the file. What kg.rdf.sound
vouches for is passed over, which makes a file of ours quick to check; tests hold that it vouches for nothing else.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple, cast

import pyshacl
from pyoxigraph import DefaultGraph, NamedNode, Quad, Store
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from kg.rdf.formats import Names
from kg.rdf.scratch import laid_out
from kg.rdf.sound import Sound
from kg.rdf.terms import BASE
from kg.share import shared

SUBJECTS = 1_000  # in a piece

_TYPE = NamedNode(str(RDF.type))
_TARGETS: dict[Node, Callable[[Graph, Node], Iterable[Node]]] = {
    SH.targetClass: lambda data, value: data.subjects(RDF.type, value),
    SH.targetSubjectsOf: lambda data, value: data.subjects(value, None),
    SH.targetObjectsOf: lambda data, value: data.objects(None, value),
}


class Fault(NamedTuple):
    """What is wrong with one node. `value` is what the message is about, where that is one value."""

    focus: str
    message: str
    value: str | None = None

    def __str__(self) -> str:
        about = f" (here: {self.value})" if self.value is not None else ""
        return f"{self.focus}: {self.message}{about}"


def check(path: str | Path, *, format: str | None = None) -> list[Fault]:
    """Everything that is wrong with a file, sorted; FormatError where it can't be read as RDF at all."""
    with laid_out(path, format=format) as folder:
        store = Store.read_only(folder)
        sound = Sound(folder)
        return sorted({fault for piece in _pieces(store, sound) for fault in _validated(store, piece)}, key=str)


def check_all(path: str | Path) -> list[Fault]:
    """The same, every node by SHACL, at a tenth of the speed."""
    with laid_out(path) as folder:
        store = Store.read_only(folder)
        return sorted({fault for piece in _pieces(store) for fault in _validated(store, piece)}, key=str)


def _pieces(store: Store, sound: Sound | None = None) -> Iterator[list[list[Quad]]]:
    """The subjects that have to be looked at, each given by all that is said of it, some at a time."""
    everything = store.quads_for_pattern(None, None, None, DefaultGraph())
    described = (list(own) for _, own in groupby(everything, key=lambda quad: quad.subject))
    doubtful = (own for own in described if sound is None or not sound.vouches(own))
    while piece := list(islice(doubtful, SUBJECTS)):
        yield piece


def _validated(store: Store, piece: list[list[Quad]]) -> Iterator[Fault]:
    quads = [quad for own in piece for quad in own]
    focus = {own[0].subject for own in piece}
    parts = {quad.object for quad in quads if quad.predicate.value in _parts() and quad.object not in focus}
    others = {quad.object for quad in quads if isinstance(quad.object, NamedNode)} - focus - parts
    nodes = (part for part in parts if isinstance(part, NamedNode))
    quads += [quad for node in nodes for quad in store.quads_for_pattern(node, None, None, DefaultGraph())]
    quads += [quad for node in others for quad in store.quads_for_pattern(node, _TYPE, None, DefaultGraph())]
    data = Graph().parse(data="".join(f"{quad.triple} .\n" for quad in quads), format="nt")
    looked_at = {URIRef(node.value) for node in focus | parts if isinstance(node, NamedNode)}
    conforms, report, _ = pyshacl.validate(data, shacl_graph=_aimed(data, looked_at))
    if not conforms:
        yield from _told(cast(Graph, report))


def _aimed(data: Graph, looked_at: set[URIRef]) -> Graph:
    """The shapes with the nodes that they are to look at named one by one: of the others only the class is here.

    pyshacl's own `focus_nodes` would also keep the shapes within sh:or from looking at any other node.
    """
    aimed = Graph()
    for shape, property, value in _shapes():
        if property not in _TARGETS:
            aimed.add((shape, property, value))
            continue
        for node in _TARGETS[property](data, value):
            if node in looked_at:
                aimed.add((shape, SH.targetNode, node))
    return aimed


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
        known = [(iri, name) for name, iri in Names.of(BASE).prefixes.items() if text.startswith(iri)]
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
