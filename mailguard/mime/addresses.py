"""The mailboxes an address field shows, read so that none is lost.

Guarantees: never raises for any octets; costs time linear in them. A standard parser returns one of two addresses that
stand beside each other without a comma, so this one takes every address a person would see: groups, comments, routes,
missing and full-width separators, unquoted local parts of Japanese carriers (``a..b@``), addresses in encoded words.
What stands in a quoted display name or in a comment is a name, not an address (RFC 5322 §3.4), except where nothing
else stands there. A field that is broken (a quotation mark or an escape sequence too few) is read both ways.

Known limit: blanks around a full stop (``a . b@example.jp``, RFC 5322 §4.4) end a word; names are written like that.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace

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
_AROUND_AT = re.compile(r"(?:^|(?<=\s))([^\s@]+)(?:\s+@\s*|@\s+)([^\s@]+)(?=\s|$)")
_NOT_IN_DOMAIN = "!#$%&'*+/=?^`{|}~\\\\、"
_DOMAIN_END = re.compile(f"[{_NOT_IN_DOMAIN}]")
_BROKEN_SEPARATOR = re.compile(f"(@[^@{_NOT_IN_DOMAIN}。・]*)[{_NOT_IN_DOMAIN}。・]++(?=[^@]*@)")
_SCHEME = re.compile(r"(?:mailto|smtp):", re.IGNORECASE)
_UNSEEN = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF])
"""Characters nobody sees; some programs copy them with an address."""

_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])
"""Never part of an address; with a line end in one, a field written anew would be two."""

_HIDDEN = {ord(sign): 0xF0000 + ord(sign) for sign in " <>()[],;:\"@'/|=?\\"}
_SHOWN = {hidden: sign for sign, hidden in _HIDDEN.items()}
"""Signs of a quoted local part, put where nothing takes them for separators (a private plane), and back."""

_COMMENT = "\U000f0000"
"""Stands where a comment stood. RFC 5322 §3.4.1 allows one around the at sign and the dots; elsewhere it is a blank."""

_COMMENT_BLANKS = re.compile(rf"[\s{_COMMENT}]+")
_COMMENT_BEFORE = re.compile(rf"{_COMMENT}?@{_COMMENT}?|{_COMMENT}\.")
_COMMENT_AFTER_DOT = re.compile(rf"(?:^|(?<=[\s@{_COMMENT}]))([^\s@{_COMMENT}]*\.){_COMMENT}(?=[^\s@{_COMMENT}]*(@?))")
_PIECE = re.compile(
    r"""
    "(?P<quoted>(?:[^"\\]|\\.)*)"
  | <(?P<angle>(?:\s*"(?:[^"\\<]|\\.)*"\s*@)?[^<>]*)>
  | \((?P<comment>(?:[^()\\]|\\.)*)\)
  | (?P<literal>@\[[^\]\s]{1,60}\])
  | (?P<word>=\?[^\s?"<>(),;:@]{1,80}\?[bBqQ]\?[^\s?@]*\?=)
  | (?P<separator>[,;\uff0c\uff1b\u3001\uff64])
  | (?P<colon>:)
  | (?P<text>[^"<>(),;:\uff0c\uff1b\u3001\uff64@\uff20=]+|[@\uff20"<>()=])
    """,
    re.VERBOSE | re.DOTALL,
)
_GROUP_END = ";\uff1b"
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NESTED_COMMENT = re.compile(r"\(([^()]*)\(([^()]*)\)")
_BACKSLASHES_MAX = 1000
"""More of them would make looking for the end of a quoted string slow, and no name needs them."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address as written, without quotes around its local part, with the name shown beside it (or "").

    ``group``: the name of the group it stands in (RFC 5322 §3.4), "" where it stands by itself, or the group is not
    closed: then what is before the colon may be anything. It is no part of who the mailbox is.
    """

    address: str
    name: str
    group: str = field(default="", compare=False)


def mailboxes_of(value: bytes) -> list[Mailbox]:
    """All mailboxes of one unfolded field value, in order."""
    octets = value[:FIELD_MAX]
    found, is_whole = _read(decode_text(octets))
    also: list[Mailbox] = []
    if not is_whole:
        also += _read(decode_text(octets).replace('"', " "))[0]
    escape = octets.rfind(b"\x1b$")
    if escape >= 0 and octets.find(b"\x1b(", escape + 3) < 0:
        # Japanese without its end (RFC 1468): a program that divides the field before it decodes sees what follows.
        also += [box for box in _read(octets[escape:].decode("ascii", "replace"))[0] if _is_full(box.address)]
    if also:
        known = {box.address for box in found}
        found += [box for box in also if box.address not in known]
    return found


def plain_address(text: str) -> str:
    """An address of a header in the spelling of an envelope: full-width made plain, no quotes, no route, no blanks."""
    address = unicodedata.normalize("NFKC", text).translate(_UNSEEN | _CONTROLS).strip().strip("<>").strip()
    if address.startswith("@") and ":" in address:
        address = address.rpartition(":")[2]
    if scheme := _SCHEME.match(address):
        address = address[scheme.end() :]
    if len(address) > 2 and address[0] == address[-1] == "'":
        address = address[1:-1]
    local, at, domain = address.rpartition("@")
    local = local.strip()
    if len(local) >= 2 and local.startswith('"') and local.endswith('"'):
        local = _ESCAPED.sub(r"\1", local[1:-1])
    return f"{local}{at}{domain.strip()}"


def _read(text: str) -> tuple[list[Mailbox], bool]:
    """The mailboxes, and whether every quotation mark has its other one."""
    found: list[Mailbox] = []
    is_whole = True
    for entry, group in _entries(text):
        is_whole = is_whole and ("text", '"') not in entry
        boxes = _of_entry(entry)
        if not boxes and (bared := _bared(entry)):
            boxes = [box for inner, _ in _entries(bared) for box in _of_entry(inner)]
        found += [replace(box, group=group) for box in boxes] if group else boxes
    return found, is_whole


def _is_full(address: str) -> bool:
    """Whether the domain could be one of the open network."""
    domain = address.rpartition("@")[2]
    return domain.startswith("[") or "." in domain or "。" in domain


_Entry = list[tuple[str, str]]


def _entries(text: str) -> list[tuple[_Entry, str]]:
    """The pieces between separators, each with the name of its group, which is no piece of it."""
    entries: list[_Entry] = [[]]
    groups = [""]
    opened_at: int | None = None
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
            if piece[kind] in _GROUP_END:
                opened_at = None
            entries.append([])
            groups.append(groups[-1] if opened_at is not None else "")
            begun = 0
        elif kind == "colon":
            # What stands before it is a group's name, or a word such as "mailto".
            if not any("@" in text and one != "quoted" for one, text in entries[-1][begun:]):
                if begun == 0 and opened_at is None and (name := _phrase(entries[-1])):
                    opened_at, groups[-1] = len(groups) - 1, name
                del entries[-1][begun:]
            entries[-1].append(("text", " "))
            begun = len(entries[-1])
        else:
            entries[-1].append((kind, piece[kind]))
    if opened_at is not None:
        groups[opened_at:] = [""] * (len(groups) - opened_at)
    return [(entry, group) for entry, group in zip(entries, groups, strict=True) if entry]


def _phrase(pieces: _Entry) -> str:
    """The words before a colon, decoded; "" where they are no phrase, or one that belongs to an address."""
    if any(kind not in ("text", "word", "quoted") for kind, _ in pieces):
        return ""
    words = "".join(_ESCAPED.sub(r"\1", piece) + " " if kind == "quoted" else piece for kind, piece in pieces)
    name = decode_words(" ".join(words.split()).encode()).strip()
    return "" if _SCHEME.fullmatch(f"{name}:") else name


def _of_entry(entry: _Entry) -> list[Mailbox]:
    found: list[Mailbox] = []
    words: list[str] = []
    bare: list[str] = []
    comment = ""
    for position, (kind, piece) in enumerate(entry):
        if kind == "angle":
            boxes = _angle_boxes(piece)
            if boxes:
                found += [box for box in _bare_boxes("".join(bare)) if _is_full(box.address)]
                name = decode_words(" ".join("".join(words).split()).encode()).strip()
                found += [Mailbox(address, name) for address in boxes]
                words, bare = [], []
            else:
                bare.append(" ")
        elif kind == "comment":
            comment = comment or piece
            bare.append(_COMMENT)
        elif kind == "quoted":
            after = entry[position + 1][1] if position + 1 < len(entry) else ""
            plain = _ESCAPED.sub(r"\1", piece)
            words.append(plain + " ")
            # RFC 5322 §4.4: a local part may be quoted in pieces.
            is_local_part = after.startswith(("@", "\uff20", ".")) or (bare and bare[-1].endswith("."))
            bare.append(plain.translate(_CONTROLS | _HIDDEN) if is_local_part else " ")
        else:
            words.append(piece)
            bare.append(piece)
    rest = _bare_boxes("".join(bare))
    if found:
        # Beside an address, 田中@営業部 is a name.
        return found + [box for box in rest if _is_full(box.address)]
    if len(rest) == 1 and comment:
        # The old way to name a mailbox: a@example.jp (Tanaka).
        return [Mailbox(rest[0].address, decode_words(comment.encode()).strip())]
    return rest


def _angle_boxes(piece: str) -> list[str]:
    if "=?" in piece:
        piece = decode_words(piece.encode())
    address = plain_address(piece)
    if address.count("@") > 1 and not piece.lstrip().startswith('"'):
        return [box.address for box in _bare_boxes(address)]
    return [address] if "@" in address[1:-1] else []


def _bare_boxes(text: str) -> list[Mailbox]:
    if "@" not in text and "\uff20" not in text:
        return []
    text = unicodedata.normalize("NFKC", text).translate(_UNSEEN)
    if _COMMENT in text:
        text = _COMMENT_BLANKS.sub(lambda run: _COMMENT if _COMMENT in run[0] else run[0], text)
        text = _COMMENT_BEFORE.sub(lambda around: around[0].strip(_COMMENT), text)
        text = _COMMENT_AFTER_DOT.sub(
            lambda dot: dot[1] if not dot[2] or text[dot.start() - 1 : dot.start()] != "@" else f"{dot[1]} ", text
        ).replace(_COMMENT, " ")
    text = _AROUND_AT.sub(r"\1@\2", text)
    found = [address for word in _BETWEEN.split(text) if "@" in word[1:-1] for address in _of_word(word)]
    if "@[" in text:
        found += [one[0] for one in _LITERAL.finditer(text)]
    return [Mailbox(plain_address(address).translate(_SHOWN), "") for address in found]


def _of_word(word: str) -> list[str]:
    """The addresses in one word; a sign no domain can have ends one and may begin the next."""
    if "=?" in word:
        word = " ".join(_BETWEEN.split(decode_words(word.encode())))
    if word.count("@") > 1:
        word = _BROKEN_SEPARATOR.sub(r"\1 ", word)
    found: list[str] = []
    for one in word.split():
        local, _, domain = one.rpartition("@")
        end = _DOMAIN_END.search(domain)
        if end is not None and end.start() > 0:
            domain = domain[: end.start()]
            local = local.removeprefix("'") if end[0] == "'" else local
        if local and domain:
            found.append(f"{local}@{domain}")
    return found


def _bared(entry: _Entry) -> str:
    """An entry in which no address was found, without the encoded words and the quotes that may hide one."""
    text = "".join(f"<{piece}>" if kind == "angle" else piece for kind, piece in entry if kind != "comment")
    if "=?" in text and "?=" in text:
        # Some programs put the address itself, or several mailboxes, into an encoded word (RFC 2047 §5 forbids it).
        return decode_words(text.encode())
    return text if any(kind == "quoted" and "@" in piece for kind, piece in entry) else ""
