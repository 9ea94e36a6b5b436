"""A file of our own RDF in, the graph that it was written from in any store."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from kg.graph import Registered, Subgraph
from kg.rdf.scratch import laid_out, triples
from kg.store import Store, batches, open_store
from kg.types import EntityType

BATCH = 200  # papers that are written in one transaction


def import_file(path: str | Path, store: Store, *, format: str | None = None) -> int:
    """Put the papers of a file into a store, in the place of what it holds of them; how many there were."""
    written = 0
    said = triples(path, format=format)
    with laid_out(said) as folder, open_store(f"oxigraph:{folder}", read_only=True) as source:
        for batch in batches(papers(source), BATCH):
            store.write(batch)
            written += len(batch)
    return written


def papers(source: Store) -> Iterator[Subgraph]:
    """What a store holds, as it can be written to another: with what the registry knows of the shared nodes."""
    for batch in batches(source.read(), BATCH):
        ids: dict[EntityType, set[str]] = defaultdict(set)
        for graph in batch:
            for claim in graph.claims:
                ids[claim.type].add(claim.entity)
        nodes = (node for type, some in ids.items() for node in source.entities(type, sorted(some)))
        fields = set(Registered.model_fields)
        known = {n.id: Registered.model_validate(n.model_dump(include=fields)) for n in nodes if n.curated}
        for graph in batch:
            own = sorted({claim.entity for claim in graph.claims} & known.keys())
            yield graph.model_copy(update={"registered": tuple((id, known[id]) for id in own)})
