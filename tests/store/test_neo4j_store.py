"""What Neo4j has beside the one store suite: its labels, its constraint, its neighbours, its concurrent loaders."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from servers.graphs import corpus, reported, shared_nodes
from servers.neo4j import Address

from kg.errors import StoreError
from kg.graph import Subgraph
from kg.store import Store, open_store
from kg.types import ENTITY_TYPES

SNAPSHOT = (
    "MATCH (n) WHERE NOT n:PaperKG OPTIONAL MATCH (n)-[r]->(m) WHERE NOT m:PaperKG "
    "RETURN elementId(n) AS node, labels(n) AS labels, properties(n) AS properties, type(r) AS type, "
    "properties(r) AS on, elementId(m) AS to ORDER BY node, type, to"
)


def nodes(store: Store) -> list[object]:
    return sorted((n for type in ENTITY_TYPES for n in store.entities(type)), key=lambda node: node.id)


def bare(graphs: list[Subgraph]) -> list[Subgraph]:
    return sorted((g.model_copy(update={"registered": ()}) for g in graphs), key=lambda g: g.paper.id)


def test_neo4j_store_holds_what_was_written(neo4j_database: Address) -> None:
    graphs = list(corpus(60))
    with open_store(neo4j_database.url) as store:
        store.write(graphs)
        assert list(store.read()) == bare(graphs)
        assert nodes(store) == shared_nodes(graphs)


def test_neo4j_store_takes_a_title_that_no_index_would(neo4j_database: Address) -> None:
    graph = reported("p:1")
    long = graph.model_copy(update={"paper": graph.paper.model_copy(update={"title": "word " * 5000})})
    with open_store(neo4j_database.url) as store:
        store.write([long])
        assert [read.paper.title for read in store.read()] == ["word " * 5000]


def test_neo4j_store_labels_a_model_as_one_and_takes_the_label_off_again(neo4j_database: Address) -> None:
    models = "MATCH (m:Method:Model) RETURN m.name AS name ORDER BY name"
    with open_store(neo4j_database.url) as store:
        store.write([reported("p:1", method="LLaMA", kind="model")])
        assert neo4j_database.run(models) == [{"name": "LLaMA"}]
        store.write([reported("p:2", method="LLaMA", kind="technique")])
        assert neo4j_database.run(models) == []


def test_neo4j_store_keeps_a_fact_of_two_papers_twice(neo4j_database: Address) -> None:
    with open_store(neo4j_database.url) as store:
        store.write([reported("p:1"), reported("p:2")])
        assert store.count()["EVALUATED_ON"] == 2
        store.remove(["p:1"])
        assert store.count()["EVALUATED_ON"] == 1


def test_neo4j_store_leaves_the_nodes_of_others_alone(neo4j_database: Address) -> None:
    graph = reported("p:1")
    result = graph.results[0].id
    neo4j_database.run(
        "CREATE (p:Paper {id: 'p:1', title: 'Not ours'}), (:Paper {id: 'p:1', title: 'A second one'}), "
        "(m:Method:Model {id: 'method:lora', name: 'LoRA the radio'}), (p)-[:USES {since: 1999}]->(m), "
        "(p)-[:REPORTS]->(:Result {id: $result}), (m)-[:EVALUATED_ON {paper: 'p:1'}]->(:Dataset {id: 'dataset:gsm8k'})",
        result=result,
    )
    before = neo4j_database.run(SNAPSHOT)
    with open_store(neo4j_database.url) as store:
        store.write([graph, reported("p:2")])
        store.write([reported("p:1", value="70.1")])
        assert list(store.read(["p:1"])) == bare([reported("p:1", value="70.1")])
        assert store.count()["Paper"] == 2
        assert store.remove(["p:1", "p:2"]) == 2
        assert set(store.count().values()) == {0}
    assert neo4j_database.run(SNAPSHOT) == before


def test_neo4j_store_keeps_what_others_hang_on_our_nodes(neo4j_database: Address) -> None:
    with open_store(neo4j_database.url) as store:
        store.write([reported("p:1")])
        neo4j_database.run(
            "MATCH (p:Paper {id: 'p:1'}), (d:Dataset {id: 'dataset:gsm8k'}) SET p.stars = 5, d.owner = 'me' "
            "CREATE (:Reader {name: 'Anna'})-[:LIKES]->(p)"
        )
        store.write([reported("p:1", value="70.1")])
        assert list(store.read()) == bare([reported("p:1", value="70.1")])
    kept = "MATCH (r:Reader)-[:LIKES]->(p), (d:Dataset) RETURN r.name AS reader, p.stars AS stars, d.owner AS owner"
    assert neo4j_database.run(kept) == [{"reader": "Anna", "stars": 5, "owner": "me"}]


def test_neo4j_store_is_whole_after_loaders_at_the_same_time(neo4j_database: Address) -> None:
    graphs = list(corpus(60))
    open_store(neo4j_database.url).close()

    def load(seed: int) -> None:
        mine = Random(seed).sample(graphs, len(graphs))
        with open_store(neo4j_database.url) as store:
            for start in range(0, len(mine), 15):
                store.write(mine[start : start + 15])

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(load, range(3)))
    with open_store(neo4j_database.url) as store:
        assert list(store.read()) == bare(graphs)
        assert nodes(store) == shared_nodes(graphs)


def test_neo4j_store_is_whole_after_one_loads_what_another_removes(neo4j_database: Address) -> None:
    kept, fleeting = [reported(f"k:{n}") for n in range(15)], [reported(f"f:{n}", method="RISE") for n in range(15)]
    with open_store(neo4j_database.url) as store, ThreadPoolExecutor(2) as pool:
        store.write(fleeting)
        loading = pool.submit(lambda: [store.write([graph]) for graph in kept])
        for graph in fleeting:
            store.remove([graph.paper.id])
        loading.result()
        assert list(store.read()) == bare(kept)
        assert nodes(store) == shared_nodes(kept)


def test_neo4j_store_makes_its_rules_once(neo4j_blank: Address) -> None:
    rules = "SHOW INDEXES YIELD name, type WHERE name STARTS WITH 'paper_kg' RETURN name, type ORDER BY name"
    open_store(neo4j_blank.url).close()
    made = neo4j_blank.run(rules)
    open_store(neo4j_blank.url).close()
    assert neo4j_blank.run(rules) == made
    assert len(made) == 21


def test_neo4j_store_makes_nothing_when_it_only_reads(neo4j_blank: Address) -> None:
    with open_store(neo4j_blank.url, read_only=True) as store:
        assert list(store.read()) == []
        with pytest.raises(StoreError, match="read only"):
            store.write([reported("p:1")])
    assert neo4j_blank.run("SHOW CONSTRAINTS YIELD name") == []
    assert neo4j_blank.run("MATCH (n) RETURN n") == []


@pytest.mark.parametrize(
    "other",
    [
        "CREATE CONSTRAINT paper_kg_id FOR (n:Book) REQUIRE n.isbn IS UNIQUE",
        "CREATE INDEX paper_kg_method_name FOR (n:Method) ON (n.name, n.kind)",
        "CREATE INDEX paper_kg_used_for_paper FOR (n:USED_FOR) ON (n.paper)",
        "CREATE INDEX theirs FOR (n:PaperKG) ON (n.id)",
    ],
)
def test_neo4j_store_tells_of_a_rule_that_is_in_the_way(neo4j_blank: Address, other: str) -> None:
    neo4j_blank.run(other)
    with pytest.raises(StoreError, match=r"SHOW CONSTRAINTS|already exists an index"):
        open_store(neo4j_blank.url)


def test_neo4j_store_uses_an_index_of_another_name(neo4j_blank: Address) -> None:
    neo4j_blank.run("CREATE INDEX theirs FOR (n:Method) ON (n.name)")
    with open_store(neo4j_blank.url) as store:
        store.write([reported("p:1")])
        assert store.count()["Paper"] == 1


def test_neo4j_store_refuses_a_graph_of_another_version(neo4j_database: Address) -> None:
    open_store(neo4j_database.url).close()
    neo4j_database.run("MATCH (m:PaperKG:Meta) SET m.schema_version = 999")
    with pytest.raises(StoreError, match="999"):
        open_store(neo4j_database.url, read_only=True)


def test_neo4j_store_questions_may_not_write(neo4j_database: Address) -> None:
    with open_store(neo4j_database.url) as store:
        with pytest.raises(StoreError, match="may not write"):
            store.query("CREATE (n:Paper) RETURN n")
        assert store.count()["Paper"] == 0


def test_neo4j_store_gives_plain_values(neo4j_database: Address) -> None:
    with open_store(neo4j_database.url) as store:
        store.write([reported("p:1")])
        text = (
            "MATCH (:Paper)-[r:REPORTS]->() RETURN r, [1, 'a', null] AS list, {a: date('2024-05-01')} AS map, "
            "datetime('2024-05-01T10:00:00Z') AS at, point({x: 1, y: 2}) AS point, $given AS given"
        )
        (row,) = store.query(text, {"given": [1.5, None]})
    assert row == {
        "r": '{"type":"REPORTS"}',
        "list": [1, "a", None],
        "map": '{"a":"2024-05-01"}',
        "at": '"2024-05-01T10:00:00.000000000+00:00"',
        "point": '"CartesianPoint(1.0, 2.0)"',
        "given": [1.5, None],
    }
