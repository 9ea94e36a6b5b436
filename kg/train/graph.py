"""An encoder's weights -> its ONNX graph for one unpadded text, written operator by operator, products in 8 bits.

What a tracer writes takes a third longer on a CPU. Here the inputs of a product are rounded once, its scales and bias
are one operator with it, and attention goes head by head, so that what a head makes stays in the processor's cache.
"""

# mypy: allow-untyped-calls, no-warn-return-any, no-warn-unused-ignores

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from kg.train.encoders import Layer, relative_buckets
from kg.train.model import Extractor
from kg.train.outliers import Floats, Rounded, on_grid, rounded

OPSET = 17
REACH = 512
INPUTS = ("pieces", "shapes", "segments", "numbers")
RUNTIME = "com.microsoft"  # operators of ONNX Runtime itself


def encoder_graph(model: Extractor, largest: Mapping[str, Floats], step: float) -> bytes:
    """The graph: INPUTS, each (1, pieces) int64 -> vectors, (1, pieces, width) float32.

    `largest` holds what the inputs of the encoder's linear layers reach (`outliers.largest_inputs`), `step` says how
    finely weights are rounded (`outliers.on_grid`).
    """
    writer = _Writer()
    vectors = _Encoder(writer, model, largest, step).vectors()
    writer.op("Identity", vectors, output="vectors")
    pieces = [helper.make_tensor_value_info(name, TensorProto.INT64, [1, "pieces"]) for name in INPUTS]
    shape: list[str | int | None] = [1, "pieces", model.encoder.shape.width]
    made = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, shape)]
    graph = helper.make_graph(writer.nodes, "encoder", pieces, made, list(writer.kept.values()))
    versions = [helper.make_opsetid("", OPSET), helper.make_opsetid(RUNTIME, 1)]
    out: bytes = helper.make_model(graph, opset_imports=versions, ir_version=8).SerializeToString()
    return out


class _Writer:
    """Nodes and stored arrays of a graph, in the order in which they are asked for."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.kept: dict[str, onnx.TensorProto] = {}

    def keep(self, name: str, array: NDArray[Any]) -> str:
        """Store an array under a name, once."""
        if name not in self.kept:
            self.kept[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def ints(self, *values: int) -> str:
        """A small constant vector."""
        return self.keep(f"ints {values}", np.array(values, np.int64))

    def op(self, kind: str, *inputs: str, output: str | None = None, domain: str = "", **settings: Any) -> str:
        """Add an operator with one output."""
        made = output or f"{kind} {len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [made], domain=domain, **settings))
        return made

    def ops(self, kind: str, *inputs: str, outputs: int, **settings: Any) -> list[str]:
        """Add an operator with several outputs."""
        made = [f"{kind} {len(self.nodes)} {i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, made, **settings))
        return made


class _Encoder:
    """Writes the parts of one model's encoder."""

    def __init__(self, writer: _Writer, model: Extractor, largest: Mapping[str, Floats], step: float) -> None:
        self.writer, self.model, self.largest, self.step = writer, model, largest, step
        self.encoder = model.encoder

    def vectors(self) -> str:
        write, encoder = self.writer, self.encoder
        length = write.op("Squeeze", write.op("Shape", "pieces", start=1, end=2), write.ints(0))
        zero, one = write.keep("zero", np.array(0)), write.keep("one", np.array(1))
        places = write.op("Range", zero, length, one)
        words = self.table("words", encoder.words, "pieces")
        shifted = write.op("Add", places, write.keep("first position", np.array(encoder.shape.first_position)))
        x = self.norm(write.op("Add", words, self.table("positions", encoder.positions, shifted)), "norm", encoder.norm)
        bias = self.position_bias(places)
        for number, layer in enumerate(encoder.layers):
            if number == encoder.frozen:
                x = write.op("Add", x, self.features())
            x = self.block(f"layers.{number}", cast(Layer, layer), x, bias)
        return x

    def table(self, name: str, table: nn.Embedding, index: str) -> str:
        """Rows of an embedding table in int8 with one scale a row: one for the whole would follow its outliers."""
        rows, scale = on_grid(_array(table.weight), self.step, axis=1)
        picked = self.writer.op("Gather", self.writer.keep(f"{name}.rows", rows), index)
        scales = self.writer.op("Gather", self.writer.keep(f"{name}.scale", scale), index)
        return self.writer.op("Mul", self.writer.op("Cast", picked, to=TensorProto.FLOAT), scales)

    def features(self) -> str:
        """The additive features of every piece."""
        picked = [
            self.writer.op("Gather", self.writer.keep(f"inputs.{name}.weight", _array(table.weight)), f"{name}s")
            for name, table in self.model.inputs.named_children()
        ]
        return self.writer.op("Add", self.writer.op("Add", picked[0], picked[1]), picked[2])

    def position_bias(self, places: str) -> list[str] | None:
        """What each head adds to its scores: (pieces, pieces) each, read from a table by distance."""
        relative, write = self.encoder.relative, self.writer
        if relative is None:
            return None
        buckets = relative_buckets(REACH)
        by_gap = torch.cat([buckets[0].flip(0), buckets[1:, 0]])  # gap = query - key, from 1 - REACH to REACH - 1
        query = write.op("Unsqueeze", write.op("Add", places, write.ints(REACH - 1)), write.ints(1))
        gap = write.op("Sub", query, write.op("Unsqueeze", places, write.ints(0)))
        table = write.keep("position bias", _array(relative(by_gap)))
        each = write.op("Transpose", write.op("Gather", table, gap), perm=[2, 0, 1])
        heads = relative.embedding_dim
        split = write.ops("Split", each, write.ints(*[1] * heads), outputs=heads, axis=0)
        return [write.op("Squeeze", head, write.ints(0)) for head in split]

    def block(self, name: str, layer: Layer, x: str, bias: list[str] | None) -> str:
        write = self.writer
        mixed = self.attention(self.product(f"{name}.qkv", layer.qkv, x), layer.heads, bias)
        x = self.norm(write.op("Add", x, self.product(f"{name}.out", layer.out, mixed)), f"{name}.norm1", layer.norm1)
        inner = write.op("Gelu", self.product(f"{name}.up", layer.up, x), domain=RUNTIME)
        return self.norm(
            write.op("Add", x, self.product(f"{name}.down", layer.down, inner)), f"{name}.norm2", layer.norm2
        )

    def attention(self, qkv: str, heads: int, bias: list[str] | None) -> str:
        """(1, pieces, 3 x width) of queries, keys and values -> (1, pieces, width), head by head."""
        write, size = self.writer, self.encoder.shape.width // heads
        flat, sizes = write.op("Squeeze", qkv, write.ints(0)), write.ints(*[size] * 3 * heads)
        parts = write.ops("Split", flat, sizes, outputs=3 * heads, axis=1)
        mixed = []
        for head in range(heads):
            query, key, value = parts[head::heads]
            added = [bias[head]] if bias is not None else []
            scores = write.op("Gemm", query, key, *added, transB=1, alpha=size**-0.5)
            mixed.append(write.op("MatMul", write.op("Softmax", scores, axis=-1), value))
        return write.op("Unsqueeze", write.op("Concat", *mixed, axis=1), write.ints(0))

    def product(self, name: str, linear: nn.Linear, x: str) -> str:
        """A linear layer in 8 bits, its inputs rounded as they come, with one scale for a paper."""
        write, path = self.writer, f"encoder.{name}"
        made = rounded(_array(linear.weight).T, self.largest.get(name), self.step)
        codes, scale, zero = write.ops("DynamicQuantizeLinear", self.even(path, made, x), outputs=3)
        arrays: dict[str, NDArray[Any]] = {"codes": made.codes, "scale": made.scale, "bias": _array(linear.bias)}
        weight, steps, bias = (write.keep(f"{path}.{key}", array) for key, array in arrays.items())
        none = write.keep(f"zeros {len(made.scale)}", np.zeros(len(made.scale), np.int8))
        product = write.op("MatMulIntegerToFloat", codes, weight, scale, steps, zero, none, bias, domain=RUNTIME)
        if made.apart is None or made.weights is None:
            return product
        few = write.op("Gather", x, write.keep(f"{path}.apart", made.apart), axis=-1)
        rows, first = write.keep(f"{path}.weights", made.weights), write.ints(0)
        added = write.op("Gemm", write.op("Squeeze", few, first), rows, write.op("Squeeze", product, first))
        return write.op("Unsqueeze", added, first)

    def even(self, path: str, made: Rounded, x: str) -> str:
        """The input with its outlying channels made smaller or left out, and the copies of them behind it."""
        write = self.writer
        if made.shrink is None:
            return x
        smaller = write.op("Mul", x, write.keep(f"{path}.shrink", made.shrink))
        if made.copies is None or not len(made.copies):
            return smaller
        again = write.op("Gather", smaller, write.keep(f"{path}.copies", made.copies), axis=-1)
        return write.op("Concat", smaller, again, axis=-1)

    def norm(self, x: str, name: str, norm: nn.LayerNorm) -> str:
        weight, bias = (self.writer.keep(f"encoder.{name}.{n}", _array(p)) for n, p in norm.named_parameters())
        return self.writer.op("LayerNormalization", x, weight, bias, axis=-1, epsilon=norm.eps)


def _array(tensor: Tensor) -> Floats:
    return tensor.detach().float().numpy()
