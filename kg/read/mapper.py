"""A record in, whatever its format, the Paper out: `Mapper`, one for each source."""

from collections.abc import Iterator
from itertools import chain

from kg.errors import EmptyRecord, ReadError
from kg.read.clean import clean, fault, is_blank
from kg.read.date import iso
from kg.read.fields import Fields, Path, Record, strings, value
from kg.read.invert import inverted
from kg.types import TITLE_LIMIT, Paper, paper_id

_PLANS = 1000  # sparse records have many sets of keys: so many are remembered, then forgotten together


class Mapper:
    """Makes the papers of one source. `path` names it in errors, `name` in `Paper.sources`."""

    def __init__(self, fields: Fields, *, path: str, name: str) -> None:
        self._fields, self._path, self._sources = fields, path, (name,)
        self._plans: dict[tuple[str, ...], dict[str, tuple[Path, ...]]] = {}

    def paper(self, line: int, record: Record) -> Paper:
        """The record's paper; EmptyRecord where it holds no abstract, ReadError where that is no text."""
        plan = self._plan(tuple(record))
        abstract = self._abstract(line, record, plan["abstract"])
        record_id = _first(record, plan["id"])
        url = _first(record, plan["url"])
        identifiers = chain.from_iterable(strings(value(record, path)) for path in plan["identifiers"])
        id = paper_id(abstract, record_id, *identifiers)
        return Paper(
            id=id,
            title=self._title(line, record, plan["title"]),
            abstract=abstract,
            url=url or _address(id),
            published=next(filter(None, map(iso, _texts(record, plan["published"]))), None),
            sources=self._sources,
            record_id=record_id,
        )

    def _plan(self, keys: tuple[str, ...]) -> dict[str, tuple[Path, ...]]:
        plan = self._plans.get(keys)
        if plan is None:
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            plan = self._plans[keys] = self._fields.plan(keys)
        return plan

    def _title(self, line: int, record: Record, paths: tuple[Path, ...]) -> str | None:
        title = _first(record, paths)
        if title is not None and len(title) > TITLE_LIMIT:
            reason = f"a title of {len(title):,} characters, of which it may have {TITLE_LIMIT:,}: {title[:60]!r} …"
            raise ReadError(self._path, line, reason)
        return title

    def _abstract(self, line: int, record: Record, paths: tuple[Path, ...]) -> str:
        for path in paths:
            found = value(record, path)
            try:
                raw = inverted(found) if isinstance(found, dict) else " ".join(strings(found))
            except ValueError as error:
                raise ReadError(self._path, line, str(error)) from error
            abstract = clean(raw)
            if is_blank(abstract):
                continue
            if reason := fault(raw, abstract):
                raise ReadError(self._path, line, reason)
            return abstract
        raise EmptyRecord(
            self._path, line, "no abstract" if paths else f"no abstract among its fields ({_named(record)})"
        )


def _named(record: Record) -> str:
    names = [str(name)[:30] for name in list(record)[:12]]
    return ", ".join(names) or "none"


def _texts(record: Record, paths: tuple[Path, ...]) -> Iterator[str]:
    for path in paths:
        for text in strings(value(record, path)):
            if cleaned := clean(text):
                yield cleaned


def _first(record: Record, paths: tuple[Path, ...]) -> str | None:
    return next(_texts(record, paths), None)


def _address(id: str) -> str | None:
    """The page of a paper that has an arXiv id or a DOI."""
    kind, _, number = id.partition(":")
    return {"arxiv": f"https://arxiv.org/abs/{number}", "doi": f"https://doi.org/{number}"}.get(kind)
