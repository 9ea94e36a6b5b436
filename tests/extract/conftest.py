"""The annotated papers of ../shared, as pairs of a Paper and its annotation."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.types import Paper

Pairs = list[tuple[Paper, dict[str, Any]]]


@pytest.fixture(scope="session")
def annotated(shared: Path) -> Callable[[str], Pairs]:
    def read(split: str) -> Pairs:
        papers = (shared / "gold" / f"{split}.papers.jsonl").read_text(encoding="utf-8").splitlines()
        rows = (shared / "gold" / f"{split}.gold.jsonl").read_text(encoding="utf-8").splitlines()
        by_id = {row["id"]: row for row in map(json.loads, rows)}
        read_papers = [
            Paper(id=p["id"], title=p["title"], abstract=p["abstract"], record_id=p["id"])
            for p in map(json.loads, papers)
        ]
        return [(paper, by_id[paper.id]) for paper in read_papers]

    return read
