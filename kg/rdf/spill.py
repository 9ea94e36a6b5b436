"""Texts in any order in, the same texts sorted and each once out, in little memory: runs on disk, then merged."""

import heapq
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import groupby
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Self

RUN = 16_000_000  # characters that are sorted in memory at a time
FILES = 128  # that are open at a time: systems allow few


class Spill:
    """Takes single lines by `add`; `sorted` gives them back. A context: its files go when it is left."""

    def __init__(self, *, run: int = RUN, files: int = FILES) -> None:
        self._run, self._most = run, files
        self._seen, self._size = set[str](), 0
        self._files: list[IO[str]] = []
        self._stack = ExitStack()

    def add(self, text: str) -> None:
        """Take a text that holds no line break."""
        self._seen.add(text)
        self._size += len(text)
        if self._size >= self._run:
            self._write()

    def sorted(self) -> Iterator[str]:
        """All texts taken so far, in code point order; one such iterator at a time."""
        runs: list[Iterator[str]] = [iter(sorted(self._seen))]
        for file in self._files:
            file.seek(0)
            runs.append(line[:-1] for line in file)
        return (text for text, _ in groupby(heapq.merge(*runs)))

    def _write(self) -> None:
        """Empty the memory into a file; of too many files, make one."""
        together = len(self._files) >= self._most
        file = self._stack.enter_context(TemporaryFile("w+", encoding="utf-8", newline="\n"))  # noqa: SIM115
        file.writelines(f"{text}\n" for text in (self.sorted() if together else sorted(self._seen)))
        for merged in self._files if together else ():
            merged.close()
        self._files = [file] if together else [*self._files, file]
        self._seen.clear()
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
