"""Names of files as text: people write whom a file is about into its name."""

from __future__ import annotations

from mailguard.extract.walk import Walk
from mailguard.model.contents import Piece

SECTION = "file name"
NAME_MAX = 1024
"""Characters of a name that are read; systems allow 255."""


def add_name(name: str, where: str, walk: Walk) -> None:
    """The name of the file at ``where`` as a piece of its own. "" is none."""
    walk.add(Piece(where, name[:NAME_MAX], section=SECTION))


def inner(where: str, name: str) -> str:
    """The place of a file inside of another one."""
    return f"{where}!{name or UNNAMED}"


UNNAMED = "noname"
"""What a file without a name is called; programs that have to show one say the same."""
