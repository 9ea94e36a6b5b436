from collections.abc import Callable
from typing import Any

import pytest

from kg.errors import EmptyRecord, ReadError
from kg.read.latex import decoded
from kg.types import Paper

Reading = Callable[..., list[Any]]

ENTRY = """% a comment with @ sign
@string{acl = "Annual Meeting of " # {the ACL}}
@comment{jabref-meta: databaseType:bibtex;}
@InProceedings{key:2024,
  title     = "The {BERT} of {G{\\"o}del}",
  booktitle = acl # { 2024},
  abstract  = {We reach 91\\% on
    {SQuAD}, a gain of 5% over "others".},
  year      = 2024,
  month     = may,
  eprint    = {2301.00001},
  url       = {https://x.org/~me/a_b}
}
"""


def test_bibtex_entry_is_a_paper(reading: Reading) -> None:
    (paper,) = reading("a.bib", ENTRY)
    assert paper.title == "The BERT of Gödel"
    assert paper.abstract == 'We reach 91% on SQuAD, a gain of 5% over "others".'
    assert (paper.id, paper.record_id) == ("arxiv:2301.00001", "key:2024")
    assert (paper.published, paper.url) == ("2024-05", "https://x.org/~me/a_b")


def test_bibtex_is_recognised_by_content(reading: Reading) -> None:
    assert isinstance(reading("references", ENTRY)[0], Paper)


def test_bibtex_several_entries_in_a_line_are_read(reading: Reading) -> None:
    found = reading("a.bib", "@misc{a, abstract={We.}} @misc{b, abstract={They.}} @misc(c, abstract={You.})")
    assert [paper.record_id for paper in found] == ["a", "b", "c"]


def test_bibtex_entry_without_abstract_is_empty(reading: Reading) -> None:
    (found,) = reading("a.bib", "\n@misc{a,\n title={A},\n}\n")
    assert isinstance(found, EmptyRecord)
    assert found.line == 2


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("@misc{b, title={B, abstract={We.}\n", "an unclosed brace in the @misc"),
        ("@misc{b, title=, abstract={We.}}\n", "malformed BibTeX: a field without a value"),
        ("@misc{b, title {B}, abstract={We.}}\n", "malformed BibTeX at 'title {B}, abstract={We.}'"),
        ('@misc{b, title="B, abstract={We.}}\n', "malformed BibTeX: a value that is not closed"),
    ],
)
def test_bibtex_faulty_entry_fails_alone(reading: Reading, entry: str, reason: str) -> None:
    found = reading("a.bib", f"@misc{{a, abstract={{One.}}}}\n{entry}@misc{{c, abstract={{Three.}}}}\n")
    assert [type(item) for item in found] == [Paper, ReadError, Paper]
    assert (found[1].line, found[1].reason) == (2, reason)


def test_bibtex_truncated_entry_is_told(reading: Reading) -> None:
    found = reading("a.bib", "@misc{a, abstract={One.}}\n@misc{b,\n abstract={We")
    assert [type(item) for item in found] == [Paper, ReadError]
    assert (found[1].line, found[1].reason) == (2, "truncated: the @misc is not closed")


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (
            r"Erd\H{o}s, Schr{\"o}dinger, Ho\v{s}, na\"ive, fa{\c c}ade, {\'\i}",
            "Erdős, Schrödinger, Hoš, naïve, façade, í",
        ),
        (r"Stra\ss e, {\O}sterg{\aa}rd, \L{}ukasz", "Straße, Østergård, Łukasz"),
        (r"R\&D, 5\%, a\_b, \#1, \$5, \{x\}", "R&D, 5%, a_b, #1, $5, {x}"),
        (r"{BERT} with \emph{much} \textbf{bold {text}}", "BERT with much bold text"),
        (r"$\alpha_{i}$ and $\mathcal{O}(n^{2})$ stay", r"$\alpha_{i}$ and $\mathcal{O}(n^{2})$ stay"),
        (r"an \unknown{thing}{of two} stays", r"an \unknown{thing}{of two} stays"),
        (r"Fig.~3 and by ~5% at \url{https://x.org/~me}", "Fig. 3 and by ~5% at https://x.org/~me"),
        (r"10\,000 lines\\of text", "10 000 lines of text"),
        (r"43.4% rightarrow 46.3% -- ``quoted''", "43.4% rightarrow 46.3% -- ``quoted''"),
        (r"an unbalanced } brace", "an unbalanced } brace"),
    ],
)
def test_latex_is_decoded_sensibly(latex: str, text: str) -> None:
    assert decoded(latex) == text
