"""Weights to continue from: those of a run, in full, or those of a model folder, read back from its 8-bit graphs.

In a model folder a weight is known to its rounding (a step is .115 standard deviations where `kg train` made it), the
columns of outlying channels in full. The tables of words and positions are not read back: no run changes them, so they
are those of the pretrained encoder, whose vocabulary is whole.
"""

# mypy: allow-untyped-calls

import re
from collections.abc import Collection
from dataclasses import fields
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from kg.errors import SettingsError
from kg.extract.encoder.knobs import Knobs, read_knobs
from kg.train.model import Extractor
from kg.train.outliers import Floats, Rounded, read_back
from kg.zstd import zstd

_NEVER_TRAINED = ("encoder.words.", "encoder.positions.", "encoder.norm.", "encoder.relative.")
_LAYER = re.compile(r"encoder\.layers\.(?P<number>\d+)\.")
_TRAINED = re.compile(r"(?:encoder\.layers|inputs|heads)\..*\.(?:weight|bias)")


def continue_from(model: Extractor, start: Path, *, without: Collection[int] = ()) -> Knobs:
    """Give the model the weights of `start`: a run's averaged.pt or a model folder, `without` some of its layers (from
    0). Returns what decoding is set to there, of a run the defaults. SettingsError where it is neither, or of an
    encoder of another shape."""
    weights = _of_folder(start) if start.is_dir() else torch.load(start, map_location="cpu", weights_only=True)
    weights = _without(weights, without)
    own = model.state_dict()
    still = {name: own[name] for name in own if name.startswith(_NEVER_TRAINED)}
    weights = {**weights, **still} if start.is_dir() else weights
    if unlike := sorted(n for n in own.keys() | weights.keys() if _shape(own, n) != _shape(weights, n)):
        raise SettingsError(f"{start} is of another shape than this model (--layers?): {', '.join(unlike[:3])} …")
    model.load_state_dict(weights)
    return read_knobs(start / "config.json") if start.is_dir() else Knobs()


def _without(weights: dict[str, Tensor], layers: Collection[int]) -> dict[str, Tensor]:
    """The weights without some layers; those above move down. SettingsError for a layer that there is not."""
    there = {int(layer["number"]) for layer in map(_LAYER.match, weights) if layer}
    if unknown := sorted(set(layers) - there):
        raise SettingsError(f"there is no layer {unknown[0]} to leave out; there are 0 to {max(there)}")
    out = {}
    for name, weight in weights.items():
        layer = _LAYER.match(name)
        number = int(layer["number"]) if layer else -1
        if number not in layers:
            below = sum(left < number for left in layers)
            out[_LAYER.sub(f"encoder.layers.{number - below}.", name)] = weight
    return out


def _shape(weights: dict[str, Tensor], name: str) -> torch.Size | None:
    return weights[name].shape if name in weights else None


def _of_folder(folder: Path) -> dict[str, Tensor]:
    """All that training changes, under the names of an Extractor's parameters."""
    weights: dict[str, Any] = {}
    for name in ("encoder.onnx", "heads.onnx"):
        weights |= _of_graph(_graph(folder / name))
    return {name: torch.tensor(weight) for name, weight in weights.items()}


def _graph(path: Path) -> Any:
    packed = path.with_name(f"{path.name}.zst")
    if not packed.exists() and not path.exists():
        raise SettingsError(f"{path.parent} is no model folder: it has no {path.name}")
    return onnx.load_from_string(zstd.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()).graph


def _of_graph(graph: Any) -> dict[str, Floats]:
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    weights = {name: array for name, array in stored.items() if _TRAINED.fullmatch(name)}
    for path in [name.removesuffix(".codes") for name in stored if name.endswith(".codes")]:
        parts: dict[str, Any] = {field.name: stored.get(f"{path}.{field.name}") for field in fields(Rounded)}
        weights[f"{path}.weight"] = read_back(Rounded(**parts)).T
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            kept = node.input[1].removesuffix("_quantized")
            weights[f"{_head(node.name)}.weight"] = (stored[f"{kept}_quantized"] * stored[f"{kept}_scale"]).T
    return weights


def _head(node: str) -> str:
    """The module whose product a node of the heads' graph is, by the node's name: it says the way there."""
    way = [step for step in node.split("/")[1:-1] if step != "heads"]
    return "heads." + (way[-1] if "." in way[-1] else ".".join(way))
