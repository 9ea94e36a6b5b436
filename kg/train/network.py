"""The float model behind decoding's protocol: figures and thresholds before anything is exported."""

# mypy: allow-subclassing-any, allow-untyped-calls, no-warn-return-any, no-warn-unused-ignores

import numpy as np
import torch
from torch import Tensor

from kg.extract.encoder.features import Features
from kg.extract.encoder.inputs import SpanInputs
from kg.extract.encoder.network import Encoded, Floats, Scores
from kg.train.model import Extractor, Logits, tensors

FIELDS = tuple(Scores.__dataclass_fields__)


class TorchNetwork:
    """An Extractor in evaluation mode; texts beyond the encoder's reach are refused, the shipped graphs window them."""

    def __init__(self, model: Extractor, *, half: bool = False) -> None:
        self._model = model.eval()
        self._half = half

    def encode(self, features: Features) -> Encoded:
        names = ("pieces", "shapes", "segments", "numbers")
        pieces, shapes, segments, numbers = (torch.from_numpy(getattr(features, n))[None] for n in names)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=self._half):
            vectors = self._model.encode(pieces, torch.ones_like(pieces, dtype=torch.bool), shapes, segments, numbers)
        with torch.no_grad():
            words = vectors[0].float()[torch.from_numpy(features.first_piece)]
            return Encoded(_array(words), *(_array(t) for t in self._model.heads.tags(words)))

    def score(self, words: Floats, spans: SpanInputs) -> Scores:
        with torch.no_grad():
            logits: Logits = self._model.heads(torch.from_numpy(words), tensors(spans))
        return Scores(*(_array(getattr(logits, name)) for name in FIELDS))


def _array(tensor: Tensor) -> Floats:
    return tensor.float().numpy().astype(np.float32)
