"""How each container protects, in the words of standards, for the evidence sheet of a parcel."""

from __future__ import annotations

from importlib.metadata import version
from typing import assert_never

from mailguard.model.protection import Mode

ITERATIONS = 1000
"""Of PBKDF2; fixed by the format ("AES Encryption Information", winzip.com, version 1.04)."""
SPIN_COUNT = 100_000
"""Rounds of SHA-512; what Office itself takes (MS-OFFCRYPTO §2.3.4.11 allows ten million)."""


def method_of(mode: Mode) -> dict[str, str]:
    """Cipher, key length in bits, key derivation with its parameters, integrity, standards, library with version."""
    match mode:
        case Mode.ZIP:
            return {
                "container": "ZIP, WinZip AES (AE-2)",
                "cipher": "AES-256-CTR",
                "key_bits": "256",
                "key_derivation": f"PBKDF2-HMAC-SHA1, {ITERATIONS} iterations, salt of 128 bits for each file",
                "integrity": "HMAC-SHA1-80 over the ciphertext",
                "standards": "FIPS 197; NIST SP 800-38A; RFC 8018; APPNOTE.TXT 6.3.10; AES Encryption Information 1.04",
                "software": _library("pyzipper", "pycryptodomex"),
            }
        case Mode.PDF:
            return {
                "container": "PDF, standard security handler, V 5, R 6",
                "cipher": "AES-256-CBC",
                "key_bits": "256",
                "key_derivation": "ISO 32000-2 algorithm 2.B: at least 64 rounds of SHA-256/384/512 and AES-128-CBC, "
                "salts of 64 bits; random file key",
                "integrity": "none by the format; SHA-256 of the file is on this sheet",
                "standards": "FIPS 197; NIST SP 800-38A; ISO 32000-2:2020 7.6",
                "software": _library("pikepdf"),
            }
        case Mode.OFFICE:
            return {
                "container": "Office Open XML, agile encryption",
                "cipher": "AES-256-CBC",
                "key_bits": "256",
                "key_derivation": f"SHA-512, {SPIN_COUNT} iterations, salt of 128 bits; random file key",
                "integrity": "HMAC-SHA512 over the ciphertext",
                "standards": "FIPS 197; NIST SP 800-38A; MS-OFFCRYPTO 2.3.4.10; ECMA-376",
                "software": _library("msoffcrypto-tool", "cryptography"),
            }
        case _ as never:
            assert_never(never)


def _library(*names: str) -> str:
    return ", ".join(f"{name} {version(name)}" for name in names)
