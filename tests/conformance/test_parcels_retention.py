"""The end of a protected mail's time: contents and password go together, and what was sent to whom stays on record."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from mailguard import audit
from mailguard.config import ProtectionSettings, SmsSettings
from mailguard.model.audit import AuditAction
from mailguard.model.protection import Channel
from mailguard.workers.sweeper import Sweeper
from tests.conformance.parcel_parts import MakeProtecting
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop

DAYS = timedelta(days=30)


async def test_password_and_contents_of_a_protected_mail_end_with_it(
    make_protecting: MakeProtecting, clock: StandingClock
) -> None:
    """A month after it was sent nobody can open my protected mail from our side, and its evidence is still there."""
    async with ScriptedNextHop() as hop:
        node = make_protecting(hop.port, Channel.TO_SENDER)
        queue_id = await node.sent()
        ((listed,), sweeper) = (await node.parcels(queue_id), Sweeper(node.spool, DAYS, node.passwords))
        clock.advance(timedelta(days=29).total_seconds())
        early = await sweeper.destroy_expired()
        kept = await node.store.read(lambda reader: node.records.password(reader, listed.parcel.parcel_id))
        clock.advance(timedelta(days=2).total_seconds())
        await sweeper.destroy_expired()
        gone = await node.store.read(lambda reader: node.records.password(reader, listed.parcel.parcel_id))
        keys = await node.store.read(
            lambda reader: reader.execute(
                text("SELECT count(*) FROM content WHERE wrapped_key IS NOT NULL")
            ).scalar_one()
        )
        events = await node.store.read(lambda reader: audit.events_of(reader, queue_id))
        (after,) = await node.parcels(queue_id)

    assert 0 == early
    assert kept is not None
    assert gone is None
    assert 0 == keys
    assert AuditAction.PASSWORD_DESTROYED in [event.action for event in events]
    assert listed.manifest == after.manifest
    assert after.parcel.destroyed_at is not None


async def test_telephone_of_a_short_message_is_readable_in_no_row(make_protecting: MakeProtecting) -> None:
    """The number I give for the password is sealed as soon as the mail is on its way."""
    phone = "09012345678"
    wanted = ProtectionSettings(sms=SmsSettings(url="https://sms.example.jp/send"))
    async with ScriptedNextHop() as hop:
        node = make_protecting(hop.port, Channel.SMS, protection=wanted, phone=phone)
        queue_id = await node.sent()
        (member,) = await node.members(queue_id)
        rows = await node.store.read(
            lambda reader: [
                str(reader.execute(text(f"SELECT * FROM {table}")).all())
                for table in ("recipient", "parcel_recipient", "audit_event")
            ]
        )

    assert phone == member.telling.phone
    assert not [row for row in rows if phone in row]
