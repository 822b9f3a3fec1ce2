"""Passwords agreed with partners, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from mailguard.correspondents import (
    AgreedPassword,
    agree,
    agreed_password,
    forget,
    list_agreed,
    traits_of,
    withdraw,
)
from mailguard.errors import ContentDamaged, NotAllowed
from mailguard.model.protection import Traits
from mailguard.sealing import SecretBox
from mailguard.store import Store
from mailguard.store.tables import agreed_password as table
from tests.fakes.clock import StandingClock

A, B, C = "ando@one.example.com", "baba@one.example.com", "chiba@two.example.net"
ONE = "@one.example.com"
FIRST, SECOND, THIRD = "Kumo-ga-9tsu-ukabu", "Nami-ga-7tsu-yoseru", "Kaze-ga-5tabi-fuku"
BOX = SecretBox(bytes(range(32)))
KEY = bytes(reversed(range(32)))


async def agreed(store: Store, address: str, password: str, by: str = "sato") -> None:
    """As an administrator does it."""
    await store.write(lambda transaction: agree(transaction, BOX, KEY, address, password, by))


async def in_force(store: Store, address: str, box: SecretBox = BOX) -> str | None:
    """The password that counts."""
    found = await store.read(lambda connection: agreed_password(connection, box, address))
    return None if found is None else found[0]


async def rows(store: Store) -> list[tuple[str, bytes | None]]:
    """What the database holds."""
    statement = select(table.c.address, table.c.password)
    found = await store.read(lambda connection: [(row[0], row[1]) for row in connection.execute(statement)])
    return sorted(found, key=lambda row: (row[0], row[1] is not None))


async def kept(store: Store) -> list[tuple[str, bool]]:
    """Whose rows there are, and whether they hold a password."""
    return [(address, sealed is not None) for address, sealed in await rows(store)]


async def test_agreed_password_is_that_of_the_address_else_of_its_domain(store: Store) -> None:
    """What was agreed with a firm opens what any of its people gets, but for those with a password of their own."""
    await agreed(store, "@ONE.example.com", FIRST)
    await agreed(store, "Ando@One.example.com", SECOND)

    assert [SECOND, FIRST, FIRST, None] == [await in_force(store, one) for one in (A, B, ONE, C)]


async def test_agreed_password_is_known_with_its_time(store: Store, clock: StandingClock) -> None:
    """Whether a password was agreed, and since when, is known without opening it."""
    begun = clock.now()
    await agreed(store, ONE, FIRST)
    clock.advance(timedelta(days=400).total_seconds())
    await agreed(store, A, SECOND)
    found = await store.read(lambda connection: traits_of(connection, [A, B, C]))
    opened = await store.read(lambda connection: agreed_password(connection, BOX, B))

    assert {
        A: Traits(agreed=True, agreed_at=begun + timedelta(days=400)),
        B: Traits(agreed=True, agreed_at=begun),
        C: Traits(),
    } == found
    assert (FIRST, begun) == opened


async def test_new_password_ends_the_one_before(store: Store) -> None:
    """There is one password for a partner; of the one before nothing is left that could be opened."""
    await agreed(store, A, FIRST)
    await agreed(store, A, SECOND, by="suzuki")
    entries = await store.read(list_agreed)

    assert SECOND == await in_force(store, A)
    assert [("suzuki", A)] == [(one.agreed_by, one.address) for one in entries]
    assert [(A, False), (A, True)] == await kept(store)


@pytest.mark.parametrize("address", [A, B, ONE, C])
async def test_password_used_before_is_refused(store: Store, address: str) -> None:
    """A password that anybody had, or has, is nobody's again; and nothing is changed by trying."""
    await agreed(store, A, FIRST)
    await agreed(store, A, SECOND)
    before = await rows(store)
    for password in (FIRST, SECOND):
        with pytest.raises(NotAllowed) as refusal:
            await agreed(store, address, password)

        assert "before" in refusal.value.public
        assert (password not in refusal.value.public, A not in refusal.value.public) == (True, True)
    assert before == await rows(store)


@pytest.mark.parametrize(
    "password",
    ["", "short-9A", "password-1234", "kumo-ga-ukabu", "Ando-no-9tsu-kumo!", "Kumo-ga-ukabu-雲", " Kumo-ga-9tsu "],
)
async def test_weak_password_is_refused_with_what_to_do(store: Store, password: str) -> None:
    """Manual 1-4: long, mixed, not guessable. I am told what to change; the password is not repeated."""
    with pytest.raises(NotAllowed) as refusal:
        await agreed(store, A, password)

    assert refusal.value.public
    assert not password or password not in str(refusal.value) + refusal.value.public
    assert [] == await rows(store)


async def test_withdrawn_password_is_destroyed_and_not_used_again(store: Store) -> None:
    """Once withdrawn nobody can open anything with it from here, and it is known not to be used again."""
    await agreed(store, A, FIRST)
    await agreed(store, ONE, SECOND)
    first, again = [await store.write(lambda transaction: withdraw(transaction, A.upper())) for _ in range(2)]

    assert (True, False) == (first, again)
    assert [(ONE, True), (A, False)] == await kept(store)
    assert SECOND == await in_force(store, A)
    with pytest.raises(NotAllowed):
        await agreed(store, C, FIRST)


async def test_forgotten_partner_has_no_password_and_leaves_no_name(store: Store) -> None:
    """Whoever is forgotten stands nowhere any more; the passwords they had are still nobody's."""
    await agreed(store, A, FIRST)
    await agreed(store, A, SECOND)
    await agreed(store, B, THIRD)
    removed = await store.write(lambda transaction: forget(transaction, A))
    again = await store.write(lambda transaction: forget(transaction, A))

    assert (2, 0) == (removed, again)
    assert (None, [B]) == (await in_force(store, A), [one.address for one in await store.read(list_agreed)])
    assert A not in [address for address, _ in await rows(store)]
    for password in (FIRST, SECOND):
        with pytest.raises(NotAllowed):
            await agreed(store, C, password)


async def test_list_names_partners_and_never_a_password(store: Store, clock: StandingClock) -> None:
    """I see with whom passwords are agreed, since when and by whom."""
    await agreed(store, C, FIRST)
    await agreed(store, ONE, SECOND, by="suzuki")
    entries = await store.read(list_agreed)

    assert [AgreedPassword(ONE, clock.now(), "suzuki"), AgreedPassword(C, clock.now(), "sato")] == entries


async def test_kept_password_is_sealed_and_bound_to_its_partner(store: Store) -> None:
    """Whoever has the database has no password, and none can be put under another partner's name."""
    await agreed(store, A, FIRST)
    ((_, sealed),) = await rows(store)
    assert sealed is not None
    await store.write(
        lambda transaction: transaction.execute(table.update().values(address=C)),
    )

    assert FIRST.encode() not in sealed
    with pytest.raises(ContentDamaged):
        await in_force(store, C)


async def test_password_does_not_open_under_another_master_key(store: Store) -> None:
    """A wrong key is said, not taken for no password: the mail is held."""
    await agreed(store, A, FIRST)

    with pytest.raises(ContentDamaged):
        await in_force(store, A, SecretBox(bytes(32)))


@pytest.mark.parametrize("address", ["ando", "@", ""])
async def test_password_for_nobody_is_refused(store: Store, address: str) -> None:
    """A slip of the keyboard agrees on nothing."""
    with pytest.raises(NotAllowed):
        await agreed(store, address, FIRST)

    assert [] == await rows(store)
