"""Subgraphs that are about to be stored in, the same with abbreviations linked by what all papers say of them out.

"GSA" alone is a node of its own, until PAPERS papers spell it out, all of them alike, and no entry of the registry
claims it: then it is what they say, in every paper that leaves it unexplained. Once a paper has it stand for something
else, it is its own node again in all of them. Which it is hangs on the papers in the store alone, never on the order
in which they came: papers whose links change are stored anew, in the transaction of the papers that change them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple, cast

from kg.graph import Identity, Subgraph, extraction, subgraph
from kg.keys import entity_id, is_short, is_short_for
from kg.resolve import Resolver
from kg.resolve.papers import papers_naming
from kg.store import Store
from kg.types import EntityType, Extraction

PAPERS = 2  # that must spell an abbreviation out: on the annotated papers one is wrong in three links of ten
LETTERS = 3  # two letters stand for too much
_UNNAMED = "method:proposed-by:"


class Use(NamedTuple):
    """An abbreviation in a paper: the node that it would have alone, the one that it has, whether it is spelled out."""

    short: str
    node: str
    paper: str
    spelled: bool


class Corpus:
    """What the papers of a store, as its only writer knows them, have each abbreviation stand for."""

    def __init__(self, store: Store, resolver: Resolver) -> None:
        self.store, self.resolver = store, resolver
        self._holders: defaultdict[str, set[str]] | None = None  # abbreviation -> the nodes that go by it
        self._nodes: set[str] = set()  # those that may be abbreviations standing alone
        self._tellers: dict[tuple[str, str], dict[str, bool]] = {}  # of some: the papers, and which spell it out
        self._gone: set[str] = set()  # papers that are no more what the store has
        self._new: list[Use] = []  # what they say now

    def settle(self, made: Sequence[Subgraph], held: Collection[str] = ()) -> list[Subgraph]:
        """What to store: these subgraphs, resolved each by itself, linked; after them the papers that change thereby.

        `held` are the papers that the store has now and that these replace, or that are taken out.
        """
        old = [use for graph in (self.store.read(sorted(held)) if held else ()) for use in self._uses(graph)]
        self._gone = {*held, *(graph.paper.id for graph in made)}
        self._new = [use for graph in made for use in self._uses(graph)]
        before = {use.short: frozenset(self._known[use.short]) for use in (*old, *self._new)}
        less = self._learn(old)
        changed = {short for short in before if short in less or before[short] != self._known[short]}
        places = {place for short in changed for place in self._left(short, before[short], old)}
        places |= {short for short in before if short in self._nodes and self._link(short) is not None}
        linked = [self._linked(graph) for graph in made]
        moved = list(self._moved(sorted(places)))
        self._nodes.update(claim.entity for graph in (*linked, *moved) for claim in graph.claims)
        return [*linked, *moved]

    @property
    def _known(self) -> defaultdict[str, set[str]]:
        if self._holders is None:
            self._holders = defaultdict(set)
            name = "forms.cypher" if self.store.language == "cypher" else "forms.rq"
            for row in self.store.query(files(__package__).joinpath(name).read_text("utf-8"), ours=True):
                node, form = str(row["id"]), str(row["form"])
                self._nodes.add(node)
                short = None if node.startswith(_UNNAMED) else self._short(node, form)
                if short is not None and short != node:
                    self._holders[short].add(node)
        return self._holders

    def _short(self, node: str, form: str) -> str | None:
        """The node that a form would have if it stood alone, where the corpus has a say in that."""
        type = cast(EntityType, node.partition(":")[0].capitalize())
        short = _alone(type, form)
        claimed = short is None or self.resolver.registry.candidates(type, form) or self.resolver.registry.entry(short)
        return None if claimed or short in self.resolver.decisions.apart else short

    def _uses(self, graph: Subgraph) -> Iterator[Use]:
        for claim in graph.claims:
            forms = sorted({mention.surface for mention in claim.mentions})
            for form in forms if claim.name is not None else ():
                short = self._short(claim.entity, form)
                if short is not None:
                    spelled = any(not is_short(other) and is_short_for(form, other) for other in forms)
                    yield Use(short, claim.entity, graph.paper.id, spelled)

    def _learn(self, old: Sequence[Use]) -> set[str]:
        """Take in what papers say now, and take out what they said until now; the abbreviations that lose by it."""
        for use in old:
            self._tellers.get((use.short, use.node), {}).pop(use.paper, None)
        for use in self._new:
            key = use.short, use.node
            if use.node != use.short and use.node not in self._known[use.short]:
                self._known[use.short].add(use.node)
                self._tellers[key] = {}
            if key in self._tellers:
                _count(self._tellers[key], use)
        lost = {(use.short, use.node) for use in set(old) - set(self._new)}
        for short, node in sorted(lost):
            if node in self._known[short] and not self._told(short, node):
                self._known[short].discard(node)
        return {short for short, _ in lost}

    def _told(self, short: str, node: str) -> Mapping[str, bool]:
        """The papers that have an abbreviation stand for a node of themselves, and whether they spell it out."""
        key = short, node
        if key not in self._tellers:
            stored = (use for graph in self._papers(node, self._gone) for use in self._uses(self._alone(graph)))
            self._tellers[key] = {}
            for use in (*stored, *self._new):
                if (use.short, use.node) == key:
                    _count(self._tellers[key], use)
        return self._tellers[key]

    def _link(self, short: str) -> str | None:
        """The node that an abbreviation stands for wherever it stands alone, if there is one."""
        if len(self._known[short]) != 1:
            return None
        (node,) = self._known[short]
        if node in self.resolver.decisions.apart:
            return None
        return node if sum(self._told(short, node).values()) >= PAPERS else None

    def _left(self, short: str, before: Collection[str], old: Sequence[Use]) -> Iterator[str]:
        """The node that an abbreviation stood for until now, if it did and does no more."""
        for node in before if len(before) == 1 and self._link(short) not in before else ():
            told = {paper for paper, spelled in self._told(short, node).items() if spelled} - self._gone
            told |= {use.paper for use in old if use.spelled and (use.short, use.node) == (short, node)}
            if len(told) >= PAPERS:
                yield node

    def _moved(self, places: Sequence[str]) -> Iterator[Subgraph]:
        done = set(self._gone)
        for place in places:
            for graph in self._papers(place, done):
                done.add(graph.paper.id)
                now = self._linked(self._alone(graph))
                if now.model_copy(update={"registered": ()}) != graph:
                    yield now
            if place in self._known and self._link(place) is not None:
                self._nodes.discard(place)

    def _papers(self, node: str, without: Collection[str]) -> list[Subgraph]:
        papers = [paper for paper in papers_naming(self.store, node) if paper not in without]
        return list(self.store.read(papers)) if papers else []

    def _alone(self, graph: Subgraph) -> Subgraph:
        """A paper resolved by itself."""
        made = subgraph(extraction(graph), self.resolver.identify)
        return made.model_copy(update={"paper": graph.paper})

    def _linked(self, graph: Subgraph) -> Subgraph:
        """A paper that was resolved by itself, with its links."""
        nodes = {claim.entity for claim in graph.claims}
        links = {short: node for short in sorted(nodes & self._known.keys()) if (node := self._link(short))}
        if not links:
            return graph

        def identify(extraction: Extraction) -> Mapping[str, Identity]:
            own = self.resolver.identify(extraction)
            return {key: self._identity(links[one.id]) if one.id in links else one for key, one in own.items()}

        return subgraph(extraction(graph), identify).model_copy(update={"paper": graph.paper})

    def _identity(self, node: str) -> Identity:
        entry = self.resolver.registry.entry(node)
        return Identity(id=node, registered=entry.registered if entry else None)


def remove(store: Store, resolver: Resolver, papers: Sequence[str]) -> int:
    """Take papers out of a store, and abbreviations back that only they explained; how many papers there were."""
    held = sorted(store.held(papers))
    if changed := Corpus(store, resolver).settle([], held):
        store.write(changed)
    return store.remove(held)


def _count(told: dict[str, bool], use: Use) -> None:
    told[use.paper] = told.get(use.paper, False) or use.spelled


@lru_cache(maxsize=1 << 16)
def _alone(type: EntityType, form: str) -> str | None:
    return entity_id(type, form) if is_short(form) and len(form.removesuffix("s")) >= LETTERS else None
