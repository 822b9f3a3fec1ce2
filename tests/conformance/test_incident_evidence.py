"""Evidence that others can check, and what was kept beside what is there now. On SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from mailguard import hold
from mailguard.i18n.times import JAPAN
from mailguard.incidents.bundle import GUIDE, Bundle, Bundler, exported, written
from mailguard.incidents.bundle_check import BundleReport, checked
from mailguard.incidents.bundle_text import sums_of, written_list
from mailguard.incidents.documents import DOCUMENTS, DocumentRecords, release, save
from mailguard.incidents.evidence import Mark, compare
from mailguard.incidents.wire_form import with_stuffing, without_stuffing
from mailguard.mime.message import stuffed, unstuffed
from mailguard.model.audit import AuditAction
from mailguard.model.documents import Document, DocumentKind, Section
from mailguard.model.incident import EntryKind
from mailguard.store import Store
from mailguard.workers.sweeper import Sweeper
from tests.conformance.hold_parts import NOWHERE, WIRE, A, B, C, MakeNode
from tests.conformance.test_incidents import OWNER, Desk, desk_of
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop

DOTTED = (
    WIRE.replace(b"Subject:", b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\nSubject:').replace(
        b"\r\n\r\nhello", b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello"
    )
    + b"..dot\r\n..\r\nend\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
    + b"Content-Disposition: attachment; filename=picture.png\r\n\r\n"
    + (b"QUJD" * 19 + b"\r\n") * 15_000
    + b"\r\n--b--\r\n"
)
"""A mail of more than one frame, with lines that begin with a dot."""


async def taken_out(desk: Desk, incident_id: str, folder: Path) -> tuple[Path, Bundle]:
    """The bundle of an incident as a file."""
    node = desk.node
    documents = DocumentRecords(node.spool.secret_box(DOCUMENTS))
    bundle = Bundler(node.spool, desk.records, documents, "見本互助会", JAPAN).prepare(
        incident_id, OWNER, "弁護士に相談", node.clock.now()
    )
    await node.store.write(exported(desk.records, bundle, OWNER, "弁護士に相談"))
    path = folder / bundle.file_name
    path.write_bytes(b"".join(written(bundle)))
    return path, bundle


async def case(make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock) -> tuple[Desk, str, str]:
    """A mail that went out, each recipient by itself, and its incident."""
    desk = desk_of(make_node(hop.port), store, clock)
    queue_id = await desk.node.held(A, B, C, wire=DOTTED)
    wish = hold.actions.Wish(recipients=hold.actions.Recipients.INDIVIDUAL)
    await store.write(hold.release(desk.node.spool, queue_id, OWNER, "", wish=wish))
    await desk.node.look()
    return desk, queue_id, await desk.report(queue_id)


async def test_bundle_is_checked_by_tools_of_a_third_party(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock, tmp_path: Path
) -> None:
    """A lawyer unpacks it and runs sha256sum; our own check needs no database; the list's hash is on record."""
    desk, queue_id, incident_id = await case(make_node, hop, store, clock)
    path, bundle = await taken_out(desk, incident_id, tmp_path)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "out")
        names = archive.namelist()
        received = archive.read(f"mails/{queue_id}/as-received.eml")
    sums = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"],
        cwd=tmp_path / "out", capture_output=True, check=False,
    )  # fmt: skip
    (entry,) = await desk.entries(incident_id, EntryKind.EXPORTED)
    event = [one for one in await desk.node.everything() if one.action is AuditAction.INCIDENT_EXPORTED][-1]

    assert 0 == sums.returncode, sums.stderr
    assert unstuffed(DOTTED) == received
    assert 3 == sum("as-sent" in name for name in names)
    assert BundleReport(bundle.digest, bundle.manifest, ()) == checked(path, bundle.digest)
    assert bundle.digest == entry.details["manifest_sha256"] == event.details["manifest_sha256"]
    assert ("弁護士に相談", OWNER) == (event.details["purpose"], event.actor)


async def test_bundle_says_its_times_on_the_clock_of_the_office(
    make_node: MakeNode, store: Store, clock: StandingClock, tmp_path: Path
) -> None:
    """At half past eight in the morning in Japan the file is of that day, and its list says which zone that is."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    clock.advance((datetime(2026, 12, 1, 23, 30, 5, tzinfo=UTC) - clock.now()).total_seconds())
    incident_id = await desk.report(await desk.node.held(A))
    path, bundle = await taken_out(desk, incident_id, tmp_path)
    with zipfile.ZipFile(path) as archive:
        times = {one.date_time for one in archive.infolist()}

    assert f"incident-{incident_id}-20261202-083005.zip" == path.name
    assert "2026-12-02T08:30:05+09:00" == bundle.manifest["exported_at"]
    assert datetime(2026, 12, 1, 23, 30, 5, tzinfo=UTC) == datetime.fromisoformat(str(bundle.manifest["opened_at"]))
    assert {(2026, 12, 2, 8, 30, 4)} == {(*one[:5], one[5] // 2 * 2) for one in times}
    assert () == checked(path, bundle.digest).faults


async def test_what_was_released_is_part_of_the_evidence(
    make_node: MakeNode, store: Store, clock: StandingClock, tmp_path: Path
) -> None:
    """The report I signed is in the bundle, with the hash my signature is of; a draft is not; other words are found."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    incident_id = await desk.report(await desk.node.held(A))
    documents = DocumentRecords(desk.node.spool.secret_box(DOCUMENTS))
    for kind, words in ((DocumentKind.INTERNAL_REPORT, "誤送信です。"), (DocumentKind.PUBLICATION, "下書きです。")):
        body = Document(kind, "ja", "報告", (Section("what", "概要", words, False),), ())
        await store.write(save(desk.records, documents, incident_id, OWNER, body))
    signed = await store.write(release(desk.records, documents, incident_id, OWNER, DocumentKind.INTERNAL_REPORT, 1))
    path, bundle = await taken_out(desk, incident_id, tmp_path)
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("documents/")]
        octets, words_out = (archive.read(name) for name in names)
        guide = archive.read(GUIDE).decode()
    fine = checked(path, bundle.digest).faults
    changed = edited("internal_report-version-1.json", "誤送信".encode(), "正しい".encode())
    faults = checked(rewritten(path, lambda files: fitting(changed(files)))).faults

    assert [f"documents/internal_report-version-1.{ending}" for ending in ("json", "txt")] == names
    assert (signed.digest, True, ()) == (sha256(octets).hexdigest(), "誤送信です。" in words_out.decode(), fine)
    assert ("documents/internal_report-version-1.json is not what was released",) == faults
    # Who opens the bundle years later reads what these files are, in both languages.
    assert [2, 2] == [guide.count(f"documents/...-version-N.{ending}") for ending in ("json", "txt")]


def fitting(files: dict[str, bytes]) -> dict[str, bytes]:
    """The list made to fit what is there."""
    manifest = json.loads(files["manifest.json"])
    for one in manifest["files"]:
        one["sha256"], one["size"] = sha256(files[one["name"]]).hexdigest(), len(files[one["name"]])
    listed = (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    return files | {
        "manifest.json": listed, "manifest.txt": written_list(manifest), "SHA256SUMS": sums_of(manifest, listed)
    }  # fmt: skip


def rewritten(path: Path, change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> Path:
    """The archive with other files in it."""
    with zipfile.ZipFile(path) as archive:
        files = change({name: archive.read(name) for name in archive.namelist()})
    with zipfile.ZipFile(path, "w") as archive:
        for name, octets in files.items():
            archive.writestr(name, octets)
    return path


def edited(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    """One file with other words in it."""

    def change(files: dict[str, bytes]) -> dict[str, bytes]:
        (found,) = [one for one in files if one.endswith(name)]
        assert old in files[found]
        return {**files, found: files[found].replace(old, new, 1)}

    return change


def without(name: str) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    """Without one file."""
    return lambda files: {one: octets for one, octets in files.items() if not one.endswith(name)}


def other_order(name: str) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    """One file's first two lines changed round."""

    def change(files: dict[str, bytes]) -> dict[str, bytes]:
        first, second, rest = files[name].split(b"\n", 2)
        return {**files, name: b"\n".join((second, first, rest))}

    return change


def forged(files: dict[str, bytes]) -> dict[str, bytes]:
    """A mail changed, and every hash in the bundle made to fit, as far as somebody without the office's record can."""
    (name,) = [one for one in files if one.endswith("as-received.eml")]
    mail = files[name].replace(b"hello", b"HELLO")
    manifest = json.loads(files["manifest.json"])
    for one in manifest["files"]:
        if one["name"] == name:
            old = one["wire_sha256"]
            one["sha256"] = sha256(mail).hexdigest()
            new = one["wire_sha256"] = one["frozen_wire_sha256"] = sha256(stuffed(mail)).hexdigest()
    files = {**files, name: mail, "timeline.jsonl": files["timeline.jsonl"].replace(old.encode(), new.encode())}
    (line,) = [one for one in manifest["files"] if one["name"] == "timeline.jsonl"]
    line["sha256"] = sha256(files["timeline.jsonl"]).hexdigest()
    listed = (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    own = {"manifest.json": listed, "manifest.txt": written_list(manifest), "SHA256SUMS": sums_of(manifest, listed)}
    return {**files, **own}


async def test_whatever_is_changed_in_a_bundle_is_found(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock, tmp_path: Path
) -> None:
    """Deleted, edited, put in another order, cut off, added, or forged altogether: each is said."""
    desk, _queue_id, incident_id = await case(make_node, hop, store, clock)
    path, bundle = await taken_out(desk, incident_id, tmp_path)
    whole = path.read_bytes()
    changes = {
        "a mail is deleted": without("as-received.eml"),
        "a sent mail is deleted": without("as-sent-1.eml"),
        "the record is deleted": without("record.jsonl"),
        "a mail is edited": edited("as-received.eml", b"hello", b"hallo"),
        "an event is edited": edited("record.jsonl", b"mail.accepted", b"mail.advanced"),
        "a note is edited": edited("timeline.jsonl", b'"number":1,', b'"number": 1,'),
        "the list is edited": edited("manifest.json", b'"kind"', b'"Kind"'),
        "a hash is edited": edited("SHA256SUMS", b"a", b"b"),
        "events change places": other_order("record.jsonl"),
        "the files are in another order": lambda files: dict(reversed(files.items())),
        "something is added": lambda files: {**files, "extra.txt": b"x"},
        "everything is forged": forged,
    }
    unseen = []
    for name, change in changes.items():
        path.write_bytes(whole)
        if not checked(rewritten(path, change)).faults:
            unseen.append(name)
    for octets in (len(whole) // 2, len(whole) - 30, 10, 0):
        path.write_bytes(whole[:octets])
        if not checked(path).faults:
            unseen.append(f"cut off after {octets} octets")
    path.write_bytes(whole)

    assert [] == unseen
    assert () == checked(path).faults
    assert checked(path, "0" * 64).faults
    assert bundle.digest == checked(path).digest


async def test_changes_behind_our_back_are_found(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock, url: str
) -> None:
    """Somebody with the database in hand changes a mail, or an event, or deletes one: the comparison says so."""
    desk, queue_id, incident_id = await case(make_node, hop, store, clock)
    entries = await desk.entries(incident_id)
    spool = desk.node.spool
    before = {one.mark for one in compare(spool, entries)}
    engine = create_engine(url)
    found = []
    place = next(one for one in spool.folder.rglob(queue_id) if one.is_file())
    octets = place.read_bytes()
    for damaged in (octets[:-20], octets[:100] + b"x" + octets[101:], b""):
        place.write_bytes(damaged)
        found.append([one.mark for one in compare(spool, entries) if one.is_content])
    place.unlink()
    found.append([one.mark for one in compare(spool, entries) if one.is_content])
    place.write_bytes(octets)
    tampering = (
        "UPDATE audit_event SET actor = 'nobody' WHERE queue_id = :id AND action = 'hold.released'",
        "DELETE FROM audit_event WHERE queue_id = :id AND action = 'hold.released'",
    )
    for statement in tampering:
        with engine.begin() as connection:
            connection.execute(text(statement), {"id": queue_id})
        found.append([one.mark for one in compare(spool, entries) if not one.is_content])
    engine.dispose()

    assert {Mark.SAME} == before
    assert [[Mark.CHANGED]] * 6 == found


async def test_bundle_names_what_is_gone(
    make_node: MakeNode, store: Store, clock: StandingClock, tmp_path: Path
) -> None:
    """Reported after its time was over: the bundle says that the content is gone, and everything else is there."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    queue_id = await desk.node.held(A)
    await store.write(hold.cancel(desk.node.spool, queue_id, OWNER, ""))
    clock.advance(timedelta(days=40).total_seconds())
    await Sweeper(desk.node.spool, timedelta(days=30)).destroy_expired()
    incident_id = await desk.report(queue_id)
    path, _bundle = await taken_out(desk, incident_id, tmp_path)
    report = checked(path)
    marks = {one.mark for one in compare(desk.node.spool, await desk.entries(incident_id))}

    assert () == report.faults
    assert [("destroyed", "as_received")] == [(one["why"], one["what"]) for one in report.manifest["missing"]]
    assert sha256(WIRE).hexdigest() == report.manifest["missing"][0]["frozen_wire_sha256"]
    assert {Mark.SAME, Mark.DESTROYED} == marks


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 1000])
def test_wire_form_is_the_same_whatever_the_frames(size: int) -> None:
    """Where a frame ends changes nothing of a mail."""
    wire = b"..a\r\n..\r\n.b\r\n...\r\n\r\n..\r\n..c\r\r\n..d\r\n."
    frames = [wire[start : start + size] for start in range(0, len(wire), size)]
    plain = b"".join(without_stuffing(frames))
    back = b"".join(with_stuffing(plain[start : start + size] for start in range(0, len(plain), size)))

    assert (unstuffed(wire), stuffed(unstuffed(wire))) == (plain, back)
