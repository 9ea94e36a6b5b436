"""A store in, files out: RDF in six formats and four profiles, GraphML, CSV, the files of neo4j-admin import."""

from pathlib import Path

from kg.errors import FormatError
from kg.store import Store

RDF = ("ttl", "nt", "nq", "trig", "jsonld", "rdf")
FORMATS = (*RDF, "graphml", "csv", "neo4j-admin")


def export(
    store: Store, path: Path, *, to: str | None = None, base: str | None = None, profile: str | None = None
) -> str:
    """Write the graph; what was written, in a line to show. FormatError for a format that is not one of FORMATS.

    to: a name of FORMATS, by default what the path ends with; csv and neo4j-admin write a folder. base: the IRI that
    ids are appended to; profile: lpwc, orkg, mls or nanopub; both for RDF alone.
    """
    format = to or (path.suffix.removeprefix(".") if path.suffix else "")
    if format not in FORMATS:
        raise FormatError(str(path), f"{format or 'nothing'!r} is no format of export; there are {', '.join(FORMATS)}")
    if format not in RDF and (base or profile):
        raise FormatError(str(path), f"a base and a profile are RDF's, not {format}'s")
    if format == "graphml":
        from kg.export.graphml import write_graphml

        write_graphml(store, path)
    elif format == "csv":
        from kg.export.table import write_tables

        write_tables(store, path)
    elif format == "neo4j-admin":
        from kg.export.neo4j_admin import write_neo4j_admin

        return f"written to {path}; import it with\n{write_neo4j_admin(store, path)}"
    else:
        from kg.rdf.export import export as export_rdf
        from kg.rdf.terms import BASE

        export_rdf(store, path, format=format, base=base or BASE, profile=profile)
    return f"written to {path}"
