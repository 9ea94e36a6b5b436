"""An inverted index, {word: [positions]}, as OpenAlex keeps abstracts -> the text."""

from collections.abc import Mapping


def inverted(index: Mapping[str, object]) -> str:
    """The words in their places, a blank between; ValueError where it is no index or is damaged.

    >>> inverted({"graph": [1, 3], "A": [0], "of": [2]})
    'A graph of graph'
    """
    places: list[tuple[int, str]] = []
    for word, positions in index.items():
        if not isinstance(positions, list) or not all(isinstance(position, int) for position in positions):
            raise ValueError("the abstract is no text but an object")
        places.extend((position, word) for position in positions)
    places.sort()
    for expected, (position, word) in enumerate(places, places[0][0] if places else 0):
        if position != expected:
            what = "stands twice" if position < expected else "is missing"
            raise ValueError(
                f"the abstract's inverted index is damaged: position {min(position, expected)} {what} ({word!r})"
            )
    return " ".join(word for _, word in places)
