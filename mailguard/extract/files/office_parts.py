"""What docx, xlsx and pptx have in common: properties, links, charts, diagrams, shapes, bound data, embedded files.

Follows ECMA-376 part 1 (§11-15 names of parts, §20 DrawingML, §21.2 charts, §21.4 diagrams) and part 2 (§11 core
properties). Pictures, fonts, themes and layouts are not read; macros raise a sign and are not read.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from functools import partial
from urllib.parse import unquote

from mailguard.extract.files.markup import OnEnd, OnStart, attribute, walk_markup
from mailguard.extract.files.package import Entry, Package
from mailguard.extract.files.pictures import is_metafile, is_no_picture, text_of_metafile
from mailguard.extract.files.story import Story
from mailguard.extract.page_strings import words_of_query
from mailguard.extract.picture_size import FEW_OCTETS, may_show_a_list
from mailguard.extract.walk import Walk, table_text
from mailguard.model.contents import Form, Obstacle, Piece, Sign

_PICTURE = re.compile(r"\.(png|jpe?g|gif|bmp|tiff?|emf|wmf|svg|wdp|webp|heic)$", re.IGNORECASE)
_NOT_FILES = re.compile(
    r"\.(xml|rels|vml|odttf|fntdata|ttf|png|jpe?g|gif|bmp|tiff?|emf|wmf|svg|wdp|webp|heic|wav|mp3|mp4|m4a|m4v|mov|wmv"
    r"|avi)$|(^|/)(vbaProject\.bin|vbaProjectSignature[^/]*|printerSettings[^/]*|activeX[^/]*|ctrlProp[^/]*|mimetype"
    r"|thumbnail[^/]*|[^/]*\.data)$",
    re.IGNORECASE,
)
_WITHOUT_WORDS = re.compile(
    r"\[Content_Types\]\.xml|(.*/)?_rels/.*|(.*/)?(theme|fontTable|styles|stylesWithEffects|webSettings|calcChain|metadata"
    r"|people|person|presProps|viewProps|tableStyles|comments(Extended|Ids|Extensible)|volatileDependencies)\d*\.xml"
    r"|customXml/.*|_xmlsignatures/.*|(.*/)?(theme|persons|printerSettings|ctrlProps|activeX|diagrams|revisions)/.*"
    r"|(.*/)?charts/(style|colors)[^/]*",
    re.IGNORECASE,
)
"""Parts that hold no text of people, or are read elsewhere."""

_TEMPLATES = re.compile(r"ppt/(slideMasters|slideLayouts|notesMasters|handoutMasters)/", re.IGNORECASE)
_TOLD_IN = {"lvlText": "val", "docVar": "val"}
"""Elements that hold words in an attribute: what stands before numbered paragraphs, variables of a document."""

LITTLE_TEXT = 200
"""Characters below which a document says little besides its pictures: a heading, a sender, "see below"."""

_MEDIA = re.compile(rb"""media/([^"'/<>]{1,200})["']""")
_NUMBER_MARK = re.compile(r"%\d")
_TOLD_MIN = 4
_HEAD = 1 << 16
_LINKS_OF_PERSONS = ("mailto:", "tel:")
_POINTS_AT_MOST = 100_000


def read_shared_parts(package: Package, walk: Walk, *, is_binary: bool = False) -> None:
    """Everything beside the stories and sheets. ``is_binary``: the workbook's own parts are .bin and no files."""
    _read_properties(package, walk)
    _read_links(package, walk)
    for entry in package.named(r"(word|xl|ppt)/charts/chart[^/]*\.xml"):
        _read_chart(package, entry, walk)
    drawings = r"((word|xl|ppt)/diagrams/data[^/]*|xl/drawings/drawing[^/]*|(word|xl|ppt)/drawings?/[^/]*)\.xml"
    for entry in package.named(drawings):
        read_shapes(package, entry, walk, "text box")
    for entry in package.named(r"customXml/item\d*\.xml"):
        _read_bound_data(package, entry, walk)
    if package.named(r"(.*/)?vbaProject\.bin"):
        walk.raise_sign(Sign.MACROS)
    _hand_on_files(package, walk, is_binary=is_binary)
    _read_other_parts(package, walk)


def tell_of_pictures(package: Package, walk: Walk, *, characters: int, has_text: bool) -> None:
    """A document whose content is pictures is a picture: without text any, with little text one that may be a list.

    ``characters``: those of its stories or sheets.
    """
    pictures = [entry for entry in package.entries if _PICTURE.search(entry.name) and "/media/" in entry.name]
    if pictures and has_text and characters < LITTLE_TEXT:
        names = _shown_pictures(package)
        pictures = [
            entry
            for entry in pictures
            if (not names or posixpath.basename(entry.name) in names)
            and entry.packed >= FEW_OCTETS // 2
            and may_show_a_list(package.octets(entry))
        ]
    elif has_text:
        pictures = []
    if pictures:
        walk.cannot(package.file.where, Obstacle.PICTURE)


def _shown_pictures(package: Package) -> set[str]:
    """Names of the pictures that something other than a template refers to."""
    found: set[str] = set()
    for entry in package.named(r"(.*/)?_rels/[^/]*\.rels"):
        if not _TEMPLATES.match(entry.name) and "theme" not in entry.name:
            found.update(name.decode("utf-8", "replace") for name in _MEDIA.findall(package.octets(entry)))
    return found


def related(package: Package, part: str) -> dict[str, str]:
    """Target parts by relationship id of this part, names within the package."""
    folder, name = posixpath.split(part)
    targets: dict[str, str] = {}

    def on_relationship(attributes: dict[str, str]) -> None:
        target, key = attributes.get("Target", ""), attributes.get("Id", "")
        if attributes.get("TargetMode") != "External":
            absolute = target if target.startswith("/") else posixpath.join(folder, target)
            targets[key] = posixpath.normpath(absolute).lstrip("/")

    for entry in package.named(re.escape(f"{folder}/_rels/{name}.rels")):
        if not walk_markup(package.chunks(entry), {"Relationship": on_relationship}, {}):
            package.damage()
    return targets


def main_parts(package: Package) -> list[str]:
    """What the package says its first part is."""
    found: list[str] = []

    def on_relationship(attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith("/officeDocument"):
            found.append(posixpath.normpath(attributes.get("Target", "").lstrip("/")))

    for entry in package.named(r"_rels/\.rels"):
        walk_markup(package.chunks(entry), {"Relationship": on_relationship}, {})
    return found


def read_shapes(
    package: Package, entry: Entry, walk: Walk, section: str, *, is_hidden: bool = False, is_slide: bool = False
) -> tuple[bool, bool]:
    """Paragraphs, tables and alt texts of DrawingML. Whether there was text, and whether the slide is hidden."""
    story = Story(walk, package.file.where, section, is_hidden=is_hidden)
    told: list[str] = []
    in_text = 0
    state = {"hidden": False}

    def on_text(attributes: dict[str, str]) -> None:
        nonlocal in_text
        in_text += 1

    def off_text() -> None:
        nonlocal in_text
        in_text -= 1

    def on_characters(characters: str) -> None:
        if in_text:
            story.write(characters)

    def on_cell(attributes: dict[str, str]) -> None:
        # Cells that a wider or higher one covers are there, but empty (§21.1.3.16): no span to add.
        story.begin_cell()

    def on_shape(attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true"):
            walk.raise_sign(Sign.HIDDEN_TEXT)
        told.extend(attributes[key] for key in ("descr", "title") if attributes.get(key))

    def on_slide(attributes: dict[str, str]) -> None:
        state["hidden"] = attributes.get("show") in ("0", "false")
        if state["hidden"]:
            walk.raise_sign(Sign.HIDDEN_TEXT)
            story.hide()

    starts: dict[str, OnStart] = {
        "t": on_text, "text": on_text, "tbl": lambda a: story.begin_table(), "tr": lambda a: story.begin_row(),
        "tc": on_cell, "br": lambda a: story.write("\n"), "cNvPr": on_shape, "docPr": on_shape, "tab": _nothing,
        "sld": on_slide if is_slide else _nothing,
    }  # fmt: skip
    ends: dict[str, OnEnd] = {
        "t": off_text, "text": off_text, "p": story.end_paragraph, "txBody": story.end_paragraph,
        "cm": story.end_paragraph, "tc": story.end_cell, "tr": story.end_row, "tbl": story.end_table,
    }  # fmt: skip
    if not walk_markup(package.chunks(entry), starts, ends, on_characters):
        package.damage()
    story.close()
    walk.add(Piece(package.file.where, "\n".join(dict.fromkeys(told)), section="alternative text"))
    return story.has_text, state["hidden"]


def _nothing(attributes: dict[str, str]) -> None:
    return None


def _read_properties(package: Package, walk: Walk) -> None:
    """docProps: a line for each, the property's name before it."""
    lines: list[str] = []
    name = ""
    words: list[str] = []

    def on_property(attributes: dict[str, str]) -> None:
        nonlocal name
        name = attributes.get("name", "")

    def on_start(attributes: dict[str, str]) -> None:
        words.clear()

    def ending(local: str) -> None:
        text = "".join(words).strip()
        words.clear()
        if text:
            lines.append(f"{name or local}: {text}")

    core = ("title", "subject", "creator", "keywords", "description", "lastModifiedBy", "category", "contentStatus")
    extended = ("Manager", "Company", "HyperlinkBase", "lpstr")
    custom = ("lpwstr", "bstr", "i4", "int", "r8", "filetime", "date")
    for entry in package.named(r"docProps/(core|app|custom)\d*\.xml"):
        starts: dict[str, OnStart] = dict.fromkeys((*core, *extended, *custom), on_start)
        ends = {local: partial(ending, local) for local in (*core, *extended, *custom)}
        starts["property"] = on_property
        if not walk_markup(package.chunks(entry), starts, ends, words.append):
            package.damage()
        name = ""
        words.clear()
    walk.add(Piece(package.file.where, "\n".join(lines), section="properties"))


def _read_links(package: Package, walk: Walk) -> None:
    """Addresses that hyperlinks lead to, and what links say to the places they lead to."""
    found: dict[str, None] = {}

    def on_relationship(attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "")
        if attributes.get("TargetMode") != "External":
            return
        if target.lower().startswith(_LINKS_OF_PERSONS):
            found[unquote(target.partition(":")[2])] = None
        elif words := words_of_query(target):
            found[words] = None

    for entry in package.named(r"(.*/)?_rels/.*\.rels"):
        if not walk_markup(package.chunks(entry), {"Relationship": on_relationship}, {}):
            package.damage()
    walk.add(Piece(package.file.where, "\n".join(found), section="links"))


def _read_chart(package: Package, entry: Entry, walk: Walk) -> None:
    """The cached values of a chart: a table for each series, its categories beside its values."""
    words: list[str] = []
    column: list[str] = []
    series: dict[str, list[str]] = {}
    loose: list[str] = []
    count = 0

    def begin(attributes: dict[str, str]) -> None:
        column.clear()

    def on_start(attributes: dict[str, str]) -> None:
        words.clear()

    def ending(name: str) -> None:
        series[name] = list(column)
        column.clear()

    def on_value() -> None:
        nonlocal count
        count += 1
        if count <= _POINTS_AT_MOST:
            column.append(whole_number("".join(words)))
        words.clear()

    def on_words() -> None:
        loose.append("".join(words))
        words.clear()

    def on_series() -> None:
        titles, names = series.get("tx", []), series.get("cat") or series.get("xVal") or []
        values = series.get("val") or series.get("yVal") or []
        rows = [["", *titles]] if titles else []
        longest = max(len(names), len(values))
        rows += [[_at(names, i), _at(values, i)] for i in range(longest)]
        walk.add(Piece(package.file.where, table_text(rows), Form.TABLE, "chart"))
        series.clear()

    cells = ("tx", "cat", "val", "xVal", "yVal")
    starts: dict[str, OnStart] = dict.fromkeys(("v", "t"), on_start)
    starts.update(dict.fromkeys(cells, begin))
    ends: dict[str, OnEnd] = {name: partial(ending, name) for name in cells}
    ends |= {"v": on_value, "t": on_words, "ser": on_series}
    if not walk_markup(package.chunks(entry), starts, ends, words.append):
        package.damage()
    walk.add(Piece(package.file.where, "\n".join(loose), section="chart"))


def _at(values: list[str], index: int) -> str:
    return values[index] if index < len(values) else ""


def whole_number(text: str) -> str:
    """A number without ".0" or exponent where it is whole; any other text as it is."""
    if not text or text.isdigit():
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    if number == int(number) if abs(number) < 1e17 else False:
        return str(int(number))
    return text


def _read_bound_data(package: Package, entry: Entry, walk: Walk) -> None:
    """customXml: the data content controls are bound to, a line for each element."""
    lines: list[str] = []

    def on_characters(characters: str) -> None:
        if characters.strip():
            lines.append(characters.strip())

    # Often a schema or a bibliography style without words, sometimes not even XML: a fault here is no damage.
    walk_markup(package.chunks(entry), {}, {}, on_characters)
    walk.add(Piece(package.file.where, "\n".join(lines), section="bound data"))


def _hand_on_files(package: Package, walk: Walk, *, is_binary: bool) -> None:
    """Embedded documents, objects and imported parts (altChunk) are files of their own."""
    for entry in package.entries:
        if _NOT_FILES.search(entry.name):
            if not entry.name.endswith((".xml", ".rels", ".vml")):
                _read_disguised(package, entry, walk)
            continue
        if is_binary and "/embeddings/" not in entry.name:
            continue
        _hand_on(package, entry, walk)


def _hand_on(package: Package, entry: Entry, walk: Walk) -> None:
    octets = package.octets(entry)
    if octets:
        name = posixpath.basename(entry.name)
        walk.file(name, octets, f"{package.file.where}!{name}", package.file.depth + 1)


def _read_disguised(package: Package, entry: Entry, walk: Walk) -> None:
    """What is called a picture, a font or settings and is none; and the text of pictures that are drawn by text."""
    head = next(package.chunks(entry), b"")
    if is_metafile(head):
        walk.add(Piece(package.file.where, text_of_metafile(package.octets(entry)), section="picture"))
    elif is_no_picture(entry.name, head[:_HEAD]):
        _hand_on(package, entry, walk)


def _read_other_parts(package: Package, walk: Walk) -> None:
    """Parts under other names than usual, which programs find by relationships; slides' templates; numbering."""
    found: dict[str, dict[str, None]] = {"header": {}, "other part": {}}
    words: list[str] = []
    for entry in package.entries:
        name = entry.name
        if name in package.taken or not name.lower().endswith(".xml") or _WITHOUT_WORDS.fullmatch(name):
            continue
        lines = found["header" if _TEMPLATES.match(name) else "other part"]

        def end_line(lines: dict[str, None] = lines) -> None:
            text = "".join(words).strip()
            words.clear()
            if text:
                lines[text] = None

        def on_told(key: str, attributes: dict[str, str], lines: dict[str, None] = lines) -> None:
            text = _NUMBER_MARK.sub("", attribute(attributes, key) or "").strip()
            if len(text) >= _TOLD_MIN:
                lines[text] = None

        starts: dict[str, OnStart] = {local: partial(on_told, key) for local, key in _TOLD_IN.items()}
        ends: dict[str, OnEnd] = dict.fromkeys(("p", "si", "c", "row", "cm", "comment", "tc", "is"), end_line)
        walk_markup(package.chunks(entry), starts, ends, words.append)
        end_line()
    for section, texts in found.items():
        walk.add(Piece(package.file.where, "\n".join(texts), section=section))


def first_with(attributes: dict[str, str], names: Iterable[str]) -> str:
    """The first of these attributes (local names) that is there, "" where none is."""
    for name in names:
        value = attribute(attributes, name)
        if value:
            return value
    return ""
