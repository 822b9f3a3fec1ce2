"""What somebody who gets a protected mail, or the mail with its password, can see, read and open of it.

Read with the standard library's parser and opened with pyzipper: neither of them had a hand in protecting it.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message

import pyzipper

from mailguard.i18n import Language

LINES_MAX = 4
"""What a notice says first: what this is, what the file is called, and who knows the password."""
LINE_MAX = 300

_PASSWORD = re.compile(r"^[A-Za-z0-9]{4}(?:-[A-Za-z0-9]{4}){4,6}$", re.MULTILINE)
_BETWEEN_LANGUAGES = re.compile(r"^-{20,}$", re.MULTILINE)
_BELOW_OWN_WORDS = re.compile(r"\A.*^={20,}$", re.MULTILINE | re.DOTALL)
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Notice:
    """The first lines of a notice, by language. ``file_name``: the file that asks for a password; empty: none, it is
    the mail that tells the password.
    """

    file_name: str
    lines: Mapping[Language, tuple[str, ...]]

    @property
    def is_protected(self) -> bool:
        """Whether the mail holds a file that asks for a password; otherwise it tells one."""
        return bool(self.file_name)


def notice_of(content: bytes) -> Notice | None:
    """The notice of a protected mail or of one that tells a password; None: it is neither."""
    message = message_from_bytes(content)
    found = _parcel(message)
    if found is not None:
        name, _ = found
        return Notice(name, _first_lines(_BELOW_OWN_WORDS.sub("", _words(message))))
    if str(message.get("Message-ID", "")).startswith("<password."):
        return Notice("", _first_lines(_words(message)))
    return None


def passwords_in(content: bytes) -> list[str]:
    """The passwords that stand on lines of their own, each once."""
    return list(dict.fromkeys(_PASSWORD.findall(_words(message_from_bytes(content)))))


def opened(content: bytes, password: str) -> dict[str, bytes] | None:
    """What is in the ZIP of a mail, by name; None: there is none, or this is not its password."""
    found = _parcel(message_from_bytes(content))
    if found is None:
        return None
    try:
        with pyzipper.AESZipFile(io.BytesIO(found[1])) as archive:
            archive.setpassword(password.encode("ascii"))
            return {name: archive.read(name) for name in archive.namelist()}
    except (RuntimeError, pyzipper.BadZipFile):
        return None


def readable(content: bytes) -> str:
    """All that can be read of a mail without a password: as it lies, header, names, every part decoded; squeezed."""
    texts = [content.decode("latin-1"), content.decode("utf-8", "replace")]
    for part in message_from_bytes(content).walk():
        texts += [_shown(part.get_filename() or ""), *(_shown(str(value)) for value in part.values())]
        octets = part.get_payload(decode=True)
        if isinstance(octets, bytes):
            texts += [octets.decode(codec, "replace") for codec in ("utf-8", "cp932", "iso-2022-jp")]
            texts += _names(octets)
    return squeezed("\n".join(texts))


def squeezed(text: str) -> str:
    """As values are compared: NFKC, without white space."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def _parcel(message: Message) -> tuple[str, bytes] | None:
    """The first file that asks for a password, with its name."""
    for part in message.walk():
        name = part.get_filename()
        octets = part.get_payload(decode=True) if name else None
        if name and isinstance(octets, bytes) and _asks(octets):
            return _shown(name), octets
    return None


def _asks(octets: bytes) -> bool:
    # APPNOTE.TXT 4.4.4: bit 0 of the flags. ISO 32000-2 §7.6. MS-OFFCRYPTO §2.3.4.
    if octets.startswith(b"PK\x03\x04"):
        return bool(octets[6:7] and octets[6] & 1)
    if octets.startswith(b"%PDF-"):
        return b"/Encrypt" in octets
    return octets.startswith(b"\xd0\xcf\x11\xe0") and "EncryptedPackage".encode("utf-16-le") in octets


def _names(octets: bytes) -> list[str]:
    if not octets.startswith(b"PK\x03\x04"):
        return []
    try:
        with pyzipper.AESZipFile(io.BytesIO(octets)) as archive:
            return list(archive.namelist())
    except pyzipper.BadZipFile:
        return []


def _words(message: Message) -> str:
    """The first plain text, with ``\\n`` for line ends."""
    for part in message.walk():
        octets = part.get_payload(decode=True) if part.get_content_type() == "text/plain" else None
        if isinstance(octets, bytes) and not part.get_filename():
            return octets.decode(part.get_content_charset("utf-8"), "replace").replace("\r\n", "\n")
    return ""


def _first_lines(words: str) -> dict[Language, tuple[str, ...]]:
    """Of both pages: the office's language is Japanese here."""
    ja, *rest = _BETWEEN_LANGUAGES.split(words, maxsplit=1)
    return {"ja": _beginning(ja), "en": _beginning(rest[0] if rest else ja)}


def _beginning(page: str) -> tuple[str, ...]:
    """The paragraphs at its top; a line that was wrapped for its width is put together again."""
    lines: list[str] = []
    for line in page.strip().splitlines():
        if not line.strip():
            if len(lines) > 1:
                break
        elif lines and line[0].islower():
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line.strip())
    return tuple(line[:LINE_MAX] for line in lines[:LINES_MAX])


def _shown(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (ValueError, LookupError):
        return value
