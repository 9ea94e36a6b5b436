"""A file of JSON Lines -> its objects, for files that must be whole: the first bad line is an error."""

from pathlib import Path
from typing import Any

import orjson

from kg.errors import ReadError


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a file, one a line; ReadError with the line that holds none."""
    if not path.is_file():
        raise ReadError(str(path), 0, "no such file")
    rows = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise ReadError(str(path), number, str(error)) from error
        if not isinstance(row, dict):
            raise ReadError(str(path), number, "no JSON object")
        rows.append(row)
    return rows
