"""The candidates for a slot of an outcome -> the named features that speak for and against each."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kg.extract.lists import pattern
from kg.extract.places import Bounds
from kg.extract.rules.outcomes import Outcome
from kg.extract.rules.scene import Scene
from kg.extract.sentences import sentence_at
from kg.types import SlotName

_CUES = pattern(r"\b(?:{})(?=\W|$)|[,;()]", "slot_cues")
_SELF = re.compile(r"\b(?:we|our|ours|the proposed|this method|the model|the method|it)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Filler:
    """What may fill a slot: an entity (its index in the scene) by one of its mentions, a phrase, or nothing."""

    entity: int | None
    span: Bounds | None


NOTHING = Filler(None, None)


@dataclass(frozen=True)
class Context:
    """What is fixed for an outcome when a slot is filled: the slots before it and those of the outcome before."""

    rank: int  # of the outcome among those of its sentence
    siblings: int
    filled: Mapping[SlotName, Filler] = field(default_factory=dict)
    previous: Mapping[SlotName, Filler] = field(default_factory=dict)
    gap: str = ""  # what stands between the outcome before and this one


def filler_features(
    scene: Scene, outcome: Outcome, slot: SlotName, fillers: Sequence[Filler], context: Context
) -> list[list[str]]:
    """What speaks for and against each of the fillers of a slot."""
    inside = [f for f in fillers if f.span and outcome.sentence[0] <= f.span[0] < outcome.sentence[1]]
    counts = Counter("in" if f in inside else "out" for f in fillers if f.span)
    crowd = f"{min(counts['in'], 3)}/{min(counts['out'], 3)}"
    ranks = {filler: at for at, filler in enumerate(sorted(inside, key=lambda f: f.span or (0, 0)))}
    nearness = sorted(inside, key=lambda f: _gap(f, outcome))
    features = []
    for filler in fillers:
        if filler.span is None:
            features.append(
                sorted(
                    {
                        f"null:{f}"
                        for f in (*_of_number(scene, outcome, context), "crowd=" + crowd, f"in={min(counts['in'], 2)}")
                    }
                )
            )
            continue
        own = set(_of_filler(scene, outcome, filler))
        if filler in ranks:
            near = nearness.index(filler)
            own |= {f"nearest={near if near < 3 else 3}", f"only={counts['in'] == 1}", f"crowd={min(counts['in'], 4)}"}
            if context.siblings > 1:
                match = ranks[filler] == context.rank and len(ranks) == context.siblings
                own.add(f"rank={'match' if match else 'even' if len(ranks) == context.siblings else 'no'}")
                if "respectively" in scene.text.text[slice(*outcome.sentence)]:
                    own.add(f"respectively={'match' if match else 'no'}")
        own.update(_with_context(filler, context))
        own |= {
            f"{_kind(outcome)}&{f}" for f in own if f[:4] in {"side", "link", "role", "near", "path", "prev", "cues"}
        }
        features.append(sorted(own))
    return features


def _kind(outcome: Outcome) -> str:
    return outcome.kind[:1] + (outcome.direction or "")[:1]


def _gap(filler: Filler, outcome: Outcome) -> int:
    assert filler.span is not None
    return max(filler.span[0] - outcome.number.end, outcome.number.start - filler.span[1])


def _of_number(scene: Scene, outcome: Outcome, context: Context) -> Iterator[str]:
    yield "bias"
    yield "kind=" + _kind(outcome)
    yield "unit=" + outcome.number.unit
    first, last = scene.text.token_at(outcome.number.start), scene.text.token_at(outcome.number.end - 1)
    words = [word.casefold() for word in scene.text.words]
    yield from (f"b={word}" for word in words[max(0, first - 3) : first])
    yield from (f"a={word}" for word in words[last + 1 : last + 4])
    yield "a1=" + (words[last + 1] if last + 1 < len(words) else ">")
    yield from (f"filled={slot}:{filler.span is not None}" for slot, filler in context.filled.items())
    yield from (f"prev={slot}:{filler.span is not None}" for slot, filler in context.previous.items())
    sentence = scene.text.text[slice(*outcome.sentence)].casefold()
    yield from (
        f"has={cue}"
        for cue in ("outperform", "than", "compared", "baseline", "state-of-the-art", "we ", "our ")
        if cue in sentence
    )


def _of_filler(scene: Scene, outcome: Outcome, filler: Filler) -> Iterator[str]:
    assert filler.span is not None
    text, number = scene.text, outcome.number
    span = filler.span
    here = outcome.sentence[0] <= span[0] < outcome.sentence[1]
    before = span[1] <= number.start
    away = sentence_at(text.sentences, span[0]) - sentence_at(text.sentences, number.start)
    side = (
        ("left" if before else "right")
        if here
        else "title"
        if span[0] < text.title_end
        else f"s{max(-4, min(away, 2))}"
    )
    yield "side=" + side
    gap = text.text[span[1] : number.start] if before else text.text[number.end : span[0]]
    distance = len(gap.split())
    bucket = distance if distance < 4 else 5 if distance < 7 else 10 if distance < 12 else 20 if distance < 25 else 99
    if here:
        yield f"far={side}{bucket}"
        cues = [match[0].casefold() for match in _CUES.finditer(gap)]
        yield f"path={side}:" + " ".join(cues[:3] if before else cues[-3:])
        yield f"link={side}:" + (cues[-1] if cues and not before else cues[0] if cues else "")
        yield from (f"cues={side}:{cue}" for cue in set(cues))
        yield f"numbers={side}{min(len(re.findall(r'(?<![A-Za-z-])[0-9]+(?:[.][0-9]+)?', gap)), 3)}"
        if distance <= 2:
            yield f"gap={side}:{gap.strip().casefold()}"
    at = text.token_at(span[0])
    words = [word.casefold() for word in text.words[max(0, at - 2) : at]]
    yield from (f"fb{i}={side}:{word}" for i, word in enumerate(reversed(words), 1))
    end = text.token_at(span[1] - 1)
    yield f"fa={side}:" + (text.words[end + 1].casefold() if end + 1 < len(text.words) else ">")
    if filler.entity is None:
        yield "literal"
        yield "literal:" + text.text[slice(*span)].split()[-1].casefold()
        return
    entity = scene.entities[filler.entity]
    same = [e for e in scene.entities if e.type == entity.type and e.role == entity.role]
    yield f"role={entity.role}"
    yield f"role={entity.role}{side}"
    yield f"role={entity.role}:{'first' if same[0] is entity else 'later'}:{here}"
    yield f"mentions={min(len(entity.mentions), 4)}"
    yield f"kind={entity.kind}{here}"
    yield "unnamed" if entity.name is None else f"name={entity.name.casefold()}"
    if any(m.start < text.title_end for m in entity.mentions):
        yield f"titled:{here}"
    if entity.role == "proposed":
        yield from _we(text.text, outcome.sentence, number.start)


def _we(text: str, sentence: Bounds, at: int) -> Iterator[str]:
    """Whether the sentence speaks of the paper's own method before the number."""
    yield f"we={_SELF.search(text, sentence[0], at) is not None}"


def _with_context(filler: Filler, context: Context) -> Iterator[str]:
    for slot, other in context.filled.items():
        if filler.entity is not None and other.entity == filler.entity:
            yield f"taken={slot}"
    for slot, other in context.previous.items():
        if other.span is not None and (filler.entity, filler.entity is None and filler.span) == (
            other.entity,
            other.entity is None and other.span,
        ):
            yield f"prev={slot}"
            yield f"prev={slot}:{context.gap}"
        elif other.span is not None:
            yield f"prevnot={slot}:{context.gap}"
