"""Subgraphs and entity nodes in, RDF out, and back: terms, mapping, reading, formats, profiles, and the SHACL check."""

from kg.rdf.terms import BASE, VOCABULARY

__all__ = ["BASE", "VOCABULARY"]
