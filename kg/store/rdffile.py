"""`graph.ttl` (or .nt, .nq, .trig, .jsonld, .rdf) -> a store in memory that is read from the file and written back.

The file is written once, on closing, beside its place and then put there: a run that is killed leaves it as it was.
"""

from pathlib import Path

from pyoxigraph import DefaultGraph, Quad, RdfFormat, Store, parse

from kg.errors import StoreError
from kg.rdf.blocks import blocks
from kg.rdf.export import save
from kg.rdf.formats import Names, format_of
from kg.store.oxigraph import OxigraphStore
from kg.store.triples import Change


class RdfFileStore(OxigraphStore):
    """See kg.store.Store. A file that holds other triples, too, is read, but never written: they would be lost."""

    def _opened(self) -> Store:
        self._path, self._format = Path(self.url), format_of(self.url)
        self._changed = False
        store = Store()
        if self._path.exists():
            store.bulk_extend(_quads(self._path, self._format.rdf))
        elif self._read_only:
            raise StoreError(self.url, "there is no such file")
        self._foreign: int | None = None
        return store

    def _transact(self, change: Change) -> None:
        if self._foreign is None:
            self._foreign = len(self._store) - self._own()
        if self._foreign:
            raise StoreError(
                self.url, f"{self._foreign} of its triples are no part of this graph, and writing would lose them"
            )
        super()._transact(change)
        self._changed = True

    def _own(self) -> int:
        """How many triples writing the file anew would give."""
        return sum(len(block.lines) for block in blocks(self, self.base, graphs=False))

    def close(self) -> None:
        """See Store. Writes the file where the graph changed."""
        if self._changed:
            save(self._path, self._format, blocks(self, self.base, graphs=self._format.graphs), Names.of(self.base))
            self._changed = False
        super().close()


def _quads(path: Path, format: RdfFormat) -> list[Quad]:
    """The file's triples, whatever graph they are in; an empty file has none."""
    if not path.stat().st_size:
        return []
    return [Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in parse(path=path, format=format)]
