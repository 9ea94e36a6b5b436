"""A real SPARQL server: what the exports are to it, what it does to our terms, and what happens when it is away."""

import threading
import time
from pathlib import Path

import pytest
from handmade import GRAPHS
from servers.fuseki import Fuseki, missing, start, stop
from servers.jvm import Unavailable, free_ports
from stores import answered, as_read, dump

from kg.errors import StoreError
from kg.query.question import questions
from kg.rdf.export import export
from kg.rdf.formats import FORMATS
from kg.store import Value, open_store
from kg.store.sparql import Endpoints

MEDIA = {"turtle": "text/turtle", "ntriples": "application/n-triples", "rdfxml": "application/rdf+xml"}
MEDIA |= {"jsonld": "application/ld+json"}


@pytest.mark.parametrize("name", list(MEDIA))
def test_sparql_server_loads_an_export_and_holds_the_graph(fuseki: Fuseki, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"graph{FORMATS[name].suffix}"
    with open_store("oxigraph:") as here:
        here.write(GRAPHS)
        export(here, path)
        expected = dump(here)
    fuseki.load(path, MEDIA[name])
    with open_store(fuseki.store, read_only=True) as there:
        assert dump(there) == expected


def test_sparql_server_answers_every_question_as_oxigraph_does(fuseki: Fuseki) -> None:
    with open_store("oxigraph:") as here, open_store(fuseki.store) as there:
        for store in (here, there):
            store.write(GRAPHS)
        nodes = {claim.entity for graph in GRAPHS for claim in graph.claims}
        values: dict[str, Value] = {"limit": 5, "paper": GRAPHS[0].paper.id, "metric": "metric:accuracy"}
        for question in questions().values():
            for node in sorted(nodes):
                asked = {p.name: values.get(p.name, node) for p in question.parameters}
                assert answered(there, question, asked) == answered(here, question, asked), (question.name, asked)
                if set(asked) <= values.keys():
                    break


def test_sparql_server_keeps_what_is_not_ours(fuseki: Fuseki) -> None:
    fuseki.update(
        "INSERT DATA { <http://x.org/a> <http://x.org/b> 'c' . GRAPH <http://x.org/g> { <x:a> <x:b> <x:c> } }"
    )
    with open_store(fuseki.store) as store:
        store.write(GRAPHS)
        store.remove([graph.paper.id for graph in GRAPHS])
        assert set(store.count().values()) == {0}
    assert fuseki.ask("ASK { <http://x.org/a> <http://x.org/b> 'c' . GRAPH <http://x.org/g> { <x:a> <x:b> <x:c> } }")
    assert not fuseki.ask("ASK { ?s ?p ?o FILTER(?s != <http://x.org/a>) }")


def test_sparql_server_that_is_away_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    try:
        server = start(tmp_path, port=port)
    except Unavailable as reason:
        missing(reason)
    with open_store(server.store) as store:
        stop(server)
        writing = threading.Thread(target=store.write, args=(GRAPHS,))
        writing.start()
        time.sleep(1)
        server = start(tmp_path, port=port)
        writing.join()
        assert list(store.read()) == as_read(GRAPHS)
    stop(server)


def test_sparql_server_that_asks_for_a_password_gets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "passwd").write_text("anna: kitten-9\n")
    try:
        server = start(tmp_path, "--passwd=passwd", "--auth=basic", asks_for_password=True)
    except Unavailable as reason:
        missing(reason)
    monkeypatch.setenv("SPARQL_USERNAME", "anna")
    monkeypatch.setenv("SPARQL_PASSWORD", "kitten-9")
    with open_store(server.store) as store:
        store.write(GRAPHS)
        assert list(store.read()) == as_read(GRAPHS)
    monkeypatch.setenv("SPARQL_PASSWORD", "wrong")
    with pytest.raises(StoreError, match="SPARQL_PASSWORD") as refused:
        open_store(server.store)
    assert "wrong" not in str(refused.value)
    assert "kitten" not in caplog.text
    stop(server)


def test_sparql_server_that_is_not_there_is_named() -> None:
    (port,) = free_ports(1)
    with pytest.raises(StoreError, match="can't be reached"):
        open_store(f"sparql+http://127.0.0.1:{port}/ds")


def test_sparql_endpoints_are_the_url_or_as_it_says() -> None:
    assert set(Endpoints.of("sparql+http://h:3030/ds")) == {"http://h:3030/ds"}
    apart = Endpoints.of("sparql+https://h/repositories/x?update=/repositories/x/statements&data=x/rdf-graphs/service")
    assert apart.query == "https://h/repositories/x"
    assert apart.update == "https://h/repositories/x/statements"
    assert apart.data == "https://h/repositories/x/rdf-graphs/service"
