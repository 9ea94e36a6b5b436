import json
from collections import Counter
from pathlib import Path
from xml.etree.ElementTree import Element, parse

import pytest
from handmade import GRAPHS

from kg.export.graphml import write_graphml
from kg.graph import subgraph
from kg.resolve import Resolver
from kg.store.embedded import EmbeddedStore
from kg.types import Entity, Extraction, Paper, Span

SPACE = "{http://graphml.graphdrawing.org/xmlns}"


def data(element: Element) -> dict[str, str]:
    return {one.attrib["key"]: one.text or "" for one in element.iter(f"{SPACE}data")}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with EmbeddedStore(":memory:") as store:
        store.write(GRAPHS)
        write_graphml(store, tmp_path / "graph.graphml")
    return tmp_path / "graph.graphml"


def test_graphml_holds_every_node_and_edge(path: Path) -> None:
    root = parse(path).getroot()
    found = Counter(data(node)["n_label"] for node in root.iter(f"{SPACE}node"))
    found.update(data(edge)["e_label"] for edge in root.iter(f"{SPACE}edge"))
    with EmbeddedStore(":memory:") as store:
        store.write(GRAPHS)
        assert found == Counter({label: number for label, number in store.count().items() if number})


def test_graphml_edges_join_nodes_that_stand_before_them(path: Path) -> None:
    root = parse(path).getroot()
    ids = [node.attrib["id"] for node in root.iter(f"{SPACE}node")]
    assert len(ids) == len(set(ids))
    ends = {edge.attrib[end] for edge in root.iter(f"{SPACE}edge") for end in ("source", "target")}
    assert ends <= set(ids)
    assert path.read_text(encoding="utf-8").rindex("<node") < path.read_text(encoding="utf-8").index("<edge")


def test_graphml_declares_every_key_that_it_uses(path: Path) -> None:
    root = parse(path).getroot()
    keys = {key.attrib["id"]: key.attrib for key in root.iter(f"{SPACE}key")}
    assert {one.attrib["key"] for one in root.iter(f"{SPACE}data")} <= set(keys)
    assert keys["n_value"] == {"id": "n_value", "for": "node", "attr.name": "value", "attr.type": "double"}
    assert keys["e_start"]["attr.type"] == "long"


def test_graphml_holds_texts_as_they_are(path: Path) -> None:
    nodes = {node.attrib["id"]: data(node) for node in parse(path).getroot().iter(f"{SPACE}node")}
    for graph in GRAPHS:
        paper = nodes[graph.paper.id]
        assert (paper.get("n_title"), paper["n_abstract"]) == (graph.paper.title, graph.paper.abstract)
        for result in graph.results:
            assert nodes[result.id]["n_sentence"] == result.sentence
    assert json.loads(nodes["method:gpt4"]["n_forms"]) == ["GPT-4", "GPT4"]
    assert nodes["metric:latency"]["n_higher_is_better"] == "false"


def test_graphml_replaces_what_xml_can_not_hold(tmp_path: Path) -> None:
    text = "A\x00B\x1f\r\n\tC ]]> & <x>"
    entity = Entity(name=text, type="Task", role="used", mentions=(Span.of(text, 0, len(text)),))
    made = Extraction(paper=Paper(id="p\n1", abstract=text), extractor="x", entities=(entity,))
    with EmbeddedStore(":memory:") as store:
        store.write([subgraph(made, Resolver().identify)])
        write_graphml(store, tmp_path / "x.graphml")
    (paper,) = [n for n in parse(tmp_path / "x.graphml").getroot().iter(f"{SPACE}node") if n.attrib["id"] == "p\n1"]
    assert data(paper)["n_abstract"] == "A\ufffdB\ufffd\r\n\tC ]]> & <x>"
