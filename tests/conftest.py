"""Fixtures for every test: the papers and documents that a user's clone lacks. On CI such a lack is a failure."""

import os
from pathlib import Path

import pytest

pytest_plugins = ("servers.fuseki", "servers.neo4j")

SHARED = Path(__file__).parents[2] / "shared"
# What a machine may lack elsewhere, and CI installs: a test skipped for one of these has not been run at all.
INSTALLED_ON_CI = ("../shared", "Neo4j to test on", "Fuseki to test on", "Chromium", "playwright", "Compose", "openssl")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of the five documents and the annotated papers; the test is skipped where it is not there."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with the documents and annotated papers is not beside this checkout")
    return SHARED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """Fail what CI was to make run and did not."""
    report = yield
    if report.skipped and os.environ.get("CI") and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
        if any(part in reason for part in INSTALLED_ON_CI):
            report.outcome, report.longrepr = "failed", f"skipped on CI: {reason}"
    return report
