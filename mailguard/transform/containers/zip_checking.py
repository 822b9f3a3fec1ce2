"""Proof that a finished ZIP is what was promised: closed to everybody without the password, and whole with it.

What is looked at is the file as it would leave, every octet of it, read by other code than wrote it.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import IO, BinaryIO

from mailguard.transform.containers.errors import NotAsPromised
from mailguard.transform.containers.password import password_octets, wrong_passwords
from mailguard.transform.containers.zip_container import Packed
from mailguard.transform.containers.zip_reading import PIECE_BYTES, Entry, StoredOctets, entries_in, octets_of


def check_zip(file: BinaryIO, password: str, packed: Sequence[Packed], *, hidden_names: str | None = None) -> None:
    """``file`` is an AES-256 ZIP of exactly these files, by directory and local headers, and opens with this password
    alone; with ``hidden_names`` it is one of a ZIP with that name that holds exactly these. Raises ``NotAsPromised``.
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
