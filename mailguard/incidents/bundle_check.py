"""Checks a bundle by itself, without database and configuration: what was deleted, edited, put elsewhere or cut off.

Whoever can forge everything at once can forge a bundle, too: only the list's SHA-256 from another source (the
office's record, its timeline, a telephone call) shows that. ``BundleReport.digest`` is to be compared with it.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from mailguard.audit.chain import canonical, link
from mailguard.incidents.bundle import FORMAT, LIST, LIST_TEXT, RECORD, SUMS, TIMELINE
from mailguard.incidents.bundle_text import sums_of, written_list
from mailguard.incidents.wire_form import with_stuffing

_CHUNK = 1024 * 1024
_LINE_MAX = 16 * 1024 * 1024
_OWN = (LIST, LIST_TEXT, SUMS)


@dataclass(frozen=True)
class BundleReport:
    """What a check saw. ``faults``: a sentence each, empty where everything fits. ``manifest`` {} where unreadable."""

    digest: str
    manifest: Mapping[str, Any]
    faults: tuple[str, ...]


def checked(path: Path, digest: str = "") -> BundleReport:
    """Check a bundle. ``digest``: the SHA-256 its list must have; "" where nobody said. Raises ``OSError``."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _Check(archive).report(digest.strip().lower())
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        return BundleReport("", {}, (f"the file is no whole ZIP archive: {error}",))


class _Check:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._faults: list[str] = []
        self._released: dict[tuple[str, int], str] = {}

    def report(self, digest: str) -> BundleReport:
        names = [one.filename for one in self._archive.infolist()]
        if LIST not in names:
            return BundleReport("", {}, (f"{LIST} is missing",))
        octets = self._archive.read(LIST)
        found = sha256(octets).hexdigest()
        try:
            manifest = json.loads(octets)
            if manifest["format"] != FORMAT:
                raise ValueError("a bundle of another release")
            self._against(manifest, octets, names)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return BundleReport(found, {}, (*self._faults, f"{LIST} cannot be read: {error}"))
        if digest and found != digest:
            self._faults.append(f"the list is not the one that was named: its SHA-256 is {found}")
        return BundleReport(found, manifest, tuple(self._faults))

    def _against(self, manifest: dict[str, Any], octets: bytes, names: list[str]) -> None:
        wanted = [*_OWN, *(str(one["name"]) for one in manifest["files"])]
        for name in dict.fromkeys(wanted):
            if name not in names:
                self._faults.append(f"{name} is missing")
        for name in dict.fromkeys(names):
            if name not in wanted:
                self._faults.append(f"{name} is not in the list")
        if not self._faults and names != wanted:
            self._faults.append("the files are not in the order of the list, or one is there twice")
        for name, made in ((LIST_TEXT, written_list(manifest)), (SUMS, sums_of(manifest, octets))):
            if name in names and self._archive.read(name) != made:
                self._faults.append(f"{name} does not say what {LIST} says")
        for one in manifest["files"]:
            if one["name"] in names:
                self._file(one)
        received = self._record(manifest) if RECORD in names else {}
        frozen = self._timeline(manifest) if TIMELINE in names else {}
        for one in manifest["files"]:
            self._mail(one, received, frozen)
            self._signed(one)

    def _file(self, one: Mapping[str, Any]) -> None:
        plain, size = sha256(), 0
        for chunk in self._chunks(one["name"]):
            plain.update(chunk)
            size += len(chunk)
        if plain.hexdigest() != one["sha256"] or size != one["size"]:
            self._faults.append(f"{one['name']} was changed")
        if "wire_sha256" in one:
            wire = sha256()
            for chunk in with_stuffing(self._chunks(one["name"])):
                wire.update(chunk)
            if wire.hexdigest() != one["wire_sha256"]:
                self._faults.append(f"{one['name']} is not the mail that is listed")

    def _chunks(self, name: str) -> Iterator[bytes]:
        with self._archive.open(name) as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    def _lines(self, name: str) -> Iterator[dict[str, Any]]:
        with self._archive.open(name) as file:
            while line := file.readline(_LINE_MAX):
                yield json.loads(line)

    def _record(self, manifest: Mapping[str, Any]) -> dict[str, str]:
        """Each event by its hash and the one before it; the hash of each mail as it was accepted, by queue id."""
        received: dict[str, str] = {}
        seq, newest = 0, ""
        for one in self._lines(RECORD):
            event = canonical(
                one["seq"], one["at"], one["actor_kind"], one["actor"], one["action"], one["queue_id"], one["details"]
            )
            before = bytes(32) if one["seq"] == 1 else _octets(one["previous"])
            if before is not None and link(before, event).hex() != one["hash"]:
                self._faults.append(f"event {one['seq']} of the record was changed")
            if one["seq"] <= seq:
                self._faults.append(f"event {one['seq']} of the record is not where it belongs")
            elif one["seq"] == seq + 1 and one["previous"] not in (None, newest) and newest:
                self._faults.append(f"event {one['seq']} does not follow event {seq}")
            seq, newest = one["seq"], one["hash"]
            if one["action"] == "mail.accepted":
                received[one["queue_id"]] = json.loads(one["details"]).get("sha256", "")
        head = manifest["record_head"] or {"seq": 0, "hash": ""}
        if seq > head["seq"] or (seq == head["seq"] and newest != head["hash"]):
            self._faults.append("the record does not end where the list says it stood")
        return received

    def _timeline(self, manifest: Mapping[str, Any]) -> dict[str, str]:
        """The steps in order and without a gap; what was noted of contents, by content."""
        frozen: dict[str, str] = {}
        number = 0
        for number, one in enumerate(self._lines(TIMELINE), 1):
            if one["number"] != number:
                self._faults.append(f"step {number} of the timeline is missing")
                break
            if one["kind"] == "document" and one["details"].get("act") == "released":
                key = (one["details"]["document"], one["details"]["version"])
                self._released[key] = one["details"].get("sha256", "")
            if one["kind"] == "frozen":
                for values in one["details"].get("contents", ()):
                    frozen.setdefault(values[0], values[1])
        if number != manifest["entries"]:
            self._faults.append("the timeline has not as many steps as the list says")
        return frozen

    def _mail(self, one: Mapping[str, Any], received: Mapping[str, str], frozen: Mapping[str, str]) -> None:
        wire = one.get("wire_sha256")
        if wire is None:
            return
        if one["what"] == "as_received" and received.get(one["queue_id"]) not in (None, wire):
            self._faults.append(f"{one['name']} is not the mail that was accepted")
        if frozen.get(one["content"]) not in (None, wire):
            self._faults.append(f"{one['name']} is not the mail as it was when the incident was opened")

    def _signed(self, one: Mapping[str, Any]) -> None:
        if one["what"] == "released" and one["name"].endswith(".json"):
            noted = self._released.get((one["document"], one["version"]))
            if noted not in (None, one["sha256"]):
                self._faults.append(f"{one['name']} is not what was released")


def _octets(written: str | None) -> bytes | None:
    return None if written is None else bytes.fromhex(written)
