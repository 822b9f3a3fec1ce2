"""Proof that a finished parcel is what was promised; whatever is not, never leaves."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
import pyzipper
from hypothesis import given, settings
from hypothesis import strategies as st
from pyzipper.zipfile_aes import WZ_AES_V1, AESZipInfo

from mailguard.transform.containers.errors import NotAsPromised
from mailguard.transform.containers.zip_checking import check_zip
from mailguard.transform.containers.zip_container import Packed
from mailguard.transform.containers.zip_reading import Entry, StoredOctets, entries_in
from tests.unit.transform.containers_made import FILES, OUTER, PASSWORD, made_zip, ran

PARCEL, PACKED = made_zip(files={"名簿.csv": b"a,b\r\n" * 300, "a.txt": b"Hi"})
HIDDEN_PARCEL, _ = made_zip(OUTER, {"名簿.csv": b"a,b\r\n" * 300, "a.txt": b"Hi"})


def by_pyzipper(files: dict[str, bytes], *, clear: str = "", version: int = 51, **how: Any) -> bytes:
    """A ZIP by another hand, one of its entries in clear."""
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED) as archive:
        for name, octets in files.items():
            info = AESZipInfo(name)
            info.extract_version = version
            if name == clear:
                archive.pwd = archive.encryption = None
            else:
                archive.setpassword(PASSWORD.encode())
                archive.setencryption(pyzipper.WZ_AES, **how)
            archive.writestr(info, octets)
    return out.getvalue()


@settings(max_examples=400)
@given(st.sampled_from([(PARCEL, None), (HIDDEN_PARCEL, OUTER)]), st.data())
def test_parcel_with_any_bit_changed_is_refused(parcel: tuple[bytes, str | None], data: st.DataObject) -> None:
    """There is no octet in a parcel that could be another one, but for its dates and marks of the file system."""
    octets, hidden = bytearray(parcel[0]), parcel[1]
    place = data.draw(st.integers(0, len(octets) - 1))
    octets[place] ^= 1 << data.draw(st.integers(0, 7))
    directory = parcel[0].index(b"PK\x01\x02")
    free = [
        at + offset
        for at in range(directory, len(octets))
        if parcel[0].startswith(b"PK\x01\x02", at)
        for offset in (4, 5, 36, 37, 38, 39, 40, 41)
    ]

    if place not in free:
        with pytest.raises(NotAsPromised):
            check_zip(io.BytesIO(octets), PASSWORD, PACKED, hidden_names=hidden)


@settings(max_examples=100)
@given(st.integers(0, len(PARCEL) - 1), st.binary(max_size=3))
def test_parcel_cut_short_or_with_more_behind_it_is_refused(length: int, more: bytes) -> None:
    """Nothing is missing from a parcel, and nothing hangs on it."""
    for octets in (PARCEL[:length], PARCEL + b"\0" + more, more + b"\0" + PARCEL):
        with pytest.raises(NotAsPromised):
            check_zip(io.BytesIO(octets), PASSWORD, PACKED)


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_octets_that_are_no_parcel_are_refused(octets: bytes) -> None:
    """Whatever stands there, the answer is no, and no other fault."""
    for tried in (octets, b"PK\x03\x04" + octets, b"PK\x01\x02" + octets):
        with pytest.raises(NotAsPromised):
            check_zip(io.BytesIO(tried), PASSWORD, PACKED)


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        pytest.param(by_pyzipper(FILES, nbits=128), "256 bits", id="aes-128"),
        pytest.param(by_pyzipper(FILES, force_wz_aes_version=WZ_AES_V1), "checksum", id="ae-1"),
        pytest.param(by_pyzipper(FILES, clear="plain.txt"), "not encrypted", id="one-entry-in-clear"),
        pytest.param(by_pyzipper(FILES, version=20), "flags, a version", id="version-too-low"),
    ],
)
def test_parcel_with_a_weaker_method_is_refused(octets: bytes, why: str) -> None:
    """AES-256 by AE-2 for every file, or it does not leave."""
    _, packed = made_zip()

    with pytest.raises(NotAsPromised, match=why):
        check_zip(io.BytesIO(octets), PASSWORD, packed)


def test_parcel_by_zipcrypto_is_refused(tmp_path: Path) -> None:
    """The cipher that is broken in minutes is never taken for protection."""
    (tmp_path / "plain.txt").write_bytes(b"Hi")
    parcel = tmp_path / "parcel.zip"
    ran("7zz", "a", "-tzip", "-mem=ZipCrypto", f"-p{PASSWORD}", parcel, tmp_path / "plain.txt")

    with pytest.raises(NotAsPromised, match="not encrypted by AES"):
        check_zip(io.BytesIO(parcel.read_bytes()), PASSWORD, PACKED)


def test_plain_zip_is_refused() -> None:
    """A ZIP without a password is no parcel."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("plain.txt", b"Hi")

    with pytest.raises(NotAsPromised, match="not encrypted by AES"):
        check_zip(out, PASSWORD, PACKED)


@pytest.mark.parametrize("password", [PASSWORD + "x", PASSWORD[1:], "other"], ids=["longer", "shorter", "other"])
def test_parcel_with_another_password_is_refused(password: str) -> None:
    """A parcel that its recipients could not open does not leave."""
    with pytest.raises(NotAsPromised, match="password"):
        check_zip(io.BytesIO(PARCEL), password, PACKED)


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(PACKED[:1], id="one-too-many"),
        pytest.param([*PACKED, Packed("b.txt", 0, "")], id="one-missing"),
        pytest.param(PACKED[::-1], id="other-order"),
        pytest.param([PACKED[0], Packed("a.txt", 2, PACKED[0].sha256)], id="other-octets"),
        pytest.param([PACKED[0], Packed("b.txt", 2, PACKED[1].sha256)], id="other-name"),
    ],
)
@pytest.mark.parametrize("hidden", [None, OUTER], ids=["names-shown", "names-hidden"])
def test_parcel_of_other_files_is_refused(packed: list[Packed], hidden: str | None) -> None:
    """What the evidence sheet says is what is inside."""
    with pytest.raises(NotAsPromised, match="other files"):
        check_zip(io.BytesIO(HIDDEN_PARCEL if hidden else PARCEL), PASSWORD, packed, hidden_names=hidden)


def test_parcel_that_shows_names_is_refused_where_they_were_to_be_hidden() -> None:
    """Hidden means hidden."""
    with pytest.raises(NotAsPromised, match="neutral name"):
        check_zip(io.BytesIO(PARCEL), PASSWORD, PACKED, hidden_names=OUTER)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 60_000), st.integers(0, 20_000)), max_size=6))
def test_stored_entry_read_anywhere_gives_the_octets_there(reads: list[tuple[int, int]]) -> None:
    """The ZIP inside is read where its directory points, without being unpacked."""
    inside = STORED[2]

    for place, count in reads:
        STORED[0].seek(place)
        assert inside[place : place + count] == STORED[0].read(count)


def _stored() -> tuple[io.BufferedReader, Entry, bytes]:
    inside = os.urandom(50_001)
    octets, _ = made_zip(files={"a.bin": inside})
    file = io.BytesIO(octets)
    (entry,) = entries_in(file)
    return io.BufferedReader(StoredOctets(file, entry, PASSWORD.encode())), entry, inside


STORED = _stored()
