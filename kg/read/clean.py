"""A text as a source holds it -> the same text fit for a Paper, or a reason why it is none.

A text stays verbatim but for this: the ends are trimmed; a line break, with the blanks around it, becomes one blank
(sources fold long lines, and a newline parts the title from the abstract); a tab becomes a blank; every other control
character, a lone surrogate and a byte order mark are left out. Nothing else changes: no Unicode normalisation, no
case, no quotes; signs of direction, joiners and emoji stay, and so do LaTeX, entities and inline tags.
"""

import re

ABSTRACT_LIMIT = 100_000
"""Characters of the longest abstract; what is longer is a document."""

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ud800-\udfff]")
# A page begins with one of these tags or ends what is one; an abstract may well speak of the tag <table>.
_PAGE = re.compile(
    r"\A<(?:!doctype|html|head|body|div|table|script|style|meta|link|iframe)\b[^<>]*>"
    r"|</(?:html|head|body|div|script|style|iframe)\s*>",
    re.IGNORECASE,
)
_NO_ABSTRACT = re.compile(
    r"\W*(?:n/?a|none|null|nan|(?:there is )?no abstract(?: is)?(?: available)?|abstract (?:is )?not available)\W*",
    re.IGNORECASE,
)


def clean(text: str) -> str:
    """The text as a Paper holds it.

    >>> clean(" We reach\\r\\n  91%\\x00 on\\tSQuAD.\\n")
    'We reach 91% on SQuAD.'
    """
    text = text.strip()
    if text.isprintable():
        return text
    text = " ".join(filter(None, map(str.strip, text.splitlines()))).replace("\t", " ")
    return text if text.isprintable() else _CONTROL.sub("", text).strip()


def is_blank(abstract: str) -> bool:
    """Whether a cleaned abstract says nothing: it holds no letter, or is a phrase that stands for a missing one."""
    if len(abstract) > 50:
        return False
    return not any(map(str.isalpha, abstract)) or _NO_ABSTRACT.fullmatch(abstract) is not None


def fault(raw: str, abstract: str) -> str | None:
    """Why a text is no abstract, or None where it is one; `raw` is the abstract before it was cleaned."""
    if len(abstract) > ABSTRACT_LIMIT:
        return f"{len(abstract):,} characters where an abstract has {ABSTRACT_LIMIT:,} at most: a whole document?"
    if "<" in abstract and (tag := _PAGE.search(abstract)):
        return f"HTML in place of text: {tag[0][:40]}"
    if (len(raw) - len(abstract)) * 20 > len(raw) and (lost := len(_CONTROL.findall(raw))) * 20 > len(raw):
        return f"binary in place of text: {lost} of {len(raw)} characters are control characters"
    return None
