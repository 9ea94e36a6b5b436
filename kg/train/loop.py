"""Examples -> trained weights: one resumable run with warm-up, layer-wise rates and averaged weights, logged."""

# mypy: allow-subclassing-any, allow-untyped-calls, no-warn-return-any, no-warn-unused-ignores

import json
import logging
import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from kg.train.data import Batch, Example, batches
from kg.train.losses import losses
from kg.train.model import Extractor

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How long and how fast. The run ends at `epochs` or `minutes`, whichever comes first; rates fall to zero there."""

    epochs: float = 3
    minutes: float | None = None
    tokens: int = 1300
    rate: float = 1e-4
    head_rate: float = 6e-4
    layer_decay: float = 0.9
    warmup: float = 0.06
    weight_decay: float = 0.01
    average: float = 0.995
    save_minutes: float = 8
    seed: int = 0


def fit(model: Extractor, data: Sequence[Example], schedule: Schedule, folder: Path, *, device: str = "cpu") -> None:
    """Train until the schedule ends; `folder` gets log.jsonl, state.pt (to resume from) and averaged.pt."""
    folder.mkdir(parents=True, exist_ok=True)
    model.to(device).train()
    _freeze(model)
    run = _Run(model, schedule, folder, len(data))
    run.resume()
    (folder / "schedule.json").write_text(json.dumps(asdict(schedule)) + "\n")
    while run.progress < 1:
        for place, batch in enumerate(batches(data, tokens=schedule.tokens, seed=schedule.seed + run.epoch)):
            if place < run.place:
                continue
            run.step(_to(batch, device))
            if run.progress >= 1:
                break
        run.epoch, run.place = run.epoch + 1, 0
    if run.recent:
        run.log()
    run.save()


class _Run:
    """Optimiser, averaged weights and clock of a run."""

    def __init__(self, model: Extractor, schedule: Schedule, folder: Path, papers: int) -> None:
        self.model, self.schedule, self.folder, self.papers = model, schedule, folder, papers
        self.epoch = self.place = self.steps = self.seen = 0
        self.elapsed = 0.0
        self.saved = 0.0
        self.optimizer = torch.optim.AdamW(parameter_groups(model, schedule), betas=(0.9, 0.98), eps=1e-6, fused=True)
        self.averaged = {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}
        self.recent: dict[str, list[float]] = defaultdict(list)
        self.below: dict[str, Tensor] = {}

    @property
    def progress(self) -> float:
        done = self.seen / self.papers / self.schedule.epochs
        return max(done, self.elapsed / 60 / self.schedule.minutes) if self.schedule.minutes else done

    def step(self, batch: Batch) -> None:
        began = time.monotonic()
        factor = _factor(self.progress, self.schedule.warmup)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * factor
        parts = batch_losses(self.model, batch, self.below)
        loss = torch.stack(list(parts.values())).sum()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        self.optimizer.step()
        self._average()
        self.steps += 1
        self.place += 1
        self.seen += len(batch.examples)
        self.elapsed += time.monotonic() - began
        for name, value in {**parts, "loss": loss, "norm": norm}.items():
            self.recent[name].append(float(value.detach()))
        if self.steps % 20 == 0:
            self.log()
        if self.elapsed - self.saved > 60 * self.schedule.save_minutes:
            self.save()

    def _average(self) -> None:
        decay = min(self.schedule.average, (1 + self.steps) / (10 + self.steps))
        live = [p.detach() for p in self.model.parameters() if p.requires_grad]
        torch._foreach_lerp_(list(self.averaged.values()), live, 1 - decay)

    def log(self) -> None:
        """Add a line to log.jsonl: the mean losses since the last one."""
        means = {name: round(sum(v) / len(v), 4) for name, v in self.recent.items()}
        row = {"step": self.steps, "seen": self.seen, "minutes": round(self.elapsed / 60, 2), **means}
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as out:
            out.write(json.dumps({**row, "progress": round(self.progress, 4)}) + "\n")
        self.recent.clear()

    def save(self) -> None:
        """Write averaged.pt and state.pt, each whole or not at all."""
        self.saved = self.elapsed
        weights = {**self.model.state_dict(), **self.averaged}
        clock = {k: getattr(self, k) for k in ("epoch", "place", "steps", "seen", "elapsed", "saved")}
        state: dict[str, Any] = {"model": self.model.state_dict(), "averaged": self.averaged, "clock": clock}
        state["optimizer"] = self.optimizer.state_dict()
        for name, content in (("averaged.pt", weights), ("state.pt", state)):
            torch.save(content, self.folder / f"{name}.part")
            (self.folder / f"{name}.part").replace(self.folder / name)
        log.info("saved after %d papers, %.1f minutes", self.seen, self.elapsed / 60)

    def resume(self) -> None:
        path = self.folder / "state.pt"
        if not path.exists():
            return
        state = torch.load(path, map_location=next(self.model.parameters()).device, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.averaged = state["averaged"]
        self.optimizer.load_state_dict(state["optimizer"])
        for name, value in state["clock"].items():
            setattr(self, name, value)
        log.info("resumed at %d papers, %.1f minutes", self.seen, self.elapsed / 60)


def _freeze(model: Extractor) -> None:
    """Leave the embeddings, the position bias and the frozen layers as they are."""
    encoder = model.encoder
    still: list[nn.Module] = [encoder.words, encoder.positions, encoder.norm, *encoder.layers[: encoder.frozen]]
    if encoder.relative is not None:  # an attention mask with a gradient also rules out fused attention
        still.append(encoder.relative)
    for module in still:
        module.requires_grad_(False)


def batch_losses(model: Extractor, batch: Batch, below: dict[str, Tensor]) -> dict[str, Tensor]:
    """Mean loss of every head over the papers of a batch. `below` keeps what the frozen layers made of each paper."""
    device = batch.pieces.device
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type != "cpu" or multiplies_bfloat16()):
        frozen = _frozen_part(model, batch, below)
        vectors = model.encode_upper(frozen, batch.mask, batch.shapes, batch.segments, batch.numbers)
    vectors = vectors.float()
    total: dict[str, Tensor] = {}
    for row, example in zip(vectors, batch.examples, strict=True):
        first = torch.from_numpy(example.features.first_piece).to(device)
        for name, value in losses(model.heads, row[first], example).items():
            total[name] = total[name] + value if name in total else value
    return {name: value / len(batch.examples) for name, value in total.items()}


@cache
def multiplies_bfloat16() -> bool:
    """Whether this processor has instructions for it; one that has not takes four times as long as for float32."""
    known: Callable[[], dict[str, Any]] = getattr(torch.cpu, "get_capabilities", lambda: {"bf16": True})
    return any(there for name, there in known().items() if name.endswith("bf16"))


def _frozen_part(model: Extractor, batch: Batch, below: dict[str, Tensor]) -> Tensor:
    if not model.encoder.frozen:
        return model.encoder.lower(batch.pieces, batch.mask)
    if not all(example.id in below for example in batch.examples):
        with torch.no_grad():
            rows = model.encoder.lower(batch.pieces, batch.mask).bfloat16()
        below.update({e.id: row[: e.length].clone() for e, row in zip(batch.examples, rows, strict=True)})
    out = torch.zeros(*batch.pieces.shape, model.encoder.shape.width, dtype=torch.bfloat16, device=batch.pieces.device)
    for row, example in zip(out, batch.examples, strict=True):
        row[: example.length] = below[example.id]
    return out


def parameter_groups(model: Extractor, schedule: Schedule) -> list[dict[str, Any]]:
    """Layer-wise rates: the top layer learns at `rate`, each one below slower; heads and features faster."""
    depth = len(model.encoder.layers)
    groups: dict[tuple[float, float], list[Tensor]] = defaultdict(list)
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        if name.startswith("encoder.layers."):
            peak = schedule.rate * schedule.layer_decay ** (depth - 1 - int(name.split(".")[2]))
        elif name.startswith("encoder."):
            peak = schedule.rate * schedule.layer_decay**depth
        else:
            peak = schedule.head_rate
        groups[peak, schedule.weight_decay if parameter.ndim > 1 else 0.0].append(parameter)
    return [{"params": p, "peak": peak, "lr": 0.0, "weight_decay": decay} for (peak, decay), p in groups.items()]


def _factor(progress: float, warmup: float) -> float:
    if progress < warmup:
        return progress / warmup + 1e-3
    return max(0.0, 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - warmup) / (1 - warmup)))))


def _to(batch: Batch, device: str) -> Batch:
    if device == "cpu":
        return batch
    from dataclasses import fields, replace

    def move(item: Any) -> Any:
        return replace(item, **{f.name: getattr(item, f.name).to(device) for f in fields(item)})

    moved = tuple(replace(e, spans=move(e.spans)) for e in batch.examples)
    tensors: Iterable[str] = ("pieces", "mask", "shapes", "segments", "numbers")
    return replace(batch, examples=moved, **{n: getattr(batch, n).to(device) for n in tensors})
