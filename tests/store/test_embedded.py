"""What the embedded store has beside the one suite: a file, a lock, a version, and a process that may be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import ladybug
import pytest
from handmade import GRAPHS
from stores import as_read, dump, shared_nodes

from kg.errors import StoreError
from kg.graph import Identity, subgraph
from kg.schema import SCHEMA_VERSION
from kg.store import open_store
from kg.store.embedded import EmbeddedStore
from kg.types import Entity, Extraction, Paper, Relation, Span

KILLED = Path(__file__).with_name("killed.py")
HOLD = "import sys; from kg.store import open_store; s = open_store(sys.argv[1]); print('open', flush=True); input()"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "graph.lbug"


@pytest.mark.parametrize("statements", [0, 1, 5, 15])
def test_embedded_killed_in_a_batch_is_as_before_it_and_the_next_run_completes(path: Path, statements: int) -> None:
    run = subprocess.run([sys.executable, str(KILLED), str(path), str(statements)], capture_output=True, text=True)
    assert run.returncode == -signal.SIGKILL, run.stderr
    with open_store(str(path)) as store:
        assert dump(store)[:2] == (as_read(GRAPHS[1:3]), shared_nodes(GRAPHS[1:3]))
        store.write(GRAPHS)
    with open_store(str(path), read_only=True) as store:
        assert dump(store)[:2] == (as_read(GRAPHS), shared_nodes(GRAPHS))


def test_embedded_killed_in_a_batch_can_be_read_at_once(path: Path) -> None:
    subprocess.run([sys.executable, str(KILLED), str(path), "3"], capture_output=True)
    with open_store(str(path), read_only=True) as store:
        assert list(store.read()) == as_read(GRAPHS[1:3])


def test_embedded_batch_that_fails_leaves_the_store_as_before(path: Path) -> None:
    broken = GRAPHS[1].results[0].model_copy(update={"value": "not a number"})
    graph = GRAPHS[1].model_copy(update={"results": (broken, *GRAPHS[1].results[1:])})
    with open_store(str(path)) as store:
        store.write(GRAPHS[:1])
        with pytest.raises(StoreError):
            store.write([GRAPHS[2], graph])
        assert dump(store)[:2] == (as_read(GRAPHS[:1]), shared_nodes(GRAPHS[:1]))
        store.write(GRAPHS)
        assert list(store.read()) == as_read(GRAPHS)


def test_embedded_takes_one_writing_process_and_lets_others_read(path: Path) -> None:
    with open_store(str(path)) as store:
        store.write(GRAPHS)
    writer = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout
    assert writer.stdout.readline() == "open\n"
    with pytest.raises(StoreError, match=f"another process .{writer.pid}. is writing to it"):
        open_store(str(path))
    with open_store(str(path), read_only=True) as store:
        assert list(store.read()) == as_read(GRAPHS)
    writer.communicate("\n")
    with open_store(str(path)) as store:
        assert store.remove([GRAPHS[0].paper.id]) == 1


def test_embedded_takes_one_writer_within_a_process(path: Path) -> None:
    with open_store(str(path)), pytest.raises(StoreError, match="this process has it open"):
        open_store(str(path))
    open_store(str(path)).close()


def garbage(path: Path) -> None:
    path.write_bytes(b"no database\n" * 1000)


def short(path: Path) -> None:
    path.write_text("x")


def foreign(path: Path) -> None:
    with ladybug.Database(path) as database, ladybug.Connection(database) as connection:
        connection.execute("CREATE NODE TABLE Person(name STRING PRIMARY KEY)")


def other_version(path: Path) -> None:
    open_store(str(path)).close()
    with ladybug.Database(path) as database, ladybug.Connection(database) as connection:
        connection.execute("MATCH (m:Meta) SET m.schema_version = 999")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (garbage, "no database of the embedded store"),
        (short, "no database of the embedded store"),
        (foreign, "holds no graph of papers"),
        (other_version, f"made with schema version 999, not {SCHEMA_VERSION}"),
        (Path.mkdir, "this is a folder"),
    ],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_embedded_says_what_is_wrong_with_a_path(
    path: Path, make: Callable[[Path], None], reason: str, read_only: bool
) -> None:
    make(path)
    with pytest.raises(StoreError, match=reason):
        open_store(str(path), read_only=read_only)


@pytest.mark.parametrize("make", [garbage, short, foreign])
def test_embedded_leaves_a_file_that_is_not_its_own_alone(path: Path, make: Callable[[Path], None]) -> None:
    make(path)
    before = path.read_bytes()
    with pytest.raises(StoreError):
        open_store(str(path))
    assert path.read_bytes() == before


def test_embedded_says_that_a_file_is_damaged(path: Path) -> None:
    with open_store(str(path)) as store:
        store.write(GRAPHS)
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(StoreError, match="damaged"):
        open_store(str(path))


def test_embedded_says_that_a_store_is_not_there(path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store here yet"):
        open_store(str(path), read_only=True)
    assert not path.exists()
    with pytest.raises(StoreError, match=r"the folder .* does not exist"):
        open_store(str(path / "graph.lbug"))


@pytest.mark.parametrize(
    "text",
    [
        "CREATE (:Paper {id: 'x'})",
        "MATCH (n:Paper) SET n.title = 'x'",
        "MATCH (n:Paper) RETURN n; MATCH (n) DETACH DELETE n",
        "COMMIT; MATCH (n) DETACH DELETE n",
        "COPY (MATCH (n:Paper) RETURN n.id) TO 'out.csv'",
        "LOAD FROM 'in.csv' RETURN *",
        "WITH 1 AS x LOAD FROM 'in.csv' RETURN *",
        "ATTACH 'other.db' AS other",
        "INSTALL httpfs",
    ],
)
def test_embedded_query_only_reads_the_graph(path: Path, text: str) -> None:
    with open_store(str(path)) as store:
        store.write(GRAPHS[:1])
        with pytest.raises(StoreError):
            store.query(text)
        assert list(store.read()) == as_read(GRAPHS[:1])


def test_embedded_query_takes_signs_in_texts_and_comments_as_such() -> None:
    with EmbeddedStore(":memory:") as store:
        text = "// COPY; this\nUNWIND [0] AS n /* LOAD FROM; */ RETURN ';LOAD FROM it\\'s' AS a, n AS `b;`;"
        assert store.query(text) == [{"a": ";LOAD FROM it's", "b;": 0}]


def test_embedded_query_rows_are_plain_values() -> None:
    with EmbeddedStore(":memory:") as store:
        store.write(GRAPHS[:1])
        (row,) = store.query(
            "MATCH (n:Method) WHERE n.id = 'method:alpha' "
            "RETURN n.forms AS forms, n.support AS support, {a: 1} AS map, date('2024-01-02') AS day, NULL AS nothing"
        )
        assert row == {"forms": ["ALPHA"], "support": 1, "map": '{"a": 1}', "day": "2024-01-02", "nothing": None}
        (row,) = store.query("MATCH (n:Task) RETURN n AS node")
        assert isinstance(row["node"], str)
        assert '"name": "arithmetic"' in row["node"]


@pytest.mark.parametrize("sign", ["\x1f", "\x1e", "\x1d", "\x1a", "\x1a and more"])
def test_embedded_keeps_the_control_characters_of_a_text(sign: str) -> None:
    text = f"We use A{sign}B for {sign}."
    inside, alone = Span.of(text, 7, 9 + len(sign)), Span.of(text, len(text) - 1 - len(sign), len(text) - 1)
    entities = (
        Entity(name=inside.surface, type="Method", kind="model", role="used", mentions=(inside,)),
        Entity(name=alone.surface, type="Task", role="used", mentions=(alone,)),
    )
    relation = Relation(head=inside.surface, type="used_for", tail=alone.surface, evidence=Span.of(text, 0, len(text)))
    paper = Paper(id=f"paper{sign}", abstract=text, title="", sources=(sign, ""))
    extraction = Extraction(paper=paper, extractor="x", entities=entities, relations=(relation,))
    graph = subgraph(extraction, lambda e: {one.key: Identity(id=f"{one.type}:{one.key}") for one in e.entities})
    with EmbeddedStore(":memory:") as store:
        store.write([*GRAPHS, graph])
        assert list(store.read()) == as_read([*GRAPHS, graph])
        store.write([graph])
        assert list(store.read()) == as_read([*GRAPHS, graph])
