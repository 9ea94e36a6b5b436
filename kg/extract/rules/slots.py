"""Outcomes in a scene -> for each the method, baseline, dataset, metric and task it belongs to, chosen by weights."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kg.extract.lists import pattern
from kg.extract.places import Bounds
from kg.extract.rules.linear import Linear, softmax
from kg.extract.rules.outcomes import Outcome, Scene
from kg.extract.sentences import sentence_at
from kg.types import LITERAL_SLOTS, SLOT_TYPES, Entity, SlotName

ORDER: tuple[SlotName, ...] = ("method", "dataset", "metric", "baseline", "task")  # each sees what is chosen before it

_MODIFIER = pattern("(?:{})", "baseline_modifiers", ignore_case=False).pattern
_METHODS = (
    "methods?|models?|approach(?:es)?|works?|results?|systems?|techniques?|algorithms?|solutions?|detectors?|networks?"
)
_RIVALS = "state[- ]of[- ]the[- ]arts?|SOTAs?|SoTAs?|baselines?|prior arts?|competitors?|counterparts?"
_LITERAL: dict[SlotName, re.Pattern[str]] = {
    "baseline": re.compile(
        r"\b(?:(?:the|a|an|all|several|other|some) )?"
        rf"(?:(?:{_MODIFIER}[- ])+(?:{_METHODS})|(?:{_MODIFIER}[- ])*(?:{_RIVALS}))\b"
    ),
    "dataset": re.compile(
        r"\b(?:the )?(?:\d+|two|three|four|five|six|seven|eight|nine|ten|several|multiple|various|many|our(?: own)?"
        r"|real-world|an in-house)(?: [\w-]+){0,4} (?:datasets?|benchmarks?|corpora|databases?|test sets?)\b"
    ),
}
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


def candidates(scene: Scene, outcome: Outcome, slot: SlotName) -> list[Filler]:
    """Nothing; every entity of the slot's type by its mention nearest to the number; the literal phrases near it."""
    found = [NOTHING]
    for at, entity in enumerate(scene.entities):
        if entity.type == SLOT_TYPES[slot]:
            found.append(Filler(at, _nearest(entity, outcome)))
    if slot in LITERAL_SLOTS:
        taken = [bounds for bounds, _ in scene.within(outcome.sentence)]
        for match in _LITERAL[slot].finditer(scene.text.text, *outcome.sentence):
            if not any(start < match.end() and match.start() < end for start, end in taken):
                found.append(Filler(None, match.span()))
    return found


def _nearest(entity: Entity, outcome: Outcome) -> Bounds:
    """The mention nearest to the number: in its sentence first, then before it, then after."""
    number, (start, end) = outcome.number, outcome.sentence

    def distance(bounds: Bounds) -> tuple[int, int]:
        gap = max(bounds[0] - number.end, number.start - bounds[1])
        return (0 if start <= bounds[0] < end else 1 if bounds[0] < start else 2), gap

    return min(((m.start, m.end) for m in entity.mentions), key=distance)


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


def contexts(scene: Scene, outcomes: Sequence[Outcome]) -> list[Context]:
    """The rank of every outcome among those of its sentence, and what stands between it and the one before."""
    sizes = Counter(outcome.sentence for outcome in outcomes)
    seen: Counter[Bounds] = Counter()
    made = []
    for at, outcome in enumerate(outcomes):
        gap = ""
        if at and outcomes[at - 1].sentence == outcome.sentence:
            between = scene.text.text[outcomes[at - 1].number.end : outcome.number.start].strip().casefold()
            gap = between if len(between) < 12 else "near" if len(between) < 50 else "far"
        made.append(Context(rank=seen[outcome.sentence], siblings=sizes[outcome.sentence], gap=gap))
        seen[outcome.sentence] += 1
    return made


def fill(
    scene: Scene, outcomes: Sequence[Outcome], weights: Mapping[SlotName, Linear]
) -> list[dict[SlotName, tuple[Filler, float]]]:
    """For every outcome the filler of each slot that has one, with its probability among the candidates."""
    filled: list[dict[SlotName, tuple[Filler, float]]] = []
    for at, (outcome, context) in enumerate(zip(outcomes, contexts(scene, outcomes), strict=True)):
        chosen: dict[SlotName, tuple[Filler, float]] = {}
        previous = {slot: filler for slot, (filler, _) in filled[-1].items()} if at and context.gap else {}
        for slot in ORDER:
            fillers = candidates(scene, outcome, slot)
            now = Context(context.rank, context.siblings, {s: f for s, (f, _) in chosen.items()}, previous, context.gap)
            scores = weights[slot].scores(filler_features(scene, outcome, slot, fillers, now))[:, 0]
            best = int(scores.argmax())
            chosen[slot] = fillers[best], round(float(softmax(scores)[best]), 3)
        filled.append(chosen)
    return filled
