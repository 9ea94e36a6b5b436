"""A short form and the text of its paper in, the long form that the text gives for it out.

The algorithm of Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text"
(2003), asked for one short form at a time, in both orders: "long form (SF)" and "SF (long form)".
"""

import re
from functools import lru_cache

from kg.keys import is_short_for

_WORD = re.compile(r"[^\s(){}\[\],;:.]+")


def long_form(short: str, text: str) -> str | None:
    """What `text` says that `short` stands for, where it says so.

    >>> long_form("SC", "Unlike self-consistency (SC), our method needs no vote.")
    'self-consistency'
    >>> long_form("EoS", "We study EoS (Edge of Stability) here."), long_form("SC", "SC is a baseline (SC).")
    ('Edge of Stability', None)
    """
    if "(" not in text:
        return None
    stem = short.removesuffix("s")
    for found in _bracketed(stem).finditer(text):
        if (before := _suffix_for(stem, text[max(0, found.start() - 120) : found.start()])) is not None:
            return before
    for found in _explained(stem).finditer(text):
        if is_short_for(stem, found[1]):
            return str(found[1])
    return None


@lru_cache(maxsize=1 << 12)
def _bracketed(stem: str) -> re.Pattern[str]:
    return re.compile(rf"\(\s*{re.escape(stem)}s?\s*[),;]")


@lru_cache(maxsize=1 << 12)
def _explained(stem: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(stem)}s?\s+\(([^()]{{4,100}})\)")


def _suffix_for(stem: str, before: str) -> str | None:
    """The shortest run of words at the end of `before` that the letters of `stem` can be read off."""
    clause = re.split(r"[.;:!?](?:\s|$)|[()]", before)[-1]
    most = min(len(stem) + 5, 2 * len(stem))
    starts = [word.start() for word in _WORD.finditer(clause)][-most:]
    return next(
        (
            long.strip(" ,\"'`")
            for start in reversed(starts)
            if (long := clause[start:].rstrip())[:1].casefold() == stem[0].casefold()
            and is_short_for(stem, long)
            and stem not in _WORD.findall(long)
        ),
        None,
    )
