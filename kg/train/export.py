"""A trained model -> the shipped folder: packed int8 ONNX graphs, a tokenizer cut to the pieces that occur, config."""

# mypy: allow-subclassing-any, allow-untyped-calls, no-warn-return-any, no-warn-unused-ignores

import json
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn

from kg.extract.encoder.features import load_tokenizer
from kg.extract.encoder.inputs import SpanInputs
from kg.extract.encoder.network import Scores
from kg.train.graph import OPSET, encoder_graph
from kg.train.model import Extractor, Heads, Spans
from kg.train.outliers import Floats, largest_inputs, on_grid
from kg.zstd import zstd

STEP = 0.115  # ten layers of 768 stay under 60 MB so


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

    `texts` say which word pieces are kept, `step` how finely weights are rounded (see `outliers.on_grid`).
    """
    folder.mkdir(parents=True, exist_ok=True)
    model = model.cpu().eval()
    texts = list(texts)
    largest = largest_inputs(model, load_tokenizer(tokenizer), texts)
    kept = cut_tokenizer(tokenizer, texts, folder / "tokenizer.json")
    with torch.no_grad():
        model.encoder.words = nn.Embedding.from_pretrained(model.encoder.words.weight[torch.tensor(kept)])
    with tempfile.TemporaryDirectory() as scratch:
        heads = _heads_graph(model.heads, Path(scratch) / "heads.onnx", step)
    for name, graph in (("encoder", encoder_graph(model, largest, step)), ("heads", heads)):
        (folder / f"{name}.onnx.zst").write_bytes(zstd.compress(graph, 19))
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


def _heads_graph(heads: Heads, path: Path, step: float) -> bytes:
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
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            HeadsGraph(heads).eval(),
            arguments,
            str(path),
            input_names=["words", *one],
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
    return _in_8_bits(path, step)


_EXAMPLE: dict[str, tuple[int, ...]] = dict(
    zip(
        SpanInputs.__dataclass_fields__,
        ((5,), (5,), (5,), (3,), (3,), (3, 5), (3, 5), (3, 5), (5, 5), (5, 5)),
        strict=True,
    )
)


def _as_laid_out(weight: Floats, rough: Floats) -> Floats:
    """The weight, transposed where its rounded form is: a product with a bias is turned round on the way."""
    ways = [way for way in (weight, weight.T) if way.shape == rough.shape]
    return min(ways, key=lambda way: float(np.abs(way - rough).mean()))


def _in_8_bits(source: Path, step: float) -> bytes:
    """The graph with int8 weights, one scale a column; activations are rounded as they come, one paper at a time."""
    target = source.with_suffix(".int8.onnx")
    weights = {t.name: numpy_helper.to_array(t) for t in onnx.load(str(source)).graph.initializer}
    quantize_dynamic(
        str(source), str(target), op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8
    )
    model = onnx.load(str(target))
    stored = {t.name: t for t in model.graph.initializer}
    for name in [name.removesuffix("_quantized") for name in stored if name.endswith("_quantized")]:
        codes, scale = stored[f"{name}_quantized"], stored[f"{name}_scale"]
        rough = numpy_helper.to_array(codes) * numpy_helper.to_array(scale)
        finer, steps = on_grid(_as_laid_out(weights[name], rough), step, axis=0)
        codes.CopyFrom(numpy_helper.from_array(finer, codes.name))
        scale.CopyFrom(numpy_helper.from_array(steps[0], scale.name))
    out: bytes = model.SerializeToString()
    return out
