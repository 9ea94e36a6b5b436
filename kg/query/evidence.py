"""A text and an offset in, the sentence that stands there out."""

import re

# A sentence ends at . ! or ? before white space and what can begin one; not after an abbreviation or an initial.
_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9])|\n")
_ABBREVIATED = re.compile(r"(?:\b(?:e\.g|i\.e|et al|v\.?s|cf|resp|approx|Fig|Eq|Sec|No|Dr|Prof)|\b[A-Z])\.$")


def sentence_at(text: str, offset: int) -> str:
    """The sentence of a text that holds an offset.

    >>> sentence_at("We tune it. On GSM8K, e.g. here, it wins. So do we.", 15)
    'On GSM8K, e.g. here, it wins.'
    """
    start, end = 0, len(text)
    for found in _END.finditer(text):
        if _ABBREVIATED.search(text[start : found.start()]):
            continue
        if found.end() <= offset:
            start = found.end()
        elif found.start() >= offset:
            end = found.start()
            break
    return text[start:end].strip()
