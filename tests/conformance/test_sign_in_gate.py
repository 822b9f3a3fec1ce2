"""Passwords, second factors, passkeys and the growing wait, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select

from mailguard.accounts import administration
from mailguard.accounts.factors import Factor, Proved
from mailguard.accounts.gate import SecondStep
from mailguard.accounts.new_password import Weakness
from mailguard.errors import CodeRefused, NotAllowed, PasswordTooWeak, SignInDelayed, SignInRefused
from mailguard.model.audit import AuditAction
from mailguard.store import Store
from mailguard.store.people_tables import sign_in_failure, totp
from tests.conformance.sign_in_parts import (
    ADMIN,
    ELSEWHERE,
    HERE,
    HOUR,
    PASSWORD,
    PUBLIC_URL,
    SATO,
    TANAKA,
    SignInOffice,
)
from tests.fakes.authenticator import Authenticator
from tests.fakes.clock import StandingClock

BY_MAIL = Proved(TANAKA, frozenset({Factor.MAILBOX}))
NEW = "noon river kettle duck"


@pytest.fixture
async def office(store: Store, clock: StandingClock, tmp_path: Path) -> AsyncIterator[SignInOffice]:
    # The relay's own limit per minute is tested by itself; here it would come before the growing wait.
    limits = {"auth_failures_per_minute": 1000, "auth_failures_per_minute_per_address": 1000}
    office = SignInOffice(store, clock, tmp_path / "content", limits=limits)
    yield office
    await office.close()


async def outcome(office: SignInOffice, address: str, password: str, client: str = HERE) -> str:
    """What a browser could tell of a try: the words it is shown."""
    try:
        proved = await office.sign_in.gate.password(address, password, client)
    except (SignInRefused, SignInDelayed) as error:
        return error.public
    return proved.address


# -- passwords


async def test_password_right_is_one_factor(office: SignInOffice) -> None:
    """The password for sending mail opens the pages too."""
    await office.add_account(TANAKA)
    proved = await office.sign_in.gate.password(" Tanaka@EXAMPLE.jp ", PASSWORD, HERE)

    assert Proved(TANAKA, frozenset({Factor.PASSWORD})) == proved


async def test_password_refused_in_the_same_words_whatever_is_wrong(office: SignInOffice) -> None:
    """Nobody learns from an answer whether an address exists, is disabled, or belongs to a copier."""
    await office.add_account(TANAKA)
    await office.add_account("left@example.jp")
    await office.add_account("copier@example.jp", owner=TANAKA)
    await office.store.write(administration.disable("left@example.jp", ADMIN))
    tries = [(TANAKA, "wrong"), (TANAKA, ""), ("nobody@example.jp", PASSWORD), ("left@example.jp", PASSWORD),
             ("copier@example.jp", PASSWORD), ("", ""), ("x" * 5000, "y" * 5000)]  # fmt: skip

    assert {SignInRefused.public} == {await outcome(office, address, password) for address, password in tries}


async def test_password_guessed_waits_longer_and_longer_known_or_not(office: SignInOffice) -> None:
    """Five tries are free; then 1, 2, 4 ... seconds, up to a quarter of an hour, also for an address nobody has."""
    await office.add_account(TANAKA)
    waits: dict[str, list[int]] = {}
    for number, address in enumerate((TANAKA, "nobody@example.jp")):
        waits[address] = []
        while len(waits[address]) < 12:
            client = f"198.51.100.{number * 100 + len(waits[address])}"
            try:
                await office.sign_in.gate.password(address, "wrong", client)
            except SignInDelayed as error:
                waits[address].append(error.seconds)
                office.clock.advance(error.seconds)
            except SignInRefused:
                pass

    assert [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] == waits[TANAKA]
    assert waits[TANAKA] == waits["nobody@example.jp"]


async def test_password_guesses_by_the_million_find_nothing(office: SignInOffice) -> None:
    """A program that guesses for a whole day without pause gets a hundred-odd looks, not a million."""
    await office.add_account(TANAKA)
    looked, asked, start = 0, 0, office.clock.monotonic()
    while office.clock.monotonic() - start < 24 * HOUR:
        try:
            await office.sign_in.gate.password(TANAKA, f"guess {asked}", f"203.0.113.{asked % 250}")
        except SignInDelayed as error:
            office.clock.advance(error.seconds)
        except SignInRefused:
            looked += 1
        asked += 1

    assert looked < 120


async def test_password_right_while_waiting_is_not_looked_at(office: SignInOffice) -> None:
    """While an account waits, the right password is no better than a wrong one; afterwards it counts and forgives."""
    await office.add_account(TANAKA)
    for _ in range(5):
        assert SignInRefused.public == await outcome(office, TANAKA, "wrong")

    assert "1 s" in await outcome(office, TANAKA, PASSWORD)
    office.clock.advance(1)
    assert TANAKA == await outcome(office, TANAKA, PASSWORD)
    assert [SignInRefused.public] * 5 == [await outcome(office, TANAKA, "wrong") for _ in range(5)]


async def test_client_that_tries_one_password_on_all_accounts_waits(office: SignInOffice) -> None:
    """Spraying is guessing too: after twenty failures a client address waits, whoever it names; others do not."""
    await office.add_account(TANAKA)
    said = [await outcome(office, f"guess{number}@example.jp", PASSWORD, ELSEWHERE) for number in range(21)]

    assert [SignInRefused.public] * 20 == said[:20]
    assert "1 s" in said[20]
    assert "s" in await outcome(office, TANAKA, PASSWORD, ELSEWHERE)
    assert TANAKA == await outcome(office, TANAKA, PASSWORD, HERE)


async def test_wait_survives_a_restart_and_fades_with_quiet(
    office: SignInOffice, store: Store, clock: StandingClock, tmp_path: Path
) -> None:
    """Restarting the relay forgives nothing; some quiet hours do. The table names nobody."""
    for _ in range(6):
        await outcome(office, TANAKA, "wrong")
        office.clock.advance(1)
    again = SignInOffice(store, clock, tmp_path / "content")
    delayed = await outcome(again, TANAKA, "wrong")
    rows = await store.read(lambda connection: connection.execute(select(sign_in_failure.c.subject)).scalars().all())
    clock.advance(3 * HOUR)

    assert "s" in delayed
    assert SignInRefused.public != delayed
    assert SignInRefused.public == await outcome(again, TANAKA, "wrong")
    assert not any(b"tanaka" in bytes(subject) for subject in rows)
    await again.close()


async def test_failure_on_record_names_mailboxes_only(office: SignInOffice) -> None:
    """A password typed into the field for the address does not end up in the record."""
    await outcome(office, "my secret password", "x")
    await outcome(office, TANAKA, "x")
    events = await office.events(AuditAction.SIGN_IN_FAILED)

    assert ["", TANAKA] == [event.details["address"] for event in events]
    assert [HERE, HERE] == [event.details["client"] for event in events]


async def test_passwords_switched_off_are_no_way_in(store: Store, clock: StandingClock, tmp_path: Path) -> None:
    """An office without passwords on its pages has none to guess."""
    office = SignInOffice(store, clock, tmp_path / "content", sign_in={"methods": ["mailbox"]})

    with pytest.raises(NotAllowed):
        await office.sign_in.gate.password(TANAKA, PASSWORD, HERE)
    await office.close()


# -- the second step


async def with_app(office: SignInOffice) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    """Tanaka with an app set up, and the recovery codes."""
    setup = await office.sign_in.totp.begin(TANAKA)
    app = pyotp.TOTP(setup.secret)
    codes = await office.sign_in.totp.confirm(TANAKA, app.at(office.clock.now()), ADMIN)
    office.clock.advance(30)
    return app, codes


async def test_totp_counts_only_once_confirmed(office: SignInOffice) -> None:
    """An app that did not take the secret locks nobody out; a second begin forgets the first."""
    first = await office.sign_in.totp.begin(TANAKA)
    setup = await office.sign_in.totp.begin(TANAKA)

    assert not await office.sign_in.totp.is_on(TANAKA)
    assert await office.session(BY_MAIL)
    with pytest.raises(SignInRefused):
        await office.sign_in.totp.confirm(TANAKA, pyotp.TOTP(first.secret).at(office.clock.now()), ADMIN)
    codes = await office.sign_in.totp.confirm(TANAKA, pyotp.TOTP(setup.secret).at(office.clock.now()), ADMIN)
    assert await office.sign_in.totp.is_on(TANAKA)
    assert 10 == len(set(codes)) == await office.sign_in.totp.codes_left(TANAKA)
    with pytest.raises(NotAllowed):
        await office.sign_in.totp.begin(TANAKA)


async def test_totp_setup_is_sealed_and_its_picture_needs_no_style(office: SignInOffice) -> None:
    """The secret is in no table as it is, and the QR code needs nothing that the pages forbid."""
    setup = await office.sign_in.totp.begin(TANAKA)
    sealed = await office.store.read(lambda connection: connection.execute(select(totp.c.secret)).scalar_one())

    assert setup.secret.encode() not in bytes(sealed)
    assert setup.uri.startswith("otpauth://totp/Example%20Law:tanaka%40example.jp?secret=")
    assert setup.svg.startswith("<svg")
    assert not any(word in setup.svg for word in ("style", "<script", "href", setup.secret))


async def test_second_step_asked_of_whoever_set_it_up(office: SignInOffice) -> None:
    """With an app set up, the first proof opens nothing yet; code and all it is a session with two factors."""
    app, _ = await with_app(office)
    ceremony = await office.second_step(BY_MAIL)
    admitted = await office.sign_in.gate.second(ceremony, app.at(office.clock.now()), HERE, "Firefox")
    info = await office.sign_in.sessions.of(admitted.token)

    assert info is not None
    assert (TANAKA, True) == (info.address, info.has_second_factor)
    with pytest.raises(CodeRefused):
        await office.sign_in.gate.second(ceremony, app.at(office.clock.now()), HERE, "Firefox")


async def test_totp_step_counts_once_and_one_step_off_is_forgiven(office: SignInOffice) -> None:
    """A code seen over my shoulder is used up; a telephone that is half a minute off still works, two are too many."""
    app, _ = await with_app(office)
    check, now = office.sign_in.totp.check, office.clock.now()

    assert Factor.TOTP == await check(TANAKA, app.at(now, counter_offset=-1 + 1))
    for offset in (0, -2, 2):
        with pytest.raises(SignInRefused):
            await check(TANAKA, app.at(now, counter_offset=offset))
    assert Factor.TOTP == await check(TANAKA, app.at(now, counter_offset=1))


async def test_recovery_code_works_once_however_it_is_typed(office: SignInOffice) -> None:
    """Without my telephone I get in with a code from paper, in capitals and with letters taken for digits."""
    _, codes = await with_app(office)
    typed = codes[0].upper().replace("0", "O").replace("1", "l").replace("-", " ")

    assert Factor.RECOVERY == await office.sign_in.totp.check(TANAKA, typed)
    assert 9 == await office.sign_in.totp.codes_left(TANAKA)
    with pytest.raises(SignInRefused):
        await office.sign_in.totp.check(TANAKA, codes[0])
    fresh = await office.sign_in.totp.new_recovery_codes(TANAKA, ADMIN)
    with pytest.raises(SignInRefused):
        await office.sign_in.totp.check(TANAKA, codes[1])
    assert Factor.RECOVERY == await office.sign_in.totp.check(TANAKA, fresh[1])


async def test_second_step_guessed_is_over_and_makes_wait(office: SignInOffice) -> None:
    """Five wrong codes end the step; a new one does not give five more at once."""
    await with_app(office)
    ceremony, left = await office.second_step(BY_MAIL), []
    for _ in range(5):
        with pytest.raises(CodeRefused) as refused:
            await office.sign_in.gate.second(ceremony, "000000x", HERE, "Firefox")
        left.append(refused.value.tries_left)
    fresh = await office.second_step(BY_MAIL)

    assert [4, 3, 2, 1, 0] == left
    with pytest.raises(CodeRefused):
        await office.sign_in.gate.second(ceremony, "000000x", HERE, "Firefox")
    with pytest.raises(SignInDelayed):
        await office.sign_in.gate.second(fresh, "000000x", HERE, "Firefox")


async def test_totp_removed_is_asked_for_no_more(office: SignInOffice) -> None:
    """An administrator helps somebody whose telephone is lost; what was changed is on record."""
    await with_app(office)

    assert await office.sign_in.totp.remove(TANAKA, ADMIN)
    assert not await office.sign_in.totp.remove(TANAKA, ADMIN)
    assert await office.session(BY_MAIL)
    changes = [event.details["change"] for event in await office.events(AuditAction.SIGN_IN_METHOD_CHANGED)]
    assert ["totp_added", "totp_removed"] == changes


async def test_admit_somebody_disabled_is_refused(office: SignInOffice) -> None:
    """Whatever was proved, somebody who left does not get in."""
    await office.disable_person(TANAKA)

    with pytest.raises(SignInRefused):
        await office.sign_in.gate.admit(Proved(TANAKA, frozenset({Factor.PASSKEY})), HERE, "Firefox")


# -- passkeys


async def with_passkey(office: SignInOffice, device: Authenticator, address: str = TANAKA) -> None:
    keys = office.sign_in.passkeys
    begun = await keys.begin_registration(address)
    await keys.finish_registration(begun.ceremony, address, device.create(begun.options), " my  phone ", ADMIN)


async def test_passkey_signs_in_without_an_address_and_is_two_factors(office: SignInOffice) -> None:
    """I touch my telephone and am in, even where an app is set up."""
    device, keys = Authenticator(PUBLIC_URL), office.sign_in.passkeys
    await with_passkey(office, device)
    await with_app(office)
    begun = await keys.begin_sign_in()
    proved = await keys.finish_sign_in(begun.ceremony, device.get(begun.options))

    assert Proved(TANAKA, frozenset({Factor.PASSKEY})) == proved
    assert not isinstance(await office.sign_in.gate.admit(proved, HERE, "Firefox"), SecondStep)
    assert ["my phone"] == [entry.name for entry in await keys.of_person(TANAKA)]
    assert "tanaka" not in begun.options


async def test_passkey_answer_counts_once_in_its_ceremony(office: SignInOffice) -> None:
    """An answer that was recorded opens nothing, in its own ceremony or another."""
    device, keys = Authenticator(PUBLIC_URL, counts=False), office.sign_in.passkeys
    await with_passkey(office, device)
    begun, other = await keys.begin_sign_in(), await keys.begin_sign_in()
    answer = device.get(begun.options)
    await keys.finish_sign_in(begun.ceremony, answer)

    for ceremony in (begun.ceremony, other.ceremony, "made-up"):
        with pytest.raises(SignInRefused):
            await keys.finish_sign_in(ceremony, answer)


@pytest.mark.parametrize(
    "device",
    [
        pytest.param(Authenticator("https://mail.example.com"), id="another page"),
        pytest.param(Authenticator("http://mail.example.jp"), id="not https"),
        pytest.param(Authenticator(PUBLIC_URL, verifies=False), id="no finger and no PIN"),
    ],
)
async def test_passkey_made_wrongly_is_not_taken(office: SignInOffice, device: Authenticator) -> None:
    """A page that imitates ours gets no passkey in, and a device that asks for nothing is none."""
    with pytest.raises(SignInRefused):
        await with_passkey(office, device)
    assert [] == await office.sign_in.passkeys.of_person(TANAKA)


@pytest.mark.parametrize("wrong", ["origin", "no verification", "count", "handle", "signature", "unknown"])
async def test_passkey_answer_that_is_wrong_is_refused(office: SignInOffice, wrong: str) -> None:
    """A phished, cloned or altered answer signs nobody in."""
    device, keys = Authenticator(PUBLIC_URL), office.sign_in.passkeys
    await with_passkey(office, device)
    begun = await keys.begin_sign_in()
    await keys.finish_sign_in(begun.ceremony, device.get(begun.options))
    begun = await keys.begin_sign_in()
    match wrong:
        case "origin":
            device.origin = "https://mail.example.com"
        case "no verification":
            device.verifies = False
        case "count":
            device.credentials[0].count = 0
        case "handle":
            device.credentials[0].handle = bytes(32)
        case "unknown":
            device.credentials[0].credential_id = bytes(32)
    answer = device.get(begun.options)
    if wrong == "signature":
        changed = json.loads(answer)
        changed["response"]["signature"] = changed["response"]["signature"][:-8] + "AAAAAAAA"
        answer = json.dumps(changed)

    with pytest.raises(SignInRefused):
        await keys.finish_sign_in(begun.ceremony, answer)


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", '{"rawId": 1}', '{"rawId": "AAAA", "response": 1}', "x" * 70_000, "[" * 60_000]
)
async def test_passkey_nonsense_is_refused(office: SignInOffice, answer: str) -> None:
    """Whatever a program sends instead of a browser's answer is refused, and breaks nothing."""
    keys = office.sign_in.passkeys
    begun, new = await keys.begin_sign_in(), await keys.begin_registration(TANAKA)

    with pytest.raises(SignInRefused):
        await keys.finish_sign_in(begun.ceremony, answer)
    with pytest.raises(SignInRefused):
        await keys.finish_registration(new.ceremony, TANAKA, answer, "", ADMIN)


async def test_passkeys_are_ones_own_to_name_and_remove(office: SignInOffice) -> None:
    """I may have several, tell them apart and remove one; nobody else can, or take over my registration."""
    device, keys = Authenticator(PUBLIC_URL), office.sign_in.passkeys
    await with_passkey(office, device)
    await with_passkey(office, device)
    first, second = await keys.of_person(TANAKA)
    begun = await keys.begin_registration(TANAKA)

    assert not await keys.rename(SATO, first.passkey_id, "mine")
    assert not await keys.remove(SATO, first.passkey_id, ADMIN)
    assert not await keys.remove(TANAKA, "nonsense", ADMIN)
    assert await keys.rename(TANAKA, first.passkey_id, "old phone")
    assert await keys.remove(TANAKA, second.passkey_id, ADMIN)
    assert ["old phone"] == [entry.name for entry in await keys.of_person(TANAKA)]
    with pytest.raises(SignInRefused):
        await keys.finish_registration(begun.ceremony, SATO, device.create(begun.options), "", ADMIN)


async def test_passkeys_without_a_public_address_are_not_possible(
    store: Store, clock: StandingClock, tmp_path: Path
) -> None:
    """Where nobody said how the pages are reached there are none."""
    office = SignInOffice(store, clock, tmp_path / "content", web={"public_url": ""})

    assert not office.sign_in.passkeys.is_possible
    with pytest.raises(NotAllowed):
        await office.sign_in.passkeys.begin_sign_in()
    await office.close()


# -- one's own password


async def test_own_password_changed_ends_other_sessions(office: SignInOffice) -> None:
    """With my old password I set a new one; whoever sat in with the old one is out."""
    await office.add_account(TANAKA)
    mine, other = await office.session(BY_MAIL), await office.session(BY_MAIL)
    await office.sign_in.own_password.change(TANAKA, NEW, HERE, old=PASSWORD, except_token=mine)

    assert [True, False] == [await office.sign_in.sessions.of(token) is not None for token in (mine, other)]
    assert TANAKA == await outcome(office, TANAKA, NEW)
    assert SignInRefused.public == await outcome(office, TANAKA, PASSWORD)


async def test_own_password_needs_the_old_one_or_a_fresh_factor(office: SignInOffice) -> None:
    """A browser left open is not enough to take an account over."""
    await office.add_account(TANAKA)
    change = office.sign_in.own_password.change

    with pytest.raises(NotAllowed):
        await change(TANAKA, NEW, HERE)
    with pytest.raises(SignInRefused):
        await change(TANAKA, NEW, HERE, old="wrong")
    with pytest.raises(NotAllowed):
        await change(SATO, NEW, HERE, old=PASSWORD)
    await change(TANAKA, NEW, HERE, has_fresh_factor=True)
    assert TANAKA == await outcome(office, TANAKA, NEW)
    assert not await office.sign_in.own_password.has_one(SATO)


async def test_own_password_shorter_only_beside_a_second_factor(office: SignInOffice) -> None:
    """Ten mixed characters are enough where an app stands beside them, and not before."""
    await office.add_account(TANAKA)
    change = office.sign_in.own_password.change

    with pytest.raises(PasswordTooWeak) as refused:
        await change(TANAKA, "Kx7!qLm2vR", HERE, old=PASSWORD)
    assert Weakness.TOO_SHORT_ALONE == refused.value.weakness
    await with_app(office)
    await change(TANAKA, "Kx7!qLm2vR", HERE, old=PASSWORD)
    assert TANAKA == await outcome(office, TANAKA, "Kx7!qLm2vR")
