"""Where records keep what a Paper has: `Fields`, and a record's values at those places."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from kg.errors import SettingsError

Record = Mapping[str, Any]
Path = tuple[str, ...]


@dataclass(frozen=True)
class Fields:
    """For each part of a Paper the places to look at, in order; the first that holds something counts.

    A place is a name (case, blanks, `_` and `-` don't count) or a path through nested ones, `metadata.title`; where it
    meets a list it takes the item of that number, else all. `identifiers` are further places of an arXiv id or a DOI.
    """

    abstract: Path = (
        "abstract",
        "abstract_inverted_index",
        "summary",
        "paper_abstract",
        "abstract_text",
        "abstract_note",
        "description",
        "text",
    )
    title: Path = ("title", "paper_title", "display_name", "headline", "name")
    id: Path = ("id", "paper_id", "arxiv_id", "doi", "corpus_id", "key", "uid")
    url: Path = ("url", "link", "html_url", "abs_url", "landing_page_url", "pdf_url")
    published: Path = (
        "published",
        "publication_date",
        "published_date",
        "date",
        "publication_year",
        "year",
        "update_date",
    )
    identifiers: Path = ("arxiv_id", "arxiv", "eprint", "doi", "url", "link")

    def mapped(self, mapping: Mapping[str, str]) -> "Fields":
        """The same, with the given places alone for the parts that `mapping` names."""
        known = [field.name for field in fields(self) if field.name != "identifiers"]
        if unknown := sorted(set(mapping) - set(known)):
            raise SettingsError(f"{unknown[0]!r} is no field of a paper; those are {', '.join(known)}")
        return replace(self, **{name: (place,) for name, place in mapping.items()})

    def plan(self, keys: Sequence[str]) -> dict[str, tuple[Path, ...]]:
        """For each part the paths that a record with these keys can have, spelled as it spells them."""
        spelling = {_bare(key): key for key in reversed(keys)} | {key: key for key in keys}
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            part: tuple(filter(None, (_path(place, spelling) for place in places))) for part, places in parts.items()
        }


def _bare(name: str) -> str:
    return "".join(filter(str.isalnum, str(name).casefold()))


def _path(place: str, spelling: Mapping[str, str]) -> Path:
    if place in spelling:
        return (spelling[place],)
    first, *rest = place.split(".")
    key = spelling.get(first) or spelling.get(_bare(first))
    return (key, *rest) if key else ()


def value(record: object, path: Path) -> object:
    """What a record holds at a path, or None."""
    for depth, part in enumerate(path):
        if isinstance(record, dict):
            record = record.get(part)
        elif isinstance(record, list):
            if not part.isdigit():
                return [value(item, path[depth:]) for item in record]
            record = record[int(part)] if int(part) < len(record) else None
        else:
            return None
    return record


def strings(found: object) -> Iterator[str]:
    """The texts in a value: its own, those of a list, a number or a date as it is written; none in anything else."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, list):
        for item in found:
            yield from strings(item)
    elif isinstance(found, date):
        yield found.isoformat()
    elif isinstance(found, int | float) and not isinstance(found, bool) and found == found:  # NaN is no number
        yield str(int(found) if found == found // 1 else found)
