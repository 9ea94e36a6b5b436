from pathlib import Path

import pytest
from handmade import Draft

from kg.graph import subgraph
from kg.query.names import find_entity
from kg.resolve import Resolver
from kg.store import open_store
from kg.types import EntityType, Paper


@pytest.mark.parametrize(
    ("type", "name", "id"),
    [
        ("Dataset", "mars", "dataset:mars"),
        ("Dataset", "SQuAD v1.1", "dataset:squad1.1"),
        ("Metric", "word error rate", "metric:worderrorrate"),
        ("Method", "chain of thought prompting", "method:chainofthought"),
    ],
)
def test_names_find_by_any_alias_that_the_registry_knows(tmp_path: Path, type: EntityType, name: str, id: str) -> None:
    draft = Draft(
        Paper(id="paper:1", abstract="CoT has a WER of 4 on MARS and on SQuAD 1.1."),
        [
            ("CoT", "Method/technique", "used", ("CoT",)),
            ("WER", "Metric", "used", ("WER",)),
            ("MARS", "Dataset", "used", ("MARS",)),
            ("SQuAD 1.1", "Dataset", "used", ("SQuAD 1.1",)),
        ],
    )
    with open_store(f"oxigraph:{tmp_path / 'graph'}") as store:
        store.write([subgraph(draft.done(), Resolver().identify)])
        assert find_entity(store, type, name).id == id
