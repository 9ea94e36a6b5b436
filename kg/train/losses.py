"""Logits and targets of one paper -> the loss of every head, scaled so that the heads weigh about the same."""

# mypy: allow-subclassing-any, allow-untyped-calls, no-warn-return-any, no-warn-unused-ignores

import torch
from torch import Tensor
from torch.nn import functional as F

from kg.extract.encoder import labels
from kg.train.data import Example
from kg.train.model import Heads, Logits
from kg.train.targets import Targets

SCALES = {
    "tag": 1 / 20,
    "literal": 1 / 20,
    "role": 1 / 8,
    "kind": 1 / 8,
    "number": 1 / 2,
    "detail": 1 / 6,
    "slot": 1 / 2,
    "relation": 1 / 12,
    "outcome": 1 / 12,
    "same": 1 / 40,
}
METHODS = (0, 4)
ENDS = {
    "evaluated_on": ((0, 2),),
    "trained_on": ((0, 2),),
    "used_for": ((0, 1),),
    "benchmark_for": ((2, 1),),
    "measured_by": ((0, 3), (1, 3), (2, 3)),
    "compared_with": ((0, 0),),
    "uses": ((0, 0),),
    "subclass_of": ((0, 0), (1, 1), (2, 2), (3, 3)),
}
COMPARED = labels.RELATIONS.index("compared_with")


def losses(heads: Heads, words: Tensor, example: Example) -> dict[str, Tensor]:
    """Summed losses of one paper by head; `words` is (W, width)."""
    goal = example.targets
    tag, literal = heads.tags(words)
    logits = heads(words, example.spans)
    gold_tag, gold_literal = tag_targets(goal, len(words))
    device = words.device
    out = {
        "tag": F.cross_entropy(tag, gold_tag.to(device), reduction="sum"),
        "literal": F.cross_entropy(literal, gold_literal.to(device), reduction="sum"),
    }
    if goal.mentions:
        out |= _entity_losses(logits, goal)
        out |= _relation_losses(logits, goal)
    if example.features.candidates:
        out |= _number_losses(logits, example)
    return {name: value * SCALES[name] for name, value in out.items()}


def tag_targets(goal: Targets, words: int) -> tuple[Tensor, Tensor]:
    """BIO tags of mentions and of literal phrases, (W,) each."""
    tag, literal = torch.zeros(words, dtype=torch.long), torch.zeros(words, dtype=torch.long)
    for mention in goal.mentions:
        tag[mention.first : mention.last + 1] = 2 + 2 * mention.type
        tag[mention.first] = 1 + 2 * mention.type
    for first, last, kind in sorted(goal.literals, key=lambda p: p[0] - p[1]):
        literal[first : last + 1] = 2 + 2 * kind
        literal[first] = 1 + 2 * kind
    return tag, literal


def _entity_losses(logits: Logits, goal: Targets) -> dict[str, Tensor]:
    owner = _owners(goal, logits.role.device)
    named = torch.unique(owner)
    roles = torch.tensor([e.role for e in goal.entities], device=owner.device)[named]
    kinds = torch.tensor([e.kind for e in goal.entities], device=owner.device)[named]
    count = len(owner)
    return {
        "role": F.cross_entropy(
            _mean_by(logits.role[:count], owner, len(goal.entities))[named], roles, reduction="sum"
        ),
        "kind": F.cross_entropy(
            _mean_by(logits.kind[:count], owner, len(goal.entities))[named], kinds, reduction="sum", ignore_index=-1
        ),
    }


def _owners(goal: Targets, device: torch.device) -> Tensor:
    return torch.tensor([m.entity for m in goal.mentions], device=device)


def _mean_by(rows: Tensor, owner: Tensor, groups: int) -> Tensor:
    total = rows.new_zeros(groups, rows.shape[1]).index_add(0, owner, rows)
    return total / rows.new_zeros(groups).index_add(0, owner, rows.new_ones(len(owner))).clamp(min=1)[:, None]


def pair_mask(types: list[int], device: torch.device | None = None) -> Tensor:
    """(E, E, relations): which relation may hold between entities of these types; never with itself."""
    kinds = torch.tensor([0 if t in METHODS else t for t in types], device=device)
    mask = torch.zeros(len(types), len(types), len(labels.RELATIONS), dtype=torch.bool, device=device)
    for index, relation in enumerate(labels.RELATIONS):
        for head, tail in ENDS[relation]:
            mask[..., index] |= (kinds == head)[:, None] & (kinds == tail)[None, :]
    mask &= ~torch.eye(len(types), dtype=torch.bool, device=device)[..., None]
    return mask


def pool_pairs(scores: Tensor, owner: Tensor, entities: int) -> Tensor:
    """(M, M, R) mention pairs -> (E, E, R) entity pairs by log-sum-exp."""
    index = (owner[:, None] * entities + owner[None, :]).flatten()
    flat = scores.flatten(0, 1)
    top = flat.detach().amax(0)
    total = flat.new_zeros(entities * entities, flat.shape[1]).index_add(0, index, (flat - top).exp())
    return ((total + 1e-9).log() + top).view(entities, entities, -1)


def _relation_losses(logits: Logits, goal: Targets) -> dict[str, Tensor]:
    count, entities = len(goal.mentions), len(goal.entities)
    device = logits.pair.device
    owner = _owners(goal, device)
    scores = logits.pair[:count, :count].float()
    pooled = pool_pairs(scores, owner, entities)
    relations = len(labels.RELATIONS)
    gold = torch.zeros(entities, entities, relations, device=device)
    outcome = torch.full((entities, entities), -1, dtype=torch.long, device=device)
    for head, kind, tail, result in goal.relations:
        gold[head, tail, kind] = 1
        if kind == COMPARED:
            gold[tail, head, kind] = 1
            outcome[head, tail] = result
            outcome[tail, head] = result if result in (-1, 2) else 1 - result
    present = torch.zeros(entities, dtype=torch.bool, device=device)
    present[owner] = True
    mask = pair_mask([e.type for e in goal.entities], device) & present[:, None, None] & present[None, :, None]
    types = logits.pair.new_tensor([m.type for m in goal.mentions])
    alike = (types[:, None] == types[None, :]) & ~torch.eye(count, dtype=torch.bool, device=device)
    same = (owner[:, None] == owner[None, :]).float()
    known = outcome >= 0
    wins = pooled[..., relations : relations + len(labels.OUTCOMES)]
    return {
        "relation": F.binary_cross_entropy_with_logits(pooled[..., :relations][mask], gold[mask], reduction="sum"),
        "outcome": F.cross_entropy(wins[known], outcome[known], reduction="sum") if known.any() else wins.sum() * 0,
        "same": F.binary_cross_entropy_with_logits(scores[..., -1][alike], same[alike], reduction="sum"),
    }


def _number_losses(logits: Logits, example: Example) -> dict[str, Tensor]:
    goal, device = example.targets, logits.number.device
    kinds = torch.zeros(len(example.features.candidates), dtype=torch.long)
    for number in goal.numbers:
        kinds[number.candidate] = 1 + number.kind
    detail = slot = logits.number.sum() * 0
    for number in goal.numbers:
        row = number.candidate
        for head, value in (("direction", number.direction), ("relative", number.relative), ("bound", number.bound)):
            detail = detail + F.cross_entropy(getattr(logits, head)[row], torch.tensor(value, device=device))
        for index, filler in enumerate(number.slots):
            accepted, allowed = _fillers(example, filler, index)
            if accepted is not None:
                scores = torch.cat([logits.slot_null[row, index : index + 1], logits.slot[row, allowed, index]])
                slot = slot + scores.logsumexp(0) - scores[accepted].logsumexp(0)
    return {"number": F.cross_entropy(logits.number, kinds.to(device), reduction="sum"), "detail": detail, "slot": slot}


def _fillers(example: Example, filler: tuple[str, int] | None, slot: int) -> tuple[list[int] | None, list[int]]:
    """Positions (0 is "nothing") that fill the slot rightly, and the spans that may fill it at all."""
    goal = example.targets
    mentions, literal = len(goal.mentions), labels.SLOT_LITERALS[slot]
    allowed = [i for i, m in enumerate(goal.mentions) if m.type in labels.SLOT_FILLERS[slot]]
    allowed += [mentions + i for i, phrase in enumerate(goal.literals) if literal is not None and phrase[2] == literal]
    if filler is None:
        return [0], allowed
    kind, index = filler
    right = {i for i, m in enumerate(goal.mentions) if m.entity == index} if kind == "entity" else {mentions + index}
    accepted = [1 + place for place, span in enumerate(allowed) if span in right]
    return (accepted or None), allowed
