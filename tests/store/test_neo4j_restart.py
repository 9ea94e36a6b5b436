"""Servers that go away in the middle of a load, and loaders that do: nothing is lost and nothing is there twice.

KG_TEST_RESTARTS says how often the server is ended, by turns as by a power cut and in good order (2 by default).
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from servers.graphs import corpus
from servers.neo4j import Address, Jars
from stores import as_read, dump, shared_nodes

from kg.store import batches, open_store

RESTARTS = int(os.environ.get("KG_TEST_RESTARTS", "2"))
GRAPHS = list(corpus(120))
LOADER = """
import sys
sys.path.insert(0, sys.argv[1])
from servers.graphs import corpus
from kg.store import batches, open_store
with open_store(sys.argv[2]) as store:
    for batch in batches(corpus(120), 10):
        store.write(batch)
        print("written", flush=True)
"""


def test_neo4j_restart_in_the_middle_of_a_load_loses_nothing(
    neo4j_own: Callable[..., Jars], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = neo4j_own()
    server.address.enter(monkeypatch)
    monkeypatch.setenv("NEO4J_RETRY_TIME", "600")
    stop, faults = threading.Event(), []

    def load() -> None:
        try:
            with open_store(server.address.url) as store:
                while not stop.is_set():
                    for batch in batches(GRAPHS, 10):
                        store.write(batch)
        except Exception as fault:
            faults.append(fault)

    loader = threading.Thread(target=load)
    loader.start()
    chance = Random(5)
    for turn in range(RESTARTS):
        time.sleep(chance.uniform(1, 6))
        server.stop(signal.SIGTERM if turn % 2 else signal.SIGKILL)
        assert loader.is_alive(), faults
        server.start()
    stop.set()
    loader.join()
    assert not faults
    with open_store(server.address.url) as store:
        assert dump(store)[:2] == (as_read(GRAPHS), shared_nodes(GRAPHS))


def test_neo4j_restart_of_a_killed_loader_completes_the_graph(neo4j_database: Address) -> None:
    tests = str(Path(__file__).parents[1])
    command = [sys.executable, "-c", LOADER, tests, neo4j_database.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as loader:
        assert loader.stdout is not None
        for _ in range(3):
            loader.stdout.readline()
        time.sleep(0.05)
        loader.kill()
    with open_store(neo4j_database.url) as store:
        held = store.held([graph.paper.id for graph in GRAPHS])
        assert len(held) % 10 == 0
        assert 30 <= len(held) < len(GRAPHS)
        for batch in batches([graph for graph in GRAPHS if graph.paper.id not in held], 10):
            store.write(batch)
        assert dump(store)[:2] == (as_read(GRAPHS), shared_nodes(GRAPHS))
