"""The questions of schema/neo4j-browser -> the file that Neo4j Browser takes as saved scripts when dropped."""

import io
import zipfile
from pathlib import Path

from kg.share import shared

FOLDER = "paper-kg"  # what Browser shows them under
FILE = "neo4j-browser.zip"


def saved_questions() -> bytes:
    """The file, the same bytes every time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted((shared("schema") / "neo4j-browser").glob("*.cypher")):
            archive.writestr(zipfile.ZipInfo(f"{FOLDER}/{file.name}"), file.read_bytes())
    return packed.getvalue()


def generate(folder: Path) -> None:
    """Write the file."""
    (folder / FILE).write_bytes(saved_questions())


if __name__ == "__main__":
    generate(shared("schema"))
