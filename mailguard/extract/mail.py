"""A mail with all its parts, read in every way in which a mail program may read it.

Guarantees: never raises but ``OverLimit``; parts, depth and the number of readings are bounded, and what lies beyond
is said to be unread. Where programs may disagree (two Content-Types, a boundary inside of a boundary, a header that
may end at two places, a lie about encoding, type or charset, text behind the last delimiter) all readings are taken
and ``Sign.AMBIGUOUS`` is raised. Ordinary mail has one reading.

Addresses and names of From, To and Cc are no pieces; Subject is, and so are fields that readers are shown as text.

Pictures: one that is a part of a page or has no name, and is smaller than ``FURNITURE_MAX``, is a logo or a sign and
nothing to report. Every other picture is unreadable: it may be a photograph of a list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailguard.extract.bodies import BodyText, add_body
from mailguard.extract.dispatch import read_as
from mailguard.extract.file_names import UNNAMED, add_name
from mailguard.extract.file_types import TEXTS, FileType, file_type
from mailguard.extract.files.smime import Sealed, unsealed
from mailguard.extract.mail_parts import (
    Head,
    Span,
    divided,
    encodings_of,
    head_readings,
    names_of,
    shown_fields,
    types_of,
)
from mailguard.extract.page import FURNITURE_MAX
from mailguard.extract.transfer import UU_NAMES, base64_blocks, decodings, uu_blocks, yenc_blocks
from mailguard.extract.walk import File, Walk
from mailguard.mime.japanese import likely_text
from mailguard.model.contents import Obstacle, Piece, Sign

PARTS_MAX = 500
LEVELS_MAX = 20
READINGS_MAX = 40
"""Further readings of one mail that are taken. Ordinary mail needs none; beyond them only a bombing one has more."""

_MESSAGES = ("message/rfc822", "message/global", "message/news")
_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
_SEALED = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_REPORTS = ("message/delivery-status", "message/disposition-notification", "text/rfc822-headers")
_PREAMBLE = re.compile(r"^[\x20-\x7e\s]{0,400}$")
_IS_NAME = re.compile(r"\.[A-Za-z0-9]{2,5}$")
_ONE_LINE = re.compile(r"[\s/\\!]+")


@dataclass(frozen=True, slots=True)
class _Leaf:
    content_type: str
    parameters: dict[str, str]
    charsets: tuple[str, ...]
    disposition: str
    names: tuple[str, ...]
    is_in_page: bool


def read_mail(octets: bytes, walk: Walk, within: str = "", depth: int = 0) -> None:
    """A mail as pieces. ``octets`` have CRLF lines. ``within``: the place of the file it is, "" for the mail itself."""
    _MailReader(walk, within, depth).read(octets)


def read_entity(octets: bytes, walk: Walk, within: str, depth: int) -> None:
    """A MIME entity without the fields of a mail, as it lies in a signature. ``octets`` have CRLF lines."""
    _MailReader(walk, within, depth).entity(octets, Span(0, len(octets)), 0)


class _MailReader:
    def __init__(self, walk: Walk, within: str, depth: int) -> None:
        self._walk = walk
        self._within = within
        self._depth = depth
        self._parts = PARTS_MAX
        self._readings = READINGS_MAX
        self._seen: set[tuple[str, str, bytes | int]] = set()

    # -- places

    def _place(self, leaf: str) -> str:
        return f"{self._within}!{leaf}" if self._within else leaf

    def _file_place(self, name: str) -> str:
        return f"{self._within}!{name}" if self._within else f"attachment:{name}"

    # -- structure

    def read(self, octets: bytes) -> None:
        """The whole mail."""
        for head in head_readings(octets, Span(0, len(octets))):
            for name, text in shown_fields(head.fields):
                if name == "subject":
                    self._once("subject", text)
                else:
                    self._walk.add(Piece(self._place("body"), f"{name}: {text}", section="header"))
        self.entity(octets, Span(0, len(octets)), 0)

    def entity(
        self, octets: bytes, span: Span, level: int, default: str = "text/plain", *, in_page: bool = False
    ) -> None:
        """One entity with its header."""
        heads = head_readings(octets, span)
        if len(heads) > 1:
            self._walk.raise_sign(Sign.AMBIGUOUS)
        for number, head in enumerate(heads):
            if number and not self._another_reading():
                return
            self._headed(octets, head, level, default, in_page=in_page)

    def _headed(self, octets: bytes, head: Head, level: int, default: str, *, in_page: bool) -> None:
        self._walk.check_time()
        self._parts -= 1
        if self._parts < 0:
            self._walk.cannot(self._place("body"), Obstacle.TOO_MANY)
            return
        if level > LEVELS_MAX:
            self._walk.cannot(self._place("body"), Obstacle.TOO_DEEP)
            return
        if level:
            self._described(head)
        if head.leftover.strip():
            self._walk.raise_sign(Sign.AMBIGUOUS)
            self._walk.add(Piece(self._place("body"), likely_text(head.leftover), section="header"))
        types = types_of(head.fields, default)
        encodings = encodings_of(head.fields)
        if len(types) > 1 or len(encodings) > 1:
            self._walk.raise_sign(Sign.AMBIGUOUS)
        for number, (kind, encoding) in enumerate([(kind, encoding) for kind in types for encoding in encodings]):
            if number and not self._another_reading():
                return
            if kind.name.startswith("multipart/"):
                self._multipart(octets, head.body, kind.name, kind.boundaries, encoding, level)
                continue
            disposition, names = names_of(head.fields, kind)
            leaf = _Leaf(kind.name, kind.parameters, kind.charsets, disposition, names, in_page)
            self._leaf(octets[head.body.start : head.body.end], leaf, encoding, level)

    def _described(self, head: Head) -> None:
        """What is written about a part; most programs only repeat its name."""
        for name, text in shown_fields(head.fields):
            if name == "content-description" and not _IS_NAME.search(text):
                self._walk.add(Piece(self._place("body"), f"{name}: {text}", section="header"))

    def _multipart(
        self, octets: bytes, body: Span, name: str, boundaries: Sequence[bytes], encoding: str, level: int
    ) -> None:
        if name == "multipart/encrypted":
            self._walk.cannot(self._place("body"), Obstacle.ENCRYPTED)
        division = divided(octets, body, boundaries)
        if not division.readings and encoding in ("base64", "quoted-printable"):
            # RFC 2045 §6.4 forbids to encode it; some programs decode it all the same.
            decoded = decodings(octets[body.start : body.end], encoding)[0]
            self._walk.spend(len(decoded))
            self._around(octets[body.start : body.end], "preamble")
            octets, body = decoded, Span(0, len(decoded))
            division = divided(octets, body, boundaries)
            self._walk.raise_sign(Sign.AMBIGUOUS)
        if division.is_ambiguous:
            self._walk.raise_sign(Sign.AMBIGUOUS)
        default = "message/rfc822" if name == "multipart/digest" else "text/plain"
        for number, parts in enumerate(division.readings):
            if number and not self._another_reading():
                break
            for part in parts:
                self.entity(octets, part, level + 1, default, in_page=name == "multipart/related")
        for section, span in (("preamble", division.preamble), ("epilogue", division.epilogue)):
            self._around(octets[span.start : span.end], section)

    def _around(self, octets: bytes, section: str) -> None:
        """What stands before the first delimiter or behind the last."""
        if not octets.strip():
            return
        text = likely_text(octets)
        if section == "preamble" and _PREAMBLE.match(text) and "mime" in text.lower():
            return  # what programs write for those that know no MIME
        if section == "epilogue":
            self._walk.raise_sign(Sign.AMBIGUOUS)
        self._walk.add(Piece(self._place("body"), text, section=section, is_hidden=True))

    # -- leaves

    def _leaf(self, raw: bytes, leaf: _Leaf, encoding: str, level: int) -> None:
        if encoding in UU_NAMES and (blocks := uu_blocks(raw)):
            self._blocks(blocks)
            return
        readings = decodings(raw, encoding)
        if len(readings) > 1:
            self._walk.raise_sign(Sign.AMBIGUOUS)
        for number, octets in enumerate(readings):
            if number and not self._another_reading():
                return
            self._walk.spend(len(octets))
            self._decoded(octets, leaf, level)

    def _decoded(self, octets: bytes, leaf: _Leaf, level: int) -> None:
        name = leaf.content_type
        is_file = leaf.disposition == "attachment" or bool(leaf.names)
        if name in _MESSAGES:
            self._message(octets, leaf)
        elif name == "message/partial":
            self._walk.cannot(self._place("body"), Obstacle.UNKNOWN)
        elif (name in _SEALED and self._sealed(octets, level)) or (name in _SIGNATURES and _is_signature(octets)):
            return
        elif name in _REPORTS or name == "message/external-body" or (name.startswith("text/") and not is_file):
            self._text(octets, leaf)
        else:
            self._file(octets, leaf)

    def _message(self, octets: bytes, leaf: _Leaf) -> None:
        name = leaf.names[0] if leaf.names else _name_from_subject(octets)
        where = self._file_place(name)
        for one in leaf.names or (name,):
            add_name(one, where, self._walk)
        if self._depth + 1 > self._walk.limits.depth:
            self._walk.cannot(where, Obstacle.TOO_DEEP)
            return
        read_mail(octets, self._walk, where, self._depth + 1)

    def _sealed(self, octets: bytes, level: int) -> bool:
        """Read what lies inside of an opaque signature; False where it is no such thing."""
        seal = unsealed(octets, self._walk)
        if seal.state is Sealed.ENCRYPTED:
            self._walk.cannot(self._place("body"), Obstacle.ENCRYPTED)
        elif seal.state is Sealed.OPEN:
            inner = with_crlf(seal.content)
            self.entity(inner, Span(0, len(inner)), level + 1)
        return seal.state is not Sealed.NO_SEAL

    def _text(self, octets: bytes, leaf: _Leaf) -> None:
        where = self._place("body")
        if not self._first(leaf.content_type, where, octets):
            return
        kind = file_type("", octets)
        if kind not in TEXTS and kind not in (FileType.BINARY, FileType.EMPTY, FileType.SMIME):
            # A text that is none: some programs open what it is.
            self._walk.raise_sign(Sign.AMBIGUOUS)
            self._file(octets, leaf)
            return
        if kind is FileType.RTF:
            read_as(kind, File("", octets, where, self._depth + 1), self._walk)
            return
        body = BodyText(leaf.content_type, leaf.parameters, leaf.charsets, octets)
        add_body(body, kind, where, self._walk, self._depth)
        if leaf.content_type == "text/plain":
            self._blocks(uu_blocks(octets))
            self._blocks(yenc_blocks(octets))
            self._blocks([(b"", block) for block in base64_blocks(octets)])

    def _file(self, octets: bytes, leaf: _Leaf) -> None:
        is_furniture = leaf.disposition != "attachment" and (leaf.is_in_page or not leaf.names)
        if is_furniture and len(octets) < FURNITURE_MAX and file_type("", octets) is FileType.PICTURE:
            return
        name = leaf.names[0] if leaf.names else "winmail.dat" if leaf.content_type == "application/ms-tnef" else ""
        where = self._file_place(name or UNNAMED)
        if not self._first("file", where, octets):
            return
        for other in leaf.names[1:]:
            add_name(other, where, self._walk)
        self._walk.file(name, octets, where, self._depth + 1)

    def _blocks(self, blocks: list[tuple[bytes, bytes]]) -> None:
        """Files written into a text."""
        for raw_name, octets in blocks:
            name = likely_text(raw_name)
            self._walk.spend(len(octets))
            self._walk.file(name, octets, self._file_place(name or UNNAMED), self._depth + 1)

    # -- bookkeeping

    def _another_reading(self) -> bool:
        self._readings -= 1
        if self._readings < 0:
            self._walk.cannot(self._place("body"), Obstacle.TOO_MANY)
        return self._readings >= 0

    def _first(self, kind: str, where: str, octets: bytes) -> bool:
        """Whether these octets are met here for the first time; two readings often agree."""
        key = (kind, where, octets if len(octets) < 64 else hash(octets))
        is_new = key not in self._seen
        self._seen.add(key)
        return is_new

    def _once(self, leaf: str, text: str) -> None:
        if self._first("field", leaf, text.encode("utf-8", "replace")):
            self._walk.add(Piece(self._place(leaf), text))


def with_crlf(octets: bytes) -> bytes:
    """The octets with every line ended by CRLF, as mail is in transport."""
    if b"\n" not in octets.replace(b"\r\n", b"") and b"\r" not in octets.replace(b"\r\n", b""):
        return octets
    return octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")


def _name_from_subject(octets: bytes) -> str:
    """What programs call a mail that is attached without a name."""
    head = head_readings(octets, Span(0, min(len(octets), 64 * 1024)))[0]
    subject = next((text for name, text in shown_fields(head.fields) if name == "subject"), "")
    return f"{_ONE_LINE.sub(' ', subject).strip()[:120] or UNNAMED}.eml"


def _is_signature(octets: bytes) -> bool:
    """Whether a part that calls itself a signature is one, and carries nothing else."""
    if octets.lstrip().startswith(b"-----BEGIN PGP SIGNATURE-----"):
        return len(octets) < FURNITURE_MAX
    return file_type("", octets) is FileType.SMIME and unsealed(octets, None).state is Sealed.DETACHED
