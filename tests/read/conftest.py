"""Reading from a file made by hand."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kg.errors import ReadError
from kg.read import read
from kg.types import Paper

Reading = Callable[..., list[Paper | ReadError]]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    """Writes content to a file of that name and reads it: `reading("x.csv", "id,abstract\\n...")`."""

    def reads(
        name: str, content: str | bytes, *, format: str | None = None, mapping: Mapping[str, str] | None = None
    ) -> list[Paper | ReadError]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(read([path], format=format, mapping=mapping))

    return reads


@pytest.fixture
def one(reading: Reading) -> Callable[..., Paper]:
    """The one paper of such a file."""

    def paper(*args: object, **options: object) -> Paper:
        (found,) = reading(*args, **options)
        assert isinstance(found, Paper), found
        return found

    return paper


@pytest.fixture
def faults(reading: Reading) -> Callable[..., list[tuple[int, str]]]:
    """(line, reason) of what could not be read in such a file."""

    def errors(*args: object, **options: object) -> list[tuple[int, str]]:
        return [(found.line, found.reason) for found in reading(*args, **options) if isinstance(found, ReadError)]

    return errors
