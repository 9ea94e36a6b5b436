"""Neo4j Browser in headless Chromium: connect, drop a file on it, ask, and keep a picture of what it draws.

    PYTHONPATH=tests python -m servers.browser bolt://localhost http://localhost:7474/browser/ ASK.cypher FILE.png

draws a question in our style for the README; the password is taken from NEO4J_PASSWORD.
"""

import base64
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kg.share import shared
from servers.jvm import Unavailable
from servers.neo4j import Address

STYLE = "neo4j-browser.grass"
WAIT = 120_000  # milliseconds: a machine that runs tests may be busy
DROP = """([name, content]) => {
    const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0));
    const dropped = new DataTransfer();
    dropped.items.add(new File([bytes], name));
    const target = document.querySelector('.filedrop');
    target.dispatchEvent(new DragEvent('drop', {dataTransfer: dropped, bubbles: true, cancelable: true}));
}"""


@contextmanager
def open_page() -> Iterator[Any]:
    """A page of headless Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise Unavailable("playwright is not installed") from error
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise Unavailable("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"], timeout=WAIT)
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(WAIT)
        page.set_default_navigation_timeout(WAIT)
        yield page
        browser.close()


def connect(page: Any, address: Address) -> None:
    """Open Browser and enter the server."""
    page.goto(f"{address.browser}?dbms={address.url.replace('://', '://neo4j@')}")
    page.get_by_test_id("password").fill(address.password)
    page.get_by_test_id("connect").click()
    page.get_by_text("You are connected as user").first.wait_for()


def drop(page: Any, name: str, content: bytes) -> None:
    """Drop a file on the window, as one does by hand."""
    page.evaluate(DROP, [name, base64.b64encode(content).decode()])


def ask(page: Any, query: str) -> None:
    """Put a question into the editor, run it, and wait until its graph stands still."""
    page.locator(".monaco-editor").first.click()
    page.keyboard.insert_text(query)
    page.get_by_test_id("editor-Run").click()
    page.locator("g.node").first.wait_for()
    page.wait_for_timeout(8000)


def style(page: Any) -> None:
    """Take the style that ships."""
    drop(page, STYLE, (shared("schema") / STYLE).read_bytes())
    page.get_by_text("node.Dataset").first.wait_for()


def main(url: str, browser: str, question: str, file: str) -> None:
    """Draw a question and keep the picture."""
    address = Address(url, os.environ["NEO4J_PASSWORD"], browser)
    with open_page() as page:
        try:
            connect(page, address)
            style(page)
            ask(page, Path(question).read_text(encoding="utf-8"))
            page.get_by_title("Fullscreen", exact=True).first.click()
            page.get_by_label("zoom-to-fit").first.click()
            page.wait_for_timeout(4000)
        finally:
            page.screenshot(path=file)


if __name__ == "__main__":
    main(*sys.argv[1:])
