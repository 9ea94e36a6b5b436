"""A real Neo4j for tests: the server of KG_TEST_NEO4J, else one in Docker, else one from Maven Central's jars."""

import os
import shutil
import signal
import subprocess
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from neo4j import Driver, GraphDatabase
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from servers.jvm import HERE, Unavailable, free_ports, jars, java, tied

LTS, CURRENT, WITH_APOC = "5.26.30", "2026.08.1", "5.26.19"
PASSWORD = "correct-horse-7"
OPENS = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent", "java.lang")


@dataclass(frozen=True)
class Address:
    """Where a running Neo4j is and how to enter it."""

    url: str
    password: str
    browser: str | None = None
    username: str = "neo4j"

    def driver(self) -> Driver:
        """A driver of its own, for a look at the database that does not go through kg."""
        return GraphDatabase.driver(self.url, auth=(self.username, self.password), notifications_min_severity="OFF")

    def run(self, query: str, **parameters: object) -> list[dict[str, object]]:
        """The rows of a query as plain values."""
        with self.driver() as driver:
            records, _, _ = driver.execute_query(query, parameters_=parameters)
            return [record.data() for record in records]

    def wipe(self) -> None:
        """Leave nothing: no node, no constraint, no index."""
        with self.driver() as driver, driver.session() as session:
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()
            for row in session.run("SHOW CONSTRAINTS YIELD name").data():
                session.run(f"DROP CONSTRAINT `{row['name']}`").consume()
            for row in session.run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name").data():
                session.run(f"DROP INDEX `{row['name']}`").consume()


@dataclass
class Jars:
    """A Neo4j Community from jars, in a home folder of its own: started, killed and started again at will."""

    home: Path
    version: str = LTS
    heap: str = "512m"
    pagecache: str = "128m"
    settings: str = ""
    plugins: tuple[Path, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    ports: list[int] = field(default_factory=lambda: free_ports(2))

    @property
    def address(self) -> Address:
        """Where it answers."""
        bolt, http = self.ports
        return Address(f"bolt://127.0.0.1:{bolt}", PASSWORD, f"http://localhost:{http}/browser/")

    def start(self, *, wait: bool = True) -> "Jars":
        """Start it, and wait until it answers with the password set."""
        folder = jars("neo4j.pom.xml", f"neo4j-{self.version}", f"-Dneo4j.version={self.version}")
        self._furnish()
        options = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in OPENS]
        order = [str(self.java()), f"-Xmx{self.heap}", "-XX:+UseSerialGC", *options]
        order += ["-cp", f"{folder}/*", _main(folder)]
        with (self.home / "out.log").open("ab") as log:
            command = tied([*order, f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}"])
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        if wait:
            self.wait()
        return self

    def java(self) -> Path:
        """The Java that this version runs on."""
        return java(17, 21) if self.version.startswith("5.") else java(21)

    def wait(self, seconds: float = 180) -> None:
        """Wait until it answers; set the password if it is still the first one."""
        end = time.monotonic() + seconds
        while not _answers(self.address):
            if self.process is None or self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Neo4j did not start: {(self.home / 'out.log').read_text()[-2000:]}")
            time.sleep(0.3)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, gently or (SIGKILL) as a power cut would."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)

    def _furnish(self) -> None:
        for name in ("conf", "data", "import", "plugins"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        for plugin in self.plugins:
            shutil.copy(plugin, self.home / "plugins")
        bolt, http = self.ports
        text = (HERE / "neo4j.conf").read_text().replace("{pagecache}", self.pagecache)
        text = text.replace("{bolt}", str(bolt)).replace("{http}", str(http)) + self.settings
        (self.home / "conf" / "neo4j.conf").write_text(text)


def _main(folder: Path) -> str:
    """The server's main class, as its own jar names it."""
    jar = next(folder.glob(f"{folder.name}.jar"))
    with zipfile.ZipFile(jar) as archive:
        return archive.read("META-INF/services/org.neo4j.server.startup.EntryPoint").decode().split()[-1]


def _answers(address: Address) -> bool:
    try:
        with address.driver() as driver, driver.session() as session:
            session.run("RETURN 1").consume()
    except AuthError:
        return _first_password(address)
    except (DriverError, Neo4jError, OSError):
        return False
    return True


def _first_password(address: Address) -> bool:
    try:
        with GraphDatabase.driver(address.url, auth=("neo4j", "neo4j")) as driver:
            statement = "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new"
            driver.execute_query(statement, new=address.password, database_="system")
    except (DriverError, Neo4jError):
        return False
    return True


def _docker(version: str) -> tuple[str, Address] | None:
    """A container's id and its address, where a Docker engine runs."""
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "info"], capture_output=True, check=False).returncode:
        return None
    bolt, http = free_ports(2)
    order = [docker, "run", "--rm", "-d", "-p", f"127.0.0.1:{bolt}:7687", "-p", f"127.0.0.1:{http}:7474"]
    order += ["-e", f"NEO4J_AUTH=neo4j/{PASSWORD}", "-e", "NEO4J_server_memory_heap_max__size=512m"]
    done = subprocess.run([*order, f"neo4j:{version}-community"], capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    address = Address(f"bolt://127.0.0.1:{bolt}", PASSWORD, f"http://localhost:{http}/browser/")
    end = time.monotonic() + 180
    while not _answers(address) and time.monotonic() < end:
        time.sleep(0.5)
    return done.stdout.strip(), address


@pytest.fixture(scope="session", params=[LTS, CURRENT])
def neo4j_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """A running Neo4j, once with the long-term release and once with the current one, or a skip with the reason."""
    version: str = request.param
    if given := os.environ.get("KG_TEST_NEO4J"):
        if version != LTS:
            pytest.skip("KG_TEST_NEO4J names the one server to test on")
        yield Address(given, os.environ.get("NEO4J_PASSWORD", PASSWORD))
        return
    if contained := _docker(version):
        container, address = contained
        yield address
        subprocess.run(["docker", "stop", container], capture_output=True, check=False)
        return
    server = Jars(tmp_path_factory.mktemp("neo4j"), version)
    try:
        server.start()
    except Unavailable as reason:
        pytest.skip(f"no Neo4j {version} to test on: {reason}")
    yield server.address
    server.stop()


@pytest.fixture
def neo4j_database(neo4j_server: Address) -> Address:
    """A running Neo4j with nothing in it."""
    neo4j_server.wipe()
    return neo4j_server
