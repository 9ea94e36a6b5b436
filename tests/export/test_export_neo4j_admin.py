"""The files for `neo4j-admin database import full`: imported, they are the database that Bolt makes."""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from handmade import GRAPHS
from servers.graphs import corpus
from servers.neo4j import CURRENT, LTS, Address, Jars
from stores import as_read, dump, shared_nodes

from kg.errors import StoreError
from kg.export.neo4j_admin import COMMAND, write_neo4j_admin
from kg.store import open_store

NODES = "MATCH (n:PaperKG) RETURN labels(n) AS labels, properties(n) AS properties ORDER BY n.id"
EDGES = (
    "MATCH (a:PaperKG)-[e]->(b:PaperKG) RETURN a.id AS source, type(e) AS type, b.id AS target, "
    "properties(e) AS properties ORDER BY source, type, target, e.name, e.paper, e.start, e.head_name, e.tail_name"
)
ALL = [*GRAPHS, *corpus(200)]


def everything(address: Address) -> list[dict[str, object]]:
    """All nodes and edges as they stand in the database, `extracted_at` aside."""
    rows = address.run(NODES)
    for row in rows:
        row["labels"] = sorted(row["labels"])  # type: ignore[call-overload]
        row["properties"].pop("extracted_at", None)  # type: ignore[attr-defined]
    return rows + address.run(EDGES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of a graph with everything in it that makes CSV hard."""
    with open_store(str(tmp_path / "graph.lbug")) as store:
        store.write(ALL)
        write_neo4j_admin(store, tmp_path / "files")
    return tmp_path / "files"


@pytest.mark.parametrize("version", [LTS, CURRENT])
def test_export_neo4j_admin_imports_as_what_bolt_loads(
    neo4j_own: Callable[..., Jars], monkeypatch: pytest.MonkeyPatch, folder: Path, version: str
) -> None:
    server = neo4j_own(version=version)
    server.address.enter(monkeypatch)
    with open_store(server.address.url) as store:
        store.write(ALL)
    loaded = everything(server.address)
    server.stop()
    server.run_import(folder / COMMAND)
    server.start()
    assert everything(server.address) == loaded
    with open_store(server.address.url) as store:
        assert dump(store)[:2] == (as_read(ALL), shared_nodes(ALL))
        store.write(ALL[:3])
        assert store.remove([graph.paper.id for graph in ALL]) == len(ALL)
        assert set(store.count().values()) == {0}


def test_export_neo4j_admin_writes_the_same_bytes_twice(tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        with open_store(str(tmp_path / f"{name}.lbug")) as store:
            store.write(ALL if name == "one" else ALL[::-1])
            write_neo4j_admin(store, tmp_path / name)
        written.append({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()})
    assert written[0] == written[1]


def test_export_neo4j_admin_says_the_exact_command(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "graph.lbug")) as store:
        said = write_neo4j_admin(store, tmp_path / "files")
    assert said.startswith(f"cd {tmp_path / 'files'} && neo4j-admin database import full neo4j")
    named = {
        name
        for word in shlex.split(said)
        if "=" in word
        for name in word.rpartition("=")[2].replace("./", "").split(",")
    }
    assert {name for name in named if name.endswith(".csv")} == {
        file.name for file in (tmp_path / "files").glob("*.csv")
    }


def test_export_neo4j_admin_refuses_what_would_part_a_list(tmp_path: Path) -> None:
    from servers.graphs import reported

    with open_store(str(tmp_path / "graph.lbug")) as store:
        store.write([reported("p:1", method="Lo\x1fRA")])
        with pytest.raises(StoreError, match=r"U\+001F"):
            write_neo4j_admin(store, tmp_path / "files")
