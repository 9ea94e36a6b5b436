"""The header comments of `queries/*.cypher` in, the questions that can be asked out."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kg.errors import QueryError
from kg.share import shared
from kg.store import Language
from kg.types import ENTITY_TYPES

SUFFIXES: dict[Language, str] = {"cypher": ".cypher", "sparql": ".rq"}
COMMENTS: dict[Language, str] = {"cypher": "//", "sparql": "#"}
NAMES = (*ENTITY_TYPES, "Paper")
TYPES = (*NAMES, "text", "integer")

_PARAMETER = re.compile(r"(?P<name>\w+) \((?P<type>\w+)\)(?: = (?P<default>\S+))? - (?P<description>.+)")


class Parameter(NamedTuple):
    """What a question asks for. A type of kg.query.question.NAMES is a name to be looked up in the graph."""

    name: str
    type: str
    description: str
    default: str | None = None


class Question(NamedTuple):
    """A shipped question. `columns` are those of its answer; `help` is the whole header comment."""

    name: str
    description: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    example: str
    help: str

    def text(self, language: Language) -> str:
        """The query in a language that stores are asked in."""
        path = shared("queries") / (self.name + SUFFIXES[language])
        if not path.is_file():
            raise QueryError(self.name, f"there is no such question in {language}")
        return path.read_text(encoding="utf-8")


@cache
def questions() -> dict[str, Question]:
    """Every shipped question by name, sorted by name."""
    paths = sorted(shared("queries").glob("*" + SUFFIXES["cypher"]))
    return {path.stem: parse(path, "cypher") for path in paths}


def parse(path: Path, language: Language) -> Question:
    """The question that a file's header comment describes."""
    lines = list(_header(path.read_text(encoding="utf-8"), COMMENTS[language]))
    return Question(
        name=path.stem,
        description=lines[0] if lines else "",
        parameters=tuple(_parameter(path.stem, text) for text in _fields(lines, "parameter")),
        columns=tuple(column for text in _fields(lines, "columns") for column in text.split(", ")),
        example=" ".join(_fields(lines, "example")),
        help="\n".join(lines),
    )


def _header(text: str, comment: str) -> Iterator[str]:
    for line in text.splitlines():
        if not line.startswith(comment):
            return
        yield line.removeprefix(comment).strip()


def _fields(lines: list[str], name: str) -> list[str]:
    return [line.removeprefix(f"{name}:").strip() for line in lines if line.startswith(f"{name}:")]


def _parameter(question: str, text: str) -> Parameter:
    found = _PARAMETER.fullmatch(text)
    if found is None or found["type"] not in TYPES:
        raise QueryError(question, f"its header has a parameter that can't be read: {text}")
    return Parameter(found["name"], found["type"], found["description"], found["default"])
