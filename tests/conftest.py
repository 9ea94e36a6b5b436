"""Fixtures for every test: the annotated papers and documents that a user's clone lacks."""

from pathlib import Path

import pytest

pytest_plugins = ("servers.fuseki", "servers.neo4j")

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of the five documents and the annotated papers; the test is skipped where it is not there."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with the documents and annotated papers is not beside this checkout")
    return SHARED
