"""A date as sources write it -> `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as exact as it is sound; else None."""

import calendar
import re

_MONTHS = {month.lower(): number for number, month in enumerate(calendar.month_abbr)}
_NUMERIC = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?!\d)")
_DAY_FIRST = re.compile(r"(?:[A-Za-z]{3,9},?\s+)?(?:(\d{1,2})\.?\s+)?([A-Za-z]{3,9})\.?,?\s+(\d{4})\b")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")


def iso(text: str) -> str | None:
    """The date at the beginning of a text.

    >>> iso("Mon, 2 Apr 2007 19:18:42 GMT"), iso("2024-5-1T00:00:00Z"), iso("May 2021"), iso("2020.0"), iso("soon")
    ('2007-04-02', '2024-05-01', '2021-05', '2020', None)
    """
    if found := _NUMERIC.match(text):
        return _joined(int(found[1]), int(found[2] or 0), int(found[3] or 0))
    if found := _MONTH_FIRST.match(text):
        return _joined(int(found[3]), _month(found[1]), int(found[2]))
    if found := _DAY_FIRST.match(text):
        return _joined(int(found[3]), _month(found[2]), int(found[1] or 0))
    return None


def _month(name: str) -> int:
    return _MONTHS.get(name[:3].lower(), 0)


def _joined(year: int, month: int, day: int) -> str | None:
    if not 1000 <= year <= 2999:
        return None
    if not 1 <= month <= 12:
        return str(year)
    return f"{year}-{month:02}-{day:02}" if 1 <= day <= 31 else f"{year}-{month:02}"
