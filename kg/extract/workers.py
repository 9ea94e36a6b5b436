"""Papers and the name of a model -> its extractions by several processes, streamed, in the order of the papers."""

import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

from kg.errors import ExtractError
from kg.extract import Extractor, load
from kg.types import Extraction, Paper

# An error crosses processes as its data: exceptions with several arguments can't be unpickled.
_Failure = tuple[str, str]
_extractor: Extractor | None = None


def spread(
    papers: Iterable[Paper], *, model: str, batch_size: int, workers: int
) -> Iterator[Extraction | ExtractError]:
    """What `load(model).pipe(papers)` gives, computed by `workers` processes; two batches each are in flight."""
    stream = iter(papers)
    waiting: deque[Future[list[Extraction | _Failure]]] = deque()
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_prepare, initargs=(model,)) as pool:
        try:
            while True:
                while len(waiting) < 2 * workers and (batch := list(islice(stream, batch_size))):
                    waiting.append(pool.submit(_extract, batch))
                if not waiting:
                    return
                for item in waiting.popleft().result():
                    yield ExtractError(*item) if isinstance(item, tuple) else item
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _prepare(model: str) -> None:
    global _extractor
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _extractor = load(model)


def _extract(batch: list[Paper]) -> list[Extraction | _Failure]:
    assert _extractor is not None
    return [
        (item.paper, item.reason) if isinstance(item, ExtractError) else item
        for item in _extractor.pipe(batch, batch_size=len(batch))
    ]
