"""What of a mail goes into its parcel and what may stay outside: pure, from the parts and from where data was found.

The text goes in as a whole or not at all. A file goes in where something was found in it, where nobody could look into
it, or where everything is wanted; one that asks for a password by itself stays as it is. In doubt, more goes in.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from mailguard.mime.message import Message, Part

_TEXTS = ("text/plain", "text/html")
_ATTACHMENT = "attachment:"


@dataclass(frozen=True, slots=True)
class Places:
    """Where something stands that must not leave in clear, as findings name it (``subject``, ``body``,
    ``attachment:<name>``, containers joined by ``!``), which files could not be looked into, and which ask for a
    password. ``names``: files whose very name tells something.
    """

    found: frozenset[str]
    unseen: frozenset[str] = frozenset()
    locked: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """``text``: the leaves people read as the mail's words; ``pictures``: those that belong to them. ``packed``: files
    for the parcel, ``kept``: those that stay beside it. ``is_subject_neutral``: the mail's own subject must not be
    seen. ``is_everything``: nothing more could go in.
    """

    text: tuple[Part, ...]
    pictures: tuple[Part, ...]
    is_text_packed: bool
    packed: tuple[Part, ...]
    kept: tuple[Part, ...]
    is_subject_neutral: bool
    are_names_hidden: bool
    is_everything: bool


def plan_for(message: Message, places: Places, *, everything: bool = False, all_files: bool = False) -> Plan:
    """The plan. ``all_files``: no attachment stays outside. ``everything``: nothing at all does, for a mail in which
    something was found that cannot be placed.
    """
    text: list[Part] = []
    pictures: list[Part] = []
    files: list[Part] = []
    for part, in_page in leaves(message.root):
        if part.content_type in _TEXTS and not part.is_attachment:
            text.append(part)
        elif part.content_type.startswith("image/") and part.disposition != "attachment" and in_page:
            pictures.append(part)
        else:
            files.append(part)
    tops = {_top(place) for place in (*places.found, *places.unseen)}
    known = {_name(part) for part in files}
    # Something was found in a file that no part here is called: one written into the text, or a part that other
    # programs see otherwise. A part without a name goes in anyway.
    is_astray = "" not in known and any(
        top.startswith(_ATTACHMENT) and top.removeprefix(_ATTACHMENT) not in known for top in tops
    )
    everything = everything or is_astray
    # A picture in the text cannot leave it: what could not be seen in one concerns both.
    # A subject that must not be seen stands in the letter inside, so there must be one.
    is_text_packed = (
        everything
        or not tops.isdisjoint(("subject", "body"))
        or any(f"{_ATTACHMENT}{_name(one)}" in tops for one in pictures)
    )
    packed: list[Part] = []
    kept: list[Part] = []
    for part in files:
        place = f"{_ATTACHMENT}{_name(part)}"
        is_locked = place in places.locked and place not in tops
        goes = everything or all_files or place in tops or not part.name
        (kept if is_locked or not goes else packed).append(part)
    return Plan(
        text=tuple(text),
        pictures=tuple(pictures),
        is_text_packed=is_text_packed and bool(text or pictures or "subject" in tops),
        packed=tuple(packed),
        kept=tuple(kept),
        is_subject_neutral=everything or "subject" in tops,
        are_names_hidden=everything or bool(places.names & {f"{_ATTACHMENT}{_name(one)}" for one in packed}),
        is_everything=everything,
    )


def leaves(part: Part, *, in_page: bool = False) -> Iterator[tuple[Part, bool]]:
    """The parts that hold something, in order, and whether each belongs to a page (multipart/related). A mail inside
    of the mail is one of them, not its parts.
    """
    if part.content_type.startswith("multipart/") and part.children:
        for child in part.children:
            yield from leaves(child, in_page=in_page or part.content_type == "multipart/related")
    else:
        yield part, in_page


def _top(place: str) -> str:
    return unicodedata.normalize("NFC", place.partition("!")[0])


def _name(part: Part) -> str:
    return unicodedata.normalize("NFC", part.name)
