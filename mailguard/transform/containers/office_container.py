"""An Office file with a password of its own: agile encryption, AES-256 and SHA-512 (MS-OFFCRYPTO §2.3.4.10).

Guarantees: what opens with the password is the file octet by octet. Every key has 256 random or derived bits.

Opens it: Office from 2010 on Windows, Mac and phones, LibreOffice. Hostile files are read here: not for the relay's
process.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import struct
import zipfile
import zlib

import olefile
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msoffcrypto.method.container.ecma376_encrypted import DefaultContent
from msoffcrypto.method.ecma376_agile import (
    ECMA376Agile,
    ECMA376AgileEncryptionInfo,
    blkKey_encryptedKeyValue,
    blkKey_encryptedVerifierHashValue,
    blkKey_VerifierHashInput,
)

from mailguard.transform.containers.compound_file import Storage, compound_file
from mailguard.transform.containers.errors import CannotLock, WhyNot
from mailguard.transform.containers.method import SPIN_COUNT
from mailguard.transform.containers.password import password_octets

OFFICE_MAX_BYTES = 64 * 1024 * 1024
"""Read as a whole; about five times as much memory is taken."""
KEY_BYTES = 32
SALT_BYTES = 16
RELATIONS_MAX_BYTES = 1024 * 1024
"""The relations of a whole package are a few lines."""
_SIGNATURE_ORIGIN = b"digital-signature/origin"
"""End of the relation's type (ECMA-376-2 §13.2.1)."""
_ENCRYPTED_FLAG = 0x0001
_DATA_SPACES: Storage = {
    "Version": DefaultContent.Version,
    "DataSpaceMap": DefaultContent.DataSpaceMap,
    "DataSpaceInfo": {"StrongEncryptionDataSpace": DefaultContent.StrongEncryptionDataSpace},
    "TransformInfo": {"StrongEncryptionTransform": {"\x06Primary": DefaultContent.Primary}},
}
"""Which stream is encrypted and how, the same for all files (MS-OFFCRYPTO §2.2.1)."""


def lock_office(octets: bytes, password: str) -> bytes:
    """The Office file (docx, xlsx, pptx and their relatives), to be opened with this password.

    Raises ``CannotLock``: too large; damaged; encrypted already; signed; an old or another format.
    """
    password_octets(password)
    if len(octets) > OFFICE_MAX_BYTES:
        raise CannotLock(WhyNot.TOO_LARGE)
    _look(octets)
    information, key = _parameters(password)
    encrypted = ECMA376Agile.encrypt_payload(
        io.BytesIO(octets), information.encryptedKey, key, information.keyData.saltValue
    )
    return compound_file(
        {
            "EncryptedPackage": encrypted,
            "EncryptionInfo": ECMA376Agile.get_encryption_information(information, encrypted, key),
            "\x06DataSpaces": _DATA_SPACES,
        }
    )


def _look(octets: bytes) -> None:
    """Raises ``CannotLock`` for what is no Office package that may be encrypted."""
    if octets.startswith(olefile.MAGIC):
        raise CannotLock(_why_not_compound(octets))
    if not octets.startswith(b"PK"):
        raise CannotLock(WhyNot.OTHER_FORMAT)
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as package:
            names = {info.filename.lower(): info for info in package.infolist()}
            if "[content_types].xml" not in names or "_rels/.rels" not in names:
                raise CannotLock(WhyNot.OTHER_FORMAT)
            if any(info.flag_bits & _ENCRYPTED_FLAG for info in names.values()):
                raise CannotLock(WhyNot.ENCRYPTED)
            with package.open(names["_rels/.rels"]) as stream:
                relations = stream.read(RELATIONS_MAX_BYTES)
            for info in names.values():
                # Its header is where the directory says, at least.
                package.open(info).close()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        raise CannotLock(WhyNot.DAMAGED) from None
    if _SIGNATURE_ORIGIN in relations or any(name.startswith("_xmlsignatures/") for name in names):
        raise CannotLock(WhyNot.SIGNED)


def _why_not_compound(octets: bytes) -> WhyNot:
    try:
        with olefile.OleFileIO(io.BytesIO(octets)) as compound:
            return WhyNot.ENCRYPTED if compound.exists("EncryptionInfo") else WhyNot.OTHER_FORMAT
    except (OSError, ValueError, IndexError, TypeError, struct.error):
        return WhyNot.DAMAGED


def _parameters(password: str) -> tuple[ECMA376AgileEncryptionInfo, bytes]:
    """What the file says of its keys, and the key of its content (MS-OFFCRYPTO §2.3.4.13).

    Made here because msoffcrypto 6.1 takes 16 random octets for that key and fills the rest with a constant.
    """
    information = ECMA376AgileEncryptionInfo()
    information.spinCount = SPIN_COUNT
    information.keyData.saltValue = secrets.token_bytes(SALT_BYTES)
    salt = information.encryptedKey.saltValue = secrets.token_bytes(SALT_BYTES)
    key, probe = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(SALT_BYTES)
    derived = _derived(password, salt)
    for_probe, for_hash, for_key = (
        hashlib.sha512(derived + purpose).digest()[:KEY_BYTES]
        for purpose in (blkKey_VerifierHashInput, blkKey_encryptedVerifierHashValue, blkKey_encryptedKeyValue)
    )
    information.encryptedVerifierHashInput = _encrypted(probe, for_probe, salt)
    information.encryptedVerifierHashValue = _encrypted(hashlib.sha512(probe).digest(), for_hash, salt)
    information.encryptedKeyValue = _encrypted(key, for_key, salt)
    return information, key


def _derived(password: str, salt: bytes) -> bytes:
    """MS-OFFCRYPTO §2.3.4.11."""
    digest = hashlib.sha512(salt + password.encode("utf-16-le")).digest()
    for number in range(SPIN_COUNT):
        digest = hashlib.sha512(struct.pack("<I", number) + digest).digest()
    return digest


def _encrypted(octets: bytes, key: bytes, salt: bytes) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CBC(salt)).encryptor()
    return cipher.update(octets) + cipher.finalize()
