"""Proof that a finished PDF or Office file is what was promised: closed to everybody without the password, and whole
with it.

Each raises ``NotAsPromised`` and gives nothing back. What is looked at is the file as it would leave: what the format
says of itself, the wrong passwords, and the content. Hostile files are read here: not for the relay's process.
"""

from __future__ import annotations

import hashlib
import io
from xml.etree import ElementTree

import msoffcrypto
import olefile
import pikepdf
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError
from msoffcrypto.method.ecma376_agile import ECMA376Agile

from mailguard.transform.containers.errors import NotAsPromised
from mailguard.transform.containers.method import SPIN_COUNT
from mailguard.transform.containers.password import wrong_passwords

_OFFICE = "{http://schemas.microsoft.com/office/2006/encryption}"
_OFFICE_KEY = "{http://schemas.microsoft.com/office/2006/keyEncryptor/password}encryptedKey"
_OFFICE_CIPHER = {
    "cipherAlgorithm": "AES", "keyBits": "256", "cipherChaining": "ChainingModeCBC", "hashAlgorithm": "SHA512",
}  # fmt: skip
_OFFICE_VERSION = b"\x04\x00\x04\x00\x40\x00\x00\x00"
"""Agile encryption (MS-OFFCRYPTO §2.3.4.10)."""
_OFFICE_STREAMS = {"encryptedpackage", "encryptioninfo"}
_KEY_BYTES = 32


def check_pdf(octets: bytes, password: str) -> None:
    """They are a PDF with AES-256 by revision 6, metadata and all, that opens with this password alone, as a user's."""
    for wrong in wrong_passwords(password):
        try:
            pikepdf.open(io.BytesIO(octets), password=wrong, attempt_recovery=False).close()
        except pikepdf.PasswordError:
            continue
        except pikepdf.PdfError:
            raise NotAsPromised("the PDF cannot be read") from None
        raise NotAsPromised("the PDF opens with another password")
    try:
        with pikepdf.open(io.BytesIO(octets), password=password, attempt_recovery=False) as pdf:
            if not _is_revision_6(pdf.trailer.get("/Encrypt", pikepdf.Dictionary())):
                raise NotAsPromised("the PDF is not encrypted by AES-256, revision 6, as a whole")
            if pdf.owner_password_matched or not pdf.user_password_matched:
                raise NotAsPromised("the password is not a user's")
            if any(_shows(one) for one in pdf.objects) or not len(pdf.pages):
                raise NotAsPromised("a stream of the PDF is not encrypted, or there is no page")
    except (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError):
        raise NotAsPromised("the PDF cannot be read with its password") from None


def check_office(octets: bytes, password: str, sha256: str) -> None:
    """They are an Office file by agile encryption with AES-256 that opens with this password alone, and what is in it
    has this SHA-256 (hexadecimal).
    """
    try:
        with olefile.OleFileIO(io.BytesIO(octets)) as compound:
            names = {"/".join(one).lower() for one in compound.listdir()}
            if any(one not in _OFFICE_STREAMS and not one.startswith("\x06dataspaces/") for one in names):
                raise NotAsPromised("the Office file holds more than what is encrypted")
            with compound.openstream("EncryptionInfo") as stream:
                _check_agile(stream.read())
        office = msoffcrypto.OfficeFile(io.BytesIO(octets))
        plain = _office_opened(office, password)
    except (OSError, ElementTree.ParseError, FileFormatError, DecryptionError, InvalidKeyError):
        raise NotAsPromised("the Office file cannot be read") from None
    if hashlib.sha256(plain).hexdigest() != sha256:
        raise NotAsPromised("the Office file holds something else than what was put in")


def _is_revision_6(told: pikepdf.Object) -> bool:
    """Whether the encryption dictionary says AES-256 for all strings, streams and embedded files (ISO 32000-2 §7.6)."""
    filters = told.get("/CF", pikepdf.Dictionary())
    uses = {str(told.get(name, "")) for name in ("/StmF", "/StrF")} | {str(told.get("/EFF", "/StdCF"))}
    return (
        [str(told.get(name)) for name in ("/Filter", "/V", "/R")] == ["/Standard", "5", "6"]
        and list(filters.keys()) == ["/StdCF"] == list(uses)
        and filters.StdCF.get("/CFM") == pikepdf.Name.AESV3
        and told.get("/EncryptMetadata", True) is True
    )


def _shows(one: pikepdf.Object) -> bool:
    """Whether a stream says of itself that it is not encrypted (ISO 32000-2 §7.4.10)."""
    if not isinstance(one, pikepdf.Stream):
        return False
    filters = one.get("/Filter", pikepdf.Array())
    return pikepdf.Name.Crypt in (list(filters) if isinstance(filters, pikepdf.Array) else [filters])


def _check_agile(information: bytes) -> None:
    """What the file says of its encryption: one password, and the methods that were promised."""
    if information[:8] != _OFFICE_VERSION:
        raise NotAsPromised("the Office file is not encrypted by the agile method")
    root = ElementTree.fromstring(information[8:])  # noqa: S314  # written here, not by a stranger
    keys = root.findall(f"{_OFFICE}keyEncryptors/{_OFFICE}keyEncryptor/*")
    data = root.findall(f"{_OFFICE}keyData")
    if [one.tag for one in keys] != [_OFFICE_KEY] or len(data) != 1:
        raise NotAsPromised("the Office file opens with more than one password")
    for one in (keys[0], data[0]):
        if any(one.get(name) != value for name, value in _OFFICE_CIPHER.items()):
            raise NotAsPromised("the Office file is not encrypted by AES-256")
    if int(keys[0].get("spinCount", "0")) < SPIN_COUNT:
        raise NotAsPromised("the key of the Office file is derived in too few rounds")


def _office_opened(office: msoffcrypto.format.ooxml.OOXMLFile, password: str) -> bytes:
    told = office.info
    verifier = [
        told[name]
        for name in (
            "passwordSalt", "passwordHashAlgorithm", "encryptedVerifierHashInput", "encryptedVerifierHashValue",
            "spinValue", "passwordKeyBits",
        )
    ]  # fmt: skip
    if any(ECMA376Agile.verify_password(wrong, *verifier) for wrong in wrong_passwords(password)):
        raise NotAsPromised("the Office file opens with another password")
    office.load_key(password=password, verify_password=True)
    if len(office.secret_key) != _KEY_BYTES:
        raise NotAsPromised("the key of the Office file is too short")
    plain = io.BytesIO()
    office.decrypt(plain, verify_integrity=True)
    return plain.getvalue()
