"""A text -> its tokens. Names, decimals and abbreviations stay whole; units, brackets and "-based" come off."""

import re

Bounds = tuple[int, int]

_SUFFIX = r"(?i:based|like|style|type|specific|generated|induced|inspired|family|level|trained|powered|driven)(?![\w-])"
_TOKEN = re.compile(
    r"(?:https?://|www\.)[^\s,;()<>]*[^\s,;()<>.]"  # an address
    r"|(?:[A-Za-z]\.){2,}(?=\W|$)|[eE]\.g\b|[iI]\.e\b|[vV]\.s\b|[wW]\.r\.t\b"  # e.g., v.s.
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w])|\d+\.\d+(?![\w])"  # a decimal
    rf"|[^\W_]+(?:(?!-{_SUFFIX}|['’]s\b)[-‐'’@_&*^][^\W_]+|\.\d+[^\W_]*|\+(?=-\w)-[^\W_]+)*"  # a word or name
    r"(?:\+{1,2}(?!\w))?"
    rf"|-{_SUFFIX}|['’]s\b"
    r"|\\%|\\[A-Za-z]+|\.\d+|\.{2,}|--+|\S"
)


def tokens(text: str) -> list[Bounds]:
    """Start and end of every token, in order, white space left out.

    >>> text = r"GPT-4-based LLaMA-3-8B gets pass@1 2.15\\% (F1-score), e.g. 43.4% rightarrow 46.3%."
    >>> " ".join(text[start:end] for start, end in tokens(text))
    'GPT-4 -based LLaMA-3-8B gets pass@1 2.15 \\\\% ( F1-score ) , e.g. 43.4 % rightarrow 46.3 % .'
    """
    return [match.span() for match in _TOKEN.finditer(text)]
