"""Annotated papers -> the gazetteer and the weights of the tags of tokens."""

import logging
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from kg.extract.places import Bounds
from kg.extract.rules.chain import FORBIDDEN, TAGS, TYPES, marginals, with_follows
from kg.extract.rules.features import Text
from kg.extract.rules.fit import Rows, Sums, rounded
from kg.extract.rules.gazetteer import Name, key_of, windows
from kg.extract.rules.linear import UNIT, Floats, Linear
from kg.types import Extraction, MethodKind

log = logging.getLogger(__name__)
Counts = dict[str, Counter[str]]
SEEN = "seen"


def text_of(extraction: Extraction) -> Text:
    """The paper's text, cut up."""
    return Text.of(extraction.paper.text, len(extraction.paper.title or ""))


def tags_of(text: Text, extraction: Extraction) -> list[int]:
    """The tag of every token; a mention whose ends are no token's ends has none."""
    tags = [0] * len(text.bounds)
    for entity in extraction.entities:
        if entity.name is None:
            continue
        tag = TAGS.index("B-" + entity.type)
        for mention in entity.mentions:
            inside = _inside(text.bounds, (mention.start, mention.end))
            exact = text.bounds[inside[0]][0] == mention.start and text.bounds[inside[-1]][1] == mention.end
            if exact and not any(tags[at] for at in inside):
                for at in inside:
                    tags[at] = tag + (at > inside[0])
    return tags


def _inside(bounds: Sequence[Bounds], span: Bounds) -> list[int]:
    return [at for at, (start, end) in enumerate(bounds) if start < span[1] and end > span[0]]


def count_names(papers: Iterable[tuple[Text, Extraction]]) -> tuple[Counts, list[dict[str, set[str]]]]:
    """How many papers name something of each type by a key and how many hold it; and the same of each paper."""
    own: list[dict[str, set[str]]] = []
    total: Counts = defaultdict(Counter)
    for text, extraction in papers:
        types: dict[str, set[str]] = defaultdict(set)
        for entity in extraction.entities:
            for mention in entity.mentions if entity.name else ():
                words = [text.words[at] for at in _inside(text.bounds, (mention.start, mention.end))]
                types[key_of(words)] |= {entity.type, f"{entity.type}:{entity.kind}"}
        own.append(types)
        for key, found in types.items():
            total[key].update(found)
    for at, (text, _) in enumerate(papers):
        for key in {key for _, _, key in windows(text.words)} & total.keys():
            own[at].setdefault(key, set()).add(SEEN)
            total[key][SEEN] += 1
    return total, own


def name_of(counts: Mapping[str, int], own: set[str] | None = None) -> Name | None:
    """The name that the counts of a key stand for, less what one paper adds to them; None where nothing is left."""
    left = {what: count - (own is not None and what in own) for what, count in counts.items()}
    type = max(TYPES, key=lambda each: left.get(each, 0))
    papers = left.get(type, 0)
    if papers <= 0:
        return None
    models = left.get(f"{type}:model", 0)
    kind: MethodKind | None = ("model" if 2 * models > papers else "technique") if type == "Method" else None
    return Name(type, kind, papers, max(papers, left.get(SEEN, 0)))


def gazetteer(counts: Counts, *, least: float = 0.15) -> dict[str, Name]:
    """The names worth knowing: those that at least this share of the papers holding them takes for a name."""
    named = ((key, name_of(count)) for key, count in sorted(counts.items()))
    return {key: name for key, name in named if name is not None and name.papers >= least * name.seen and len(key) > 1}


def gazetteer_table(names: Mapping[str, Name]) -> str:
    """`names.tsv`."""
    lines = ["key\ttype\tkind\tpapers\tseen"]
    lines += [f"{key}\t{n.type}\t{n.kind or ''}\t{n.papers}\t{n.seen}" for key, n in sorted(names.items())]
    return "\n".join(lines) + "\n"


def names_without(counts: Counts, own: Mapping[str, set[str]]) -> dict[str, Name]:
    """The gazetteer of all papers but one, as far as that one's text meets it."""
    found = ((key, name_of(counts[key], held)) for key, held in own.items())
    return {key: n for key, n in found if n is not None and n.papers >= 0.15 * n.seen and len(key) > 1}


def fit_tags(papers: Sequence[tuple[list[list[str]], list[int]]], *, epochs: int, rate: float = 0.15) -> Linear:
    """A linear-chain CRF fitted by AdaGrad to (features, tags) of every paper."""
    counts = Counter(feature for features, _ in papers for own in features for feature in own)
    rows = {feature: at for at, feature in enumerate(sorted(f for f, n in counts.items() if n > 2))}
    weights, squares = np.zeros((len(rows) + 1, len(TAGS))), np.full((len(rows) + 1, len(TAGS)), 1e-2)
    follows, follow_squares = np.zeros(FORBIDDEN.shape), np.full(FORBIDDEN.shape, 1e-2)
    data = [(Sums.of(features, rows), np.array(tags, dtype=np.int64), _pairs(tags)) for features, tags in papers]
    order = list(range(len(data)))
    rng = random.Random(1)
    for epoch in range(epochs):
        rng.shuffle(order)
        for at in order:
            sums, gold, gold_pairs = data[at]
            tag, pairs = marginals(sums.scores(weights) * UNIT, follows * UNIT)
            tag[np.arange(len(gold)), gold] -= 1
            _step(follows, follow_squares, slice(None), pairs - gold_pairs, rate)
            _step(weights, squares, sums.used, sums.back(tag) + 2e-4 * weights[sums.used], rate)
        log.info("tags: epoch %d of %d", epoch + 1, epochs)
    weights[-1] = 0
    return with_follows(rounded(rows, weights, TAGS, least=150), np.rint(follows * UNIT).astype(np.int64))


def _pairs(tags: list[int]) -> Floats:
    """How often each tag follows each other, the last row at the start."""
    counts = np.zeros(FORBIDDEN.shape)
    for before, after in zip([len(TAGS), *tags], tags, strict=False):
        counts[before, after] += 1
    return counts


def _step(weights: Floats, squares: Floats, rows: slice | Rows, gradient: Floats, rate: float) -> None:
    squares[rows] += gradient**2
    weights[rows] -= rate * gradient / np.sqrt(squares[rows])
