"""What people do with what is known of recipients, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mailguard import audit
from mailguard.correspondents import agreed_password, learn_reply, note
from mailguard.correspondents.administration import Dossier, agree_on, dossiers, end_agreement, note_all, take_back
from mailguard.errors import NotAllowed
from mailguard.model.audit import Actor, ActorKind, AuditAction
from mailguard.model.delivery import Reply
from mailguard.model.protection import Mode, Trait, TraitSource
from mailguard.sealing import SecretBox
from mailguard.store import Store, Transaction
from mailguard.store.people_tables import METADATA
from tests.fakes.clock import StandingClock

A, B = "ando@one.example.com", "baba@one.example.com"
ONE = "@one.example.com"
ME = Actor(ActorKind.PERSON, "tanoue")
PASSWORD, ANOTHER = "Kumo7-Hashi-Mori", "Nishi3-Kaze-Umi"
BOX, KEY = SecretBox(bytes(range(32))), bytes(reversed(range(32)))
REFUSED = Reply(550, "5.7.1", "Encrypted attachments are not accepted")


async def agreed(store: Store, whom: str, password: str) -> bool:
    """As an administrator does it."""
    return await store.write(agree_on(whom, password, BOX, KEY, ME))


async def shown(store: Store, *addresses: str) -> list[Dossier]:
    """What an administrator sees."""
    return await store.read(lambda connection: dossiers(connection, addresses))


async def record(store: Store) -> list[tuple[AuditAction, dict[str, object]]]:
    """What is on record, and for all of it that it was me."""
    events = await store.read(lambda connection: [event for _, _, event in audit.all_events(connection)])
    assert {event.actor for event in events} <= {ME}
    return [(event.action, event.details) for event in events]


async def raw(store: Store) -> str:
    """Everything in the database: every value of every row of every table."""

    def everything(connection: Any) -> list[Any]:
        return [value for table in METADATA.sorted_tables for row in connection.execute(select(table)) for value in row]

    values = await store.read(everything)
    return "\n".join(
        bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value) for value in values
    )


async def test_dossier_tells_what_counts_and_who_said_it_of_whom(store: Store, clock: StandingClock) -> None:
    """Asked for a person I see what counts for them, through the firm too; asked for nobody, all that is on record."""
    await store.write(note_all(ONE, {Trait.PHONE: "03-1234-5678", Trait.OPENS_PDF: "no"}, ME))
    await store.write(lambda transaction: learn_reply(transaction, A, Mode.ZIP, REFUSED, "01M8BFFC6BYXCKDX", 0))
    await agreed(store, ONE, PASSWORD)
    clock.advance(timedelta(days=3).total_seconds())
    await agreed(store, B, ANOTHER)
    of_person, of_other = await shown(store, "Ando@ONE.example.com", B)
    everything = await shown(store)

    assert [
        (Trait.REFUSES_ZIP, "yes", A, TraitSource.REPLY),
        (Trait.OPENS_PDF, "no", ONE, TraitSource.PERSON),
        (Trait.PHONE, "0312345678", ONE, TraitSource.PERSON),
    ] == [(one.trait, one.value, one.address, one.source) for one in of_person.known]
    assert of_person.agreed is not None
    assert (ONE, "tanoue", clock.now() - timedelta(days=3)) == (
        of_person.agreed.address, of_person.agreed.agreed_by, of_person.agreed.agreed_at,
    )  # fmt: skip
    assert of_other.agreed is not None
    assert (B, clock.now()) == (of_other.agreed.address, of_other.agreed.agreed_at)
    assert [(ONE, 2, True), (A, 1, False), (B, 0, True)] == [
        (one.address, len(one.known), one.agreed is not None) for one in everything
    ]


async def test_dossiers_of_many_are_all_shown(store: Store) -> None:
    """Very many partners do not end the list."""
    people = sorted(f"p{number:04}@one.example.com" for number in range(1200))

    def work(transaction: Transaction) -> None:
        for person in people:
            for trait in (Trait.OPENS_PDF, Trait.REFUSES_ZIP):
                note(transaction, person, trait, "yes")

    await store.write(work, is_brief=False)
    found = await shown(store)

    assert people == [one.address for one in found]
    assert {2} == {len(one.known) for one in found}


async def test_each_change_is_on_record_once_and_of_nobody(store: Store) -> None:
    """Who changed what kind of thing stays provable; of whom is not in the record."""
    first = await store.write(note_all(A, {Trait.REFUSES_ZIP: "yes", Trait.PHONE: "03-1234-5678"}, ME))
    again = await store.write(note_all(A, {Trait.REFUSES_ZIP: "yes"}, ME))
    more = await store.write(note_all(A, {Trait.REFUSES_ZIP: "yes", Trait.PREFERS: "sms"}, ME))
    gone = [await store.write(take_back(A, traits, ME)) for traits in ([Trait.PREFERS], [], [])]
    replaced = [await agreed(store, A, PASSWORD), await agreed(store, A, ANOTHER)]
    ended = [await store.write(end_agreement(A, ME)) for _ in range(2)]

    assert ((2, 0, 1), [1, 2, 0]) == ((first, again, more), gone)
    assert ([False, True], [True, False]) == (replaced, ended)
    assert [
        (AuditAction.CORRESPONDENT_NOTED, {"people": 1, "traits": ["phone", "refuses_zip"]}),
        (AuditAction.CORRESPONDENT_NOTED, {"people": 1, "traits": ["prefers"]}),
        (AuditAction.CORRESPONDENT_NOTED, {"people": 1, "traits": ["prefers"], "is_taken_back": True}),
        (AuditAction.CORRESPONDENT_NOTED, {"people": 1, "traits": ["phone", "refuses_zip"], "is_taken_back": True}),
        (AuditAction.PASSWORD_AGREED, {"people": 1, "is_replaced": False}),
        (AuditAction.PASSWORD_AGREED, {"people": 1, "is_replaced": True}),
        (AuditAction.PASSWORD_WITHDRAWN, {"people": 1}),
    ] == await record(store)


async def test_refused_change_leaves_nothing_behind(store: Store) -> None:
    """Of a wrong number nothing is noted, of a password used before nothing is changed, and nothing is on record."""
    await agreed(store, A, PASSWORD)
    before = await raw(store)
    with pytest.raises(NotAllowed):
        await store.write(note_all(A, {Trait.REFUSES_ZIP: "yes", Trait.PHONE: "extension 12"}, ME))
    for whom, password in ((A, PASSWORD), (B, PASSWORD), (B, "Ando-1234")):
        with pytest.raises(NotAllowed):
            await agreed(store, whom, password)

    assert before == await raw(store)


async def test_no_row_of_the_database_shows_an_agreed_password(store: Store) -> None:
    """Whoever reads the whole database finds no password, neither in force nor ended."""
    await agreed(store, A, PASSWORD)
    await agreed(store, ONE, ANOTHER)
    await store.write(end_agreement(ONE, ME))
    found = await raw(store)
    opened = await store.read(lambda connection: agreed_password(connection, BOX, A))

    assert (A in found, PASSWORD in found, ANOTHER in found) == (True, False, False)
    assert opened is not None
    assert PASSWORD == opened[0]
