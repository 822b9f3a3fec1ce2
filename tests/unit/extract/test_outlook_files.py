"""Mails that Outlook has saved (.msg), with a mail and a file inside, made octet by octet."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

from mailguard.extract.dispatch import read_file
from mailguard.extract.file_types import FileType, file_type
from mailguard.extract.mapi import rtf_of
from mailguard.extract.walk import Walk
from mailguard.model.contents import Contents

SECTOR, END, FREE, FAT = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
STREAM_MIN = 4096
"""Octets from which a stream has sectors of its own (MS-CFB §2.2)."""

Tree = dict[str, "bytes | Tree"]

PACKED_RTF = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
"""The example of MS-OXRTFCP §4.1.1."""


@dataclass
class _Compound:
    """A compound file (MS-CFB §2) whose streams all lie in whole sectors."""

    entries: list[bytes] = field(default_factory=list)
    fat: list[int] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)

    def add(self, name: str, kind: int, content: bytes | Tree) -> int:
        """An entry with all below it; its number."""
        number = len(self.entries)
        self.entries.append(b"")
        child, start, size = FREE, END, 0
        if isinstance(content, dict):
            numbers = [self.add(one, 1 if isinstance(inner, dict) else 2, inner) for one, inner in content.items()]
            # Each one's right sibling is the next: a tree nobody has balanced, which the format allows.
            for one, following in zip(numbers, [*numbers[1:], FREE], strict=True):
                self.entries[one] = self.entries[one][:72] + struct.pack("<I", following) + self.entries[one][76:]
            child = numbers[0] if numbers else FREE
        elif content:
            start, size = len(self.fat), len(content)
            count = -(-size // SECTOR)
            self.fat += [start + step + 1 for step in range(count - 1)] + [END]
            self.data.append(content.ljust(count * SECTOR, b"\0"))
        wide = name.encode("utf-16-le") + b"\0\0"
        self.entries[number] = (
            wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide), kind, 1, FREE, FREE, child)
            + bytes(36) + struct.pack("<IQ", start, size)
        )  # fmt: skip
        return number

    def octets(self) -> bytes:
        """The whole file."""
        directory = b"".join(self.entries)
        directory = directory.ljust(-(-len(directory) // SECTOR) * SECTOR, b"\0")
        count = len(directory) // SECTOR
        begin = len(self.fat)
        fat = self.fat + [begin + step + 1 for step in range(count - 1)] + [END]
        fat_at = len(fat)
        fat.append(FAT)
        assert len(fat) <= SECTOR // 4
        header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
        header += struct.pack("<IIIIIIIII", 0, 1, begin, 0, STREAM_MIN, END, 0, END, 0)
        header += struct.pack("<109I", fat_at, *[FREE] * 108)
        return header + b"".join(self.data) + directory + struct.pack("<128I", *fat, *[FREE] * (128 - len(fat)))


def text(words: str) -> bytes:
    return words.encode("utf-16-le").ljust(STREAM_MIN, b"\0")


def message(subject: str, body: str, **more: bytes | Tree) -> Tree:
    named: Tree = {name.removeprefix("s_"): value for name, value in more.items()}
    return {
        "__properties_version1.0": bytes(STREAM_MIN),
        "__substg1.0_0037001F": text(subject),
        "__substg1.0_1000001F": text(body),
        **named,
    }


def msg() -> bytes:
    compound = _Compound()
    inner = message("内側の件名", "内側 佐藤 花子")
    tree = message("件名", "本文 鈴木 一郎")
    tree["__substg1.0_10130102"] = "<p>頁の 高橋</p>".encode().ljust(STREAM_MIN)
    tree["__attach_version1.0_#00000000"] = {
        "__properties_version1.0": bytes(STREAM_MIN),
        "__substg1.0_3707001F": text("名簿.csv"),
        "__substg1.0_37010102": "氏名,番号\n佐藤,1\n鈴木,2\n".encode("cp932").ljust(STREAM_MIN, b"\n"),
    }
    tree["__attach_version1.0_#00000001"] = {
        "__properties_version1.0": bytes(STREAM_MIN),
        "__substg1.0_3701000D": inner,
    }
    compound.add("Root Entry", 5, tree)
    return compound.octets()


def read(octets: bytes) -> Contents:
    walk = Walk(read_file)
    walk.file("a.msg", octets, "attachment:a.msg", 1)
    return walk.contents()


def test_msg_gives_texts_files_and_mails_inside() -> None:
    """Subject, both bodies, a file and a mail inside of a saved mail are read at their places."""
    assert FileType.OLE_MSG is file_type("a.doc", msg())
    found = [(piece.where, piece.text.strip()) for piece in read(msg()).pieces if piece.section != "file name"]

    assert [
        ("attachment:a.msg!subject", "件名"),
        ("attachment:a.msg!body", "本文 鈴木 一郎"),
        ("attachment:a.msg!body", "頁の 高橋"),
        ("attachment:a.msg!名簿.csv", "氏名\t番号\n佐藤\t1\n鈴木\t2"),
        ("attachment:a.msg!内側の件名.msg!subject", "内側の件名"),
        ("attachment:a.msg!内側の件名.msg!body", "内側 佐藤 花子"),
    ] == found


def test_msg_cut_anywhere_never_raises() -> None:
    """A saved mail of which a part is missing is a result."""
    octets = msg()
    for cut in range(0, len(octets), 97):
        assert read(octets[:cut]).pieces


def test_packed_rtf_is_unpacked() -> None:
    """The packed body of an Outlook mail is what the specification's example says."""
    assert b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n" == rtf_of(PACKED_RTF)


def test_packed_rtf_check_of_the_example_holds() -> None:
    """The example was copied right: its own check sum says so."""
    table_sum = zlib.crc32(PACKED_RTF[16:], 0xFFFFFFFF) ^ 0xFFFFFFFF

    assert struct.unpack_from("<I", PACKED_RTF, 12)[0] == table_sum
