"""The trained graphs behind one small protocol: features -> word vectors and tags; spans -> scores."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from kg.extract.encoder.features import Features
from kg.extract.encoder.inputs import SpanInputs
from kg.zstd import zstd

Floats = NDArray[np.float32]
WINDOW = 510
OVERLAP = 128


@dataclass(frozen=True)
class Encoded:
    """One vector and two rows of tag logits a word."""

    words: Floats  # (W, width)
    tags: Floats  # (W, TAGS)
    literal_tags: Floats  # (W, LITERAL_TAGS)


@dataclass(frozen=True)
class Scores:
    """Logits of the span and pair heads; shapes as in the model card: M spans, N number candidates."""

    role: Floats  # (M, 4)
    kind: Floats  # (M, 2)
    number: Floats  # (N, 4)
    direction: Floats  # (N, 3)
    relative: Floats  # (N, 3)
    bound: Floats  # (N, 4)
    slot: Floats  # (N, M, 5)
    slot_null: Floats  # (N, 5)
    pair: Floats  # (M, M, 12)


class Network(Protocol):
    """What decoding needs of a model."""

    def encode(self, features: Features) -> Encoded: ...

    def score(self, words: Floats, spans: SpanInputs) -> Scores: ...


class OnnxNetwork:
    """The shipped graphs in ONNX Runtime: one paper a call, unpadded, so that no paper's bytes depend on another."""

    def __init__(self, folder: Path) -> None:
        self._encoder = _session(folder / "encoder.onnx")
        self._heads = _session(folder / "heads.onnx")

    def encode(self, features: Features) -> Encoded:
        """Vectors and tags of every word; texts longer than the encoder's reach go through overlapping windows."""
        pieces = np.concatenate([self._window(features, a, b) for a, b in windows(len(features.pieces))])
        words = pieces[_rows(features, len(features.pieces))]
        tags, literal = self._heads.run(["tags", "literal_tags"], {"words": words, **_EMPTY})
        return Encoded(words, tags, literal)

    def _window(self, features: Features, start: int, end: int) -> Floats:
        inputs = {
            name: getattr(features, name)[None, start:end] for name in ("pieces", "shapes", "segments", "numbers")
        }
        out: Floats = self._encoder.run(None, inputs)[0][0]
        return out

    def score(self, words: Floats, spans: SpanInputs) -> Scores:
        """The heads' logits for these spans."""
        names = list(Scores.__dataclass_fields__)
        return Scores(*self._heads.run(names, {"words": words, **spans.named()}))


def _session(path: Path) -> onnxruntime.InferenceSession:
    """The graph of a file, which may be packed (`.zst` behind its name).

    It runs on one thread: papers go side by side instead, so no order of summation can vary. Which buffers can be used
    again is not planned ahead: for hundreds of small operators that takes longer than the rest of the loading.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_reuse = False
    packed = path.with_name(f"{path.name}.zst")
    graph = zstd.decompress(packed.read_bytes()) if packed.exists() else str(path)
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def windows(length: int) -> list[tuple[int, int]]:
    """Piece ranges of at most WINDOW pieces that overlap by OVERLAP and cover `length` pieces."""
    if length <= WINDOW:
        return [(0, length)]
    starts = range(0, length - OVERLAP, WINDOW - OVERLAP)
    return [(s, min(s + WINDOW, length)) for s in starts]


def _rows(features: Features, length: int) -> NDArray[np.int64]:
    """For each word the row of its first piece among the concatenated windows, in the window it is innermost of."""
    best_row = np.zeros(length, dtype=np.int64)
    best_margin = np.full(length, -1, dtype=np.int64)
    offset = 0
    for start, end in windows(length):
        index = np.arange(start, end)
        margin = np.minimum(
            index - start if start else index + length, end - 1 - index if end < length else index + length
        )
        better = margin > best_margin[start:end]
        best_row[start:end] = np.where(better, index - start + offset, best_row[start:end])
        best_margin[start:end] = np.maximum(margin, best_margin[start:end])
        offset += end - start
    return best_row[features.first_piece]


_NONE = np.zeros(0, dtype=np.int64)
_FLAT = np.zeros((0, 0), dtype=np.int64)
_EMPTY = {
    **dict.fromkeys(("first", "last", "types", "number_first", "number_last"), _NONE),
    **dict.fromkeys(("slot_distance", "slot_sentence", "slot_between", "pair_distance", "pair_sentence"), _FLAT),
}
