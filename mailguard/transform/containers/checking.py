"""Proof that a finished container is what was promised: closed to everybody without the password, and whole with it.

Each raises ``NotAsPromised`` and gives nothing back. What is looked at is the file as it would leave, read by other
code than wrote it where there is other code. ZIP: every octet of it. PDF and Office: what the format says of itself,
the wrong passwords, and the content.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import IO, BinaryIO
from xml.etree import ElementTree

import msoffcrypto
import olefile
import pikepdf
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError
from msoffcrypto.method.ecma376_agile import ECMA376Agile

from mailguard.transform.containers.errors import NotAsPromised
from mailguard.transform.containers.office_container import SPIN_COUNT
from mailguard.transform.containers.password import password_octets, wrong_passwords
from mailguard.transform.containers.zip_container import Packed
from mailguard.transform.containers.zip_reading import PIECE_BYTES, Entry, StoredOctets, entries_in, octets_of

_OFFICE = "{http://schemas.microsoft.com/office/2006/encryption}"
_OFFICE_KEY = "{http://schemas.microsoft.com/office/2006/keyEncryptor/password}encryptedKey"
_OFFICE_CIPHER = {
    "cipherAlgorithm": "AES", "keyBits": "256", "cipherChaining": "ChainingModeCBC", "hashAlgorithm": "SHA512",
}  # fmt: skip
_OFFICE_VERSION = b"\x04\x00\x04\x00\x40\x00\x00\x00"
"""Agile encryption (MS-OFFCRYPTO §2.3.4.10)."""
_OFFICE_STREAMS = {"encryptedpackage", "encryptioninfo"}
_KEY_BYTES = 32


def check_zip(file: BinaryIO, password: str, packed: Sequence[Packed], *, hidden_names: str | None = None) -> None:
    """``file`` is an AES-256 ZIP of exactly these files, by directory and local headers, and opens with this password
    alone; with ``hidden_names`` it is one of a ZIP with that name that holds exactly these.
    """
    octets = password_octets(password)
    wrong = tuple(one.encode() for one in wrong_passwords(password))
    entries = entries_in(file)
    if hidden_names is not None:
        if [one.name for one in entries] != [hidden_names]:
            raise NotAsPromised("more than one neutral name is to be seen")
        for _ in octets_of(file, entries[0], octets, wrong):
            pass
        found = _inside(file, entries[0], octets)
    else:
        # An entry that opens with the right password opens with no other: what is wrong is tried once.
        found = [
            _hashed(entry.name, octets_of(file, entry, octets, () if number else wrong))
            for number, entry in enumerate(entries)
        ]
    if found != list(packed):
        raise NotAsPromised("it holds other files than those that were put in")


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


def _hashed(name: str, pieces: Iterable[bytes]) -> Packed:
    size, digest = 0, hashlib.sha256()
    for piece in pieces:
        size += len(piece)
        digest.update(piece)
    return Packed(name, size, digest.hexdigest())


def _inside(file: BinaryIO, entry: Entry, password: bytes) -> list[Packed]:
    """The files of the plain ZIP in an entry, read by the standard library as other programs read it."""
    try:
        with zipfile.ZipFile(io.BufferedReader(StoredOctets(file, entry, password), PIECE_BYTES)) as inner:
            return [_hashed(info.filename, _pieces(inner, info)) for info in inner.infolist()]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError):
        raise NotAsPromised("the ZIP inside cannot be read") from None


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterable[bytes]:
    with archive.open(info) as stream:
        source: IO[bytes] = stream
        while piece := source.read(PIECE_BYTES):
            yield piece


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
