"""The one suite: what kg.store.Store promises, held against every kind of store."""

from collections import Counter
from random import Random

import pytest
from handmade import GRAPHS, PAPERS, identify
from stores import as_read, dump, shared_nodes

from kg.errors import StoreError
from kg.graph import FACT_EDGES, ROLE_EDGES, SLOT_EDGES, Subgraph, extraction, subgraph
from kg.schema import edge_columns, node_columns
from kg.store import Store, open_store
from kg.types import Extraction, Paper

ALPHA, UNNAMED, AWKWARD, CLASSES, BARE, LOOSE, EMPTY = GRAPHS


def changed(graph: Subgraph, index: int) -> Subgraph:
    """The paper as another version of the extractor might see it: with the entities and facts of another paper."""
    other = PAPERS[index]
    paper = Paper(**{**other.paper.model_dump(), "id": graph.paper.id})
    seen = Extraction(**{**other.model_dump(), "paper": paper.model_dump(), "extractor": "hand-2"})
    return subgraph(seen, identify)


def test_store_reads_back_what_was_written(store: Store) -> None:
    store.write(GRAPHS)
    assert list(store.read()) == as_read(GRAPHS)


def test_store_holds_every_span_verbatim(store: Store) -> None:
    store.write(GRAPHS)
    found = {graph.paper.id: extraction(graph) for graph in store.read()}
    for paper in PAPERS:
        spans = Counter(found[paper.paper.id].spans())
        assert spans == Counter(paper.spans())
        assert all(found[paper.paper.id].paper.text[s.start : s.end] == s.surface for s in spans)


def test_store_reads_chosen_papers_sorted_and_passes_over_others(store: Store) -> None:
    store.write(GRAPHS)
    wanted = [UNNAMED.paper.id, "paper:none", ALPHA.paper.id, ALPHA.paper.id]
    assert list(store.read(wanted)) == as_read([ALPHA, UNNAMED])
    assert list(store.read([])) == []


def test_store_tallies_shared_nodes(store: Store) -> None:
    store.write(GRAPHS)
    assert dump(store)[1] == shared_nodes(GRAPHS)


def test_store_shows_what_the_registry_knows(store: Store) -> None:
    store.write(GRAPHS)
    (latency,) = store.entities("Metric", ids=["metric:latency"])
    assert (latency.curated, latency.higher_is_better, latency.unit, latency.lower_bound) == (True, False, "ms", 0)
    (gpt4,) = store.entities("Method", ids=["method:gpt4"])
    assert (gpt4.name, gpt4.aliases, gpt4.kind) == ("GPT-4", ("GPT4",), "model")


def test_store_finds_entities_by_id(store: Store) -> None:
    store.write(GRAPHS)
    ids = ["dataset:math", "dataset:none", "dataset:gsm8k", "dataset:math"]
    assert [node.id for node in store.entities("Dataset", ids)] == ["dataset:gsm8k", "dataset:math"]
    assert list(store.entities("Task", ids)) == []


def test_store_counts_every_label_and_edge(store: Store) -> None:
    expected: Counter[str] = Counter(dict.fromkeys((*node_columns(), *edge_columns()), 0))
    for graph in GRAPHS:
        expected["Paper"] += 1
        expected["Result"] += len(graph.results)
        expected["REPORTS"] += len(graph.results)
        expected.update(ROLE_EDGES[claim.role] for claim in graph.claims)
        expected.update(SLOT_EDGES[slot.slot] for slot in graph.slots)
        expected.update(FACT_EDGES[fact.type] for fact in graph.facts)
    expected.update(node.type for node in shared_nodes(GRAPHS))
    store.write(GRAPHS)
    assert store.count() == dict(expected)
    assert list(store.count()) == sorted(expected)


def test_store_that_is_new_counts_nothing(store: Store) -> None:
    assert set(store.count().values()) == {0}


def test_store_keeps_the_ledger(store: Store) -> None:
    store.write(GRAPHS)
    ids = [graph.paper.id for graph in GRAPHS]
    held = store.held([*ids, "paper:none", ids[0]])
    assert held == {g.paper.id: (g.paper.content_hash, g.paper.extractor, g.paper.sources) for g in GRAPHS}
    assert store.held([]) == {}


def test_store_written_twice_is_the_same(store: Store) -> None:
    store.write(GRAPHS)
    once = dump(store)
    store.write(GRAPHS)
    assert dump(store) == once


def test_store_written_in_any_order_and_any_batches_is_the_same(store: Store) -> None:
    for graph in reversed(GRAPHS):
        store.write([graph])
    store.write(GRAPHS[:3])
    assert dump(store)[:2] == (as_read(GRAPHS), shared_nodes(GRAPHS))


@pytest.mark.parametrize("index", range(len(PAPERS)))
def test_store_replaces_a_paper_exactly(store: Store, index: int) -> None:
    seen = changed(UNNAMED, index)
    others = [graph for graph in GRAPHS if graph is not UNNAMED]
    store.write(GRAPHS)
    store.write([seen])
    assert dump(store)[:2] == (as_read([*others, seen]), shared_nodes([*others, seen]))


def test_store_takes_the_last_of_a_paper_that_is_twice_in_a_batch(store: Store) -> None:
    store.write([changed(UNNAMED, 0), ALPHA, UNNAMED])
    assert dump(store)[:2] == (as_read([ALPHA, UNNAMED]), shared_nodes([ALPHA, UNNAMED]))


@pytest.mark.parametrize("gone", range(len(GRAPHS)))
def test_store_removes_a_paper_and_all_that_only_it_supports(store: Store, gone: int) -> None:
    others = [graph for index, graph in enumerate(GRAPHS) if index != gone]
    store.write(GRAPHS)
    assert store.remove([GRAPHS[gone].paper.id, "paper:none"]) == 1
    assert dump(store)[:2] == (as_read(others), shared_nodes(others))


def test_store_with_every_paper_removed_is_empty(store: Store) -> None:
    store.write(GRAPHS)
    assert store.remove([graph.paper.id for graph in GRAPHS]) == len(GRAPHS)
    assert set(store.count().values()) == {0}
    assert store.remove([GRAPHS[0].paper.id]) == 0


def test_store_ends_the_same_whatever_happened_on_the_way(store: Store) -> None:
    chance = Random(7)
    for _ in range(12):
        some = chance.sample(GRAPHS, chance.randint(1, 4))
        if chance.random() < 0.4:
            store.remove([graph.paper.id for graph in some])
        else:
            store.write([changed(graph, chance.randrange(len(PAPERS))) for graph in some])
    store.write(GRAPHS)
    assert dump(store)[:2] == (as_read(GRAPHS), shared_nodes(GRAPHS))


def test_store_takes_an_empty_batch(store: Store) -> None:
    store.write([])
    assert set(store.count().values()) == {0}


def test_store_is_there_when_opened_again(url: str) -> None:
    with open_store(url) as store:
        store.write(GRAPHS[:4])
    with open_store(url) as store:
        store.write(GRAPHS[4:])
    with open_store(url, read_only=True) as store:
        assert dump(store)[:2] == (as_read(GRAPHS), shared_nodes(GRAPHS))


def test_store_opened_for_reading_refuses_to_write(url: str) -> None:
    with open_store(url) as store:
        store.write([ALPHA])
    with open_store(url, read_only=True) as store:
        with pytest.raises(StoreError):
            store.write([UNNAMED])
        with pytest.raises(StoreError):
            store.remove([ALPHA.paper.id])
        assert dump(store)[:2] == (as_read([ALPHA]), shared_nodes([ALPHA]))


WRITING = {"cypher": "MATCH (n:Paper) DETACH DELETE n", "sparql": "DELETE WHERE { ?s ?p ?o }"}


def test_store_answers_in_cypher_with_values_as_parameters(store: Store) -> None:
    if store.language != "cypher":
        pytest.skip("this store is asked in SPARQL")
    store.write(GRAPHS)
    awkward = "O'Brien's \"Q\\n\" 🎉"
    text = "MATCH (m:Method) WHERE m.name IN $names RETURN m.name AS name, m.support AS support ORDER BY name"
    rows = store.query(text, {"names": ["GPT-4", awkward, "' OR true //"]})
    assert rows == [{"name": "GPT-4", "support": 5}, {"name": awkward, "support": 1}]


def test_store_says_what_is_wrong_with_a_query(store: Store) -> None:
    with pytest.raises(StoreError):
        store.query("MATCH WHERE SELECT")


def test_store_refuses_to_write_by_query(store: Store) -> None:
    store.write([ALPHA])
    with pytest.raises(StoreError):
        store.query(WRITING[store.language])
    assert list(store.read()) == as_read([ALPHA])
