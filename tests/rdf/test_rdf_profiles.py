"""The facts in the shapes of other projects: in their published terms, sound, and the same bytes every time."""

from collections import defaultdict
from pathlib import Path

import pytest
import rdflib
from handmade import GRAPHS
from nanopub import Nanopub, NanopubConf
from pyoxigraph import BlankNode, Quad, parse

from kg.errors import FormatError
from kg.rdf.export import export
from kg.rdf.profiles import PROFILES
from kg.rdf.terms import BASE
from kg.store import Store, open_store

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
KG = "https://w3id.org/paper-kg/ontology#"


@pytest.fixture(scope="module")
def store() -> Store:
    opened = open_store("oxigraph:")
    opened.write(GRAPHS)
    return opened


def published(profile: str) -> set[str]:
    rows = [line.split("\t") for line in (Path(__file__).parent / "terms.tsv").read_text().splitlines()[1:]]
    return {space + name for owner, space, names in rows if owner == profile for name in names.split()}


def quads(store: Store, folder: Path, profile: str, ending: str = ".trig") -> list[Quad]:
    path = folder / f"{profile}{ending}"
    export(store, path, profile=profile)
    return list(parse(path=path))


@pytest.mark.parametrize("profile", PROFILES)
def test_profile_uses_published_terms_alone(store: Store, tmp_path: Path, profile: str) -> None:
    found = quads(store, tmp_path, profile)
    used = {quad.predicate.value for quad in found} - {RDF_TYPE}
    used |= {quad.object.value for quad in found if quad.predicate.value == RDF_TYPE}
    ours = {name for name in used if name.startswith(KG)}
    assert used - ours <= published(profile)
    assert not ours or profile == "nanopub"
    assert not any(isinstance(term, BlankNode) for quad in found for term in (quad.subject, quad.object))


@pytest.mark.parametrize("profile", PROFILES)
def test_profile_is_the_same_bytes_from_another_store(store: Store, tmp_path: Path, profile: str) -> None:
    with open_store(str(tmp_path / "graph.lbug")) as other:
        other.write(GRAPHS[::-1])
        export(store, tmp_path / "a.nq", profile=profile)
        export(other, tmp_path / "b.nq", profile=profile)
    assert (tmp_path / "a.nq").read_bytes() == (tmp_path / "b.nq").read_bytes()
    assert (tmp_path / "a.nq").stat().st_size > 1000


def test_profile_nanopub_makes_one_sound_publication_a_fact(store: Store, tmp_path: Path) -> None:
    publications: dict[str, list[Quad]] = defaultdict(list)
    for quad in quads(store, tmp_path, "nanopub"):
        publications[str(quad.graph_name).partition("#")[0]].append(quad)
    assert len(publications) == sum(len(graph.results) + len(graph.facts) for graph in GRAPHS)
    for own in publications.values():
        data = rdflib.Dataset().parse(data="".join(f"{quad} .\n" for quad in own), format="nquads")
        assert Nanopub(rdf=data, conf=NanopubConf(use_test_server=True)).is_valid


def test_profile_nanopub_needs_named_graphs(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="named graphs"):
        export(store, tmp_path / "graph.ttl", profile="nanopub")


def test_profile_that_is_not_there_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="lpwc, orkg, mls, nanopub"):
        export(store, tmp_path / "graph.ttl", profile="dbpedia")


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("lpwc", "?p lpwcp:hasEvaluation ?e . ?e lpwcp:hasModel/foaf:name 'ALPHA' ; "
         "lpwcp:hasDataset/dcterms:title 'GSM8K' ; lpwcp:hasEvaluationResult ?r . "
         "?r lpwcp:metricName 'accuracy' ; lpwcp:metricValue '81.5%'"),
        ("orkg", "?p orkgp:P31 ?c . ?c orkgp:P32/rdfs:label 'arithmetic' ; orkgp:HAS_BENCHMARK ?b . "
         "?b orkgp:HAS_DATASET/rdfs:label 'GSM8K' ; orkgp:HAS_EVALUATION ?e . "
         "?e orkgp:HAS_METRIC/rdfs:label 'accuracy' ; orkgp:HAS_VALUE 81.5 ; orkgp:HAS_MODEL/rdfs:label 'ALPHA'"),
        ("mls", "?run mls:realizes/rdfs:label 'ALPHA' ; mls:hasInput/rdfs:label 'GSM8K' ; "
         "mls:achieves/rdfs:label 'arithmetic' ; mls:hasOutput ?e . ?e mls:specifiedBy/rdfs:label 'accuracy' ; "
         "mls:hasValue 81.5 ; qudt:hasUnit unit:PERCENT"),
    ],
)  # fmt: skip
def test_profile_says_what_a_paper_reports(store: Store, tmp_path: Path, profile: str, expected: str) -> None:
    from pyoxigraph import Store as Triples

    from kg.rdf.profiles import profile_prefixes

    triples = Triples()
    triples.extend(quads(store, tmp_path, profile, ".ttl"))
    assert triples.query(f"ASK {{ {expected} }}", prefixes=profile_prefixes(profile, BASE))


def test_profile_nanopub_says_how_a_comparison_comes_off(store: Store, tmp_path: Path) -> None:
    said = [quad for quad in quads(store, tmp_path, "nanopub") if quad.predicate.value == f"{KG}outcome"]
    assert sorted(quad.object.value for quad in said) == sorted(
        fact.outcome for graph in GRAPHS for fact in graph.facts if fact.outcome
    )
    assert all(str(quad.graph_name).endswith("#assertion>") for quad in said)


@pytest.mark.parametrize("profile", ["lpwc", "orkg", "mls"])
def test_profile_takes_no_change_for_a_score(store: Store, tmp_path: Path, profile: str) -> None:
    scores = [result for graph in GRAPHS for result in graph.results if result.kind == "absolute"]
    others = [result for graph in GRAPHS for result in graph.results if result.kind != "absolute"]
    told = {quad.subject.value.rpartition("/")[2] for quad in quads(store, tmp_path, profile)}
    assert {result.id.removeprefix("result:") for result in scores} & told
    assert not {result.id.removeprefix("result:") for result in others} & told
