"""The command from the outside: what it prints where, and how it exits."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"
ABSTRACTS = {
    "gsa.txt": "Generative Self-Aggregation\nWe propose Generative Self-Aggregation (GSA), a prompting method. "
    "GSA reaches 61.7% accuracy on GSM8K, outperforming self-consistency by 3.2%.\n",
    "lora.txt": "We propose LoRA for fine-tuning. LoRA improves accuracy on GSM8K by 2.1% over full fine-tuning.\n",
}


class Ran:
    """A finished command."""

    def __init__(self, *arguments: str | Path, cwd: Path, stdin: bytes = b"") -> None:
        command = [sys.executable, "-c", "from kg.cli import main; main()", *map(str, arguments)]
        done = subprocess.run(command, cwd=cwd, capture_output=True, input=stdin, timeout=120)
        self.status, self.out, self.said = done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with abstracts and the graph that was built from them."""
    made = tmp_path_factory.mktemp("papers")
    for name, text in ABSTRACTS.items():
        (made / name).write_text(text)
    ran = Ran("build", "gsa.txt", "lora.txt", "--model", "rules", cwd=made)
    assert ran.status == 0, ran.said
    assert "2 read: 2 loaded, 0 failed (2 papers" in ran.said
    return made


def test_cli_second_build_says_unchanged(folder: Path) -> None:
    ran = Ran("build", "gsa.txt", "lora.txt", "--model", "rules", cwd=folder)
    assert (ran.status, ran.out) == (0, "")
    assert "2 unchanged" in ran.said


def test_cli_query_prints_rows_and_evidence(folder: Path) -> None:
    ran = Ran("query", "methods-evaluated-on", "dataset=gsm-8k", cwd=folder)
    assert ran.status == 0
    assert "61.7%" in ran.out
    assert "LoRA improves accuracy on GSM8K by 2.1% over full fine-tuning." in " ".join(ran.out.split())


def test_cli_query_json_is_a_row_a_line(folder: Path) -> None:
    ran = Ran("query", "methods-evaluated-on", "dataset=GSM8K", "--format", "json", cwd=folder)
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert "61.7%" in {row["reported"] for row in rows}


def test_cli_query_csv_has_a_header(folder: Path) -> None:
    ran = Ran("query", "papers", "--format", "csv", cwd=folder)
    header, *rows = ran.out.splitlines()
    assert header == "paper,title,published,url"
    assert len(rows) == 2


def test_cli_query_suggests_the_nearest_names(folder: Path) -> None:
    ran = Ran("query", "methods-evaluated-on", "dataset=GSM9K", cwd=folder)
    assert ran.status == 2
    assert "did you mean GSM8K?" in ran.said


@pytest.mark.parametrize(
    "arguments", [("query", "leaderbord"), ("query", "leaderboard", "dataset"), ("query", "leaderboard")]
)
def test_cli_query_asked_wrongly_is_usage(folder: Path, arguments: tuple[str, ...]) -> None:
    ran = Ran(*arguments, cwd=folder)
    assert ran.status == 2
    assert ran.said.startswith("kg: ")


def test_cli_query_takes_cypher_with_parameters(folder: Path) -> None:
    text = "MATCH (p:Paper)-[:REPORTS]->(r:Result) WHERE r.value_text = $number RETURN p.title AS title"
    ran = Ran("query", "--cypher", text, "number=61.7%", "--format", "json", cwd=folder)
    assert json.loads(ran.out) == {"title": "Generative Self-Aggregation"}


def test_cli_query_of_another_language_than_the_store_speaks(folder: Path) -> None:
    ran = Ran("query", "--sparql", "SELECT * WHERE { ?s ?p ?o }", cwd=folder)
    assert ran.status == 2
    assert "is asked in cypher" in ran.said


def test_cli_extract_and_load_round_trip_byte_for_byte(folder: Path) -> None:
    assert Ran("extract", "gsa.txt", "lora.txt", "--model", "rules", "-o", "x.jsonl", cwd=folder).status == 0
    loaded = Ran("load", "x.jsonl", "--store", "loaded.lbug", cwd=folder)
    assert (loaded.status, "2 loaded" in loaded.said) == (0, True)
    again = Ran("extract", "gsa.txt", "lora.txt", "--model", "rules", cwd=folder)
    assert again.out == (folder / "x.jsonl").read_text()


def test_cli_extract_annotations_keeps_the_ids_and_the_order_of_the_records(folder: Path) -> None:
    records = [{"id": "b", "abstract": ABSTRACTS["gsa.txt"]}, {"id": "a", "abstract": ABSTRACTS["lora.txt"]}]
    stdin = "".join(json.dumps(record) + "\n" for record in records).encode()
    ran = Ran("extract", "-", "--model", "rules", "--format", "annotations", cwd=folder, stdin=stdin)
    assert [json.loads(line)["id"] for line in ran.out.splitlines()] == ["b", "a"]


def test_cli_load_names_the_line_of_a_broken_extraction(folder: Path) -> None:
    (folder / "broken.jsonl").write_text('{"paper": 1}\n')
    ran = Ran("load", "broken.jsonl", "--store", "broken.lbug", cwd=folder)
    assert ran.status == 1
    assert "broken.jsonl:1: " in ran.said
    assert "1 read: 0 loaded, 1 failed" in ran.said


def test_cli_build_goes_on_past_what_it_can_not_read(folder: Path) -> None:
    (folder / "mixed.jsonl").write_text(
        '{"abstract": "We reach 91% on SQuAD."}\n{"abstract": \n{"title": "No abstract"}\n'
    )
    ran = Ran("build", "mixed.jsonl", "nowhere.txt", "--store", "mixed.lbug", "--model", "rules", cwd=folder)
    assert ran.status == 1
    assert "mixed.jsonl:2: " in ran.said
    assert "nowhere.txt: " in ran.said
    assert "4 read: 1 loaded, 1 empty, 2 failed (1 papers" in ran.said


def test_cli_remove_takes_a_paper_out(folder: Path) -> None:
    Ran("build", "lora.txt", "--store", "small.lbug", "--model", "rules", cwd=folder)
    listed = Ran("query", "papers", "--store", "small.lbug", "--format", "json", cwd=folder)
    paper = json.loads(listed.out)["paper"]
    assert Ran("remove", paper, "--store", "small.lbug", cwd=folder).status == 0
    assert Ran("query", "papers", "--store", "small.lbug", "--format", "json", cwd=folder).out == ""
    assert Ran("remove", paper, "--store", "small.lbug", cwd=folder).status == 1


def test_cli_check_finds_no_fault_in_a_store_it_built(folder: Path) -> None:
    ran = Ran("check", "--store", "graph.lbug", cwd=folder)
    assert (ran.status, ran.out) == (0, "")
    assert "2 papers" in ran.said


def test_cli_check_names_each_faulty_node_and_exits_with_1(tmp_path: Path) -> None:
    said = (
        '<https://w3id.org/paper-kg/dataset/adult> a kg:Dataset ; dcterms:identifier "dataset:adult" ; kg:support 1 .'
    )
    prefixes = "@prefix kg: <https://w3id.org/paper-kg/ontology#> . @prefix dcterms: <http://purl.org/dc/terms/> ."
    (tmp_path / "graph.ttl").write_text(f"{prefixes}\n{said}\n")
    ran = Ran("check", "graph.ttl", cwd=tmp_path)
    assert (ran.status, ran.out) == (1, "dataset:adult: must have one skos:prefLabel, a text\n")
    assert ran.said == "graph.ttl: 1 fault\n"


def test_cli_export_and_load_of_rdf_gives_the_same_answers(folder: Path) -> None:
    assert Ran("export", "graph.ttl", cwd=folder).status == 0
    assert Ran("check", "graph.ttl", cwd=folder).status == 0
    assert Ran("load", "graph.ttl", "--store", "again.lbug", cwd=folder).status == 0
    asked = ("query", "methods-evaluated-on", "dataset=GSM8K", "--format", "json", "--store")
    answers = {Ran(*asked, store, cwd=folder).out for store in ("graph.lbug", "graph.ttl", "again.lbug")}
    assert len(answers) == 1


def test_cli_says_in_a_line_that_there_is_no_store(folder: Path) -> None:
    ran = Ran("query", "papers", "--store", "nowhere.lbug", cwd=folder)
    assert (ran.status, ran.out) == (2, "")
    assert "there is no store here yet" in ran.said


def commands() -> list[str]:
    from typer.main import get_command

    from kg.cli import app

    return sorted(get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", commands())
def test_cli_command_has_help_and_is_in_the_readme(name: str, tmp_path: Path) -> None:
    ran = Ran(name, "--help", cwd=tmp_path)
    assert ran.status == 0
    assert "Traceback" not in ran.said
    assert re.search(rf"\bkg {name}\b", README.read_text())


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"config.json": "{}"}, "is no whole model: KeyError"),
        ({"config.json": "not json"}, "is no whole model: JSONDecodeError"),
        ({"encoder.onnx.zst": "junk"}, "is no whole model: ZstdError"),
    ],
)
def test_cli_a_damaged_model_is_named(folder: Path, tmp_path: Path, files: dict[str, str], said: str) -> None:
    shipped = Path(__file__).parents[1] / "kg" / "extract" / "model"
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((shipped / name).read_bytes())
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    ran = Ran("build", "gsa.txt", "--store", tmp_path / "g.lbug", "--model", tmp_path, cwd=folder)
    assert ran.status == 2
    assert said in " ".join(ran.said.split())
    assert "Traceback" not in ran.said


def test_cli_evaluate_names_the_line_that_is_no_object(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text('{"id": "p", "entities": [], "results": [], "relations": []}\n[1]\n')
    ran = Ran("evaluate", "gold.jsonl", "--predicted", "gold.jsonl", cwd=tmp_path)
    assert ran.status == 2
    assert "gold.jsonl:2: no JSON object" in ran.said


def test_cli_evaluate_draws_pictures_of_known_kinds_alone(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text("")
    ran = Ran("evaluate", "gold.jsonl", "--predicted", "gold.jsonl", "--diagram", "x.foo", cwd=tmp_path)
    assert ran.status == 2
    assert "neither .svg nor .png" in " ".join(ran.said.split())
