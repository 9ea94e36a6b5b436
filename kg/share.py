"""The name of a folder of `schema` or `queries` -> where its files are: in the wheel, or beside `kg/` in a checkout."""

from pathlib import Path

from kg.errors import SettingsError


def shared(folder: str) -> Path:
    """The folder `schema` or `queries`."""
    package = Path(__file__).parent
    for place in (package / "_share" / folder, package.parent / folder):
        if place.is_dir():
            return place
    raise SettingsError(f"this installation lacks its folder {folder}")
