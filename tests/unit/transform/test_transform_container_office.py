"""An Office file with a password of its own: the same octets for whom it is for, closed to everybody else."""

from __future__ import annotations

import hashlib
import io
import zipfile
from random import Random

import msoffcrypto
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msoffcrypto.exceptions import InvalidKeyError
from msoffcrypto.format.ooxml import OOXMLFile

from mailguard.transform.containers.errors import CannotLock, NotAsPromised, WhyNot
from mailguard.transform.containers.file_checking import check_office
from mailguard.transform.containers.office_container import OFFICE_MAX_BYTES, lock_office
from tests.unit.extract.locked_files import pdf_locked
from tests.unit.extract.made_documents import compound, opendocument
from tests.unit.transform.containers_made import PASSWORD, made_office, made_pdf, made_zip

PLAIN = made_office()
SHA256 = hashlib.sha256(PLAIN).hexdigest()
LOCKED = lock_office(PLAIN, PASSWORD)
OLD = compound({"WordDocument": b"text", "1Table": b""})


def opened(octets: bytes, password: str) -> bytes:
    """What another program gets out of the file."""
    office, out = msoffcrypto.OfficeFile(io.BytesIO(octets)), io.BytesIO()
    office.load_key(password=password, verify_password=True)
    office.decrypt(out, verify_integrity=True)
    return out.getvalue()


# Below 4,096 octets the compound file keeps a stream in another place; above 7 MB it needs a table of tables ([MS-CFB]
# §2.5, §2.6.1).
@pytest.mark.parametrize("filling", [0, *range(2750, 3050, 16), 20_000, 7_200_000, 16_000_000])
def test_locked_office_file_gives_the_same_octets(filling: int) -> None:
    """The recipient gets the file as it was, of whatever size."""
    octets = made_office(filling=filling)
    locked = lock_office(octets, PASSWORD)
    check_office(locked, PASSWORD, hashlib.sha256(octets).hexdigest())

    assert octets == opened(locked, PASSWORD)


@pytest.mark.parametrize("password", [PASSWORD[:-1], PASSWORD + "x", PASSWORD.lower()])
def test_locked_office_file_with_a_wrong_password_is_not_opened(password: str) -> None:
    """Who guesses reads nothing."""
    with pytest.raises(InvalidKeyError):
        opened(LOCKED, password)


def test_locked_office_file_shows_nothing_of_its_content() -> None:
    """No part of the package is left in clear."""

    assert b"word/document.xml" in PLAIN
    assert b"word/document.xml" not in LOCKED
    assert Random(7).randbytes(64) not in LOCKED


def test_keys_of_two_locked_files_are_random_as_a_whole() -> None:
    """A key has 256 bits that nobody knows, not 128 and a constant."""
    keys = []
    for octets in (LOCKED, lock_office(PLAIN, PASSWORD)):
        office = msoffcrypto.OfficeFile(io.BytesIO(octets))
        office.load_key(password=PASSWORD)
        keys.append(office.secret_key)

    assert [32, 32] == [len(key) for key in keys]
    assert keys[0][:16] != keys[1][:16]
    assert keys[0][16:] != keys[1][16:]


SIGNED = '<Relationships><Relationship Type="http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"/>'


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        pytest.param(b"", WhyNot.OTHER_FORMAT, id="nothing"),
        pytest.param(b"no office file", WhyNot.OTHER_FORMAT, id="text"),
        pytest.param(made_pdf(), WhyNot.OTHER_FORMAT, id="pdf"),
        pytest.param(pdf_locked(), WhyNot.OTHER_FORMAT, id="locked-pdf"),
        pytest.param(OLD, WhyNot.OTHER_FORMAT, id="old-word"),
        pytest.param(opendocument("<text:p>a</text:p>"), WhyNot.OTHER_FORMAT, id="opendocument"),
        pytest.param(made_zip()[0], WhyNot.OTHER_FORMAT, id="zip"),
        pytest.param(OLD[:600], WhyNot.DAMAGED, id="old-word-cut-short"),
        pytest.param(PLAIN[:-30], WhyNot.DAMAGED, id="cut-short"),
        pytest.param(PLAIN[:40] + b"x" * 40 + PLAIN[80:], WhyNot.DAMAGED, id="header-damaged"),
        pytest.param(LOCKED, WhyNot.ENCRYPTED, id="locked"),
        pytest.param(made_office({"_xmlsignatures/sig1.xml": b"<Signature/>"}), WhyNot.SIGNED, id="signed"),
        pytest.param(b"PK" + bytes(OFFICE_MAX_BYTES), WhyNot.TOO_LARGE, id="too-large"),
    ],
)
def test_office_file_that_must_not_be_changed_is_not_locked(octets: bytes, why: WhyNot) -> None:
    """What has no such password, what one would break, or what is closed already goes another way."""
    with pytest.raises(CannotLock) as refused:
        lock_office(octets, PASSWORD)

    assert why == refused.value.why


def test_office_file_signed_under_another_name_is_not_locked() -> None:
    """A signature is found by what the package says, wherever it lies."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("_rels/.rels", SIGNED)
        package.writestr("a.bin", bytes(9000))
    with pytest.raises(CannotLock) as refused:
        lock_office(out.getvalue(), PASSWORD)

    assert WhyNot.SIGNED == refused.value.why


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(PLAIN) - 1), st.integers(0, 255)), min_size=1, max_size=4), st.booleans())
def test_octets_like_an_office_file_are_looked_at_without_another_fault(
    changes: list[tuple[int, int]], is_old: bool
) -> None:
    """A damaged file ends in a reason; one that is whole enough is what the recipient gets."""
    octets = bytearray(OLD if is_old else PLAIN[-1200:].rjust(len(PLAIN), b"P"))
    octets[:2] = OLD[:2] if is_old else b"PK"
    for place, value in changes:
        octets[2 + place % (len(octets) - 2)] = value
    with pytest.raises(CannotLock):
        lock_office(bytes(octets), PASSWORD)


def by_msoffcrypto(password: str) -> bytes:
    """The file by another hand."""
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(PLAIN)).encrypt(password, out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        pytest.param(PLAIN, "cannot be read", id="open"),
        pytest.param(OLD, "more than what is encrypted", id="old-word"),
        pytest.param(by_msoffcrypto("other"), "cannot be read", id="other-password"),
        pytest.param(by_msoffcrypto(PASSWORD[:-1]), "another password", id="opens-with-less"),
        pytest.param(LOCKED.replace(b'spinCount="100000"', b'spinCount="000010"'), "too few rounds", id="few-rounds"),
        pytest.param(LOCKED.replace(b'keyBits="256"', b'keyBits="128"', 1), "not encrypted by AES-256", id="aes-128"),
        pytest.param(LOCKED.replace(b"keyEncryptor/password", b"keyEncryptor/certific"), "more than", id="certificate"),
        pytest.param(LOCKED[:-9000] + bytes(10) + LOCKED[-8990:], "cannot be read", id="octets-changed"),
    ],
)
def test_office_file_that_is_not_as_promised_is_refused(octets: bytes, why: str) -> None:
    """A file that somebody else could open, or by a weaker method, does not leave."""
    with pytest.raises(NotAsPromised, match=why):
        check_office(octets, PASSWORD, SHA256)


def test_office_file_with_other_content_is_refused() -> None:
    """What is locked is what was to be locked."""
    with pytest.raises(NotAsPromised, match="something else"):
        check_office(LOCKED, PASSWORD, hashlib.sha256(b"other").hexdigest())
