"""The README shows what the program prints: a block under `<!-- shows: COMMAND -->` is held equal to the output.

With KG_UPDATE_README=1 in the environment the blocks are written anew instead.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"
SHOWN = re.compile(r"<!-- shows: (?P<command>.*?) -->\n```text\n(?P<output>.*?)```\n", re.DOTALL)


def printed(command: str, folder: Path) -> str:
    """Both streams of a `kg` command as a person sees them, without the times, which differ from run to run."""
    arguments = shlex.split(command)[1:]
    done = subprocess.run(
        [sys.executable, "-c", "from kg.cli import main; main()", *arguments],
        cwd=folder,
        env=os.environ | {"COLUMNS": "110"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    lines = [line.rstrip() for line in done.stdout.replace(str(folder), "").splitlines()]
    return re.sub(r", [\d.]+ s\)", ")", "\n".join(lines).strip("\n")) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the demo was run."""
    made = tmp_path_factory.mktemp("readme")
    subprocess.run([sys.executable, "-c", "from kg.cli import main; main()", "demo", "-q"], cwd=made, check=True)
    return made


def blocks() -> list[str]:
    return [match["command"] for match in SHOWN.finditer(README.read_text())]


@pytest.mark.parametrize("command", blocks())
def test_readme_shows_what_the_command_prints(command: str, folder: Path) -> None:
    text = README.read_text()
    (match,) = [m for m in SHOWN.finditer(text) if m["command"] == command]
    output = printed(command, folder)
    if os.environ.get("KG_UPDATE_README"):
        README.write_text(text[: match.start("output")] + output + text[match.end("output") :])
        return
    assert match["output"] == output
