"""A real Neo4j for tests: the server of KG_TEST_NEO4J, else one in Docker, else one from Maven Central's jars.

Tests empty the database that they are given: KG_TEST_NEO4J must name one that holds nothing of worth. Its password is
taken from KG_TEST_NEO4J_PASSWORD, the address of its Browser from KG_TEST_NEO4J_BROWSER.
"""

import os
import shlex
import shutil
import signal
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from neo4j import Driver, GraphDatabase
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from servers.jvm import HERE, Unavailable, free_ports, jars, java, tied

LTS, CURRENT = "5.26.30", "2026.08.1"
GIVEN = "KG_TEST_NEO4J"
VERSIONS = (GIVEN,) if GIVEN in os.environ else (LTS, CURRENT)
PASSWORD = "correct-horse-7"
_PACKAGES = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent", "java.lang")
OPENS = tuple(f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in _PACKAGES)


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

    def enter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put into the environment what a user has there."""
        for name in ("URI", "DATABASE"):
            monkeypatch.delenv(f"NEO4J_{name}", raising=False)
        monkeypatch.setenv("NEO4J_USERNAME", self.username)
        monkeypatch.setenv("NEO4J_PASSWORD", self.password)
        monkeypatch.setenv("NEO4J_TIMEOUT", "120")  # a machine that runs tests may be busy

    def empty(self) -> None:
        """Leave no node."""
        with self.driver() as driver, driver.session() as session:
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()

    def drop_rules(self) -> None:
        """Leave no constraint and no index."""
        for row in self.run("SHOW CONSTRAINTS YIELD name"):
            self.run(f"DROP CONSTRAINT `{row['name']}`")
        for row in self.run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name"):
            self.run(f"DROP INDEX `{row['name']}`")


@dataclass
class Jars:
    """A Neo4j Community from jars, in a home folder of its own: started, killed and started again at will."""

    home: Path
    version: str = LTS
    heap: str = "512m"
    pagecache: str = "128m"
    settings: str = ""
    jit: tuple[str, ...] = ("-XX:TieredStopAtLevel=1",)  # a test's server does not live long enough for more
    plugins: tuple[Path, ...] = ()
    furnish: Callable[[Path], None] = lambda home: None
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
        order = [str(self.java()), f"-Xmx{self.heap}", "-XX:+UseSerialGC", *self.jit, *OPENS]
        order += ["-cp", f"{folder}/*:{self.home}/plugins/*", _main(folder)]
        with (self.home / "out.log").open("ab") as log:
            command = tied([*order, f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}"])
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        if wait:
            self.wait()
        return self

    def java(self) -> Path:
        """The Java that this version runs on."""
        return java(17, 21) if self.version.startswith("5.") else java(21)

    def wait(self, seconds: float = 600) -> None:
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

    def run_import(self, script: Path) -> None:
        """Run the script that kg writes beside files for neo4j-admin, by the import tool of the same jars."""
        folder = jars("neo4j.pom.xml", f"neo4j-{self.version}", f"-Dneo4j.version={self.version}")
        words = shlex.split(script.read_text().replace("\\\n", " "))
        order = [str(self.java()), "-Xmx512m", *OPENS, "-cp", f"{folder}/*", "org.neo4j.cli.AdminTool"]
        order += words[words.index("neo4j-admin") + 1 :]
        environment = {**os.environ, "NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.home / "conf")}
        done = subprocess.run(order, cwd=script.parent, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def _furnish(self) -> None:
        for name in ("conf", "data", "import", "plugins"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        for plugin in self.plugins:
            shutil.copy(plugin, self.home / "plugins")
        self.furnish(self.home)
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


class Servers:
    """The servers of a test session by version, each started when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._addresses: dict[str, Address | Unavailable] = {}
        self._ends: list[Callable[[], object]] = []

    def __call__(self, version: str) -> Address:
        """The address of a running server of this version; skips the test that asks where it can't be had."""
        if version not in self._addresses:
            try:
                self._addresses[version] = self._start(version)
            except Unavailable as reason:
                self._addresses[version] = reason
        found = self._addresses[version]
        if isinstance(found, Unavailable):
            pytest.skip(f"no Neo4j {version} to test on: {found}")
        return found

    def _start(self, version: str) -> Address:
        if version == GIVEN:
            password = os.environ.get(f"{GIVEN}_PASSWORD", PASSWORD)
            return Address(os.environ[GIVEN], password, os.environ.get(f"{GIVEN}_BROWSER"))
        if contained := _docker(version):
            container, address = contained
            self._ends.append(lambda: subprocess.run(["docker", "stop", container], capture_output=True, check=False))
            return address
        server = Jars(self._folder / version, version).start()
        self._ends.append(server.stop)
        return server.address

    def stop(self) -> None:
        """Stop what was started."""
        for end in self._ends:
            end()


@pytest.fixture(scope="session")
def neo4j_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The servers of this test session."""
    servers = Servers(tmp_path_factory.mktemp("neo4j"))
    yield servers
    servers.stop()


@pytest.fixture
def neo4j_own(tmp_path: Path) -> Iterator[Callable[..., Jars]]:
    """A way to a server of one's own, whose settings one chooses and which one may kill; stopped at the end."""
    started: list[Jars] = []

    def start(**options: Any) -> Jars:
        started.append(Jars(tmp_path / f"neo4j-{len(started)}", **options))
        try:
            return started[-1].start()
        except Unavailable as reason:
            pytest.skip(f"no Neo4j to test on: {reason}")

    yield start
    for server in started:
        server.stop(signal.SIGKILL)


def fresh(request: pytest.FixtureRequest, version: str) -> Address:
    """A running server of this version with no node in it; the environment says how to enter it."""
    address: Address = request.getfixturevalue("neo4j_servers")(version)
    address.enter(request.getfixturevalue("monkeypatch"))
    address.empty()
    return address


@pytest.fixture(params=VERSIONS)
def neo4j_database(request: pytest.FixtureRequest) -> Address:
    """A running Neo4j with no node in it, in every version that is tested."""
    return fresh(request, request.param)


@pytest.fixture
def neo4j_blank(neo4j_database: Address) -> Iterator[Address]:
    """A running Neo4j with nothing in it, no rule either; left so."""
    neo4j_database.drop_rules()
    yield neo4j_database
    neo4j_database.drop_rules()
