"""A file of RDF in, what is wrong with it out: validated by SHACL against `schema/shapes.ttl`, in pieces.

A piece is some subjects with all that is said of them, of the places and forms that they point to, and the classes of
the other nodes that they point to: all that a shape looks at. So memory does not grow with the file. What kg.rdf.sound
vouches for is passed over, which makes a file of ours quick to check; tests hold that it vouches for nothing else.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from itertools import chain, groupby
from pathlib import Path
from typing import NamedTuple, cast

import pyshacl
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Store, Triple
from pyoxigraph import Literal as Value
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, SH, XSD
from rdflib.term import Node

from kg.rdf.formats import Names
from kg.rdf.owners import Owned, Owners
from kg.rdf.scratch import laid_out, triples
from kg.rdf.sound import unsound
from kg.rdf.spread import spread
from kg.rdf.terms import BASE
from kg.share import shared
from kg.store import batches

SUBJECTS = 1_000  # in a piece

_TYPE, _STRING = NamedNode(str(RDF.type)), NamedNode(str(XSD.string))
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


def check(path: str | Path, *, format: str | None = None, workers: int = 1) -> list[Fault]:
    """Everything that is wrong with a file, sorted; FormatError where it can't be read as RDF at all."""
    with Owners(triples(path, format=format)) as owners:
        names = unsound(owners, workers=workers)
        first = next(names, None)
        return [] if first is None else _faults(owners, _among(owners, chain((first,), names)), workers)


def check_all(path: str | Path) -> list[Fault]:
    """The same, every node by SHACL, at less than a tenth of the speed."""
    with Owners(triples(path)) as owners:
        return _faults(owners, (owned for owned in owners), 1)


def _among(owners: Iterable[Owned], names: Iterator[str]) -> Iterator[Owned]:
    """Those of the owners that are named; both sides come sorted."""
    name = next(names, None)
    for owned in owners:
        if owned.owner == name:
            yield owned
            name = next(names, None)


def _faults(owners: Owners, doubtful: Iterator[Owned], workers: int) -> list[Fault]:
    """What SHACL says of the nodes of some owners, given all of them."""
    with laid_out(triple for owned in owners for triple in owned.triples()) as folder:
        subjects = (
            list(own) for owned in doubtful for _, own in groupby(owned.lines, key=lambda line: line.partition(" ")[0])
        )
        found = spread(partial(_judged, folder), batches(subjects, SUBJECTS), workers=workers)
        return sorted(set(found), key=str)


def _judged(folder: str, piece: list[list[str]]) -> list[Fault]:
    """What SHACL says of some nodes, each given by all that is said of it, beside a folder of all triples."""
    lines = [line for own in piece for line in own]
    return list(_validated(Store.read_only(folder), set(Owned("", lines).triples())))


def _validated(store: Store, said: set[Triple]) -> Iterator[Fault]:
    """What SHACL says of the nodes that are the subjects of these triples, which are all that is said of them."""
    focus = {triple.subject for triple in said}
    parts = {each.object for each in said if each.predicate.value in _parts()} - focus
    others = {each.object for each in said if isinstance(each.object, NamedNode)} - focus - parts
    nodes = (part for part in parts if isinstance(part, NamedNode | BlankNode))
    said.update(quad.triple for node in nodes for quad in store.quads_for_pattern(node, None, None, DefaultGraph()))
    said.update(quad.triple for node in others for quad in store.quads_for_pattern(node, _TYPE, None, DefaultGraph()))
    data = Graph()
    for triple in said:
        data.add((_term(triple.subject), _term(triple.predicate), _term(triple.object)))
    _aim(data, {_term(node) for node in focus | parts})
    conforms, report, _ = pyshacl.validate(data, shacl_graph=_aimed_shapes())
    if not conforms:
        yield from _told(cast(Graph, report))


def _term(term: object) -> Node:
    if isinstance(term, Value):
        datatype = None if term.language or term.datatype == _STRING else URIRef(term.datatype.value)
        return Literal(term.value, lang=term.language, datatype=datatype)
    return BNode(term.value) if isinstance(term, BlankNode) else URIRef(cast(NamedNode, term).value)


def _aim(data: Graph, looked_at: set[Node]) -> None:
    """Give the nodes that a shape is to look at the class that it then targets: of the others only the class is here.

    pyshacl's own `focus_nodes` would also keep the shapes within sh:or from looking at any other node.
    """
    for property, nodes in _TARGETS.items():
        for shape, value in _shapes().subject_objects(property):
            for node in looked_at.intersection(nodes(data, value)):
                data.add((node, RDF.type, _class(shape)))


def _class(shape: Node) -> URIRef:
    return URIRef(f"{shape}/here")


@cache
def _aimed_shapes() -> Graph:
    aimed = Graph()
    for shape, property, value in _shapes():
        aimed.add((shape, SH.targetClass, _class(shape)) if property in _TARGETS else (shape, property, value))
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
