"""Everything that can go wrong, as one tree; each error carries the data that its message is made of.

KGError
├── ReadError(path, line, reason)        a record of a source can't be read
│   └── EmptyRecord                      it can be read, and holds no abstract
├── FormatError(path, reason)            no reader takes this source
├── ExtractError(paper, reason)          a paper's extraction failed
├── StoreError(url, reason)              a store can't be opened, read or written
├── QueryError(name, reason)             an unknown question, or one asked wrongly
│   └── UnknownName(kind, name, nearest) a parameter names nothing in the graph
└── SettingsError(reason)                a setting that makes no sense
"""


class KGError(Exception):
    """The root: whatever kg raises on purpose is one of these."""


class ReadError(KGError):
    """A record of a source that can't be read; `line` counts from 1 (0: the source as a whole)."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")
        self.path, self.line, self.reason = path, line, reason


class EmptyRecord(ReadError):
    """A record that is sound but holds no abstract."""


class FormatError(KGError):
    """A source that no reader takes."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


class ExtractError(KGError):
    """A paper whose extraction failed; the paper's id and why."""

    def __init__(self, paper: str, reason: str) -> None:
        super().__init__(f"{paper}: {reason}")
        self.paper, self.reason = paper, reason


class StoreError(KGError):
    """A store that can't be opened, read or written."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url, self.reason = url, reason


class QueryError(KGError):
    """A question that is unknown or asked wrongly."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name, self.reason = name, reason


class UnknownName(QueryError):
    """A parameter that names nothing in the graph, with the nearest names that are."""

    def __init__(self, kind: str, name: str, nearest: tuple[str, ...]) -> None:
        hint = f"; did you mean {', '.join(nearest)}?" if nearest else ""
        super().__init__(name, f"no {kind} of that name{hint}")
        self.kind, self.nearest = kind, nearest


class SettingsError(KGError):
    """A setting that makes no sense."""
