"""Archives give their files, whatever their names are written in; bombs end within bounds."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib

import py7zr
import pytest

from mailguard.extract.dispatch import read_file
from mailguard.extract.walk import Limits, OverLimit, Walk
from mailguard.extract.zip_directory import directory_of
from mailguard.model.contents import Contents, Obstacle, Sign
from tests.effort import effort

ROSTER = "氏名,電話番号\n佐藤 花子,090-0000-1234\n鈴木 一郎,090-0000-5678\n"
SECONDS_MAX = 20.0
"""A bomb stops far below; a slow machine may take some of it."""


def read(octets: bytes, name: str = "a.bin", limits: Limits | None = None) -> Contents:
    walk = Walk(read_file, limits)
    with contextlib.suppress(OverLimit):  # the walk has recorded it
        walk.file(name, octets, f"attachment:{name}", 1)
    return walk.contents()


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, octets in files:
            archive.writestr(name, octets)
    return made.getvalue()


def raw_zip(
    name: bytes, octets: bytes, *, flags: int = 0, extra: bytes = b"", listed_name: bytes | None = None
) -> bytes:
    """A zip with one stored file, made octet by octet."""
    crc, size = zlib.crc32(octets), len(octets)
    local = (
        struct.pack("<4sHHHIIIIHH", b"PK\3\4", 20, flags, 0, 0, crc, size, size, len(name), len(extra)) + name + extra
    )
    listed = name if listed_name is None else listed_name
    central = struct.pack(
        "<4sHHHHIIIIHHHHHII", b"PK\1\2", 20, 20, flags, 0, 0, crc, size, size, len(listed), len(extra), 0, 0, 0, 0, 0
    ) + listed + extra  # fmt: skip
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local) + size, 0)
    return local + octets + central + end


def tarred(name: str = "a.csv", octets: bytes = ROSTER.encode()) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(octets)
        archive.addfile(entry, io.BytesIO(octets))
    return made.getvalue()


def seven_zipped(name: str = "a.csv", octets: bytes = ROSTER.encode()) -> bytes:
    made = io.BytesIO()
    with py7zr.SevenZipFile(made, "w") as archive:
        archive.writestr(octets, name)
    return made.getvalue()


def rar4(name: bytes = b"a.csv", octets: bytes = ROSTER.encode(), flags: int = 0) -> bytes:
    """A RAR 4 archive with one stored file (technote of WinRAR 3)."""

    def block(kind: int, block_flags: int, body: bytes) -> bytes:
        head = struct.pack("<BHH", kind, block_flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head

    file = struct.pack("<IIBIIBBHI", len(octets), len(octets), 2, zlib.crc32(octets), 0, 20, 0x30, len(name), 32) + name
    return (
        b"Rar!\x1a\x07\x00"
        + block(0x73, 0, bytes(6))
        + block(0x74, 0x8000 | flags, file)
        + octets
        + block(0x7B, 0x4000, b"")
    )


def places(contents: Contents) -> set[str]:
    return {piece.where for piece in contents.pieces if "佐藤 花子" in piece.text}


LIST = ("a.csv", ROSTER.encode())
ARCHIVES = [
    pytest.param(zipped(LIST), "attachment:a.bin!a.csv", id="zip"),
    pytest.param(zipped(LIST, method=zipfile.ZIP_STORED), "attachment:a.bin!a.csv", id="zip, stored"),
    pytest.param(zipped(LIST, method=zipfile.ZIP_BZIP2), "attachment:a.bin!a.csv", id="zip, bzip2"),
    pytest.param(zipped(LIST, method=zipfile.ZIP_LZMA), "attachment:a.bin!a.csv", id="zip, lzma"),
    pytest.param(b"MZ program" + zipped(LIST), "attachment:a.bin!a.csv", id="unpacks itself"),
    pytest.param(zipped(LIST)[:-60], "attachment:a.bin!a.csv", id="zip, cut off"),
    pytest.param(tarred(), "attachment:a.bin!a.csv", id="tar"),
    pytest.param(gzip.compress(tarred()), "attachment:a.bin!a.csv", id="tar.gz"),
    pytest.param(bz2.compress(tarred()), "attachment:a.bin!a.csv", id="tar.bz2"),
    pytest.param(lzma.compress(tarred()), "attachment:a.bin!a.csv", id="tar.xz"),
    pytest.param(gzip.compress(ROSTER.encode()), "attachment:a.bin!a.bin", id="gz"),
    pytest.param(seven_zipped(), "attachment:a.bin!a.csv", id="7z"),
    pytest.param(rar4(), "attachment:a.bin!a.csv", id="rar 4, stored"),
]  # fmt: skip


@pytest.mark.parametrize(("octets", "where"), ARCHIVES)
def test_archive_files_are_read(octets: bytes, where: str) -> None:
    """A list in an archive is found, at its place."""
    assert {where} == places(read(octets))


NAME = "名簿/ガ行.csv"
UNICODE_PATH = struct.pack("<HHBI", 0x7075, 5 + len(NAME.encode()), 1, zlib.crc32(b"_.csv")) + NAME.encode()
NAMES = [
    pytest.param(raw_zip(NAME.encode(), b"x", flags=0x800), id="UTF-8, said"),
    pytest.param(raw_zip(NAME.encode(), b"x"), id="UTF-8, not said"),
    pytest.param(raw_zip(NAME.encode("cp932"), b"x"), id="CP932"),
    pytest.param(raw_zip(NAME.replace("/", "\\").encode("cp932"), b"x"), id="CP932, backslash"),
    pytest.param(raw_zip(NAME.encode("euc_jp"), b"x"), id="EUC-JP"),
    pytest.param(raw_zip("名簿/カ\u3099行.csv".encode(), b"x", flags=0x800), id="decomposed, from a Mac"),
    pytest.param(
        raw_zip(b"_.csv", b"x", extra=UNICODE_PATH),
        id="Info-ZIP's field",
    ),
]  # fmt: skip


@pytest.mark.parametrize("octets", NAMES)
def test_zip_names_are_read_in_any_charset(octets: bytes) -> None:
    """The name of a file is that which its maker gave it."""
    (entry,) = directory_of(octets).entries

    assert NAME == entry.name


def test_zip_slip_name_is_only_a_name() -> None:
    """A name that leads out of the folder is read like any other."""
    assert {"attachment:a.bin!../../etc/a.csv"} == places(read(zipped(("../../etc/a.csv", ROSTER.encode()))))


def test_zip_file_that_is_not_listed_is_read() -> None:
    """A file that only a repairing program finds is found, and the mail is ambiguous."""
    contents = read(zipped(("hidden.csv", ROSTER.encode()))[:-80] + zipped(("b.txt", b"hello")))

    assert {"attachment:a.bin!hidden.csv"} == places(contents)
    assert Sign.AMBIGUOUS in contents.signs


def test_zip_names_that_disagree_are_ambiguous() -> None:
    """Two names for one file are both read."""
    contents = read(raw_zip(b"a.txt", b"x", listed_name=b"b.txt"))

    assert {"a.txt", "b.txt"} <= {piece.text for piece in contents.pieces}
    assert Sign.AMBIGUOUS in contents.signs


def test_archive_in_archive_is_nested() -> None:
    """An archive within another is read and said to be there."""
    contents = read(zipped(("b.zip", zipped(("a.csv", ROSTER.encode())))))

    assert {"attachment:a.bin!b.zip!a.csv"} == places(contents)
    assert Sign.NESTED_ARCHIVE in contents.signs


ENCRYPTED = [
    pytest.param(raw_zip(b"a.csv", b"x" * 40, flags=1), id="zip"),
    pytest.param(rar4(flags=4), id="rar 4"),
]


@pytest.mark.parametrize("octets", ENCRYPTED)
def test_encrypted_file_says_so_and_shows_its_name(octets: bytes) -> None:
    """A closed file is no clean file; its name is read."""
    contents = read(octets)

    assert {Obstacle.ENCRYPTED} == {one.why for one in contents.unreadable}
    assert "a.csv" in {piece.text for piece in contents.pieces}


def nested(levels: int, copies: int) -> bytes:
    octets = zipped(("a.txt", b"0" * 20_000_000))
    for _ in range(levels):
        octets = zipped(*((f"{number}.zip", octets) for number in range(copies)))
    return octets


def huge_tar_entry() -> bytes:
    entry = tarfile.TarInfo("a.txt")
    entry.size = 8 * 10**9
    return gzip.compress(entry.tobuf() + b"x" * 2000)


BOMBS = [
    pytest.param(lambda: zipped(("a.txt", b"a" * 300_000_000)), Obstacle.TOO_LARGE, id="zip 1:1000"),
    pytest.param(lambda: nested(4, 16), Obstacle.TOO_LARGE, id="zip of zips of zips"),
    pytest.param(lambda: zipped(*((f"{n}.txt", b"") for n in range(100_000))), Obstacle.TOO_MANY, id="100,000 entries"),
    pytest.param(lambda: nested(20, 1), Obstacle.TOO_DEEP, id="zip without end"),
    pytest.param(lambda: gzip.compress(b"a" * 300_000_000, 1), Obstacle.TOO_LARGE, id="gzip 1:1000"),
    pytest.param(lambda: bz2.compress(b"a" * 50_000_000), Obstacle.TOO_LARGE, id="bzip2"),
    pytest.param(lambda: lzma.compress(b"a" * 50_000_000, preset=0), Obstacle.TOO_LARGE, id="xz"),
    pytest.param(lambda: seven_zipped(octets=b"a" * 100_000_000), Obstacle.TOO_LARGE, id="7z"),
    pytest.param(huge_tar_entry, Obstacle.DAMAGED, id="tar that says 8 GB"),
]


@pytest.mark.parametrize(("make", "why"), BOMBS)
def test_bomb_ends_within_bounds(make: object, why: Obstacle) -> None:
    """An archive made to swamp its reader is said to be too much, soon."""
    assert callable(make)
    octets = make()
    contents, seconds = effort(lambda: read(octets))

    assert why in {one.why for one in contents.unreadable}
    assert seconds < SECONDS_MAX


@pytest.mark.parametrize("cut", range(0, 200, 7))
def test_cut_archive_never_raises(cut: int) -> None:
    """An archive cut anywhere is a result."""
    for octets in (zipped(("a.csv", ROSTER.encode())), gzip.compress(tarred()), seven_zipped(), rar4(), tarred()):
        assert read(octets[:cut]).pieces
