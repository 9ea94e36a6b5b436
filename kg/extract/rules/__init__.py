"""Papers -> extractions by rules whose weights can be read: no neural network, nothing to download.

Names come from a gazetteer and from weighted features of words (`features`, `chain`, `drafts`), roles from the words
around a name (`roles`), numbers from the number grammar (`outcomes`), their slots from a choice among candidates
(`slots`), relations from how two entities stand together (`links`). Every decision is a sum of named weights out of
`weights/*.tsv`, which `learn` counts on annotated papers.
"""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kg.errors import ExtractError
from kg.types import Extraction, Paper

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


@cache
def version() -> str:
    """Name, package version and the first digits of the hash of all tables: `rules/0.1.0+1a2b3c4d`."""
    here = files(__package__)
    tables = [here / "names.tsv", *sorted((here / "weights").iterdir(), key=lambda file: file.name)]
    digest = hashlib.sha256(b"".join(table.read_bytes() for table in tables if table.name.endswith(".tsv")))
    try:
        release = installed("paper-kg")
    except PackageNotFoundError:
        release = "0"
    return f"rules/{release}+{digest.hexdigest()[:8]}"


class RulesExtractor:
    """The first form: a spaCy pipeline of components of our own on a blank vocabulary."""

    def __init__(self) -> None:
        from kg.extract.pipeline import make  # the pipeline's components import this package

        self.nlp: Language = make()

    @property
    def name(self) -> str:
        """Name and version."""
        return version()

    def pipe(
        self, papers: Iterable[Paper], *, batch_size: int = 32, workers: int = 1
    ) -> Iterator[Extraction | ExtractError]:
        """One extraction, or the error in its place, for every paper, in the order given; streamed."""
        if workers > 1:
            from kg.extract.workers import spread

            yield from spread(papers, model="rules", batch_size=batch_size, workers=workers)
            return
        waiting: deque[Paper] = deque()
        failed: dict[int, ExtractError] = {}

        def fail(_name: str, _component: Any, docs: list["Doc"], error: Exception) -> None:
            for doc in docs:
                failed[id(doc._.kg_paper)] = ExtractError(doc._.kg_paper.id, f"{type(error).__name__}: {error}")

        self.nlp.set_error_handler(fail)  # type: ignore[arg-type]  # spaCy's own handlers may return, too
        for doc in self.nlp.pipe(self._docs(papers, waiting, failed), batch_size=batch_size):
            yield from _failures(waiting, failed, doc._.kg_paper)
            waiting.popleft()
            yield doc._.kg_extraction
        yield from _failures(waiting, failed, None)

    def _docs(self, papers: Iterable[Paper], waiting: deque[Paper], failed: dict[int, ExtractError]) -> Iterator["Doc"]:
        for paper in papers:
            waiting.append(paper)
            if len(paper.text) > self.nlp.max_length:
                failed[id(paper)] = ExtractError(paper.id, f"longer than {self.nlp.max_length} characters")
                continue
            doc = self.nlp.make_doc(paper.text)
            doc._.kg_paper = paper
            yield doc


def _failures(waiting: deque[Paper], failed: dict[int, ExtractError], until: Paper | None) -> Iterator[ExtractError]:
    """The errors of the papers that were to come before `until`."""
    while waiting and waiting[0] is not until:
        paper = waiting.popleft()
        yield failed.get(id(paper)) or ExtractError(paper.id, "the pipeline gave nothing back")
