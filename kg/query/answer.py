"""A question's name, parameters as a person writes them and a store in; the answer's columns and rows out."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import process

from kg.errors import QueryError
from kg.query.evidence import sentence_at
from kg.query.names import find_entity, find_paper
from kg.query.question import Parameter, Question, questions
from kg.query.scores import AFTER, Told
from kg.store import Row, Store, Value
from kg.types import ENTITY_TYPES

Cell = Value | list[Value]
LIMIT = "limit"


class Answer(NamedTuple):
    """The rows of a question in its order; `notes` say what was read into a name."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


def ask(store: Store, name: str, parameters: Mapping[str, str | int] | None = None) -> Answer:
    """The answer to a shipped question; the same from every store that holds the same graph.

    Raises QueryError for a question or a parameter that there is not, UnknownName for a name that no node has.
    """
    question = _question(name)
    given = _checked(question, parameters or {})
    found = {parameter.name: _value(store, question, parameter, given) for parameter in question.parameters}
    values = {key: value for key, (value, _) in found.items()}
    after = _told(store, question, values)
    nodes = {str(found[p.name][0]) for p in question.parameters if p.type in ENTITY_TYPES}
    told = _with_sentences(store, after.rows, nodes)
    return Answer(
        columns=question.columns,
        rows=tuple(tuple(row[column] for column in question.columns) for row in told),
        notes=(*(note for _, notes in found.values() for note in notes), *after.notes),
    )


def _told(store: Store, question: Question, values: Mapping[str, Value]) -> Told:
    """As many rows as are asked for, and a note where there are more: to see that, one more is fetched, and many more
    where what is done with the rows afterwards leaves too few of them. All rows are fetched where the query itself has
    no limit, as their order is not known before they are put together."""
    text, after = question.text(store.language), AFTER.get(question.name, _as_they_are)
    limit, rest = values.get(LIMIT), {name: value for name, value in values.items() if name != LIMIT}
    if not isinstance(limit, int):
        return after(store, store.query(text, rest, ours=True), values)
    limited = any(sign + LIMIT in text for sign in "$?")
    fetched = limit + 1
    while True:
        rows = store.query(text, {**rest, LIMIT: fetched} if limited else rest, ours=True)
        told = after(store, rows, values)
        if len(told.rows) > limit:
            more = f"there are more than these {limit} rows; {LIMIT}=… says how many to give"
            return Told(told.rows[:limit], (*told.notes, more))
        if not limited or len(rows) < fetched:
            return told
        fetched *= 4


def _as_they_are(store: Store, rows: Sequence[Row], parameters: Mapping[str, Value]) -> Told:
    return Told(list(rows))


def _question(name: str) -> Question:
    known = questions()
    if name not in known:
        near = [choice for choice, _, _ in process.extract(name, list(known), limit=3, score_cutoff=60)]
        hint = f"; did you mean {', '.join(near)}?" if near else f"; there are {', '.join(known)}"
        raise QueryError(name, f"no such question{hint}")
    return known[name]


def _checked(question: Question, parameters: Mapping[str, str | int]) -> dict[str, str]:
    known = [parameter.name for parameter in question.parameters]
    if unknown := sorted(set(parameters) - set(known)):
        raise QueryError(question.name, f"takes {', '.join(known) or 'no parameters'}, not {', '.join(unknown)}")
    needed = [parameter.name for parameter in question.parameters if parameter.default is None]
    if missing := [name for name in needed if not str(parameters.get(name, "")).strip()]:
        raise QueryError(question.name, f"needs {', '.join(missing)}; for example: {question.example}")
    return {name: str(value).strip() for name, value in parameters.items()}


def _value(
    store: Store, question: Question, parameter: Parameter, given: Mapping[str, str]
) -> tuple[Value, tuple[str, ...]]:
    text = given.get(parameter.name, parameter.default or "")
    if parameter.type in ENTITY_TYPES:
        return find_entity(store, parameter.type, text)
    if parameter.type == "Paper":
        return find_paper(store, text)
    if parameter.type == "integer":
        if not text.isascii() or not text.isdigit() or int(text) > 2**31 - 2:
            raise QueryError(question.name, f"{parameter.name} is a whole number, not {text}")
        return int(text), ()
    return text, ()


def _with_sentences(store: Store, rows: Sequence[Row], nodes: set[str]) -> list[Row]:
    """Rows that name a paper and no sentence of it get the one in which the paper names what is asked about."""
    bare = sorted({str(row["paper"]) for row in rows if row.get("paper") and row.get("sentence", "") is None})
    said: dict[str, str] = {}
    for graph in store.read(bare) if bare else ():
        starts = [mention.start for claim in graph.claims if claim.entity in nodes for mention in claim.mentions]
        if starts:
            said[graph.paper.id] = sentence_at(graph.paper.text, min(starts))
    return [row | {"sentence": said.get(str(row["paper"]))} if row.get("sentence", "") is None else row for row in rows]
