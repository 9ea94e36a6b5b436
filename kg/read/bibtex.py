"""BibTeX -> records, an entry each: {"key": its citation key, field: its text}.

bibtexparser 1.4 is not used: it holds the whole file in memory, and leaves out an entry with an unclosed brace without
a word. Syntax: "Tame the BeaST" (Markey 2009), sections 2 and 3.
"""

import re
from collections.abc import Iterator

from kg.errors import ReadError
from kg.read.fields import Fields, Record
from kg.read.format import Format, Item, Source
from kg.read.latex import decoded
from kg.read.stream import RECORD_LIMIT

_ENTRY = re.compile(r"@\s*([A-Za-z]+)\s*([{(])")
_KEY = re.compile(r"\s*([^\s,{}()=]*)\s*(?:,|$)")
_NAME = re.compile(r"[\s,]*([^\s={},\"#]+)\s*=\s*")
_PLAIN = re.compile(r"[^\s,#{}\"]+")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_APART = frozenset({"comment", "preamble"})


def records(source: Source) -> Iterator[Item]:
    """The entries of a bibliography; text between entries is comment."""
    macros: dict[str, str] = {}
    for item in _entries(source):
        if isinstance(item, ReadError):
            yield item
            continue
        line, kind, body = item
        if kind in _APART:
            continue
        try:
            if kind == "string":
                macros |= _values(body, 0, macros)
            else:
                yield line, _record(body, macros)
        except ValueError as error:
            yield source.error(line, str(error))


def _entries(source: Source) -> Iterator[tuple[int, str, str] | ReadError]:
    """(line, kind, what stands between its outer braces) of each entry."""
    begun: _Begun | None = None
    for item in source.decoded():
        if isinstance(item, ReadError):
            yield item
            begun = None  # its entry is the one that failed
            continue
        number, line = item
        if begun and line.startswith("@") and _ENTRY.match(line):
            yield source.error(begun.line, f"an unclosed brace in the @{begun.kind}")
            begun = None
        rest = line
        while rest:
            if begun is None:
                if not (opening := _ENTRY.search(rest)):
                    break
                begun = _Begun(number, opening[1].lower(), opening[2])
                rest = rest[opening.end() :]
            body, rest = begun.fed(rest)
            if body is not None:
                yield begun.line, begun.kind, body
                begun = None
            elif begun.size > RECORD_LIMIT:
                yield source.error(begun.line, f"an entry of more than {RECORD_LIMIT // 2**20} MiB")
                begun = None
    if begun:
        yield source.error(begun.line, f"truncated: the @{begun.kind} is not closed")


class _Begun:
    """An entry that has begun and waits for its closing brace."""

    def __init__(self, line: int, kind: str, opening: str) -> None:
        self.line, self.kind, self.size = line, kind, 0
        self._parts: list[str] = []
        self._depth = 0
        self._marks = re.compile(r"[{}]" if opening == "{" else r"[{})]")

    def fed(self, text: str) -> tuple[str | None, str]:
        """(the body, where the entry ends in this text; what follows it)."""
        for mark in self._marks.finditer(text):
            if mark[0] == "{":
                self._depth += 1
            elif self._depth == 0:
                return "\n".join((*self._parts, text[: mark.start()])), text[mark.end() :]
            elif mark[0] == "}":
                self._depth -= 1
        self._parts.append(text)
        self.size += len(text)
        return None, ""


def _record(body: str, macros: dict[str, str]) -> Record:
    key = _KEY.match(body)
    record = _values(body, key.end() if key else 0, macros)
    record = {name: decoded(text) if name not in ("url", "doi") else text for name, text in record.items()}
    if "month" in record and "date" not in record and (month := record["month"][:3].lower()) in _MONTHS:
        record["date"] = f"{record.get('year', '')}-{_MONTHS.index(month) + 1:02}"
    return {"key": key[1] if key else ""} | record


def _values(body: str, position: int, macros: dict[str, str]) -> dict[str, str]:
    """{name in small letters: value} of `name = value, ...`; ValueError where it is something else."""
    values: dict[str, str] = {}
    while found := _NAME.match(body, position):
        text, position = _value(body, found.end(), macros)
        values.setdefault(found[1].lower(), text)
    if rest := body[position:].strip(" \t\r\n,"):
        raise ValueError(f"malformed BibTeX at {rest[:30]!r}")
    return values


def _value(body: str, position: int, macros: dict[str, str]) -> tuple[str, int]:
    """The value that begins at a position, its parts joined, and where it ends."""
    text = ""
    while True:
        mark = body[position : position + 1]
        if mark in ("{", '"') and mark:
            end = _closing(body, position)
            text += body[position + 1 : end]
            position = end + 1
        elif plain := _PLAIN.match(body, position):
            text += macros.get(plain[0].lower(), plain[0])
            position = plain.end()
        else:
            raise ValueError("malformed BibTeX: a field without a value")
        joint = re.compile(r"\s*#\s*").match(body, position)
        if not joint:
            return text, position
        position = joint.end()


def _closing(body: str, position: int) -> int:
    """Where the brace or quote that opens at a position is closed."""
    depth, quoted = 0, body[position] == '"'
    for mark in re.compile(r'[{}"]').finditer(body, position + quoted):
        if mark[0] == '"':
            if quoted and depth == 0:
                return mark.start()
            continue
        depth += 1 if mark[0] == "{" else -1
        if depth == 0 and not quoted:
            return mark.start()
    raise ValueError("malformed BibTeX: a value that is not closed")


def _is_bibliography(head: bytes, name: str) -> bool:
    if name.lower().endswith(".bib"):
        return True
    return re.search(rb"^\s*@\s*[A-Za-z]+\s*\{\s*[^\s,{}=]+\s*,\s*$", head[:20_000], re.MULTILINE) is not None


FORMAT = Format(
    name="bibtex",
    description="BibTeX entries with an abstract; LaTeX is decoded, formulas stay",
    example_file="bibtex.bib",
    read=records,
    matches=_is_bibliography,
    fields=Fields(
        abstract=("abstract",),
        title=("title",),
        id=("key",),
        url=("url",),
        published=("date", "year"),
        identifiers=("eprint", "doi", "url"),
    ),
)
