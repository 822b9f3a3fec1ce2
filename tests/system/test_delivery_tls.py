"""TLS and sign-in towards the next hop: no mail in clear where it must not be, no bounce for our own faults."""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import uvloop
from pydantic import SecretStr

from mailguard.model.delivery import Outcome
from tests.fakes.next_hop import Act, Features, ScriptedNextHop, Stage, certificate, cut, raw, say
from tests.unit.delivery.mails import CONTENT, PREFIX, A, LastLook, make_mail, sending_to

DELIVERED, DEFERRED = Outcome.DELIVERED, Outcome.DEFERRED
STARTTLS = Features(starttls=True)
IMPLICIT = Features(implicit_tls=True)
TRUSTED = {"ca_file": certificate().file}
LOOPS: dict[str, Callable[[Coroutine[Any, Any, None]], None]] = {"asyncio": asyncio.run, "uvloop": uvloop.run}


async def one_mail(hop: ScriptedNextHop, **settings: Any) -> tuple[Outcome, str, str | None]:
    async with sending_to(hop, **settings) as sender:
        result = (await sender.deliver(make_mail(A), LastLook()))[0]
        return result.outcome, result.reply.text, result.tls


def said_in_clear(hop: ScriptedNextHop) -> set[str]:
    return {said.line.split(" ")[0] for said in hop.said if not said.secure}


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS.keys())
@pytest.mark.parametrize(
    ("features", "settings"),
    [
        (STARTTLS, {"tls": "required", **TRUSTED}),
        (STARTTLS, {"tls": "required", "fingerprint_sha256": certificate().fingerprint_sha256}),
        (STARTTLS, {"tls": "opportunistic"}),
        (IMPLICIT, {"tls": "implicit", **TRUSTED}),
        (IMPLICIT, {"tls": "implicit", "fingerprint_sha256": certificate().fingerprint_sha256.upper()}),
    ],
    ids=["required_ca", "required_pinned", "opportunistic", "implicit_ca", "implicit_pinned"],
)
def test_deliver_over_tls_arrives_and_says_so(
    loop: Callable[[Coroutine[Any, Any, None]], None], features: Features, settings: dict[str, Any]
) -> None:
    """A large and a small mail arrive unchanged through TLS, and the record names the version."""

    async def send() -> None:
        large = (b"x" * 70 + b"\r\n") * 30_000
        async with ScriptedNextHop(features) as hop, sending_to(hop, **settings) as sender:
            first = await sender.deliver(make_mail(A), LastLook())
            second = await sender.deliver(make_mail(A, content=large), LastLook())

            assert [(DELIVERED, "TLSv1.3")] * 2 == [(each[0].outcome, each[0].tls) for each in (first, second)]
            assert [PREFIX + CONTENT, PREFIX + large] == [mail.raw for mail in hop.mails]
            assert said_in_clear(hop) <= {"EHLO", "STARTTLS"}
            assert 1 == hop.sessions

    loop(send())


REFUSING: dict[str, tuple[Features, dict[str, Any]]] = {
    "not_offered": (Features(), {"tls": "required", **TRUSTED}),
    "unknown_authority": (STARTTLS, {"tls": "required"}),
    "unknown_authority_implicit": (IMPLICIT, {"tls": "implicit"}),
    "other_pin": (STARTTLS, {"tls": "required", "fingerprint_sha256": "00" * 32}),
    "other_pin_implicit": (IMPLICIT, {"tls": "implicit", "fingerprint_sha256": "00" * 32}),
    "too_old": (
        Features(starttls=True, tls_minimum=ssl.TLSVersion.TLSv1, tls_maximum=ssl.TLSVersion.TLSv1_1),
        {"tls": "opportunistic"},
    ),
}


@pytest.mark.parametrize(("features", "settings"), REFUSING.values(), ids=REFUSING.keys())
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
async def test_deliver_where_tls_cannot_be_trusted_defers_and_says_nothing(
    features: Features, settings: dict[str, Any]
) -> None:
    """Where the connection is not safe the mail waits; not one octet of it was sent."""
    async with ScriptedNextHop(features) as hop:
        outcome, _, _ = await one_mail(hop, **settings)

        assert DEFERRED is outcome
        assert [] == hop.lines("MAIL")
        assert said_in_clear(hop) <= {"EHLO", "STARTTLS", "QUIT"}


async def test_deliver_certificate_of_another_name_defers() -> None:
    """A certificate for somebody else, however good, is not the next hop's."""
    async with ScriptedNextHop(STARTTLS, certificate_name="other.example.net") as hop:
        outcome, text, _ = await one_mail(hop, tls="required", ca_file=hop.certificate.file)

        assert DEFERRED is outcome
        assert "certificate is not trusted" in text
        assert [] == hop.lines("MAIL")


@pytest.mark.parametrize("tls", ["required", "opportunistic"])
@pytest.mark.parametrize(
    "act",
    [say("454 4.7.0 TLS not available"), say("501 5.5.1 Syntax"), cut(), raw(b"220 Go ahead\r\n250 2.1.0 Ok\r\n")],
    ids=["454", "501", "cut", "injected"],
)
async def test_starttls_that_fails_never_falls_back_to_clear(tls: str, act: Any) -> None:
    """Who can disturb the handshake cannot make us speak in clear (S4)."""
    async with ScriptedNextHop(STARTTLS) as hop:
        hop.on(Stage.STARTTLS, act)

        outcome, _, _ = await one_mail(hop, tls=tls, **TRUSTED)

        assert DEFERRED is outcome
        assert [] == hop.lines("MAIL")
        assert said_in_clear(hop) <= {"EHLO", "STARTTLS"}


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS.keys())
@pytest.mark.parametrize("injected", [b"250 2.1.0 Ok\r\n", b"2", b"235 2.7.0 Welcome\r\n354 Go on\r\n250 Ok\r\n"])
def test_octets_behind_the_starttls_reply_end_the_connection(
    loop: Callable[[Coroutine[Any, Any, None]], None], injected: bytes
) -> None:
    """Replies that a meddler puts in before the handshake are never taken for the server's."""

    async def send() -> None:
        async with ScriptedNextHop(STARTTLS) as hop:
            hop.on(Stage.STARTTLS, raw(b"220 2.0.0 Go ahead\r\n" + injected))

            outcome, text, _ = await one_mail(hop, tls="required", **TRUSTED)

            assert DEFERRED is outcome
            assert "spoke out of turn" in text or "handshake" in text
            assert [] == [said for said in hop.said if said.secure]

    loop(send())


async def test_handshake_that_never_ends_defers_in_time() -> None:
    """A stalled handshake is a failed connection, no more."""
    async with ScriptedNextHop(STARTTLS) as hop:
        hop.on(Stage.STARTTLS, Act(octets=b"220 2.0.0 Go ahead\r\n", hang=True))
        outcome, text, _ = await one_mail(hop, tls="required", connect_seconds=0.5, **TRUSTED)

        assert DEFERRED is outcome
        assert "no connection" in text
        assert [] == hop.lines("MAIL")


async def test_opportunistic_without_offer_goes_in_clear() -> None:
    """A server in the same room that knows no TLS still gets its mail."""
    async with ScriptedNextHop() as hop:
        assert (DELIVERED, "2.0.0 Taken as 1".removeprefix("2.0.0 "), None) == await one_mail(hop, tls="opportunistic")


# -- sign-in

ACCOUNTS = {"relay@office.example.jp": "correct horse"}
SIGNED_IN = {"username": "relay@office.example.jp", "password": SecretStr("correct horse")}


@pytest.mark.parametrize("method", ["plain", "login"])
async def test_sign_in_with_password_delivers_as_that_user(method: str) -> None:
    """The next hop knows us."""
    async with ScriptedNextHop(Features(starttls=True, auth=("LOGIN", "PLAIN"), accounts=ACCOUNTS)) as hop:
        outcome, _, _ = await one_mail(hop, tls="required", auth=method, **SIGNED_IN, **TRUSTED)

        assert DELIVERED is outcome
        assert ["relay@office.example.jp"] == [mail.user for mail in hop.mails]


async def test_sign_in_with_password_file_reads_it_each_time(tmp_path: Path) -> None:
    """A changed password needs no restart."""
    secret = tmp_path / "password"
    secret.write_text("old password\n")
    features = Features(starttls=True, auth=("PLAIN",), accounts=ACCOUNTS)
    settings = {"tls": "required", "auth": "plain", "username": SIGNED_IN["username"], "password_file": secret}
    async with ScriptedNextHop(features) as hop:
        first, text, _ = await one_mail(hop, **settings, **TRUSTED)
        secret.write_text("correct horse\n")
        second, _, _ = await one_mail(hop, **settings, **TRUSTED)

        assert (DEFERRED, "Credentials invalid") == (first, text)
        assert DELIVERED is second


@pytest.mark.parametrize(
    ("features", "words"),
    [
        (Features(starttls=True, auth=("PLAIN",), accounts={}), "Credentials invalid"),
        (Features(starttls=True, auth=("LOGIN",), accounts=ACCOUNTS), "does not offer AUTH PLAIN"),
        (Features(starttls=True), "does not offer AUTH PLAIN"),
    ],
    ids=["refused", "other_method", "no_auth"],
)
async def test_sign_in_that_fails_defers(features: Features, words: str) -> None:
    """A broken login of the relay never bounces anybody's mail."""
    async with ScriptedNextHop(features) as hop:
        outcome, text, _ = await one_mail(hop, tls="required", auth="plain", **SIGNED_IN, **TRUSTED)

        assert DEFERRED is outcome
        assert words in text
        assert "correct horse" not in text
        assert [] == hop.lines("MAIL")


async def test_sign_in_is_not_said_in_clear_unless_tls_is_off() -> None:
    """A password does not go over a connection that was meant to be safe."""
    features = Features(auth=("PLAIN",), auth_in_clear=True, accounts=ACCOUNTS)
    async with ScriptedNextHop(features) as hop:
        outcome, _, _ = await one_mail(hop, tls="opportunistic", auth="plain", **SIGNED_IN)
        assert DEFERRED is outcome
        assert [] == hop.lines("AUTH")

        outcome, _, _ = await one_mail(hop, tls="off", auth="plain", **SIGNED_IN)
        assert DELIVERED is outcome


TOKENS = {"relay@office.example.jp": "fresh-token"}
XOAUTH2 = {"tls": "required", "auth": "xoauth2", "username": "relay@office.example.jp", **TRUSTED}


async def test_token_from_a_file_that_was_renewed_is_used(tmp_path: Path) -> None:
    """Whoever renews the token just writes the file."""
    token = tmp_path / "token"
    token.write_text("expired-token\n")
    async with ScriptedNextHop(Features(starttls=True, auth=("XOAUTH2",), accounts=TOKENS)) as hop:
        first, text, _ = await one_mail(hop, **XOAUTH2, token_file=token)
        token.write_text("fresh-token\n")
        second, _, _ = await one_mail(hop, **XOAUTH2, token_file=token)

        assert (DEFERRED, "Credentials invalid") == (first, text)
        assert DELIVERED is second


async def test_token_from_a_command_is_fetched_anew_once_when_refused(tmp_path: Path) -> None:
    """An expired token costs one more command, not a mail."""
    count = tmp_path / "count"
    script = (
        f"import pathlib; p = pathlib.Path(r'{count}'); n = len(p.read_text()) if p.exists() else 0; "
        "p.write_text('x' * (n + 1)); print('fresh-token' if n else 'expired-token')"
    )
    async with ScriptedNextHop(Features(starttls=True, auth=("XOAUTH2",), accounts=TOKENS)) as hop:
        settings: dict[str, Any] = {
            **XOAUTH2,
            "token_command": [sys.executable, "-c", script],
            "mails_per_connection": 1,
        }
        async with sending_to(hop, **settings) as sender:
            outcomes = [(await sender.deliver(make_mail(A), LastLook()))[0].outcome for _ in range(3)]

        assert [DELIVERED] * 3 == outcomes
        assert 3 == hop.sessions
        assert "xx" == count.read_text()


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "-c", "import sys; print('half a token'); sys.exit(3)"],
        [sys.executable, "-c", "pass"],
        ["/nonexistent/command"],
        [sys.executable, "-c", "print('x' * 1000000)"],
        [sys.executable, "-c", "import os; os.write(1, bytes(range(128, 256)))"],
    ],
    ids=["fails", "says_nothing", "missing", "floods", "binary"],
)
async def test_token_command_that_fails_defers(command: list[str]) -> None:
    """A broken command is a fault in our settings, never a bounce."""
    async with ScriptedNextHop(Features(starttls=True, auth=("XOAUTH2",), accounts=TOKENS)) as hop:
        outcome, text, _ = await one_mail(hop, **XOAUTH2, token_command=command)

        assert DEFERRED is outcome
        assert "cannot sign in: token_command" in text
        assert "half" not in text
