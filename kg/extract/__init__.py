"""Iterable[Paper] -> Iterator[Extraction | ExtractError], in order. The only rooms that import spaCy or the encoder.

`load()` is the way in: `load("rules")` is the first form (word lists, patterns and weights that can be read),
`load("encoder")` the learned model, `load()` the better of the two that is there.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Protocol

from kg.errors import ExtractError, SettingsError
from kg.types import Extraction, Paper


class Extractor(Protocol):
    """Reads papers. Deterministic: the same paper gives the same bytes, whatever the batch size and the workers."""

    @property
    def name(self) -> str:
        """Name and version, which the ledger keeps: a paper is read again when it changes."""

    def pipe(
        self, papers: Iterable[Paper], *, batch_size: int = 32, workers: int = 1
    ) -> Iterator[Extraction | ExtractError]:
        """One extraction, or the error in its place, for every paper, in the order given; streamed."""


# A model -> the module and the class behind it, imported when it is asked for.
MODELS: dict[str, tuple[str, str]] = {
    "rules": ("kg.extract.rules", "RulesExtractor"),
    "encoder": ("kg.extract.encoder", "EncoderExtractor"),
}


def load(model: str = "default") -> Extractor:
    """The extractor of a name, or of a folder that `kg train` made.

    "default" is the encoder where its weights are installed, else the rules. SettingsError for any other
    name, and for a folder that is damaged.
    """
    name = default_model() if model == "default" else model
    if name not in MODELS and (Path(name) / "config.json").is_file():
        from kg.extract.encoder import EncoderExtractor

        try:
            return EncoderExtractor(Path(name))
        except Exception as error:  # whatever the libraries behind graphs and tokenizers raise
            raise SettingsError(f"{name} is no whole model: {type(error).__name__}: {error}") from error
    if name not in MODELS:
        raise SettingsError(f"no model {model!r}; there are default, {', '.join(MODELS)}, and folders of `kg train`")
    module, cls = MODELS[name]
    make: Callable[[], Extractor] = getattr(import_module(module), cls)
    return make()


def default_model() -> str:
    """ "encoder" where `kg/extract/model` holds weights, else "rules"."""
    folder = files("kg.extract") / "model"
    held = folder.is_dir() and any(entry.name.endswith((".onnx", ".onnx.zst")) for entry in folder.iterdir())
    return "encoder" if held else "rules"
