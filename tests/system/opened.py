"""What somebody who gets a protected mail can read of it, and what opens its parcel: with code and programs that are
not ours (the standard library's parser, 7zz, bsdtar, qpdf, msoffcrypto).
"""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
import unicodedata
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

import msoffcrypto
import pypdfium2

_BLANKS = re.compile(r"\s+")


def squeezed(text: str) -> str:
    """As values are compared: NFKC, without white space."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def readable(octets: bytes) -> str:
    """Everything that can be read of a mail without a password: header, names, every part decoded, and as it lies."""
    message = message_from_bytes(octets)
    texts = [octets.decode("latin-1"), octets.decode("utf-8", "replace")]
    for part in message.walk():
        texts += [f"{name}: {_header(value)}" for name, value in part.items()]
        texts.append(part.get_filename() or "")
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            charset = part.get_content_charset() or "utf-8"
            for codec in (charset, "utf-8", "cp932", "iso-2022-jp"):
                try:
                    texts.append(payload.decode(codec))
                    break
                except (UnicodeDecodeError, LookupError):
                    continue
            if payload.startswith(b"PK"):
                texts += listed(payload)
    return squeezed("\n".join(texts))


def listed(archive: bytes) -> list[str]:
    """The names an archive shows without its password, as bsdtar prints them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "parcel.zip")
        path.write_bytes(archive)
        shown = subprocess.run(["bsdtar", "-tf", str(path)], capture_output=True, check=True, env=_ENVIRONMENT)
        return shown.stdout.decode().splitlines()


def parcels(octets: bytes) -> list[tuple[str, bytes]]:
    """The files of a mail that ask for a password, with their names."""
    found = []
    for part in message_from_bytes(octets).walk():
        payload = part.get_payload(decode=True)
        if part.get_filename() and isinstance(payload, bytes):
            found.append((part.get_filename() or "", payload))
    return [(name, payload) for name, payload in found if _asks(payload)]


def opened(name: str, parcel: bytes, password: str) -> dict[str, bytes]:
    """What is inside, by name, as each program that knows the format gives it; fails where two of them differ."""
    if parcel.startswith(b"%PDF-"):
        return {name: _pdf(parcel, password)}
    if parcel.startswith(b"\xd0\xcf\x11\xe0"):
        return {name: _office(parcel, password)}
    by_7zz, by_bsdtar = _unpacked("7zz", parcel, password), _unpacked("bsdtar", parcel, password)
    assert by_7zz == by_bsdtar
    return {inner: octets for one, packed in by_7zz.items() for inner, octets in _inside(one, packed)}


def refuses(parcel: bytes, password: str) -> bool:
    """Whether a wrong password opens nothing."""
    try:
        opened("x", parcel, password)
    except (subprocess.CalledProcessError, msoffcrypto.exceptions.InvalidKeyError):
        return True
    return False


def _inside(name: str, octets: bytes) -> Iterator[tuple[str, bytes]]:
    """A plain archive that hides names is opened as its reader would."""
    if name in ("内容.zip", "contents.zip"):
        yield from _unpacked("bsdtar", octets, "").items()
    else:
        yield name, octets


def _unpacked(program: str, archive: bytes, password: str) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path, inside = Path(folder, "parcel.zip"), Path(folder, "inside")
        path.write_bytes(archive)
        inside.mkdir()
        commands = {
            "7zz": ["7zz", "x", "-y", f"-p{password}", f"-o{inside}", str(path)],
            "bsdtar": [
                "bsdtar",
                "-xf",
                str(path),
                "-C",
                str(inside),
                *(["--passphrase", password] if password else []),
            ],
        }
        subprocess.run(commands[program], capture_output=True, check=True, env=_ENVIRONMENT, stdin=subprocess.DEVNULL)
        files = [one for one in inside.rglob("*") if one.is_file()]
        return {unicodedata.normalize("NFC", str(one.relative_to(inside))): one.read_bytes() for one in files}


def _pdf(parcel: bytes, password: str) -> bytes:
    """The text of its pages: what stands on them is what the sender's file showed."""
    with tempfile.TemporaryDirectory() as folder:
        path, plain = Path(folder, "parcel.pdf"), Path(folder, "plain.pdf")
        path.write_bytes(parcel)
        subprocess.run(
            ["qpdf", f"--password={password}", "--decrypt", str(path), str(plain)], capture_output=True, check=True
        )
        document = pypdfium2.PdfDocument(plain.read_bytes())
        return "\n".join(page.get_textpage().get_text_bounded() for page in document).encode()


def _office(parcel: bytes, password: str) -> bytes:
    file = msoffcrypto.OfficeFile(io.BytesIO(parcel))
    file.load_key(password=password, verify_password=True)
    out = io.BytesIO()
    file.decrypt(out)
    return out.getvalue()


def _asks(payload: bytes) -> bool:
    if payload.startswith(b"PK\x03\x04"):
        return bool(payload[6] & 1)
    return payload.startswith((b"%PDF-", b"\xd0\xcf\x11\xe0")) and (b"/Encrypt" in payload or b"E\0n\0c\0r" in payload)


def _header(value: object) -> str:
    try:
        return str(make_header(decode_header(str(value))))
    except (ValueError, LookupError, UnicodeDecodeError):
        return str(value)


_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin:/usr/local/bin"}
