"""The house rules that a reader relies on: who may import what, and what stands at the top."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DATABASES = {"ladybug", "neo4j", "pyoxigraph"}
ENCODERS = {"spacy", "onnxruntime", "tokenizers", "torch"}


def imports(path: Path) -> set[str]:
    """The top packages, and the rooms of kg, that a module imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        for name in names:
            parts = name.split(".")
            found.add(".".join(parts[:2]) if parts[0] == "kg" else parts[0])
    return found


def room(name: str) -> list[Path]:
    folder = ROOT / "kg" / name
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


@pytest.mark.parametrize(
    ("name", "forbidden"),
    [
        ("types", {"kg.graph", "kg.store", "kg.extract", "kg.read", "kg.resolve", "kg.query"}),
        ("extract", DATABASES | {"kg.store", "kg.query", "kg.cli"}),
        ("store", ENCODERS | {"kg.extract", "kg.read", "kg.cli"}),
        ("read", DATABASES | ENCODERS | {"kg.store", "kg.extract", "kg.cli"}),
        ("resolve", DATABASES | ENCODERS | {"kg.extract", "kg.cli"}),
        ("query", DATABASES | ENCODERS | {"kg.extract", "kg.cli"}),
        ("evaluate", DATABASES | ENCODERS | {"kg.store", "kg.cli"}),
    ],
)
def test_house_room_imports_nothing_that_is_not_its_own(name: str, forbidden: set[str]) -> None:
    assert {
        str(path.relative_to(ROOT)): imports(path) & forbidden for path in room(name) if imports(path) & forbidden
    } == {}


def test_house_torch_is_imported_in_training_alone() -> None:
    outside = [p for p in (ROOT / "kg").rglob("*.py") if "train" not in p.parts and "torch" in imports(p)]
    assert outside == []


def test_house_top_level_is_what_was_agreed() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout: nothing says which files belong to it")
    listed = subprocess.run(["git", "ls-tree", "--name-only", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    names = {name for name in listed.stdout.split() if not name.startswith(".") and not name.endswith(".lock")}
    agreed = {"pyproject.toml", "kg", "schema", "queries", "tests", "docker-compose.yml", "README.md"}
    assert names <= agreed
