"""Texts in any order in, the same texts sorted and each once out, in little memory: runs on disk, then merged."""

import heapq
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import groupby
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Self

RUN = 200_000  # texts that are sorted in memory at a time


class Spill:
    """Takes single lines by `add`; `sorted` gives them back. A context: its files go when it is left."""

    def __init__(self, *, run: int = RUN) -> None:
        self._run, self._seen = run, set[str]()
        self._files: list[IO[str]] = []
        self._stack = ExitStack()

    def add(self, text: str) -> None:
        """Take a text that holds no line break."""
        self._seen.add(text)
        if len(self._seen) >= self._run:
            self._write()

    def sorted(self) -> Iterator[str]:
        """All texts taken so far, in code point order."""
        runs: list[Iterator[str]] = [iter(sorted(self._seen))]
        for file in self._files:
            file.seek(0)
            runs.append(line[:-1] for line in file)
        return (text for text, _ in groupby(heapq.merge(*runs)))

    def _write(self) -> None:
        file = self._stack.enter_context(TemporaryFile("w+", encoding="utf-8", newline="\n"))  # noqa: SIM115
        file.writelines(f"{text}\n" for text in sorted(self._seen))
        self._files.append(file)
        self._seen.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
