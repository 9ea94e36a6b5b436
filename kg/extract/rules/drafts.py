"""A text and the tags of its tokens -> drafts of entities: every distinct thing with all its places."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.extract.abbreviations import spells
from kg.extract.lists import words as listed
from kg.extract.places import Bounds
from kg.extract.rules.chain import TYPES, best_path, follows_of, marginals, spans
from kg.extract.rules.features import Text, token_features
from kg.extract.rules.gazetteer import Name, key_of
from kg.extract.rules.linear import Linear, calibrated
from kg.types import EntityType

SLOPE = 0.55  # of confidence, chosen on the development papers
_LONELY = {"(": ")", ")": "(", "[": "]", "]": "["}
_HEADS = listed("generic_heads")
_SMALL = listed("small_words")


@dataclass(frozen=True)
class Draft:
    """A thing of one type and all its places; `confidence` is the surest of them."""

    type: EntityType
    mentions: tuple[Bounds, ...]
    confidence: float


@dataclass(frozen=True)
class Tagged:
    """A run of tokens first..last taken for a name."""

    first: int
    last: int
    type: EntityType
    confidence: float


def tagged(text: Text, names: Mapping[str, Name], model: Linear) -> list[Tagged]:
    """The names in a text by the weights of their tokens, each with the least probability of its tokens' tags."""
    if not text.words:
        return []
    scores, follows = model.scores(token_features(text, names)), follows_of(model)
    path = best_path(scores, follows)
    sure = marginals(scores.astype(float), follows.astype(float))[0]
    return [
        Tagged(begin, end, TYPES[kind], min(float(sure[at, path[at]]) for at in range(begin, end + 1)))
        for first, last, kind in spans(path)
        for begin, end in _whole(text.words, first, last)
    ]


def _whole(words: Sequence[str], first: int, last: int) -> Iterator[Bounds]:
    """The parts of a run between quotes and brackets that have no partner in it; the run itself where all have."""
    inside = words[first : last + 1]
    odd = [
        first + at
        for at, word in enumerate(inside)
        if word in _LONELY and inside.count(_LONELY[word]) != inside.count(word)
    ]
    odd += [first + at for at, word in enumerate(inside) if word in {'"', "“", "”"}]
    for begin, end in zip([first - 1, *sorted(odd)], [*sorted(odd), last + 1], strict=True):
        if begin + 1 <= end - 1 and not all(word in _SMALL for word in words[begin + 1 : end]):
            yield begin + 1, end - 1


def drafts(text: Text, found: Iterable[Tagged]) -> list[Draft]:
    """The things that the names stand for, in order of their first place.

    One surface has one type in a paper (that of most certainty), and is a name wherever it stands. The two sides of
    an abbreviation are one thing, as are spellings that differ in case, hyphens and a plural s.
    """
    surfaces = _surfaces(text, found)
    places = _everywhere(text, surfaces)
    groups = _grouped(text, {surface: places[surface] for surface in surfaces if surface in places}, surfaces)
    made = [
        Draft(
            surfaces[group[0]][0],
            tuple(sorted(bounds for surface in group for bounds in places[surface])),
            calibrated(max(surfaces[surface][1] for surface in group), SLOPE),
        )
        for group in groups
    ]
    return sorted(made, key=lambda draft: draft.mentions[0])


def _surfaces(text: Text, found: Iterable[Tagged]) -> dict[str, tuple[EntityType, float]]:
    """Every surface with its type and confidence; the sides of an abbreviation take the surer side's type."""
    votes: dict[str, Counter[EntityType]] = defaultdict(Counter)
    best: dict[str, float] = defaultdict(float)
    for name in found:
        surface = text.text[text.bounds[name.first][0] : text.bounds[name.last][1]]
        votes[surface][name.type] += round(1000 * name.confidence)
        best[surface] = max(best[surface], name.confidence)
    typed = {surface: (max(TYPES, key=votes[surface].__getitem__), best[surface]) for surface in votes}
    for long, short in _definitions(text):
        sides = [typed[side] for side in (long, short) if side in typed]
        if sides:
            typed[long] = typed[short] = max(sides, key=lambda side: side[1])
    return typed


def _definitions(text: Text) -> list[tuple[str, str]]:
    return [(text.text[slice(*long)], text.text[slice(*short)]) for long, short in text.abbreviations]


def _everywhere(text: Text, surfaces: Iterable[str]) -> dict[str, list[Bounds]]:
    """All places of the surfaces that begin and end with tokens, the longest first, none overlapping."""
    starts = {start: at for at, (start, _) in enumerate(text.bounds)}
    ends = {end for _, end in text.bounds}
    taken = bytearray(len(text.text))
    places: dict[str, list[Bounds]] = defaultdict(list)
    for surface in sorted(surfaces, key=lambda form: (-len(form), form)):
        start = text.text.find(surface)
        while start >= 0:
            end = start + len(surface)
            if start in starts and end in ends and not any(taken[start:end]):
                taken[start:end] = b"\x01" * len(surface)
                places[surface].append((start, end))
            start = text.text.find(surface, start + 1)
    return places


def _grouped(
    text: Text, places: Mapping[str, Sequence[Bounds]], surfaces: Mapping[str, tuple[EntityType, float]]
) -> list[list[str]]:
    """The surfaces in groups that name one thing: "image SR" is what "image super-resolution" is."""
    leader: dict[str, str] = {surface: surface for surface in places}

    def find(surface: str) -> str:
        while leader[surface] != surface:
            surface = leader[surface]
        return surface

    by_key: dict[tuple[EntityType, str], str] = {}
    longs = {short: long for long, short in _definitions(text)}
    for surface in places:
        spelled = " ".join(longs.get(word, word) for word in surface.split())
        for form in (surface, spelled):
            key = surfaces[surface][0], key_of(form.split()).lstrip("=").casefold()
            leader[find(surface)] = find(by_key.setdefault(key, surface))
    for one, other in (*_definitions(text), *_same(text, places, surfaces)):
        if one in leader and other in leader:
            leader[find(other)] = find(one)
    groups: dict[str, list[str]] = defaultdict(list)
    for surface in places:
        groups[find(surface)].append(surface)
    return list(groups.values())


def _same(
    text: Text, places: Mapping[str, Sequence[Bounds]], surfaces: Mapping[str, tuple[EntityType, float]]
) -> Iterator[tuple[str, str]]:
    """Pairs that name one thing though nobody says so: initials, a further generic head, a title's "X: what X is"."""
    for one in places:
        for other in places:
            if one == other or surfaces[one][0] != surfaces[other][0]:
                continue
            if len(other) < 12 < len(one) and one[0].casefold() == other[0].casefold() and spells(one, other):
                yield one, other
            if one.startswith(other + " ") and " " in other and one[len(other) + 1 :].casefold() in _HEADS:
                yield one, other
            if len(places[one]) == 1 and _titled(text, places[other][0], places[one][0]):
                yield one, other


def _titled(text: Text, name: Bounds, account: Bounds) -> bool:
    """Whether the title begins with the name and gives the account behind a colon."""
    between = text.text[name[1] : account[0]]
    return name[0] == 0 and account[1] <= text.title_end and between.strip() in {":", ": A", ": An", ": The"}


def name_of(text: Text, draft: Draft) -> str:
    """The most informative form: the long side of an abbreviation, else the form used most, the title's last."""
    forms = [text.text[start:end] for start, end in draft.mentions]
    longs = {long for long, _ in _definitions(text)}
    counts = Counter(forms)
    outside_title = {form for form, (start, _) in zip(forms, draft.mentions, strict=True) if start >= text.title_end}
    return min(counts, key=lambda f: (f not in longs, -counts[f], f not in outside_title, -len(f), f))
