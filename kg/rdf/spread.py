"""Batches in, what becomes of them out, in their order, made by this process or by several."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def spread(work: Callable[[list[T]], list[R]], batches: Iterable[list[T]], *, workers: int) -> Iterator[R]:
    """The results of all batches; two batches a process are in flight, so that memory does not grow."""
    left = iter(batches)
    if workers == 1:
        for batch in left:
            yield from work(batch)
        return
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        waiting = deque(pool.submit(work, batch) for batch in islice(left, 2 * workers))
        while waiting:
            yield from waiting.popleft().result()
            waiting.extend(pool.submit(work, batch) for batch in islice(left, 1))
