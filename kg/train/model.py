"""Word pieces and spans of a paper -> the logits of every head: one encoder pass, light heads on top."""

# mypy: allow-subclassing-any, allow-untyped-calls, no-warn-return-any, no-warn-unused-ignores

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kg.extract.encoder import labels
from kg.extract.encoder.features import NUMBER_FLAGS, SEGMENTS, SHAPES
from kg.extract.encoder.geometry import BETWEEN, DISTANCES, SENTENCES
from kg.extract.encoder.inputs import SpanInputs
from kg.train.encoders import Encoder

SPAN_TYPES = len(labels.MENTION_TYPES) + len(labels.LITERALS)


@dataclass(frozen=True)
class Spans:
    """What the pair heads look at in one paper: mentions and literals (M), number candidates (N)."""

    first: Tensor  # (M,) first word
    last: Tensor  # (M,)
    types: Tensor  # (M,) index into MENTION_TYPES, then LITERALS
    number_first: Tensor  # (N,)
    number_last: Tensor  # (N,)
    slot_distance: Tensor  # (N, M)
    slot_sentence: Tensor
    slot_between: Tensor
    pair_distance: Tensor  # (M, M)
    pair_sentence: Tensor


def tensors(spans: SpanInputs) -> Spans:
    """The arrays of one paper as the tensors that the heads take."""
    return Spans(**{name: torch.from_numpy(array) for name, array in spans.named().items()})


@dataclass(frozen=True)
class Logits:
    """The heads' outputs for one paper."""

    role: Tensor  # (M, roles)
    kind: Tensor  # (M, method kinds)
    number: Tensor  # (N, 1 + result kinds): 0 is no result
    direction: Tensor
    relative: Tensor
    bound: Tensor
    slot: Tensor  # (N, M, slots)
    slot_null: Tensor  # (N, slots)
    pair: Tensor  # (M, M, PAIR_OUTPUTS)


class Inputs(nn.Module):
    """Shape, segment and number features, as vectors added to the word embeddings."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.shape = nn.Embedding(SHAPES, width)
        self.segment = nn.Embedding(SEGMENTS, width)
        self.number = nn.Embedding(NUMBER_FLAGS, width)
        for table in (self.shape, self.segment, self.number):
            nn.init.zeros_(table.weight)

    def forward(self, shapes: Tensor, segments: Tensor, numbers: Tensor) -> Tensor:
        out: Tensor = self.shape(shapes) + self.segment(segments) + self.number(numbers)
        return out


class PairScorer(nn.Module):
    """Two lists of vectors -> one score a pair and output, from their sum, their product and where they stand."""

    def __init__(self, width: int, hidden: int, outputs: int, *, between: bool) -> None:
        super().__init__()
        self.left = nn.Linear(width, 2 * hidden)
        self.right = nn.Linear(width, 2 * hidden)
        self.distance = nn.Embedding(DISTANCES, hidden)
        self.sentence = nn.Embedding(SENTENCES, hidden)
        self.between = nn.Embedding(BETWEEN, hidden) if between else None
        for table in (self.distance, self.sentence, self.between):
            if table is not None:
                nn.init.normal_(table.weight, std=0.1)
        self.middle = nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, outputs)

    def forward(
        self, left: Tensor, right: Tensor, distance: Tensor, sentence: Tensor, between: Tensor | None
    ) -> Tensor:
        a, b = self.left(left).chunk(2, -1), self.right(right).chunk(2, -1)
        place = self.distance(distance) + self.sentence(sentence)
        if self.between is not None and between is not None:
            place = place + self.between(between)
        mixed = a[0][:, None] + b[0][None] + a[1][:, None] * b[1][None] + place
        out: Tensor = self.out(F.gelu(self.middle(F.gelu(mixed))))
        return out


class Heads(nn.Module):
    """All that is read off the encoder's vectors."""

    def __init__(self, width: int, hidden: int = 256, pair: int = 160, dropout: float = 0.15) -> None:
        super().__init__()
        self.tag = nn.Linear(width, labels.TAGS)
        self.literal_tag = nn.Linear(width, labels.LITERAL_TAGS)
        self.types = nn.Embedding(SPAN_TYPES, 64)
        self.mention = nn.Sequential(nn.Linear(2 * width + 64, hidden), nn.GELU(), nn.Dropout(dropout))
        self.numbers = nn.Sequential(nn.Linear(2 * width, hidden), nn.GELU(), nn.Dropout(dropout))
        self.role = nn.Linear(hidden, len(labels.ROLES))
        self.kind = nn.Linear(hidden, len(labels.METHOD_KINDS))
        self.number = nn.Linear(hidden, 1 + len(labels.KINDS))
        self.direction = nn.Linear(hidden, len(labels.DIRECTIONS))
        self.relative = nn.Linear(hidden, len(labels.RELATIVES))
        self.bound = nn.Linear(hidden, len(labels.BOUNDS))
        self.slot_null = nn.Linear(hidden, len(labels.SLOTS))
        self.slot = PairScorer(hidden, pair, len(labels.SLOTS), between=True)
        self.pair = PairScorer(hidden, pair, labels.PAIR_OUTPUTS, between=False)

    def tags(self, words: Tensor) -> tuple[Tensor, Tensor]:
        """(W, width) -> mention tags (W, TAGS) and literal tags (W, LITERAL_TAGS)."""
        return self.tag(words), self.literal_tag(words)

    def forward(self, words: Tensor, spans: Spans) -> Logits:
        mentions = self.mention(torch.cat([words[spans.first], words[spans.last], self.types(spans.types)], -1))
        numbers = self.numbers(torch.cat([words[spans.number_first], words[spans.number_last]], -1))
        return Logits(
            self.role(mentions),
            self.kind(mentions),
            self.number(numbers),
            self.direction(numbers),
            self.relative(numbers),
            self.bound(numbers),
            self.slot(numbers, mentions, spans.slot_distance, spans.slot_sentence, spans.slot_between),
            self.slot_null(numbers),
            self.pair(mentions, mentions, spans.pair_distance, spans.pair_sentence, None),
        )


class Extractor(nn.Module):
    """The encoder with its input features and its heads."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.inputs = Inputs(encoder.shape.width)
        self.dropout = nn.Dropout(0.1)
        self.heads = Heads(encoder.shape.width)

    def encode(self, pieces: Tensor, mask: Tensor, shapes: Tensor, segments: Tensor, numbers: Tensor) -> Tensor:
        """(B, T) inputs -> (B, T, width)."""
        return self.encode_upper(self.encoder.lower(pieces, mask), mask, shapes, segments, numbers)

    def encode_upper(self, below: Tensor, mask: Tensor, shapes: Tensor, segments: Tensor, numbers: Tensor) -> Tensor:
        """The same from what the encoder's frozen part made of the pieces."""
        out: Tensor = self.dropout(self.encoder.upper(below, mask, self.inputs(shapes, segments, numbers)))
        return out
