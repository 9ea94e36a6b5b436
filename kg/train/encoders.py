"""Pretrained weights on disk -> a plain Transformer encoder (BERT or MPNet layout), cut to its first layers."""

# mypy: allow-subclassing-any, allow-untyped-calls, no-warn-return-any, no-warn-unused-ignores

import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class EncoderShape:
    """Sizes of an encoder; `relative` switches on MPNet's shared relative position bias."""

    layers: int
    width: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    first_position: int
    epsilon: float
    relative: bool


class Layer(nn.Module):
    """One post-norm Transformer block."""

    def __init__(self, shape: EncoderShape, dropout: float) -> None:
        super().__init__()
        self.heads = shape.heads
        self.qkv = nn.Linear(shape.width, 3 * shape.width)
        self.out = nn.Linear(shape.width, shape.width)
        self.norm1 = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.up = nn.Linear(shape.width, shape.inner)
        self.down = nn.Linear(shape.inner, shape.width)
        self.norm2 = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        batch, length, width = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.to(q.dtype))
        mixed = mixed.transpose(1, 2).reshape(batch, length, width)
        x = self.norm1(x + self.dropout(self.out(mixed)))
        return self.norm2(x + self.dropout(self.down(F.gelu(self.up(x)))))


class Encoder(nn.Module):
    """Word pieces and additive features -> one vector a piece.

    The first `frozen` layers are never trained and see the words alone; the features join above them. What the
    frozen part makes of a text can therefore be kept between epochs; `dropout` is that of the layers above it.
    """

    def __init__(self, shape: EncoderShape, *, frozen: int = 0, dropout: float = 0.0) -> None:
        super().__init__()
        self.shape, self.frozen = shape, frozen
        self.words = nn.Embedding(shape.vocabulary, shape.width)
        self.positions = nn.Embedding(shape.positions, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.relative = nn.Embedding(32, shape.heads) if shape.relative else None
        self.layers = nn.ModuleList(Layer(shape, dropout if i >= frozen else 0.0) for i in range(shape.layers))

    def forward(self, pieces: Tensor, mask: Tensor, extra: Tensor) -> Tensor:
        """pieces (B, T) int64, mask (B, T) bool, extra (B, T, width) -> (B, T, width)."""
        return self.upper(self.lower(pieces, mask), mask, extra)

    def lower(self, pieces: Tensor, mask: Tensor) -> Tensor:
        """The frozen part: embeddings and the first layers."""
        index = torch.arange(pieces.shape[1], device=pieces.device)
        x = self.norm(self.words(pieces) + self.positions(index + self.shape.first_position))
        if self.frozen:
            bias = self._bias(mask)
            for layer in self.layers[: self.frozen]:
                x = layer(x, bias)
        return x

    def upper(self, x: Tensor, mask: Tensor, extra: Tensor) -> Tensor:
        """The trained part, with the features added to what comes from below."""
        x, bias = x + extra, self._bias(mask)
        for layer in self.layers[self.frozen :]:
            x = layer(x, bias)
        return x

    def _bias(self, mask: Tensor) -> Tensor:
        length = mask.shape[1]
        bias = torch.zeros(mask.shape, device=mask.device).masked_fill(~mask, -1e4)[:, None, None, :]
        if self.relative is not None:
            return bias + self.relative(relative_buckets(length).to(mask.device)).permute(2, 0, 1)[None]
        return bias.expand(-1, 1, length, -1)


def relative_buckets(length: int) -> Tensor:
    """T5's buckets of key minus query position, as MPNet uses them: (T, T) int64 in 0..31."""
    index = torch.arange(length)
    gap = index[:, None] - index[None, :]
    side = (gap < 0).long() * 16
    gap = gap.abs()
    far = 8 + (torch.log(gap.float().clamp(min=1) / 8) / math.log(128 / 8) * 8).long()
    return side + torch.where(gap < 8, gap, far.clamp(max=15))


def load(path: Path, *, layers: int | None = None, frozen: int = 0, dropout: float = 0.0) -> Encoder:
    """The encoder of a file: `.safetensors` (MPNet or BERT names) or `.onnx` (a BERT export)."""
    weights = _read(path)
    weights = {k.removeprefix("mpnet.").removeprefix("bert.").removeprefix("model."): v for k, v in weights.items()}
    relative = "encoder.relative_attention_bias.weight" in weights
    words = weights["embeddings.word_embeddings.weight"]
    count = 1 + max(int(k.split(".")[2]) for k in weights if k.startswith("encoder.layer."))
    heads = 12
    shape = EncoderShape(
        layers=min(layers or count, count),
        width=words.shape[1],
        heads=heads,
        inner=weights["encoder.layer.0.intermediate.dense.bias"].shape[0],
        vocabulary=words.shape[0],
        positions=weights["embeddings.position_embeddings.weight"].shape[0],
        first_position=2 if relative else 0,
        epsilon=1e-5 if relative else 1e-12,
        relative=relative,
    )
    encoder = Encoder(shape, frozen=frozen, dropout=dropout)
    encoder.load_state_dict(_renamed(weights, shape))
    return encoder


def _renamed(weights: dict[str, Tensor], shape: EncoderShape) -> dict[str, Tensor]:
    positions = weights["embeddings.position_embeddings.weight"]
    if "embeddings.token_type_embeddings.weight" in weights:
        positions = positions + weights["embeddings.token_type_embeddings.weight"][0]
    out = {
        "words.weight": weights["embeddings.word_embeddings.weight"],
        "positions.weight": positions,
        "norm.weight": weights["embeddings.LayerNorm.weight"],
        "norm.bias": weights["embeddings.LayerNorm.bias"],
    }
    if shape.relative:
        out["relative.weight"] = weights["encoder.relative_attention_bias.weight"]
    for i in range(shape.layers):
        old, new = f"encoder.layer.{i}.", f"layers.{i}."
        if shape.relative:
            parts, result, norm1 = [f"attention.attn.{n}" for n in "qkv"], "attention.attn.o", "attention.LayerNorm"
        else:
            parts = [f"attention.self.{n}" for n in ("query", "key", "value")]
            result, norm1 = "attention.output.dense", "attention.output.LayerNorm"
        for kind in ("weight", "bias"):
            out[f"{new}qkv.{kind}"] = torch.cat([weights[f"{old}{p}.{kind}"] for p in parts])
            for mine, theirs in (
                ("out", result),
                ("norm1", norm1),
                ("up", "intermediate.dense"),
                ("down", "output.dense"),
                ("norm2", "output.LayerNorm"),
            ):
                out[f"{new}{mine}.{kind}"] = weights[f"{old}{theirs}.{kind}"]
    return out


def _read(path: Path) -> dict[str, Tensor]:
    if path.suffix == ".safetensors":
        from safetensors.torch import load_file

        return dict(load_file(str(path)))
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(path)).graph
    stored = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
    out = {name: tensor for name, tensor in stored.items() if name.startswith(("embeddings.", "encoder."))}
    for node in graph.node:  # MatMul weights lost their names: the node's path still says whose they are
        if node.op_type == "MatMul" and node.input[1] in stored and node.name.startswith("/encoder/layer."):
            out[node.name.strip("/").removesuffix("/MatMul").replace("/", ".") + ".weight"] = stored[node.input[1]].T
    return out
