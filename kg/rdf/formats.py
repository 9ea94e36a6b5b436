"""Blocks of triples in, bytes of an RDF format out, as a stream: the same blocks always give the same bytes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import IO, NamedTuple

from pyoxigraph import Quad, RdfFormat, Triple, parse, serialize

from kg.errors import FormatError
from kg.rdf import jsonld, rdfxml
from kg.rdf.blocks import Block
from kg.rdf.terms import OWN, PREFIXES
from kg.rdf.vocabulary import TYPE


class Names(NamedTuple):
    """What IRIs begin with: those of our nodes, and by prefix those of vocabularies."""

    base: str
    prefixes: Mapping[str, str]

    @classmethod
    def of(cls, base: str, more: Mapping[str, str] | None = None) -> "Names":
        """The prefixes of a document: the vocabularies, and one for each kind of node."""
        return cls(base, {**PREFIXES, **(more or {}), **{name: f"{base}{name}/" for name in OWN}})


Write = Callable[[Iterable[Block], IO[bytes], Names], None]


class Format(NamedTuple):
    """An RDF format: how it is written, and whether it has named graphs."""

    suffix: str
    rdf: RdfFormat
    write: Write
    graphs: bool = False


def _lines(blocks: Iterable[Block], out: IO[bytes], names: Names) -> None:
    for block in blocks:
        if block.lines:
            out.write((" .\n".join(block.lines) + " .\n").encode())


def _quads(blocks: Iterable[Block], out: IO[bytes], names: Names) -> None:
    for block in blocks:
        end = f" <{block.graph}> .\n" if block.graph else " .\n"
        if block.lines:
            out.write((end.join(block.lines) + end).encode())


def _turtle(blocks: Iterable[Block], out: IO[bytes], names: Names) -> None:
    serialize(_triples(blocks), out, RdfFormat.TURTLE, prefixes=dict(names.prefixes))


def _trig(blocks: Iterable[Block], out: IO[bytes], names: Names) -> None:
    serialize(_parsed(blocks), out, RdfFormat.TRIG, prefixes=dict(names.prefixes))


def _jsonld(blocks: Iterable[Block], out: IO[bytes], names: Names) -> None:
    jsonld.write(blocks, out, names.base)


def _rdfxml(blocks: Iterable[Block], out: IO[bytes], names: Names) -> None:
    rdfxml.write(blocks, out, names.prefixes)


def _triples(blocks: Iterable[Block]) -> Iterator[Triple]:
    return (quad.triple for quad in _parsed(blocks))


def _parsed(blocks: Iterable[Block]) -> Iterator[Quad]:
    """The blocks as pyoxigraph takes them, what a node is before what is said of it."""
    for block in blocks:
        end = f" <{block.graph}> .\n" if block.graph else " .\n"
        text = "".join(f"{line}{end}" for line in _types_first(block.lines))
        yield from parse(text, RdfFormat.N_QUADS, lenient=True)


def _types_first(lines: Iterable[str]) -> Iterator[str]:
    for subject, group in groupby(lines, key=lambda line: line.partition(" ")[0]):
        yield from sorted(group, key=lambda line: not line.startswith(f"{subject} {TYPE} "))


FORMATS: dict[str, Format] = {
    "turtle": Format(".ttl", RdfFormat.TURTLE, _turtle),
    "ntriples": Format(".nt", RdfFormat.N_TRIPLES, _lines),
    "nquads": Format(".nq", RdfFormat.N_QUADS, _quads, graphs=True),
    "trig": Format(".trig", RdfFormat.TRIG, _trig, graphs=True),
    "jsonld": Format(".jsonld", RdfFormat.JSON_LD, _jsonld),
    "rdfxml": Format(".rdf", RdfFormat.RDF_XML, _rdfxml),
}


def format_of(path: str, name: str | None = None) -> Format:
    """The format of this name (`turtle`, or its ending `ttl`), else the one that the path's ending names."""
    ending = f".{name}" if name else path
    found = FORMATS.get(name or "") or next((f for f in FORMATS.values() if ending.endswith(f.suffix)), None)
    if found is None:
        known = ", ".join(f"{name} ({format.suffix})" for name, format in FORMATS.items())
        raise FormatError(path, f"no RDF format is called so; there are {known}")
    return found
