"""A linear layer's weights and what its inputs reach -> its product in 8 bits, few far larger channels apart.

Inputs are rounded to 8 bits with one scale for all channels. Where a handful hold ten or a hundred times the values of
the others, as in deep encoders, that scale leaves the others no digits. Such a channel is made smaller and its weights
as much larger, shared out over copies of the channel where 8 bits can't hold them (SmoothQuant, Xiao et al. 2022); or
it is multiplied apart, in float (LLM.int8, Dettmers et al. 2022).
"""

# mypy: allow-subclassing-any, allow-untyped-calls, no-warn-return-any, no-warn-unused-ignores

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

from kg.extract.encoder.features import featurize
from kg.train.data import LONGEST
from kg.train.model import Extractor
from kg.train.network import TorchNetwork

Floats = NDArray[np.float32]
TEXTS = 48
CHANNELS = 6  # of a layer that may be treated apart
WORTH = 0.6  # only where the others' range is at most so much of the whole
SMALL = 1.3  # what is so many times the others' largest stays as it is
COPIES = 32  # more of them cost more than a product in float


@dataclass(frozen=True)
class Rounded:
    """A product in 8 bits: K channels and C copies in, N out."""

    codes: NDArray[np.int8]  # (K + C, N): weights in steps of `scale`
    scale: Floats  # (N,)
    shrink: Floats | None = None  # (K,): what each channel is multiplied by first, 0 where it goes apart
    copies: NDArray[np.int64] | None = None  # (C,): channels that are entered once more
    apart: NDArray[np.int64] | None = None  # channels that are multiplied in float
    weights: Floats | None = None  # (apart, N): their weights


def on_grid(weight: Floats, step: float, *, axis: int) -> tuple[NDArray[np.int8], Floats]:
    """int8 codes and their scales along `axis`: the distance of two codes is `step` standard deviations.

    Few codes occur often then, and a general compressor stores a weight in about 2.05 - log2(step) bits; where the
    largest weight is more than 127 steps away, the steps are as much longer.
    """
    spread = weight.std(axis, ddof=1, keepdims=True) * step
    scale = np.maximum(np.maximum(spread, np.abs(weight).max(axis, keepdims=True) / 127), 1e-8).astype(np.float32)
    return np.round(weight / scale).astype(np.int8), scale


def rounded(weight: Floats, largest: Floats | None, step: float) -> Rounded:
    """The product with a weight (K, N) whose input channels hold at most `largest` (K,), where that is known."""
    codes, scale = on_grid(weight, step, axis=0)
    plain = Rounded(codes, scale[0])
    if largest is None or len(largest) <= CHANNELS:
        return plain
    order = np.argsort(-largest, kind="stable")
    others = largest[order[CHANNELS]]
    if others > WORTH * largest[order[0]]:
        return plain
    few = np.sort([c for c in order[:CHANNELS] if largest[c] > SMALL * others])
    larger = (weight[few] * (largest[few] / others)[:, None]) / scale
    times = np.maximum(1, np.ceil(np.abs(larger).max(1) / 127)).astype(np.int64)
    shrink = np.ones(len(weight), np.float32)
    if weight.shape[1] < weight.shape[0] or (times - 1).sum() > COPIES:
        shrink[few] = 0
        return Rounded(codes, scale[0], shrink, apart=few, weights=weight[few])
    shrink[few] = others / largest[few]
    shares = np.round(larger / times[:, None]).astype(np.int8)
    codes[few] = shares
    copies = np.repeat(np.arange(len(few)), times - 1)
    return Rounded(np.concatenate([codes, shares[copies]]), scale[0], shrink, copies=few[copies])


def read_back(product: Rounded) -> Floats:
    """The weight (K, N) that the product stands for."""
    weight = product.codes * product.scale
    if product.shrink is None:
        return weight
    own = weight[: len(product.shrink)]
    if product.copies is not None:
        np.add.at(own, product.copies, weight[len(own) :])
    own *= product.shrink[:, None]
    if product.apart is not None:
        own[product.apart] = product.weights
    return own


def largest_inputs(model: Extractor, tokenizer: Tokenizer, texts: Iterable[str]) -> dict[str, Floats]:
    """The largest magnitude of every input channel of the encoder's linear layers, by name, on the first texts."""
    seen: dict[str, Tensor] = {}
    with _watched(model, seen):
        network = TorchNetwork(model)
        for text, _ in zip(texts, range(TEXTS), strict=False):
            features = featurize(text, tokenizer, title_length=max(0, text.find("\n")))
            if 0 < len(features.pieces) <= LONGEST:
                network.encode(features)
    return {name: values.numpy() for name, values in seen.items()}


@contextmanager
def _watched(model: Extractor, seen: dict[str, Tensor]) -> Iterator[None]:
    """While open, `seen` keeps the largest magnitude of every input channel of the encoder's linear layers."""

    def watch(name: str, inputs: Tensor) -> None:
        found = inputs.detach().abs().flatten(0, -2).amax(0)
        seen[name] = torch.maximum(seen[name], found) if name in seen else found

    hooks = [
        module.register_forward_pre_hook(lambda _module, inputs, name=name: watch(name, inputs[0]))
        for name, module in model.encoder.named_modules()
        if isinstance(module, nn.Linear)
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
