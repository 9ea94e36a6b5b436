"""What is written is the graph, in every format, in one order, and reads back as the graph in any store."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import rdflib
from handmade import GRAPHS, identify
from pyoxigraph import Quad, Triple, parse
from stores import as_read, dump

from kg.errors import FormatError, SettingsError
from kg.graph import subgraph
from kg.rdf.blocks import blocks
from kg.rdf.export import export
from kg.rdf.formats import FORMATS, format_of
from kg.rdf.imports import import_file
from kg.rdf.jsonld import context, terms
from kg.rdf.spill import Spill
from kg.rdf.terms import BASE
from kg.store import Store, open_store
from kg.types import Extraction, Paper

NAMES = list(FORMATS)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The handmade papers in the embedded store, which knows nothing of RDF."""
    with open_store(str(tmp_path_factory.mktemp("export") / "graph.lbug")) as opened:
        opened.write(GRAPHS)
        yield opened


def written(store: Store, folder: Path, name: str, base: str = BASE) -> Path:
    path = folder / f"graph{FORMATS[name].suffix}"
    export(store, path, base=base)
    return path


def triples(path: Path) -> list[Triple]:
    return [quad.triple for quad in parse(path=path)]


@pytest.mark.parametrize("name", NAMES)
def test_export_holds_the_same_triples_in_every_format(store: Store, tmp_path: Path, name: str) -> None:
    expected = {str(triple) for triple in triples(written(store, tmp_path, "ntriples"))}
    assert {str(triple) for triple in triples(written(store, tmp_path, name))} == expected


@pytest.mark.parametrize("name", NAMES)
def test_export_is_the_same_bytes_from_another_store_filled_in_another_order(
    store: Store, tmp_path: Path, name: str
) -> None:
    with open_store("oxigraph:") as other:
        for graph in reversed(GRAPHS):
            other.write([graph])
        again = written(other, tmp_path, name).read_bytes()
    assert written(store, tmp_path, name).read_bytes() == again


@pytest.mark.parametrize("name", [name for name in NAMES if not FORMATS[name].graphs])
def test_export_says_nothing_twice(store: Store, tmp_path: Path, name: str) -> None:
    said = [str(triple) for triple in triples(written(store, tmp_path, name))]
    assert len(said) == len(set(said))


@pytest.mark.parametrize("name", NAMES)
def test_export_is_imported_as_the_same_graph(store: Store, tmp_path: Path, name: str) -> None:
    path = written(store, tmp_path, name, base="http://example.org/kg/")
    with open_store(str(tmp_path / "again.lbug")) as again:
        assert import_file(path, again) == len(GRAPHS)
        assert dump(again) == dump(store)


@pytest.mark.parametrize("name", ["turtle", "rdfxml", "jsonld"])
def test_export_is_read_by_rdflib_as_by_oxigraph(store: Store, tmp_path: Path, name: str) -> None:
    path = written(store, tmp_path, name)
    kind = {"turtle": "turtle", "rdfxml": "xml", "jsonld": "json-ld"}[name]
    graph = rdflib.Graph().parse(path, format=kind)
    plain = rdflib.Graph().parse(written(store, tmp_path, "ntriples"), format="nt")
    assert set(graph) == set(plain)


@pytest.mark.parametrize("name", ["nquads", "trig"])
def test_export_puts_a_paper_in_a_graph_of_its_own(store: Store, tmp_path: Path, name: str) -> None:
    quads: list[Quad] = list(parse(path=written(store, tmp_path, name)))
    named = {str(getattr(quad.graph_name, "value", "")) for quad in quads}
    assert len(named) == len(GRAPHS) + 1
    for quad in quads:
        graph = str(getattr(quad.graph_name, "value", ""))
        if "/paper/" in str(quad.subject):
            assert str(quad.subject).startswith(f"<{graph}")


def test_export_uses_the_base_it_is_given(store: Store, tmp_path: Path) -> None:
    text = written(store, tmp_path, "ntriples", base="http://example.org/kg/").read_text()
    assert "<http://example.org/kg/dataset/gsm8k>" in text
    assert f"<{BASE}dataset/" not in text


def test_export_leaves_what_was_there_when_it_fails(tmp_path: Path) -> None:
    class Broken(BytesIO):
        url = "broken"

        def read(self) -> Iterator[object]:  # type: ignore[override]
            yield GRAPHS[0]
            raise RuntimeError("the store went away")

    path = tmp_path / "graph.ttl"
    path.write_text("# before\n")
    with pytest.raises(RuntimeError):
        export(Broken(), path)  # type: ignore[arg-type]
    assert path.read_text() == "# before\n"
    assert [each.name for each in tmp_path.iterdir()] == ["graph.ttl"]


def test_export_refuses_a_format_that_is_not_known(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="turtle"):
        export(store, tmp_path / "graph.docx")


@pytest.mark.parametrize(
    "base", ["example.org/kg", "https://example.org/a b/", "https://example.org/#x", "", "http:<>"]
)
def test_export_refuses_a_base_that_begins_no_iri(store: Store, tmp_path: Path, base: str) -> None:
    with pytest.raises(SettingsError):
        export(store, tmp_path / "graph.nt", base=base)


def test_export_ends_a_base_with_a_slash(store: Store, tmp_path: Path) -> None:
    for name, base in (("a.nt", "https://example.org/kg"), ("b.nt", "https://example.org/kg/")):
        export(store, tmp_path / name, base=base)
    assert (tmp_path / "a.nt").read_bytes() == (tmp_path / "b.nt").read_bytes()


@pytest.mark.parametrize("name", ["ntriples", "nt"])
def test_export_takes_the_format_by_name(store: Store, tmp_path: Path, name: str) -> None:
    export(store, tmp_path / "graph.txt", format=name)
    export(store, tmp_path / "graph.nt")
    assert (tmp_path / "graph.txt").read_bytes() == (tmp_path / "graph.nt").read_bytes()


def test_export_of_an_empty_store_is_an_empty_graph(tmp_path: Path) -> None:
    with open_store("oxigraph:") as empty:
        for name in NAMES:
            assert triples(written(empty, tmp_path, name)) == []


def test_blocks_join_an_edge_of_two_papers_to_its_head(store: Store) -> None:
    edge = f"<{BASE}dataset/gsm8k> <https://w3id.org/paper-kg/ontology#measuredBy> <{BASE}metric/accuracy>"
    holding = [block for block in blocks(store, BASE, graphs=False) if edge in block.lines]
    assert [block.lines.count(edge) for block in holding] == [1]


def test_jsonld_context_names_every_property_that_is_written(store: Store, tmp_path: Path) -> None:
    used = {triple.predicate.value for triple in triples(written(store, tmp_path, "ntriples"))}
    assert used - terms().keys() == {"http://www.w3.org/1999/02/22-rdf-syntax-ns#type"}
    assert context()["id"] == "@id"


AWKWARD = "Tabs\t, CR\r\n, quotes \" \\ ', <&>]]>, \u2028, \u00a0, 🎉 and \u0085 say nothing of GSM8K."


@pytest.mark.parametrize("name", NAMES)
def test_export_keeps_every_character(tmp_path: Path, name: str) -> None:
    paper = Paper(id="paper:awkward", title="  ", abstract=AWKWARD)
    graph = subgraph(Extraction(paper=paper, extractor="hand"), identify)
    with open_store("oxigraph:") as store:
        store.write([graph])
        path = written(store, tmp_path, name)
    with open_store("oxigraph:") as again:
        import_file(path, again)
        assert list(again.read()) == [graph]


def test_export_keeps_every_character_for_other_readers_of_xml(tmp_path: Path) -> None:
    paper = Paper(id="paper:awkward", abstract=AWKWARD)
    with open_store("oxigraph:") as store:
        store.write([subgraph(Extraction(paper=paper, extractor="hand"), identify)])
        graph = rdflib.Graph().parse(written(store, tmp_path, "rdfxml"), format="xml")
    assert AWKWARD in {str(value) for value in graph.objects(None, rdflib.DCTERMS.abstract)}


def test_export_refuses_in_xml_what_xml_can_t_hold(tmp_path: Path) -> None:
    paper = Paper(id="paper:bell", abstract="It rings: \x07.")
    with open_store("oxigraph:") as store:
        store.write([subgraph(Extraction(paper=paper, extractor="hand"), identify)])
        with pytest.raises(FormatError, match=r"U\+0007"):
            written(store, tmp_path, "rdfxml")
        assert "\\u0007" in written(store, tmp_path, "ntriples").read_text()
        import_file(written(store, tmp_path, "turtle"), store)
        assert next(store.read()).paper.abstract == paper.abstract


def test_spill_sorts_and_drops_repeats_across_its_runs() -> None:
    texts = [f"{number % 97:02} é" for number in range(1000)]
    with Spill(run=10) as spill:
        for text in texts:
            spill.add(text)
        assert list(spill.sorted()) == sorted(set(texts))


def test_formats_are_known_by_their_endings() -> None:
    assert [format_of(f"a{format.suffix}") for format in FORMATS.values()] == list(FORMATS.values())


@pytest.mark.parametrize("name", NAMES)
def test_import_refuses_a_file_that_is_no_rdf(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"bad{FORMATS[name].suffix}"
    path.write_text("<<< this is not RDF {")
    with open_store("oxigraph:") as store, pytest.raises(FormatError):
        import_file(path, store)


def test_import_leaves_the_registry_s_entries_in_force(store: Store, tmp_path: Path) -> None:
    with open_store("oxigraph:") as again:
        import_file(written(store, tmp_path, "turtle"), again)
        again.remove([as_read(GRAPHS)[0].paper.id])
        (accuracy,) = again.entities("Metric", ["metric:accuracy"])
    assert (accuracy.curated, accuracy.unit, accuracy.higher_is_better) == (True, "%", True)
