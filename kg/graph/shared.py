"""A shared node and the claims of some papers on it -> the node without them, or with them."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from kg.graph.model import Claim, EntityNode, Identity, Registered
from kg.keys import entity_id
from kg.types import EntityType, MethodKind


def tally(
    node: EntityNode | None,
    *,
    identity: Identity,
    type: EntityType,
    removed: Iterable[Claim] = (),
    added: Iterable[Claim] = (),
) -> EntityNode | None:
    """A shared node after some papers' claims on it are gone and others have come; None when no paper is left.

    The claims of a paper must be given whole, all of them removed or added at once. Without a registry entry the
    name is the most used of the names that the papers give it, ties going to the first in code point order.
    """
    counts = dict(zip(node.forms, node.form_papers, strict=True)) if node else {}
    support, models = (node.support, node.model_papers) if node else (0, 0)
    for claims, sign in ((removed, -1), (added, 1)):
        by_paper: dict[str, list[Claim]] = {}
        for claim in claims:
            by_paper.setdefault(claim.paper, []).append(claim)
        for own in by_paper.values():
            support += sign
            models += sign * any(claim.kind == "model" for claim in own)
            for form in {mention.surface for claim in own for mention in claim.mentions}:
                counts[form] = counts.get(form, 0) + sign
    forms = sorted(form for form, papers in counts.items() if papers > 0)
    if support <= 0 or not forms:
        return None
    entry = identity.registered
    if entry is None and node is not None and node.curated:
        entry = Registered.model_validate(node.model_dump(include=set(Registered.model_fields)))
    name = entry.name if entry else _most_used(identity.id, forms, counts)
    fallback: MethodKind | None = ("model" if 2 * models > support else "technique") if type == "Method" else None
    return EntityNode(
        id=identity.id,
        type=type,
        name=name,
        aliases=tuple(form for form in forms if form != name),
        kind=(entry.kind if entry else None) or fallback,
        higher_is_better=entry.higher_is_better if entry else None,
        unit=entry.unit if entry else None,
        lower_bound=entry.lower_bound if entry else None,
        upper_bound=entry.upper_bound if entry else None,
        support=support,
        curated=entry is not None,
        forms=tuple(forms),
        form_papers=tuple(counts[form] for form in forms),
        model_papers=models,
    )


def _most_used(node_id: str, forms: list[str], counts: Mapping[str, int]) -> str:
    """The form that most papers use, of those that the node's id was minted from where there are any."""
    most = sorted(forms, key=lambda form: -counts[form])
    return next((form for form in most if _names(node_id, form)), most[0]) if len(most) > 1 else most[0]


@lru_cache(maxsize=1 << 16)
def _names(node_id: str, form: str) -> bool:
    """Whether the node's id was minted from this form."""
    return node_id == entity_id(node_id.partition(":")[0], form)
