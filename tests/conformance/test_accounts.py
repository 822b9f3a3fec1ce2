"""Signing in, and what administrators do with accounts, on SQLite and on PostgreSQL, against a real server over TLS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from argon2 import PasswordHasher

from mailguard import audit
from mailguard.accounts import Accounts, administration
from mailguard.accounts.passwords import Passwords
from mailguard.config import AuthSettings, LimitSettings, OfficeSettings, UpstreamAuthSettings
from mailguard.errors import AccountProblem, SignInRefused, SignInUnavailable, TooManyFailures
from mailguard.model.audit import Actor, ActorKind
from mailguard.store import Store
from tests.fakes.clock import StandingClock
from tests.fakes.sign_in_server import SignInServer
from tests.system.certificates import Certificates, make_certificates

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
OFFICE = OfficeSettings(domains=["example.jp"], hostname="relay.example.jp")
ADMIN = Actor(ActorKind.PERSON, "sato")
HERE, ELSEWHERE = "192.0.2.10", "198.51.100.7"
HOUR = 3600.0


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
async def store(url: str, clock: StandingClock) -> AsyncIterator[Store]:
    store = Store(url, clock, use_database_time=False)
    store.start()
    yield store
    await store.stop()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
async def server(certificates: Certificates) -> AsyncIterator[SignInServer]:
    async with SignInServer(certificates.certificate, certificates.key) as server:
        yield server


MakeAccounts = Callable[..., Accounts]


@pytest.fixture
def make_accounts(store: Store, clock: StandingClock, certificates: Certificates) -> Iterator[MakeAccounts]:
    made: list[Accounts] = []

    def make(
        server: SignInServer | None = None,
        *,
        tls: str = "starttls",
        trusted: bool = True,
        hasher: PasswordHasher = CHEAP,
        **limits: int,
    ) -> Accounts:
        upstream = None if server is None else UpstreamAuthSettings(
            host="localhost", port=server.port, tls=tls, ca_file=certificates.authority if trusted else None
        )  # fmt: skip
        accounts = Accounts(
            store, AuthSettings(upstream=upstream), LimitSettings(**limits), OFFICE, clock, hasher=hasher
        )
        made.append(accounts)
        return accounts

    yield make
    for accounts in made:
        accounts.close()


async def add(store: Store, address: str, password: str, owner: str = "") -> None:
    hashed = Passwords(CHEAP).hashed_now(password)
    await store.write(administration.add(address, owner, hashed, ADMIN))


# -- local accounts


async def test_sign_in_right_password_gives_the_account(store: Store, make_accounts: MakeAccounts) -> None:
    """A person signs in with the password the administrator set, however the address is spelled."""
    await add(store, "Tanaka@Example.jp", "correct horse battery", owner="soumu@example.jp")

    account = await make_accounts().authenticate("TANAKA@example.JP", "correct horse battery", HERE)

    assert (account.address, account.owner) == ("tanaka@example.jp", "soumu@example.jp")


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param("tanaka@example.jp", "wrong horse battery", id="wrong password"),
        pytest.param("suzuki@example.jp", "correct horse battery", id="unknown user"),
        pytest.param("tanaka", "correct horse battery", id="no domain"),
        pytest.param("", "correct horse battery", id="no name"),
        pytest.param("tanaka@example.jp", "", id="no password"),
        pytest.param("tanaka@example.jp", "x" * 2000, id="endless password"),
        pytest.param("tanaka@example.jp\0x", "correct horse battery", id="NUL in the name"),
    ],
)
async def test_sign_in_wrong_is_refused_alike(
    store: Store, make_accounts: MakeAccounts, username: str, password: str
) -> None:
    """Whoever guesses learns nothing about which accounts there are."""
    await add(store, "tanaka@example.jp", "correct horse battery")

    with pytest.raises(SignInRefused) as caught:
        await make_accounts().authenticate(username, password, HERE)

    assert (535, "5.7.8", False) == (caught.value.reply_code, caught.value.enhanced, caught.value.temporary)


async def test_sign_in_disabled_account_is_refused_at_once(store: Store, make_accounts: MakeAccounts) -> None:
    """An account stopped by the administrator cannot sign in, although it did a moment ago; enabled, it can again."""
    await add(store, "tanaka@example.jp", "correct horse battery")
    accounts = make_accounts()
    await accounts.authenticate("tanaka@example.jp", "correct horse battery", HERE)
    await store.write(administration.disable("tanaka@example.jp", ADMIN))

    with pytest.raises(SignInRefused):
        await accounts.authenticate("tanaka@example.jp", "correct horse battery", HERE)
    await store.write(administration.enable("tanaka@example.jp", ADMIN))
    assert await accounts.authenticate("tanaka@example.jp", "correct horse battery", HERE)


async def test_sign_in_after_password_change_takes_only_the_new(
    store: Store, clock: StandingClock, make_accounts: MakeAccounts
) -> None:
    """A changed password ends the old one at once, remembered or not."""
    await add(store, "tanaka@example.jp", "correct horse battery")
    accounts = make_accounts()
    await accounts.authenticate("tanaka@example.jp", "correct horse battery", HERE)
    clock.advance(1)
    fresh = Passwords(CHEAP).hashed_now("another horse battery")
    await store.write(administration.set_password("tanaka@example.jp", fresh, ADMIN))

    with pytest.raises(SignInRefused):
        await accounts.authenticate("tanaka@example.jp", "correct horse battery", HERE)
    assert await accounts.authenticate("tanaka@example.jp", "another horse battery", HERE)


async def test_sign_in_old_parameters_are_hashed_anew(store: Store, make_accounts: MakeAccounts) -> None:
    """After an upgrade with stronger hashing an account moves to it by signing in, and its password stays."""
    await add(store, "tanaka@example.jp", "correct horse battery")
    stronger = PasswordHasher(time_cost=2, memory_cost=128, parallelism=1)
    accounts = make_accounts(hasher=stronger)

    await accounts.authenticate("tanaka@example.jp", "correct horse battery", HERE)

    stored = await store.read(lambda connection: _password_hash(connection, "tanaka@example.jp"))
    assert not stronger.check_needs_rehash(stored)
    assert await make_accounts(hasher=stronger).authenticate("tanaka@example.jp", "correct horse battery", HERE)


def _password_hash(connection: object, address: str) -> str:
    from mailguard.accounts.queries import account_by_address

    row = account_by_address(connection, address)  # type: ignore[arg-type]
    assert row is not None
    return str(row.password_hash)


async def test_sign_in_grants_come_with_the_account(store: Store, make_accounts: MakeAccounts) -> None:
    """An account sends as itself, as what was granted to it, and as nobody else; a grant taken back ends."""
    await add(store, "tanaka@example.jp", "correct horse battery")
    await store.write(administration.grant("tanaka@example.jp", "Info@example.jp", ADMIN))
    await store.write(administration.grant("tanaka@example.jp", "@shop.example.jp", ADMIN))
    accounts = make_accounts()
    wanted = [
        "tanaka@example.jp",
        "INFO@example.jp",
        "a@shop.example.jp",
        "suzuki@example.jp",
        "a@b.shop.example.jp",
        "",
    ]

    account = await accounts.authenticate("tanaka@example.jp", "correct horse battery", HERE)
    await store.write(administration.revoke("tanaka@example.jp", "info@example.jp", ADMIN))
    later = await accounts.authenticate("tanaka@example.jp", "correct horse battery", HERE)

    assert [True, True, True, False, False, False] == [account.may_send_as(one) for one in wanted]
    assert not later.may_send_as("info@example.jp")


# -- limits


async def test_sign_in_failures_of_an_account_are_limited(
    store: Store, clock: StandingClock, make_accounts: MakeAccounts
) -> None:
    """After so many wrong passwords in a minute even the right one is not looked at; a minute later it is."""
    await add(store, "tanaka@example.jp", "correct horse battery")
    accounts = make_accounts(auth_failures_per_minute=3)
    for number in range(3):
        with pytest.raises(SignInRefused):
            await accounts.authenticate("tanaka@example.jp", f"guess {number}", f"192.0.2.{number}")

    with pytest.raises(TooManyFailures):
        await accounts.authenticate("tanaka@example.jp", "correct horse battery", ELSEWHERE)
    clock.advance(61)
    assert await accounts.authenticate("tanaka@example.jp", "correct horse battery", ELSEWHERE)


async def test_sign_in_attack_from_elsewhere_leaves_people_in(store: Store, make_accounts: MakeAccounts) -> None:
    """Somebody who guesses at my account from outside does not lock me out of the desk where I have just signed in."""
    await add(store, "tanaka@example.jp", "correct horse battery")
    accounts = make_accounts(auth_failures_per_minute=3)
    await accounts.authenticate("tanaka@example.jp", "correct horse battery", HERE)
    for number in range(3):
        with pytest.raises(SignInRefused):
            await accounts.authenticate("tanaka@example.jp", f"guess {number}", ELSEWHERE)

    assert await accounts.authenticate("tanaka@example.jp", "correct horse battery", HERE)
    with pytest.raises(TooManyFailures):
        await accounts.authenticate("tanaka@example.jp", "correct horse battery", ELSEWHERE)


async def test_sign_in_many_guesses_at_once_are_not_each_looked_at(store: Store, make_accounts: MakeAccounts) -> None:
    """Two hundred guesses at the same moment are no way around the limit."""
    await add(store, "tanaka@example.jp", "correct horse battery")
    accounts = make_accounts(auth_failures_per_minute=5, auth_failures_per_minute_per_address=1000)

    results = await asyncio.gather(
        *[accounts.authenticate("tanaka@example.jp", f"guess {number}", ELSEWHERE) for number in range(200)],
        return_exceptions=True,
    )

    assert {SignInRefused: 5, TooManyFailures: 195} == {
        kind: sum(isinstance(result, kind) for result in results) for kind in (SignInRefused, TooManyFailures)
    }


async def test_sign_in_same_program_many_connections_is_one_look(store: Store, make_accounts: MakeAccounts) -> None:
    """A mail program that opens fifty connections at once gets all of them, limit or not."""
    await add(store, "tanaka@example.jp", "correct horse battery")
    accounts = make_accounts(auth_failures_per_minute=1)

    found = await asyncio.gather(
        *[accounts.authenticate("tanaka@example.jp", "correct horse battery", HERE) for _ in range(50)]
    )

    assert {"tanaka@example.jp"} == {account.address for account in found}


async def test_sign_in_failures_of_an_address_are_limited(store: Store, make_accounts: MakeAccounts) -> None:
    """Trying one password on many accounts ends after so many, for the whole network of an IPv6 client."""
    accounts = make_accounts(auth_failures_per_minute_per_address=4)
    for number in range(4):
        with pytest.raises(SignInRefused):
            await accounts.authenticate(f"user{number}@example.jp", "guess", f"2001:db8::{number}")

    with pytest.raises(TooManyFailures):
        await accounts.authenticate("user9@example.jp", "guess", "2001:db8::9")
    with pytest.raises(SignInRefused):
        await accounts.authenticate("user9@example.jp", "guess", "2001:db8:0:1::9")


async def test_sign_in_gone_caller_leaves_no_trouble(store: Store, make_accounts: MakeAccounts) -> None:
    """A client that hangs up while its password is looked at harms nobody."""
    await add(store, "tanaka@example.jp", "correct horse battery")
    accounts = make_accounts()
    gone = asyncio.create_task(accounts.authenticate("tanaka@example.jp", "wrong", HERE))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)

    assert await accounts.authenticate("tanaka@example.jp", "correct horse battery", HERE)


# -- the real server


async def test_upstream_password_of_the_mailbox_signs_in(server: SignInServer, make_accounts: MakeAccounts) -> None:
    """People use the password of their mailbox; nobody has to make accounts here."""
    server.people["yamada@example.jp"] = "パスワード-mailbox"

    found = await make_accounts(server).authenticate("yamada@example.jp", "パスワード-mailbox", HERE)

    assert ("yamada@example.jp", "yamada@example.jp") == (found.address, found.owner)


async def test_upstream_implicit_tls_signs_in(certificates: Certificates, make_accounts: MakeAccounts) -> None:
    """A real server that only knows TLS from the first octet (465) works as well."""
    async with SignInServer(certificates.certificate, certificates.key, tls="implicit") as server:
        server.people["yamada@example.jp"] = "mailbox password"

        assert await make_accounts(server, tls="implicit").authenticate("yamada@example.jp", "mailbox password", HERE)


async def test_upstream_untrusted_certificate_gets_no_password(
    server: SignInServer, make_accounts: MakeAccounts
) -> None:
    """A server that only claims to be the real one never hears a password."""
    server.people["yamada@example.jp"] = "mailbox password"

    with pytest.raises(SignInUnavailable) as caught:
        await make_accounts(server, trusted=False).authenticate("yamada@example.jp", "mailbox password", HERE)

    assert 454 == caught.value.reply_code
    assert 0 == server.asked


async def test_upstream_without_tls_gets_no_password(certificates: Certificates, make_accounts: MakeAccounts) -> None:
    """Where STARTTLS is set but not offered, the password does not go over the wire in clear."""
    async with SignInServer(certificates.certificate, certificates.key, tls="none") as server:
        server.people["yamada@example.jp"] = "mailbox password"

        with pytest.raises(SignInUnavailable):
            await make_accounts(server).authenticate("yamada@example.jp", "mailbox password", HERE)

        assert 0 == server.asked


async def test_upstream_wrong_password_is_refused(server: SignInServer, make_accounts: MakeAccounts) -> None:
    """What the mailbox's server refuses, we refuse."""
    server.people["yamada@example.jp"] = "mailbox password"

    with pytest.raises(SignInRefused):
        await make_accounts(server).authenticate("yamada@example.jp", "guess", HERE)


async def test_upstream_is_not_asked_for_other_domains(server: SignInServer, make_accounts: MakeAccounts) -> None:
    """Somebody with a mailbox of another domain on the same server cannot send through this office's relay."""
    server.people["eve@example.com"] = "mailbox password"

    with pytest.raises(SignInRefused):
        await make_accounts(server).authenticate("eve@example.com", "mailbox password", HERE)

    assert 0 == server.asked


async def test_upstream_is_not_asked_for_local_accounts(
    store: Store, server: SignInServer, make_accounts: MakeAccounts
) -> None:
    """A local account decides alone: its mailbox's password does not open it."""
    await add(store, "tanaka@example.jp", "correct horse battery")
    server.people["tanaka@example.jp"] = "mailbox password"

    with pytest.raises(SignInRefused):
        await make_accounts(server).authenticate("tanaka@example.jp", "mailbox password", HERE)

    assert 0 == server.asked


async def test_upstream_down_still_signs_in_for_hours(
    server: SignInServer, clock: StandingClock, make_accounts: MakeAccounts
) -> None:
    """While the real server is away people go on working with the password it confirmed last, for twelve hours."""
    server.people["yamada@example.jp"] = "mailbox password"
    await make_accounts(server).authenticate("yamada@example.jp", "mailbox password", HERE)
    await server.stop()
    restarted = make_accounts(server)
    clock.advance(11 * HOUR)

    assert await restarted.authenticate("yamada@example.jp", "mailbox password", ELSEWHERE)
    clock.advance(2 * HOUR)
    with pytest.raises(SignInUnavailable):
        await restarted.authenticate("yamada@example.jp", "mailbox password", HERE)


async def test_upstream_down_wrong_password_is_temporary_and_counted(
    server: SignInServer, make_accounts: MakeAccounts
) -> None:
    """During an outage a wrong password is "later", not "wrong", and guessing is limited as ever."""
    server.people["yamada@example.jp"] = "mailbox password"
    await make_accounts(server).authenticate("yamada@example.jp", "mailbox password", HERE)
    await server.stop()
    accounts = make_accounts(server, auth_failures_per_minute=2)
    for number in range(2):
        with pytest.raises(SignInUnavailable):
            await accounts.authenticate("yamada@example.jp", f"guess {number}", HERE)

    with pytest.raises(TooManyFailures):
        await accounts.authenticate("yamada@example.jp", "guess", HERE)


async def test_upstream_down_unknown_person_is_temporary_and_free(
    server: SignInServer, make_accounts: MakeAccounts
) -> None:
    """Somebody who never signed in before is asked to come back later, and is let in when the server is back."""
    server.people["yamada@example.jp"] = "mailbox password"
    await server.stop()
    accounts = make_accounts(server, auth_failures_per_minute=1)
    for _ in range(3):
        with pytest.raises(SignInUnavailable):
            await accounts.authenticate("yamada@example.jp", "mailbox password", HERE)

    await server.start()

    assert await accounts.authenticate("yamada@example.jp", "mailbox password", HERE)


@pytest.mark.parametrize("reply", ["454 4.7.0 Temporary authentication failure", "421 4.3.2 Later", "550 5.7.1 No"])
async def test_upstream_unclear_answer_is_temporary(
    server: SignInServer, make_accounts: MakeAccounts, reply: str
) -> None:
    """An answer that is not about the password is no verdict on it."""
    server.reply = reply

    with pytest.raises(SignInUnavailable):
        await make_accounts(server).authenticate("yamada@example.jp", "mailbox password", HERE)


async def test_upstream_changed_password_forgets_the_old(
    server: SignInServer, clock: StandingClock, make_accounts: MakeAccounts
) -> None:
    """A password changed at the real server no longer helps during its next outage, once it was refused there."""
    server.people["yamada@example.jp"] = "old password"
    await make_accounts(server).authenticate("yamada@example.jp", "old password", HERE)
    server.people["yamada@example.jp"] = "new password"
    accounts = make_accounts(server)
    with pytest.raises(SignInRefused):
        await accounts.authenticate("yamada@example.jp", "old password", HERE)
    await server.stop()

    with pytest.raises(SignInUnavailable):
        await accounts.authenticate("yamada@example.jp", "old password", HERE)


async def test_upstream_guess_does_not_take_the_remembered_password(
    server: SignInServer, make_accounts: MakeAccounts
) -> None:
    """Somebody who guesses wrongly at my mailbox does not lock me out of the next outage."""
    server.people["yamada@example.jp"] = "mailbox password"
    accounts = make_accounts(server)
    await accounts.authenticate("yamada@example.jp", "mailbox password", HERE)
    with pytest.raises(SignInRefused):
        await accounts.authenticate("yamada@example.jp", "guess", ELSEWHERE)
    await server.stop()

    assert await make_accounts(server).authenticate("yamada@example.jp", "mailbox password", HERE)


async def test_upstream_busy_person_is_asked_for_once(
    server: SignInServer, clock: StandingClock, make_accounts: MakeAccounts
) -> None:
    """A program that connects for every mail signs in at the real server once, and again ten minutes later."""
    server.people["yamada@example.jp"] = "mailbox password"
    accounts = make_accounts(server)
    for _ in range(5):
        await accounts.authenticate("yamada@example.jp", "mailbox password", HERE)
    before = server.asked
    clock.advance(601)
    await accounts.authenticate("yamada@example.jp", "mailbox password", HERE)

    assert (1, 2) == (before, server.asked)


async def test_upstream_person_has_grants(store: Store, server: SignInServer, make_accounts: MakeAccounts) -> None:
    """Somebody who signs in at the real server may be granted a shared address here."""
    server.people["yamada@example.jp"] = "mailbox password"
    await store.write(administration.grant("yamada@example.jp", "info@example.jp", ADMIN))

    account = await make_accounts(server).authenticate("yamada@example.jp", "mailbox password", HERE)

    assert account.may_send_as("info@example.jp")


# -- administration


async def test_administration_is_on_record(store: Store) -> None:
    """Every change of an account is recorded with who made it, and never the password."""
    await add(store, "tanaka@example.jp", "correct horse battery")
    await store.write(administration.disable("tanaka@example.jp", ADMIN))
    await store.write(administration.grant("tanaka@example.jp", "info@example.jp", ADMIN))

    events = [event for _, _, event in await store.read(lambda connection: list(audit.all_events(connection)))]

    assert [("sato", "added"), ("sato", "disabled"), ("sato", "granted")] == [
        (event.actor.name, event.details["change"]) for event in events
    ]
    assert "argon2" not in str(events)


@pytest.mark.parametrize(
    ("work", "expected"),
    [
        (administration.add("tanaka@example.jp", "", "x", ADMIN), "The account tanaka@example.jp is there already"),
        (administration.disable("suzuki@example.jp", ADMIN), "There is no account suzuki@example.jp"),
        (administration.set_password("suzuki@example.jp", "x", ADMIN), "There is no account suzuki@example.jp"),
        (
            administration.revoke("tanaka@example.jp", "info@example.jp", ADMIN),
            "tanaka@example.jp has no grant for info@example.jp",
        ),
    ],
    ids=["twice", "disable unknown", "password of unknown", "revoke unknown"],
)
async def test_administration_problem_says_which(store: Store, work: object, expected: str) -> None:
    """What cannot be done changes nothing and says why."""
    await add(store, "tanaka@example.jp", "correct horse battery")

    with pytest.raises(AccountProblem) as caught:
        await store.write(work)  # type: ignore[arg-type]

    assert expected == caught.value.public


async def test_administration_list_shows_everybody(store: Store) -> None:
    """The list has local accounts and addresses that only have grants."""
    await add(store, "tanaka@example.jp", "correct horse battery")
    await store.write(administration.grant("yamada@example.jp", "info@example.jp", ADMIN))

    entries = await store.read(administration.list_accounts)

    assert [("tanaka@example.jp", True, ()), ("yamada@example.jp", False, ("info@example.jp",))] == [
        (entry.address, entry.is_local, entry.grants) for entry in entries
    ]
