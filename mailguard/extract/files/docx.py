"""Word documents of 2007 and later: every story of the document, changes and hidden text included.

Follows ECMA-376 part 1 §17 (WordprocessingML): body, headers, footers, footnotes, endnotes, comments, text boxes,
tables, tracked changes (§17.13.5), vanished text (§17.3.2.41), ruby, content controls. Strict and transitional alike,
since only local names are looked at. Numbering that Word computes (1. 2. 3.) is not there.
"""

from __future__ import annotations

from mailguard.extract.files.markup import OnEnd, OnStart, attribute, walk_markup
from mailguard.extract.files.office_parts import main_parts, read_shared_parts, tell_of_pictures
from mailguard.extract.files.package import Entry, Package
from mailguard.extract.files.story import Mark, Story
from mailguard.extract.walk import File, Walk
from mailguard.model.contents import Piece

_PARTS = (
    (r"word/document\d*\.xml", ""),
    (r"word/glossary/document\.xml", "building blocks"),
    (r"word/header\d*\.xml", "header"),
    (r"word/footer\d*\.xml", "footer"),
    (r"word/footnotes\d*\.xml", "footnote"),
    (r"word/endnotes\d*\.xml", "endnote"),
    (r"word/comments\d*\.xml", "comment"),
)
_OFF = ("0", "false", "off", "none")


def read(file: File, walk: Walk) -> None:
    """Give all text of the document to the walk."""
    package = Package(file, walk)
    before = walk.characters
    vanishing = _vanishing_styles(package)
    has_text = False
    seen: set[str] = set()
    for pattern, section in _PARTS:
        for entry in package.named(pattern):
            seen.add(entry.name)
            has_text = _Part(package, entry, walk, section, vanishing).read() or has_text
    if not any(name.lower().startswith("word/document") for name in seen):
        # The main part may have any name; it is the one that holds a body.
        for entry in package.named(r"word/(?!theme|settings|styles|fontTable|webSettings|numbering|_rels)[^/]*\.xml"):
            if entry.name not in seen:
                has_text = _Part(package, entry, walk, "", vanishing).read() or has_text
    for entry in _further_documents(package, seen):
        has_text = _Part(package, entry, walk, "", vanishing).read() or has_text
    characters = walk.characters - before
    read_shared_parts(package, walk)
    tell_of_pictures(package, walk, characters=characters, has_text=has_text)


def _further_documents(package: Package, seen: set[str]) -> list[Entry]:
    """The first part under another name than usual: programs go by the relationship (ECMA-376-1 §11.3.10)."""
    found = {name.lower() for name in main_parts(package)}
    return [entry for entry in package.entries if entry.name.lower() in found and entry.name not in seen]


def _is_on(attributes: dict[str, str]) -> bool:
    return (attribute(attributes, "val") or "1") not in _OFF


def _vanishing_styles(package: Package) -> frozenset[str]:
    """Ids of the styles whose text is hidden."""
    found: set[str] = set()
    style = ""

    def on_style(attributes: dict[str, str]) -> None:
        nonlocal style
        style = attribute(attributes, "styleId") or ""

    def on_vanish(attributes: dict[str, str]) -> None:
        if _is_on(attributes) and style:
            found.add(style)

    for entry in package.named(r"word/styles\.xml"):
        octets = package.octets(entry)
        if b"vanish" in octets.replace(b"\0", b""):
            walk_markup([octets], {"style": on_style, "vanish": on_vanish}, {})
    return frozenset(found)


class _Part:
    """One part with paragraphs."""

    def __init__(self, package: Package, entry: Entry, walk: Walk, section: str, vanishing: frozenset[str]) -> None:
        self._package = package
        self._entry = entry
        self._walk = walk
        self._vanishing = vanishing
        self._story = Story(walk, package.file.where, section)
        self._is_text = False
        self._is_instruction = False
        self._is_reading = False
        self._spans: list[int] = [1]
        self._marks: list[Mark] = []
        self._run_hidden = False
        self._paragraph_hidden = False
        self._in_run = False
        self._extra: dict[str, list[str]] = {
            "alternative text": [],
            "reading": [],
            "choices": [],
            "links": [],
            "fields": [],
        }
        self._instruction: list[str] = []

    def read(self) -> bool:
        """Whether there was any text."""
        if not walk_markup(self._package.chunks(self._entry), self._starts(), self._ends(), self._on_characters):
            self._package.damage()
        self._story.close()
        for section, lines in self._extra.items():
            self._walk.add(Piece(self._package.file.where, "\n".join(dict.fromkeys(lines)), section=section))
        return self._story.has_text

    def _starts(self) -> dict[str, OnStart]:
        write = self._write
        return {
            "t": self._on_text, "delText": self._on_text, "instrText": self._on_instruction,
            "delInstrText": self._on_instruction, "tab": self._on_tab, "ptab": self._on_tab,
            "br": lambda a: write("\n"), "cr": lambda a: write("\n"), "noBreakHyphen": lambda a: write("-"),
            "p": self._on_paragraph, "r": self._on_run, "vanish": self._on_vanish,
            "rStyle": self._on_style, "pStyle": self._on_style, "tbl": lambda a: self._story.begin_table(),
            "tr": lambda a: self._story.begin_row(), "tc": self._on_cell, "gridSpan": self._on_span,
            "gridBefore": self._on_before,
            "del": lambda a: self._marks.append(Mark.DELETED), "moveFrom": lambda a: self._marks.append(Mark.DELETED),
            "ins": lambda a: self._marks.append(Mark.INSERTED), "moveTo": lambda a: self._marks.append(Mark.INSERTED),
            "txbxContent": lambda a: self._story.begin_aside("text box"), "docPr": self._on_alternative,
            "cNvPr": self._on_alternative, "shape": self._on_shape, "textpath": self._on_shape, "rt": self._on_reading,
            "listItem": self._on_choice, "fldSimple": self._on_field, "hyperlink": self._on_link,
        }  # fmt: skip

    def _ends(self) -> dict[str, OnEnd]:
        return {
            "t": self._off_text, "delText": self._off_text, "instrText": self._off_instruction,
            "delInstrText": self._off_instruction, "p": self._story.end_paragraph, "r": self._off_run,
            "tc": self._off_cell, "tr": self._story.end_row, "tbl": self._story.end_table,
            "del": self._off_mark, "moveFrom": self._off_mark, "ins": self._off_mark, "moveTo": self._off_mark,
            "txbxContent": self._story.end_aside, "rt": self._off_reading,
        }  # fmt: skip

    def _on_characters(self, characters: str) -> None:
        if self._is_text:
            self._write(characters)
        elif self._is_instruction:
            self._instruction.append(characters)

    def _write(self, text: str) -> None:
        if self._is_reading:
            # A reading printed above a name would tear it in two.
            self._extra["reading"].append(text)
        elif self._run_hidden or self._paragraph_hidden:
            self._story.write(text, Mark.HIDDEN)
        elif self._marks:
            self._story.write(text, self._marks[-1])
        else:
            self._story.write(text)

    def _on_text(self, attributes: dict[str, str]) -> None:
        self._is_text = True

    def _off_text(self) -> None:
        self._is_text = False

    def _on_instruction(self, attributes: dict[str, str]) -> None:
        self._is_instruction = True

    def _off_instruction(self) -> None:
        self._is_instruction = False
        self._links("".join(self._instruction))
        self._instruction.clear()

    def _on_field(self, attributes: dict[str, str]) -> None:
        self._links(attribute(attributes, "instr") or "")

    def _on_link(self, attributes: dict[str, str]) -> None:
        tip = attribute(attributes, "tooltip")
        if tip:
            self._extra["links"].append(tip)

    def _links(self, instruction: str) -> None:
        start = instruction.lower().find("mailto:")
        if start >= 0:
            self._extra["links"].append(instruction[start + 7 :].strip(' "'))
        elif not instruction.isascii() and "HYPERLINK" not in instruction:
            # QUOTE and EQ show what stands in the instruction itself.
            self._extra["fields"].append(" ".join(instruction.split()))

    def _on_tab(self, attributes: dict[str, str]) -> None:
        # Tab stops of a paragraph have the same name and stand outside of a run.
        if self._in_run:
            self._write("\t")

    def _on_paragraph(self, attributes: dict[str, str]) -> None:
        self._paragraph_hidden = False

    def _on_run(self, attributes: dict[str, str]) -> None:
        self._in_run = True
        self._run_hidden = False

    def _off_run(self) -> None:
        self._in_run = self._run_hidden = False

    def _on_vanish(self, attributes: dict[str, str]) -> None:
        # Outside of a run it is the paragraph's mark that is hidden, not its text.
        if self._in_run and _is_on(attributes):
            self._run_hidden = True

    def _on_style(self, attributes: dict[str, str]) -> None:
        if self._vanishing and (attribute(attributes, "val") or "") in self._vanishing:
            if self._in_run:
                self._run_hidden = True
            else:
                self._paragraph_hidden = True

    def _on_cell(self, attributes: dict[str, str]) -> None:
        self._spans.append(1)
        self._story.begin_cell()

    def _on_span(self, attributes: dict[str, str]) -> None:
        value = attribute(attributes, "val") or ""
        self._spans[-1] = int(value) if value.isdecimal() and len(value) < 5 else 1

    def _off_cell(self) -> None:
        self._story.end_cell(self._spans.pop() if len(self._spans) > 1 else 1)

    def _on_before(self, attributes: dict[str, str]) -> None:
        value = attribute(attributes, "val") or ""
        if value.isdecimal() and len(value) < 5:
            self._story.begin_row(int(value))

    def _off_mark(self) -> None:
        if self._marks:
            self._marks.pop()

    def _on_alternative(self, attributes: dict[str, str]) -> None:
        self._extra["alternative text"] += [attributes[key] for key in ("descr", "title") if attributes.get(key)]

    def _on_shape(self, attributes: dict[str, str]) -> None:
        self._extra["alternative text"] += [attributes[key] for key in ("alt", "string") if attributes.get(key)]

    def _on_reading(self, attributes: dict[str, str]) -> None:
        self._is_reading = True

    def _off_reading(self) -> None:
        self._is_reading = False

    def _on_choice(self, attributes: dict[str, str]) -> None:
        self._extra["choices"].append(attribute(attributes, "displayText") or attribute(attributes, "value") or "")
