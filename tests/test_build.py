"""Building: every record ends somewhere, and any way to the same papers ends with the same graph."""

import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from kg.build import Balance, balance, build, load
from kg.errors import EmptyRecord, ReadError
from kg.extract import load as load_extractor
from kg.graph import Subgraph
from kg.resolve import Resolver
from kg.store import Store, open_store
from kg.types import Extraction, Paper, paper_id

GSA = "We propose Generative Self-Aggregation (GSA). GSA reaches 61.7% accuracy on GSM8K and 40.2% on MATH."
LORA = "We propose LoRA. LoRA improves accuracy on GSM8K by 2.1% over full fine-tuning."
RISE = "RISE, a training procedure, outperforms DPO by 3.0% on GSM8K."


def paper(abstract: str, *, title: str | None = None, source: str = "a.jsonl", id: str | None = None) -> Paper:
    return Paper(id=paper_id(abstract, id), title=title, abstract=abstract, sources=(source,))


@pytest.fixture
def store(tmp_path: Path) -> Iterable[Store]:
    with open_store(str(tmp_path / "graph.lbug")) as opened:
        yield opened


EXTRACTOR = load_extractor("rules")


def built(store: Store, *records: Paper | ReadError) -> dict[str, int]:
    closing = balance(build(records, store, extractor=EXTRACTOR, resolver=Resolver()))
    assert closing.read == len(records)
    return {status: n for status, n in closing.counts.items() if n}


def dump(store: Store) -> list[object]:
    """All that is compared of a graph."""
    graphs: list[object] = [g.model_copy(update={"paper": _timeless(g)}) for g in store.read()]
    kinds = ("Method", "Task", "Dataset", "Metric")
    return graphs + [node for kind in kinds for node in store.entities(kind)]  # type: ignore[arg-type]


def _timeless(graph: Subgraph) -> object:
    return graph.paper.model_copy(update={"extracted_at": None})


def fresh(tmp_path: Path, *records: Paper | ReadError) -> list[object]:
    with open_store(str(tmp_path / "other.lbug")) as other:
        built(other, *records)
        return dump(other)


def test_build_loads_new_papers_and_leaves_them_alone_the_second_time(store: Store) -> None:
    assert built(store, paper(GSA), paper(LORA)) == {"loaded": 2}
    before = dump(store)
    assert built(store, paper(GSA), paper(LORA)) == {"unchanged": 2}
    assert dump(store) == before


def test_build_counts_what_can_not_be_read(store: Store) -> None:
    broken, empty = ReadError("a.jsonl", 3, "truncated JSON"), EmptyRecord("a.jsonl", 4, "no abstract")
    assert built(store, broken, paper(GSA), empty) == {"loaded": 1, "empty": 1, "failed": 1}


def test_build_merges_a_paper_found_twice_and_takes_the_title_from_whichever_has_one(store: Store) -> None:
    untitled, titled = paper(GSA, source="a.txt"), paper(GSA, title="GSA", source="b.txt")
    assert built(store, untitled, titled) == {"loaded": 1, "merged": 1}
    (graph,) = store.read()
    assert (graph.paper.title, graph.paper.sources) == ("GSA", ("a.txt", "b.txt"))
    assert built(store, untitled, titled) == {"unchanged": 1, "merged": 1}


def test_build_in_two_halves_equals_building_once(store: Store, tmp_path: Path) -> None:
    untitled, titled = paper(GSA, source="a.txt"), paper(GSA, title="GSA", source="b.txt")
    built(store, untitled, paper(LORA))
    built(store, paper(RISE), titled)
    assert dump(store) == fresh(tmp_path, untitled, paper(LORA), paper(RISE), titled)


def test_build_in_another_order_gives_the_same_graph(store: Store, tmp_path: Path) -> None:
    records = [paper(GSA, source="a.txt"), paper(LORA), paper(RISE), paper(GSA, title="GSA", source="b.txt")]
    built(store, *records)
    assert dump(store) == fresh(tmp_path, *reversed(records))


def test_build_replaces_a_paper_whose_abstract_changed(store: Store, tmp_path: Path) -> None:
    first = paper(GSA, id="2401.00001")
    second = paper(GSA.replace("61.7%", "62.9%"), id="2401.00001")
    built(store, first, paper(LORA))
    assert built(store, second, paper(LORA)) == {"updated": 1, "unchanged": 1}
    assert dump(store) == fresh(tmp_path, second, paper(LORA))


def test_build_after_removal_is_the_graph_without_the_paper(store: Store, tmp_path: Path) -> None:
    built(store, paper(GSA), paper(LORA))
    assert store.remove([paper(GSA).id]) == 1
    assert dump(store) == fresh(tmp_path, paper(LORA))


def test_build_with_two_workers_equals_one(store: Store, tmp_path: Path) -> None:
    records = [paper(GSA), paper(LORA), paper(RISE)]
    balance(build(records, store, extractor=EXTRACTOR, resolver=Resolver(), workers=2))
    assert dump(store) == fresh(tmp_path, *records)


def test_load_of_extractions_equals_the_build(store: Store, tmp_path: Path) -> None:
    papers = [paper(GSA, source="a.txt"), paper(LORA), paper(GSA, title="GSA", source="b.txt")]
    extractions = [e for e in EXTRACTOR.pipe(papers) if isinstance(e, Extraction)]
    closing: Balance = balance(load(extractions, store, resolver=Resolver()))
    assert closing.counts["loaded"] == 2
    assert dump(store) == fresh(tmp_path, *papers)


KILLED = """
import os, signal, sys
from kg.build import build
from kg.extract import load
from kg.resolve import Resolver
from kg.store import open_store
from kg.types import Paper, paper_id
texts = [f"We propose M{i}. M{i} reaches {i}.5% on GSM8K." for i in range(200)]
papers = [Paper(id=paper_id(text), abstract=text) for text in texts]
with open_store(sys.argv[1]) as store:
    for i, outcome in enumerate(build(papers, store, extractor=load("rules"), resolver=Resolver())):
        if i == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("after", [0, 70, 199])
def test_build_that_was_killed_is_completed_by_the_next_run(tmp_path: Path, after: int) -> None:
    url = tmp_path / "graph.lbug"
    killed = subprocess.run([sys.executable, "-c", KILLED, url, str(after)], timeout=600)
    assert killed.returncode == -signal.SIGKILL
    texts = [f"We propose M{i}. M{i} reaches {i}.5% on GSM8K." for i in range(200)]
    papers = [Paper(id=paper_id(text), abstract=text) for text in texts]
    with open_store(str(url)) as store:
        assert built(store, *papers)["unchanged"] >= after // 64 * 64
        assert dump(store) == fresh(tmp_path, *papers)
