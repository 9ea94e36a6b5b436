"""A name as a paper has it in, what the registry is sure of out: which type it is of, and what it can't be one with.

For whoever reads a paper, before there are entities. A registry of names is right about names alone: a common word, or
an abbreviation that the paper explains in its own way, is left to the reader.
"""

import re
from functools import cache
from importlib.resources import files

from kg.keys import is_short, normalise
from kg.resolve.abbreviations import long_form
from kg.resolve.registry import Entry, load
from kg.types import ENTITY_TYPES, EntityType

# Which type may take a name from which. Between methods and tasks nearly every name goes both ways ("replay").
_TAKES: dict[EntityType, tuple[EntityType, ...]] = {
    "Dataset": ("Method", "Task", "Metric"),
    "Metric": ("Dataset", "Task"),
    "Method": ("Dataset", "Task", "Metric"),  # a named model, never a technique
}
_PROPER = re.compile(r"\d|\w[A-Z]")  # what marks a word as a name wherever it stands in a sentence
_WORD = re.compile(r"[^\W\d_]{4,}")
_COINED = 5  # letters that an abbreviation must have to be no method of the paper's own
_STEM = 5  # letters of a word that count: "rewarded" and "rewarding" are one
_NUMBER = re.compile(r"\d+(?:\.\d*[1-9])?")


def is_organisation(name: str) -> bool:
    """Whether a name is that of a company or a laboratory: whose model it is, and not which.

    >>> is_organisation("OpenAI"), is_organisation("OpenAI o1")
    (True, False)
    """
    return name in _organisations()


def type_of(name: str, type: EntityType, text: str) -> EntityType:
    """The type of a name that a reader takes to be of `type`; another where the registry has it as that alone.

    >>> type_of("GPT-4", "Dataset", "We test on GPT-4."), type_of("pass", "Metric", "We pass."), type_of(
    ... "KID", "Method", "Knowledge Infused Decoding (KID)")
    ('Method', 'Metric', 'Method')
    """
    claims = [entry for each in ENTITY_TYPES for entry in load().candidates(each, name)]
    if len(claims) != 1 or claims[0].type == type or type not in _TAKES.get(claims[0].type, ()):
        return type
    (entry,) = claims
    if not _PROPER.search(name) or (entry.type == "Method" and entry.kind != "model"):
        return type
    if is_short(name) and ((type == "Method" and len(name) < _COINED) or _means_other(name, entry, text)):
        return type
    return entry.type


def apart(type: EntityType, one: str, other: str) -> bool:
    """Whether two names of a paper are two things of a type: the registry has them as two, or their numbers differ.

    >>> apart("Method", "fine-tuning", "instruction tuning"), apart("Metric", "PASS@7", "PASS@70")
    (True, True)
    """
    entries = load().find(type, one), load().find(type, other)
    if entries[0] is not None and entries[1] is not None:
        return entries[0].id != entries[1].id
    numbers = _NUMBER.findall(one), _NUMBER.findall(other)
    return bool(numbers[0] and numbers[1]) and numbers[0] != numbers[1]


def unlike(type: EntityType, one: str, other: str) -> bool:
    """Whether the registry has one of two phrases alone, and the other has no word of what it goes by.

    Proper names may be as different as they like.

    >>> unlike("Method", "reinforcement learning", "lane anchors"), unlike("Method", "reinforcement learning", "RL")
    (True, False)
    """
    known = load().find(type, one), load().find(type, other)
    if (known[0] is None) == (known[1] is None) or _PROPER.search(one) or _PROPER.search(other):
        return False
    entry, name = (known[0], other) if known[0] else (known[1], one)
    return entry is not None and not any(_stems(form) & _stems(name) for form in entry.forms)


@cache
def _organisations() -> frozenset[str]:
    table = files("kg.resolve.registry").joinpath("organisations.txt")
    return frozenset(table.read_text("utf-8").splitlines())


def _means_other(short: str, entry: Entry, text: str) -> bool:
    long = long_form(short, text)
    return long is not None and normalise(long) not in {normalise(form) for form in entry.forms}


def _stems(name: str) -> set[str]:
    return {word.casefold()[:_STEM] for word in _WORD.findall(name)}
