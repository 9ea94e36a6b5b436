"""A store in, a file of RDF out: written as a stream beside its place and put there when it is whole."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

from kg.errors import SettingsError
from kg.rdf.blocks import Block, blocks
from kg.rdf.formats import Format, Names, format_of
from kg.rdf.profiles import profile_prefixes, profiled
from kg.rdf.terms import BASE
from kg.store import Store

_BASE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`#?]+")


def export(
    store: Store, path: str | Path, *, format: str | None = None, base: str = BASE, profile: str | None = None
) -> None:
    """Write what the store holds to a file; sorted, so that the same graph always gives the same bytes.

    `format` is a name of kg.rdf.formats.FORMATS, by default the one that the path's ending names; `base` begins the
    IRI of every node; with a `profile` (kg.rdf.profiles.PROFILES) the facts take the shape of another project. Raises
    FormatError for a format or a profile that is not known, SettingsError for a base that begins no IRI.
    """
    chosen, base = format_of(str(path), format), _sound(base)
    if profile is None:
        save(Path(path), chosen, blocks(store, base, graphs=chosen.graphs), Names.of(base))
    else:
        found = profiled(store, base, profile, graphs=chosen.graphs)
        save(Path(path), chosen, found, Names.of(base, profile_prefixes(profile, base)))


def _sound(base: str) -> str:
    """The base, ending with the slash that ids are appended to."""
    if not _BASE.fullmatch(base):
        raise SettingsError(f"{base} is no base for IRIs; it looks like https://example.org/kg/")
    return base if base.endswith("/") else f"{base}/"


def save(path: Path, format: Format, blocks: Iterable[Block], names: Names) -> None:
    """Write blocks to a file that is there whole or, after a crash, as it was."""
    with NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False) as out:
        try:
            format.write(blocks, out, names)
            out.flush()
            os.fsync(out.fileno())
        except BaseException:
            Path(out.name).unlink()
            raise
    Path(out.name).chmod(0o666 & ~_umask())
    Path(out.name).replace(path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
