"""OpenDocument texts, sheets and slides, and documents embedded in them.

Follows ODF 1.3 part 3: paragraphs (§5.1), tracked changes (§5.5), notes (§6.3), annotations (§14), tables with repeated
rows and cells (§9.1), presentation notes, headers and footers in styles.xml (§16.10), meta.xml; part 2 §3.4 (encryption
is declared in the manifest). A repeated cell is written out only as far as it keeps other cells in their columns.
"""

from __future__ import annotations

import posixpath
import re
from functools import partial

from mailguard.extract.files.markup import OnEnd, OnStart, attribute, walk_markup
from mailguard.extract.files.odf_content import ContentReader
from mailguard.extract.files.office_parts import LITTLE_TEXT
from mailguard.extract.files.package import Package
from mailguard.extract.files.pictures import is_metafile, is_no_picture, text_of_metafile
from mailguard.extract.picture_size import may_show_a_list
from mailguard.extract.walk import File, Walk
from mailguard.model.contents import Obstacle, Piece, Sign

_STORIES = re.compile(r"(.*/)?(content|styles)\.xml", re.IGNORECASE)
_PARTS = re.compile(
    r"(mimetype|(.*/)?(meta|settings|content|styles|manifest|documentsignatures|layout-cache)(\.xml|\.rdf)?"
    r"|(META-INF|Configurations2|Thumbnails|ObjectReplacements|Basic|Scripts|Dialogs|Pictures|Fonts|VersionList"
    r"|database)/.*|.*\.(xml|rdf|png|jpe?g|gif|bmp|svg|svm|emf|wmf|ttf|otf))",
    re.IGNORECASE,
)
_PICTURES = re.compile(r"\.(png|jpe?g|gif|bmp|svg|svm|emf|wmf|ttf|otf)$", re.IGNORECASE)
_PROPERTIES = ("title", "subject", "description", "keyword", "initial-creator", "creator", "user-defined", "printed-by")


def read(file: File, walk: Walk) -> None:
    """Give all text of the document to the walk."""
    package = Package(file, walk)
    if _is_encrypted(package):
        walk.cannot(file.where, Obstacle.ENCRYPTED)
        return
    has_text = False
    before = walk.characters
    # Styles after contents: the headers follow the body.
    stories = [entry for entry in package.entries if _STORIES.fullmatch(entry.name)]
    for entry in sorted(stories, key=lambda entry: (entry.name.count("/"), entry.name.lower())):
        section = "" if entry.name.lower().endswith("content.xml") else "header"
        reader = ContentReader(walk, file.where, section)
        if not walk_markup(package.chunks(entry), reader.starts, reader.ends, reader.characters):
            package.damage()
        reader.close()
        has_text = has_text or reader.has_text
    characters = walk.characters - before
    _read_properties(package, walk)
    if any(entry.name.lower().startswith(("basic/", "scripts/")) for entry in package.entries):
        walk.raise_sign(Sign.MACROS)
    for entry in package.entries:
        is_part = _PARTS.fullmatch(entry.name) is not None
        if is_part and _PICTURES.search(entry.name):
            head = next(package.chunks(entry), b"")
            if is_metafile(head):
                walk.add(Piece(file.where, text_of_metafile(package.octets(entry)), section="picture"))
            elif is_no_picture(entry.name, head):
                is_part = False
        if not is_part:
            octets = package.octets(entry)
            if octets:
                name = posixpath.basename(entry.name)
                walk.file(name, octets, f"{file.where}!{name}", file.depth + 1)
    pictures = [entry for entry in package.entries if entry.name.lower().startswith("pictures/")]
    if (pictures and not has_text) or (
        characters < LITTLE_TEXT and any(may_show_a_list(package.octets(entry)) for entry in pictures)
    ):
        walk.cannot(file.where, Obstacle.PICTURE)


def _is_encrypted(package: Package) -> bool:
    found = False

    def on_encryption(attributes: dict[str, str]) -> None:
        nonlocal found
        found = True

    for entry in package.named(r"META-INF/manifest\.xml"):
        walk_markup(package.chunks(entry), {"encryption-data": on_encryption}, {})
    return found or bool(package.named("encrypted-package"))


def _read_properties(package: Package, walk: Walk) -> None:
    lines: list[str] = []
    words: list[str] = []
    name = ""

    def on_property(attributes: dict[str, str]) -> None:
        nonlocal name
        name = attribute(attributes, "name") or ""
        words.clear()

    def off_property(local: str) -> None:
        text = "".join(words).strip()
        words.clear()
        if text:
            lines.append(f"{name or local}: {text}")

    starts: dict[str, OnStart] = dict.fromkeys(_PROPERTIES, on_property)
    ends: dict[str, OnEnd] = {local: partial(off_property, local) for local in _PROPERTIES}
    for entry in package.named(r"meta\.xml"):
        if not walk_markup(package.chunks(entry), starts, ends, words.append):
            package.damage()
    walk.add(Piece(package.file.where, "\n".join(lines), section="properties"))
