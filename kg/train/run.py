"""Annotated JSON Lines -> a model folder, in one resumable run: train, average, export to int8, tune, calibrate."""

# mypy: allow-untyped-calls, no-warn-unused-ignores

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from kg.extract.encoder.features import load_tokenizer
from kg.extract.encoder.knobs import Knobs, knobs_as_json
from kg.extract.encoder.network import OnnxNetwork
from kg.train import encoders
from kg.train.calibrate import calibrated
from kg.train.data import Example, examples, read_rows
from kg.train.export import export
from kg.train.loop import Schedule, fit
from kg.train.model import Extractor
from kg.train.tune import Score, Tuner
from kg.types import Paper

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Annotated:
    """Papers and their annotations, as two JSON Lines files joined on `id`."""

    papers: Path
    gold: Path


@dataclass(frozen=True, kw_only=True)
class Pretrained:
    """Where the encoder's weights and tokenizer lie, and how much of it is used."""

    weights: Path  # .safetensors (MPNet or BERT names) or .onnx (a BERT export)
    tokenizer: Path  # tokenizer.json
    layers: int = 6
    frozen: int = 2


def run(
    train: Annotated,
    folder: Path,
    *,
    pretrained: Pretrained,
    schedule: Schedule | None = None,
    dev: Annotated | None = None,
    score: Score | None = None,
    start: Path | None = None,
    texts: Sequence[Path] = (),
    share: float = 1.0,
    threads: int = 2,
    device: str = "cpu",
    name: str = "kg-encoder",
    version: str = "1",
) -> Path:
    """Train and write `folder/model`, the folder that EncoderExtractor takes; returns it.

    A killed run goes on from `folder/state.pt` when it is called again. `start` is an averaged.pt to continue from,
    `share` the part of the papers to learn from (for learning curves), `texts` further JSON Lines papers whose word
    pieces the vocabulary keeps. With `dev` and `score` the thresholds and confidences are fitted on dev.
    """
    plan = schedule or Schedule()
    torch.set_num_threads(threads)
    torch.manual_seed(plan.seed)
    rows = read_rows(train.papers)
    data = _share(examples(rows, read_rows(train.gold), load_tokenizer(pretrained.tokenizer)), share)
    model = Extractor(encoders.load(pretrained.weights, layers=pretrained.layers, frozen=pretrained.frozen))
    if start is not None:
        model.load_state_dict(torch.load(start, map_location="cpu", weights_only=True))
    fit(model, data, plan, folder, device=device)
    model.load_state_dict(torch.load(folder / "averaged.pt", map_location="cpu", weights_only=True))
    about = {"name": name, "version": version, "papers": len(data), "schedule": asdict(plan)}
    target = folder / "model"
    config = {**about, "decoding": knobs_as_json(Knobs())}
    export(model, pretrained.tokenizer, target, config, _texts(train.papers, *texts))
    if dev is not None and score is not None:
        fit_decoding(target, dev, score)
    return target


def fit_decoding(model: Path, dev: Annotated, score: Score) -> Knobs:
    """Fit thresholds and confidences of an exported model on annotated papers, and write them into its config.json."""
    gold = read_rows(dev.gold)
    tuner = Tuner(OnnxNetwork(model), load_tokenizer(model / "tokenizer.json"), list(_papers(dev.papers)), gold, score)
    knobs = calibrated(tuner, tuner.search(Knobs()))
    config: dict[str, Any] = json.loads((model / "config.json").read_text(encoding="utf-8"))
    config["decoding"] = knobs_as_json(knobs)
    (model / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return knobs


def _share(data: list[Example], share: float) -> list[Example]:
    """The first part of the papers by the order of their ids, which are hashes."""
    return sorted(data, key=lambda e: e.id)[: max(1, round(share * len(data)))] if share < 1 else data


def _papers(path: Path) -> Iterator[Paper]:
    for row in read_rows(path):
        yield Paper(id=row["id"], title=row.get("title") or None, abstract=row["abstract"], record_id=row["id"])


def _texts(*paths: Path) -> Iterable[str]:
    for path in paths:
        for paper in _papers(path):
            yield paper.text
