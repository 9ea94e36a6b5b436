"""A trained encoder and some texts -> the same encoder with the few channels apart that hold far larger values.

Inputs are rounded to 8 bits with one scale for all channels. Where a handful hold a hundred times the values of the
others, as in the upper layers of deep encoders, that scale leaves the others no digits; those few are multiplied in
float instead (LLM.int8, Dettmers et al. 2022).
"""

# mypy: allow-subclassing-any, allow-untyped-calls, no-warn-return-any, no-warn-unused-ignores

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from kg.extract.encoder.features import featurize
from kg.train.data import LONGEST
from kg.train.model import Extractor
from kg.train.network import TorchNetwork

TEXTS = 48
CHANNELS = 6  # that stand apart in a layer
WORTH = 0.6  # only where the others' range is at most so much of the whole


class Split(nn.Module):
    """A linear layer that multiplies a few channels of its input by weights of their own."""

    def __init__(self, linear: nn.Linear, channels: Tensor) -> None:
        super().__init__()
        others = torch.ones(linear.in_features)
        others[channels] = 0
        self.channels = nn.Parameter(channels, requires_grad=False)
        self.others = nn.Parameter(others, requires_grad=False)
        self.few = nn.Parameter(linear.weight.detach()[:, channels].T.contiguous(), requires_grad=False)
        self.weight, self.bias = linear.weight, linear.bias

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x * self.others, self.weight, self.bias) + x[..., self.channels] @ self.few


def split_outliers(model: Extractor, tokenizer: Tokenizer, texts: Iterable[str]) -> None:
    """Replace the linear layers of the encoder that gain by it, by what their inputs hold on the first texts."""
    ranges: dict[str, Tensor] = {}
    with _watched(model, ranges):
        network = TorchNetwork(model)
        for text, _ in zip(texts, range(TEXTS), strict=False):
            features = featurize(text, tokenizer, title_length=max(0, text.find("\n")))
            if 0 < len(features.pieces) <= LONGEST:
                network.encode(features)
    for name, largest in ranges.items():
        order = largest.argsort(descending=True)
        if len(order) > CHANNELS and largest[order[CHANNELS]] <= WORTH * largest[order[0]]:
            parent = model.encoder.get_submodule(name.rpartition(".")[0])
            leaf = name.rpartition(".")[2]
            setattr(parent, leaf, Split(getattr(parent, leaf), order[:CHANNELS].sort().values))


@contextmanager
def _watched(model: Extractor, ranges: dict[str, Tensor]) -> Iterator[None]:
    """While open, `ranges` keeps the largest magnitude of every input channel of the encoder's linear layers."""

    def watch(name: str, inputs: Tensor) -> None:
        seen = inputs.detach().abs().flatten(0, -2).amax(0)
        ranges[name] = torch.maximum(ranges[name], seen) if name in ranges else seen

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
