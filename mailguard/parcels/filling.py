"""Fills one parcel: chooses what it is, writes it, and checks the finished one before anybody may get it."""

from __future__ import annotations

import asyncio
import hashlib
import io
import tempfile
import unicodedata
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import BinaryIO

from mailguard.errors import StorageUnavailable
from mailguard.i18n import Language, text
from mailguard.mime.message import Message, Part
from mailguard.model.protection import Item, Manifest, Mode
from mailguard.transform.containers.method import method_of
from mailguard.transform.containers.names import safe_names
from mailguard.transform.letter import letter_of
from mailguard.transform.notice import neutral_file_name
from mailguard.transform.plan import Places, Plan

Lock = Callable[[Mode, bytes, str], Awaitable[bytes]]
"""Puts a password on a file of its own; raises ``CannotLock``."""

LOCK_MAX_BYTES = 32 * 1024 * 1024
"""Larger files go into an archive, which is written as it streams; a file with its own password is made whole."""
_CHUNK_BYTES = 1024 * 1024
_OFFICE = {
    ".docx": "vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".docm": "vnd.ms-word.document.macroEnabled.12",
    ".xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsm": "vnd.ms-excel.sheet.macroEnabled.12",
    ".pptx": "vnd.openxmlformats-officedocument.presentationml.presentation",
    ".pptm": "vnd.ms-powerpoint.presentation.macroEnabled.12",
}


@dataclass(frozen=True)
class Filled:
    """A finished parcel. ``file`` holds its octets; ``inner_archive``: what hides the names inside, "" where nothing
    does.
    """

    manifest: Manifest
    content_type: str
    file: BinaryIO
    inner_archive: str = ""

    def chunks(self) -> Iterator[bytes]:
        """The octets, from the beginning each time."""
        self.file.seek(0)
        while chunk := self.file.read(_CHUNK_BYTES):
            yield chunk


@dataclass(frozen=True, slots=True)
class Load:
    """What one parcel is filled from. ``findings``: kinds and counts by top-level place. ``head``: the header block its
    recipients may see, with the mail's own subject.
    """

    message: Message
    plan: Plan
    places: Places
    findings: dict[str, tuple[tuple[str, int], ...]]
    sent_at: datetime
    head: bytes


class Filling:
    """Makes parcels. ``folder``: where an archive lies, encrypted, while it is made; None: the system's."""

    def __init__(self, lock: Lock, language: Language, *, hide_names: bool = False, folder: str | None = None) -> None:
        self._lock = lock
        self._language: Language = language
        self._hide_names = hide_names
        self._folder = folder

    async def fill(self, load: Load, mode: Mode, password: str) -> Filled:
        """The parcel. Raises ``CannotLock`` where ``mode`` is not for this file; ``NotAsPromised``;
        ``StorageUnavailable`` where the disk has no room for it.
        """
        if mode is not Mode.ZIP:
            return await self._locked(load, mode, password)
        try:
            return await asyncio.to_thread(self._archive, load, password)
        except OSError as error:
            # Nothing is wrong with the mail: it is tried again, and no person has to look at it.
            raise StorageUnavailable(f"parcel: {error.strerror}") from error

    async def _locked(self, load: Load, mode: Mode, password: str) -> Filled:
        part = load.plan.packed[0]
        octets = load.message.decoded(part)
        name = safe_names([part.name])[0]
        ending = _ending(name)
        locked = await self._lock(mode, octets, password)
        outer = name
        if _place(part) in load.places.names or load.plan.are_names_hidden:
            outer = neutral_file_name(ending, self._language, load.sent_at)
        item = _item(name, len(octets), hashlib.sha256(octets).hexdigest(), _place(part), load)
        content_type = "application/pdf" if mode is Mode.PDF else f"application/{_OFFICE[ending]}"
        manifest = _manifest(mode, outer, locked, (item,))
        return Filled(manifest, content_type, io.BytesIO(locked))

    def _archive(self, load: Load, password: str) -> Filled:
        # Loaded with the first archive: its ciphers are a good part of a relay's start, and many a day needs none.
        from mailguard.transform.containers.zip_checking import check_zip
        from mailguard.transform.containers.zip_container import ZipItem, write_zip

        named, places = self._entries(load)
        entries = [ZipItem(name, chunks, load.sent_at) for name, chunks in named]
        is_hidden = self._hide_names or load.plan.are_names_hidden
        hidden = text(self._language, "parcel.inner_archive") if is_hidden else None
        # What lies here is encrypted already; the name is gone at once, and with the file its room.
        file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  it lives as long as what is returned
        packed = write_zip(file, entries, password, hidden_names=hidden)
        file.seek(0)
        check_zip(file, password, packed, hidden_names=hidden)
        items = tuple(
            _item(one.name, one.size, one.sha256, place, load) for one, place in zip(packed, places, strict=True)
        )
        outer = neutral_file_name(".zip", self._language, load.sent_at)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.seek(0, io.SEEK_END)
        manifest = Manifest(Mode.ZIP, method_of(Mode.ZIP), outer, size, digest, items, is_names_hidden=is_hidden)
        return Filled(manifest, "application/zip", file, hidden or "")

    def _entries(self, load: Load) -> tuple[list[tuple[str, Callable[[], Iterator[bytes]]]], list[str]]:
        """What is written into the archive, by its names there, and its places in the mail."""
        message, plan = load.message, load.plan
        wanted: list[tuple[str, Callable[[], Iterator[bytes]], str]] = []
        if plan.is_text_packed:
            letter = letter_of(message, [*plan.text, *plan.pictures], self._language, head=load.head)
            wanted += [(name, partial(iter, (octets,)), "body") for name, octets in letter.files]
        for number, part in enumerate(plan.packed, 1):
            name = part.name or text(self._language, "parcel.unnamed", number=number) + _ending_of_type(part)
            wanted.append((name, partial(message.chunks, part), _place(part)))
        names = safe_names([name for name, _, _ in wanted])
        chunks = [chunks for _, chunks, _ in wanted]
        return list(zip(names, chunks, strict=True)), [place for _, _, place in wanted]


def lone_mode(message: Message, plan: Plan) -> Mode | None:
    """What a parcel may be instead of an archive: it holds one file that can have a password of its own."""
    if plan.is_text_packed or len(plan.packed) != 1:
        return None
    part = plan.packed[0]
    if part.end - part.start > LOCK_MAX_BYTES * 3 // 2:
        return None
    start = message.decoded(part, 4096)
    ending = _ending(part.name)
    if start.startswith(b"%PDF-") and ending == ".pdf":
        return Mode.PDF
    if start.startswith(b"PK\x03\x04") and ending in _OFFICE:
        return Mode.OFFICE
    return None


def _manifest(mode: Mode, outer: str, octets: bytes, items: tuple[Item, ...]) -> Manifest:
    return Manifest(mode, method_of(mode), outer, len(octets), hashlib.sha256(octets).hexdigest(), items)


def _item(name: str, size: int, sha256: str, place: str, load: Load) -> Item:
    return Item(name, size, sha256, load.findings.get(place, ()))


def _place(part: Part) -> str:
    return f"attachment:{unicodedata.normalize('NFC', part.name)}"


def _ending(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if dot and stem else ""


def _ending_of_type(part: Part) -> str:
    return {"text/calendar": ".ics", "message/rfc822": ".eml", "text/html": ".html"}.get(part.content_type, ".bin")
