"""`schema/ontology.ttl` in, the page that documents it out. `python -m kg.rdf.page` writes `schema/ontology.html`."""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from string import Template

from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS
from rdflib.term import Node

from kg.rdf.terms import VOCABULARY
from kg.share import shared

_SAID = (
    ("kind of", RDFS.subClassOf),
    ("kind of", RDFS.subPropertyOf),
    ("from", RDFS.domain),
    ("to", RDFS.range),
    ("close to", SKOS.closeMatch),
    ("wider than", SKOS.narrowMatch),
)


def page() -> str:
    """The page, the same for the same ontology."""
    graph = Graph().parse(shared("schema") / "ontology.ttl")
    (ontology,) = graph.subjects(RDF.type, OWL.Ontology)
    kinds = {"classes": OWL.Class, "objects": OWL.ObjectProperty, "values": OWL.DatatypeProperty}
    template = Template((Path(__file__).parent / "page.html").read_text(encoding="utf-8"))
    return template.substitute(
        title=escape(str(graph.value(ontology, DCTERMS.title))),
        description=escape(str(graph.value(ontology, DCTERMS.description))),
        namespace=VOCABULARY,
        **{name: "\n".join(_terms(graph, kind)) for name, kind in kinds.items()},
    )


def _terms(graph: Graph, kind: URIRef) -> Iterator[str]:
    for term in sorted(node for node in graph.subjects(RDF.type, kind) if isinstance(node, URIRef)):
        local = str(term).removeprefix(VOCABULARY)
        label, comment = (escape(str(graph.value(term, name))) for name in (RDFS.label, RDFS.comment))
        rows = "".join(_row(graph, term, word, name) for word, name in _SAID)
        yield (
            f'<section class="term" id="{local}"><h3><code>kg:{local}</code> {label}</h3>'
            f"<p>{comment}</p><dl>{rows}</dl></section>"
        )


def _row(graph: Graph, term: URIRef, word: str, name: URIRef) -> str:
    found = sorted({text for node in graph.objects(term, name) for text in _words(graph, node)})
    return f"<dt>{word}</dt><dd>{', '.join(found)}</dd>" if found else ""


def _words(graph: Graph, node: Node) -> Iterator[str]:
    """A class or property as a link, a union as its members."""
    union = graph.value(node, OWL.unionOf)
    if isinstance(node, URIRef):
        here = str(node).startswith(VOCABULARY)
        target = f"#{str(node).removeprefix(VOCABULARY)}" if here else str(node)
        yield f'<a href="{escape(target)}">{escape(graph.namespace_manager.normalizeUri(node))}</a>'
    elif union is not None:
        for member in Collection(graph, union):
            yield from _words(graph, member)


if __name__ == "__main__":
    (shared("schema") / "ontology.html").write_text(page(), encoding="utf-8")
