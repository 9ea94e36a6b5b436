from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import pytest
from servers.neo4j import VERSIONS
from stores import STORES

from kg.errors import SettingsError, UnknownName
from kg.graph import EntityNode, Subgraph, subgraph
from kg.resolve import Resolver
from kg.resolve.candidates import among, candidates
from kg.resolve.curate import alias, merge, refresh, resolver_for, split, table_of
from kg.resolve.decisions import read_decisions
from kg.store import Store, open_store
from kg.types import ENTITY_TYPES, Entity, Extraction, Paper, Relation, Result, Slot, Span

TEXTS = (
    (
        "paper:1",
        "Generative Self-Aggregation (GSA) reaches 61.7% on GSM8K, ahead of CoT.",
        "Generative Self-Aggregation",
    ),
    ("paper:2", "We compare with GSA on GSM8k; GSA has 58.2% there, and CoT less.", "GSA"),
    (
        "paper:3",
        "Generative Self Agregation is studied on GSM-8K with 60.0% for it; CoT is out.",
        "Generative Self Agregation",
    ),
    ("paper:4", "Chain of thought gets 40.1% on GSM8K, which GSA-2 doubles.", "GSA-2"),
)


def extracted(id: str, text: str, name: str) -> Extraction:
    def span(surface: str) -> Span:
        return Span.of(text, text.index(surface), text.index(surface) + len(surface))

    data = next(form for form in ("GSM8K", "GSM8k", "GSM-8K") if form in text)
    other = "CoT" if "CoT" in text else "Chain of thought"
    short = (span("(GSA)"[1:-1]),) if "(GSA)" in text else ()
    value = text[text.index("%") - 4 : text.index("%") + 1]
    return Extraction(
        paper=Paper(id=id, abstract=text),
        extractor="hand",
        entities=(
            Entity(name=name, type="Method", kind="technique", role="used", mentions=(span(name), *short)),
            Entity(name=other, type="Method", kind="technique", role="compared", mentions=(span(other),)),
            Entity(name=data, type="Dataset", role="used", mentions=(span(data),)),
        ),
        results=(
            Result(
                value=span(value),
                number=float(value[:-1]),
                unit="%",
                kind="absolute",
                method=Slot(entity=name, span=span(name)),
                dataset=Slot(entity=data, span=span(data)),
                evidence=span(text),
            ),
        ),
        relations=(Relation(head=name, type="compared_with", tail=other, outcome="better", evidence=span(text)),),
    )


EXTRACTIONS = tuple(extracted(*row) for row in TEXTS)


class Held(NamedTuple):
    """All that a store says."""

    papers: list[Subgraph]
    nodes: list[EntityNode]


def held(store: Store) -> Held:
    return Held(list(store.read()), [node for type in ENTITY_TYPES for node in store.entities(type)])


def built(url: str, resolver: Resolver, order: tuple[int, ...] = (0, 1, 2, 3)) -> Store:
    store = open_store(url)
    for at in order:
        store.write([subgraph(EXTRACTIONS[at], resolver.identify)])
    return store


@pytest.fixture(params=["embedded", "oxigraph", "turtle", "fuseki", *(f"neo4j-{version}" for version in VERSIONS)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with built(STORES[request.param](request), Resolver()) as made:
        yield made


@pytest.fixture
def table(store: Store, tmp_path: Path) -> Path:
    on_server = "://" in store.url
    return table_of(store.url, tmp_path / "servers.aliases.tsv" if on_server else None)


def test_curate_merge_moves_every_claim_result_and_fact(store: Store, table: Path) -> None:
    assert merge(store, "GSA", "Generative Self-Aggregation", table=table, why="the same") == 1
    one = next(store.entities("Method", ids=["method:generativeselfaggregation"]))
    assert (one.support, list(store.entities("Method", ids=["method:gsa"]))) == (2, [])
    assert set(one.forms) == {"GSA", "Generative Self-Aggregation"}
    paper = next(store.read(["paper:2"]))
    ends = [claim.entity for claim in paper.claims if claim.name == "GSA"]
    ends += [slot.entity for slot in paper.slots if slot.name == "GSA"] + [fact.head for fact in paper.facts]
    assert ends == ["method:generativeselfaggregation"] * 3


def test_curate_split_takes_a_merge_back(store: Store, table: Path) -> None:
    before = held(store)
    merge(store, "GSA", "Generative Self-Aggregation", table=table)
    merge(store, "Generative Self Agregation", "Generative Self-Aggregation", table=table)
    assert held(store) != before
    assert split(store, "Generative Self-Aggregation", table=table) == 2
    assert held(store) == before
    assert [line.action for line in read_decisions(table)] == ["merge", "merge", "split"]


def test_curate_split_of_a_part_leaves_the_others(store: Store, table: Path) -> None:
    merge(store, "method:gsa", "method:generativeselfaggregation", table=table)
    merge(store, "method:generativeselfagregation", "method:generativeselfaggregation", table=table)
    assert split(store, "method:gsa", table=table) == 1
    assert [node.support for node in store.entities("Method", ids=["method:generativeselfaggregation"])] == [2]


def test_curate_split_of_a_registry_node_holds_its_spellings_apart(store: Store, table: Path) -> None:
    assert split(store, "Chain-of-Thought", table=table) == 3
    assert {node.id: node.support for node in store.entities("Method") if "CoT" in node.forms or node.curated} == {
        "method:chainofthought": 1,
        "method:cot": 3,
    }
    merge(store, "method:cot", "method:chainofthought", table=table)
    assert [node.support for node in store.entities("Method", ids=["method:chainofthought"])] == [4]


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
def test_curate_rebuild_in_any_order_gives_the_same_graph(tmp_path: Path, order: tuple[int, ...]) -> None:
    with built(str(tmp_path / "one.lbug"), Resolver()) as one:
        table = table_of(one.url)
        merge(one, "GSA", "Generative Self-Aggregation", table=table)
        split(one, "Chain-of-Thought", table=table)
        alias(one, "Method", "GSA-2", "Generative Self-Aggregation", table=table)
        with built(str(tmp_path / "other.lbug"), resolver_for(one.url), order) as other:
            assert held(other) == held(one)


def test_curate_alias_gives_a_form_its_canonical_node(store: Store, table: Path) -> None:
    assert alias(store, "Method", "gsa", "Generative Self-Aggregation", table=table) == 1
    assert list(store.entities("Method", ids=["method:gsa"])) == []


def test_curate_refresh_carries_out_a_table_that_was_edited(store: Store, table: Path) -> None:
    table.write_text("Method\tGSA\tGenerative Self-Aggregation\n")
    assert refresh(store, resolver_for(store.url, table)) == 1
    assert refresh(store, resolver_for(store.url, table)) == 0


def test_curate_merge_of_one_node_with_itself_does_nothing(store: Store, table: Path) -> None:
    assert merge(store, "GSM-8K", "gsm8k dataset", table=table) == 0
    assert not table.exists()


def test_curate_unknown_name_is_refused_before_anything_is_written(store: Store, table: Path) -> None:
    with pytest.raises(UnknownName):
        merge(store, "GSA", "no such thing", table=table)
    assert not table.exists()


def test_curate_candidates_have_reason_and_score(store: Store) -> None:
    found = {(c.a, c.b): (c.reason, c.score) for c in candidates(store)}
    long, typo = "method:generativeselfaggregation", "method:generativeselfagregation"
    assert found.keys() >= {("method:gsa", long), (long, typo)}
    assert found["method:gsa", long][0] == "abbreviation"
    assert found[long, typo][0] == "spelling"
    assert not any("gsa2" in end for pair in found for end in pair)


def test_curate_candidates_are_the_same_whatever_the_order(store: Store) -> None:
    nodes = list(store.entities("Method"))
    assert among(nodes) == among(nodes[::-1])


def test_curate_candidates_grow_with_the_nodes_and_not_with_their_pairs() -> None:
    def many(count: int) -> list[EntityNode]:
        names = (
            f"method number {chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)} learning"
            for n in range(count)
        )
        return [
            EntityNode(id=f"method:{name}", type="Method", name=name, support=1, forms=(name,), form_papers=(1,))
            for name in names
        ]

    assert len(among(many(2_000))) <= 2.2 * len(among(many(1_000)))


def test_curate_table_stands_beside_the_store_or_is_given() -> None:
    assert table_of("dir/graph.lbug") == Path("dir/graph.lbug.aliases.tsv")
    assert table_of("oxigraph:dir/graph/") == Path("dir/graph.aliases.tsv")
    assert table_of("neo4j://host", Path("mine.tsv")) == Path("mine.tsv")
    with pytest.raises(SettingsError):
        table_of("neo4j://host")
    assert resolver_for("neo4j://host").decisions == Resolver().decisions
