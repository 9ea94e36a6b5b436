"""Outcomes in a scene -> for each the method, baseline, dataset, metric and task it belongs to, chosen by weights."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from kg.extract.lists import pattern
from kg.extract.places import Bounds
from kg.extract.rules.filler_features import NOTHING, Context, Filler, filler_features
from kg.extract.rules.linear import Linear, calibrated, softmax
from kg.extract.rules.outcomes import Outcome
from kg.extract.rules.scene import Scene
from kg.types import LITERAL_SLOTS, SLOT_TYPES, Entity, SlotName

ORDER: tuple[SlotName, ...] = ("method", "dataset", "metric", "baseline", "task")  # each sees what is chosen before it

SLOPE = 0.5  # of confidence, chosen on the development papers
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
            chosen[slot] = fillers[best], calibrated(float(softmax(scores)[best]), SLOPE)
        filled.append(chosen)
    return filled
