from pathlib import Path

import pytest

from kg.config import Neo4jSettings
from kg.errors import SettingsError


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder, and an environment that names no server."""
    monkeypatch.chdir(tmp_path)
    for name in ("URI", "USERNAME", "PASSWORD", "DATABASE"):
        monkeypatch.delenv(f"NEO4J_{name}", raising=False)


def test_config_reads_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "s3cret")
    settings = Neo4jSettings.load()
    assert settings.password is not None
    assert settings.password.get_secret_value() == "s3cret"
    assert settings.username == "neo4j"


def test_config_reads_the_file_that_aura_gives(tmp_path: Path) -> None:
    lines = ["NEO4J_URI=neo4j+s://1a2b.databases.neo4j.io", "NEO4J_USERNAME=1a2b", "NEO4J_PASSWORD=p=#w"]
    lines += ["NEO4J_DATABASE=1a2b", "AURA_INSTANCEID=1a2b", "AURA_INSTANCENAME=Instance01"]
    (tmp_path / ".env").write_text("# Wait 60 seconds before connecting\n" + "\n".join(lines) + "\n")
    settings = Neo4jSettings.load()
    assert (settings.uri, settings.username, settings.database) == ("neo4j+s://1a2b.databases.neo4j.io", "1a2b", "1a2b")
    assert settings.password is not None
    assert settings.password.get_secret_value() == "p=#w"


def test_config_puts_the_environment_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("NEO4J_USERNAME=file\n")
    monkeypatch.setenv("NEO4J_USERNAME", "environment")
    assert Neo4jSettings.load().username == "environment"


def test_config_takes_an_empty_variable_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_DATABASE", "")
    assert Neo4jSettings.load().database is None


def test_config_never_shows_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "s3cret")
    settings = Neo4jSettings.load()
    assert "s3cret" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


def test_config_names_the_variable_that_makes_no_sense(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_TIMEOUT", "soon")
    with pytest.raises(SettingsError, match="NEO4J_TIMEOUT"):
        Neo4jSettings.load()
