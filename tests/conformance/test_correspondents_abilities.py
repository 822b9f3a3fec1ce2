"""What is known of what recipients can open, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from mailguard import audit
from mailguard.correspondents import (
    Known,
    forget,
    key_of,
    known_of,
    learn_reply,
    list_traits,
    note,
    phone_number,
    traits_of,
    unknow,
)
from mailguard.errors import NotAllowed
from mailguard.model.address import comparable
from mailguard.model.audit import AuditAction
from mailguard.model.delivery import Reply
from mailguard.model.protection import Channel, Mode, Trait, Traits, TraitSource
from mailguard.store import Store, Transaction
from tests.fakes.clock import StandingClock

A, B, C = "ando@one.example.com", "baba@one.example.com", "chiba@two.example.net"
ONE = "@one.example.com"
REFUSED = Reply(552, "5.7.0", "This message was blocked because its content presents a potential security issue.")
FULL = Reply(552, "5.2.2", "The email account that you tried to reach is over quota.")
QUEUE_ID = "01M8BFFC6BYXCKDX"


async def noted(store: Store, address: str, trait: Trait, value: str, source: TraitSource = TraitSource.PERSON) -> bool:
    """As a person or a reply says it."""
    return await store.write(lambda transaction: note(transaction, address, trait, value, source))


async def refused(store: Store, address: str, reply: Reply = REFUSED, mode: Mode = Mode.ZIP) -> bool:
    """As a delivery does it."""
    return await store.write(lambda transaction: learn_reply(transaction, address, mode, reply, QUEUE_ID, 2))


async def known(store: Store, *addresses: str) -> dict[str, Traits]:
    """What counts for these."""
    return await store.read(lambda connection: traits_of(connection, addresses))


async def listed(store: Store, after: str = "", limit: int = 1000) -> list[Known]:
    """What is noted."""
    return await store.read(lambda connection: list_traits(connection, after, limit))


async def test_nothing_is_known_of_anybody_at_first(store: Store) -> None:
    """Whoever nothing is known of gets what the rules say."""
    assert {A: Traits(), B: Traits()} == await known(store, A, B, A)
    assert {} == await known(store)


async def test_what_is_noted_is_known(store: Store) -> None:
    """Everything I note of a partner counts for the next mail, in whatever spelling I gave the address."""
    await noted(store, " Ando@ONE.example.com ", Trait.REFUSES_ZIP, "yes")
    await noted(store, A, Trait.OPENS_PDF, "no")
    await noted(store, A, Trait.PREFERS, "sms")
    await noted(store, A, Trait.PHONE, "090-1234-5678")

    assert {
        A: Traits(refuses_zip=True, opens_pdf=False, prefers=Channel.SMS, phone="09012345678"),
        B: Traits(),
    } == await known(store, A, B)


async def test_address_goes_before_its_domain(store: Store) -> None:
    """What I say of a firm holds for all its people but the one I said something else of; not for other firms."""
    await noted(store, "@ONE.example.com", Trait.REFUSES_ZIP, "yes")
    await noted(store, ONE, Trait.OPENS_PDF, "yes")
    await noted(store, A, Trait.REFUSES_ZIP, "no")
    found = await known(store, A, B, C, "x@sub.one.example.com", ONE)

    assert (False, True) == (found[A].refuses_zip, found[A].opens_pdf)
    assert (True, True) == (found[B].refuses_zip, found[B].opens_pdf)
    assert (True, True) == (found[ONE].refuses_zip, found[ONE].opens_pdf)
    assert (Traits(), Traits()) == (found[C], found["x@sub.one.example.com"])


async def test_refusal_of_an_archive_is_learned_and_on_record(store: Store) -> None:
    """A server that refused an archive is sent none again, and the record says what taught it, without an address."""
    assert await refused(store, "Ando@One.example.com")
    found = await known(store, A, B)
    events = await store.read(lambda connection: audit.events_of(connection, QUEUE_ID))

    assert (True, None) == (found[A].refuses_zip, found[B].refuses_zip)
    assert [
        (
            AuditAction.CORRESPONDENT_TAUGHT,
            {"trait": "refuses_zip", "value": "yes", "code": 552, "positions": [2]},
        )
    ] == [(event.action, event.details) for event in events]


async def test_same_refusal_again_is_nothing_new(store: Store) -> None:
    """A second refusal adds nothing, to what is known or to the record."""
    first, second = await refused(store, A), await refused(store, A)
    events = await store.read(lambda connection: audit.events_of(connection, QUEUE_ID))

    assert (True, False, 1) == (first, second, len(events))


@pytest.mark.parametrize(
    ("reply", "mode"), [(FULL, Mode.ZIP), (REFUSED, Mode.PDF), (Reply(452, "4.7.0", REFUSED.text), Mode.ZIP)],
    ids=["mailbox full", "no archive", "put off"],
)  # fmt: skip
async def test_refusal_of_another_kind_teaches_nothing(store: Store, reply: Reply, mode: Mode) -> None:
    """What says nothing of archives changes nothing."""
    assert not await refused(store, A, reply, mode)
    assert [] == await listed(store)


@pytest.mark.parametrize("address", ['"a b"@one.example.com', "postmaster", "a@b@one.example.com", ONE, ""])
async def test_odd_recipient_costs_no_delivery_its_outcome(store: Store, address: str) -> None:
    """Whatever a recipient is called, its refusal can be recorded; and none speaks for a whole firm."""
    await refused(store, address)

    assert None is (await known(store, B))[B].refuses_zip


async def test_reply_does_not_change_what_a_person_said(store: Store) -> None:
    """I said that they take archives: one refusal more does not change my mind, in either order."""
    await noted(store, A, Trait.REFUSES_ZIP, "no")
    await refused(store, A)
    await refused(store, B)
    await noted(store, B, Trait.REFUSES_ZIP, "no")
    found = await known(store, A, B)

    assert (False, False) == (found[A].refuses_zip, found[B].refuses_zip)
    assert {TraitSource.PERSON} == {one.source for one in await listed(store)}


async def test_person_who_speaks_of_a_firm_goes_before_a_reply_for_one_of_its_people(store: Store) -> None:
    """I can correct once for all what replies have taught of the people of a firm."""
    await refused(store, A)
    await noted(store, ONE, Trait.REFUSES_ZIP, "no")
    found = await store.read(lambda connection: known_of(connection, [A]))

    assert False is (await known(store, A))[A].refuses_zip
    assert (ONE, TraitSource.PERSON) == (found[A][Trait.REFUSES_ZIP].address, found[A][Trait.REFUSES_ZIP].source)


async def test_note_tells_whether_anything_changed(store: Store) -> None:
    """Saying it twice is harmless; a person who confirms what a reply taught makes it their word."""
    await refused(store, A)

    assert [True, False, True] == [await noted(store, A, Trait.REFUSES_ZIP, value) for value in ("yes", "yes", "no")]


async def test_what_is_taken_back_is_unknown_and_may_be_learned_anew(store: Store) -> None:
    """I take back one word, or all of them; after that a reply may teach again."""
    for trait, value in ((Trait.REFUSES_ZIP, "no"), (Trait.OPENS_PDF, "yes"), (Trait.PREFERS, "to_sender")):
        await noted(store, A, trait, value)
    one = await store.write(lambda transaction: unknow(transaction, A.upper(), Trait.REFUSES_ZIP))
    left = (await known(store, A))[A]
    others = await store.write(lambda transaction: unknow(transaction, A))
    nothing = await store.write(lambda transaction: unknow(transaction, A))
    await refused(store, A)

    assert (1, 2, 0) == (one, others, nothing)
    assert Traits(opens_pdf=True, prefers=Channel.TO_SENDER) == left
    assert Traits(refuses_zip=True) == (await known(store, A))[A]


async def test_many_recipients_are_looked_up_together(store: Store) -> None:
    """A mail to very many people is no mail too many."""
    people = [f"p{number}@firm{number}.example.com" for number in range(1300)]
    await noted(store, people[-1], Trait.REFUSES_ZIP, "yes")
    await noted(store, "@firm3.example.com", Trait.REFUSES_ZIP, "yes")
    found = await known(store, *people)

    assert people == list(found)
    assert [people[3], people[-1]] == [one for one, traits in found.items() if traits.refuses_zip]


async def test_list_goes_on_after_a_page_and_splits_no_address(store: Store, clock: StandingClock) -> None:
    """Page by page each address is shown once, with all that is noted of it, by whom and when."""
    for address in (B, C, A, ONE):
        await noted(store, address, Trait.REFUSES_ZIP, "yes")
        await noted(store, address, Trait.OPENS_PDF, "yes", TraitSource.REPLY)
    first = await listed(store, limit=3)
    second = await listed(store, after=first[-1].address, limit=3)

    assert [ONE, A, B] == list(dict.fromkeys(one.address for one in first))
    assert [(C, Trait.OPENS_PDF), (C, Trait.REFUSES_ZIP)] == [(one.address, one.trait) for one in second]
    assert Known(C, Trait.OPENS_PDF, "yes", TraitSource.REPLY, clock.now()) == second[0]
    assert [] == await listed(store, after=C)


async def test_time_of_a_word_is_that_of_its_last_change(store: Store, clock: StandingClock) -> None:
    """I see since when it is known."""
    begun = clock.now()
    await noted(store, A, Trait.REFUSES_ZIP, "yes")
    clock.advance(timedelta(days=2).total_seconds())
    await noted(store, A, Trait.REFUSES_ZIP, "yes")
    same = await listed(store)
    await noted(store, A, Trait.REFUSES_ZIP, "no")

    assert [begun, begun + timedelta(days=2)] == [one.changed_at for one in (*same, *await listed(store))]


async def test_forgotten_person_has_no_traits(store: Store) -> None:
    """Whoever is forgotten is forgotten wholly; what is known of the firm stays."""
    await noted(store, A, Trait.PHONE, "+81 90 1234 5678")
    await noted(store, ONE, Trait.OPENS_PDF, "yes")
    removed = await store.write(lambda transaction: forget(transaction, A.upper()))

    assert (1, [ONE]) == (removed, [one.address for one in await listed(store)])


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        (Trait.REFUSES_ZIP, "true"), (Trait.REFUSES_ZIP, ""), (Trait.OPENS_PDF, "YES"), (Trait.PREFERS, "pigeon"),
        (Trait.PREFERS, "yes"), (Trait.PHONE, "yes"),
    ],
    ids=str,
)  # fmt: skip
async def test_value_a_trait_cannot_have_is_refused(store: Store, trait: Trait, value: str) -> None:
    """What could not be understood later is not kept."""
    with pytest.raises(NotAllowed):
        await noted(store, A, trait, value)

    assert [] == await listed(store)


SPELLINGS = [
    pytest.param(" Ando@One.Example.COM. ", A, id="capitals, a final dot, blanks"),
    pytest.param("ando\uff20one.example.com", A, id="sign of a Japanese keyboard"),
    pytest.param("ａｎｄｏ@ｏｎｅ．example．com", A, id="full width"),
    pytest.param("ando@名簿.example", "ando@xn--eqr684g.example", id="international domain"),
    pytest.param("@名簿。example", "@xn--eqr684g.example", id="international domain alone, Japanese full stop"),
    pytest.param("@XN--EQR684G.example", "@xn--eqr684g.example", id="international domain as it travels"),
    pytest.param("a..b.@docomo.ne.jp", "a..b.@docomo.ne.jp", id="what a carrier has issued"),
    pytest.param("ando@[192.0.2.1]", "ando@[192.0.2.1]", id="domain literal"),
]


@pytest.mark.parametrize(("written", "expected"), SPELLINGS)
def test_spellings_of_one_address_are_kept_under_one_name(written: str, expected: str) -> None:
    """However I type an address or a domain, it is the one that mail goes to."""
    assert expected == key_of(written)
    assert expected == key_of(key_of(written))


async def test_note_of_an_international_domain_counts_for_its_people(store: Store) -> None:
    """A firm with a Japanese domain is noted as it is written on its card."""
    await noted(store, "@名簿.example", Trait.REFUSES_ZIP, "yes")
    people = [comparable("ando@名簿.example"), comparable("Baba@XN--EQR684G.Example")]

    assert [True, True] == [one.refuses_zip for one in (await known(store, *people)).values()]


NEITHER = [
    "", "@", "ando", "ando@", "a b@one.example.com", "a@b@c.example.com", "a@x\n.jp", "@.one.example.com",
    "ando@one..example.com", "@one.example.com@",
]  # fmt: skip


@pytest.mark.parametrize("address", NEITHER)
def test_what_is_neither_address_nor_domain_is_refused(address: str) -> None:
    """A slip of the keyboard is noted of nobody."""
    with pytest.raises(NotAllowed) as refusal:
        key_of(address)

    assert address not in refusal.value.public or len(address) < 2


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("090-1234-5678", "09012345678"), ("０９０ー１２３４ー５６７８", "09012345678"),
        ("090−1234‐5678", "09012345678"), ("(03) 1234-5678", "0312345678"),
        ("+81 90 1234 5678", "+819012345678"), ("+81 (0)90-1234-5678", "+819012345678"),
        ("+81(0)90.1234.5678", "+819012345678"), ("\u202a+1 (202) 555-0143\u202c", "+12025550143"),
        ("＋８１９０１２３４５６７８", "+819012345678"), ("0 0 0 0 0 0 0 0 0 0", "0000000000"),
    ],
)  # fmt: skip
def test_telephone_number_is_read_however_it_is_written(written: str, expected: str) -> None:
    """A number copied from a card, a mail or a telephone is the same number."""
    assert expected == phone_number(written)


@pytest.mark.parametrize(
    "written",
    [
        "", "123", "1234567890", "090-1234", "09012345678901234", "+0901234567", "+81 090 1234 5678", "090-1234-567x",
        "090-1234-5678 ext. 2", "٠٩٠١٢٣٤٥٦٧٨", "09012345678;09087654321", "0901234567\x008", "++819012345678",
    ],
)  # fmt: skip
def test_what_is_no_telephone_number_is_refused(written: str) -> None:
    """A password does not go to a number nobody has."""
    with pytest.raises(NotAllowed):
        phone_number(written)


async def test_notes_of_one_batch_stand_together(store: Store) -> None:
    """Two deliveries that are refused at the same time both keep their outcome."""

    def work(transaction: Transaction) -> list[bool]:
        return [learn_reply(transaction, A, Mode.ZIP, REFUSED, QUEUE_ID, position) for position in (0, 1)]

    assert [True, False] == await store.write(work)


async def test_person_and_delivery_at_the_same_time_both_keep_what_they_wrote(
    store: Store, url: str, clock: StandingClock
) -> None:
    """A refusal that arrives while I speak of the same person costs nobody anything, and my word stands."""
    command = Store(url, clock, use_database_time=False)
    people = [f"p{number}@one.example.com" for number in range(30)]
    try:
        for person in people:
            await asyncio.gather(
                asyncio.to_thread(
                    command.write_now,
                    lambda transaction, person=person: note(transaction, person, Trait.REFUSES_ZIP, "no"),
                ),
                refused(store, person),
            )
    finally:
        command.close()
    found = await known(store, *people)

    assert {False} == {traits.refuses_zip for traits in found.values()}
