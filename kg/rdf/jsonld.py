"""Blocks of triples in, one JSON-LD document out: one node a line, under the terms of `schema/context.jsonld`."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import groupby
from typing import IO, Any, NamedTuple

from kg.rdf.blocks import Block
from kg.rdf.terms import OWN, PREFIXES, XSD
from kg.rdf.vocabulary import TYPE
from kg.share import shared

_NATIVE = {f"{XSD}integer", f"{XSD}boolean"}


class Term(NamedTuple):
    """What a property is called, and the type that its values are coerced to ('@id': they are nodes)."""

    name: str
    type: str | None = None


@cache
def context() -> dict[str, Any]:
    """The context as shipped, without a base."""
    loaded: dict[str, Any] = json.loads((shared("schema") / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    return loaded


def expand(name: str) -> str:
    """A compact IRI of the context in full."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES else name


@cache
def _terms() -> tuple[dict[str, Term], dict[str, str]]:
    """Properties and classes by IRI in brackets."""
    properties: dict[str, Term] = {}
    classes: dict[str, str] = {}
    for name, said in context().items():
        if isinstance(said, dict):
            kind = said.get("@type")
            properties[f"<{expand(said['@id'])}>"] = Term(name, kind if kind in (None, "@id") else expand(kind))
        elif name[0].isupper():
            classes[f"<{expand(said)}>"] = name
        elif not name.startswith("@") and not said.startswith("@") and name not in PREFIXES:
            properties[f"<{expand(said)}>"] = Term(name)
    return properties, classes


def write(blocks: Iterable[Block], out: IO[bytes], base: str) -> None:
    """Write the document; the ids of our nodes are compact: `dataset:gsm8k`."""
    own = {name: f"{base}{name}/" for name in OWN}
    head = json.dumps({**context(), **own}, ensure_ascii=False, indent=2)
    out.write(f'{{"@context": {head},\n"@graph": ['.encode())
    start = "\n"
    for block in blocks:
        for subject, lines in groupby(block.lines, key=lambda line: line.partition(" ")[0]):
            out.write(f"{start}{{{', '.join(_node(subject, lines, base))}}}".encode())
            start = ",\n"
    out.write(b"\n]}\n")


def _node(subject: str, lines: Iterable[str], base: str) -> Iterator[str]:
    """The members of a node's object: id, types, then properties in the order of their IRIs."""
    properties, classes = _terms()
    yield f'"id": {_address(subject, base)}'
    values = {
        predicate: [line.split(" ", 2)[2] for line in some]
        for predicate, some in groupby(sorted(lines), key=lambda line: line.split(" ", 2)[1])
    }
    types = [f'"{classes[one]}"' if one in classes else _address(one, base) for one in values.pop(TYPE, ())]
    if types:
        yield f'"type": {_list(types)}'
    for predicate, objects in values.items():
        term = properties.get(predicate, Term(predicate[1:-1], ""))
        yield f'"{term.name}": {_list([_value(one, term, base) for one in objects])}'


def _list(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"[{', '.join(values)}]"


def _value(object: str, term: Term, base: str) -> str:
    """An object as JSON. A string is escaped in N-Triples as it is in JSON."""
    if object.startswith("<"):
        return _address(object, base) if term.type == "@id" else f'{{"id": {_address(object, base)}}}'
    text, _, datatype = object.rpartition("^^") if object.endswith(">") else (object, "", "")
    datatype = datatype[1:-1]
    if datatype == (term.type or ""):
        return text
    return text[1:-1] if datatype in _NATIVE else f'{{"@value": {text}, "@type": "{datatype}"}}'


def _address(iri: str, base: str) -> str:
    """An IRI in brackets as JSON, compact where the context has a prefix for it."""
    full = iri[1:-1]
    kind, _, local = full.removeprefix(base).partition("/")
    if full.startswith(base) and kind in OWN:
        return f'"{kind}:{local}"'
    return _compact(full)


@lru_cache(maxsize=1000)
def _compact(full: str) -> str:
    known = [name for name, start in PREFIXES.items() if name in context() and full.startswith(start)]
    name = max(known, key=lambda name: len(PREFIXES[name]), default=None)
    return json.dumps(f"{name}:{full.removeprefix(PREFIXES[name])}" if name else full, ensure_ascii=False)


def terms() -> Mapping[str, Term]:
    """The context's properties by IRI."""
    return {iri[1:-1]: term for iri, term in _terms()[0].items()}
