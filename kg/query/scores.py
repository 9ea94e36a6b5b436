"""The rows that a store gives to a question of scores in, the rows that can be compared out, with what there is to say.

Values are brought to their metric's scale (kg.resolve.values). What was brought there says so in `note`; what can't be
of the metric comes last, as suspect, and is never ranked.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from textwrap import shorten
from typing import NamedTuple

from kg.resolve.belief import calibration, together
from kg.resolve.registry import load
from kg.resolve.values import Comparable, Scale, comparable, mixed, scale_of
from kg.store import Row, Store, Value

_SHOWN = 5  # settings that a note spells out
_TITLE = 40  # characters of a title that stand for a paper
_Saying = tuple[float, str, str, Row]  # how sure, negative; the sentence, the head's name, the whole row
_FACT = ("fact", "head", "tail", "head_id", "tail_id")


class Told(NamedTuple):
    """Rows as they are told, and notes on all of them."""

    rows: list[Row]
    notes: tuple[str, ...] = ()


def ranked(store: Store, rows: Sequence[Row], parameters: Mapping[str, Value]) -> Told:
    """A leaderboard's rows, all scores as the store has them -> one row a method, its best, the best first."""
    metric = next(store.entities("Metric", ids=[str(parameters["metric"])]), None)
    if metric is None:
        return Told(list(rows))
    scale, head = scale_of(metric, load())
    scaled = [(row, comparable(_number(row["value"]), _text(row["unit"]), scale)) for row in map(_named, rows)]
    sound = [pair for pair in scaled if pair[1].note != "suspect"]
    sign = 1 if scale.higher_is_better is False else -1
    sound.sort(key=lambda pair: (sign * pair[1].value, str(pair[0]["method"]), str(pair[0]["method_id"])))
    best: dict[str, tuple[Row, Comparable]] = {}
    for row, value in sound:
        best.setdefault(str(row["method_id"]), (row, value))
    suspect = [pair for pair in scaled if pair[1].note == "suspect"]
    told = [_with_value(row, value) for row, value in (*best.values(), *suspect)]
    notes = [f"{metric.name} is taken to be on the scale of {head}"] if head else []
    return Told(told, (*notes, *_warnings(best, metric.name, scale)))


def conflicting(store: Store, rows: Sequence[Row], parameters: Mapping[str, Value]) -> Told:
    """Pairs of values -> those that still differ on the metric's scale, to as many decimals as both have."""
    ids = sorted({str(row["metric_id"]) for row in rows})
    metrics = {node.id: scale_of(node, load())[0] for node in store.entities("Metric", ids=ids)} if ids else {}
    told = []
    for row in rows:
        metric = metrics[str(row["metric_id"])]
        one = comparable(_number(row["value"]), _text(row["unit"]), metric)
        other = comparable(_number(row["other_value"]), _text(row["other_unit"]), metric)
        if one.unit == other.unit and _agree(one.value, other.value):
            continue
        told.append(row | {"value": one.value, "unit": one.unit, "other_value": other.value, "other_unit": other.unit})
    return Told(told)


def believed(store: Store, rows: Sequence[Row], parameters: Mapping[str, Value]) -> Told:
    """What papers say, each by itself -> one row a fact, with how many say it and its belief, the most believed first.

    A comparison is one fact whichever way round it is told.
    """
    said: dict[tuple[str, ...], dict[str, _Saying]] = defaultdict(dict)
    sure: dict[tuple[str, float], float] = {}
    for row in rows:
        how = str(row["extractor"]), _number(row["confidence"])
        if how not in sure:
            sure[how] = calibration(how[0]).probability(how[1])
        fact, head, tail = str(row["fact"]), str(row["head_id"]), str(row["tail_id"])
        papers = said[(fact, tail, head) if fact == "compared with" and tail < head else (fact, head, tail)]
        saying = (-sure[how], str(row["sentence"]), str(row["head"]), row)
        best = papers.get(str(row["paper"]))
        if best is None or saying[:3] < best[:3]:
            papers[str(row["paper"])] = saying
    facts: list[tuple[tuple[float, int, tuple[str, ...]], Row]] = []
    for papers in said.values():
        surest = papers[min(papers, key=lambda paper: (papers[paper][0], paper))][-1]
        chance = round(together(-saying[0] for saying in papers.values()), 3)
        facts.append(((-chance, -len(papers), tuple(str(surest[name]) for name in _FACT)), surest))
    facts.sort(key=itemgetter(0))
    limit = parameters.get("limit")
    wanted = facts[: limit + 1] if isinstance(limit, int) else facts  # one more says that there are more
    return Told([row | {"papers": -place[1], "belief": -place[0]} for place, row in wanted])


# A question -> what is done with the rows that the store gives to it.
AFTER: dict[str, Callable[[Store, Sequence[Row], Mapping[str, Value]], Told]] = {
    "leaderboard": ranked,
    "conflicts": conflicting,
    "facts-about": believed,
}


def _with_value(row: Row, value: Comparable) -> Row:
    note = f"suspect: {value.why}" if value.note == "suspect" else value.why
    return row | {"value": value.value, "unit": value.unit, "note": note}


def _named(row: Row) -> Row:
    """A row whose method can be told from others: one that its paper leaves unnamed goes by the paper's title, too."""
    if not str(row["method_id"]).startswith("method:proposed-by:"):
        return row
    title = shorten(str(row["title"] or row["paper"]), _TITLE, placeholder=" …")
    return row | {"method": f"{row['method']} ({title})"}


def _warnings(best: Mapping[str, tuple[Row, Comparable]], metric: str, scale: Scale) -> list[str]:
    warnings = []
    for what in ("task", "setting"):
        every = {row[what] for row, _ in best.values()}
        told = sorted(str(one) for one in every if one is not None)
        if len(told) > 1 or (what == "setting" and told and None in every):
            more = f"; and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
            warnings.append(f"{what}s differ, and with them what a rank means: {'; '.join(told[:_SHOWN])}{more}")
    if mixed([value for _, value in best.values()]):
        warnings.append(f"values of {metric} stand in several units here, and are not comparable across them")
    if len(best) > 1 and scale.higher_is_better is None:
        warnings.append(f"whether higher is better in {metric} is not known; it is taken to be")
    return warnings


def _agree(one: float, other: float) -> bool:
    decimals = min(_decimals(one), _decimals(other))
    return round(one, decimals) == round(other, decimals)


def _decimals(value: float) -> int:
    text = f"{value:.10f}".rstrip("0")
    return len(text.partition(".")[2])


def _number(value: object) -> float:
    assert isinstance(value, int | float), value
    return float(value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
