"""A Maven project of jars -> a folder that holds them; a Java version -> a `java` that is at least that new."""

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

CACHE = Path(os.environ.get("KG_TEST_CACHE", Path.home() / ".cache" / "paper-kg-tests"))
HERE = Path(__file__).parent


class Unavailable(Exception):
    """Why a server can't be had on this machine; a test that needs it is skipped with this reason."""


def java(at_least: int, at_most: int = 99) -> Path:
    """A Java of the wanted feature versions: from JAVA_HOME, /usr/lib/jvm or the PATH, the oldest that fits."""
    homes = [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    homes += sorted(Path("/usr/lib/jvm").glob("*")) if Path("/usr/lib/jvm").is_dir() else []
    found = [home / "bin" / "java" for home in homes if (home / "bin" / "java").is_file()]
    if on_path := shutil.which("java"):
        found.append(Path(on_path))
    fits = [(version, path) for path in found if at_least <= (version := _version(path)) <= at_most]
    if not fits:
        raise Unavailable(f"no Java {at_least} to {at_most} on this machine")
    return min(fits)[1]


def _version(path: Path) -> int:
    told = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stderr
    match = re.search(r'version "(?:1\.)?(\d+)', told)
    return int(match[1]) if match else 0


def jars(project: str, folder: str, *options: str) -> Path:
    """The jars of the Maven project `project`, with all that they need, in a folder of the cache; fetched once."""
    place = CACHE / folder
    if (place / ".whole").is_file():
        return place
    maven = shutil.which("mvn")
    if maven is None:
        raise Unavailable("no Maven on this machine to fetch the server's jars with")
    place.mkdir(parents=True, exist_ok=True)
    order = [maven, "-q", "-B", "-f", str(HERE / project), "dependency:copy-dependencies"]
    done = subprocess.run(
        [*order, f"-DoutputDirectory={place}", *options], capture_output=True, text=True, check=False, timeout=900
    )
    if done.returncode:
        reason = (done.stdout.strip() or done.stderr.strip() or "no reason given").splitlines()[0]
        raise Unavailable(f"Maven could not fetch the server's jars: {reason}")
    (place / ".whole").touch()
    return place


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody listens on now, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def tied(command: list[str]) -> list[str]:
    """The command so that it ends with the process that starts it, where the machine has a way to say so."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", *command] if setpriv else command
