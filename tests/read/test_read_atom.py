from collections.abc import Callable
from typing import Any

import pytest

from kg.errors import ReadError
from kg.types import Paper

Reading = Callable[..., list[Any]]
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">
  <title type="html">ArXiv Query</title>
"""
ENTRY = """  <entry>
    <id>http://arxiv.org/abs/2301.0000{0}v1</id>
    <published>2023-01-01T18:59:59Z</published>
    <title>A title
  that is folded</title>
    <summary>  We reach 9{0}% &amp; more
on SQuAD, F1 &lt; 1.
</summary>
    <author><name>X</name></author>
    <arxiv:doi>10.1234/x</arxiv:doi>
    <link href="http://arxiv.org/abs/2301.0000{0}v1" rel="alternate"/>
    <link title="pdf" href="http://arxiv.org/pdf/2301.0000{0}v1" rel="related"/>
  </entry>
"""


def feed(*entries: str) -> str:
    return HEAD + "".join(entries) + "</feed>\n"


def test_atom_entry_is_a_paper(reading: Reading) -> None:
    first, second = reading("query.xml", feed(ENTRY.format(1), ENTRY.format(2)))
    assert first.title == "A title that is folded"
    assert first.abstract == "We reach 91% & more on SQuAD, F1 < 1."
    assert (first.id, first.record_id) == ("arxiv:2301.00001", "http://arxiv.org/abs/2301.00001v1")
    assert (first.url, first.published) == ("http://arxiv.org/abs/2301.00001v1", "2023-01-01")
    assert second.id == "arxiv:2301.00002"


def test_atom_prefix_and_other_encodings_are_read(reading: Reading) -> None:
    prefixed = """<?xml version="1.0" encoding="ISO-8859-1"?><a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry>
    <a:title>Gödel</a:title><a:summary>We reach 91%.</a:summary></a:entry></a:feed>"""
    assert [paper.title for paper in reading("a.xml", prefixed.encode("latin-1"))] == ["Gödel"]
    utf16 = feed(ENTRY.format(1)).replace("UTF-8", "UTF-16").encode("utf-16")
    assert [paper.id for paper in reading("a.xml", utf16)] == ["arxiv:2301.00001"]


def test_atom_damaged_entry_fails_alone(reading: Reading) -> None:
    damaged = ENTRY.format(2).replace("&amp;", "& nothing")
    found = reading("a.xml", feed(ENTRY.format(1), damaged, ENTRY.format(3)))
    assert [type(item) for item in found] == [Paper, ReadError, Paper]
    assert found[1].line == 4 + ENTRY.count("\n")
    assert found[1].reason.startswith("malformed XML")


def test_atom_invalid_characters_fail_their_entry_alone(reading: Reading) -> None:
    content = feed(ENTRY.format(1), ENTRY.format(2)).encode().replace(b"92%", b"92\xff")
    assert [type(item) for item in reading("a.xml", content)] == [Paper, ReadError]


def test_atom_entities_are_not_expanded(reading: Reading) -> None:
    bomb = '<!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    for entity in ("&b;", "&f;"):
        content = feed(ENTRY.format(1).replace("&amp;", entity), ENTRY.format(2)).replace("<feed", bomb + "<feed", 1)
        error, paper = reading("a.xml", content)
        assert error.reason == "malformed XML: undefined entity"
        assert isinstance(paper, Paper)


@pytest.mark.parametrize("cut", ["</summary>", "</entry>", "</feed>"])
def test_atom_truncated_is_told_after_what_is_whole(reading: Reading, cut: str) -> None:
    content = feed(ENTRY.format(1), ENTRY.format(2))
    found = reading("a.xml", content[: content.rindex(cut)])
    assert [isinstance(item, Paper) for item in found] == [True] * (2 if cut == "</feed>" else 1) + [False]
    assert found[-1].reason.startswith("truncated XML")


def test_atom_entries_across_pieces_of_a_stream_are_whole(reading: Reading) -> None:
    entries = [
        ENTRY.format(number % 10).replace("We reach", f"We {'x' * (number * 37 % 3000)} reach") for number in range(400)
    ]
    found = reading("a.xml", feed(*entries))
    assert len(found) == 400
    assert all(isinstance(item, Paper) for item in found)


def test_atom_unknown_encoding_is_told(reading: Reading) -> None:
    (error,) = reading("a.xml", feed(ENTRY.format(1)).replace("UTF-8", "klingon"))
    assert error.reason == "the encoding klingon is unknown"
