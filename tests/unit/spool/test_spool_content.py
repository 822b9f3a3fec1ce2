"""Contents at rest: what was written comes back octet for octet, or not at all."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.errors import ContentDamaged, StorageUnavailable
from mailguard.spool import ContentWriter, MasterKey, SealedContent
from mailguard.spool.content import FRAME_BYTES, content_path, open_inline, prepare_folder, read_file

KEY = MasterKey(bytes(range(32)))
ID, OTHER_ID = "01K9AAAAAAAAAAAA", "01K9BBBBBBBBBBBB"
MEBIBYTE = 2**20
LENGTH_BYTES, TAG_BYTES = 4, 16
RECEIVED_CHUNK = 65536


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    prepare_folder(tmp_path)
    return tmp_path


def text(size: int) -> bytes:
    """So many octets, no two mebibytes of them alike."""
    return b"".join(b"%09d\r\n" % number for number in range(size // 11 + 1))[:size]


def write(folder: Path, plain: bytes, *, content_id: str = ID, inline: int = 1000, chunk: int = 0) -> SealedContent:
    """The content, sealed; given to the writer in chunks of that size."""
    writer = ContentWriter(folder, KEY, content_id, inline)
    step = chunk or max(1, len(plain))
    for start in range(0, len(plain), step):
        writer.write(plain[start : start + step])
    return writer.seal()


def read(folder: Path, sealed: SealedContent, *, content_id: str = ID, master: MasterKey = KEY) -> bytes:
    if sealed.body is not None:
        return open_inline(master, content_id, sealed.wrapped_key, sealed.body)
    return b"".join(read_file(folder, master, content_id, sealed.wrapped_key))


@pytest.mark.parametrize("inline", [0, 1000, 512 * 1024, MEBIBYTE, 2 * MEBIBYTE, 4 * MEBIBYTE])
@pytest.mark.parametrize("chunk", [1009, RECEIVED_CHUNK, FRAME_BYTES, 3 * FRAME_BYTES + 1])
@pytest.mark.parametrize("size", [1, 1001, MEBIBYTE, MEBIBYTE + 1, 2 * MEBIBYTE, 4 * MEBIBYTE + 7])
def test_content_comes_back_octet_for_octet(folder: Path, size: int, chunk: int, inline: int) -> None:
    """A mail of any size, received in pieces of any size, comes back as it was, with every allowed setting."""
    plain = text(size)
    sealed = write(folder, plain, inline=inline, chunk=chunk)

    assert plain == read(folder, sealed)
    assert (size <= inline) is (sealed.body is not None)
    assert (size, sha256(plain).digest(), False) == (sealed.size, sealed.sha256, sealed.eight_bit)


@settings(max_examples=60)
@given(pieces=st.lists(st.binary(max_size=60), max_size=30), inline=st.integers(0, 600))
def test_content_of_any_octets_comes_back(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], inline: int
) -> None:
    """No octet is special to the store."""
    folder = tmp_path_factory.mktemp("content")
    prepare_folder(folder)
    writer = ContentWriter(folder, KEY, ID, inline)
    for piece in pieces:
        writer.write(piece)
    sealed = writer.seal()
    plain = b"".join(pieces)

    assert plain == read(folder, sealed)
    assert (sha256(plain).digest(), not plain.isascii()) == (sealed.sha256, sealed.eight_bit)


def test_empty_content_comes_back_empty(folder: Path) -> None:
    """A mail without a single octet is kept as one, and not mistaken for a lost one."""
    sealed = write(folder, b"")

    assert b"" == read(folder, sealed)
    assert (0, b"") == (sealed.size, sealed.plain)


@pytest.mark.parametrize("at", ["first", "middle", "last"])
def test_eight_bit_is_noticed_in_every_frame(folder: Path, at: str) -> None:
    """One octet above 127 anywhere makes the mail an 8-bit one."""
    plain = bytearray(text(3 * MEBIBYTE))
    plain[{"first": 0, "middle": len(plain) // 2, "last": len(plain) - 1}[at]] = 0xE3

    assert write(folder, bytes(plain), chunk=RECEIVED_CHUNK).eight_bit


# -- as a file


def test_file_is_only_for_its_owner_and_leaves_nothing_in_tmp(folder: Path) -> None:
    """A large content lies in one file that nobody else may open."""
    write(folder, text(5000))

    assert 0o600 == content_path(folder, ID).stat().st_mode & 0o777
    assert [] == list((folder / "tmp").iterdir())
    assert [content_path(folder, ID)] == [path for path in folder.rglob("*") if path.is_file()]


def frames(file: Path) -> list[bytes]:
    """The sealed frames of a content file, each with its length in front."""
    octets, found = file.read_bytes(), []
    while octets:
        length = LENGTH_BYTES + int.from_bytes(octets[:LENGTH_BYTES])
        found.append(octets[:length])
        octets = octets[length:]
    return found


def flip(octets: bytes, at: int) -> bytes:
    return octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1 :]


def damaged(kind: str, parts: list[bytes]) -> bytes:
    """The four frames of a file after somebody or something had a hand in them."""
    whole = b"".join(parts)
    one = len(parts[0])
    return {
        "first octet": flip(whole, LENGTH_BYTES),
        "last octet": flip(whole, len(whole) - 1),
        "octet of a tag": flip(whole, one - 1),
        "length, larger": flip(whole, LENGTH_BYTES - 4),
        "length, other": flip(whole, LENGTH_BYTES - 1),
        "length, tiny": (3).to_bytes(4) + whole[4:],
        "empty": b"",
        "only a length": whole[:LENGTH_BYTES],
        "half a length": whole[:2],
        "cut by one": whole[:-1],
        "cut in a frame": whole[: one + 1000],
        "cut in a length": whole[: one + 2],
        "cut between frames": whole[:one],
        "without the last frame": b"".join(parts[:-1]),
        "without the first frame": b"".join(parts[1:]),
        "without a middle frame": parts[0] + parts[2] + parts[3],
        "frames swapped": parts[1] + parts[0] + parts[2] + parts[3],
        "frame twice": parts[0] + parts[0] + parts[2] + parts[3],
        "last frame twice": whole + parts[3],
        "octet added": whole + b"\0",
        "length added": whole + (17).to_bytes(4) + bytes(17),
        "all zeros": bytes(len(whole)),
    }[kind]


KINDS = [
    "first octet", "last octet", "octet of a tag", "length, larger", "length, other", "length, tiny", "empty",
    "only a length", "half a length", "cut by one", "cut in a frame", "cut in a length", "cut between frames",
    "without the last frame", "without the first frame", "without a middle frame", "frames swapped", "frame twice",
    "last frame twice", "octet added", "length added", "all zeros",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_file_that_was_changed_is_damaged(folder: Path, kind: str) -> None:
    """A content file that is not exactly what was written is never sent: not a part of it, not an empty mail."""
    plain = text(3 * MEBIBYTE + 100)
    sealed = write(folder, plain)
    file = content_path(folder, ID)
    parts = frames(file)
    assert 4 == len(parts)
    file.write_bytes(damaged(kind, parts))

    seen: list[bytes] = []

    with pytest.raises(ContentDamaged):
        seen.extend(read_file(folder, KEY, ID, sealed.wrapped_key))
    assert plain.startswith(b"".join(seen))
    assert plain != b"".join(seen)


def test_file_that_is_gone_is_damaged(folder: Path) -> None:
    """A content file that was removed is an error in words of ours."""
    sealed = write(folder, text(5000))
    content_path(folder, ID).unlink()

    with pytest.raises(ContentDamaged):
        read(folder, sealed)


def test_file_of_another_content_is_damaged(folder: Path) -> None:
    """Two content files changed for each other do not send one person's mail to another's recipients."""
    mine, other = write(folder, text(5000)), write(folder, text(6000), content_id=OTHER_ID)
    content_path(folder, ID).write_bytes(content_path(folder, OTHER_ID).read_bytes())

    with pytest.raises(ContentDamaged):
        read(folder, mine)
    with pytest.raises(ContentDamaged):
        list(read_file(folder, KEY, ID, other.wrapped_key))


# -- in the database


@pytest.mark.parametrize("at", range(0, 48, 7))
def test_body_or_key_with_one_bit_changed_is_damaged(folder: Path, at: int) -> None:
    """A small content is read as it was written, or not at all."""
    sealed = write(folder, text(100))
    assert sealed.body is not None

    with pytest.raises(ContentDamaged):
        open_inline(KEY, ID, sealed.wrapped_key, flip(sealed.body, at))
    with pytest.raises(ContentDamaged):
        open_inline(KEY, ID, flip(sealed.wrapped_key, at), sealed.body)


@pytest.mark.parametrize("length", [0, 1, 15, 16, 115])
def test_body_or_key_cut_short_is_damaged(folder: Path, length: int) -> None:
    """What is left of a content is not a content."""
    sealed = write(folder, text(100))
    assert sealed.body is not None

    with pytest.raises(ContentDamaged):
        open_inline(KEY, ID, sealed.wrapped_key, sealed.body[:length])
    with pytest.raises(ContentDamaged):
        open_inline(KEY, ID, sealed.wrapped_key[: length // 2], sealed.body)


def test_row_moved_to_another_id_is_damaged(folder: Path) -> None:
    """A row copied to another mail's id opens nothing there."""
    sealed = write(folder, text(100))

    with pytest.raises(ContentDamaged):
        read(folder, sealed, content_id=OTHER_ID)


@pytest.mark.parametrize("size", [100, 5000], ids=["small", "file"])
def test_other_master_key_is_damaged(folder: Path, size: int) -> None:
    """With another office's key, or a restored wrong one, nothing opens."""
    sealed = write(folder, text(size))

    with pytest.raises(ContentDamaged):
        read(folder, sealed, master=MasterKey(bytes(32)))


def test_same_mail_twice_looks_different_at_rest(folder: Path) -> None:
    """Nobody sees from the stored octets that two people sent the same thing."""
    first, second = write(folder, text(500)), write(folder, text(500))

    assert first.body != second.body
    assert first.wrapped_key != second.wrapped_key


# -- what goes wrong


def test_abandoned_content_leaves_nothing(folder: Path) -> None:
    """A client that goes away in the middle of a large mail leaves no file, however often it is cleared up."""
    writer = ContentWriter(folder, KEY, ID, 1000)
    writer.write(text(5000))
    writer.abandon()
    writer.abandon()

    assert [] == [path for path in folder.rglob("*") if path.is_file()]


def test_file_that_cannot_be_put_in_place_leaves_nothing(folder: Path) -> None:
    """When the disk fails in the last step, the unfinished file does not stay and take the room of the next mail."""
    content_path(folder, ID).parent.write_bytes(b"in the way")
    writer = ContentWriter(folder, KEY, ID, 1000)
    writer.write(text(5000))
    with pytest.raises(StorageUnavailable):
        writer.seal()
    writer.abandon()

    assert [] == list((folder / "tmp").iterdir())


def test_file_that_cannot_be_begun_is_temporary(folder: Path) -> None:
    """Where no file can be made, the client is told to come back."""
    (folder / "tmp").rmdir()
    writer = ContentWriter(folder, KEY, ID, 1000)

    with pytest.raises(StorageUnavailable) as caught:
        writer.write(text(5000))
    assert (True, 452) == (caught.value.temporary, caught.value.reply_code)
