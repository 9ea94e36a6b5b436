"""OpenAlex works (a snapshot's lines, or an answer of its interface) -> records."""

from kg.read.document import first_record, lines_or_document
from kg.read.fields import Fields
from kg.read.format import Format


def _is_works(head: bytes, name: str) -> bool:
    record = first_record(head) or {}
    return "abstract_inverted_index" in record or str(record.get("id")).startswith("https://openalex.org/W")


FORMAT = Format(
    name="openalex",
    description="OpenAlex works: JSON Lines or an answer of its interface; the abstract is an inverted index",
    example_file="openalex.jsonl",
    read=lines_or_document,
    matches=_is_works,
    fields=Fields(
        abstract=("abstract_inverted_index", "abstract"),
        title=("title", "display_name"),
        id=("id",),
        url=("primary_location.landing_page_url", "doi", "id"),
        published=("publication_date", "publication_year"),
        identifiers=("locations.landing_page_url", "primary_location.landing_page_url", "doi", "ids.doi"),
    ),
)
