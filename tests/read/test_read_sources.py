"""Files, folders, patterns, standard input; compressed and in other encodings."""

import gzip
import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import EmptyRecord, FormatError, ReadError
from kg.read import FORMATS, read, sniff
from kg.read.stream import zstd
from kg.types import Paper

LINES = "".join(f'{{"id": "p{number}", "abstract": "We reach {number}%."}}\n' for number in range(200)).encode()


def folder(path: Path) -> Path:
    for name, abstract in {
        "b.txt": "We b.",
        "sub/a.txt": "We a.",
        "a.jsonl": '{"abstract": "We j."}',
        ".x.txt": "No.",
    }.items():
        (path / name).parent.mkdir(exist_ok=True, parents=True)
        (path / name).write_text(abstract)
    (path / ".git").mkdir()
    (path / ".git" / "c.txt").write_text("No.")
    return path


def sources(items: object) -> list[str]:
    return [item.sources[0] for item in items if isinstance(item, Paper)]  # type: ignore[attr-defined]


def test_sources_folder_is_read_in_order_with_names_from_there(tmp_path: Path) -> None:
    assert sources(read([folder(tmp_path / "in")])) == ["a.jsonl", "b.txt", "sub/a.txt"]


def test_sources_pattern_is_read_in_order_with_names_from_its_folder(tmp_path: Path) -> None:
    folder(tmp_path / "in")
    assert sources(read([str(tmp_path / "in" / "**" / "*.txt")])) == ["b.txt", "sub/a.txt"]
    assert sources(read([str(tmp_path / "*" / "*.txt")])) == ["in/b.txt"]


def test_sources_file_has_its_own_name_and_order_is_the_users(tmp_path: Path) -> None:
    folder(tmp_path / "in")
    assert sources(read([tmp_path / "in/sub/a.txt", tmp_path / "in/b.txt"])) == ["a.txt", "b.txt"]


def test_sources_file_whose_name_is_no_unicode_is_read(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"a\xff.txt")).write_text("We do.")
    assert sources(read([tmp_path])) == ["a\ufffd.txt"]


def test_sources_one_alone_needs_no_list(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("We do.")
    assert sources(read(str(tmp_path / "a.txt"))) == sources(read(tmp_path / "a.txt")) == ["a.txt"]


def test_sources_missing_ones_are_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    (tmp_path / "a.txt").write_text("We do.")
    found = list(read([tmp_path / "gone.txt", tmp_path / "none", str(tmp_path / "*.csv"), tmp_path / "a.txt"]))
    reasons = [item.reason for item in found if isinstance(item, ReadError)]
    assert reasons == ["no such file or folder", "no file in this folder", "no file matches"]
    assert sources(found) == ["a.txt"]


def test_sources_file_without_permission_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("We do.")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    (error,) = read([path])
    assert isinstance(error, ReadError)
    assert "Permission denied" in error.reason


def test_sources_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LINES)))
    found = list(read(["-"]))
    assert sources(found) == ["-"] * 200


def test_sources_pipe_of_compressed_lines_is_read() -> None:
    script = "from kg.read import read; print(sum(1 for _ in read(['-'])))"
    done = subprocess.run([sys.executable, "-c", script], input=gzip.compress(LINES), capture_output=True, check=True)
    assert done.stdout == b"200\n"


def test_sources_stream_is_read_while_it_is_written(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read_some = threading.Event()

    def write() -> None:
        with pipe.open("wb") as stream:
            stream.write(LINES * 200)
            stream.flush()
            waited.append(read_some.wait(20))
            stream.write(LINES)

    waited: list[bool] = []
    writer = threading.Thread(target=write)
    writer.start()
    items = read([pipe])
    assert isinstance(next(items), Paper)
    read_some.set()
    assert sum(1 for _ in items) == 200 * 201 - 1
    writer.join()
    assert waited == [True]


@pytest.mark.parametrize("compress", [gzip.compress, zstd.compress])
@pytest.mark.parametrize("name", ["a.jsonl", "a"])
def test_sources_compressed_are_recognised_by_content(
    reading: Callable[..., list[Paper]], compress: Callable[[bytes], bytes], name: str
) -> None:
    assert len(reading(name, compress(LINES))) == 200
    assert len(reading(name, compress(LINES[:5000]) + compress(LINES[5000:]))) == 200  # two frames


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_sources_compressed_keep_the_suffix_before(reading: Callable[..., list[Paper]], suffix: str) -> None:
    compress = gzip.compress if suffix == ".gz" else zstd.compress
    assert len(reading("a.csv" + suffix, compress(b"x,abstract\n1,We do.\n"))) == 1


@pytest.mark.parametrize("compress", [gzip.compress, zstd.compress])
def test_sources_truncated_compression_is_told_after_what_is_whole(
    reading: Callable[..., list[object]], compress: Callable[[bytes], bytes]
) -> None:
    lines = b"".join(b'{"abstract": "We reach %s."}\n' % os.urandom(300).hex().encode() for _ in range(3000))
    *papers, error = reading("a.jsonl", compress(lines)[:-1000])
    assert len(papers) > 2500
    assert all(isinstance(paper, Paper) for paper in papers)
    assert isinstance(error, ReadError)
    assert error.reason.startswith("the rest can't be read: ")
    assert error.line == len(papers)


def test_sources_damaged_compression_is_told(reading: Callable[..., list[object]]) -> None:
    (error,) = reading("a.jsonl.gz", gzip.compress(LINES)[:50])
    assert isinstance(error, ReadError)
    (error,) = reading("a.jsonl.zst", b"\x28\xb5\x2f\xfd" + b"garbage" * 10)
    assert isinstance(error, ReadError)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", '{"abstract": "We reach — 91% 🎉"}\n{"abstract": "They."}\n'),
        ("a.json", '[{"abstract": "We reach — 91% 🎉"}, {"abstract": "They."}]'),
        ("a.csv", "abstract,id\nWe reach — 91% 🎉,1\nThey.,2\n"),
        ("a.txt", "Abstract: We reach — 91% 🎉\nAbstract: They.\n"),
        ("a.bib", "@misc{a, abstract={We reach — 91% 🎉}}\n@misc{b, abstract={They.}}"),
    ],
)
def test_sources_byte_order_mark_and_utf16_are_read(
    reading: Callable[..., list[Paper]], name: str, content: str, encoding: str
) -> None:
    assert [paper.abstract for paper in reading(name, content.encode(encoding))] == ["We reach — 91% 🎉", "They."]


def test_sources_utf16_with_half_a_character_fails_in_its_line_alone(reading: Callable[..., list[object]]) -> None:
    lines = [b'{"abstract": "We."}\n', b'{"abstract": "They."}\n']
    content = "\n".join(('{"abstract": "We."}', '{"abstract": "\ud800"}', '{"abstract": "They."}')).encode(
        "utf-16-le", "surrogatepass"
    )
    assert len(lines) == 2
    assert [type(item) for item in reading("a.jsonl", b"\xff\xfe" + content)] == [Paper, ReadError, Paper]
    assert isinstance(reading("a.jsonl", b"\xff\xfe" + content + b"\n\x00x")[-1], ReadError)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "parquet"])
def test_sources_example_of_each_format_is_recognised_and_read(reading: Callable[..., list[object]], name: str) -> None:
    example = FORMATS[name].example
    assert sniff(example.encode(), "") == name
    found = reading("example", example)
    assert found
    assert all((isinstance(item, Paper) and "91% on SQuAD" in item.abstract) or "halves" in item.text for item in found)


def test_sources_format_can_be_forced(reading: Callable[..., list[Paper]]) -> None:
    (paper,) = reading("a.txt", "Abstract: We do.\nAbstract: They do.\n", format="text")
    assert paper.abstract == "We do. Abstract: They do."


def test_sources_unknown_format_is_an_error() -> None:
    for content, name in [(b"key: value\n", "settings.yaml"), (b"<rss><channel/></rss>", "news.xml")]:
        with pytest.raises(FormatError, match=f"{name}: no format is recognised"):
            sniff(content, name)


def test_sources_empty_file_is_an_empty_record(reading: Callable[..., list[object]]) -> None:
    for content in (b"", b" \n\n", b"\xef\xbb\xbf", gzip.compress(b"")):
        for format in (None, "csv", "bibtex"):
            (found,) = reading("a.jsonl", content, format=format)
            assert isinstance(found, EmptyRecord)
            assert (found.line, found.reason) == (0, "the file is empty")


@pytest.mark.parametrize(("name", "content"), [("a.csv", "id,abstract\n"), ("a.bib", "% nothing\n"), ("a.json", "[]")])
def test_sources_file_without_a_record_is_told(reading: Callable[..., list[object]], name: str, content: str) -> None:
    (found,) = reading(name, content)
    assert isinstance(found, EmptyRecord)
    assert found.reason == f"no record in it, read as {name[2:].replace('bib', 'bibtex')}"
