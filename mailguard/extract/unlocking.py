"""Files whose password stands in the same mail, or that every program knows: whoever gets the mail opens them too.

Only those passwords are tried, a handful. Nothing opened is kept or written anywhere.

Follows [MS-OFFCRYPTO] §2.3.4 (agile and standard encryption), §2.3.6 and §2.3.5 (RC4), [MS-XLS] §2.2.10 (which records
stay clear). Excel opens what is encrypted with "VelvetSweatshop" without asking ([MS-XLS] §2.4.117), and PowerPoint has
such a password too: a workbook whose structure alone is locked is encrypted so.
"""

from __future__ import annotations

import importlib
import io
from struct import unpack_from
from typing import Any

import msoffcrypto
import pyzipper
from msoffcrypto.method.rc4 import DocumentRC4
from msoffcrypto.method.rc4_cryptoapi import DocumentRC4CryptoAPI

from mailguard.extract.walk import File, OverLimit, Walk

ROUNDS_MAX = 1_000_000
"""Rounds of hashing for one password; Office writes 100,000, ten million are allowed ([MS-OFFCRYPTO] §2.3.4.10)."""

_EXCELS, _POWERPOINTS = "VelvetSweatshop", "/01Hannes Ruescher/01"
_FILE_PASS, _SHEET = 0x2F, 0x85
_CLEAR = frozenset((0x0809, _FILE_PASS, 0x0194, 0x0195, 0x00E1, 0x0196, 0x0138))
"""BOF, FilePass, UsrExcl, FileLock, InterfaceHdr, RRDInfo, RRDHead; of BoundSheet8 the place of the sheet."""


def unlocked_entries(file: File, walk: Walk) -> list[bytes]:
    """The contents of the encrypted entries of a zip in the order of its directory; none where no password opens them.

    Both the AES of WinZip (AE-1, AE-2) and the old cipher are known.
    """
    for password in walk.passwords:
        try:
            with pyzipper.AESZipFile(io.BytesIO(file.octets)) as archive:
                archive.setpassword(password.encode())
                found = []
                for info in archive.infolist():
                    if info.flag_bits & 1:
                        walk.spend(info.file_size, info.compress_size)
                        found.append(archive.read(info))
                return found
        except OverLimit:
            raise
        except Exception:  # noqa: S112  # a wrong password, or octets the library has not foreseen: it stays closed
            continue
    return []


def unlocked_office_file(file: File, walk: Walk) -> File | None:
    """An Office file without its password (ECMA-376 agile or standard encryption); None: closed."""
    for password in (*_known_to_all(file.name), *walk.passwords):
        walk.check_time()
        try:
            locked = _locked(file.octets)
            locked.load_key(password=password, verify_password=True)
            opened = io.BytesIO()
            locked.decrypt(opened)
        except OverLimit:
            raise
        except Exception:  # noqa: S112  # as above
            continue
        walk.spend(opened.tell())
        return File(file.name, opened.getvalue(), file.where, file.depth)
    return None


def unlocked_workbook(stream: bytes, file: File, walk: Walk) -> bytes | None:
    """The stream of records of an .xls without its encryption by RC4; None: closed.

    ``stream`` is the one in ``file``.
    """
    for password in (*_known_to_all(file.name), *walk.passwords):
        walk.check_time()
        try:
            book: Any = msoffcrypto.OfficeFile(io.BytesIO(file.octets))
            book.load_key(password=password)
            octets = io.BytesIO(stream)
            if book.type == "rc4":
                clear = DocumentRC4.decrypt(book.key, book.salt, octets, blocksize=1024)
            elif book.type == "rc4_cryptoapi":
                clear = DocumentRC4CryptoAPI.decrypt(book.key, book.salt, book.keySize, octets, blocksize=1024)
            else:
                return None
            decrypted = clear.read()
        except OverLimit:
            raise
        except Exception:  # noqa: S112  # as above
            continue
        walk.spend(len(decrypted))
        return _with_clear_records(stream, decrypted)
    return None


def opens_for_all(name: str, octets: bytes) -> bool:
    """Whether an encrypted Office file or PDF shows all it holds to everybody, without asking for anything.

    A PDF that has an owner's password only is such a file (ISO 32000-1 §7.6.3.4). PDFium is loaded when one comes.
    """
    try:
        if octets.startswith(b"%PDF-"):
            importlib.import_module("pypdfium2").PdfDocument(octets).close()
            return True
        for password in _known_to_all(name):
            locked = _locked(octets)
            try:
                locked.load_key(password=password, verify_password=True)
            except msoffcrypto.exceptions.InvalidKeyError:
                continue
            return True
    except Exception:
        # Whatever does not open here, for whatever reason, is not known to open for others.
        return False
    return False


def _known_to_all(name: str) -> tuple[str, ...]:
    """Each costs a tenth of a second, so PowerPoint's is tried on what is called a presentation alone."""
    return (_EXCELS, _POWERPOINTS) if ".pp" in name.lower() else (_EXCELS,)


def _locked(octets: bytes) -> Any:
    """Raises ``ValueError`` where the file wants more rounds of hashing than any program writes."""
    locked: Any = msoffcrypto.OfficeFile(io.BytesIO(octets))
    if locked.type == "agile" and not 0 <= locked.info["spinValue"] <= ROUNDS_MAX:
        raise ValueError("too many rounds")
    return locked


def _with_clear_records(stream: bytes, decrypted: bytes) -> bytes:
    """Heads of records, and the records that are never encrypted, as they were; FilePass is no more."""
    made = bytearray(decrypted[: len(stream)].ljust(len(stream), b"\0"))
    at = 0
    while at + 4 <= len(stream):
        kind, size = unpack_from("<HH", stream, at)
        clear = 4 + (size if kind in _CLEAR else 4 if kind == _SHEET else 0)
        made[at : at + clear] = stream[at : at + clear]
        if kind == _FILE_PASS:
            made[at : at + 2] = b"\0\0"
        at += 4 + size
    return bytes(made[: len(stream)])
