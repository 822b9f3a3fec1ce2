"""The evidence sheet of a parcel, from what is on record: on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text

from mailguard import audit, hold
from mailguard.config import ProtectionSettings
from mailguard.config.settings import SmsSettings
from mailguard.correspondents import AGREED, agree
from mailguard.errors import UnknownMail
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.protection import Channel
from mailguard.parcels.collecting import evidence_of
from mailguard.parcels.evidence import Evidence, as_json
from mailguard.parcels.evidence_pdf import as_pdf
from mailguard.store import Transaction, Work
from mailguard.workers.sweeper import Sweeper
from tests.conformance.hold_parts import OFFICE, SATO, SENDER, A, B
from tests.conformance.parcel_parts import (
    MESSAGE_ID,
    WINDOW_MINUTES,
    MakeProtecting,
    ProtectingNode,
    bounce_of,
)
from tests.fakes.clock import START, StandingClock
from tests.fakes.next_hop import ScriptedNextHop, Stage, say

MAIL, TO_SENDER, SMS, AGREED_BEFORE = Channel.SEPARATE_MAIL, Channel.TO_SENDER, Channel.SMS, Channel.AGREED
PHONE = "09012345678"
PASSWORD = "Kawasemi-2041-tobu"


async def sheet_of(
    node: ProtectingNode, queue_id: str, *, is_unbroken: bool | None = None, number: int = 0
) -> Evidence:
    """The sheet of one of the mail's parcels."""
    parcel_id = (await node.parcels(queue_id))[number].parcel.parcel_id
    return await node.store.read(
        lambda reader: evidence_of(node.spool, node.records, reader, parcel_id, OFFICE, is_unbroken=is_unbroken)
    )


def altered(statement: str) -> Work[None]:
    """Somebody with the database open changes it."""

    def work(transaction: Transaction) -> None:
        transaction.execute(text(statement))

    return work


async def password_of(node: ProtectingNode, queue_id: str) -> str:
    (parcel,) = await node.parcels(queue_id)
    found = await node.store.read(lambda reader: node.records.password(reader, parcel.parcel.parcel_id))
    assert found is not None
    return found


async def test_sheet_says_what_was_sent_and_what_became_of_it(
    make_protecting: MakeProtecting, hop: ScriptedNextHop
) -> None:
    """Who sent what to whom, when the next hop took it and what it said, and that the manifest is as recorded."""
    node = make_protecting(hop.port, TO_SENDER)
    queue_id = await node.sent(A)
    sheet = await sheet_of(node, queue_id, is_unbroken=True)
    (one,) = sheet.recipients
    checked = await node.store.read(audit.verify)

    assert (queue_id, SENDER, OFFICE.name, START) == (
        sheet.queue_id, sheet.sender, sheet.office, sheet.accepted_at,
    )  # fmt: skip
    assert sha256(MESSAGE_ID[1:-1].encode()).hexdigest() == sheet.message_id_sha256
    assert (A, TO_SENDER, "told", START, 250) == (
        one.address, one.channel, one.password_state.value, one.delivered_at, one.reply_code,
    )  # fmt: skip
    assert f"127.0.0.1:{hop.port}" == one.next_hop
    assert (START, SENDER, None) == (one.told_at, one.told_to, one.stopped_at)
    assert sheet.is_manifest_as_recorded
    assert (1, checked.events, checked.head, True) == (
        sheet.chain.first_seq, sheet.chain.last_seq, sheet.chain.last_hash, sheet.chain.is_unbroken,
    )  # fmt: skip
    assert {"person_name", "phone_number"} <= {kind for item in sheet.manifest.items for kind, _ in item.findings}


async def test_sheet_holds_no_password(make_protecting: MakeProtecting, hop: ScriptedNextHop) -> None:
    """Whoever gets the sheet gets nothing that opens the parcel, only how strong it is."""
    node = make_protecting(hop.port, TO_SENDER)
    queue_id = await node.sent(A)
    password = await password_of(node, queue_id)
    sheet = await sheet_of(node, queue_id)

    assert password not in as_json(sheet)
    assert (len(password), True) == (sheet.password.length, (sheet.password.bits or 0) >= 100)
    assert as_pdf(sheet, START).startswith(b"%PDF")


async def test_entries_of_the_mail_with_the_password_stand_beside_those_of_the_parcel(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """One sees that the password left later, in a mail of its own, and each entry for whom."""
    node = make_protecting(hop.port, MAIL)
    queue_id = await node.sent(A, B)
    clock.advance((WINDOW_MINUTES + 1) * 60)
    await node.look()
    carriers = [one.telling.told_by for one in await node.members(queue_id)]
    sheet = await sheet_of(node, queue_id)
    first, second = sheet.recipients
    events = {event.seq: event for event in sheet.events}

    assert [event.seq for event in sheet.events] == sorted(events)
    assert {"", *carriers} == {event.queue_id for event in sheet.events}
    assert ({"", carriers[0]}, {"", carriers[1]}) == (
        {event.queue_id for event in first.events},
        {event.queue_id for event in second.events},
    )
    assert (START + timedelta(minutes=WINDOW_MINUTES + 1), A) == (first.told_at, first.told_to)
    assert "parcel.made" in {event.action for event in first.events}
    assert "delivery.delivered" in {event.action for event in first.events if event.queue_id}
    hashes = {
        seq: digest.hex() for seq, digest, _ in await node.store.read(lambda reader: list(audit.all_events(reader)))
    }
    assert {seq: event.hash for seq, event in events.items()} == {seq: hashes[seq] for seq in events}


async def test_mail_that_was_stopped_and_replaced_stays_on_the_sheet(
    make_protecting: MakeProtecting, hop: ScriptedNextHop
) -> None:
    """The password was to go by mail, then the sender told it: both are shown."""
    node = make_protecting(hop.port, MAIL)
    queue_id = await node.sent(A)
    (before,) = await node.members(queue_id)
    await node.store.write(node.passwords.reroute(queue_id, SATO, TO_SENDER, ""))
    await node.look()
    sheet = await sheet_of(node, queue_id)
    (one,) = sheet.recipients

    assert (TO_SENDER, SENDER) == (one.channel, one.told_to)
    assert before.telling.told_by in {event.queue_id for event in one.events}
    assert "password.rerouted" in {event.action for event in one.events}


async def test_who_saw_the_password_stands_there(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Each look at a password is on the sheet of that parcel."""
    node = make_protecting(hop.port, MAIL)
    queue_id = await node.sent(A)
    (parcel,) = await node.parcels(queue_id)
    for seconds, name in ((60, "sato"), (90, "ito")):
        clock.advance(seconds)
        await node.store.write(node.passwords.show(parcel.parcel.parcel_id, Actor(ActorKind.PERSON, name)))
    sheet = await sheet_of(node, queue_id)

    assert [(START + timedelta(seconds=60), "sato"), (START + timedelta(seconds=150), "ito")] == [
        (one.at, one.to) for one in sheet.password.shown
    ]


@pytest.mark.parametrize("how", ["stop", "cancel", "bounce", "refused"])
async def test_stopped_password_has_a_time_and_nobody_it_went_to(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock, how: str
) -> None:
    """However it was stopped, the sheet says when, and names nobody who would have got it."""
    node = make_protecting(hop.port, MAIL)
    if how == "refused":
        hop.on(Stage.DOT, say("550 5.1.1 Unknown user"))
    queue_id = await node.sent(A)
    if how != "refused":
        clock.advance(60)
    (member,) = await node.members(queue_id)
    match how:
        case "stop":
            await node.store.write(node.passwords.stop(queue_id, SATO, "wrong address"))
        case "cancel":
            assert member.telling.told_by is not None
            await node.store.write(hold.cancel(node.spool, member.telling.told_by, SATO, "wrong address"))
        case "bounce":
            await node.reported(bounce_of(MESSAGE_ID, A))
    (one,) = (await sheet_of(node, queue_id)).recipients

    assert ("stopped", None, "") == (one.password_state.value, one.told_at, one.told_to)
    assert (START if how == "refused" else START + timedelta(seconds=60)) == one.stopped_at
    assert (how == "refused") == (one.delivered_at is None)


async def test_short_message_shows_the_last_digits_only(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """The sheet tells two telephones apart and gives neither away."""
    sms = SmsSettings(url="https://sms.example.com/send", body="{phone} {text}")
    protection = ProtectionSettings(window_minutes=WINDOW_MINUTES, sms=sms)
    node = make_protecting(hop.port, SMS, protection=protection, phone=PHONE)
    queue_id = await node.sent(A)
    clock.advance(WINDOW_MINUTES * 60 + 5)
    ((telling, _),) = await node.store.write(node.passwords.due_messages)
    await node.store.write(lambda transaction: node.passwords.message_taken(transaction, telling))
    sheet = await sheet_of(node, queue_id)
    (one,) = sheet.recipients

    assert ("***5678", clock.now()) == (one.told_to, one.told_at)
    assert PHONE not in as_json(sheet)


async def test_agreed_password_is_dated_with_its_agreement(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Nothing was sent; the sheet says since when the password was agreed, and not how long it is."""
    node = make_protecting(hop.port, AGREED_BEFORE)
    box = node.spool.secret_box(AGREED)

    def agreed(transaction: Transaction) -> None:
        agree(transaction, box, bytes(32), A, PASSWORD, "sato")

    await node.store.write(agreed)
    clock.advance(3600)
    queue_id = await node.sent(A)
    sheet = await sheet_of(node, queue_id)
    (one,) = sheet.recipients

    assert (True, START, None, None) == (
        sheet.password.is_agreed, sheet.password.created_at, sheet.password.length, sheet.password.bits,
    )  # fmt: skip
    assert (AGREED_BEFORE, None, "") == (one.channel, one.told_at, one.told_to)


async def test_sheet_is_written_when_everything_is_destroyed(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Years later there is no content and no password; what was on record is still shown, and still as recorded."""
    node = make_protecting(hop.port, TO_SENDER)
    queue_id = await node.sent(A)
    before = await sheet_of(node, queue_id)
    clock.advance(90 * 86400)
    await Sweeper(node.spool, timedelta(days=30), node.passwords).destroy_expired()
    sheet = await sheet_of(node, queue_id)

    assert sheet.password.destroyed_at == clock.now()
    assert (before.manifest, before.password.length, None) == (
        sheet.manifest, sheet.password.length, sheet.message_id_sha256,
    )  # fmt: skip
    assert sheet.is_manifest_as_recorded


async def test_changed_record_is_seen(make_protecting: MakeProtecting, hop: ScriptedNextHop) -> None:
    """Where the record says another manifest, or nothing of it, the sheet does not pass."""
    node = make_protecting(hop.port, TO_SENDER)
    queue_id = await node.sent(A)
    changes = [
        "UPDATE audit_event SET details = replace(details, 'manifest_sha256\":\"', 'manifest_sha256\":\"0')",
        "DELETE FROM audit_event WHERE action = 'parcel.made'",
    ]
    seen = []
    for change in changes:
        await node.store.write(altered(change))
        sheet = await sheet_of(node, queue_id)
        seen.append((sheet.is_manifest_as_recorded, json.loads(as_json(sheet))["chain"]["recorded_manifest_sha256"]))

    assert [False, False] == [is_right for is_right, _ in seen]
    assert seen[1][1] is None


async def test_parcel_that_is_none_is_said_so(make_protecting: MakeProtecting, hop: ScriptedNextHop) -> None:
    """A mistyped number gives no sheet."""
    node = make_protecting(hop.port)
    with pytest.raises(UnknownMail):
        await node.store.read(
            lambda reader: evidence_of(node.spool, node.records, reader, "01ZZZZZZZZZZZZZZ", OFFICE, is_unbroken=None)
        )
