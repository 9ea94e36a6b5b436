"""Ids, texts and numbers in, RDF terms out as N-Triples writes them, and back.

A node's IRI is the base, its type and the rest of its id, percent-encoded: `dataset:gsm8k` is `…/dataset/gsm8k`, the
paper `doi:10.1/x` is `…/paper/doi:10.1%2Fx`, and one whose id we made, `paper:` and 16 digits, is `…/paper/` and the
digits. A span of a paper's text is the paper's IRI with a fragment as RFC 5147 defines it: `…#char=12,17`. So an id can
be read off any of our IRIs, whatever its base.
"""

import re
from decimal import Decimal
from functools import lru_cache
from urllib.parse import quote, unquote

BASE = "https://w3id.org/paper-kg/"
VOCABULARY = "https://w3id.org/paper-kg/ontology#"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = {
    "kg": VOCABULARY,
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "lpwc": "https://linkedpaperswithcode.com/class/",
    "mls": "http://www.w3.org/ns/mls#",
    "oa": "http://www.w3.org/ns/oa#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "skosxl": "http://www.w3.org/2008/05/skos-xl#",
    "xsd": XSD,
}
OWN = ("claim", "dataset", "fact", "method", "metric", "paper", "result", "task")  # the kinds of node under a base

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_TO_ESCAPE = re.compile(r'["\\\x00-\x1f\x7f]')
_MINTED = re.compile(r"[0-9a-f]{16}")  # what kg.types.paper_id gives a paper that has no other id, after "paper:"
_DATE_TYPES = {4: "gYear", 7: "gYearMonth", 10: "date"}


def term(name: str) -> str:
    """A prefixed name as an N-Triples IRI.

    >>> term("rdf:type")
    '<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>'
    """
    prefix, _, local = name.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def segment(id: str) -> str:
    """An id as one segment of a path; what a generic reader would take for structure is encoded."""
    return quote(id, safe=":@+") if id.strip(".") else id.replace(".", "%2E")


@lru_cache(maxsize=1 << 16)
def node_iri(base: str, id: str) -> str:
    """The IRI of an entity, a result, a claim or a fact: their ids begin with their type.

    >>> node_iri("https://x.org/", "dataset:wmt 14 en→de")
    'https://x.org/dataset/wmt%2014%20en%E2%86%92de'
    """
    type, _, rest = id.partition(":")
    return f"{base}{segment(type)}/{segment(rest)}"


def paper_iri(base: str, id: str) -> str:
    """The IRI of a paper, whose id does not begin with its type, unless it is one that we minted.

    >>> paper_iri("https://x.org/", "arxiv:2007.06643"), paper_iri("https://x.org/", "paper:008dcc56b827492b")
    ('https://x.org/paper/arxiv:2007.06643', 'https://x.org/paper/008dcc56b827492b')
    """
    minted = id.removeprefix("paper:")
    if not _MINTED.fullmatch(minted):
        return f"{base}paper/{segment(id)}"
    return f"{base}paper/{minted}" if minted != id else f"{base}paper/%{ord(id[0]):X}{id[1:]}"


def node_id(iri: str) -> str:
    """The way back from an IRI, whatever its base.

    >>> node_id("https://x.org/dataset/wmt%2014"), node_id("https://x.org/paper/arxiv:2007.06643#char=1,2")
    ('dataset:wmt 14', 'arxiv:2007.06643')
    """
    type, local = iri.partition("#")[0].rsplit("/", 2)[-2:]
    minted = type != "paper" or _MINTED.fullmatch(local)
    return f"{unquote(type)}:{unquote(local)}" if minted else unquote(local)


def base_of(paper: str) -> str:
    """The base of a paper's IRI."""
    return paper.rpartition("paper/")[0]


def literal(text: str) -> str:
    """A string, escaped."""
    return f'"{_TO_ESCAPE.sub(_escape, text)}"' if _TO_ESCAPE.search(text) else f'"{text}"'


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04X}"


def integer(number: int) -> str:
    """An xsd:integer."""
    return f'"{number}"^^<{XSD}integer>'


def boolean(value: bool) -> str:
    """An xsd:boolean."""
    return f'"{str(value).lower()}"^^<{XSD}boolean>'


def decimal(number: float) -> str:
    """The shortest decimal that reads back as this number, in the canonical form of XML Schema 1.1.

    >>> decimal(61.7), decimal(1e-07), decimal(100.0)
    ('"61.7"^^<http://www.w3.org/2001/XMLSchema#decimal>', '"0.0000001"^^<http://www.w3.org/2001/XMLSchema#decimal>', \
'"100"^^<http://www.w3.org/2001/XMLSchema#decimal>')
    """
    return f'"{_plain(number)}"^^<{XSD}decimal>'


@lru_cache(maxsize=50_000)
def _plain(number: float) -> str:
    text = f"{Decimal(repr(float(number))):f}"
    if not text.lstrip("-").replace(".", "").isdigit():
        raise ValueError(f"{number} is no decimal number")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def date(text: str) -> str:
    """A year, a month or a day."""
    return f'"{text}"^^<{XSD}{_DATE_TYPES[len(text)]}>'


def any_uri(text: str) -> str:
    """An address as a literal: what papers give need not be a sound IRI."""
    return f"{literal(text)}^^<{XSD}anyURI>"
