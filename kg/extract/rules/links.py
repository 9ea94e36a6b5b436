"""Entities and results of a scene -> the relations between the entities, chosen by weights."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

from kg.extract.lists import pattern
from kg.extract.places import Bounds, evidence
from kg.extract.rules.linear import Linear, calibrated, softmax
from kg.extract.rules.scene import Scene
from kg.extract.sentences import sentence_at
from kg.types import RELATION_ENDS, Entity, EntityType, Outcome, Relation, RelationType, Result

RELATIONS: tuple[str, ...] = ("none", *RELATION_ENDS)
SLOPE = 0.5  # of confidence, chosen on the development papers
LEAST = 0.42  # probability of a relation that is taken, chosen on the development papers
OUTCOMES = ("null", "better", "worse", "similar")
_ENDS: dict[tuple[EntityType, EntityType], tuple[int, ...]] = {}
for _type, _pairs in RELATION_ENDS.items():
    for _ends in _pairs:
        _ENDS[_ends] = (*_ENDS.get(_ends, (0,)), RELATIONS.index(_type))

_CUES = pattern(r"\b(?:{})\b|[(),;:/]", "relation_cues")


def pairs(entities: Sequence[Entity]) -> list[tuple[int, int]]:
    """The ordered pairs of entities between which some relation may hold."""
    count = range(len(entities))
    return [(a, b) for a in count for b in count if a != b and (entities[a].type, entities[b].type) in _ENDS]


def pair_features(scene: Scene, results: Iterable[Result], wanted: Sequence[tuple[int, int]]) -> list[list[str]]:
    """What speaks for and against each relation of each pair (head, tail)."""
    places: list[dict[int, list[Bounds]]] = [{} for _ in scene.entities]
    for bounds, at in scene.mentions:
        places[at].setdefault(sentence_at(scene.text.sentences, bounds[0]), []).append(bounds)
    own = [_own(scene, entity, places[at]) for at, entity in enumerate(scene.entities)]
    crowd = {
        kind: sum(entity.type == kind for entity in scene.entities) for kind in ("Method", "Task", "Dataset", "Metric")
    }
    together = _together(scene, results)
    between: dict[tuple[Bounds, Bounds], list[str]] = {}
    made = []
    for head, tail in wanted:
        a, b = scene.entities[head], scene.entities[tail]
        prefix = f"{a.type[:2]}{b.type[:2]}"
        features = [f"h:{f}" for f in own[head]] + [f"t:{f}" for f in own[tail]]
        features += [
            f"roles={a.role}-{b.role}",
            f"kinds={a.kind}-{b.kind}",
            f"crowd={min(crowd[a.type], 4)}-{min(crowd[b.type], 4)}",
        ]
        features += [f"both={h}|{t}" for h in own[head][:3] for t in own[tail][:3]]
        features += _meeting(scene, places[head], places[tail], between, a, b)
        features += [f"result={what}" for what in together.get((head, tail), ())]
        if a.type == b.type:
            features += _alike(scene, a, b)
        made.append([f"{prefix}:{feature}" for feature in features])
    return made


def _own(scene: Scene, entity: Entity, places: Mapping[int, Sequence[Bounds]]) -> list[str]:
    text = scene.text
    zones = {text.zone(m.start) for m in entity.mentions}
    same = [e for e in scene.entities if e.type == entity.type and e.role == entity.role]
    order = "first" if same[0] is entity else "later"
    return [
        f"role={entity.role}",
        f"{entity.role}{order}",
        f"zone={'+'.join(sorted(zones))}",
        f"n={min(len(entity.mentions), 4)}",
        f"role={entity.role}&{'title' in ''.join(zones)}",
        "unnamed" if entity.name is None else f"name={entity.name.casefold()}",
        f"last={(entity.name or 'none').split()[-1].casefold().removesuffix('s')}",
    ]


def _meeting(
    scene: Scene,
    heads: Mapping[int, Sequence[Bounds]],
    tails: Mapping[int, Sequence[Bounds]],
    known: dict[tuple[Bounds, Bounds], list[str]],
    a: Entity,
    b: Entity,
) -> list[str]:
    """How the two stand together: in how many sentences, and the words between them where they are closest."""
    shared = sorted(heads.keys() & tails.keys())
    if not shared:
        gap = min(abs(one - other) for one in heads for other in tails)
        later = min(tails) > min(heads)
        return [f"apart={min(gap, 3)}", f"apart&{a.role}-{b.role}", f"apart={min(gap, 3)}{later}&{a.role}-{b.role}"]
    features = [f"shared={min(len(shared), 3)}", f"shared&{a.role}-{b.role}"]
    closest = min(
        ((max(t[0] - h[1], h[0] - t[1]), h, t) for at in shared for h in heads[at] for t in tails[at]),
    )
    _, h, t = closest
    if (h, t) not in known:
        known[h, t] = list(_between(scene, h, t))
    features += known[h, t]
    zone = scene.text.zone(h[0])
    return [*features, f"zone={zone}", f"zone={zone}&{a.role}-{b.role}"]


def _between(scene: Scene, head: Bounds, tail: Bounds) -> Iterator[str]:
    text = scene.text.text
    side = ">" if head[0] < tail[0] else "<"
    first, second = (head, tail) if side == ">" else (tail, head)
    gap = text[first[1] : second[0]]
    count = len(gap.split())
    yield f"far={side}{min(count, 5) if count < 6 else 9 if count < 10 else 15 if count < 16 else 99}"
    cues = [match[0].casefold() for match in _CUES.finditer(gap)]
    yield from (f"cue={side}{cue}" for cue in set(cues))
    yield f"path={side}{' '.join(cues[:4])}"
    if cues:
        yield f"first={side}{cues[0]}"
        yield f"last={side}{cues[-1]}"
    if count <= 3:
        yield f"gap={side}{gap.strip().casefold()}"
    inside = scene.within((first[1], second[0]))
    yield f"inside={side}{min(len(inside), 3)}"
    yield f"kinds={side}{'+'.join(sorted({scene.entities[at].type[:2] for _, at in inside}))}"
    at = scene.text.token_at(first[0])
    words = [word.casefold() for word in scene.text.words[max(0, at - 2) : at]]
    yield from (f"before={side}{word}" for word in words)
    end = scene.text.token_at(second[1] - 1)
    yield f"after={side}{scene.text.words[end + 1].casefold() if end + 1 < len(scene.text.words) else '.'}"


def _alike(scene: Scene, a: Entity, b: Entity) -> Iterator[str]:
    """Whether one name is part of the other: "graph transformer" is a kind of "transformer"."""
    one = {m.surface.casefold().removesuffix("s") for m in a.mentions}
    other = {m.surface.casefold().removesuffix("s") for m in b.mentions}
    yield f"ends={any(x.endswith(y) for x in one for y in other)}"
    yield f"ended={any(y.endswith(x) for x in one for y in other)}"
    yield f"holds={any(y in x for x in one for y in other)}"
    yield f"held={any(x in y for x in one for y in other)}"


def _together(scene: Scene, results: Iterable[Result]) -> dict[tuple[int, int], set[str]]:
    """The pairs that stand in the slots of one result."""
    index = {entity.key: at for at, entity in enumerate(scene.entities)}
    found: dict[tuple[int, int], set[str]] = {}
    for result in results:
        slots = [(name, index[slot.entity]) for name, slot in result.slots.items() if slot.entity is not None]
        for name, at in slots:
            for other, to in slots:
                found.setdefault((at, to), set()).add(f"{name}-{other}")
    return found


def relations(
    scene: Scene, results: Sequence[Result], weights: Linear, comparisons: Linear, *, least: float = LEAST
) -> list[Relation]:
    """The relations between the entities that are at least so probable, in order of head, type and tail."""
    wanted = pairs(scene.entities)
    if not wanted:
        return []
    features = pair_features(scene, results, wanted)
    scores = weights.scores(features)
    found: dict[tuple[str, RelationType, str], Relation] = {}
    for at, (head, tail) in enumerate(wanted):
        a, b = scene.entities[head], scene.entities[tail]
        allowed = _ENDS[a.type, b.type]
        sure = softmax(scores[at, list(allowed)])
        if 1 - sure[0] < least:
            continue
        best = 1 + int(sure[1:].argmax())
        type = cast(RelationType, RELATIONS[allowed[best]])
        if type == "compared_with" and (b.key, type, a.key) in found:
            continue
        outcome = OUTCOMES[int(comparisons.scores([features[at]]).argmax())] if type == "compared_with" else "null"
        found[a.key, type, b.key] = Relation(
            head=a.key,
            type=type,
            tail=b.key,
            outcome=None if outcome == "null" else cast(Outcome, outcome),
            evidence=evidence(scene.text.text, scene.text.sentences, a.mentions, b.mentions),
            confidence=calibrated(float(1 - sure[0]), SLOPE),
        )
    return [found[key] for key in sorted(found)]
