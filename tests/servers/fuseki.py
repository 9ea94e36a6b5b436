"""A real Apache Jena Fuseki for tests: the one of KG_TEST_FUSEKI, else one in Docker, else the jar of Maven Central.

KG_TEST_FUSEKI is the URL of a dataset, `http://host:3030/ds`, that answers queries, updates and the graph-store
protocol. Tests empty it: it must hold nothing of worth.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from servers.jvm import Unavailable, free_ports, jars, java, tied

VERSION = "5.2.0"
IMAGE = "stain/jena-fuseki:5.1.0"


@dataclass
class Fuseki:
    """A running server and the URL of its dataset `/ds`."""

    url: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def store(self) -> str:
        """The URL that kg takes."""
        return f"sparql+{self.url}"

    def update(self, text: str) -> None:
        """Change the dataset without kg."""
        self._post(text, "application/sparql-update")

    def ask(self, text: str) -> bool:
        """Ask the dataset without kg."""
        return b"true" in self._post(text, "application/sparql-query")

    def load(self, path: Path, media_type: str) -> None:
        """Put a file into the default graph, as `curl` would."""
        request = Request(f"{self.url}?default", path.read_bytes(), {"Content-Type": media_type}, method="POST")
        urlopen(request, timeout=120).read()

    def answers(self, asks_for_password: bool = False) -> bool:
        """Whether it is up."""
        try:
            return self.ask("ASK {}")
        except HTTPError as error:
            return asks_for_password and error.code == 401
        except (URLError, OSError):
            return False

    def _post(self, text: str, media_type: str) -> bytes:
        headers = {"Content-Type": media_type, "Accept": "application/sparql-results+json"}
        told: bytes = urlopen(Request(self.url, text.encode(), headers), timeout=60).read()
        return told


def start(folder: Path, *options: str, port: int | None = None, asks_for_password: bool = False) -> Fuseki:
    """Start a server from the jar with an empty dataset in memory; raises Unavailable."""
    jar = jars("fuseki.pom.xml", f"fuseki-{VERSION}", f"-Dfuseki.version={VERSION}")
    port = port or free_ports(1)[0]
    order = [str(java(17)), "-Xmx1g", "-XX:+UseSerialGC", "-jar", str(jar / f"jena-fuseki-server-{VERSION}.jar")]
    order += ["--localhost", "--port", str(port), *options, "--mem", "--update", "/ds"]
    log = folder / "fuseki.log"
    with log.open("ab") as out:
        process = subprocess.Popen(tied(order), stdout=out, stderr=out, cwd=folder)
    return _awaited(Fuseki(f"http://127.0.0.1:{port}/ds", process), log, asks_for_password)


def _awaited(server: Fuseki, log: Path, asks_for_password: bool) -> Fuseki:
    end = time.monotonic() + 120
    while not server.answers(asks_for_password):
        if server.process is None or server.process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"Fuseki did not start: {log.read_text()[-2000:]}")
        time.sleep(0.2)
    return server


def stop(server: Fuseki) -> None:
    """End a server that `start` started."""
    if server.process is not None and server.process.poll() is None:
        server.process.terminate()
        server.process.wait(60)


def _docker() -> tuple[str, Fuseki] | None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "info"], capture_output=True, check=False).returncode:
        return None
    (port,) = free_ports(1)
    order = [docker, "run", "--rm", "-d", "-p", f"127.0.0.1:{port}:3030", "-e", "FUSEKI_DATASET_1=ds", IMAGE]
    done = subprocess.run(order, capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    server, end = Fuseki(f"http://127.0.0.1:{port}/ds"), time.monotonic() + 120
    while not server.answers() and time.monotonic() < end:
        time.sleep(0.5)
    return done.stdout.strip(), server


def missing(reason: Unavailable) -> NoReturn:
    """Skip with the reason; in CI, which has all that a server needs, fail."""
    told = f"no Fuseki to test on: {reason}"
    pytest.fail(told) if os.environ.get("CI") else pytest.skip(told)


@pytest.fixture(scope="session")
def fuseki_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuseki]:
    """A running Fuseki, or a skip with the reason."""
    if given := os.environ.get("KG_TEST_FUSEKI"):
        yield Fuseki(given)
        return
    if contained := _docker():
        container, server = contained
        yield server
        subprocess.run(["docker", "stop", container], capture_output=True, check=False)
        return
    try:
        server = start(tmp_path_factory.mktemp("fuseki"))
    except Unavailable as reason:
        missing(reason)
    yield server
    stop(server)


@pytest.fixture
def fuseki(fuseki_server: Fuseki) -> Fuseki:
    """A running Fuseki whose default graph is empty."""
    fuseki_server.update("CLEAR ALL")
    return fuseki_server
