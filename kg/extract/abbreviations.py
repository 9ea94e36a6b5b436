"""A text -> its defined abbreviations, "long form (ABC)" and "ABC (long form)", each with the span of both sides."""

import re
from collections.abc import Iterator

from kg.extract.lists import words as listed

Bounds = tuple[int, int]

_BRACKET = re.compile(r"[(\[]\s*([^()\[\]]{2,90}?)\s*[)\]]")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_SHORT = re.compile(r"(?:[^\W_]|[@&+*./'’\-‐-―^_$])+")
_INNER = re.compile(
    r"^(?:(?:i\.e\.?|e\.g\.?|or|aka|a\.k\.a\.?|named|called|dubbed|short for|abbreviated as|termed),?\s+)?", re.I
)
_SMALL = listed("small_words")
_HEADS = listed("generic_heads")
# A head that belongs to the name where it stands, though the short form leaves it out.
_KEPT = frozenset(
    {"attention", "learning", "loss", "model", "models", "network", "networks", "score", "training", "transformer"}
)
_MAX_WORDS = 12


def pairs(text: str) -> list[tuple[Bounds, Bounds]]:
    """(long span, short span) of every definition, in order of the short span; each short form once a place.

    After Schwartz and Hearst (PSB 2003), in both orders, with a check by word initials so that the long form is the
    shortest run of whole words that accounts for every character of the short one.

    >>> text = "Monte Carlo tree search (MCTS) and RLHF (reinforcement learning from human feedback)"
    >>> [(text[a:b], text[c:d]) for (a, b), (c, d) in pairs(text)]
    [('Monte Carlo tree search', 'MCTS'), ('reinforcement learning from human feedback', 'RLHF')]
    """
    return sorted(set(_found(text)), key=lambda pair: (pair[1], pair[0]))


def spells(long: str, short: str) -> bool:
    """Whether the initials of the words of `long` make up `short`, wherever the two stand.

    >>> spells("exploration-based trajectory optimization", "ETO"), spells("trajectory optimization", "ETO")
    (True, False)
    """
    found = [match.span() for match in _WORD.finditer(long)]
    return len(found) > 1 and _looks_short(short) and _spells(long, found, short, loose=False)


def _found(text: str) -> Iterator[tuple[Bounds, Bounds]]:
    for bracket in _BRACKET.finditer(text):
        start = bracket.start(1) + len(_INNER.match(bracket[1])[0])  # type: ignore[index]
        inside = (start, bracket.end(1))
        short = _short_inside(text, inside)
        if short is not None:
            long = _long_before(text, bracket.start(), text[slice(*short)])
            if long is not None:
                yield long, short
                continue
        outside = _short_before(text, bracket.start())
        if outside is not None:
            long = _long_inside(text, inside, text[slice(*outside)])
            if long is not None:
                yield long, outside


def _short_inside(text: str, inside: Bounds) -> Bounds | None:
    """The bracket's content, or what stands before a comma or semicolon in it, where it looks like a short form."""
    content = re.split(r"[;,]\s", text[slice(*inside)])[0].rstrip()
    quotes = len(content) - len(content.lstrip("\"'`“‘"))
    content = content.strip("\"'`“”‘’")
    start = inside[0] + quotes
    return (start, start + len(content)) if _looks_short(content) else None


def _looks_short(form: str) -> bool:
    """One word of 2 to 15 characters with a capital or digit beyond a mere number, or two such in a row."""
    words = form.split()
    if not words or len(words) > 2 or not 2 <= len(form) <= 18:
        return False
    if any(not _SHORT.fullmatch(word) for word in words):
        return False
    capitals = sum(c.isupper() for c in form)
    return capitals >= 2 or (capitals == 1 and (len(form) <= 6 or any(c.isdigit() for c in form)) and len(words) == 1)


def _short_before(text: str, at: int) -> Bounds | None:
    """The word before a bracket, where it looks like a short form."""
    left = text[:at].rstrip()
    begin = max(left.rfind(" "), left.rfind("\n"), left.rfind("(")) + 1
    word = left[begin:].lstrip("\"'`“‘")
    start = len(left) - len(word)
    return (start, len(left)) if word and _looks_short(word) else None


def _long_before(text: str, at: int, short: str) -> Bounds | None:
    """The shortest run of words before `at` that spells `short`."""
    begin = max(text.rfind(mark, 0, at) for mark in (". ", "; ", "\n", ")", "(", ": "))
    words = [m.span() for m in _WORD.finditer(text, begin + 1, at)][-_MAX_WORDS:]
    if not words or not re.fullmatch(r"[\"'’”`\s]*", text[words[-1][1] : at]):
        return None
    for loose in (False, True):
        for first in range(len(words) - 1, -1, -1):
            if text[slice(*words[first])].lower() in _SMALL and first < len(words) - 1:
                continue
            if _spells(text, words[first:], short, loose=loose):
                return _widened(text, words, first, short)
    return None


def _long_inside(text: str, inside: Bounds, short: str) -> Bounds | None:
    """The bracket's content up to a comma or semicolon, where its words spell `short`."""
    content = re.split(r"[;,]\s", text[slice(*inside)])[0].rstrip()
    words = [m.span() for m in _WORD.finditer(text, inside[0], inside[0] + len(content))]
    return (words[0][0], words[-1][1]) if len(words) > 1 and _spells(text, words, short, loose=True) else None


def _widened(text: str, words: list[Bounds], first: int, short: str) -> Bounds:
    """From the first letter of a hyphenated word, not from its middle; up to a head that adds nothing."""
    start, end = words[first][0], words[-1][1]
    while start > 0 and (text[start - 1].isalnum() or (text[start - 1] in "-‐" and text[start - 2].isalnum())):
        start -= 1
    head = text[slice(*words[-1])].lower()
    if head in _HEADS - _KEPT and short[-1:].lower() != head[0] and len(words) - first > 1:
        end = words[-2][1]
    return start, end


def _spells(text: str, words: list[Bounds], short: str, *, loose: bool) -> bool:
    """Whether the words' letters account for every letter and digit of `short`, in order; only initials unless `loose`.

    The first word must begin with the first letter. Every further word must give at least one, save small words,
    the later parts of a hyphenated word and a generic head at the end ("... mechanism").
    """
    letters = [c for c in short.lower() if c.isalnum()]
    if len(letters) > 1 and letters[-1] == "s" and short.endswith("s") and short[:-1].isupper():
        letters.pop()
    forms = [text[slice(*word)].lower() for word in words]
    if not letters or len(forms) > len(letters) + 4 or (len(forms) == 1 and len(forms[0]) <= len(letters) + 1):
        return False
    free = tuple(
        bool(at) and (form in _SMALL or text[words[at][0] - 1] in "-‐/" or (at == len(forms) - 1 and form in _HEADS))
        for at, form in enumerate(forms)
    )
    return forms[0][0] == letters[0] and any(
        _match(forms, free, 0, spelling, 0, loose) for spelling in (letters, *_multiplied(letters))
    )


def _multiplied(letters: list[str]) -> Iterator[list[str]]:
    """The letters with a digit read as so many of the letter beside it: D3Net as dddnet, P2 as pp."""
    for at, letter in enumerate(letters):
        if letter in "234" and at:
            yield letters[: at - 1] + [letters[at - 1]] * int(letter) + letters[at + 1 :]


def _match(forms: list[str], free: tuple[bool, ...], word: int, letters: list[str], letter: int, loose: bool) -> bool:
    """Whether words from `word` on account for letters from `letter` on (backtracking; both are short)."""
    if word == len(forms):
        return letter == len(letters)
    form = forms[word]
    if letter < len(letters) and form[0] == letters[letter] and _taken(forms, free, word, letters, letter, loose):
        return True
    rest = "".join(letters[letter:])
    if loose and word == len(forms) - 1 and len(rest) > 2 and rest in form:
        return True
    return free[word] and _match(forms, free, word + 1, letters, letter, loose)


def _taken(forms: list[str], free: tuple[bool, ...], word: int, letters: list[str], letter: int, loose: bool) -> bool:
    """The word gives its initial and then 0 to 6 further letters in order, fewest first."""
    form, place = forms[word], 1
    count = letter + 1
    if _match(forms, free, word + 1, letters, count, loose):
        return True
    while loose and count < len(letters) and count - letter < 7:
        place = form.find(letters[count], place) + 1
        if place == 0:
            return False
        count += 1
        if _match(forms, free, word + 1, letters, count, loose):
            return True
    return False
