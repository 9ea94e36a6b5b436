"""A trained model -> the shipped folder: packed int8 ONNX graphs, a tokenizer cut to the pieces that occur, config."""

# mypy: allow-subclassing-any, allow-untyped-calls, no-warn-return-any, no-warn-unused-ignores

import json
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from kg.extract.encoder.features import load_tokenizer
from kg.extract.encoder.inputs import SpanInputs
from kg.extract.encoder.network import Scores
from kg.train.encoders import Encoder, Layer, relative_buckets
from kg.train.model import Extractor, Heads, Spans
from kg.train.outliers import CHANNELS, split_outliers
from kg.zstd import zstd

OPSET = 17
STEP = 0.115  # ten layers of 768 stay under 60 MB so
REACH = 512


class ByteTable(nn.Module):
    """An embedding table in int8 with one scale a row: a scale for the whole table would follow its outliers."""

    def __init__(self, weight: Tensor, step: float) -> None:
        super().__init__()
        rows, scale = on_grid(weight, step, axis=1)
        self.scale = nn.Parameter(scale, requires_grad=False)
        self.rows = nn.Parameter(rows, requires_grad=False)

    def forward(self, index: Tensor) -> Tensor:
        return self.rows[index].float() * self.scale[index]


def on_grid(weight: Tensor, step: float, *, axis: int) -> tuple[Tensor, Tensor]:
    """int8 codes and their scales along `axis`: the distance of two codes is `step` standard deviations.

    Few codes occur often then, and a general compressor stores a weight in about 2.05 - log2(step) bits; where the
    largest weight is more than 127 steps away, the steps are as much longer.
    """
    scale = torch.maximum(weight.std(axis, keepdim=True) * step, weight.abs().amax(axis, keepdim=True) / 127)
    scale = scale.clamp(min=1e-8)
    return (weight / scale).round().to(torch.int8), scale


class EncoderGraph(nn.Module):
    """The encoder for one unpadded text, its position bias read from a table by distance."""

    def __init__(self, model: Extractor, step: float) -> None:
        super().__init__()
        self.encoder, self.inputs = model.encoder, model.inputs
        self.words = ByteTable(model.encoder.words.weight.detach(), step)
        self.positions = ByteTable(model.encoder.positions.weight.detach(), step)
        if model.encoder.relative is not None:
            buckets = relative_buckets(REACH)
            by_gap = torch.cat([buckets[0].flip(0), buckets[1:, 0]])  # gap = query - key, from 1 - REACH to REACH - 1
            self.bias: Tensor = model.encoder.relative(by_gap).detach()

    def forward(self, pieces: Tensor, shapes: Tensor, segments: Tensor, numbers: Tensor) -> Tensor:
        encoder: Encoder = self.encoder
        index = torch.arange(pieces.shape[1])
        x = self.words(pieces) + self.positions(index + encoder.shape.first_position)
        x, features = encoder.norm(x), self.inputs(shapes, segments, numbers)
        bias = None
        if encoder.relative is not None:
            bias = self.bias[index[:, None] - index[None, :] + REACH - 1].permute(2, 0, 1)[None]
        for number, layer in enumerate(encoder.layers):
            x = _block(cast(Layer, layer), x + features if number == encoder.frozen else x, bias)
        return x


def _block(layer: Layer, x: Tensor, bias: Tensor | None) -> Tensor:
    length, width = x.shape[1], x.shape[2]
    size = width // layer.heads
    q, k, v = (t.reshape(1, length, layer.heads, size).transpose(1, 2) for t in layer.qkv(x).chunk(3, -1))
    weights = q @ k.transpose(2, 3) * size**-0.5
    weights = (weights if bias is None else weights + bias).softmax(-1)
    mixed = (weights @ v).transpose(1, 2).reshape(1, length, width)
    x = layer.norm1(x + layer.out(mixed))
    out: Tensor = layer.norm2(x + layer.down(F.gelu(layer.up(x))))
    return out


class HeadsGraph(nn.Module):
    """All heads of one paper: the outputs of both tag layers, then those of Scores, in their order."""

    def __init__(self, heads: Heads) -> None:
        super().__init__()
        self.heads = heads

    def forward(self, words: Tensor, *spans: Tensor) -> tuple[Tensor, ...]:
        logits = self.heads(words, Spans(*spans))
        return (*self.heads.tags(words), *(getattr(logits, name) for name in Scores.__dataclass_fields__))


def export(
    model: Extractor,
    tokenizer: Path,
    folder: Path,
    config: dict[str, Any],
    texts: Iterable[str],
    *,
    step: float = STEP,
) -> None:
    """Write encoder.onnx.zst, heads.onnx.zst, tokenizer.json and config.json.

    `texts` say which word pieces are kept, `step` how finely weights are rounded (see `on_grid`).
    """
    folder.mkdir(parents=True, exist_ok=True)
    model = model.cpu().eval()
    texts = list(texts)
    split_outliers(model, load_tokenizer(tokenizer), texts)
    kept = cut_tokenizer(tokenizer, texts, folder / "tokenizer.json")
    with torch.no_grad():
        model.encoder.words = nn.Embedding.from_pretrained(model.encoder.words.weight[torch.tensor(kept)])
    with tempfile.TemporaryDirectory() as scratch:
        _write_encoder(model, Path(scratch) / "encoder.onnx", step)
        _write_heads(model.heads, Path(scratch) / "heads.onnx")
        for name in ("encoder.onnx", "heads.onnx"):
            packed = zstd.compress(_quantized(Path(scratch) / name, step), 19)
            (folder / f"{name}.zst").write_bytes(packed)
    (folder / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def cut_tokenizer(source: Path, texts: Iterable[str], target: Path) -> list[int]:
    """Write the tokenizer without the pieces that no text needs; returns the old id of every new one.

    Single characters and special pieces stay, so that every word can still be spelled.
    """
    settings = json.loads(source.read_text(encoding="utf-8"))
    settings["truncation"] = settings["padding"] = None
    tokenizer = Tokenizer.from_str(json.dumps(settings))
    special = {token["id"] for token in settings["added_tokens"]}
    seen = {piece for text in texts for piece in tokenizer.encode(text).ids} | special
    vocabulary: dict[str, int] = settings["model"]["vocab"]
    seen |= {i for piece, i in vocabulary.items() if len(piece.removeprefix("##")) == 1 and ord(piece[-1]) < 0x2500}
    kept = sorted(seen)
    new = {old: position for position, old in enumerate(kept)}
    settings["model"]["vocab"] = {piece: new[i] for piece, i in vocabulary.items() if i in new}
    for token in settings["added_tokens"]:
        token["id"] = new[token["id"]]
    _renumber(settings.get("post_processor"), new)
    target.write_text(json.dumps(settings, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    return kept


def _renumber(processor: dict[str, Any] | None, new: dict[int, int]) -> None:
    """Special pieces have their ids in the post-processor too (RobertaProcessing, TemplateProcessing)."""
    if processor is None:
        return
    for end in ("sep", "cls"):
        if end in processor:
            processor[end][1] = new[processor[end][1]]
    for token in processor.get("special_tokens", {}).values():
        token["ids"] = [new[i] for i in token["ids"]]


def _write_encoder(model: Extractor, path: Path, step: float) -> None:
    names = ["pieces", "shapes", "segments", "numbers"]
    example = torch.ones(1, 40, dtype=torch.long)
    axes = {name: {1: "pieces"} for name in names} | {"vectors": {1: "pieces"}}
    _export(EncoderGraph(model, step), (example,) * 4, path, names, ["vectors"], axes)


def _write_heads(heads: Heads, path: Path) -> None:
    width = heads.tag.in_features
    one = {name: torch.zeros(shape, dtype=torch.long) for name, shape in _EXAMPLE.items()}
    dims = {
        **dict.fromkeys(("first", "last", "types"), ("mentions",)),
        **dict.fromkeys(("number_first", "number_last"), ("numbers",)),
        **dict.fromkeys(("slot_distance", "slot_sentence", "slot_between"), ("numbers", "mentions")),
        **dict.fromkeys(("pair_distance", "pair_sentence"), ("mentions", "mentions")),
    }
    axes = {"words": {0: "words"}, **{n: dict(enumerate(d)) for n, d in dims.items()}}
    axes |= {"tags": {0: "words"}, "literal_tags": {0: "words"}}
    outputs = ["tags", "literal_tags", *Scores.__dataclass_fields__]
    arguments = (torch.randn(40, width), *one.values())
    _export(HeadsGraph(heads), arguments, path, ["words", *one], outputs, axes)


_EXAMPLE: dict[str, tuple[int, ...]] = dict(
    zip(
        SpanInputs.__dataclass_fields__,
        ((5,), (5,), (5,), (3,), (3,), (3, 5), (3, 5), (3, 5), (5, 5), (5, 5)),
        strict=True,
    )
)


def _export(
    graph: nn.Module,
    arguments: tuple[Tensor, ...],
    path: Path,
    inputs: list[str],
    outputs: list[str],
    axes: dict[str, dict[int, str]],
) -> None:
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            graph.eval(),
            arguments,
            str(path),
            input_names=inputs,
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )


def _as_laid_out(weight: NDArray[np.float32], rough: NDArray[np.float32]) -> NDArray[np.float32]:
    """The weight, transposed where its rounded form is: a product with a bias is turned round on the way."""
    ways = [way for way in (weight, weight.T) if way.shape == rough.shape]
    return min(ways, key=lambda way: float(np.abs(way - rough).mean()))


def _quantized(source: Path, step: float) -> bytes:
    """The graph with int8 weights, one scale a column; activations are quantised as they come, one paper at a time."""
    import onnx
    from onnx import numpy_helper
    from onnxruntime.quantization import QuantType, quantize_dynamic

    target = source.with_suffix(".int8.onnx")
    graph = onnx.load(str(source)).graph
    weights = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    few = {name for name, weight in weights.items() if weight.ndim == 2 and len(weight) == CHANNELS}
    quantize_dynamic(
        str(source),
        str(target),
        op_types_to_quantize=["MatMul"],
        nodes_to_exclude=[node.name for node in graph.node if node.op_type == "MatMul" and few & set(node.input)],
        per_channel=True,
        weight_type=QuantType.QInt8,
    )
    model = onnx.load(str(target))
    stored = {t.name: t for t in model.graph.initializer}
    for name in [name.removesuffix("_quantized") for name in stored if name.endswith("_quantized")]:
        codes, scale = stored[f"{name}_quantized"], stored[f"{name}_scale"]
        rough = numpy_helper.to_array(codes) * numpy_helper.to_array(scale)
        fine = _as_laid_out(weights[name], rough)
        finer, steps = on_grid(torch.from_numpy(fine.copy()), step, axis=0)
        codes.CopyFrom(numpy_helper.from_array(finer.numpy(), codes.name))
        scale.CopyFrom(numpy_helper.from_array(steps[0].numpy(), scale.name))
    out: bytes = model.SerializeToString()
    return out
