"""Files that ask for a password, made by a real archiver, and files that do not."""

from __future__ import annotations

import base64
import random
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.extract import read
from mailguard.mime.message import Message
from tests.unit.extract.locked_files import PASSWORD, pdf_locked, workbook

LARGE_OCTETS = 5 * 1024 * 1024
"""More than the start of a file that is looked at, so that an archive's directory lies beyond it."""


def asks(octets: bytes, name: str = "a.bin", content_type: str = "application/octet-stream") -> bool:
    """Whether the one attachment with these octets is found to ask for a password."""
    encoded = base64.encodebytes(octets).replace(b"\n", b"\r\n")
    head = (
        f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
    )
    mail = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n%s%s\r\n--b--\r\n"
    (attachment,) = read(Message(mail % (head.encode(), encoded))).attachments
    return attachment.is_protected


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("7zz"):
        pytest.skip("7zz is not installed")
    folder = tmp_path_factory.mktemp("archives")
    (folder / "a.txt").write_text("名簿\n" * 50, encoding="utf-8")
    (folder / "b.txt").write_text("b\n", encoding="utf-8")
    (folder / "large.bin").write_bytes(random.Random(1).randbytes(LARGE_OCTETS))
    return folder


def archive(folder: Path, name: str, *arguments: str) -> bytes:
    """An archive made by 7-Zip; called again with the same name, it adds."""
    command = ["7zz", "a", "-y", "-bd", "-mmt1", *arguments[:-1], name, arguments[-1]]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    return (folder / name).read_bytes()


PROTECTED = {
    "zip": ("zipcrypto.zip", "-psecret", "a.txt"),
    "zip, AES": ("aes.zip", "-psecret", "-mem=AES256", "a.txt"),
    "zip, large": ("large.zip", "-psecret", "-mx0", "large.bin"),
    "7z": ("a.7z", "-psecret", "a.txt"),
    "7z, names hidden": ("hidden.7z", "-psecret", "-mhe=on", "a.txt"),
    "7z, large": ("large.7z", "-psecret", "-mx0", "large.bin"),
    "7z, large, names hidden": ("large-hidden.7z", "-psecret", "-mhe=on", "-mx0", "large.bin"),
}
OPEN = {
    "zip": ("open.zip", "a.txt"),
    "zip, stored": ("stored.zip", "-mx0", "a.txt"),
    "zip, large": ("open-large.zip", "-mx0", "large.bin"),
    "7z": ("open.7z", "a.txt"),
    "7z, large": ("open-large.7z", "-mx0", "large.bin"),
}


@pytest.mark.parametrize("kind", PROTECTED)
def test_archive_with_a_password_asks_for_it(folder: Path, kind: str) -> None:
    """An archive protected by 7-Zip is known as protected, small or large."""
    assert asks(archive(folder, *PROTECTED[kind]))


@pytest.mark.parametrize("kind", OPEN)
def test_archive_without_a_password_asks_for_none(folder: Path, kind: str) -> None:
    """An archive that anybody opens is never taken for a protected one."""
    assert not asks(archive(folder, *OPEN[kind]))


def test_archive_with_one_protected_file_among_open_ones_asks(folder: Path) -> None:
    """A password for one of the files is a password."""
    archive(folder, "mixed.zip", "a.txt")

    assert asks(archive(folder, "mixed.zip", "-psecret", "b.txt"))


def test_large_archive_with_a_protected_file_at_its_end_asks(folder: Path) -> None:
    """A protected file is found behind open ones of any size, by the archive's directory."""
    archive(folder, "end.zip", "-mx0", "large.bin")
    (folder / "z.txt").write_text("z\n", encoding="utf-8")

    assert asks(archive(folder, "end.zip", "-psecret", "z.txt"))


@pytest.mark.parametrize("name", ["a.zip", "a.txt", "a.zi_", "名簿.dat", ""])
@pytest.mark.parametrize("content_type", ["application/zip", "text/plain", "text/csv", "image/jpeg", "x-unknown/y"])
def test_protected_archive_is_known_whatever_it_calls_itself(folder: Path, name: str, content_type: str) -> None:
    """Another name or type, as offices give it to get through a filter, changes nothing."""
    assert asks(archive(folder, *PROTECTED["zip"]), name or "x", content_type)


def pdf(trailer: str, middle: str = "") -> bytes:
    start = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    return f"{start}{middle}trailer\n<< /Root 1 0 R {trailer} >>\nstartxref\n9\n%%EOF\n".encode()


FILLER = "% " + "x" * LARGE_OCTETS + "\n"
XREF = "5 0 obj << /Type /XRef /Root 1 0 R /Encrypt 4 0 R /Length 0 >> stream\nendstream\nendobj\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016)
PROTECTED_FILES = [
    pytest.param(pdf("/Encrypt 4 0 R /ID [<00><00>]"), id="PDF"),
    pytest.param(pdf("/Encrypt\n4\n0\nR"), id="PDF, a word a line"),
    pytest.param(pdf("/Encrypt << /Filter /Standard /V 5 >>"), id="PDF, dictionary in place"),
    pytest.param(pdf("", XREF), id="PDF, cross-reference stream"),
    pytest.param(pdf("/Encrypt 4 0 R", FILLER), id="PDF, large"),
    pytest.param(OLE + "EncryptionInfo".encode("utf-16-le") + "EncryptedPackage".encode("utf-16-le"), id="Office"),
    pytest.param(b"Rar!\x1a\x07\x01\x00" + bytes.fromhex("33924a2d 21 04 00"), id="RAR 5, names hidden"),
]
OPEN_FILES = [
    pytest.param(pdf("/Size 4"), id="PDF"),
    pytest.param(pdf("/EncryptMetadata false"), id="PDF, word that begins alike"),
    pytest.param(pdf("/Size 4", FILLER), id="PDF, large"),
    pytest.param(OLE + "WordDocument".encode("utf-16-le"), id="Office 97"),
    pytest.param(b"Rar!\x1a\x07\x01\x00" + bytes.fromhex("33924a2d 0a 01 05 06 00"), id="RAR 5"),
    pytest.param(b"about /Encrypt 4 0 R and EncryptedPackage", id="text about it"),
    pytest.param(b"", id="empty"),
]


@pytest.mark.parametrize("octets", PROTECTED_FILES)
def test_file_with_a_password_asks_for_it(octets: bytes) -> None:
    """Documents and archives of other programs are known as well."""
    assert asks(octets)


@pytest.mark.parametrize("octets", OPEN_FILES)
def test_file_without_a_password_asks_for_none(octets: bytes) -> None:
    """A document anybody opens is no protected one."""
    assert not asks(octets)


def test_office_file_without_a_password_asks_for_none() -> None:
    """A new Office file is a zip that nothing is hidden in."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as office:
        office.writestr("[Content_Types].xml", "<Types/>")
        office.writestr("xl/workbook.xml", "<workbook/>" * 100)

    assert not asks(made.getvalue(), "a.xlsx")


def test_pdf_that_only_forbids_printing_asks_for_none() -> None:
    """A PDF that everybody opens is in clear, whatever else its author forbids (ISO 32000-2 §7.6.4)."""
    assert asks(pdf_locked(PASSWORD), "a.pdf")
    assert not asks(pdf_locked(""), "a.pdf")


def test_workbook_that_excel_opens_without_asking_asks_for_none() -> None:
    """Excel knows one password itself: a workbook whose structure alone is locked is open to everybody."""
    assert asks(workbook(PASSWORD), "a.xlsx")
    assert not asks(workbook("VelvetSweatshop"), "a.xlsx")


STARTS = [b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x01\x00"]


@given(st.sampled_from(STARTS), st.binary(max_size=100), st.integers(0, 100))
def test_any_octets_behind_a_known_start_are_looked_at_without_an_error(start: bytes, rest: bytes, cut: int) -> None:
    """A damaged or cut archive raises nothing."""
    asks((start + rest + start)[: 4 + cut])


@pytest.mark.parametrize(
    "pump", [b"PK\x03\x04", b"%PDF-/Encrypt ", b"%PDF-/Encrypt 1", b"7z\xbc\xaf\x27\x1c", b"%PDF- "]
)
def test_long_repetition_is_looked_at_in_time(pump: bytes) -> None:
    """No file keeps the relay from other mail; the time-out guards it."""
    asks(pump * (1_000_000 // len(pump)))
    asks(pump + pump[-1:] * 1_000_000)
