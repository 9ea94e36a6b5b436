"""Annotated JSON Lines -> a model folder, in one resumable run: train, average, export to int8, tune, calibrate."""

# mypy: allow-untyped-calls, no-warn-unused-ignores

import hashlib
import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from kg.extract.annotations import annotation
from kg.extract.encoder.extractor import EncoderExtractor
from kg.extract.encoder.features import load_tokenizer
from kg.extract.encoder.knobs import Knobs, knobs_as_json
from kg.extract.encoder.network import OnnxNetwork
from kg.read import read
from kg.read.rows import read_rows
from kg.train import encoders
from kg.train.calibrate import calibrated
from kg.train.data import Example, examples
from kg.train.export import export
from kg.train.loop import Schedule, fit
from kg.train.model import Extractor
from kg.train.plot import plot_learning_curve, plot_runs
from kg.train.start import continue_from
from kg.train.tune import Score, Tuner
from kg.types import Extraction, Paper

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
    layers: int = 10
    frozen: int = 2
    dropout: float = 0.1  # in the layers that learn


def run(
    train: Annotated,
    folder: Path,
    *,
    pretrained: Pretrained,
    schedule: Schedule | None = None,
    dev: Annotated | None = None,
    score: Score | None = None,
    start: Path | None = None,
    without: Sequence[int] = (),
    texts: Sequence[Path] = (),
    share: float = 1.0,
    emphasis: Mapping[str, int] | None = None,
    beside: Sequence[Path] = (),
    threads: int = 2,
    device: str = "cpu",
    name: str = "kg-encoder",
    version: str | None = None,
) -> Path:
    """Train and write `folder/model`, the folder that EncoderExtractor takes; returns it.

    A killed run goes on from `folder/state.pt` when it is called again. `start` is what to continue from: the
    averaged.pt of a run, or a model folder, whose thresholds are kept where there is no dev to fit them on; `without`
    names layers of it (from 0) that this model does not have. `share` is the part of the papers to learn from (for
    learning curves), `emphasis` how many times as often papers are seen whose ids begin as a pattern (regular
    expression) says, `texts` further papers whose word pieces the vocabulary keeps.
    With `dev` and `score` the thresholds and confidences are fitted on dev, and `folder/figures.json` says how well the
    model then does there. `folder/run.svg` is a picture of the run; `folder/learning-curve.svg` shows it among the runs
    `beside` it, on other shares of the papers. The `version` is by default one that no other model has: by it a store
    knows which papers were read with which model.
    """
    plan = schedule or Schedule()
    torch.set_num_threads(threads)
    torch.manual_seed(plan.seed)
    rows = read_rows(train.papers)
    data = part_of(examples(rows, read_rows(train.gold), load_tokenizer(pretrained.tokenizer)), share)
    learnt = len(data)
    data = emphasised(data, emphasis or {})
    how = {"layers": pretrained.layers, "frozen": pretrained.frozen}
    model = Extractor(encoders.load(pretrained.weights, dropout=pretrained.dropout, **how))
    knobs = continue_from(model, start, without=without) if start is not None else Knobs()
    fit(model, data, plan, folder, device=device)
    model.load_state_dict(torch.load(folder / "averaged.pt", map_location="cpu", weights_only=True))
    about = {"name": name, "version": version or "", "papers": learnt, "schedule": asdict(plan)}
    target = folder / "model"
    config = {**about, "decoding": knobs_as_json(knobs)}
    export(model, pretrained.tokenizer, target, config, _texts([train.papers, *texts]))
    plot_runs([folder], folder / "run.svg")
    if dev is not None and score is not None:
        fit_decoding(target, dev, score)
        _keep_figures(target, dev, score, learnt)
        if beside:
            plot_learning_curve([*beside, folder], folder / "learning-curve.svg")
    if version is None:
        _settle(target, version=f"0.{_digest(target)}")
    return target


def fit_decoding(model: Path, dev: Annotated, score: Score) -> Knobs:
    """Fit thresholds and confidences of an exported model on annotated papers, and write them into its config.json."""
    gold = read_rows(dev.gold)
    tuner = Tuner(OnnxNetwork(model), load_tokenizer(model / "tokenizer.json"), list(_papers(dev.papers)), gold, score)
    knobs = calibrated(tuner, tuner.search(Knobs()))
    _settle(model, decoding=knobs_as_json(knobs))
    return knobs


def _settle(model: Path, **settings: Any) -> None:
    """Put settings into the model's config.json."""
    config: dict[str, Any] = json.loads((model / "config.json").read_text(encoding="utf-8"))
    text = json.dumps({**config, **settings}, indent=1, sort_keys=True) + "\n"
    (model / "config.json").write_text(text, encoding="utf-8")


def _digest(model: Path) -> str:
    """Eight digits that stand for all that decides what the model reads in a text."""
    parts = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in model.iterdir())
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:8]


def _keep_figures(model: Path, dev: Annotated, score: Score, papers: int) -> None:
    """Write figures.json beside the model: F1 on dev, and how many papers were learnt from."""
    found = EncoderExtractor(model).pipe(_papers(dev.papers))
    figures = score(read_rows(dev.gold), [annotation(x) for x in found if isinstance(x, Extraction)])
    row = {"papers": papers, "f1": {name: round(figure["f1"], 4) for name, figure in figures.items()}}
    (model.parent / "figures.json").write_text(json.dumps(row, indent=1) + "\n", encoding="utf-8")


def part_of(data: list[Example], share: float) -> list[Example]:
    """A part of the papers, drawn by their ids: the same in every run, and a smaller part is in a larger one."""
    drawn = sorted(data, key=lambda e: hashlib.sha256(e.id.encode()).digest())
    return drawn[: max(1, round(share * len(data)))] if share < 1 else data


def emphasised(data: list[Example], emphasis: Mapping[str, int]) -> list[Example]:
    """Every paper as often as the patterns that its id matches say, once where none does."""

    def times(example: Example) -> int:
        return max((count for pattern, count in emphasis.items() if re.match(pattern, example.id)), default=1)

    return [example for example in data for _ in range(times(example))]


def _papers(path: Path) -> Iterator[Paper]:
    for row in read_rows(path):
        yield Paper(id=row["id"], title=row.get("title") or None, abstract=row["abstract"], record_id=row["id"])


def _texts(sources: Sequence[Path]) -> Iterable[str]:
    return (paper.text for paper in read(map(str, sources)) if isinstance(paper, Paper))
