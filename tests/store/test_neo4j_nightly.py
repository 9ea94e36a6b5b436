"""A graph that is built every night: what comes, changes and goes in between leaves exactly the right graph."""

from collections.abc import Iterable
from pathlib import Path

from servers.neo4j import Address
from stores import dump

from kg.build import balance, build
from kg.extract import load as load_extractor
from kg.resolve import Resolver
from kg.store import Store, open_store
from kg.types import Paper, paper_id

METHODS = ("LoRA", "DPO", "RISE", "ReFT", "Adapters", "Prefix Tuning", "BitFit", "QLoRA")


def papers(*, night: int) -> list[Paper]:
    """Eight papers on the first night; on the second three of them are changed and two are gone."""
    kept = enumerate(METHODS[:6] if night == 2 else METHODS)
    return [_paper(method, score=60 + number + 5 * (night == 2 and number < 3)) for number, method in kept]


def _paper(method: str, *, score: int) -> Paper:
    abstract = f"We propose {method}. {method} reaches {score}.5% accuracy on GSM8K and outperforms fine-tuning."
    return Paper(id=paper_id(method, method), title=f"{method}: a study", abstract=abstract, sources=("papers.jsonl",))


def built(store: Store, records: Iterable[Paper]) -> dict[str, int]:
    closing = balance(build(records, store, extractor=load_extractor("rules"), resolver=Resolver()))
    return {status: number for status, number in closing.counts.items() if number}


def test_neo4j_nightly_build_leaves_the_graph_of_a_fresh_one(neo4j_database: Address, tmp_path: Path) -> None:
    first, second = papers(night=1), papers(night=2)
    with open_store(neo4j_database.url) as store:
        assert built(store, first) == {"loaded": 8}
        assert built(store, first) == {"unchanged": 8}
        assert store.remove([paper.id for paper in first[6:]]) == 2
        assert built(store, second) == {"updated": 3, "unchanged": 3}
        assert built(store, second) == {"unchanged": 6}
        nightly = dump(store)
    with open_store(str(tmp_path / "fresh.lbug")) as fresh:
        built(fresh, second)
        assert nightly == dump(fresh)
