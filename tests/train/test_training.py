import json
import re
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the `train` extra")
pytest.importorskip("onnx", reason="training needs the `train` extra")
pytest.importorskip("matplotlib", reason="training needs the `train` extra")

from safetensors.torch import save_file  # noqa: E402
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors  # noqa: E402

from kg.errors import SettingsError  # noqa: E402
from kg.evaluate.reliability import Bin, Reliability  # noqa: E402
from kg.extract.encoder.extractor import EncoderExtractor  # noqa: E402
from kg.extract.encoder.features import featurize, load_tokenizer  # noqa: E402
from kg.extract.encoder.inputs import span_inputs  # noqa: E402
from kg.extract.encoder.knobs import Knobs, knobs_as_json, read_knobs  # noqa: E402
from kg.extract.encoder.labels import SLOTS  # noqa: E402
from kg.extract.encoder.network import OnnxNetwork  # noqa: E402
from kg.train.calibrate import calibration_error, fit_logistic  # noqa: E402
from kg.train.data import Example, examples  # noqa: E402
from kg.train.encoders import Encoder, EncoderShape  # noqa: E402
from kg.train.export import export  # noqa: E402
from kg.train.loop import Schedule, fit  # noqa: E402
from kg.train.model import Extractor  # noqa: E402
from kg.train.network import TorchNetwork  # noqa: E402
from kg.train.outliers import Rounded, largest_inputs, read_back, rounded  # noqa: E402
from kg.train.plot import plot_reliability  # noqa: E402
from kg.train.run import Annotated, Pretrained, emphasised, part_of, run  # noqa: E402
from kg.train.start import continue_from  # noqa: E402

torch.set_num_threads(1)  # tiny models: a second thread only waits

TITLE, ABSTRACT = "GSA for reasoning", "GSA reaches 48% on GSM8K, 3% over SC."


@pytest.fixture
def tokenizer(tmp_path: Path) -> Path:
    letters = "abcdefghijklmnopqrstuvwxyz0123456789%.,()-"
    pieces = ["<s>", "<pad>", "</s>", "[UNK]", *letters, *(f"##{c}" for c in letters), "gsa", "zebra"]
    made = Tokenizer(models.WordPiece({p: i for i, p in enumerate(pieces)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    made.add_special_tokens(["<s>", "<pad>", "</s>"])
    made.save(str(tmp_path / "tokenizer.json"))
    return tmp_path / "tokenizer.json"


def small(frozen: int) -> Extractor:
    torch.manual_seed(1)
    shape = EncoderShape(3, 24, 2, 48, 100, 530, 2, 1e-5, relative=True)
    return Extractor(Encoder(shape, frozen=frozen))


def gold() -> dict[str, Any]:
    method = {"name": "GSA", "type": "Method", "kind": "technique", "role": "proposed", "mentions": ["GSA"]}
    other = {"name": "SC", "type": "Method", "kind": "technique", "role": "compared", "mentions": ["SC"]}
    dataset = {"name": "GSM8K", "type": "Dataset", "role": "used", "mentions": ["GSM8K"]}
    result = dict.fromkeys(("direction", "relative", "baseline", "metric", "task", "setting"))
    result |= {"value": "48%", "kind": "absolute", "bound": "exact", "method": "GSA", "dataset": "GSM8K"}
    comparison = {"head": "GSA", "type": "compared_with", "tail": "SC", "outcome": "better"}
    return {
        "id": "p",
        "entities": [method, other, dataset],
        "results": [result | {"evidence": ABSTRACT}],
        "relations": [{"head": "GSA", "type": "evaluated_on", "tail": "GSM8K"}, comparison],
    }


def data(tokenizer: Path) -> list[Example]:
    paper = {"id": "p", "title": TITLE, "abstract": ABSTRACT}
    return examples([paper], [gold()], load_tokenizer(tokenizer))


NAMES = ("mention", "entity", "proposed", "value", "tuple", "relation", *(f"value+{s}" for s in SLOTS))
FIGURES = {name: {"precision": 0.5, "recall": 0.5, "f1": 0.5} for name in NAMES}
CALIBRATED = Reliability(
    count=4,
    expected_calibration_error=0.1,
    bins=(Bin(low=0.5, high=0.6, count=4, confidence=0.5, accuracy=0.6),),
)


def weights() -> dict[str, Any]:
    """An untrained encoder of two layers under MPNet's names."""
    torch.manual_seed(2)
    wide = {"attention.attn.q", "attention.attn.k", "attention.attn.v", "attention.attn.o"}
    shapes = dict.fromkeys(wide, (24, 24)) | {"intermediate.dense": (48, 24), "output.dense": (24, 48)}
    out = {
        "embeddings.word_embeddings.weight": torch.randn(100, 24),
        "embeddings.position_embeddings.weight": torch.randn(530, 24),
        "encoder.relative_attention_bias.weight": torch.randn(32, 12),
    }
    norms = ["embeddings.LayerNorm"]
    for layer in range(2):
        norms += [f"encoder.layer.{layer}.attention.LayerNorm", f"encoder.layer.{layer}.output.LayerNorm"]
        for name, (rows, columns) in shapes.items():
            out[f"encoder.layer.{layer}.{name}.weight"] = torch.randn(rows, columns) / 5
            out[f"encoder.layer.{layer}.{name}.bias"] = torch.zeros(rows)
    for name in norms:
        out |= {f"{name}.weight": torch.ones(24), f"{name}.bias": torch.zeros(24)}
    return out


def losses(folder: Path) -> list[float]:
    return [json.loads(line)["loss"] for line in (folder / "log.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("frozen", [0, 1])
def test_training_lowers_the_loss(tokenizer: Path, tmp_path: Path, frozen: int) -> None:
    plan = Schedule(epochs=60, rate=3e-4, head_rate=1e-3)
    fit(small(frozen), data(tokenizer), plan, tmp_path / "run")
    logged = losses(tmp_path / "run")
    assert logged[-1] < 0.7 * logged[0]


def test_training_leaves_the_frozen_layers_alone(tokenizer: Path, tmp_path: Path) -> None:
    model = small(1)
    before = {k: v.clone() for k, v in model.state_dict().items()}
    fit(model, data(tokenizer), Schedule(epochs=4), tmp_path / "run")
    changed = {k for k, v in model.state_dict().items() if not torch.equal(v, before[k])}
    assert not any(k.startswith(("encoder.words", "encoder.layers.0")) for k in changed)
    assert any(k.startswith("encoder.layers.1") for k in changed)


def test_training_is_the_same_from_the_same_seed(tokenizer: Path, tmp_path: Path) -> None:
    weights = []
    for name in ("a", "b"):
        torch.manual_seed(0)
        fit(small(1), data(tokenizer), Schedule(epochs=4), tmp_path / name)
        weights.append(torch.load(tmp_path / name / "averaged.pt", weights_only=True))
    assert all(torch.equal(weights[0][k], weights[1][k]) for k in weights[0])


def test_training_resumes_where_it_was_saved(tokenizer: Path, tmp_path: Path) -> None:
    fit(small(1), data(tokenizer), Schedule(epochs=20), tmp_path / "run")
    fit(small(1), data(tokenizer), Schedule(epochs=40), tmp_path / "run")
    rows = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [20, 40]


def test_training_export_computes_what_the_model_does(tokenizer: Path, tmp_path: Path) -> None:
    model = small(1)
    for table in (model.inputs.shape, model.inputs.segment, model.inputs.number):
        torch.nn.init.normal_(table.weight)
    text = f"{TITLE}\n{ABSTRACT}"
    whole = featurize(text, load_tokenizer(tokenizer), title_length=len(TITLE))
    network = TorchNetwork(model)
    encoded = network.encode(whole)
    inputs = span_inputs(whole, [(0, 0, 0), (5, 5, 2), (2, 2, 5)])
    scores = network.score(encoded.words, inputs)
    config = {"name": "small", "version": "1", "decoding": knobs_as_json(Knobs())}
    export(model, tokenizer, tmp_path / "model", config, [text])
    shipped = OnnxNetwork(tmp_path / "model")
    cut = featurize(text, load_tokenizer(tmp_path / "model" / "tokenizer.json"), title_length=len(TITLE))
    assert len(cut.pieces) == len(whole.pieces)
    found = shipped.encode(cut)
    assert np.abs(found.words - encoded.words).mean() < 0.05 * np.abs(encoded.words).mean()
    assert np.abs(shipped.score(encoded.words, inputs).pair - scores.pair).mean() < 0.1


def test_training_continues_from_the_8_bits_of_a_model_folder(tokenizer: Path, tmp_path: Path) -> None:
    trained = small(1)
    with torch.no_grad():
        trained.encoder.layers[1].norm1.weight[3] = 500  # multiplied apart
        trained.encoder.layers[2].norm1.weight[3] = 30  # made smaller, with copies
        for table in (trained.inputs.shape, trained.inputs.segment, trained.inputs.number):
            torch.nn.init.normal_(table.weight)
    knobs = Knobs(keep=0.45)
    config = {"name": "small", "version": "1", "decoding": knobs_as_json(knobs)}
    export(deepcopy(trained), tokenizer, tmp_path / "model", config, [f"{TITLE}\n{ABSTRACT}"])
    torch.manual_seed(9)
    found = Extractor(Encoder(trained.encoder.shape, frozen=1))
    for mine, theirs in ((found.encoder.words, trained.encoder.words), (found.encoder.norm, trained.encoder.norm)):
        mine.load_state_dict(theirs.state_dict())  # the pretrained encoder's
    assert continue_from(found, tmp_path / "model") == knobs
    expected, weights = trained.state_dict(), found.state_dict()
    for name in expected.keys() - {"encoder.positions.weight", "encoder.relative.weight"}:
        spread = expected[name].std() if expected[name].ndim == 2 else 0
        assert (weights[name] - expected[name]).abs().max() <= 0.1 * spread + 1e-6, name


def test_training_continues_without_some_layers(tmp_path: Path) -> None:
    torch.save(small(1).state_dict(), tmp_path / "averaged.pt")
    two_layers = Extractor(Encoder(replace(small(1).encoder.shape, layers=2)))
    continue_from(two_layers, tmp_path / "averaged.pt", without=[1])
    with pytest.raises(SettingsError, match="no layer 3 to leave out; there are 0 to 2"):
        continue_from(two_layers, tmp_path / "averaged.pt", without=[3])
    kept = [small(1).encoder.layers[i].up.weight for i in (0, 2)]
    assert all(torch.equal(layer.up.weight, up) for layer, up in zip(two_layers.encoder.layers, kept, strict=True))


def test_training_continues_only_from_a_model_of_its_own_shape(tokenizer: Path, tmp_path: Path) -> None:
    config = {"name": "small", "version": "1", "decoding": knobs_as_json(Knobs())}
    export(small(0), tokenizer, tmp_path / "model", config, ["gsa"])
    two_layers = Extractor(Encoder(replace(small(0).encoder.shape, layers=2)))
    with pytest.raises(SettingsError, match=r"another shape .*encoder\.layers\.2"):
        continue_from(two_layers, tmp_path / "model")
    with pytest.raises(SettingsError, match="no model folder"):
        continue_from(two_layers, tmp_path)


@pytest.mark.parametrize(
    ("wide", "far"), [(True, 12.0), (True, 3000.0), (False, 12.0)], ids=["copies", "too far for copies", "narrow"]
)
def test_training_a_product_with_outliers_loses_little_in_8_bits(wide: bool, far: float) -> None:
    made = np.random.default_rng(3)
    weight = made.standard_normal((64, 128 if wide else 32)).astype(np.float32)
    x = made.standard_normal((50, 64)).astype(np.float32)
    x[:, 5] *= far
    product = rounded(weight, np.abs(x).max(0), 0.05)
    assert (product.apart is not None) == (not wide or far > 1000)
    assert np.abs(read_back(product) - weight).max() <= 0.026 * weight.std(0).max()
    assert not_exact(x, weight, product) < 0.03
    assert not_exact(x, weight, rounded(weight, None, 0.05)) > 2 * not_exact(x, weight, product)


def not_exact(x: Any, weight: Any, product: Rounded) -> float:
    """How far the product in 8 bits is from x @ weight, as a part of what the ordinary channels give."""
    inputs = x if product.shrink is None else x * product.shrink
    if product.copies is not None:
        inputs = np.concatenate([inputs, inputs[:, product.copies]], 1)
    step = (inputs.max() - inputs.min()) / 255
    found = (inputs / step).round() * step @ (product.codes * product.scale)
    if product.apart is not None:
        found += x[:, product.apart] @ product.weights
    ordinary = np.delete(x, 5, 1) @ np.delete(weight, 5, 0)
    return float(np.abs(found - x @ weight).mean() / np.abs(ordinary).mean())


def test_training_treats_only_outliers_apart(tokenizer: Path) -> None:
    model = small(0)
    with torch.no_grad():
        model.encoder.layers[1].norm1.weight[3] = 500  # feeds `up` of that layer
    largest = largest_inputs(model, load_tokenizer(tokenizer), [f"{TITLE}\n{ABSTRACT}"])
    up = rounded(np.ones((24, 48), np.float32), largest["layers.1.up"], 0.1)
    assert up.apart is not None
    assert up.apart.tolist() == [3]
    assert rounded(np.ones((24, 72), np.float32), largest["layers.0.qkv"], 0.1).shrink is None


def test_training_export_cuts_the_vocabulary_to_what_occurs(tokenizer: Path, tmp_path: Path) -> None:
    config = {"name": "small", "version": "1", "decoding": knobs_as_json(Knobs())}
    export(small(0), tokenizer, tmp_path / "model", config, ["gsa"])
    pieces = load_tokenizer(tmp_path / "model" / "tokenizer.json").get_vocab()
    assert "gsa" in pieces
    assert "zebra" not in pieces
    assert sorted(pieces.values()) == list(range(len(pieces)))


def test_training_sees_papers_as_often_as_their_emphasis_says(tokenizer: Path) -> None:
    (one,) = data(tokenizer)
    seeds, others = replace(one, id="0a1b"), replace(one, id="arxiv-2101.1")
    ids = [e.id for e in emphasised([seeds, others], {"(?!arxiv-)": 3})]
    assert ids == ["0a1b"] * 3 + ["arxiv-2101.1"]


def test_training_run_gives_a_model_with_its_figures_and_pictures(tokenizer: Path, tmp_path: Path) -> None:
    paper = {"id": "p", "title": TITLE, "abstract": ABSTRACT}
    files = {"papers.jsonl": paper, "gold.jsonl": gold()}
    for name, row in files.items():
        (tmp_path / name).write_text(json.dumps(row) + "\n")
    both = Annotated(papers=tmp_path / "papers.jsonl", gold=tmp_path / "gold.jsonl")
    save_file(weights(), str(tmp_path / "model.safetensors"))
    small = Pretrained(weights=tmp_path / "model.safetensors", tokenizer=tokenizer, layers=2, frozen=1)
    folder = tmp_path / "run"
    plan = Schedule(epochs=20)
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "figures.json").write_text(json.dumps({"papers": 1, "f1": dict.fromkeys(FIGURES, 0.4)}))
    measured: dict[str, Any] = {"dev": both, "score": lambda gold, found: FIGURES, "beside": [tmp_path / "half"]}
    model = run(both, folder, pretrained=small, schedule=plan, threads=1, **measured)
    plot_reliability({"results": CALIBRATED}, tmp_path / "reliability.svg")
    assert json.loads((folder / "figures.json").read_text()) == {"papers": 1, "f1": dict.fromkeys(FIGURES, 0.5)}
    assert re.fullmatch(r"kg-encoder-0\.[0-9a-f]{8}", EncoderExtractor(model).name)
    for picture in (folder / "run.svg", folder / "learning-curve.svg", tmp_path / "reliability.svg"):
        assert "<svg" in picture.read_text()


def test_training_run_continues_from_a_model_with_its_thresholds(tokenizer: Path, tmp_path: Path) -> None:
    paper = {"id": "p", "title": TITLE, "abstract": ABSTRACT}
    (tmp_path / "papers.jsonl").write_text(json.dumps(paper) + "\n")
    (tmp_path / "gold.jsonl").write_text(json.dumps(gold()) + "\n")
    both = Annotated(papers=tmp_path / "papers.jsonl", gold=tmp_path / "gold.jsonl")
    save_file(weights(), str(tmp_path / "model.safetensors"))
    tiny = Pretrained(weights=tmp_path / "model.safetensors", tokenizer=tokenizer, layers=2, frozen=1, dropout=0)
    first = run(both, tmp_path / "first", pretrained=tiny, schedule=Schedule(epochs=60), threads=1)
    config = json.loads((first / "config.json").read_text())
    config["decoding"]["keep"] = 0.45
    (first / "config.json").write_text(json.dumps(config))
    plan = Schedule(epochs=3)  # fewer steps than a line of the log has, else
    second = run(both, tmp_path / "second", pretrained=tiny, schedule=plan, start=first, threads=1)
    assert losses(tmp_path / "second")[0] < 0.7 * losses(tmp_path / "first")[0]
    assert read_knobs(second / "config.json").keep == 0.45
    assert EncoderExtractor(first).name != EncoderExtractor(second).name


def test_training_on_shares_draws_the_same_papers_each_time(tokenizer: Path) -> None:
    (one,) = data(tokenizer)
    papers = [replace(one, id=f"{number:04}") for number in range(100)]
    quarter, half = ({e.id for e in part_of(papers, share)} for share in (0.25, 0.5))
    assert (len(quarter), len(half)) == (25, 50)
    assert quarter < half
    assert half != {e.id for e in papers[:50]}
    assert part_of(papers, 1) == papers


def test_training_platt_scaling_calibrates() -> None:
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.05, 0.95, 4000)
    right = rng.uniform(size=4000) < truth
    overconfident = 1 / (1 + np.exp(-3 * np.log(truth / (1 - truth)) - 0.5))
    fitted = fit_logistic(overconfident.tolist(), right.tolist())
    assert calibration_error(overconfident.tolist(), right.tolist()) > 0.1
    assert calibration_error([fitted(p) for p in overconfident.tolist()], right.tolist()) < 0.03
