"""Two papers of one id, found in different places -> one."""

from kg.types import Paper


def merge(a: Paper, b: Paper) -> Paper:
    """The paper that both are; ValueError where their ids differ.

    Each part is chosen by itself, by a total order of what it can be, so that the order of merging never counts: the
    longest title and abstract, the most exact date and of those the earliest, the shortest address and record id, and
    of equals the first in the alphabet. A part that only one has is that one's; the sources are united.
    """
    if a.id != b.id:
        raise ValueError(f"{a.id} and {b.id} are different papers")
    return Paper(
        id=a.id,
        title=_longest(a.title, b.title),
        abstract=_longest(a.abstract, b.abstract) or a.abstract,
        url=_shortest(a.url, b.url),
        published=_longest(a.published, b.published),
        sources=tuple(sorted({*a.sources, *b.sources})),
        record_id=_shortest(a.record_id, b.record_id),
    )


def _longest(*texts: str | None) -> str | None:
    return min((text for text in texts if text is not None), key=lambda text: (-len(text), text), default=None)


def _shortest(*texts: str | None) -> str | None:
    return min((text for text in texts if text is not None), key=lambda text: (len(text), text), default=None)
