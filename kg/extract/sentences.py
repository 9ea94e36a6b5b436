"""A text -> the bounds of its sentences, which survive `e.g.`, `v.s.`, `[Dong et al., 2024]` and decimal points."""

import re

from kg.extract.lists import words

# The end of a sentence may stand here: a stop, closing quotes and brackets, white space.
_STOP = re.compile(r"[.!?…]+['\"’”)\]]*(?=\s)|(?<=[a-z)\]])[.!?](?=[A-Z][a-z]*\s)|\n")
_NEXT = re.compile(r"\s*([(\[{`'\"“‘*]*)(\S*)")
_ABBREVIATION = words("abbreviations")
# An abbreviation, or the last word of a sentence.
_MAY_END = frozenset({"etc", "al", "no", "ms", "app", "co", "v", "tab"})
_STARTERS = words("sentence_starters")
_REACH = 300  # characters within which a bracket must close to hold a sentence together


def sentences(text: str) -> list[tuple[int, int]]:
    """The start and end of every sentence, in order, without the white space between them.

    The first line break (after a title) and every blank line is a bound; other line breaks are white space.

    >>> text = "Gains on QA (e.g. SQuAD v1.1). It beats GPT-4, i.e. 43.4% v.s. 40% [Dong et al., 2024]."
    >>> [text[start:end][:8] for start, end in sentences(text)]
    ['Gains on', 'It beats']
    """
    bounds: list[tuple[int, int]] = []
    start = 0
    depth_end = 0
    first_line = text.find("\n")
    for stop in _STOP.finditer(text):
        at = stop.end()
        depth_end = max(depth_end, _bracket_end(text, max(start, depth_end), stop.start()))
        if stop[0] == "\n":
            if stop.start() != first_line and text[at : at + 1] != "\n":
                continue
        elif stop.start() < depth_end or not _ends(text, start, stop):
            continue
        _add(text, start, at, bounds)
        start = at
    _add(text, start, len(text), bounds)
    return bounds


def sentence_at(bounds: list[tuple[int, int]], offset: int) -> int:
    """The index of the sentence that holds the character at `offset`, or the nearest before it."""
    low, high = 0, len(bounds) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if bounds[middle][0] <= offset else (low, middle - 1)
    return low


def _add(text: str, start: int, end: int, bounds: list[tuple[int, int]]) -> None:
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = start + len(piece.rstrip())
    if left < right:
        bounds.append((left, right))


def _bracket_end(text: str, start: int, stop: int) -> int:
    """Where the bracket that is open at `stop` closes, if it was opened since `start` and closes soon; else 0."""
    for opening, closing in (("(", ")"), ("[", "]")):
        opened = text.rfind(opening, start, stop)
        if opened < 0 or text.count(closing, opened, stop + 1):
            continue
        closed = text.find(closing, stop, opened + _REACH)
        if closed >= 0 and "\n" not in text[opened:closed]:
            return closed
    return 0


def _ends(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether the stop ends a sentence, by the words around it."""
    before = (text[max(start, stop.start() - 60) : stop.start()].split() or [""])[-1]
    last = before.lstrip("([{'\"`“‘").lower()
    after = _NEXT.match(text, stop.end())
    opener, following = (after[1], after[2]) if after else ("", "")
    if not following or not last:
        return bool(last)
    starter = following.rstrip(",:").lower() in _STARTERS and following[:1].isupper()
    if stop[0].startswith("."):
        if last in _ABBREVIATION:
            return last in _MAY_END and starter
        if len(last) == 1 and before[-1:].isupper():
            return starter
        if last[-1].isdigit() and re.match(r"\d+\s?\\?%", following):
            return False
        if last == "etc":
            return following[:1].isupper() or bool(opener)
        return not following[:1].islower() or last.rstrip(")]'\"").isalpha()
    return not following[:1].islower() and (following[:1].isupper() or bool(opener))
