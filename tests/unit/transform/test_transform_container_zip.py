"""One ZIP for everything: opened by the programs people have, closed to everybody without the password.

Info-ZIP's unzip 6, the one that many Linux machines bring along, does not know AES: it says "need PK compat. v5.1",
unpacks nothing and ends with 81. It opens the ZIP inside (hidden names), which is a plain one.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailguard.transform.containers.errors import CannotLock
from mailguard.transform.containers.zip_checking import check_zip
from mailguard.transform.containers.zip_container import Packed, ZipItem, is_compressed, write_zip
from tests.unit.transform.containers_made import FILES, OUTER, PASSWORD, RANDOM, item, items, made_zip, ran, read_in

HIDDEN = pytest.mark.parametrize("hidden", [None, OUTER], ids=["names-shown", "names-hidden"])


def unpacked(program: str, parcel: Path, folder: Path, password: str = PASSWORD) -> subprocess.CompletedProcess[str]:
    """The parcel unpacked into the folder as a person would."""
    folder.mkdir()
    if program == "7zz":
        return ran("7zz", "x", f"-p{password}", f"-o{folder}", parcel)
    return ran("bsdtar", "--passphrase", password, "-C", folder, "-xf", parcel)


@pytest.mark.parametrize("program", ["7zz", "bsdtar"])
def test_parcel_unpacked_by_peoples_programs_holds_the_same_octets(tmp_path: Path, program: str) -> None:
    """Recipients get every file as it was sent, with its Japanese name and time."""
    parcel = tmp_path / "parcel.zip"
    parcel.write_bytes(made_zip()[0])
    ended = unpacked(program, parcel, tmp_path / "out")

    assert 0 == ended.returncode, ended.stdout + ended.stderr
    assert FILES == read_in(tmp_path / "out")


@HIDDEN
@pytest.mark.parametrize("program", ["7zz", "bsdtar"])
@pytest.mark.parametrize("password", [PASSWORD[:-1], PASSWORD.lower(), "x"], ids=["short", "case", "other"])
def test_parcel_unpacked_with_a_wrong_password_shows_nothing(
    tmp_path: Path, program: str, password: str, hidden: str | None
) -> None:
    """Who guesses gets no octet of any file; bsdtar leaves one of zeros."""
    parcel = tmp_path / "parcel.zip"
    parcel.write_bytes(made_zip(hidden, {"名簿.csv": FILES["会員名簿（最終）.csv"]})[0])
    ended = unpacked(program, parcel, tmp_path / "out", password)

    assert 0 != ended.returncode
    assert b"" == b"".join(read_in(tmp_path / "out").values()).strip(b"\0")


@pytest.mark.parametrize("program", ["7zz", "bsdtar", "unzip"])
def test_hidden_names_show_one_neutral_name_and_open_in_two_steps(tmp_path: Path, program: str) -> None:
    """Without the password nobody reads a file's name; with it, the ZIP inside opens in any program."""
    octets, _ = made_zip(OUTER)
    parcel = tmp_path / "parcel.zip"
    parcel.write_bytes(octets)
    unpacked("7zz", parcel, tmp_path / "outer")
    inner, folder = tmp_path / "outer" / OUTER, tmp_path / "inner"
    folder.mkdir()
    commands: dict[str, list[str | Path]] = {
        "7zz": ["7zz", "x", f"-o{folder}", inner],
        "bsdtar": ["bsdtar", "-C", folder, "-xf", inner],
        "unzip": ["unzip", "-d", folder, inner],
    }
    ended = ran(*commands[program])

    assert not any(name.encode() in octets for name in FILES)
    assert [OUTER] == [one.name for one in (tmp_path / "outer").iterdir()]
    assert 0 == ended.returncode, ended.stdout + ended.stderr
    assert FILES == read_in(folder)


@HIDDEN
def test_parcel_is_said_to_be_aes_256_by_7zip(tmp_path: Path, hidden: str | None) -> None:
    """Another program than ours says of every entry that it is AES-256, needs version 5.1 and shows no checksum."""
    parcel = tmp_path / "parcel.zip"
    parcel.write_bytes(made_zip(hidden)[0])
    listed = ran("7zz", "l", "-slt", parcel).stdout.partition("----------")[2]
    count = 1 if hidden else len(FILES)

    assert count == listed.count("Encrypted = +") == listed.count("Method = AES-256") == listed.count("Version = 51")
    assert count == listed.count("CRC = \n") == listed.count("Attributes =  -rw-r--r--")
    assert "Descriptor" not in listed
    assert "Modified = 2026-05-11 09:30:42" in listed


def test_parcel_is_refused_by_unzip(tmp_path: Path) -> None:
    """unzip says that it is too old, and leaves nothing behind that could be taken for a file."""
    parcel, folder = tmp_path / "parcel.zip", tmp_path / "out"
    parcel.write_bytes(made_zip()[0])
    ended = ran("unzip", "-P", PASSWORD, "-d", folder, parcel)

    assert 81 == ended.returncode
    assert "need PK compat. v5.1" in ended.stdout + ended.stderr
    assert {} == read_in(folder)


@HIDDEN
def test_parcel_says_what_it_holds(hidden: str | None) -> None:
    """The evidence sheet gets name, size and hash of each file, whether names are hidden or not."""
    octets, packed = made_zip(hidden)

    assert [(name, len(content)) for name, content in FILES.items()] == [(one.name, one.size) for one in packed]
    check_zip(io.BytesIO(octets), PASSWORD, packed, hidden_names=hidden)


def test_files_that_are_compressed_already_are_stored(tmp_path: Path) -> None:
    """A photograph costs no time; a table gets small."""
    photo, table = made_zip(files={"a.bin": RANDOM}), made_zip(files={"a.csv": FILES["会員名簿（最終）.csv"]})

    assert len(RANDOM) < len(photo[0]) < len(RANDOM) + 300
    assert len(table[0]) < len(FILES["会員名簿（最終）.csv"]) / 20


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        pytest.param("a.txt", b"PK\x03\x04" + b"a" * 500, True, id="zip-by-signature"),
        pytest.param("a", b"\0\0\0\x20ftypisom" + b"a" * 500, True, id="mp4-by-signature"),
        pytest.param("a", b"RIFF\0\0\0\0WEBP" + b"a" * 500, True, id="webp-by-signature"),
        pytest.param("A.DOCX", b"a" * 500, True, id="by-extension"),
        pytest.param("a.bin", RANDOM, True, id="by-trial"),
        pytest.param("a.csv", b"a" * 500, False, id="text"),
        pytest.param("a.bmp", b"BM" + b"\0" * 500, False, id="bitmap"),
    ],
)
def test_compressing_is_tried_where_it_is_of_use(name: str, head: bytes, expected: bool) -> None:
    """Time is spent on what gets smaller."""

    assert expected is is_compressed(name, head)


@pytest.mark.parametrize("size", [1, 7, 32 * 1024 - 1, 32 * 1024, 32 * 1024 + 1, 100_000, 10_000_000])
def test_chunks_of_any_size_give_the_same_file(size: int) -> None:
    """How a file comes from the store does not matter."""
    octets = RANDOM[:70_000] if size > 1 else RANDOM[:3000]
    out = io.BytesIO()
    packed = write_zip(out, [item("a.bin", octets, size)], PASSWORD)

    check_zip(out, PASSWORD, packed)


def test_parcel_without_files_is_an_empty_zip() -> None:
    """Nothing to pack is no fault."""
    octets, packed = made_zip(files={})

    assert [] == packed
    check_zip(io.BytesIO(octets), PASSWORD, [])


@HIDDEN
def test_parcel_that_fails_half_way_leaves_nothing(hidden: str | None) -> None:
    """When a file cannot be read to its end, no half parcel is there that could be sent."""

    def chunks() -> Iterator[bytes]:
        yield b"secret" * 100_000
        raise OSError("the disk is gone")

    out = io.BytesIO()
    with pytest.raises(OSError, match="the disk is gone"):
        write_zip(out, [*items(), ZipItem("a.csv", chunks, None)], PASSWORD, hidden_names=hidden)

    assert b"" == out.getvalue()


@pytest.mark.parametrize("password", ["", "パスワード", "tab\tinside", "x" * 100], ids=["none", "kanji", "tab", "long"])
def test_password_that_programs_read_differently_is_refused(password: str) -> None:
    """Nobody gets a parcel that their program cannot open for its password's letters."""
    with pytest.raises(CannotLock):
        write_zip(io.BytesIO(), items(), password)


@pytest.mark.parametrize("names", [["a.txt", "A.txt"], ["../a.txt"], [""]], ids=["double", "path", "empty"])
def test_names_that_are_not_safe_are_refused(names: list[str]) -> None:
    """A name that was not made safe never gets into a parcel."""
    with pytest.raises(ValueError, match="names that are not safe"):
        write_zip(io.BytesIO(), [item(name, b"x") for name in names], PASSWORD)


@pytest.mark.slow
@HIDDEN
def test_file_above_two_gigabytes_is_written_as_zip64(tmp_path: Path, hidden: str | None) -> None:
    """A file of any size goes into a parcel, after the attempt to write it without Zip64 was taken back."""
    count = 2200
    mebibyte = bytes(1024 * 1024)
    large = ZipItem("大.csv", lambda: iter([mebibyte] * count))
    parcel = tmp_path / "parcel.zip"
    with parcel.open("w+b") as out:
        packed = write_zip(out, [item("先.txt", b"x"), large, item("後.txt", b"y")], PASSWORD, hidden_names=hidden)
        check_zip(out, PASSWORD, packed, hidden_names=hidden)
    tested = ran("7zz", "t", f"-p{PASSWORD}", parcel)

    assert [1, count * len(mebibyte), 1] == [one.size for one in packed]
    assert 0 == tested.returncode, tested.stdout + tested.stderr


GROWTH = """
import io, resource, sys, tempfile
from random import Random
from mailguard.transform.containers.zip_checking import check_zip
from mailguard.transform.containers.zip_container import ZipItem, write_zip

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()

def peak():
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))

piece = Random(1).randbytes(512 * 1024) + b"name,number\\n" * 43690
hidden = sys.argv[1] or None
with tempfile.TemporaryFile(dir=sys.argv[2]) as out:
    before = resident()
    item = ZipItem("a.csv", lambda: (bytes(bytearray(piece)) for _ in range(200)))
    packed = write_zip(out, [item], "x1-y2-z3", hidden_names=hidden)
    check_zip(out, "x1-y2-z3", packed, hidden_names=hidden)
    print(packed[0].size, peak() - before)
"""


@HIDDEN
def test_large_file_is_packed_and_checked_in_little_memory(tmp_path: Path, hidden: str | None) -> None:
    """A file of 200 MB does not make the relay grow by more than 32 MB."""
    command = [sys.executable, "-c", GROWTH, hidden or "", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    size, growth = map(int, ended.stdout.split())

    assert size > 200_000_000
    assert growth < 32 * 1024 * 1024


def test_packed_values_compare_by_what_they_say() -> None:
    """Two lists of files are the same when all names, sizes and hashes are."""
    _, once = made_zip()
    _, again = made_zip(OUTER)

    assert once == again
    assert Packed("plain.txt", 2, "3639efcd08abb273b1619e82e78c29a7df02c1051b1820e99fc395dcaa3326b8") in once
