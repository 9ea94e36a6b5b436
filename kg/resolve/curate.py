"""A store and a user's word on its nodes in, the store as it would be had the word been there from the start out.

What a user decides is a line of a table (kg.resolve.decisions) beside the store; a store keeps what each paper calls a
thing and where it says so, so that a decision is applied by resolving the papers again that it touches. The table
holds for every later build; its lines are never deleted, and any is taken back by another.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from kg.errors import SettingsError, UnknownName
from kg.graph import Subgraph, extraction, subgraph
from kg.keys import normalise
from kg.resolve import Resolver
from kg.resolve.corpus import Corpus
from kg.resolve.decisions import Decision, effect, node_id, read_decisions, write_decision
from kg.resolve.papers import papers_naming
from kg.resolve.registry import load
from kg.store import Store
from kg.types import ENTITY_TYPES, EntityType

SUFFIX = ".aliases.tsv"
BATCH = 64


def table_of(url: str, aliases: Path | None = None) -> Path:
    """Where the decisions on a store are kept: in the table that is given, else beside the store's file.

    SettingsError where neither is: a server has no beside.
    """
    if aliases is not None:
        return aliases
    path = url.partition(":")[2] if url.startswith("oxigraph:") else url
    if "://" in url:
        raise SettingsError(f"{url} is no file that a table of aliases can stand beside: say which table to use")
    return Path(path.rstrip("/") + SUFFIX)


def resolver_for(url: str, aliases: Path | None = None) -> Resolver:
    """The resolver that a build into this store must use: the registry and the decisions that are made on the store."""
    table = None if aliases is None and "://" in url else table_of(url, aliases)
    return Resolver(decisions=effect(read_decisions(table)) if table else None)


def merge(store: Store, one: str, other: str, *, table: Path, why: str = "") -> int:
    """Make one node of two, the other's, by ids or names; how many papers changed. UnknownName for no such node."""
    type, node = find_node(store, one)
    _, whole = find_node(store, other, type=type)
    if node == whole:
        return 0
    return _decide(store, table, Decision(type, node, whole, "merge", why), {node, whole})


def split(store: Store, one: str, *, table: Path, why: str = "") -> int:
    """Take back what was merged into a node, else what the registry holds together there; how many papers changed.

    A part that was merged can be named, too, though it has no node now; it alone is taken out.
    """
    before = effect(read_decisions(table)).merged
    type, node = find_node(store, one, also=before)
    return _decide(
        store, table, Decision(type, node, "", "split", why), {node, effect(read_decisions(table)).node(node)}
    )


def alias(store: Store, type: EntityType, form: str, canonical: str, *, table: Path, why: str = "") -> int:
    """Say what a form stands for, wherever a paper calls a thing so; how many papers changed."""
    key = normalise(form)
    ids = {node.id for node in store.entities(type) if key in {normalise(known) for known in node.forms}}
    return _decide(store, table, Decision(type, form, canonical, "alias", why), ids)


def refresh(store: Store, resolver: Resolver, papers: Sequence[str] | None = None) -> int:
    """Resolve papers again, or all: what changed is written; how many papers that were."""
    corpus, changed = Corpus(store, resolver), 0
    ids = [graph.paper.id for graph in store.read()] if papers is None else papers
    for start in range(0, len(ids), BATCH):
        held = list(store.read(ids[start : start + BATCH]))
        made = [subgraph(extraction(graph), resolver.identify) for graph in held]
        alone = [now.model_copy(update={"paper": was.paper}) for was, now in zip(held, made, strict=True)]
        settled = corpus.settle(alone, [graph.paper.id for graph in held])
        new = [*map(_changed, held, settled), *settled[len(held) :]]
        if wanted := [graph for graph in new if graph is not None]:
            store.write(wanted)
            changed += len(wanted)
    return changed


def find_node(
    store: Store, name: str, *, type: EntityType | None = None, also: Iterable[str] = ()
) -> tuple[EntityType, str]:
    """The type and id of the node that an id or a name means. `also` are ids that are known though no node has them.

    A name that nodes of several types have must be given as an id. UnknownName for a name that no node has.
    """
    named = next((kind for kind in ENTITY_TYPES if name.startswith(f"{kind.lower()}:")), None)
    only = type or named
    types = (only,) if only else ENTITY_TYPES
    gone = set(also)
    found: list[tuple[EntityType, str]] = []
    for each in types:
        entry = load().find(each, name)
        minted = {node_id(each, name), *([entry.id] if entry else [])}
        found += [(each, node.id) for node in store.entities(each, ids=sorted(minted))]
        found += [(each, id) for id in sorted(minted & gone)]
    distinct = sorted(set(found))
    if len(distinct) == 1:
        return distinct[0]
    exact = [one for one in distinct if one[1] == name]
    if exact:
        return exact[0]
    raise UnknownName(type or "node", name, tuple(id for _, id in distinct))


def _decide(store: Store, table: Path, decision: Decision, nodes: Iterable[str]) -> int:
    """Write the line down, then bring the papers that it touches in line with it.

    The line first: a run that is stopped in between leaves a table that the next refresh carries out.
    """
    papers = sorted({paper for node in nodes for paper in papers_naming(store, node)})
    write_decision(table, decision)
    return refresh(store, resolver_for(store.url, table), papers) if papers else 0


def _changed(held: Subgraph, now: Subgraph) -> Subgraph | None:
    return None if now.model_copy(update={"registered": ()}) == held else now
