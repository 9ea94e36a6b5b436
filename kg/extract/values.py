"""A number found in a text -> the fields of a Result that say what it is: number or range, and unit."""

from typing import TypedDict

from kg.extract.numbers import Number, find_numbers


class Value(TypedDict):
    """`number`, or `low` to `high`, in `unit` ("%", "x", a unit of measure as it stands, or None)."""

    number: float | None
    low: float | None
    high: float | None
    unit: str | None


def value_of(number: Number) -> Value:
    """What a candidate says: a range has `low` and `high` and no number, anything else a number alone.

    >>> value_of(find_numbers("3.3x")[0])
    {'number': 3.3, 'low': None, 'high': None, 'unit': 'x'}
    """
    unit = None if number.unit in {"", "fraction"} else number.unit
    if number.low != number.high:
        return Value(number=None, low=number.low, high=number.high, unit=unit)
    return Value(number=number.low, low=None, high=None, unit=unit)


def value_at(text: str, start: int, end: int) -> Value:
    """What `text[start:end]` says: the candidate of just these characters, else the longest within them.

    >>> value_at("in 59.4-79.1% of cases", 3, 13)
    {'number': None, 'low': 59.4, 'high': 79.1, 'unit': '%'}
    """
    surface = text[start:end]
    found = [number for number in find_numbers(surface) if number.low is not None]
    if not found:
        return Value(number=None, low=None, high=None, unit=None)
    return value_of(max(found, key=lambda number: (number.end - number.start, -number.start)))
