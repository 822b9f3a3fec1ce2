"""The mailboxes an address field shows, read so that none is lost.

Guarantees: never raises for any octets; costs time linear in them. A standard parser returns one of two addresses that
stand beside each other without a comma, so this one takes every address a person would see: groups, comments, routes,
missing and full-width separators, unquoted local parts of Japanese carriers (``a..b@``), addresses in encoded words.
What stands in a quoted display name or in a comment is a name, not an address (RFC 5322 §3.4).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from mailguard.mime.head import decode_words
from mailguard.mime.japanese import decode_text

VISIBLE_FIELDS = ("To", "Cc", "Resent-To", "Resent-Cc", "Apparently-To")
"""Fields whose addresses every reader sees as recipients (RFC 5322 §3.6.3, §3.6.6; the last an old sendmail's)."""

BCC_FIELDS = ("Bcc", "Resent-Bcc")
"""Fields that name blind recipients, where a program left them in (RFC 5322 §3.6.3)."""

FIELD_MAX = 512 * 1024
"""Octets of one field that are read; the submission's limit for a whole header."""

_BETWEEN = re.compile(r"[\s<>()\[\],;:\"]+")
_LITERAL = re.compile(r"[^\s<>()\[\],;:\"@]{1,256}@\[[^\]\s]{1,60}\]")
_PIECE = re.compile(
    r"""
    "(?P<quoted>(?:[^"\\]|\\.)*)"
  | <(?P<angle>[^<>]*)>
  | \((?P<comment>(?:[^()\\]|\\.)*)\)
  | (?P<literal>@\[[^\]\s]{1,60}\])
  | (?P<separator>[,;\uff0c\uff1b\u3001])
  | (?P<colon>:)
  | (?P<text>[^"<>(),;:\uff0c\uff1b\u3001@]+|[@"<>()])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NESTED_COMMENT = re.compile(r"\(([^()]*)\(([^()]*)\)")
_BACKSLASHES_MAX = 1000
"""More of them would make looking for the end of a quoted string slow, and no name needs them."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address as written, without quotes around its local part, with the name shown beside it (or "")."""

    address: str
    name: str


def mailboxes_of(value: bytes) -> list[Mailbox]:
    """All mailboxes of one unfolded field value, in order."""
    text = decode_text(value[:FIELD_MAX])
    found = _read(text)
    if "=?" in text and len(found) < text.count("=?"):
        # Some programs put the address itself, or several mailboxes, into an encoded word (RFC 2047 §5 forbids it).
        found += [box for entry in _entries(text) if not _of_entry(entry) for box in _read(_decoded_entry(entry))]
    return found


def plain_address(text: str) -> str:
    """An address of a header in the spelling of an envelope: full-width made plain, no quotes, no route, no blanks."""
    address = unicodedata.normalize("NFKC", text).strip().strip("<>").strip()
    if address.startswith("@") and ":" in address:
        address = address.rpartition(":")[2]
    local, at, domain = address.rpartition("@")
    local = local.strip()
    if len(local) >= 2 and local.startswith('"') and local.endswith('"'):
        local = _ESCAPED.sub(r"\1", local[1:-1])
    return f"{local}{at}{domain.strip()}"


def _read(text: str) -> list[Mailbox]:
    return [box for entry in _entries(text) for box in _of_entry(entry)]


_Entry = list[tuple[str, str]]


def _entries(text: str) -> list[_Entry]:
    """The pieces between separators; a group's name is dropped."""
    entries: list[_Entry] = [[]]
    begun = 0
    if text.count("\\") > _BACKSLASHES_MAX:
        text = text.replace("\\", "")
    for _ in range(8):
        # Comments may nest (RFC 5322 §3.2.2); inner ones lose their parentheses until one level is left.
        flatter = _NESTED_COMMENT.sub(r"(\1 \2 ", text)
        if flatter == text:
            break
        text = flatter
    for piece in _PIECE.finditer(text):
        kind = piece.lastgroup or "text"
        if kind == "separator":
            entries.append([])
            begun = 0
        elif kind == "colon":
            # What stands before it is a group's name, or a word such as "mailto".
            if not any("@" in text and one != "quoted" for one, text in entries[-1][begun:]):
                del entries[-1][begun:]
            entries[-1].append(("text", " "))
            begun = len(entries[-1])
        else:
            entries[-1].append((kind, piece[kind]))
    return [entry for entry in entries if entry]


def _of_entry(entry: _Entry) -> list[Mailbox]:
    found: list[Mailbox] = []
    words: list[str] = []
    bare: list[str] = []
    comment = ""
    for position, (kind, piece) in enumerate(entry):
        if kind == "angle":
            address = plain_address(piece)
            found += _bare_boxes("".join(bare))
            if "@" in address:
                found.append(Mailbox(address, decode_words(" ".join("".join(words).split()).encode()).strip()))
                words, bare = [], []
        elif kind == "comment":
            comment = comment or piece
        elif kind == "quoted":
            is_local_part = position + 1 < len(entry) and entry[position + 1] in (("text", "@"), ("literal", "@["))
            words.append(_ESCAPED.sub(r"\1", piece) + " ")
            bare.append(re.sub(r"[\s@]", "_", _ESCAPED.sub(r"\1", piece)) if is_local_part else " ")
        else:
            words.append(piece)
            bare.append(piece)
    rest = _bare_boxes("".join(bare))
    if not found and len(rest) == 1 and comment:
        # The old way to name a mailbox: a@example.jp (Tanaka).
        return [Mailbox(rest[0].address, decode_words(comment.encode()).strip())]
    return found + rest


def _bare_boxes(text: str) -> list[Mailbox]:
    if "@" not in text and "\uff20" not in text:
        return []
    text = unicodedata.normalize("NFKC", text)
    words = [word for word in _BETWEEN.split(text) if "@" in word[1:-1]]
    if "@[" in text:
        words += [one[0] for one in _LITERAL.finditer(text)]
    return [Mailbox(plain_address(word), "") for word in words]


def _decoded_entry(entry: _Entry) -> str:
    """The entry as text with its encoded words decoded."""
    return decode_words("".join(f"<{piece}>" if kind == "angle" else piece for kind, piece in entry).encode())
