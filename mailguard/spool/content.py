"""The octets of mails at rest: encrypted, each under a key of its own.

A content is kept in wire form: lines end in CRLF, dot-stuffed, without the final ``.CRLF``. It is sealed as frames
of up to one mebibyte, each AES-256-GCM with the frame's number as nonce (a key serves one content only) and, as
associated data, the content's id and whether this is the last: frames cannot be swapped, cut off or moved elsewhere.
Small contents travel in the database's own commit; larger ones become files, written and synced before their row.
While a large content is being received its frames lie encrypted in ``tmp/``; what a crash leaves there is swept.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mailguard.errors import ContentDamaged, StorageUnavailable
from mailguard.spool.keys import KEY_BYTES, MasterKey

FRAME_BYTES = 1024 * 1024
_TAG_BYTES = 16
_NONCE = struct.Struct(">4xQ")
_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class SealedContent:
    """A content that is safe on disk, or that is in ``body`` and will be with its row.

    ``plain`` is the wire form itself for contents small enough to travel on in memory, else None.
    """

    content_id: str
    size: int
    sha256: bytes
    eight_bit: bool
    wrapped_key: bytes
    key_id: str
    body: bytes | None
    plain: bytes | None


class _Frames:
    """Seals or opens the frames of one content, in order."""

    def __init__(self, key: bytes, content_id: str) -> None:
        self._cipher = AESGCM(key)
        self._last = b"\x01" + content_id.encode()
        self._more = b"\x00" + content_id.encode()
        self._number = 0

    def seal(self, plain: bytes, *, last: bool) -> bytes:
        sealed = self._cipher.encrypt(_NONCE.pack(self._number), plain, self._last if last else self._more)
        self._number += 1
        return sealed

    def open(self, sealed: bytes, *, last: bool) -> bytes:
        try:
            plain = self._cipher.decrypt(_NONCE.pack(self._number), sealed, self._last if last else self._more)
        except InvalidTag as error:
            raise ContentDamaged(f"frame {self._number} fails its authentication tag") from error
        self._number += 1
        return plain


class ContentWriter:
    """Takes a content as it arrives. End it with ``seal`` or ``abandon``; ``abandon`` may be called at any time."""

    def __init__(self, folder: Path, master: MasterKey, content_id: str, inline_bytes: int) -> None:
        self.content_id = content_id
        self.size = 0
        self._folder = folder
        self._master = master
        self._inline_bytes = inline_bytes
        self._key = os.urandom(KEY_BYTES)
        self._frames = _Frames(self._key, content_id)
        self._pending: list[bytes] = []
        self._pending_size = 0
        self._hash = sha256()
        self._eight_bit = False
        self._file: int | None = None

    @property
    def _temporary(self) -> Path:
        """Made when it is needed: most contents never become a file."""
        return self._folder / "tmp" / self.content_id

    @property
    def is_file(self) -> bool:
        """Whether the content has outgrown the database."""
        return self._file is not None

    def write(self, chunk: bytes) -> None:
        """Take the next octets. Raises ``StorageUnavailable`` when the disk is full."""
        self.size += len(chunk)
        if self._file is None and self.size <= self._inline_bytes:
            self._keep(chunk)
            return
        try:
            if self._file is None:
                self._file = os.open(self._temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                # What has waited may be several frames long.
                chunk = self._taken() + chunk
            for start in range(0, len(chunk), FRAME_BYTES):
                piece = chunk[start : start + FRAME_BYTES]
                if self._pending_size + len(piece) > FRAME_BYTES:
                    self._write_frame(self._taken(), last=False)
                self._keep(piece)
        except OSError as error:
            raise StorageUnavailable(f"content file: {error.strerror}") from error

    def seal(self) -> SealedContent:
        """The finished content; a file is synced with its folder before this returns. Raises ``StorageUnavailable``."""
        pending = self._taken()
        if self._file is None:
            body = self._frames.seal(pending, last=True)
            self._note(pending)
            return self._sealed(body, pending)
        try:
            self._write_frame(pending, last=True)
            os.fsync(self._file)
            place = content_path(self._folder, self.content_id)
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._temporary.rename(place)
            # Until here ``abandon`` still finds and removes it.
            written, self._file = self._file, None
            os.close(written)
            _sync_folder(place.parent)
            _sync_folder(place.parent.parent)
        except OSError as error:
            raise StorageUnavailable(f"content file: {error.strerror}") from error
        return self._sealed(None, None)

    def abandon(self) -> None:
        """Drop what was written. Safe to call twice."""
        self._taken()
        if self._file is not None:
            os.close(self._file)
            self._file = None
            self._temporary.unlink(missing_ok=True)

    def _keep(self, piece: bytes) -> None:
        self._pending.append(piece)
        self._pending_size += len(piece)

    def _taken(self) -> bytes:
        """What waits for its frame, which then waits no more."""
        pending = self._pending[0] if len(self._pending) == 1 else b"".join(self._pending)
        self._pending, self._pending_size = [], 0
        return pending

    def _note(self, plain: bytes) -> None:
        self._hash.update(plain)
        self._eight_bit = self._eight_bit or not plain.isascii()

    def _write_frame(self, plain: bytes, *, last: bool) -> None:
        assert self._file is not None
        self._note(plain)
        sealed = self._frames.seal(plain, last=last)
        _write_all(self._file, _LENGTH.pack(len(sealed)))
        _write_all(self._file, sealed)

    def _sealed(self, body: bytes | None, plain: bytes | None) -> SealedContent:
        return SealedContent(
            content_id=self.content_id,
            size=self.size,
            sha256=self._hash.digest(),
            eight_bit=self._eight_bit,
            wrapped_key=self._master.wrap(self._key, self.content_id),
            key_id=self._master.key_id,
            body=body,
            plain=plain,
        )


def open_inline(master: MasterKey, content_id: str, wrapped_key: bytes, body: bytes) -> bytes:
    """The wire form of a small content. Raises ``ContentDamaged``."""
    return _Frames(master.unwrap(wrapped_key, content_id), content_id).open(body, last=True)


def read_file(folder: Path, master: MasterKey, content_id: str, wrapped_key: bytes) -> Iterator[bytes]:
    """The wire form of a content kept as a file, a frame at a time.

    Raises ``ContentDamaged`` before yielding anything that is not exactly what was written; a file cut short is
    noticed at its end.
    """
    frames = _Frames(master.unwrap(wrapped_key, content_id), content_id)
    try:
        file = content_path(folder, content_id).open("rb")
    except OSError as error:
        raise ContentDamaged(f"content {content_id}: {error.strerror}") from error
    with file:
        head = file.read(_LENGTH.size)
        if not head:
            raise ContentDamaged(f"content {content_id} is empty")
        while head:
            if len(head) != _LENGTH.size:
                raise ContentDamaged(f"content {content_id} is cut short")
            (length,) = _LENGTH.unpack(head)
            if not _TAG_BYTES <= length <= FRAME_BYTES + _TAG_BYTES:
                raise ContentDamaged(f"content {content_id} has a frame of {length} octets")
            sealed = file.read(length)
            head = file.read(_LENGTH.size)
            yield frames.open(sealed, last=not head)


def content_path(folder: Path, content_id: str) -> Path:
    """Where a content lies as a file. The end of the id is random, so that files spread over the folders."""
    return folder / content_id[-2:] / content_id


def prepare_folder(folder: Path) -> None:
    """Make the content folder. Safe to call twice."""
    (folder / "tmp").mkdir(parents=True, exist_ok=True, mode=0o700)


def _write_all(descriptor: int, octets: bytes) -> None:
    view = memoryview(octets)
    while view:
        view = view[os.write(descriptor, view) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
