"""A fresh store of every kind for the one suite; a kind is added in tests/stores.py."""

from collections.abc import Iterator

import pytest
from stores import STORES

from kg.store import Store, open_store


@pytest.fixture(params=list(STORES))
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh, empty store; every test runs once for every kind of store."""
    return STORES[request.param](request)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A fresh, empty store, open for writing."""
    with open_store(url) as opened:
        yield opened
