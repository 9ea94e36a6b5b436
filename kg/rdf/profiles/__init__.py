"""A store in, its facts in the shape of another project out: `lpwc`, `orkg`, `mls` or `nanopub`.

Each shape is a query beside this file, asked of some papers at a time; what it gives is brought together on disk.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import cast

from pyoxigraph import NamedNode, QuerySolutions, QueryTriples, RdfFormat
from pyoxigraph import Store as Triples

from kg.errors import FormatError
from kg.graph import Subgraph
from kg.rdf.blocks import Block
from kg.rdf.mapping import entity_lines, lines
from kg.rdf.spill import Spill
from kg.rdf.terms import literal, term
from kg.store import Store, batches
from kg.types import ENTITY_TYPES

PROFILES = ("lpwc", "orkg", "mls", "nanopub")
BATCH = 50  # papers that a query is asked of at a time

_HERE = Path(__file__).parent
_SOFTWARE = "<https://w3id.org/paper-kg/software>"
_NANOPUB = "http://www.nanopub.org/nschema#"
_HEAD = {
    "assertion": f"<{_NANOPUB}hasAssertion>",
    "provenance": f"<{_NANOPUB}hasProvenance>",
    "pubinfo": f"<{_NANOPUB}hasPublicationInfo>",
}


def query(profile: str) -> str:
    """The query of a profile; raises FormatError for one that there is not."""
    if profile not in PROFILES:
        raise FormatError(profile, f"no such profile; there are {', '.join(PROFILES)}")
    return (_HERE / f"{profile}.rq").read_text(encoding="utf-8")


def profile_prefixes(profile: str, base: str) -> dict[str, str]:
    """The prefixes that the profile's query uses, and one for each kind of node that it mints."""
    minted = re.findall(r'REPLACE\(STR\(\?\w+\), "/\w+/", "/(\w+)/"\)', query(profile))
    vocabularies = dict(re.findall(r"^PREFIX (\w+): <(.+)>$", query(profile), re.MULTILINE))
    return {**vocabularies, **{kind: f"{base}{kind}/" for kind in minted}}


def profiled(store: Store, base: str, profile: str, *, graphs: bool) -> Iterator[Block]:
    """The store's facts in the profile's shape, sorted; nanopublications only where the format has `graphs`."""
    if profile == "nanopub" and not graphs:
        raise FormatError(profile, "a nanopublication is made of named graphs: write it as .trig or .nq")
    asked = query(profile)
    with Spill() as found:
        for some in batches(store.read(), BATCH):
            triples = _gathered(store, some, base)
            told = _publications(triples, asked, base) if profile == "nanopub" else _constructed(triples, asked)
            for line in told:
                found.add(line)
        yield from _blocks(found.sorted())


def _gathered(store: Store, papers: Iterable[Subgraph], base: str) -> Triples:
    """Some papers and the nodes that they speak of, as triples that can be asked."""
    graphs = list(papers)
    said = list(lines(graphs, base))
    for type in ENTITY_TYPES:
        ids = sorted({claim.entity for graph in graphs for claim in graph.claims if claim.type == type})
        said += [line for node in store.entities(type, ids) for line in entity_lines(node, base)]
    triples = Triples()
    triples.bulk_load("".join(f"{line} .\n" for line in said).encode(), RdfFormat.N_TRIPLES)
    return triples


def _constructed(triples: Triples, asked: str) -> Iterator[str]:
    """Lines of a CONSTRUCT, each before an empty graph name."""
    return (f"\x1f{triple}" for triple in cast(QueryTriples, triples.query(asked)))


def _publications(triples: Triples, asked: str, base: str) -> Iterator[str]:
    """Lines of nanopublications, each after the name of its graph."""
    for row in cast(QuerySolutions, triples.query(asked)):
        statement, graph = cast(NamedNode, row["statement"]).value, str(cast(NamedNode, row["graph"]).value)
        own = f"{base}np/{statement.removeprefix(base)}"
        nameless = f"<{own}#assertion>" if graph == "provenance" else f"<{own}>"
        subject = str(row["subject"]) if row["subject"] is not None else nameless
        yield f"{own}#{graph}\x1f{subject} {row['predicate']} {row['object']}"
        yield from _head(own)


def _head(own: str) -> Iterator[str]:
    """What makes four graphs a nanopublication, and who made it."""
    yield f"{own}#Head\x1f<{own}> {term('rdf:type')} <{_NANOPUB}Nanopublication>"
    yield from (f"{own}#Head\x1f<{own}> {predicate} <{own}#{part}>" for part, predicate in _HEAD.items())
    yield f"{own}#pubinfo\x1f<{own}> {term('prov:wasAttributedTo')} {_SOFTWARE}"
    yield f"{own}#pubinfo\x1f{_SOFTWARE} {term('rdf:type')} {term('prov:SoftwareAgent')}"
    yield f"{own}#pubinfo\x1f{_SOFTWARE} {term('rdfs:label')} {literal('paper-kg')}"


def _blocks(sorted_lines: Iterator[str]) -> Iterator[Block]:
    """Lines after graph names, a block a subject."""
    parts = (line.partition("\x1f") for line in sorted_lines)
    for (graph, _), own in groupby(parts, key=lambda part: (part[0], part[2].partition(" ")[0])):
        yield Block([line for _, _, line in own], graph or None)
