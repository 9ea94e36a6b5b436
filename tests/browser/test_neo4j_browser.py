"""The real Neo4j Browser in headless Chromium: it takes our style and our questions, and draws the graph in them.

KG_TEST_PICTURE names a file to keep the picture in; KG_TEST_PICTURE_PAPERS a file of extractions to draw (else papers
made by hand).
"""

import base64
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from handmade import GRAPHS
from servers.neo4j import LTS, Address, fresh

from kg.export.browser import FILE, saved_questions
from kg.share import shared
from kg.store import open_store

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
STYLE = "neo4j-browser.grass"
WAIT = 240_000  # milliseconds: a machine that runs tests may be busy
DROP = """([name, content]) => {
    const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0));
    const dropped = new DataTransfer();
    dropped.items.add(new File([bytes], name));
    const target = document.querySelector('.filedrop');
    target.dispatchEvent(new DragEvent('drop', {dataTransfer: dropped, bubbles: true, cancelable: true}));
}"""
FILLS = """() => Object.fromEntries([...document.querySelectorAll('g.node')].map(node => [
    node.querySelector('title')?.textContent ?? node.textContent,
    getComputedStyle(node.querySelector('circle.b-outline')).fill,
]))"""


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Iterator[tuple[Any, Address]]:
    """A page of Browser, connected to a server that holds a graph."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    address = fresh(request, LTS)
    if address.browser is None:
        pytest.skip("the server of KG_TEST_NEO4J may have no Browser")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1500, "height": 1000})
        opened.set_default_timeout(WAIT)
        yield opened, address
        browser.close()


def connect(page: Any, address: Address) -> None:
    page.goto(f"{address.browser}?dbms={address.url.replace('://', '://neo4j@')}")
    page.get_by_test_id("password").fill(address.password)
    page.get_by_test_id("connect").click()
    page.get_by_text("You are connected as user").wait_for()


def drop(page: Any, name: str, content: bytes) -> None:
    page.evaluate(DROP, [name, base64.b64encode(content).decode()])


def ask(page: Any, address: Address, query: str) -> None:
    page.goto(f"{address.browser}?cmd=edit&arg={quote(query)}")
    page.get_by_test_id("editor-Run").click()
    page.locator("g.node").first.wait_for()


def test_neo4j_browser_draws_the_graph_in_our_style(page: tuple[Any, Address], tmp_path: Path) -> None:
    opened, address = page
    with open_store(address.url) as store:
        store.write(GRAPHS)
    connect(opened, address)
    drop(opened, STYLE, (shared("schema") / STYLE).read_bytes())
    opened.get_by_text("node.Dataset").first.wait_for()
    question = (shared("schema") / "neo4j-browser" / "1-methods-evaluated-on.cypher").read_text()
    ask(opened, address, question)
    opened.wait_for_timeout(5000)
    fills = set(opened.evaluate(FILLS).values())
    opened.screenshot(path=os.environ.get("KG_TEST_PICTURE", tmp_path / "browser.png"))
    assert {"rgb(230, 159, 0)", "rgb(240, 228, 66)", "rgb(217, 217, 217)"} <= fills


def test_neo4j_browser_takes_the_saved_questions(page: tuple[Any, Address]) -> None:
    opened, address = page
    connect(opened, address)
    drop(opened, FILE, saved_questions())
    opened.get_by_test_id("navigationFavorites").click()
    opened.get_by_text("paper-kg").click()
    opened.get_by_text("Methods evaluated on a dataset, with their numbers").wait_for()


def test_neo4j_browser_file_of_questions_is_the_one_that_ships() -> None:
    assert (shared("schema") / FILE).read_bytes() == saved_questions()


@pytest.mark.parametrize("file", sorted((shared("schema") / "neo4j-browser").glob("*.cypher")), ids=lambda f: f.stem)
def test_neo4j_browser_question_runs(neo4j_database: Address, file: Path) -> None:
    with open_store(neo4j_database.url) as store:
        store.write(GRAPHS)
        store.query(file.read_text(encoding="utf-8"))
