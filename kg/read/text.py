"""Plain text in the layouts that people keep abstracts in -> records {title, abstract}; recognised by content.

labelled   `Abstract:` before each abstract, one a line (and `Title:` lines before, where there are any)
pages      title and abstract in turn, a line each, blank lines or none between; page furniture is left out
text       one abstract, with or without a title on top
"""

import re
from collections.abc import Iterator
from pathlib import PurePath

from kg.errors import EmptyRecord, ReadError
from kg.read.clean import ABSTRACT_LIMIT
from kg.read.format import Format, Item, Source

_LABEL = re.compile(r"\s*(abstract|title)\s*:\s*", re.IGNORECASE)
_FURNITURE = re.compile(
    r"(?:new|subscribe|daily papers|papers|trending papers|get trending papers in your email inbox(?: once a day)?!?"
    r"|by\s?AK and the research community"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.? \d{1,2}(?:, \d{4})?)",
    re.IGNORECASE,
)
_GLUED = re.compile(r"Subscribe(?=[^\sa-z])")  # the button's word before the first title
_SECTION = re.compile(
    r"(?:abstract|background|introduction|motivation|problem|objectives?|aims?|purpose|context|methods?|methodology"
    r"|materials and methods|approach|results?|findings|discussion|conclusions?|limitations|summary|keywords)\W*",
    re.IGNORECASE,
)
_SENTENCE_END = (".", "!", "?", ".)", '."', ".'")
_TEXT_SUFFIX = re.compile(r"(?:\.(?:txt|text|\d+(?:v\d+)?))?")  # 2301.00001v2 has none
_SURE = ("Get trending papers", "Subscribe")
_TITLE_LIMIT = 300
_TEXT_LIMIT = 10_000  # bytes up to which a text is taken for one abstract without being told so
_SAMPLE = 2**16  # bytes by which a layout is recognised


def labelled(source: Source) -> Iterator[Item]:
    """A record for each `Abstract:` line; a line without a label is none."""
    title: str | None = None
    for item in source.decoded():
        if isinstance(item, ReadError):
            yield item
            continue
        number, line = item
        label = _LABEL.match(line)
        if label is None:
            yield source.error(number, "a line that begins neither with 'Abstract:' nor with 'Title:'")
        elif label[1].lower() == "title":
            title = line[label.end() :]
        else:
            yield number, {"title": title, "abstract": line[label.end() :]}
            title = None


def pages(source: Source) -> Iterator[Item]:
    """A record for each abstract, with the title above it; a title without an abstract is an empty record."""
    title: tuple[int, str] | None = None
    for item in source.decoded():
        if isinstance(item, ReadError):
            yield item
            continue
        number, line = item[0], _GLUED.sub("", item[1].strip(), count=1)
        if _FURNITURE.fullmatch(line):
            continue
        if is_abstract(line) or (title and line.endswith(".")):
            yield (title[0] if title else number), {"title": title[1] if title else None, "abstract": line}
            title = None
            continue
        if title:
            yield EmptyRecord(source.path, title[0], f"a title without an abstract: {title[1][:60]!r}")
        title = number, line
    if title:
        yield EmptyRecord(source.path, title[0], f"a title without an abstract: {title[1][:60]!r}")


def text(source: Source) -> Iterator[Item]:
    """The one abstract that the source is."""
    content = source.text().read(4 * ABSTRACT_LIMIT + 1)
    if len(content) > 4 * ABSTRACT_LIMIT:
        yield source.error(
            0, f"more than {4 * ABSTRACT_LIMIT:,} bytes: no single abstract; name the format with --format"
        )
        return
    try:
        title, abstract = parted(content.decode())
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        yield source.error(line, f"no valid Unicode: byte 0x{content[error.start]:02x}")
        return
    yield 1, {"title": title, "abstract": abstract}


def parted(content: str) -> tuple[str | None, str]:
    """(title, abstract) of a text that is one paper.

    A title is what a `Title:` label names, a first paragraph that is no sentence, or a first line that is none and
    ends well before the lines below it are folded.
    """
    lines = content.strip().splitlines()
    label = _LABEL.match(lines[0]) if lines else None
    if label and label[1].lower() == "title":
        body = "\n".join(lines[1:])
        return lines[0][label.end() :], _without_heading(body)
    if label:
        return None, _without_heading("\n".join(lines))
    end = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    head, body = " ".join(line.strip() for line in lines[:end]), "\n".join(lines[end:])
    if body.strip() and _is_title(head):
        return head, _without_heading(body)
    rest = lines[1:end]
    width = max((len(line) for line in rest), default=0)
    if rest and _is_title(lines[0]) and len(lines[0]) < 0.8 * width:
        return lines[0], _without_heading("\n".join(lines[1:]))
    return None, _without_heading("\n".join(lines))


def _without_heading(body: str) -> str:
    return re.sub(r"\A\s*abstract\s*(?:[:.—\n]|[-–]\s)\s*", "", body, flags=re.IGNORECASE)


def _is_title(line: str) -> bool:
    line = line.strip()
    return len(line) <= _TITLE_LIMIT and not line.endswith((".", ":", ",", ";")) and not _SECTION.fullmatch(line)


def is_abstract(line: str) -> bool:
    """Whether a line of a page is an abstract rather than a title: long, or sentences to their end."""
    return len(line) > _TITLE_LIMIT or (len(line.split()) >= 25 and line.rstrip().endswith(_SENTENCE_END))


def _sample(head: bytes) -> list[str]:
    """The lines of the beginning that are not blank; the last is whole."""
    sample = head[:_SAMPLE]
    whole = sample if len(head) <= _SAMPLE else sample.rpartition(b"\n")[0] or sample
    return [line.strip() for line in whole.decode(errors="replace").splitlines() if line.strip()]


def _is_labelled(head: bytes, name: str) -> bool:
    lines = _sample(head)
    labels = sum(_LABEL.match(line) is not None for line in lines)
    return (
        bool(lines)
        and _LABEL.match(lines[0]) is not None
        and 2 * labels > len(lines)
        and (labels > 2 or labels == len(lines))
    )


def _is_pages(head: bytes, name: str) -> bool:
    lines = _sample(head)
    if any(line.startswith(_SURE) for line in lines[:10]):
        return True
    kinds = [is_abstract(line) for line in lines]
    in_turn = all(kind == bool(number % 2) for number, kind in enumerate(kinds[: len(kinds) // 2 * 2]))
    if in_turn and len(kinds) >= 4:
        return not any(map(_SECTION.fullmatch, lines))
    return len(kinds) >= 3 and all(kinds) and sum(map(len, lines)) > _TEXT_LIMIT


def _is_text(head: bytes, name: str) -> bool:
    return _TEXT_SUFFIX.fullmatch(PurePath(name).suffix.lower()) is not None and len(head) <= _TEXT_LIMIT


LABELLED = Format(
    name="labelled",
    description="text with `Abstract:` before each abstract, one a line; `Title:` lines where there are any",
    example_file="labelled.txt",
    read=labelled,
    matches=_is_labelled,
)
PAGES = Format(
    name="pages",
    description="text copied from a page of papers: title and abstract in turn, a line each; furniture is left out",
    example_file="pages.txt",
    read=pages,
    matches=_is_pages,
)
TEXT = Format(
    name="text",
    description="a text file of one abstract, with or without its title on top: a folder of them is a folder of papers",
    example_file="text.txt",
    read=text,
    matches=_is_text,
)
