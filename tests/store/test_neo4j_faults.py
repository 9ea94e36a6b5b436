"""What goes wrong between kg and a Neo4j is told in words that say what to do; nothing is lost and nothing doubled."""

import logging
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.graphs import corpus, reported
from servers.jvm import HERE, free_ports
from servers.neo4j import Address, Jars

from kg.errors import StoreError
from kg.store import open_store


def test_neo4j_faults_wrong_password(
    neo4j_database: Address, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("NEO4J_PASSWORD", "wr0ng-pass")
    with pytest.raises(StoreError, match="NEO4J_PASSWORD") as raised:
        open_store(neo4j_database.url)
    assert "wr0ng-pass" not in f"{raised.value} {raised.value!r} {raised.value.__cause__}"
    assert "wr0ng-pass" not in caplog.text


def test_neo4j_faults_no_password(neo4j_database: Address, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NEO4J_PASSWORD")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match="asks for a password: set NEO4J_PASSWORD"):
        open_store(neo4j_database.url)


def test_neo4j_faults_the_right_password_is_never_logged(
    neo4j_database: Address, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with open_store(neo4j_database.url) as store:
        store.write([reported("p:1")])
    assert neo4j_database.password not in caplog.text


def test_neo4j_faults_password_from_the_file(
    neo4j_database: Address, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("NEO4J_PASSWORD")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"NEO4J_URI={neo4j_database.url}\nNEO4J_PASSWORD={neo4j_database.password}\n")
    with open_store("neo4j://") as store:
        assert store.url == neo4j_database.url


def test_neo4j_faults_unreachable_host_is_told_soon() -> None:
    (port,) = free_ports(1)
    start = time.monotonic()
    with pytest.raises(StoreError, match="no server answers"):
        open_store(f"bolt://127.0.0.1:{port}")
    assert time.monotonic() - start < 10


def test_neo4j_faults_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_TIMEOUT", "1")
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(StoreError, match="no server answers"):
        open_store(f"bolt://127.0.0.1:{silent.getsockname()[1]}")


def test_neo4j_faults_unknown_database(neo4j_database: Address) -> None:
    with pytest.raises(StoreError, match="no database 'nowhere'"):
        open_store(f"{neo4j_database.url}/nowhere")


def test_neo4j_faults_named_database(neo4j_database: Address) -> None:
    with open_store(f"{neo4j_database.url}/neo4j") as store:
        store.write([reported("p:1")])
        assert store.count()["Paper"] == 1


def test_neo4j_faults_routing_address(neo4j_database: Address) -> None:
    with open_store(neo4j_database.url.replace("bolt://", "neo4j://")) as store:
        store.write([reported("p:1")])
        assert store.count()["Paper"] == 1


def test_neo4j_faults_wrong_question(neo4j_database: Address) -> None:
    with open_store(neo4j_database.url) as store, pytest.raises(StoreError, match="Invalid input"):
        store.query("MACH (n) RETURN n")


MANY = 60_000  # rows that together don't fit into the memory of a transaction, and one by one do


def test_neo4j_faults_memory_of_a_transaction_and_tls(
    neo4j_own: Callable[..., Jars], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server = neo4j_own(settings=(HERE / "strict.conf").read_text(), furnish=_certificate)
    server.address.enter(monkeypatch)
    graphs = list(corpus(2000))
    with open_store(server.address.url.replace("bolt://", "bolt+ssc://")) as store:
        start = time.monotonic()
        with pytest.raises(StoreError, match=r"smaller batches, or raise db\.memory\.transaction\.max"):
            store.write(graphs)
        assert time.monotonic() - start < 60
        assert set(store.count().values()) == {0}
        for first in range(0, 100, 10):
            store.write(graphs[first : first + 10])
        assert store.count()["Paper"] == 100
        many = store.query(
            f"UNWIND range(1, {MANY}) AS i RETURN i AS number, 'a row of some length' AS text", ours=True
        )
        assert [row["number"] for row in many] == list(range(1, MANY + 1))
    with pytest.raises(StoreError, match="certificate"):
        open_store(server.address.url.replace("bolt://", "bolt+s://"))


def _certificate(home: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine to make a certificate with")
    folder = home / "certificates" / "bolt"
    folder.mkdir(parents=True, exist_ok=True)
    order = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    order += ["-keyout", str(folder / "private.key"), "-out", str(folder / "public.crt")]
    subprocess.run(order, check=True, capture_output=True)
