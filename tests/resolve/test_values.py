import pytest

from kg.graph import Registered
from kg.resolve.registry import load
from kg.resolve.values import Comparable, comparable, mixed


def scale(name: str) -> Registered:
    entry = load().find("Metric", name)
    assert entry is not None
    return entry.registered


@pytest.mark.parametrize(
    ("metric", "value", "unit", "expected"),
    [
        ("accuracy", 82.0, "%", (82.0, "%", "as reported")),
        ("accuracy", 82.0, None, (82.0, "%", "as reported")),
        ("accuracy", 0.82, None, (82.0, "%", "rescaled")),
        ("accuracy", 0.29, None, (29.0, "%", "rescaled")),
        ("accuracy", 0.5, "%", (0.5, "%", "as reported")),
        ("accuracy", 120.0, "%", (120.0, "%", "suspect")),
        ("accuracy", -3.0, None, (-3.0, "%", "suspect")),
        ("accuracy", 82.0, "ms", (82.0, "ms", "suspect")),
        ("error rate", 0.23, None, (0.23, None, "suspect")),
        ("error rate", 0.23, "%", (0.23, "%", "as reported")),
        ("WER", 112.0, "%", (112.0, "%", "as reported")),
        ("BLEU", 28.4, None, (28.4, None, "as reported")),
        ("BLEU", 0.284, None, (28.4, None, "rescaled")),
        ("SSIM", 0.93, None, (0.93, None, "as reported")),
        ("SSIM", 93.0, "%", (0.93, None, "rescaled")),
        ("perplexity", 0.4, None, (0.4, None, "suspect")),
        ("perplexity", 18.3, None, (18.3, None, "as reported")),
        ("latency", 1.5, "s", (1500.0, "ms", "rescaled")),
        ("latency", 3.0, "ms", (3.0, "ms", "as reported")),
        ("latency", 3.0, None, (3.0, None, "suspect")),
        ("MPJPE", 4.2, "cm", (42.0, "mm", "rescaled")),
        ("FPS", 30.0, "fps", (30.0, "FPS", "as reported")),
        ("memory usage", 512.0, "MB", (0.512, "GB", "rescaled")),
        ("memory usage", 8.0, "GB", (8.0, "GB", "as reported")),
        ("PSNR", 32.9, "dB", (32.9, "dB", "as reported")),
        ("PSNR", 32.9, None, (32.9, "dB", "as reported")),
        ("FPS", 55.1, None, (55.1, "FPS", "as reported")),
        ("FLOPs", 295.0, "M", (295e6, None, "rescaled")),
        ("FLOPs", 1.04, "GFLOPs", (1.04, "GFLOPs", "as reported")),
        ("latency", 45.8, "ms/frame", (45.8, "ms", "as reported")),
        ("latency", 0.12, "seconds per frame", (120.0, "ms", "rescaled")),
        ("pass@96", 0.5, None, (50.0, "%", "rescaled")),
    ],
)
def test_values_are_brought_to_the_scale_of_their_metric(
    metric: str, value: float, unit: str | None, expected: tuple[float, str | None, str]
) -> None:
    assert comparable(value, unit, scale(metric))[:3] == expected


def test_values_say_what_was_done() -> None:
    assert comparable(0.82, None, scale("accuracy")).why == "0.82 as a share of 1"
    assert comparable(820.0, "%", scale("accuracy")).why == "outside the metric's range, 0 to 100"
    assert comparable(12.0, "%", scale("accuracy")).why == ""


def test_values_of_an_unknown_metric_stay_as_they_are() -> None:
    nothing = Registered(name="zeal")
    assert comparable(0.3, None, nothing) == Comparable(0.3, None)
    assert comparable(7.0, "apples", nothing) == Comparable(7.0, "apples")


def test_values_in_several_units_are_mixed() -> None:
    assert mixed([Comparable(1.0, "ms"), Comparable(1.0, "GB")])
    assert not mixed([Comparable(1.0, "ms"), Comparable(1.0, "GB", "suspect")])
