"""The arXiv metadata snapshot (a JSON object a line) -> records."""

from kg.read.document import first_record, lines_or_document
from kg.read.fields import Fields
from kg.read.format import Format


def _is_snapshot(head: bytes, name: str) -> bool:
    return {"id", "abstract", "categories", "update_date"} <= set(first_record(head) or ())


FORMAT = Format(
    name="arxiv",
    description="the arXiv metadata snapshot: JSON Lines with id, title, abstract, categories, versions, update_date",
    example_file="arxiv.jsonl",
    read=lines_or_document,
    matches=_is_snapshot,
    fields=Fields(
        abstract=("abstract",),
        title=("title",),
        id=("id",),
        url=(),
        published=("versions.0.created", "update_date"),
        identifiers=("doi",),
    ),
)
