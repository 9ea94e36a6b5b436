"""A text -> every number in it that may be a reported value, with exact span, parsed value and unit."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_POWER = r"(?:\d+(?:\.\d+)?\s?(?:[xX×*·]|\\times|\\cdot)\s?)?10\s?\^\s?(?:\{[-−]?\d+\}|[-−]?\d+)"  # 2.5×10^{-3}
_DIGITS = (
    rf"(?:{_POWER}|\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+\. \d(?=\d*\s?\\?%)\d*|\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?"
)
_SIGN = r"(?:(?:(?<=[\s(\[{$~])|^)[\-−–]|\+\s?|(?<=[\s(\[{])[±~]\s?)?"
_GAP = r"(?:\s|\\[,;! ]|~|\$)*"
_NUMBER_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|"
    r"a hundred|hundred|a thousand|thousand|dozens of|hundreds of|thousands of|several|a few|zero)"
)
_PERCENT = (
    r"\\?%(?:-?\s?(?:absolute\s|relative\s)?(?:points?|pts?|pp)\b|p\b)?|percent(?:age)?(?:\s?-?\s?points?)?\b"
    r"|per\s?cent\b|pp\b|absolute percentage points?\b"
)
_TIMES = r"\\?times\b|[xX×](?![A-Za-z0-9])|-?\s?fold\b"
_MEASURE = (
    r"(?:absolute|average|accuracy|BLEU|F1)?\s?points?\b|frames?(?:\s|-)?(?:per|/|a)(?:\s|-)?sec(?:ond)?s?\b|[fF][pP][sS]\b"
    r"|ms(?:/\w+)?\b|milli-?seconds?\b|sec(?:ond)?s?\b(?:\sper\s\w+)?|s\b(?!-)|min(?:ute)?s?\b|[GT]PU(?:v\d)?(?:\s|-)?(?:hours?|days?)\b"
    r"|hours?\b|days?\b|dB\b|[kKMG]?Hz\b|[kcm]m/?h?\b|m\b|met(?:er|re)s?\b|pixels?\b|px\b|degrees?\b|°"
    r"|bits?(?:\s?/\s?|\sper\s)\w+\b|bp[cdp]\b|[KMGT]i?B\b|[GMT]FLOP[sS]?\b|[GM]?MACs?\b|G?bps\b|mW\b|kwh/\w+|[KMB]\b"
    r"|(?:thousand|million|billion)\b|orders?(?:-|\s)of(?:-|\s)magnitude\b|(?:silver|gold|bronze)\b"
)
_UNIT = rf"(?:{_GAP}(?P<unit>{_PERCENT}|{_TIMES}|{_MEASURE}))?"
_ATOM = re.compile(rf"(?P<sign>{_SIGN})(?P<num>{_DIGITS})\+?(?:st|nd|rd|th)?{_UNIT}")
_RANGE_SIGN = re.compile(r"\s?(?:-{1,3}|–|—|−|to|\\?sim|and)\s?")
_FRACTION = re.compile(r"\d[\d,]*\s?/\s?\d[\d,]*(?:st|nd|rd|th)?\b|\d[\d,]*\s(?:out\s)?of\s(?:the\s)?\d[\d,]*\b")
_WORDS = re.compile(
    rf"\b(?:{_NUMBER_WORD}(?:-|\s)?(?:times|fold|{_MEASURE}|percent\w*(?:\spoints?)?)"
    rf"|(?:an?|one|two|three|four|five|several)?\s?(?:-|\s)?order(?:s)?(?:-|\s)(?:of(?:-|\s))?(?:a\s)?magnitude"
    rf"|(?:factor|top|rank)s?(?:\s|-)(?:of\s)?(?:\d[\d.,]*\d|\d)(?:\\?%)?"
    rf"|(?:one|two|three|four|a)(?:\s|-)(?:half|third|fourth|quarter|fifth|sixth|eighth|tenth|fifteenth|hundredth)s?"
    rf"|{_NUMBER_WORD}\s(?:out\s)?of\s(?:the\s)?{_NUMBER_WORD}"
    rf"|twofold|threefold|fourfold|fivefold|tenfold|twice|thrice|half|halv(?:e[sd]?|ing)|doubl(?:e[sd]?|ing)"
    rf"|tripl(?:e[sd]?|ing)|quadrupl(?:e[sd]?|ing)|quarter|third|second(?:-to-best)?|{_NUMBER_WORD})\b",
    re.IGNORECASE,
)
_SPELLED = dict.fromkeys(("zero", "none"), 0.0) | {
    **{"one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0, "eight": 8.0},
    **{"nine": 9.0, "ten": 10.0, "eleven": 11.0, "twelve": 12.0, "twenty": 20.0, "a hundred": 100.0},
    **{"twice": 2.0, "double": 2.0, "thrice": 3.0, "half": 0.5, "third": 1 / 3, "quarter": 0.25},
}


@dataclass(frozen=True, order=True)
class Number:
    """A candidate value: `text == paper_text[start:end]`; low and high are equal unless it is a range."""

    start: int
    end: int
    text: str
    low: float | None
    high: float | None
    unit: str

    @property
    def value(self) -> float | None:
        """The number itself; of a range its lower end."""
        return self.low


def find_numbers(text: str) -> list[Number]:
    """All candidates in order of start, then end. They overlap where a range can also be read as two numbers."""
    atoms = list(_atoms(text))
    found = {(n.start, n.end): n for n in atoms}
    for left, right in pairwise(atoms):
        if _RANGE_SIGN.fullmatch(text[left.end : right.start]) or _dashed(text, left, right):
            found[left.start, right.end] = _joined(text, left, right)
    for match in _FRACTION.finditer(text):
        if _free_left(text, match.start()):
            found.setdefault(match.span(), _plain(text, *match.span(), unit="fraction"))
    for match in _WORDS.finditer(text):
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        found.setdefault((start, match.end()), _plain(text, start, match.end(), unit=_unit_of(match[0])))
    return sorted(found.values())


def _atoms(text: str) -> Iterator[Number]:
    for match in _ATOM.finditer(text):
        start = match.start("num") if not match["sign"] else match.start("sign")
        if not _free_left(text, match.start("num") if not match["sign"] else start):
            continue
        end = match.end()
        rest = text[end : end + 1]
        if match["unit"] is None and (rest.isalpha() or rest == "_"):
            continue
        number = _float(match["num"])
        sign = -1.0 if match["sign"][:1] in {"-", "−", "–"} else 1.0
        value = None if number is None else sign * number
        yield Number(start, end, text[start:end], value, value, _unit_of(match["unit"] or ""))


def _free_left(text: str, start: int) -> bool:
    """Whether a number may begin here: not inside a word, a name such as GPT-4 or another number."""
    before = text[max(0, start - 5) : start]
    if not before or before[-1] in " \n\t([{$~=<>≥≤≈±+%/,;:#":
        return True
    if before.endswith(("--", "---", "\\,", "→")):
        return True
    if before[-1] in "-–−":
        head = before[-2:-1]
        return not head.isalpha() or bool(re.search(r"(?:top|to)[-–]$", before, re.IGNORECASE))
    return not (before[-1].isalnum() or before[-1] in "._@^")


def _dashed(text: str, left: Number, right: Number) -> bool:
    return left.end == right.start and right.text[:1] in "-−–"


def _joined(text: str, left: Number, right: Number) -> Number:
    unit = right.unit or left.unit
    high = abs(right.high) if right.high is not None and _dashed(text, left, right) else right.high
    return Number(left.start, right.end, text[left.start : right.end], left.low, high, unit)


def _plain(text: str, start: int, end: int, *, unit: str) -> Number:
    surface = text[start:end]
    digits = re.findall(_DIGITS, surface)
    first = surface.lower().replace("-", " ").split()
    value = _float(digits[0]) if digits else _SPELLED.get(surface.lower(), _SPELLED.get(first[0] if first else ""))
    if unit == "fraction" and len(digits) == 2 and value is not None and (whole := _float(digits[1])):
        value /= whole
    return Number(start, end, surface, value, value, unit)


def _float(digits: str) -> float | None:
    base, power, exponent = digits.replace(",", "").replace(" ", "").partition("^")
    if power:
        factor = re.match(r"\d+(?:\.\d+)?(?=\D)", base)
        base = f"{factor[0] if factor else 1}e{exponent.strip('{}').replace('−', '-')}"
    try:
        number = float(base)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _unit_of(surface: str) -> str:
    """A canonical unit: `%`, `x`, `points`, `fraction`, the measure as it stands, or nothing."""
    plain = surface.strip().lstrip("\\").lower()
    if plain.startswith(("%", "percent", "per cent", "pp")):
        return "%"
    if re.fullmatch(r"(?:.*\s)?(?:times|[x×]|.*fold|twice|half|doubl.*|halv.*|tripl.*|quadrupl.*)", plain):
        return "x"
    if plain.endswith(("point", "points")):
        return "points"
    return surface.strip() if surface and not surface[:1].isdigit() else ""
