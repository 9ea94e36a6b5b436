"""Annotated JSON Lines -> examples (features, targets, spans as tensors), and batches of like length."""

# mypy: allow-subclassing-any, allow-untyped-calls, no-warn-return-any, no-warn-unused-ignores

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from kg.extract.encoder.features import Features, featurize
from kg.extract.encoder.inputs import span_inputs
from kg.extract.encoder.labels import MENTION_TYPES
from kg.train.model import Spans, tensors
from kg.train.targets import Targets, targets

LONGEST = 510


@dataclass(frozen=True)
class Example:
    """One paper, ready to learn from. Mentions come first among the spans, literals after them."""

    id: str
    features: Features
    targets: Targets
    spans: Spans

    @property
    def length(self) -> int:
        return len(self.features.pieces)


@dataclass(frozen=True)
class Batch:
    """Examples padded to one length: (B, T) tensors."""

    examples: tuple[Example, ...]
    pieces: Tensor
    mask: Tensor
    shapes: Tensor
    segments: Tensor
    numbers: Tensor


def examples(papers: Sequence[dict[str, Any]], gold: Sequence[dict[str, Any]], tokenizer: Tokenizer) -> list[Example]:
    """Papers joined with their annotations on `id`; those longer than the encoder's window are left out."""
    annotated = {row["id"]: row for row in gold}
    out = []
    for paper in papers:
        if paper["id"] not in annotated:
            continue
        title = paper.get("title") or ""
        text = f"{title}\n{paper['abstract']}" if title else paper["abstract"]
        features = featurize(text, tokenizer, title_length=len(title))
        if len(features.pieces) <= LONGEST:
            goal = targets(features, annotated[paper["id"]])
            out.append(Example(paper["id"], features, goal, _target_spans(features, goal)))
    return out


def _target_spans(features: Features, goal: Targets) -> Spans:
    spans = [(m.first, m.last, m.type) for m in goal.mentions]
    spans += [(first, last, len(MENTION_TYPES) + kind) for first, last, kind in goal.literals]
    return tensors(span_inputs(features, spans))


def collate(chosen: Sequence[Example]) -> Batch:
    """Pad examples to the longest of them, and that to a multiple of 32: few shapes, each compiled once."""
    length = min(-(-max(e.length for e in chosen) // 32) * 32, LONGEST)

    def stack(name: str, fill: int) -> Tensor:
        rows = [getattr(e.features, name) for e in chosen]
        return torch.from_numpy(np.stack([np.pad(r, (0, length - len(r)), constant_values=fill) for r in rows]))

    lengths = torch.tensor([e.length for e in chosen])
    mask = torch.arange(length)[None, :] < lengths[:, None]
    return Batch(tuple(chosen), stack("pieces", 1), mask, stack("shapes", 0), stack("segments", 2), stack("numbers", 0))


def batches(data: Sequence[Example], *, tokens: int, seed: int) -> Iterator[Batch]:
    """One epoch: shuffled, sorted by length within large pools, at most `tokens` pieces with padding a batch."""
    order = list(range(len(data)))
    rng = random.Random(seed)
    rng.shuffle(order)
    plan: list[list[int]] = []
    for at in range(0, len(order), 256):
        pool = sorted(order[at : at + 256], key=lambda i: data[i].length)
        current: list[int] = []
        for i in pool:
            if current and (len(current) + 1) * data[i].length > tokens:
                plan.append(current)
                current = []
            current.append(i)
        plan.append(current)
    rng.shuffle(plan)
    for chosen in plan:
        yield collate([data[i] for i in chosen])
