"""LaTeX in a BibTeX field -> the text that it sets: accents, signs, styles and braces; formulas and the unknown stay.

A bare percent sign stays too: it would begin a comment in LaTeX, but in the abstracts of bibliographies it is none.
"""

import re
import unicodedata
from pathlib import Path

_MARKS = {
    **dict(zip("`'^\"~=.", "\u0300\u0301\u0302\u0308\u0303\u0304\u0307", strict=True)),
    **dict(zip("uvHcdbrk", "\u0306\u030c\u030b\u0327\u0323\u0331\u030a\u0328", strict=True)),
}
_TABLE = Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8").splitlines()
_SIGNS = dict(row.split("\t") for row in _TABLE)
_STYLES = re.compile(r"emph|mbox|url|text(?:bf|it|sc|tt|rm|sf|sl|up|md|normal)|bf|it|em|tt|sc|rm")

_TOKEN = re.compile(
    r"(?P<formula>\$\$.*?\$\$|\$(?:[^$\\]|\\.)*\$|\\\(.*?\\\)|\\\[.*?\\\])"
    r"|\\(?P<accent>[`'^\"~=.]\s*|[uvHcdbrk](?:\s+(?=\w)|(?=\s*\{)))(?:\{\s*\\?(?P<in>[^\W\d_])\s*\}|\\?(?P<on>[^\W\d_]))"
    r"|\\(?P<word>[A-Za-z]+)(?P<gap>\s*(?:\{\})?)"
    r"|\\(?P<escaped>[%&_#${}])"
    r"|\\(?P<space>[\\ ,;/])"
    r"|(?P<brace>[{}])"
    r"|(?<=[\w.,;)\]])(?P<tie>~)(?=[\w\[(\\{$])",
    re.DOTALL,
)


def decoded(text: str) -> str:
    """The text that LaTeX stands for.

    >>> decoded(r"{G{\\"o}del} improves {BERT} by 5% \\& $x_{i}$ by \\emph{2.5\\%}, \\cite{x}")
    'Gödel improves BERT by 5% & $x_{i}$ by 2.5%, \\\\cite{x}'
    """
    return _Decoder().decoded(text)


class _Decoder:
    """Knows of each open brace whether it belongs to a command that stays."""

    def __init__(self) -> None:
        self._stays: list[bool] = []
        self._next_stays = False

    def decoded(self, text: str) -> str:
        return _TOKEN.sub(self._replaced, text)

    def _replaced(self, token: re.Match[str]) -> str:
        if token["brace"]:
            return self._brace(token)
        if token["accent"]:
            letter = token["in"] or token["on"]
            return unicodedata.normalize("NFC", letter + _MARKS[token["accent"].strip()])
        if token["word"]:
            return self._word(token)
        if token["escaped"]:
            return token["escaped"]
        return " " if token["space"] or token["tie"] else token[0]

    def _brace(self, token: re.Match[str]) -> str:
        if token[0] == "{":
            self._stays.append(self._next_stays)
            self._next_stays = False
            return "{" if self._stays[-1] else ""
        stays = self._stays.pop() if self._stays else True
        self._next_stays = stays and token.string[token.end() : token.end() + 1] == "{"  # a second argument
        return "}" if stays else ""

    def _word(self, token: re.Match[str]) -> str:
        if token["word"] in _SIGNS:
            return _SIGNS[token["word"]]
        if _STYLES.fullmatch(token["word"]):
            return ""
        self._next_stays = token.string[token.end() : token.end() + 1] == "{"
        return token[0]
