"""A name as a person writes it in, the id of the node that it names out, and what was read into it."""

from collections.abc import Iterable
from importlib.resources import files
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from kg.errors import UnknownName
from kg.graph import EntityNode
from kg.keys import entity_id, normalise
from kg.query.question import SUFFIXES
from kg.resolve.registry import load
from kg.store import Store
from kg.types import EntityType, paper_id

NEAREST = 3
NEAR = 0.75  # Jaro-Winkler similarity, of 1: below it a suggestion only puzzles


class Found(NamedTuple):
    """The id of a node; `notes` say which of several it is."""

    id: str
    notes: tuple[str, ...] = ()


def find_entity(store: Store, type: EntityType, name: str) -> Found:
    """The node of a type that a name means, whatever its case, hyphens and spaces: by id, by name, by any alias that
    the registry or a paper knows.

    Of several it is the one that most papers name. Raises UnknownName.
    """
    known = load().find(type, name)
    ids = {entity_id(type, name), entity_id(type, name.upper()), name, *([known.id] if known else [])}
    minted = list(store.entities(type, ids=sorted(ids)))
    key = normalise(name)
    nodes = minted or list(store.entities(type))
    named = minted or [node for node in nodes if key in {normalise(form) for form in (node.name, *node.aliases)}]
    if not named:
        raise UnknownName(type, name, _nearest(name, nodes))
    best, *others = sorted(named, key=lambda node: (-node.support, node.id))
    if not others:
        return Found(best.id, (f"{name} is {best.name}",) if normalise(best.name) != key else ())
    told = ", ".join(f"{node.name} ({_papers(node.support)}, {node.id})" for node in others)
    return Found(best.id, (f"{name} is {best.name} ({_papers(best.support)}, {best.id}) here; there is also {told}",))


def find_paper(store: Store, name: str) -> Found:
    """The paper of an id, an arXiv id or DOI, a title or a part of a title; of several, the one with the shortest.

    Titles that hold the part as it is written come before those that hold it in other letters.
    """
    ids = {name, paper_id(name, name)}
    if held := store.held(sorted(ids)):
        return Found(min(held))
    wanted = _words(name)
    # As it is written, which a store may have an index for; else in any case; every title only to name the nearest.
    for kind, part in (("titles", " ".join(name.split())), ("titles-any-case", wanted), ("titles-any-case", "")):
        titles = _titles(store, kind, part)
        if parts := [paper for paper, title in titles.items() if wanted in _words(title)]:
            break
    else:
        raise UnknownName("Paper", name, _closest(name, titles.values()))
    best, *others = sorted(parts, key=lambda paper: (len(titles[paper]), titles[paper], paper))
    if not others:
        return Found(best)
    told = "; ".join(f"{titles[paper]} ({paper})" for paper in others[:NEAREST])
    more = f" and {len(others) - NEAREST} more" if len(others) > NEAREST else ""
    return Found(best, (f"{name} is {titles[best]} ({best}) here; there is also {told}{more}",))


def _titles(store: Store, kind: str, part: str) -> dict[str, str]:
    """The titles that hold a text, by the id of the paper."""
    text = files(__package__).joinpath(kind + SUFFIXES[store.language]).read_text("utf-8")
    rows = store.query(text, {"part": part}, ours=True)
    return {str(row["paper"]): str(row["title"]) for row in rows}


def _papers(number: int) -> str:
    return f"{number} paper{'' if number == 1 else 's'}"


def _words(text: str) -> str:
    return " ".join(text.casefold().split())


def _nearest(name: str, nodes: Iterable[EntityNode]) -> tuple[str, ...]:
    known = {form: node for node in sorted(nodes, key=lambda n: n.support) for form in (*node.aliases, node.name)}
    alike = JaroWinkler.normalized_similarity
    close = process.extract(name, list(known), scorer=alike, processor=normalise, limit=20, score_cutoff=NEAR)
    ranked = sorted(close, key=lambda match: (-match[1], -known[match[0]].support, match[0]))
    return tuple(dict.fromkeys(known[form].name for form, _, _ in ranked))[:NEAREST]


def _closest(name: str, titles: Iterable[str]) -> tuple[str, ...]:
    every = sorted(set(titles))
    close = process.extract(name, every, scorer=fuzz.WRatio, processor=_words, limit=NEAREST, score_cutoff=100 * NEAR)
    return tuple(title for title, _, _ in close)
