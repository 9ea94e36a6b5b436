"""A text -> its tokens with the named features that speak for or against each being part of a name."""

import re
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from kg.extract.abbreviations import pairs
from kg.extract.rules.gazetteer import Name, matches
from kg.extract.sentences import sentence_at, sentences
from kg.extract.tokens import tokens

Bounds = tuple[int, int]

_PROPOSING = re.compile(
    r"(?:propos|introduc|present|develop|design|devis|nam|call|dub|term|releas|contribut|construct|creat|build)"
)
_OWN = re.compile(r"\b(?:[Ww]e|[Tt]his (?:paper|work|study|article)|[Oo]ur|[Ii]n this)\b")
_HEADS = re.compile(
    r"(?:framework|model|method|approach|algorithm|network|dataset|benchmark|corpus|task|loss|module|architecture|system)s?$"
)


@dataclass(frozen=True)
class Text:
    """A text cut up: tokens (T bounds and words), sentences, abbreviations as pairs of bounds, the title's end."""

    text: str
    title_end: int
    bounds: list[Bounds]
    words: list[str]
    sentences: list[Bounds]
    abbreviations: list[tuple[Bounds, Bounds]]
    turning: int  # the sentence in which the paper begins to speak of itself

    @classmethod
    def of(cls, text: str, title_end: int) -> "Text":
        """Cut up a text whose first `title_end` characters are its title."""
        bounds = tokens(text)
        words = [text[start:end] for start, end in bounds]
        cut = sentences(text)
        own = _OWN.search(text, title_end)
        turning = sentence_at(cut, own.start()) if own else -1
        return cls(text, title_end, bounds, words, cut, pairs(text), turning)

    def zone(self, offset: int) -> str:
        """Which part of the paper: title, before the paper speaks of itself, the sentence where it does, or after."""
        if offset < self.title_end:
            colon = self.text.find(":", 0, self.title_end)
            return "title:" if offset < colon else ":title" if colon >= 0 else "title"
        here = sentence_at(self.sentences, offset)
        if self.turning < 0:
            return "unknown"
        return "before" if here < self.turning else "turning" if here == self.turning else "after"

    def token_at(self, offset: int) -> int:
        """The index of the token that holds the character at `offset`, or the nearest before it."""
        return max(0, bisect_right(self.bounds, (offset, sys.maxsize)) - 1)

    def sentence_of(self, offset: int) -> Bounds:
        """The bounds of the sentence that holds the character at `offset`."""
        return self.sentences[sentence_at(self.sentences, offset)]


def shape(word: str) -> str:
    """The letters' case and the digits of a word: x, Xx, XX, xX (mixed), each with d or h for digits and hyphens."""
    if not any(c.isalnum() for c in word):
        return word[:2]
    if word.replace(".", "").replace(",", "").isdigit():
        return "d"
    letters = "".join(c for c in word if c.isalpha())
    if letters.islower():
        kind = "x"
    elif letters.isupper():
        kind = "X" if len(letters) == 1 else "XX"
    elif letters[:1].isupper() and letters[1:].islower():
        kind = "Xx"
    else:
        kind = "xX"
    return kind + ("d" if any(c.isdigit() for c in word) else "") + ("h" if "-" in word else "")


def token_features(text: Text, names: Mapping[str, Name]) -> list[list[str]]:
    """T lists of features. `names` is the gazetteer, which in training leaves the paper itself out."""
    words = text.words
    lower = [word.casefold() for word in words]
    shapes = [shape(word) for word in words]
    features = [_own(words, lower, shapes, at) for at in range(len(words))]
    _add_names(text, names, features)
    _add_abbreviations(text, lower, features)
    _add_document(text, lower, features)
    return features


def _own(words: list[str], lower: list[str], shapes: list[str], at: int) -> list[str]:
    word = lower[at]
    before = lower[at - 1] if at else "<"
    after = lower[at + 1] if at + 1 < len(lower) else ">"
    before2 = lower[at - 2] if at > 1 else "<"
    after2 = lower[at + 2] if at + 2 < len(lower) else ">"
    tail = word.rsplit("-", 1)[-1]
    features = [
        "w=" + word,
        "w-1=" + before,
        "w+1=" + after,
        "w-2=" + before2,
        "w+2=" + after2,
        "w-1w=" + before + " " + word,
        "ww+1=" + word + " " + after,
        "s3=" + word[-3:],
        "s4=" + word[-4:],
        "s3+1=" + after[-3:],
        "s3-1=" + before[-3:],
        "sh=" + shapes[at],
        "sh-1=" + (shapes[at - 1] if at else "<") + " " + shapes[at],
        "sh+1=" + shapes[at] + " " + (shapes[at + 1] if at + 1 < len(shapes) else ">"),
    ]
    if tail != word:
        features += ["tail=" + tail, "head=" + word.split("-", 1)[0]]
    return features


def _add_names(text: Text, names: Mapping[str, Name], features: list[list[str]]) -> None:
    for match in matches(text.words, names):
        name = match.name
        often = "1" if name.papers == 1 else "few" if name.papers < 5 else "many"
        sure = str(round(4 * name.papers / max(name.seen, name.papers)))
        for at in range(match.first, match.last + 1):
            first, last = at == match.first, at == match.last
            place = "S" if first and last else "B" if first else "L" if last else "I"
            features[at] += [f"g={place}{name.type}{often}{sure}", f"g={place}{name.type}", f"g={sure}{often}"]
        if match.first:
            features[match.first - 1].append("g+1=" + name.type)
        if match.last + 1 < len(features):
            features[match.last + 1].append("g-1=" + name.type)


def _add_abbreviations(text: Text, lower: list[str], features: list[list[str]]) -> None:
    starts = {start: at for at, (start, _) in enumerate(text.bounds)}
    by_short: dict[str, str] = {}
    for long, short in text.abbreviations:
        inside = [at for at, (start, end) in enumerate(text.bounds) if long[0] <= start and end <= long[1]]
        for at in inside:
            features[at].append("long=" + ("B" if at == inside[0] else "I"))
        if inside:
            head = lower[inside[-1]]
            by_short[text.text[slice(*short)]] = head.removesuffix("s")
            if (opening := starts.get(long[0])) is not None and opening:
                features[opening - 1].append("long+1")
    for at, word in enumerate(text.words):
        head_of = by_short.get(word) or by_short.get(word.removesuffix("s"))
        if head_of:
            features[at] += ["short", "short=" + head_of]


def _add_document(text: Text, lower: list[str], features: list[list[str]]) -> None:
    """Where in the document a token stands, how often, and after which announcement."""
    counts = Counter(text.words)
    in_title = {word for word, (start, _) in zip(text.words, text.bounds, strict=True) if start < text.title_end}
    begins = {start for start, _ in text.sentences}
    announced = -9
    depth = 0
    for at, (word, (start, _)) in enumerate(zip(text.words, text.bounds, strict=True)):
        own = features[at]
        capital = not word.islower()
        place = "title" if start < text.title_end else "first" if start in begins else "in"
        own.append("at=" + place)
        if capital:
            own += [f"n={min(counts[word], 3)}{place}", f"c={place}{shape(word)}"]
            if place != "title" and word in in_title:
                own.append("titled")
        if _PROPOSING.match(lower[at]):
            announced = at
        if 0 < at - announced <= 7:
            own.append("new" + ("C" if capital else "c"))
        if place == "title":
            colon = text.text.find(":", start, text.title_end)
            own.append("colon" if colon >= 0 else "nocolon")
        depth = max(0, depth + (word in "([") - (word in ")]")) if len(word) == 1 else depth
        own.append("deep" if depth else "flat")
        following = lower[at + 2] if at + 2 < len(lower) else ""
        if _HEADS.match(following):
            own.append("h+2=" + following.removesuffix("s"))
        if start in begins:
            depth = 0
