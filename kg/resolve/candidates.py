"""A store's nodes in, pairs of them that may be one thing out: proposed with a reason and a score, never applied.

Blocked, never quadratic: an abbreviation is held against the long forms with its initials, a name against its
neighbours in the sorted keys, read forwards and backwards.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Literal, NamedTuple

from rapidfuzz.fuzz import ratio

from kg.graph import EntityNode
from kg.keys import is_short, is_short_for, normalise
from kg.store import Store
from kg.types import ENTITY_TYPES, EntityType

Reason = Literal["abbreviation", "spelling", "word order"]
WINDOW = 8  # neighbours in the sorted keys that a name is held against
LIKE = 90.0  # of 100: how like two spellings must be
MAX_CLAIMS = 5  # an abbreviation that more long forms claim says nothing


class Candidate(NamedTuple):
    """Two nodes: `a` may be merged into `b`, the long form or the better supported. `score` runs from 0 to 1."""

    type: EntityType
    a: str
    a_name: str
    b: str
    b_name: str
    reason: Reason
    score: float


def candidates(store: Store, *, types: Sequence[EntityType] = ENTITY_TYPES) -> Iterator[Candidate]:
    """The candidates among a store's nodes, by type; within it the surest first."""
    for type in types:
        yield from among(list(store.entities(type)))


def among(nodes: Sequence[EntityNode]) -> list[Candidate]:
    """The candidates among nodes of one type, the surest first. Two nodes of the registry are never proposed."""
    own = [node for node in nodes if not node.id.startswith("method:proposed-by:")]
    best: dict[tuple[str, str], Candidate] = {}
    for found in chain(_abbreviations(own), _neighbours(own), _reordered(own)):
        known = best.get((found.a, found.b))
        if known is None or found.score > known.score:
            best[found.a, found.b] = found
    return sorted(best.values(), key=lambda c: (-c.score, c.a, c.b))


def _candidate(one: EntityNode, other: EntityNode, reason: Reason, score: float) -> Iterator[Candidate]:
    if one.id == other.id or (one.curated and other.curated):
        return
    a, b = one, other
    if reason != "abbreviation":
        a, b = sorted((one, other), key=lambda node: (node.curated, node.support, node.id))
    yield Candidate(a.type, a.id, a.name, b.id, b.name, reason, round(score, 3))


def _abbreviations(nodes: Sequence[EntityNode]) -> Iterator[Candidate]:
    """A node that papers know by its abbreviation alone, and each node whose long form has these initials.

    The fewer long forms claim it the surer it is; surer still where a paper uses both forms for the longer one.
    """
    by_initials: dict[str, list[EntityNode]] = defaultdict(list)
    for node in nodes:
        if not is_short(node.name):
            by_initials[_initials(node.name)].append(node)
    for node in nodes:
        if not is_short(node.name) or node.curated:
            continue
        claims = [long for long in by_initials[normalise(node.name)] if is_short_for(node.name, long.name)]
        for long in claims if len(claims) <= MAX_CLAIMS else ():
            used = any(normalise(form) == normalise(node.name) for form in long.forms)
            yield from _candidate(node, long, "abbreviation", (0.95 if used else 0.6) / len(claims))


def _neighbours(nodes: Sequence[EntityNode]) -> Iterator[Candidate]:
    """Names that are spelled nearly alike: the same digits and signs, and all but a few letters in common."""
    for backwards in (False, True):
        keyed = sorted(((_key(node)[::-1] if backwards else _key(node)), node.id, node) for node in nodes)
        for at, (key, _, node) in enumerate(keyed):
            for other_key, _, other in keyed[at + 1 : at + 1 + WINDOW]:
                if min(len(key), len(other_key)) < 5 or _marks(key) != _marks(other_key):
                    continue
                if (score := ratio(key, other_key, score_cutoff=LIKE)) >= LIKE:
                    yield from _candidate(node, other, "spelling", score / 100)


def _reordered(nodes: Sequence[EntityNode]) -> Iterator[Candidate]:
    """Names of the same words in another order."""
    by_words: dict[tuple[str, ...], list[EntityNode]] = defaultdict(list)
    for node in nodes:
        words = tuple(sorted(normalise(word) for word in node.name.replace("-", " ").split()))
        if len(words) > 1:
            by_words[words].append(node)
    for same in by_words.values():
        for other in same[1:]:
            yield from _candidate(same[0], other, "word order", 0.8)


def _key(node: EntityNode) -> str:
    return normalise(node.name)


def _marks(key: str) -> list[str]:
    """What distinguishes versions and sizes: the key without its letters."""
    return [character for character in key if not character.isalpha()]


def _initials(name: str) -> str:
    return "".join(_firsts(name.replace("-", " ").replace("/", " ").split()))


def _firsts(words: Iterable[str]) -> Iterator[str]:
    small = {"of", "for", "the", "and", "in", "on", "with", "from", "to", "a", "an", "via", "by"}
    return (word[0].casefold() for word in words if word.casefold() not in small)
