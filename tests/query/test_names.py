from pathlib import Path

import pytest
from handmade import Draft

from kg.graph import subgraph
from kg.query.names import find_entity, find_paper
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


def test_names_find_the_paper_whose_title_has_the_part_as_it_is_written(tmp_path: Path) -> None:
    papers = {"paper:1": "On lora", "paper:2": "LoRA: Low-Rank Adaptation", "paper:3": "Quantised LoRA in Practice"}
    drafts = [Draft(Paper(id=id, title=title, abstract="One."), []) for id, title in papers.items()]
    with open_store(f"oxigraph:{tmp_path / 'graph'}") as store:
        store.write([subgraph(draft.done(), Resolver().identify) for draft in drafts])
        assert find_paper(store, "LoRA").id == "paper:2"
        assert find_paper(store, "low-rank  adaptation").id == "paper:2"
        assert find_paper(store, "Lora").id == "paper:1"
