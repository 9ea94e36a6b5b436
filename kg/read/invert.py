"""An inverted index, {word: [positions]}, as OpenAlex keeps abstracts -> the text."""

from collections.abc import Mapping
from typing import Any


def inverted(index: Mapping[str, Any]) -> str:
    """The words in their places, a blank between; ValueError where it is no index or is damaged.

    >>> inverted({"graph": [1, 3], "A": [0], "of": [2]})
    'A graph of graph'
    """
    try:
        words = {position: word for word, positions in index.items() for position in positions}
        first, last = min(words, default=0), max(words, default=-1)
        gaps = last - first + 1 - len(words)
        twice = sum(map(len, index.values())) - len(words)
    except TypeError as error:
        raise ValueError("the abstract is no text but an object") from error
    if gaps or twice:
        raise ValueError(f"the abstract's inverted index is damaged: {gaps} places without a word, {twice} with two")
    return " ".join(map(words.__getitem__, range(first, last + 1)))
