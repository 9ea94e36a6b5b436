import pytest

from kg.config import Neo4jSettings
from kg.errors import StoreError
from kg.store.neo4j.address import Address


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Neo4jSettings:
    """The settings where nothing is set."""
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
    for name in ("URI", "USERNAME", "PASSWORD", "DATABASE"):
        monkeypatch.delenv(f"NEO4J_{name}", raising=False)
    return Neo4jSettings.load()


@pytest.mark.parametrize(
    ("url", "uri", "username", "database"),
    [
        ("neo4j://localhost", "neo4j://localhost", "neo4j", None),
        ("bolt://db.example:7999", "bolt://db.example:7999", "neo4j", None),
        ("neo4j+s://1a2b.databases.neo4j.io", "neo4j+s://1a2b.databases.neo4j.io", "neo4j", None),
        ("neo4j+ssc://host/papers", "neo4j+ssc://host", "neo4j", "papers"),
        ("neo4j://anna@host?database=papers", "neo4j://host", "anna", "papers"),
        ("neo4j://host?region=eu&database=papers", "neo4j://host?region=eu", "neo4j", "papers"),
        ("bolt://[::1]:7687", "bolt://[::1]:7687", "neo4j", None),
    ],
)
def test_neo4j_address_takes_every_form(
    bare: Neo4jSettings, url: str, uri: str, username: str, database: str | None
) -> None:
    address = Address.of(url, bare)
    assert (address.uri, address.username, address.database) == (uri, username, database)


def test_neo4j_address_fills_in_from_the_settings() -> None:
    settings = Neo4jSettings.load(uri="neo4j+s://1a2b.databases.neo4j.io", username="1a2b", database="1a2b")
    address = Address.of("neo4j://", settings)
    assert (address.uri, address.username, address.database) == ("neo4j+s://1a2b.databases.neo4j.io", "1a2b", "1a2b")


def test_neo4j_address_puts_the_url_before_the_settings() -> None:
    settings = Neo4jSettings.load(uri="neo4j+s://1a2b.databases.neo4j.io", username="1a2b", database="1a2b")
    address = Address.of("bolt://anna@localhost/papers", settings)
    assert (address.uri, address.username, address.database) == ("bolt://localhost", "anna", "papers")


@pytest.mark.parametrize("url", ["neo4j://anna:s3cret@host", "bolt://:s3cret@host:7687/papers"])
def test_neo4j_address_refuses_a_password_and_does_not_repeat_it(bare: Neo4jSettings, url: str) -> None:
    with pytest.raises(StoreError, match="NEO4J_PASSWORD") as raised:
        Address.of(url, bare)
    assert "s3cret" not in f"{raised.value} {raised.value!r} {raised.value.url} {raised.value.args}"


@pytest.mark.parametrize("url", ["neo4j://", "neo4j+x://host", "neo4j://host:port"])
def test_neo4j_address_refuses_what_leads_nowhere(bare: Neo4jSettings, url: str) -> None:
    with pytest.raises(StoreError):
        Address.of(url, bare)
