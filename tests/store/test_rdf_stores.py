"""What the RDF stores promise beside the one suite: files are whole or as they were, and others' triples stay."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from handmade import GRAPHS
from pyoxigraph import RdfFormat, parse
from stores import as_read, dump

from kg.errors import StoreError
from kg.rdf.terms import BASE
from kg.store import open_store
from kg.store.binding import bind
from kg.store.oxigraph import OxigraphStore
from kg.store.triples import Change

TESTS = Path(__file__).parents[1]
ASK = "SELECT ?d WHERE { VALUES ?name { UNDEF } ?d <http://www.w3.org/2004/02/skos/core#prefLabel> ?name }"


def test_rdffile_is_written_sorted_and_the_same_whatever_happened(tmp_path: Path) -> None:
    for name, order in (("a.ttl", GRAPHS), ("b.ttl", GRAPHS[::-1])):
        with open_store(str(tmp_path / name)) as store:
            for graph in order:
                store.write([graph])
        with open_store(str(tmp_path / name)) as store:
            store.remove([GRAPHS[0].paper.id])
            store.write(GRAPHS[:1])
    assert (tmp_path / "a.ttl").read_bytes() == (tmp_path / "b.ttl").read_bytes()


def test_rdffile_of_a_killed_process_is_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "graph.ttl"
    with open_store(str(path)) as store:
        store.write(GRAPHS[:2])
    before = path.read_bytes()
    program = (
        "import os, signal, sys; sys.path.insert(0, sys.argv[2]); from handmade import GRAPHS; "
        "from kg.store import open_store; store = open_store(sys.argv[1]); store.write(GRAPHS); "
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path), str(TESTS)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == before


def test_rdffile_with_other_triples_is_read_and_never_written(tmp_path: Path) -> None:
    path = tmp_path / "graph.nt"
    with open_store(str(path)) as store:
        store.write(GRAPHS[:2])
    path.write_text(path.read_text() + "<http://x.org/a> <http://x.org/b> <http://x.org/c> .\n")
    before = path.read_bytes()
    with open_store(str(path)) as store:
        assert list(store.read()) == as_read(GRAPHS[:2])
        with pytest.raises(StoreError, match="1 of its triples"):
            store.write(GRAPHS)
    assert path.read_bytes() == before


def test_rdffile_that_is_not_there_can_t_be_read(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such file"):
        open_store(str(tmp_path / "graph.ttl"), read_only=True)


def test_rdffile_that_is_no_rdf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "graph.ttl").write_text("this is no Turtle")
    with pytest.raises(StoreError):
        open_store(str(tmp_path / "graph.ttl"))


def test_rdffile_keeps_the_base_it_was_written_with(tmp_path: Path) -> None:
    path = tmp_path / "graph.nt"
    with OxigraphStore("oxigraph:", base="http://example.org/kg/") as store:
        store.write(GRAPHS[:3])
        lines = sorted(str(quad.triple) for quad in store._store)
    path.write_text("".join(f"{line} .\n" for line in lines))
    with open_store(str(path)) as again:
        again.write(GRAPHS[3:])
    assert {str(quad.subject)[:23] for quad in parse(path=path)} == {"<http://example.org/kg/"}


def test_oxigraph_change_that_fails_changes_nothing(tmp_path: Path) -> None:
    with OxigraphStore(f"oxigraph:{tmp_path / 'graph'}") as store:
        store.write(GRAPHS)
        before = dump(store)
        gone = [str(quad.triple) for quad in store._store][:20]
        for change in (Change(gone, ["<a:a> <a:b> no term"]), Change([], ["<a:a> <a:b> <a:c>", "<a:a> <a:b> no term"])):
            with pytest.raises(StoreError):
                store._apply(change)
            assert dump(store) == before


def test_oxigraph_killed_in_the_middle_of_a_load_is_whole_again(tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    program = (
        "import os, signal, sys, threading; sys.path.insert(0, sys.argv[2]); from handmade import GRAPHS; "
        "from kg.store import open_store; store = open_store('oxigraph:' + sys.argv[1]); store.write(GRAPHS[:3]); "
        "threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGKILL)).start()\n"
        "while True: store.write(GRAPHS[3:]); store.remove([graph.paper.id for graph in GRAPHS[3:]])"
    )
    done = subprocess.run([sys.executable, "-c", program, str(folder), str(TESTS)], check=False)
    assert done.returncode == -signal.SIGKILL
    with open_store(f"oxigraph:{folder}") as store:
        held = {graph.paper.id for graph in store.read()}
        assert held in ({g.paper.id for g in GRAPHS}, {g.paper.id for g in GRAPHS[:3]})
        store.write(GRAPHS)
        assert list(store.read()) == as_read(GRAPHS)


def test_oxigraph_leaves_triples_of_others_alone(tmp_path: Path) -> None:
    foreign = f"<{BASE}dataset/gsm8k> <http://www.w3.org/2004/02/skos/core#exactMatch> <http://x.org/gsm8k> .\n"
    with OxigraphStore("oxigraph:") as store:
        store._store.load(foreign.encode(), RdfFormat.N_TRIPLES)
        store.write(GRAPHS)
        store.remove([graph.paper.id for graph in GRAPHS])
        assert [f"{quad.triple} .\n" for quad in store._store] == [foreign]


def test_oxigraph_is_written_by_one_process_at_a_time(tmp_path: Path) -> None:
    with open_store(f"oxigraph:{tmp_path / 'graph'}"), pytest.raises(StoreError):
        open_store(f"oxigraph:{tmp_path / 'graph'}")


@pytest.mark.parametrize("name", ["GSM8K", 'x" } ?s ?p ?o #', "a\\", "é\n🎉", "?x", "\\u0041", "UNDEF }"])
def test_query_takes_a_value_as_a_value(name: str) -> None:
    with open_store("oxigraph:") as store:
        store.write(GRAPHS)
        found = store.query(ASK, {"name": name})
    assert [row["d"] for row in found] == ([f"{BASE}dataset/gsm8k"] if name == "GSM8K" else [])


def test_query_without_a_place_for_a_parameter_gets_one(tmp_path: Path) -> None:
    text = "# WHERE { in a comment\nSELECT ?d WHERE { ?d <http://www.w3.org/2004/02/skos/core#prefLabel> ?name }"
    with open_store("oxigraph:") as store:
        store.write(GRAPHS)
        assert [row["d"] for row in store.query(text, {"name": "GSM8K"})] == [f"{BASE}dataset/gsm8k"]
        assert len(store.query(text, {"name": ["GSM8K", "MATH"]})) == 2
        assert len(store.query(text)) > 5


def test_query_limit_is_a_number_or_nothing() -> None:
    assert bind("SELECT * WHERE {} LIMIT 20 # ?limit", {"limit": 3}) == "SELECT * WHERE {} LIMIT 3"
    assert bind("SELECT * WHERE {} LIMIT 20 # ?limit", {"limit": "3 } DROP ALL"}).endswith("LIMIT 20 # ?limit")


def test_query_gives_values_as_python_has_them() -> None:
    text = 'SELECT (1 AS ?i) (1.5 AS ?d) (true AS ?b) ("x" AS ?s) (<http://x.org/> AS ?n) ?none WHERE {}'
    with open_store("oxigraph:") as store:
        (row,) = store.query(text)
    assert row == {"i": 1, "d": 1.5, "b": True, "s": "x", "n": "http://x.org/", "none": None}
    assert [type(value) for value in row.values()] == [int, float, bool, str, str, type(None)]
