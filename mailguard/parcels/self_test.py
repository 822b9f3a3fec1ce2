"""Whether the ciphers this installation protects with compute what the standards say, here and now.

Known answers for what hashes and seals; for archives and PDF files something small is made by the library that makes
parcels and opened by other code than that which made it. It takes some hundredths of a second. Office files rest on
the same AES as the known answers (msoffcrypto-tool has no cipher of its own).
"""

from __future__ import annotations

import hmac
import io
from hashlib import pbkdf2_hmac, sha256
from importlib.metadata import version

import pikepdf
import pypdfium2
import pyzipper
from cryptography.hazmat.backends.openssl import backend
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mailguard.errors import SelfTestFailed

_LIBRARIES = ("cryptography", "pyzipper", "pycryptodomex", "pikepdf", "msoffcrypto-tool")
_PASSWORD = "a password for trying only"  # noqa: S105 - protects nothing
_CONTENT = b"known content"


def self_test() -> str:
    """What was tried and with which versions, in words. Raises ``SelfTestFailed`` at the first wrong answer."""
    tests = {
        "SHA-256 (FIPS 180-4)": _sha256_is_right,
        "AES-256 (SP 800-38A F.5.5)": _aes_is_right,
        "AES-256-GCM (SP 800-38D)": _gcm_is_right,
        "AES-256 ZIP (AE-2)": _zip_is_right,
        "AES-256 PDF (revision 6)": _pdf_is_right,
    }
    for name, is_right in tests.items():
        if not is_right():
            raise SelfTestFailed(name)
    versions = [f"{library} {version(library)}" for library in _LIBRARIES]
    return f"passed: {', '.join(tests)}; {', '.join(versions)}, {backend.openssl_version_text()}"


def _sha256_is_right() -> bool:
    """NIST's example for a message of one block."""
    return sha256(b"abc").hexdigest() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def _aes_is_right() -> bool:
    """NIST SP 800-38A, F.5.5, the first block: the block cipher itself over a counter."""
    key = bytes.fromhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
    counter = bytes.fromhex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
    plain = bytes.fromhex("6bc1bee22e409f96e93d7e117393172a")
    return _counted(key, counter, plain).hex() == "601ec313775789a5b7a7f504bbf3d228"


def _gcm_is_right() -> bool:
    """Test case 14 of McGrew and Viega's specification, which SP 800-38D took up."""
    sealed = AESGCM(bytes(32)).encrypt(bytes(12), bytes(16), None)
    return sealed.hex() == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"


def _zip_is_right() -> bool:
    """What pyzipper (its AES is pycryptodomex') encrypts, opened by hand after WinZip's description of AE-2."""
    written = io.BytesIO()
    with pyzipper.AESZipFile(written, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(_PASSWORD.encode())
        archive.writestr("a", _CONTENT)
        [entry] = archive.infolist()
    octets = written.getvalue()
    start = entry.header_offset + 30 + sum(octets[entry.header_offset + at] for at in (26, 28))
    data = octets[start : start + entry.compress_size]
    salt, check, sealed, code = data[:16], data[16:18], data[18:-10], data[-10:]
    keys = pbkdf2_hmac("sha1", _PASSWORD.encode(), salt, 1000, 66)
    return (
        check == keys[64:]
        and code == hmac.digest(keys[32:64], sealed, "sha1")[:10]
        # WinZip counts from 1 with the lowest octet first; inside one block that is the counter's first value.
        and _counted(keys[:32], b"\x01" + bytes(15), sealed) == _CONTENT
    )


def _pdf_is_right() -> bool:
    """What qpdf encrypts opens in pdfium, whose AES is its own, and not with another password."""
    title = _CONTENT.decode()
    written = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.docinfo["/Title"] = title
        document.save(written, encryption=pikepdf.Encryption(owner=_PASSWORD, user=_PASSWORD, R=6))
    try:
        pypdfium2.PdfDocument(written.getvalue(), password=_PASSWORD[1:]).close()
    except pypdfium2.PdfiumError:
        opened = pypdfium2.PdfDocument(written.getvalue(), password=_PASSWORD)
        try:
            return bool(opened.get_metadata_value("Title") == title)
        finally:
            opened.close()
    return False


def _counted(key: bytes, counter: bytes, octets: bytes) -> bytes:
    return Cipher(algorithms.AES(key), modes.CTR(counter)).encryptor().update(octets)
