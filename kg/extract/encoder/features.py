"""A text -> word pieces with the word each belongs to, and the shape, segment and number features of each piece."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from kg.extract.numbers import Number, find_numbers

Ints = NDArray[np.int64]
SHAPES = 18
SEGMENTS = 3
NUMBER_FLAGS = 3


@dataclass(frozen=True)
class Features:
    """What the encoder sees of a text: P pieces (with the two special ones) and W words."""

    text: str
    pieces: Ints  # (P,) ids
    shapes: Ints  # (P,) 0..SHAPES-1
    segments: Ints  # (P,) 0 title, 1 abstract, 2 special
    numbers: Ints  # (P,) 0 outside, 1 first word of a number, 2 inside one
    first_piece: Ints  # (W,) index of each word's first piece
    starts: Ints  # (W,) character offsets
    ends: Ints  # (W,)
    candidates: tuple[Number, ...]
    spans: tuple[tuple[int, int], ...]  # word span [first, last] of each candidate

    def words_of(self, start: int, end: int) -> tuple[int, int] | None:
        """First and last word of the characters start..end where both ends fall on word bounds, else None."""
        first = int(np.searchsorted(self.starts, start))
        last = int(np.searchsorted(self.ends, end))
        exact = first < len(self.starts) and last < len(self.ends) and first <= last
        return (first, last) if exact and self.starts[first] == start and self.ends[last] == end else None

    def places(self, surface: str) -> Iterator[tuple[int, int]]:
        """First and last word of every place where `surface` stands as whole words."""
        at = self.text.find(surface)
        while at >= 0:
            words = self.words_of(at, at + len(surface))
            if words is not None:
                yield words
            at = self.text.find(surface, at + 1)

    def covering(self, start: int, end: int) -> tuple[int, int]:
        """First and last word that the characters start..end touch."""
        first = int(np.searchsorted(self.ends, start, side="right"))
        last = int(np.searchsorted(self.starts, end, side="left")) - 1
        top = len(self.starts) - 1
        return min(first, top), max(min(first, top), min(last, top))


def load_tokenizer(path: Path) -> Tokenizer:
    """A `tokenizer.json` without its truncation and padding."""
    settings = json.loads(path.read_text(encoding="utf-8"))
    settings["truncation"] = settings["padding"] = None
    return Tokenizer.from_str(json.dumps(settings))


def featurize(text: str, tokenizer: Tokenizer, *, title_length: int) -> Features:
    """The features of `text`, whose first `title_length` characters are its title."""
    encoding = tokenizer.encode(text)
    offsets, words = encoding.offsets, encoding.word_ids
    first_piece: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    owner = np.full(len(offsets), -1, dtype=np.int64)
    for piece, (word, (start, end)) in enumerate(zip(words, offsets, strict=True)):
        if word is None:
            continue
        if piece == 0 or words[piece - 1] != word:
            first_piece.append(piece)
            starts.append(start)
            ends.append(end)
        ends[-1] = max(ends[-1], end)
        owner[piece] = len(starts) - 1
    word_shapes = [_shape(text, s, e) for s, e in zip(starts, ends, strict=True)]
    special = owner < 0
    shapes = np.where(special, 0, np.array([*word_shapes, 0], dtype=np.int64)[owner])
    in_title = np.array([*(s < title_length for s in starts), False])[owner]
    segments = np.where(special, 2, np.where(in_title, 0, 1)).astype(np.int64)
    candidates = tuple(find_numbers(text)) if starts else ()
    bare = Features(
        text,
        np.array(encoding.ids, dtype=np.int64),
        shapes,
        segments,
        np.zeros(len(offsets), dtype=np.int64),
        np.array(first_piece, dtype=np.int64),
        np.array(starts, dtype=np.int64),
        np.array(ends, dtype=np.int64),
        (),
        (),
    )
    spans = tuple(bare.covering(n.start, n.end) for n in candidates)
    flags = np.zeros(len(starts) + 1, dtype=np.int64)
    for first, last in spans:
        flags[first : last + 1] = np.maximum(flags[first : last + 1], 2)
    for first, _ in spans:
        flags[first] = 1
    return Features(
        text,
        bare.pieces,
        shapes,
        segments,
        np.where(special, 0, flags[owner]),
        bare.first_piece,
        bare.starts,
        bare.ends,
        candidates,
        spans,
    )


def _shape(text: str, start: int, end: int) -> int:
    """Letter case and digits of a word (9 classes), doubled by whether it is glued to what stands before."""
    glued = start > 0 and not text[start - 1].isspace()
    return _letters(text[start:end]) + 9 * glued


@lru_cache(maxsize=1 << 16)
def _letters(word: str) -> int:
    if word.isdigit():
        kind = 1
    elif not any(c.isalnum() for c in word):
        kind = 0
    elif word.islower():
        kind = 2 if word.isalpha() else 8
    elif word.isupper():
        kind = 3 if len(word) == 1 else 4 if word.isalpha() else 7
    elif word[0].isupper() and word[1:].islower():
        kind = 5
    else:
        kind = 6
    return kind
