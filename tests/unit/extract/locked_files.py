"""Files that ask for a password, of every kind that is opened with one; each holds ``TEXT``."""

from __future__ import annotations

import io
import secrets
import struct
import zipfile
import zlib
from hashlib import md5

import py7zr
import pyzipper
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.rc4 import DocumentRC4

from tests.unit.extract.made_documents import cell, xlsx

TEXT = "Hasegawa Misaki 392718460552"
PASSWORD = "Hana-7kQ2"


def zip_aes(password: str = PASSWORD, *more: tuple[str, bytes], bits: int = 256) -> bytes:
    """A zip by WinZip's AES, with further entries in clear."""
    made = io.BytesIO()
    with pyzipper.AESZipFile(made, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=bits)
        archive.writestr("inner.txt", TEXT)
    if not more:
        return made.getvalue()
    with zipfile.ZipFile(made, "a") as archive:
        for name, octets in more:
            archive.writestr(name, octets)
    return made.getvalue()


class _ZipCrypto:
    """The old cipher of zip (APPNOTE 6.1)."""

    def __init__(self, password: bytes) -> None:
        self._keys = [0x12345678, 0x23456789, 0x34567890]
        for octet in password:
            self._update(octet)

    def encrypted(self, octets: bytes) -> bytes:
        """These octets, in the order in which they come."""
        found = bytearray()
        for octet in octets:
            mask = (self._keys[2] | 2) & 0xFFFF
            found.append(octet ^ ((mask * (mask ^ 1)) >> 8 & 0xFF))
            self._update(octet)
        return bytes(found)

    def _update(self, octet: int) -> None:
        keys = self._keys
        keys[0] = self._crc(keys[0], octet)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = self._crc(keys[2], keys[1] >> 24)

    @staticmethod
    def _crc(key: int, octet: int) -> int:
        return (zlib.crc32(bytes([octet]), key ^ 0xFFFFFFFF) ^ 0xFFFFFFFF) & 0xFFFFFFFF


def zip_old(password: str = PASSWORD) -> bytes:
    """A zip by the old cipher, one stored file."""
    octets, name = TEXT.encode(), b"inner.txt"
    crc = zlib.crc32(octets)
    body = _ZipCrypto(password.encode()).encrypted(secrets.token_bytes(11) + bytes([crc >> 24]) + octets)
    local = struct.pack("<4sHHHIIIIHH", b"PK\3\4", 20, 1, 0, 0, crc, len(body), len(octets), len(name), 0) + name
    central = struct.pack(
        "<4sHHHHIIIIHHHHHII", b"PK\1\2", 20, 20, 1, 0, 0, crc, len(body), len(octets), len(name), 0, 0, 0, 0, 0, 0
    ) + name  # fmt: skip
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local) + len(body), 0)
    return local + body + central + end


def workbook(password: str = PASSWORD) -> bytes:
    """A workbook with a password to open it (ECMA-376, agile)."""
    plain, made = io.BytesIO(xlsx(f'<row r="1">{cell("A1", TEXT)}</row>')), io.BytesIO()
    with zipfile.ZipFile(plain, "a") as archive:
        archive.writestr(
            "[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
        )
        # The library writes streams of less than 4,096 octets where nobody looks for them.
        archive.writestr("docProps/filler.xml", f"<a>{secrets.token_hex(8192)}</a>")
    OOXMLFile(plain).encrypt(password, made)
    return made.getvalue()


def seven_zip(password: str = PASSWORD, *, hides_names: bool = False) -> bytes:
    """A 7z archive by AES, its list of names encrypted or not."""
    made = io.BytesIO()
    with py7zr.SevenZipFile(made, "w", password=password, header_encryption=hides_names) as archive:
        archive.writestr(TEXT.encode(), "inner.txt")
    return made.getvalue()


_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def _rc4(key: bytes, octets: bytes) -> bytes:
    box = list(range(256))
    at = 0
    for number in range(256):
        at = (at + box[number] + key[number % len(key)]) & 0xFF
        box[number], box[at] = box[at], box[number]
    found = bytearray()
    one = at = 0
    for octet in octets:
        one = (one + 1) & 0xFF
        at = (at + box[one]) & 0xFF
        box[one], box[at] = box[at], box[one]
        found.append(octet ^ box[(box[one] + box[at]) & 0xFF])
    return bytes(found)


def xls_locked(stream: bytes, password: str) -> bytes:
    """The stream of an .xls, encrypted by RC4 ([MS-OFFCRYPTO] 2.3.6): FilePass stands behind the first BOF.

    ``stream``: with the FilePass record and its 54 octets in place, of any content.
    """
    salt, verifier = bytes(range(16)), bytes(range(16, 32))
    clear, made, at = stream, bytearray(), 0
    both = DocumentRC4.decrypt(password, salt, io.BytesIO(verifier + md5(verifier).digest())).read()
    scrambled = DocumentRC4.decrypt(password, salt, io.BytesIO(clear), blocksize=1024).read()
    while at + 4 <= len(clear):
        kind, size = struct.unpack_from("<HH", clear, at)
        end = at + 4 + size
        if kind == 0x2F:
            made += clear[at : at + 4] + struct.pack("<HHH", 1, 1, 1) + salt + both
        elif kind in (0x0809, 0xE1):
            made += clear[at:end]
        else:
            kept = 8 if kind == 0x85 else 4
            made += clear[at : at + kept] + scrambled[at + kept : end]
        at = end
    return bytes(made)


def pdf_locked(password: str = PASSWORD) -> bytes:
    """A page of PDF that asks for a password (ISO 32000-1, 7.6: the standard handler, revision 2); "": for none."""
    padded, rights, document = (password.encode() + _PADDING)[:32], -4, bytes(range(16))
    owner = _rc4(md5(padded).digest()[:5], padded)
    key = md5(padded + owner + struct.pack("<i", rights) + document).digest()[:5]
    page = f"BT /F1 12 Tf 50 700 Td ({TEXT}) Tj ET".encode()
    locked = _rc4(md5(key + (4).to_bytes(3, "little") + b"\0\0").digest()[:10], page)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(locked), locked),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Filter /Standard /V 1 /R 2 /P %d /O <%s> /U <%s> >>"
        % (rights, owner.hex().encode(), _rc4(key, _PADDING).hex().encode()),
    ]
    made = bytearray(b"%PDF-1.4\n")
    places = []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(made)
    made += b"xref\n0 7\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer\n<< /Size 7 /Root 1 0 R /Encrypt 6 0 R /ID [<%s> <%s>] >>\n" % ((document.hex().encode(),) * 2)
    return bytes(made + b"startxref\n%d\n%%%%EOF\n" % start)
