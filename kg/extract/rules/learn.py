"""Annotated papers -> the gazetteer and every table of weights: `python -m kg.extract.rules.learn PAPERS GOLD`."""

import argparse
import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import ExtractError
from kg.extract.annotations import extraction_of
from kg.extract.numbers import Number, find_numbers
from kg.extract.rules.drafts import Draft
from kg.extract.rules.features import Text, token_features
from kg.extract.rules.filler_features import NOTHING, Context, Filler, filler_features
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
from kg.extract.rules.gazetteer import Name
from kg.extract.rules.linear import Linear, table_of
from kg.extract.rules.links import OUTCOMES, RELATIONS, pair_features, pairs
from kg.extract.rules.number_features import number_features
from kg.extract.rules.outcomes import BOUNDS, CLASSES, RELATIVES, Outcome, class_of
from kg.extract.rules.roles import KINDS, ROLES, entity_features
from kg.extract.rules.scene import Scene
from kg.extract.rules.slots import ORDER, candidates, contexts
from kg.types import Extraction, Paper, Result, Slot, SlotName

log = logging.getLogger(__name__)


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


@dataclass(frozen=True)
class Sheet:
    """An annotated paper, cut up, with the gazetteer of all other papers."""

    text: Text
    gold: Extraction
    names: Mapping[str, Name]

    @property
    def scene(self) -> Scene:
        """The text with the annotators' entities in it."""
        return Scene.of(self.text, self.gold.entities)


def learn(extractions: Sequence[Extraction]) -> tuple[str, dict[str, Linear]]:
    """The gazetteer as a table, and the weights by name, from annotated papers."""
    annotated = [(text_of(extraction), extraction) for extraction in extractions]
    counts, own = count_names(annotated)
    sheets = [Sheet(text, gold, names_without(counts, held)) for (text, gold), held in zip(annotated, own, strict=True)]
    log.info("%d papers, %d names", len(sheets), len(counts))
    tagged = [(token_features(sheet.text, sheet.names), tags_of(sheet.text, sheet.gold)) for sheet in sheets]
    weights = {"tags": fit_tags(tagged, epochs=4)}
    for part in (of_entities, of_numbers, of_slots, of_pairs):
        weights |= part(sheets)
    return gazetteer_table(gazetteer(counts)), weights


def of_entities(sheets: Iterable[Sheet]) -> dict[str, Linear]:
    """Which role an entity has, and of what kind a method is."""
    roles: list[tuple[Items, list[int]]] = []
    kinds: list[tuple[Items, list[int]]] = []
    for sheet in sheets:
        named = [entity for entity in sheet.gold.entities if entity.name is not None]
        features = [
            entity_features(sheet.text, Draft(e.type, tuple((m.start, m.end) for m in e.mentions), 1.0), sheet.names)
            for e in named
        ]
        roles.append((features, [ROLES.index(entity.role) for entity in named]))
        methods = [(f, KINDS.index(e.kind)) for f, e in zip(features, named, strict=True) if e.kind]
        kinds.append(([f for f, _ in methods], [kind for _, kind in methods]))
    return {"roles": fit_classes(roles, ROLES), "kinds": fit_classes(kinds, KINDS)}


def of_numbers(sheets: Iterable[Sheet]) -> dict[str, Linear]:
    """Which numbers are outcomes, of what kind, relative or not, exact or not."""
    groups: dict[str, list[tuple[list[list[str]], list[int]]]] = defaultdict(list)
    for sheet in sheets:
        scene, numbers = sheet.scene, find_numbers(sheet.text.text)
        gold = {(result.value.start, result.value.end): result for result in sheet.gold.results}
        features = [number_features(scene, number) for number in numbers]
        owners = [gold.get((number.start, number.end)) for number in numbers]
        classes = [class_of(r.kind, r.direction) if r else 0 for r in owners]
        groups["numbers"].append((features, classes))
        results = [(f, r) for f, r in zip(features, owners, strict=True) if r is not None]
        changes = [(f, r) for f, r in results if r.kind == "change"]
        groups["relatives"].append(([f for f, _ in changes], [RELATIVES.index(_relative(r)) for _, r in changes]))
        groups["bounds"].append(([f for f, _ in results], [BOUNDS.index(r.bound) for _, r in results]))
    labels = {"numbers": CLASSES, "relatives": RELATIVES, "bounds": BOUNDS}
    return {name: fit_classes(groups[name], labels[name], epochs=8) for name in labels}


def _relative(result: Result) -> str:
    return "null" if result.relative is None else str(result.relative).casefold()


def of_slots(sheets: Iterable[Sheet]) -> dict[str, Linear]:
    """Which candidate fills each slot."""
    groups: dict[SlotName, list[tuple[Items, int]]] = defaultdict(list)
    for sheet in sheets:
        for slot, features, chosen in _choices(sheet):
            groups[slot].append((features, chosen))
    return {f"slot_{slot}": fit_choices(groups[slot], slot, epochs=8) for slot in ORDER}


def _choices(sheet: Sheet) -> Iterator[tuple[SlotName, Items, int]]:
    scene = sheet.scene
    index = {entity.key: at for at, entity in enumerate(scene.entities)}
    results = sorted(sheet.gold.results, key=lambda result: result.value.start)
    outcomes = [_outcome(scene.text, result) for result in results]
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


def _gold(fillers: Sequence[Filler], slot: Slot | None, index: Mapping[str, int]) -> int | None:
    """Which of the candidates the annotators chose; None where theirs is no candidate."""
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


def of_pairs(sheets: Iterable[Sheet]) -> dict[str, Linear]:
    """Which relation holds between two entities, and how a comparison ends."""
    kinds: list[tuple[Items, list[int]]] = []
    comparisons: list[tuple[Items, list[int]]] = []
    for sheet in sheets:
        scene, wanted = sheet.scene, pairs(sheet.gold.entities)
        features = pair_features(scene, sheet.gold.results, wanted)
        keys = [(scene.entities[head].key, scene.entities[tail].key) for head, tail in wanted]
        gold = {(relation.head, relation.tail): relation for relation in sheet.gold.relations}
        either_way = {(r.tail, r.head): r for r in sheet.gold.relations if r.type == "compared_with"} | gold
        kinds.append((features, [RELATIONS.index(either_way[key].type) if key in either_way else 0 for key in keys]))
        compared = [(f, gold[key]) for f, key in zip(features, keys, strict=True) if key in gold]
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
