"""Drafts of a text -> entities with role and kind, and the phrases that stand for a method left unnamed."""

from collections.abc import Iterator, Mapping, Sequence

from kg.extract.lists import pattern
from kg.extract.places import Bounds
from kg.extract.rules.drafts import Draft, name_of
from kg.extract.rules.features import Text, shape
from kg.extract.rules.gazetteer import Name, key_of
from kg.extract.rules.linear import Linear
from kg.extract.sentences import sentence_at
from kg.types import Entity, MethodKind, Role, Span

ROLES: tuple[Role, ...] = ("proposed", "used", "compared", "mentioned")
KINDS: tuple[MethodKind, ...] = ("technique", "model")

_CUES = pattern(r"\b(?:{})\w*", "role_cues")
_UNNAMED = pattern(
    r"\b(?:(?:[Oo]ur|[Tt]he) (?:newly )?(?:proposed|novel|new|final|best|full|presented|resulting) |[Oo]ur )"
    r"(?:[a-z-]+ )?(?:{})s?\b(?! (?:set|sets|card))",
    "method_nouns",
    ignore_case=False,
)


def entity_features(text: Text, draft: Draft, names: Mapping[str, Name]) -> list[str]:
    """What speaks for and against each role and kind of a thing."""
    first = draft.mentions[0][0]
    forms = {text.text[start:end] for start, end in draft.mentions}
    features = {
        "type=" + draft.type,
        f"n={draft.type}{min(len(draft.mentions), 4)}",
        f"sentence={min(sentence_at(text.sentences, first), 8)}",
        f"zone={text.zone(first)}",
        f"after={draft.type}{text.zone(draft.mentions[-1][0])}",
    }
    for form in forms:
        words = form.split()
        features |= {"last=" + words[-1].casefold(), "shape=" + shape(words[-1]), f"words={min(len(words), 4)}"}
        known = names.get(key_of(words))
        often = "no" if known is None else "1" if known.papers == 1 else "few" if known.papers < 5 else "many"
        features |= {"known=" + often, f"kind={known.kind if known else None}", "form=" + form.casefold()}
    for long, short in text.abbreviations:
        if long in draft.mentions or short in draft.mentions:
            features.add("defined:" + text.zone(short[0]))
    for mention in draft.mentions:
        features.update(_around(text, mention))
    return sorted(
        features | {f"{draft.type}&{feature}" for feature in features if feature[:4] in {"zone", "cue=", "b1=o"}}
    )


def _around(text: Text, mention: Bounds) -> Iterator[str]:
    """The words beside a mention and the cues in its sentence on both sides."""
    at, end = text.token_at(mention[0]), text.token_at(mention[1] - 1) + 1
    lower = [word.casefold() for word in text.words[max(0, at - 3) : at]]
    yield from (f"b{distance}={word}" for distance, word in enumerate(reversed(lower), 1))
    yield "b12=" + " ".join(lower[-2:])
    after = [word.casefold() for word in text.words[end : end + 2]]
    yield from (f"a{distance}={word}" for distance, word in enumerate(after, 1))
    start, stop = text.sentence_of(mention[0])
    before = [match[0].casefold() for match in _CUES.finditer(text.text, start, mention[0])]
    yield from (f"cue={cue}" for cue in before[-2:])
    if before:
        yield "nearest=" + before[-1]
    later = _CUES.search(text.text, mention[1], stop)
    if later:
        yield "later=" + later[0].casefold()


def with_roles(
    text: Text, drafts: Sequence[Draft], names: Mapping[str, Name], roles: Linear, kinds: Linear
) -> tuple[Entity, ...]:
    """The entities of a paper: the drafts with name, role and kind, and the unnamed method where there is one."""
    features = [entity_features(text, draft, names) for draft in drafts]
    chosen = roles.scores(features).argmax(axis=1) if features else []
    kind = kinds.scores(features).argmax(axis=1) if features else []
    made = []
    used: set[str] = set()
    for at, draft in enumerate(drafts):
        name = name_of(text, draft)
        if name in used:
            continue
        used.add(name)
        made.append(
            Entity(
                name=name,
                type=draft.type,
                kind=KINDS[int(kind[at])] if draft.type == "Method" else None,
                role=ROLES[int(chosen[at])],
                mentions=tuple(Span.of(text.text, *bounds) for bounds in draft.mentions),
                confidence=draft.confidence,
            )
        )
    return (*made, *unnamed(text, made))


def unnamed(text: Text, entities: Sequence[Entity]) -> list[Entity]:
    """The method that the paper proposes without a name, where it does: the phrases that stand for it."""
    if any(entity.role == "proposed" and entity.type == "Method" for entity in entities):
        return []
    taken = [(m.start, m.end) for entity in entities for m in entity.mentions]
    phrases = [
        Span.of(text.text, match.start(), match.end())
        for match in _UNNAMED.finditer(text.text)
        if not any(start < match.end() and match.start() < end for start, end in taken)
    ]
    if not phrases:
        return []
    return [
        Entity(name=None, type="Method", kind="technique", role="proposed", mentions=tuple(phrases), confidence=0.7)
    ]
