import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kg.errors import ExtractError
from kg.extract.annotations import annotation
from kg.extract.encoder import EncoderExtractor
from kg.extract.encoder.extractor import SHIPPED
from kg.types import Extraction, Paper

pytestmark = pytest.mark.skipif(not (SHIPPED / "config.json").exists(), reason="the trained model is not installed")

ABSTRACTS = {
    "Deep Residual Learning for Image Recognition": (
        "We present residual networks (ResNets), which are easier to train. On ImageNet, an ensemble of ResNets "
        "reaches 3.57% top-5 error and outperforms VGG. On COCO object detection we gain 28% relative improvement."
    ),
    "Attention Is All You Need": (
        "We propose the Transformer, an architecture based on attention alone. It achieves 28.4 BLEU on WMT 2014 "
        "English-to-German translation and 41.8 BLEU on WMT 2014 English-to-French, and trains 3.3x faster."
    ),
    "": "Our approach improves accuracy on GSM8K and MATH by 3% and 5%, respectively, over chain-of-thought prompting.",
}


@pytest.fixture(scope="module")
def extractor() -> EncoderExtractor:
    return EncoderExtractor()


def papers() -> list[Paper]:
    return [Paper(id=f"p{i}", title=t or None, abstract=a) for i, (t, a) in enumerate(ABSTRACTS.items())] * 4


def read(extractor: EncoderExtractor, abstract: str, title: str | None = None) -> Extraction:
    (found,) = extractor.pipe([Paper(id="p", title=title, abstract=abstract)])
    assert isinstance(found, Extraction)
    return found


def bytes_of(found: list[Extraction | ExtractError]) -> list[str]:
    assert all(isinstance(item, Extraction) for item in found)
    return [item.model_dump_json() for item in found if isinstance(item, Extraction)]


@pytest.mark.parametrize(("batch_size", "workers"), [(1, 1), (5, 2), (64, 3)])
def test_encoder_gives_the_same_bytes_however_it_is_run(
    extractor: EncoderExtractor, batch_size: int, workers: int
) -> None:
    alone = [extractor(paper).model_dump_json() for paper in papers()]
    assert bytes_of(list(extractor.pipe(papers(), batch_size=batch_size, workers=workers))) == alone


def test_encoder_keeps_the_order_of_the_papers(extractor: EncoderExtractor) -> None:
    found = [item.paper.id for item in extractor.pipe(papers()) if isinstance(item, Extraction)]
    assert found == [paper.id for paper in papers()]


def test_encoder_streams(extractor: EncoderExtractor) -> None:
    taken = []

    def source() -> Any:
        for paper in papers():
            taken.append(paper.id)
            yield paper

    next(extractor.pipe(source(), batch_size=2))
    assert len(taken) == 2


def test_encoder_finds_what_a_plain_abstract_reports(extractor: EncoderExtractor) -> None:
    (title, abstract), *_ = ABSTRACTS.items()
    found = read(extractor, abstract, title)
    assert {"ImageNet", "COCO"} <= {e.name for e in found.entities if e.type == "Dataset"}
    assert {"3.57%", "28%"} == {r.value.surface for r in found.results}
    assert {"ImageNet", "COCO"} == {r.dataset.entity for r in found.results if r.dataset}


@pytest.mark.parametrize(
    "abstract",
    [
        "—",
        "...",
        "a",
        "نموذج لغوي كبير 97%",
        "🤖 improves 3% 🎉",
        "x" * 5000,
        "1" * 400,
        "% % % \\% (",
        "A\x00B \x07 C",
    ],
)
def test_encoder_reads_odd_texts(extractor: EncoderExtractor, abstract: str) -> None:
    assert read(extractor, abstract).paper.abstract == abstract


def test_encoder_reads_long_texts_to_their_end(extractor: EncoderExtractor) -> None:
    filler = "This sentence is about nothing in particular and goes on for a while. " * 80
    found = read(extractor, filler + "We evaluate BERT on ImageNet and reach 61.7% accuracy.")
    assert "61.7%" in {r.value.surface for r in found.results}
    assert "ImageNet" in {e.name for e in found.entities}


@pytest.mark.shared
def test_encoder_reaches_its_figures_on_dev(
    extractor: EncoderExtractor, shared: Path, annotated: Callable[[str], list[tuple[Paper, dict[str, Any]]]]
) -> None:
    pairs = annotated("dev")
    found = extractor.pipe(paper for paper, _ in pairs)
    rows = [annotation(item) for item in found if isinstance(item, Extraction)]
    figures = _score_module(shared).score([row for _, row in pairs], rows)
    least = json.loads((SHIPPED / "config.json").read_text(encoding="utf-8"))["least_on_dev"]
    assert {name: round(figures[name]["f1"], 3) for name, f1 in least.items() if figures[name]["f1"] < f1} == {}


def _score_module(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("gold_score", shared / "gold" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
