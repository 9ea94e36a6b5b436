"""The real Neo4j Browser in headless Chromium: it takes our style and our questions, and draws the graph in them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from handmade import GRAPHS
from servers.browser import ask, connect, drop, open_page, style
from servers.jvm import Unavailable
from servers.neo4j import VERSIONS, Address, fresh

from kg.export.browser import FILE, saved_questions
from kg.share import shared
from kg.store import open_store

QUESTIONS = sorted((shared("schema") / "neo4j-browser").glob("*.cypher"))
FILLS = "() => [...document.querySelectorAll('g.node circle.b-outline')].map(circle => getComputedStyle(circle).fill)"
DATASET, PAPER, RESULT = "rgb(230, 159, 0)", "rgb(217, 217, 217)", "rgb(240, 228, 66)"


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page of Browser, connected to a server that holds a graph."""
    address = fresh(request, VERSIONS[0])
    if address.browser is None:
        pytest.skip("KG_TEST_NEO4J_BROWSER does not say where the Browser of the server of KG_TEST_NEO4J is")
    with open_store(address.url) as store:
        store.write(GRAPHS)
    try:
        with open_page() as opened:
            connect(opened, address)
            yield opened
    except Unavailable as reason:
        pytest.skip(str(reason))


def test_neo4j_browser_draws_the_graph_in_our_style(page: Any, tmp_path: Path) -> None:
    style(page)
    ask(page, QUESTIONS[0].read_text(encoding="utf-8"))
    page.screenshot(path=tmp_path / "browser.png")
    assert {DATASET, PAPER, RESULT} <= set(page.evaluate(FILLS))


def test_neo4j_browser_takes_the_saved_questions(page: Any) -> None:
    drop(page, FILE, saved_questions())
    page.get_by_test_id("navigationFavorites").click()
    page.get_by_text("paper-kg").click()
    page.get_by_text("Methods evaluated on a dataset, with their numbers").first.wait_for()


def test_neo4j_browser_file_of_questions_is_the_one_that_ships() -> None:
    assert (shared("schema") / FILE).read_bytes() == saved_questions()


@pytest.mark.parametrize("file", QUESTIONS, ids=lambda file: file.stem)
def test_neo4j_browser_question_is_answered(neo4j_database: Address, file: Path) -> None:
    with open_store(neo4j_database.url) as store:
        store.write(GRAPHS)
        store.query(file.read_text(encoding="utf-8"))
