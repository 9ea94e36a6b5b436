"""A path in, a ladybug database with our tables out: statements, transactions, checkpoints, one writer at a time."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import ladybug

from kg.errors import StoreError
from kg.schema import SCHEMA_VERSION, statements
from kg.share import shared
from kg.store import Row, Value
from kg.store.embedded.plain import plain

MEMORY = ":memory:"
BUFFER_BYTES = 1 << 30  # ladybug's own default is 80 % of the machine's memory

# A checkpoint writes every touched table anew, so its cost goes with the size of the graph. Done whenever the log has
# grown as big as the file, all of them together cost no more than writing the graph twice; the log is kept in memory
# and read when the store is opened, hence the upper bound.
LOG_BYTES = (64 << 20, 512 << 20)

# A process's locks on a file are one lock, so the database can't see a second writer in the same process.
_WRITING: set[Path] = set()

_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`|//[^\n]*|/\*.*?\*/", re.DOTALL)
_READS = re.compile(r"\s*(?:MATCH|OPTIONAL|UNWIND|WITH|RETURN|CALL|EXPLAIN|PROFILE)\b", re.IGNORECASE)
_FILES = re.compile(r"\b(?:LOAD\s+(?:WITH|FROM)|COPY)\b", re.IGNORECASE)


class Database:
    """An open database. A path that holds nothing is made one, unless `read_only`; ':memory:' names no file."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.url = url
        self._path = None if url == MEMORY else Path(url).resolve()
        self._read_only = read_only
        self._written = False
        self._check_path()
        try:
            self._database = ladybug.Database(
                url, buffer_pool_size=BUFFER_BYTES, read_only=read_only, auto_checkpoint=False
            )
            self._connection = ladybug.Connection(self._database)
        except (RuntimeError, ValueError) as error:
            raise StoreError(url, _reason(error)) from error
        if self._path and not read_only:
            _WRITING.add(self._path)
        try:
            self._check_schema()
        except BaseException:
            self.close()
            raise

    def _check_path(self) -> None:
        if self._path is None:
            return
        if self._path.is_dir():
            raise StoreError(self.url, "this is a folder; a store is a file")
        if self._read_only and not self._path.is_file():
            raise StoreError(self.url, "there is no store here yet; `kg build` makes one")
        if not self._path.parent.is_dir():
            raise StoreError(self.url, f"the folder {self._path.parent} does not exist")
        if self._path in _WRITING and not self._read_only:
            raise StoreError(self.url, "this process has it open for writing already")

    def _check_schema(self) -> None:
        tables = {row["name"] for row in self.run("CALL show_tables() RETURN name", {})}
        if not tables and not self._read_only:
            self._make_schema()
            return
        if "Meta" not in tables:
            raise StoreError(self.url, "this database holds no graph of papers")
        found = [row["version"] for row in self.run("MATCH (m:Meta) RETURN m.schema_version AS version", {})]
        if found != [SCHEMA_VERSION]:
            version = found[0] if found else "unknown"
            reason = f"made with schema version {version}, not {SCHEMA_VERSION}; build it anew"
            raise StoreError(self.url, reason)

    def _make_schema(self) -> None:
        text = (shared("schema") / "embedded.cypher").read_text(encoding="utf-8")
        with self.transaction():
            for statement in statements(text):
                self.run(statement, {})
            self.run("CREATE (:Meta {id: 'kg', schema_version: $version})", {"version": SCHEMA_VERSION})

    def run(self, text: str, parameters: Mapping[str, Any]) -> list[Row]:
        """The rows of one statement, in the transaction that is open or one of its own."""
        try:
            result: Any = self._connection.execute(text, dict(parameters))
            names = result.get_column_names()
            return [dict(zip(names, values, strict=True)) for values in result.get_all()]
        except RuntimeError as error:
            raise StoreError(self.url, _reason(error)) from error
        except (ValueError, TypeError) as error:
            raise StoreError(self.url, f"a value can't be passed to the database: {error}") from error

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[None]:
        """What runs inside is done whole or not at all."""
        if self._read_only and not read_only:
            raise StoreError(self.url, "it is open for reading only")
        self.run("BEGIN TRANSACTION READ ONLY" if read_only else "BEGIN TRANSACTION", {})
        try:
            yield
        except BaseException:
            # A statement that fails has ended the transaction itself.
            with suppress(StoreError):
                self.run("ROLLBACK", {})
            raise
        self.run("COMMIT", {})
        self._written = self._written or not read_only
        if not read_only and self._log_is_long():
            self.run("CHECKPOINT", {})

    def _log_is_long(self) -> bool:
        if self._path is None:
            return False
        log = self._path.with_name(self._path.name + ".wal")
        least, most = LOG_BYTES
        return log.is_file() and log.stat().st_size > min(max(least, self._path.stat().st_size), most)

    def ask(self, text: str, parameters: Mapping[str, Value | list[Value]]) -> list[Row]:
        """The rows of a statement that only reads the graph; one that writes, or touches files, is refused."""
        code = _QUOTED.sub(" ", text).strip().rstrip(";")
        if ";" in code:
            raise StoreError(self.url, "one statement at a time")
        if not _READS.match(code) or _FILES.search(code):
            raise StoreError(self.url, "a query reads the graph: it begins with MATCH, UNWIND, WITH, RETURN or CALL")
        with self.transaction(read_only=True):
            rows = self.run(text, parameters)
        return [{name: plain(value) for name, value in row.items()} for row in rows]

    def close(self) -> None:
        """Put the log into the file, unless a reader holds it, and let go."""
        if self._written and not self._connection.is_closed:
            with suppress(StoreError):
                self.run("CHECKPOINT", {})
        self._connection.close()
        self._database.close()
        if self._path and not self._read_only:
            _WRITING.discard(self._path)


def _reason(error: Exception) -> str:
    text = str(error)
    if "Could not set lock" in text:
        holder = re.search(r"PID (\d+)", text)
        return f"another process{f' ({holder[1]})' if holder else ''} is writing to it"
    if "not a valid" in text or "past the end of the file" in text:
        return "this file is no database of the embedded store"
    if "Cannot read" in text or isinstance(error, ValueError):
        return f"this file is damaged: {text}"
    return re.sub(r"^(?:\w+ exception: )+", "", text).strip()
