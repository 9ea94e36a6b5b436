"""The annotated papers, whose texts are as papers are: exported they are sound, and imported they are the same."""

import json
from pathlib import Path

import pytest
from stores import as_read, dump, shared_nodes

from kg.extract.annotations import extraction_of
from kg.graph import Subgraph, subgraph
from kg.rdf.check import check
from kg.rdf.export import export
from kg.rdf.imports import import_file
from kg.resolve import Resolver
from kg.store import open_store
from kg.types import Paper, paper_id


def annotated(folder: Path) -> list[Subgraph]:
    rows = {row["id"]: row for row in map(json.loads, (folder / "dev.gold.jsonl").read_text().splitlines())}
    graphs: dict[str, Subgraph] = {}
    for record in map(json.loads, (folder / "dev.papers.jsonl").read_text().splitlines()):
        id, abstract = record["id"], record["abstract"]
        paper = Paper(id=paper_id(abstract, id), title=record.get("title"), abstract=abstract, sources=("dev",))
        graphs[paper.id] = subgraph(extraction_of(paper, rows[id]), Resolver().identify)
    return list(graphs.values())


@pytest.mark.shared
def test_rdf_of_annotated_papers_is_sound_and_comes_back_whole(shared: Path, tmp_path: Path) -> None:
    graphs = annotated(shared / "gold")
    with open_store("oxigraph:") as store, open_store("oxigraph:") as again:
        store.write(graphs)
        export(store, tmp_path / "graph.ttl", base="https://example.org/kg/")
        assert check(tmp_path / "graph.ttl") == []
        assert import_file(tmp_path / "graph.ttl", again) == len(graphs)
        assert dump(again) == dump(store)
        assert dump(again)[:2] == (as_read(graphs), shared_nodes(graphs))
