"""Annotated papers -> the gazetteer and every table of weights: `python -m kg.extract.rules.learn PAPERS GOLD`."""

import argparse
import json
import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from kg.errors import ExtractError
from kg.extract.annotations import extraction_of
from kg.extract.numbers import Number, find_numbers
from kg.extract.rules.drafts import Draft
from kg.extract.rules.features import Text, token_features
from kg.extract.rules.fit import Items, fit_choices, fit_classes
from kg.extract.rules.fit_names import (
    count_names,
    fit_tags,
    gazetteer,
    gazetteer_table,
    names_without,
    tags_of,
    text_of,
)
from kg.extract.rules.linear import Linear, table_of
from kg.extract.rules.links import OUTCOMES, RELATIONS, pair_features, pairs
from kg.extract.rules.outcomes import BOUNDS, CLASSES, RELATIVES, Outcome, Scene, class_of, number_features
from kg.extract.rules.roles import KINDS, ROLES, entity_features
from kg.extract.rules.slots import NOTHING, ORDER, Context, Filler, candidates, contexts, filler_features
from kg.types import Extraction, Paper, Result, Slot, SlotName

log = logging.getLogger(__name__)
Annotated = Sequence[tuple[Text, Extraction]]


def read(papers: Path, gold: Path) -> list[Extraction]:
    """The annotated papers of two files; one whose annotation does not fit its text is left out and logged."""
    rows = {row["id"]: row for row in map(json.loads, gold.read_text(encoding="utf-8").splitlines())}
    found = []
    for line in papers.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        paper = Paper(id=record["id"], title=record["title"], abstract=record["abstract"], record_id=record["id"])
        try:
            found.append(extraction_of(paper, rows[paper.id]))
        except ExtractError as error:
            log.warning("left out: %s", error)
    return found


def learn(extractions: Sequence[Extraction]) -> tuple[str, dict[str, Linear]]:
    """The gazetteer as a table, and the weights by name, from annotated papers."""
    annotated = [(text_of(extraction), extraction) for extraction in extractions]
    counts, own = count_names(annotated)
    left_out = [names_without(counts, held) for held in own]
    log.info("%d papers, %d names", len(annotated), len(counts))
    weights = {
        "tags": fit_tags(
            [
                (token_features(text, names), tags_of(text, extraction))
                for (text, extraction), names in zip(annotated, left_out, strict=True)
            ],
            epochs=4,
        )
    }
    described = [
        [
            (entity_features(text, Draft(e.type, tuple((m.start, m.end) for m in e.mentions), 1.0), names), e)
            for e in extraction.entities
            if e.name is not None
        ]
        for (text, extraction), names in zip(annotated, left_out, strict=True)
    ]
    weights["roles"] = fit_classes([([f for f, _ in d], [ROLES.index(e.role) for _, e in d]) for d in described], ROLES)
    methods = [[(f, KINDS.index(e.kind)) for f, e in d if e.kind] for d in described]
    weights["kinds"] = fit_classes([([f for f, _ in d], [kind for _, kind in d]) for d in methods], KINDS)
    return gazetteer_table(gazetteer(counts)), weights | of_numbers(annotated) | of_slots(annotated) | of_pairs(
        annotated
    )


def of_numbers(annotated: Annotated) -> dict[str, Linear]:
    """Which numbers are outcomes, of what kind, relative or not, exact or not."""
    kinds: list[tuple[Items, list[int]]] = []
    relatives: list[tuple[Items, list[int]]] = []
    bounds: list[tuple[Items, list[int]]] = []
    for text, extraction in annotated:
        scene, numbers = Scene.of(text, extraction.entities), find_numbers(text.text)
        gold = {(result.value.start, result.value.end): result for result in extraction.results}
        found = [(number_features(scene, number), gold.get((number.start, number.end))) for number in numbers]
        kinds.append(([f for f, _ in found], [class_of(r.kind, r.direction) if r else 0 for _, r in found]))
        results = [(f, r) for f, r in found if r is not None]
        changes = [(f, r) for f, r in results if r.kind == "change"]
        relatives.append(([f for f, _ in changes], [RELATIVES.index(_relative(r)) for _, r in changes]))
        bounds.append(([f for f, _ in results], [BOUNDS.index(r.bound) for _, r in results]))
    return {
        "numbers": fit_classes(kinds, CLASSES, epochs=8),
        "relatives": fit_classes(relatives, RELATIVES),
        "bounds": fit_classes(bounds, BOUNDS),
    }


def _relative(result: Result) -> str:
    return "null" if result.relative is None else str(result.relative).casefold()


def of_slots(annotated: Annotated) -> dict[str, Linear]:
    """Which candidate fills each slot."""
    groups: dict[SlotName, list[tuple[Items, int]]] = defaultdict(list)
    for text, extraction in annotated:
        for slot, features, chosen in _choices(Scene.of(text, extraction.entities), extraction):
            groups[slot].append((features, chosen))
    return {f"slot_{slot}": fit_choices(groups[slot], slot, epochs=8) for slot in ORDER}


def _choices(scene: Scene, extraction: Extraction) -> Iterator[tuple[SlotName, Items, int]]:
    results = sorted(extraction.results, key=lambda result: result.value.start)
    outcomes = [_outcome(scene.text, result) for result in results]
    index = {entity.key: at for at, entity in enumerate(extraction.entities)}
    previous: dict[SlotName, Filler] = {}
    for result, outcome, context in zip(results, outcomes, contexts(scene, outcomes), strict=True):
        filled: dict[SlotName, Filler] = {}
        for slot in ORDER:
            fillers = candidates(scene, outcome, slot)
            chosen = _gold(fillers, result.slots.get(slot), index)
            now = Context(context.rank, context.siblings, dict(filled), previous if context.gap else {}, context.gap)
            if chosen is not None:
                yield slot, filler_features(scene, outcome, slot, fillers, now), chosen
            filled[slot] = NOTHING if chosen is None else fillers[chosen]
        previous = filled


def _outcome(text: Text, result: Result) -> Outcome:
    value = result.value
    start, end = text.sentence_of(value.start)
    number = Number(value.start, value.end, value.surface, result.number, result.number, result.unit or "")
    sentence = min(start, value.start), max(end, value.end)
    return Outcome(number, result.kind, result.direction, result.relative, result.bound, None, sentence, 1.0)


def _gold(fillers: Sequence[Filler], slot: Slot | None, index: dict[str, int]) -> int | None:
    """Which of the candidates the annotators chose; None where a phrase of theirs is no candidate."""
    if slot is None:
        return 0
    if slot.entity is not None:
        return next(at for at, filler in enumerate(fillers) if filler.entity == index[slot.entity])
    overlaps = [
        (min(filler.span[1], slot.span.end) - max(filler.span[0], slot.span.start), -at)
        for at, filler in enumerate(fillers)
        if filler.entity is None and filler.span is not None
    ]
    best = max(overlaps, default=(0, 0))
    return -best[1] if best[0] > 0 else None


def of_pairs(annotated: Annotated) -> dict[str, Linear]:
    """Which relation holds between two entities, and how a comparison ends."""
    kinds: list[tuple[Items, list[int]]] = []
    comparisons: list[tuple[Items, list[int]]] = []
    for text, extraction in annotated:
        wanted = pairs(extraction.entities)
        features = pair_features(Scene.of(text, extraction.entities), extraction.results, wanted)
        keys = [(extraction.entities[head].key, extraction.entities[tail].key) for head, tail in wanted]
        gold = {(relation.head, relation.tail): relation for relation in extraction.relations}
        either_way = {(r.tail, r.head): r for r in extraction.relations if r.type == "compared_with"} | gold
        kinds.append((features, [RELATIONS.index(either_way[key].type) if key in either_way else 0 for key in keys]))
        compared = [(f, gold[k]) for f, k in zip(features, keys, strict=True) if k in gold]
        compared = [(f, relation) for f, relation in compared if relation.type == "compared_with"]
        comparisons.append(([f for f, _ in compared], [OUTCOMES.index(r.outcome or "null") for _, r in compared]))
    return {
        "relations": fit_classes(kinds, RELATIONS, epochs=4, least=5),
        "comparisons": fit_classes(comparisons, OUTCOMES),
    }


def main() -> None:
    """Learn from two files and write the tables beside this module, or into another folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("papers", type=Path, help="papers, one JSON object a line: id, title, abstract")
    parser.add_argument("gold", type=Path, help="their annotations, one JSON object a line")
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent, help="where names.tsv and weights/ go")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    names, weights = learn(read(options.papers, options.gold))
    (options.folder / "weights").mkdir(parents=True, exist_ok=True)
    (options.folder / "names.tsv").write_text(names, encoding="utf-8")
    for name, model in weights.items():
        (options.folder / "weights" / f"{name}.tsv").write_text(table_of(model), encoding="utf-8")


if __name__ == "__main__":
    main()
