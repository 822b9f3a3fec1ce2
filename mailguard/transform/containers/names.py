"""File names as they may stand in a ZIP for Windows, Mac and phones.

Guarantees, of every name given back: NFC; no path; no control, format or bidirectional character, no surrogate; none of
``\\ / : * ? " < > |``; no blank or dot at its end, none at its beginning (a Mac would hide the file); none of the names
Windows keeps for devices; 1 to 120 characters and at most 200 octets of UTF-8; no two that differ by case alone. Names
given back are left as they are when they come again. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import count

NAME_MAX = 120
"""Characters. Windows' limit is 260 for the whole path, and people unpack in deep folders."""
NAME_MAX_BYTES = 200
"""Octets in UTF-8: 255 is the limit of Linux and Android, and unpacking programs add to names."""
EXTENSION_MAX = 16
"""Characters after the last dot; what is longer is no extension."""
NAMELESS = "添付ファイル"
"""With a number behind it: a file without a name."""

_FORBIDDEN = re.compile(r'[:*?"<>|]')
_BREAKS = re.compile(r"[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
_AT_BEGINNING = re.compile(r"^[\s.]+")
_AT_END = re.compile(r"[\s.]+$")
_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|CLOCK\$|(?:COM|LPT)[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE)
"""Reserved by Windows whatever follows the first dot ("Naming Files, Paths, and Namespaces", learn.microsoft.com)."""


def safe_names(names: Sequence[str], reserved: Iterable[str] = ()) -> list[str]:
    """The names, in order, made safe and different from each other and from ``reserved``."""
    wanted = []
    nameless = 0
    for name in names:
        stem, extension = _parts(name)
        if not stem:
            nameless += 1
            stem = f"{NAMELESS}{nameless}"
        wanted.append((stem, extension))
    # Whoever is called "name (2)" by itself keeps that name.
    own = {_key(_fitting(stem, "", extension)) for stem, extension in wanted}
    taken = {_key(name) for name in reserved}
    safe = []
    for stem, extension in wanted:
        name = _fitting(stem, "", extension)
        if _key(name) in taken:
            numbered = (_fitting(stem, f" ({number})", extension) for number in count(2))
            name = next(one for one in numbered if _key(one) not in taken | own)
        taken.add(_key(name))
        safe.append(name)
    return safe


def _parts(name: str) -> tuple[str, str]:
    """Stem and extension with its dot, cleaned; the stem may be empty."""
    name = unicodedata.normalize("NFC", name)
    name = next((part for part in reversed(re.split(r"[/\\]", name)) if part.strip()), "")
    # Control, format (bidirectional ones among them) and surrogates: no signs to be seen.
    name = "".join(one for one in _BREAKS.sub(" ", name) if unicodedata.category(one) not in ("Cc", "Cf", "Cs"))
    name = _AT_END.sub("", unicodedata.normalize("NFC", _FORBIDDEN.sub("_", name)))
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > EXTENSION_MAX or re.search(r"\s", extension):
        stem, extension = name, ""
    return _AT_BEGINNING.sub("", stem), f".{extension}" if extension else ""


def _fitting(stem: str, number: str, extension: str) -> str:
    """Stem, number and extension within the limits; what is too long is taken from the end of the stem."""
    end = number + extension
    fitting = stem[: NAME_MAX - len(end)].encode()[: NAME_MAX_BYTES - len(end.encode())].decode(errors="ignore")
    name = (stem if fitting == stem else _AT_END.sub("", fitting)) + end
    return f"_{name}" if _DEVICE.match(name) else name


def _key(name: str) -> str:
    """What two names have in common that Windows or a Mac would take for one."""
    return unicodedata.normalize("NFC", name.upper().casefold())
