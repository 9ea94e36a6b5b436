"""A store in, its faults out: is every mention, number, slot and sentence verbatim, is every count true?"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from kg import graph
from kg.graph import Claim, Identity
from kg.store import Store
from kg.types import ENTITY_TYPES


class Fault(NamedTuple):
    """What is wrong, and with which node."""

    node: str
    reason: str


class Audited(NamedTuple):
    """How much was looked at."""

    papers: int
    spans: int
    nodes: int


def audit(store: Store) -> Iterator[Fault | Audited]:
    """Every fault of the store, then how much was audited.

    The spans of a paper are held against its text by building its Extraction anew, which refuses anything that is
    not verbatim; the shared nodes are tallied anew from the claims of all papers and held against what is stored.
    """
    claims: dict[str, list[Claim]] = defaultdict(list)
    papers = spans = nodes = 0
    for subgraph in store.read():
        papers += 1
        for claim in subgraph.claims:
            claims[claim.entity].append(claim)
        try:
            spans += sum(1 for _ in graph.extraction(subgraph).spans())
        except ValueError as error:
            yield Fault(subgraph.paper.id, str(error).splitlines()[2].strip())
    for type in ENTITY_TYPES:
        for node in store.entities(type):
            nodes += 1
            counted = graph.tally(None, identity=Identity(id=node.id), type=type, added=claims.pop(node.id, ()))
            if counted is None:
                yield Fault(node.id, "no paper names it")
            elif (counted.support, counted.forms, counted.form_papers) != (node.support, node.forms, node.form_papers):
                yield Fault(node.id, f"its support is {node.support}, and {counted.support} papers name it")
    for missing in sorted(claims):
        yield Fault(missing, "papers name it, and it is not there")
    yield Audited(papers, spans, nodes)
