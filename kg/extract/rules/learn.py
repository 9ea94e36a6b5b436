"""Annotated papers -> the gazetteer and every table of weights: `python -m kg.extract.rules.learn PAPERS GOLD`."""

import argparse
import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from kg.errors import ExtractError
from kg.extract.annotations import extraction_of
from kg.extract.numbers import Number, find_numbers
from kg.extract.rules.features import Text
from kg.extract.rules.filler_features import NOTHING, Context, Filler, filler_features
from kg.extract.rules.fit import Items, fit_choices, fit_classes
from kg.extract.rules.fit_names import count_names, gazetteer, gazetteer_table, names_without, text_of
from kg.extract.rules.lessons import Lesson, Sheet, halves, role_weights, tag_weights
from kg.extract.rules.linear import Linear, table_of
from kg.extract.rules.links import OUTCOMES, RELATIONS, pair_features, pairs
from kg.extract.rules.number_features import number_features, sequel_features
from kg.extract.rules.outcomes import BOUNDS, CLASSES, RELATIVES, Outcome, apart, class_of
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


def learn(extractions: Sequence[Extraction]) -> tuple[str, dict[str, Linear]]:
    """The gazetteer as a table, and the weights by name, from annotated papers."""
    annotated = [(text_of(extraction), extraction) for extraction in extractions]
    counts, own = count_names(annotated)
    sheets = [Sheet(text, gold, names_without(counts, held)) for (text, gold), held in zip(annotated, own, strict=True)]
    log.info("%d papers, %d names", len(sheets), len(counts))
    found, lessons = halves(sheets)
    roles, kinds = role_weights(sheets, found)
    weights = {"tags": tag_weights(sheets), "roles": roles, "kinds": kinds}
    return gazetteer_table(gazetteer(counts)), weights | of_numbers(lessons) | of_slots(lessons) | of_pairs(lessons)


def of_numbers(lessons: Iterable[Lesson]) -> dict[str, Linear]:
    """Which numbers are outcomes, of what kind, relative or not, exact or not."""
    groups: dict[str, list[tuple[list[list[str]], list[int]]]] = defaultdict(list)
    for each in lessons:
        scene, numbers = Scene.of(each.text, each.entities), find_numbers(each.text.text)
        gold = {(result.value.start, result.value.end): result for result in each.gold.results}
        features = [number_features(scene, number) for number in numbers]
        owners = [gold.get((number.start, number.end)) for number in numbers]
        classes = [class_of(r.kind, r.direction) if r else 0 for r in owners]
        groups["numbers"].append((features, classes))
        groups["sequels"].append(_sequels(each.text, numbers, features, classes))
        results = [(f, r) for f, r in zip(features, owners, strict=True) if r is not None]
        changes = [(f, r) for f, r in results if r.kind == "change"]
        groups["relatives"].append(([f for f, _ in changes], [RELATIVES.index(_relative(r)) for _, r in changes]))
        groups["bounds"].append(([f for f, _ in results], [BOUNDS.index(r.bound) for _, r in results]))
    labels = {"numbers": CLASSES, "sequels": CLASSES, "relatives": RELATIVES, "bounds": BOUNDS}
    return {name: fit_classes(groups[name], labels[name], epochs=8) for name in labels}


def _sequels(
    text: Text, numbers: Sequence[Number], features: Sequence[list[str]], classes: Sequence[int]
) -> tuple[list[list[str]], list[int]]:
    """The candidates that don't overlap, gold ones first, each with the class of the one before it."""
    before: tuple[Number, str] | None = None
    found: list[list[str]] = []
    kept = apart(numbers, np.array([float(label == 0) for label in classes]))
    for at in kept:
        found.append(sequel_features(text, numbers[at], features[at], before))
        before = numbers[at], CLASSES[classes[at]]
    return found, [classes[at] for at in kept]


def _relative(result: Result) -> str:
    return "null" if result.relative is None else str(result.relative).casefold()


def of_slots(lessons: Iterable[Lesson]) -> dict[str, Linear]:
    """Which candidate fills each slot."""
    groups: dict[SlotName, list[tuple[Items, int]]] = defaultdict(list)
    for each in lessons:
        for slot, features, chosen in _choices(each):
            groups[slot].append((features, chosen))
    return {f"slot_{slot}": fit_choices(groups[slot], slot, epochs=8) for slot in ORDER}


def _choices(lesson: Lesson) -> Iterator[tuple[SlotName, Items, int]]:
    scene = Scene.of(lesson.text, lesson.entities)
    results = sorted(lesson.gold.results, key=lambda result: result.value.start)
    outcomes = [_outcome(scene.text, result) for result in results]
    previous: dict[SlotName, Filler] = {}
    for result, outcome, context in zip(results, outcomes, contexts(scene, outcomes), strict=True):
        filled: dict[SlotName, Filler] = {}
        for slot in ORDER:
            fillers = candidates(scene, outcome, slot)
            chosen = _gold(fillers, result.slots.get(slot), lesson.index)
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
        return next((at for at, filler in enumerate(fillers) if filler.entity == index.get(slot.entity, -1)), None)
    overlaps = [
        (min(filler.span[1], slot.span.end) - max(filler.span[0], slot.span.start), -at)
        for at, filler in enumerate(fillers)
        if filler.entity is None and filler.span is not None
    ]
    best = max(overlaps, default=(0, 0))
    return -best[1] if best[0] > 0 else None


def _rekeyed(lesson: Lesson) -> list[Result]:
    """The gold results with the keys of the found entities in their slots, as far as those were found."""
    rekeyed = []
    for result in lesson.gold.results:
        slots: dict[str, Slot | None] = {
            name: slot.model_copy(update={"entity": lesson.entities[lesson.index[slot.entity]].key})
            if slot.entity in lesson.index
            else None
            for name, slot in result.slots.items()
            if slot.entity is not None
        }
        rekeyed.append(result.model_copy(update=slots))
    return rekeyed


def of_pairs(lessons: Iterable[Lesson]) -> dict[str, Linear]:
    """Which relation holds between two entities, and how a comparison ends."""
    kinds: list[tuple[Items, list[int]]] = []
    comparisons: list[tuple[Items, list[int]]] = []
    for each in lessons:
        scene, wanted = Scene.of(each.text, each.entities), pairs(each.entities)
        results = _rekeyed(each)
        features = pair_features(scene, results, wanted)
        gold = {(each.index.get(r.head), each.index.get(r.tail)): r for r in each.gold.relations}
        either_way = {(tail, head): r for (head, tail), r in gold.items() if r.type == "compared_with"} | gold
        kinds.append(
            (features, [RELATIONS.index(either_way[pair].type) if pair in either_way else 0 for pair in wanted])
        )
        compared = [(f, gold[pair]) for f, pair in zip(features, wanted, strict=True) if pair in gold]
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
