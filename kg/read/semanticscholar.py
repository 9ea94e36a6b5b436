"""Semantic Scholar papers (its data sets' lines, or an answer of its interface) -> records."""

from kg.read.document import first_record, lines_or_document
from kg.read.fields import Fields
from kg.read.format import Format


def _is_papers(head: bytes, name: str) -> bool:
    return not {"paperId", "corpusid", "corpusId", "externalIds", "externalids"}.isdisjoint(first_record(head) or ())


FORMAT = Format(
    name="semanticscholar",
    description="Semantic Scholar papers: JSON Lines or an answer of its interface; ids from externalIds",
    example_file="semanticscholar.jsonl",
    read=lines_or_document,
    matches=_is_papers,
    fields=Fields(
        abstract=("abstract", "paperAbstract"),
        title=("title",),
        id=("paperId", "corpusId", "id"),
        url=("url", "s2Url"),
        published=("publicationDate", "year"),
        identifiers=(
            "externalIds.ArXiv",
            "externalIds.DOI",
            "openaccessinfo.externalids.ArXiv",
            "openaccessinfo.externalids.DOI",
            "arxivId",
            "doi",
        ),
    ),
)
