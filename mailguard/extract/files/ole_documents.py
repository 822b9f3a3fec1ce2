"""Documents in OLE compound files: Word and PowerPoint up to 2003, Ichitaro, and objects embedded in other documents.

The structured text first, then as a piece of its own every readable line that it did not bring. Old Word and PowerPoint
files with a password are encrypted; their names and sizes say nothing. Excel's go to ``spreadsheet_binary``.
Ichitaro's .jtd has no public description: its ``DocumentText`` is UTF-16BE with control codes; where that gives nothing
readable, the file is unknown.
"""

from __future__ import annotations

import posixpath
import re

from mailguard.extract.files.compound import Compound
from mailguard.extract.files.harvest import is_plausible, unseen_lines
from mailguard.extract.files.powerpoint_binary import read_slides
from mailguard.extract.files.spreadsheet_binary import read_workbook_file
from mailguard.extract.files.word_binary import read_word
from mailguard.extract.walk import File, Walk
from mailguard.model.contents import Obstacle, Piece, Sign

_JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_RUN = re.compile(
    "[\\x20-\\x7e\u2010-\u2026\u203b\u3000-\u30ff\u4e00-\u9fff\uff01-\uff9f\u2460-\u24ff\u3220-\u33ff\\n\\r\\t]{2,}"
)


def read(file: File, walk: Walk) -> None:
    """Give all text of the document to the walk."""
    with Compound(file, walk) as compound:
        if any(posixpath.basename(name).lower() in ("vba", "_vba_project", "dir") for name in compound.names):
            walk.raise_sign(Sign.MACROS)
        if compound.find("EncryptedPackage"):
            walk.cannot(file.where, Obstacle.ENCRYPTED)
            return
        main = compound.find("WordDocument")
        slides = compound.find("PowerPoint Document")
        if main is not None:
            _read_word(compound, main, walk)
        elif slides is not None:
            _read_slides(compound, slides, walk)
        elif compound.find("Workbook") or compound.find("Book"):
            read_workbook_file(compound, walk)
        elif compound.find("DocumentText"):
            _read_ichitaro(compound, walk)
        elif not compound.hand_on_objects():
            walk.cannot(file.where, Obstacle.UNKNOWN)


def _read_word(compound: Compound, main: str, walk: Walk) -> None:
    folder = posixpath.dirname(main)
    octets = compound.octets(main)
    tables = {name: compound.octets(posixpath.join(folder, name)) for name in ("0Table", "1Table")
              if posixpath.join(folder, name) in compound.names}  # fmt: skip
    text = read_word(octets, tables, compound.file.where, walk)
    if text is None:
        walk.cannot(compound.file.where, Obstacle.ENCRYPTED)
        return
    _finish(compound, [octets, *tables.values()], text, walk)


def _read_slides(compound: Compound, slides: str, walk: Walk) -> None:
    user = compound.find("Current User")
    octets = compound.octets(slides)
    text = read_slides(octets, compound.octets(user) if user else b"", compound.file.where, walk)
    if text is None:
        walk.cannot(compound.file.where, Obstacle.ENCRYPTED)
        return
    _finish(compound, [octets], text, walk)


def _finish(compound: Compound, streams: list[bytes], text: str, walk: Walk) -> None:
    """Lines not yet seen, properties, objects."""
    embedded = [
        compound.octets(name)
        for name in compound.names
        if "/" in name
        and posixpath.basename(name).lower() in ("worddocument", "workbook", "book", "powerpoint document")
    ]
    lines = unseen_lines(streams + embedded, text)
    walk.add(Piece(compound.file.where, lines, section="other text"))
    compound.read_properties()
    compound.hand_on_objects()
    if not text.strip() and not lines:
        walk.cannot(compound.file.where, Obstacle.PICTURE)


def _read_ichitaro(compound: Compound, walk: Walk) -> None:
    name = compound.find("DocumentText")
    octets = compound.octets(name) if name else b""
    wide = octets[: len(octets) - len(octets) % 2].decode("utf-16-be", "replace").rstrip("\0")
    text = "\n".join(run.strip() for run in _RUN.findall(wide) if is_plausible("".join(run.split())))
    letters = len(_JAPANESE.findall(text))
    if letters < 4 or len(text) * 4 < len(wide):
        walk.cannot(compound.file.where, Obstacle.UNKNOWN)
        return
    walk.add(Piece(compound.file.where, text))
    compound.read_properties()
