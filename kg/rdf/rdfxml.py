"""Blocks of triples in, one RDF/XML document out: a description a subject, in the order of the blocks.

XML turns a carriage return into a line feed unless it is written as a reference, and has no way at all to hold most
control characters; a text that has one is refused, as its offsets would be wrong without it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from kg.errors import FormatError
from kg.rdf.blocks import Block

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LOCAL = re.compile(r"[A-Za-z_][\w.-]*$")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{}>\n'


def write(blocks: Iterable[Block], out: IO[bytes], prefixes: Mapping[str, str]) -> None:
    """Write the document; properties are named by the prefixes, those of another vocabulary by one of their own."""
    named = "".join(f"\n  xmlns:{name}={quoteattr(iri)}" for name, iri in sorted(prefixes.items()))
    out.write(_HEAD.format(named).encode())
    names = {iri: name for name, iri in prefixes.items()}
    for block in blocks:
        for subject, lines in groupby(block.lines, key=lambda line: line.partition(" ")[0]):
            out.write(f"<rdf:Description rdf:about={quoteattr(subject[1:-1])}>\n".encode())
            out.writelines(f"  {property}\n".encode() for property in _properties(subject, lines, names))
            out.write(b"</rdf:Description>\n")
    out.write(b"</rdf:RDF>\n")


def _properties(subject: str, lines: Iterable[str], names: Mapping[str, str]) -> Iterator[str]:
    for line in lines:
        _, predicate, object = line.split(" ", 2)
        element, more = _element(predicate[1:-1], names)
        if object.startswith("<"):
            yield f"<{element}{more} rdf:resource={quoteattr(object[1:-1])}/>"
            continue
        text, _, datatype = object.rpartition("^^") if object.endswith(">") else (object, "", "")
        said = f" rdf:datatype={quoteattr(datatype[1:-1])}" if datatype else ""
        yield f"<{element}{more}{said}>{_text(subject, json.loads(text))}</{element}>"


def _element(predicate: str, names: Mapping[str, str]) -> tuple[str, str]:
    """A property as an element's name, and the attribute that declares its prefix where nothing has."""
    local = _LOCAL.search(predicate)
    start = predicate[: local.start()] if local else predicate
    if local is None:
        raise FormatError(predicate, "XML has no name for this property")
    return (f"{names[start]}:{local[0]}", "") if start in names else (f"ns:{local[0]}", f" xmlns:ns={quoteattr(start)}")


def _text(subject: str, text: str) -> str:
    if found := _NO_XML.search(text):
        raise FormatError(subject[1:-1], f"XML can't hold the character U+{ord(found[0]):04X}; any other format can")
    return escape(text, {"\r": "&#13;"})
