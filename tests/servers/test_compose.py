import os
import shutil
import subprocess
from pathlib import Path

import pytest

from servers.neo4j import LTS

ROOT = Path(__file__).parents[2]


def compose(*words: str, password: str | None) -> subprocess.CompletedProcess[str]:
    """Run Docker Compose, whichever of its two forms is there; neither needs an engine for this."""
    plugin = ["docker", "compose"]
    has_plugin = shutil.which("docker") and not subprocess.run([*plugin, "version"], capture_output=True).returncode
    command = plugin if has_plugin else ["docker-compose"]
    if not shutil.which(command[0]):
        pytest.skip("no Docker Compose on this machine")
    environment = {name: value for name, value in os.environ.items() if name != "NEO4J_PASSWORD"}
    environment |= {"NEO4J_PASSWORD": password} if password else {}
    file = str(ROOT / "docker-compose.yml")
    order = [*command, "-f", file, "--project-directory", str(ROOT / "tests"), *words]
    return subprocess.run(order, capture_output=True, text=True, env=environment, check=False)


def test_compose_is_valid() -> None:
    done = compose("config", password="correct-horse")
    assert done.returncode == 0, done.stderr
    assert "neo4j/correct-horse" in done.stdout


def test_compose_asks_for_a_password() -> None:
    done = compose("config", password=None)
    assert done.returncode != 0
    assert "NEO4J_PASSWORD" in done.stderr


def test_compose_pins_the_release_that_is_tested() -> None:
    assert f"image: neo4j:{LTS}-community" in (ROOT / "docker-compose.yml").read_text()
