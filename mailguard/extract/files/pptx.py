"""Presentations of 2007 and later: slides, notes, comments, tables, charts and diagrams.

Follows ECMA-376 part 1 §19 (PresentationML) and §20-21 (DrawingML). A slide that is not shown (``show="0"``) is hidden.
Masters and layouts are not read: their text is the template's.
"""

from __future__ import annotations

from mailguard.extract.files.markup import OnStart, walk_markup
from mailguard.extract.files.office_parts import read_shapes, read_shared_parts, related, tell_of_pictures
from mailguard.extract.files.package import Entry, Package
from mailguard.extract.walk import File, Walk


def read(file: File, walk: Walk) -> None:
    """Give all text of the presentation to the walk."""
    package = Package(file, walk)
    before = walk.characters
    has_text = False
    notes = {entry.name: entry for entry in package.named(r"ppt/notesSlides/[^/]*\.xml")}
    for number, slide in enumerate(_slides(package), 1):
        said, is_hidden = read_shapes(package, slide, walk, f"slide {number}", is_slide=True)
        has_text = has_text or said
        for target in related(package, slide.name).values():
            note = notes.pop(target, None)
            if note is not None:
                read_shapes(package, note, walk, f"slide {number} notes", is_hidden=is_hidden)
    for note in notes.values():
        read_shapes(package, note, walk, "notes")
    for entry in package.named(r"ppt/comments/[^/]*\.xml"):
        read_shapes(package, entry, walk, "comment")
    characters = walk.characters - before
    read_shared_parts(package, walk)
    tell_of_pictures(package, walk, characters=characters, has_text=has_text)


def _slides(package: Package) -> list[Entry]:
    """The slides in the order of the presentation, then those it does not list."""
    slides = package.named(r"ppt/slides/[^/]*\.xml")
    order: list[str] = []

    def on_slide(attributes: dict[str, str]) -> None:
        # Both "id" and "r:id" are there; the relationship is the one with a prefix.
        order.extend(value for name, value in attributes.items() if name.endswith(":id"))

    starts: dict[str, OnStart] = {"sldId": on_slide}
    for entry in package.named(r"ppt/presentation\.xml"):
        if not walk_markup(package.chunks(entry), starts, {}):
            package.damage()
    targets = related(package, "ppt/presentation.xml") if order else {}
    place = {targets[key]: position for position, key in enumerate(order) if key in targets}
    return sorted(slides, key=lambda entry: place.get(entry.name, len(place)))
