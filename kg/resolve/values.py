"""Reported values of one metric in, the same values on the metric's scale out: what was brought there is marked, and
what can't be of this metric is suspect and stands apart."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, Protocol

from kg.graph import EntityNode, Registered
from kg.resolve.registry import Registry

Note = Literal["as reported", "rescaled", "suspect"]

# What a unit is of a kind's base unit. Case counts where it tells: Mb and MB, but FPS and fps are one.
_KINDS: tuple[dict[str, float], ...] = (
    {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "μs": 1e-3, "ms": 1.0, "millisecond": 1.0, "milliseconds": 1.0}
    | dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1e3)
    | dict.fromkeys(("min", "mins", "minute", "minutes"), 6e4)
    | dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3.6e6)
    | dict.fromkeys(("d", "day", "days"), 8.64e7),
    {"mm": 1.0, "millimeter": 1.0, "millimeters": 1.0, "cm": 10.0, "m": 1e3, "meter": 1e3, "meters": 1e3, "km": 1e6},
    {"kb": 1e-6, "mb": 1e-3, "gb": 1.0, "tb": 1e3, "mib": 2**20 / 1e9, "gib": 2**30 / 1e9},
    dict.fromkeys(("fps", "frames per second", "frames/s", "frame/s", "hz", "frames/sec"), 1.0),
    {"flops": 1.0, "mflops": 1e6, "gflops": 1e9, "tflops": 1e12},
    {"db": 1.0},
    {"x": 1.0, "times": 1.0},
)


# What numbers are counted in: of parameters and operations, never metres.
_COUNTS = {"k": 1e3, "K": 1e3, "thousand": 1e3, "M": 1e6, "million": 1e6, "B": 1e9, "G": 1e9, "billion": 1e9, "T": 1e12}
_EACH = re.compile(r"\s*(?:/|\bper\b)\s*(?:frames?|images?|img|samples?|quer(?:y|ies)|tokens?|iterations?)$", re.I)
_SAID = ("dB", "FPS")  # units that the name of a metric says already


class Scale(Protocol):
    """What is known of a metric: kg.graph.EntityNode and Registered both say it."""

    @property
    def unit(self) -> str | None: ...
    @property
    def lower_bound(self) -> float | None: ...
    @property
    def upper_bound(self) -> float | None: ...
    @property
    def higher_is_better(self) -> bool | None: ...


class Comparable(NamedTuple):
    """A value on its metric's scale. `why` says in words what was done, or what is strange."""

    value: float
    unit: str | None
    note: Note = "as reported"
    why: str = ""


def scale_of(metric: EntityNode, registry: Registry) -> tuple[Scale, str | None]:
    """What is known of a metric; where the registry does not know it, of the metric that its name ends in, and which
    that is: "proof accuracy" is an accuracy.

    >>> from kg.resolve.registry import load
    >>> name = "proof accuracy"
    >>> node = EntityNode(id="metric:x", type="Metric", name=name, support=1, forms=(name,), form_papers=(1,))
    >>> scale, known = scale_of(node, load())
    >>> known, scale.unit, scale.higher_is_better
    ('accuracy', '%', True)
    """
    if metric.curated:
        return metric, None
    heads = (entry.registered for name in _heads(metric.name) if (entry := registry.find("Metric", name)))
    head: Registered | None = next(heads, None)
    return (metric, None) if head is None else (head, head.name)


def _heads(name: str) -> Iterator[str]:
    """The ends of a name, the longest first."""
    words = name.split()
    for start in range(1, len(words)):
        yield " ".join(words[start:])


def comparable(value: float, unit: str | None, metric: Scale) -> Comparable:
    """A reported value on the scale of its metric.

    >>> from kg.resolve.registry import load
    >>> accuracy, latency = (load().find("Metric", name).registered for name in ("accuracy", "latency"))
    >>> comparable(0.82, None, accuracy)[:3], comparable(82.0, "%", accuracy)[:3], comparable(1.5, "s", latency)[:3]
    ((82.0, '%', 'rescaled'), (82.0, '%', 'as reported'), (1500.0, 'ms', 'rescaled'))
    >>> comparable(820.0, "%", accuracy).note, comparable(15.0, "GB", latency).note
    ('suspect', 'suspect')
    """
    scaled = _percent(value, unit, metric) if _is_share(metric) else _measured(value, unit, metric)
    if scaled.note == "suspect":
        return scaled
    low, high = metric.lower_bound, metric.upper_bound
    if (low is not None and scaled.value < low) or (high is not None and scaled.value > high):
        span = f"{'' if low is None else f'{low:g}'} to {'' if high is None else f'{high:g}'}"
        return scaled._replace(note="suspect", why=f"outside the metric's range, {span}")
    return scaled


def _is_share(metric: Scale) -> bool:
    """Whether a value may be written as a share or in percent: accuracy and BLEU may, PSNR may not."""
    return metric.unit == "%" or (metric.unit is None and metric.upper_bound in (1, 100))


def _percent(value: float, unit: str | None, metric: Scale) -> Comparable:
    full = metric.upper_bound == 1
    if unit not in (None, "%"):
        return Comparable(value, unit, "suspect", f"in {unit}, which is no share")
    if full:
        if unit == "%" or 1 < abs(value) <= 100:
            return Comparable(_tidy(value / 100), metric.unit, "rescaled", f"{value:g} in percent")
        return Comparable(value, metric.unit)
    if unit == "%" or abs(value) > 1 or value == 0:
        return Comparable(value, metric.unit)
    if metric.higher_is_better is False:  # an error of 0.23 may be a share or 0.23 %: the number does not tell
        return Comparable(value, unit, "suspect", "a share or a percentage: it does not say")
    return Comparable(_tidy(value * 100), metric.unit, "rescaled", f"{value:g} as a share of 1")


def _measured(value: float, unit: str | None, metric: Scale) -> Comparable:
    if unit in _COUNTS:
        return Comparable(_tidy(value * _COUNTS[unit]), metric.unit, "rescaled", f"{value:g} {unit}")
    unit = _EACH.sub("", unit) if unit and metric.unit != unit else unit
    wanted = metric.unit or _base(unit)
    if unit == wanted or (unit is None and (metric.unit is None or metric.unit in _SAID)):
        return Comparable(value, wanted)
    if unit is None:
        return Comparable(value, None, "suspect", f"without a unit, where {wanted} is usual")
    factor = _factor(unit, wanted)
    if factor is None:
        strange = metric.unit is not None
        return Comparable(value, unit, "suspect" if strange else "as reported", f"in {unit}, not {wanted}" * strange)
    if factor == 1:
        return Comparable(value, wanted)
    return Comparable(_tidy(value * factor), wanted, "rescaled", f"{value:g} in {unit}")


def _factor(unit: str, wanted: str | None) -> float | None:
    if wanted is None:
        return None
    for kind in _KINDS:
        if unit.casefold() in kind and wanted.casefold() in kind:
            return kind[unit.casefold()] / kind[wanted.casefold()]
    return None


def _base(unit: str | None) -> str | None:
    """The unit that values of a metric without one of its own are brought to: the base of the kind, else their own."""
    if unit is None:
        return None
    bases = {0: "s", 1: "m", 2: "GB", 3: "FPS", 4: "GFLOPs", 5: "dB", 6: "x"}
    return next((bases[n] for n, kind in enumerate(_KINDS) if unit.casefold() in kind), unit)


def _tidy(value: float) -> float:
    """Without the traces of binary fractions: 0.29 * 100 is 29."""
    return float(f"{value:.12g}")


def mixed(values: Sequence[Comparable]) -> bool:
    """Whether values that are not suspect still stand in several units, so that no order among them means anything."""
    return len({value.unit for value in values if value.note != "suspect"}) > 1
