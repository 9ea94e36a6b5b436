"""The first bytes of a source -> why it can be none of papers, where that is plain to see."""

import re

_BINARY = {
    b"%PDF": "a PDF document, and abstracts are wanted",
    b"PK\x03\x04": "a zip archive (or an office document): unpack it first",
    b"BZh": "compressed with bzip2: unpack it first",
    b"\xfd7zXZ": "compressed with xz: unpack it first",
    b"7z\xbc\xaf": "a 7z archive: unpack it first",
    b"SQLite format 3": "an SQLite database",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
}
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html\b|<head\b|<body\b)", re.IGNORECASE | re.DOTALL
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SAMPLE = 4096


def reason_against(head: bytes) -> str | None:
    """The reason, or None where there may be papers in it."""
    for magic, what in _BINARY.items():
        if head.startswith(magic):
            return what
    if _HTML.match(head[:_SAMPLE]):
        return "an HTML page, and abstracts are wanted"
    if head.startswith(b"PAR1"):
        return None
    controls = len(_CONTROL.findall(head[:_SAMPLE]))
    return "binary data, no text" if controls > max(50, len(head[:_SAMPLE]) // 20) else None
