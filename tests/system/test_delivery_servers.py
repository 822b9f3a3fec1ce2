"""Delivery towards servers somebody else wrote: Postfix with TLS, and smtp-sink with its faults."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Iterator

import pytest

from mailguard.delivery.next_hop import NextHop
from mailguard.model.delivery import Outcome
from mailguard.model.envelope import Body
from tests.system import postfix, smtp_tools
from tests.system.certificates import Certificates, make_certificates
from tests.system.postfix import PostfixNextHop
from tests.system.smtp_tools import SmtpSink
from tests.system.waiting import eventually
from tests.unit.delivery.mails import CONTENT, PREFIX, A, B, LastLook, make_mail, settings_for

needs_sink = pytest.mark.skipif(smtp_tools.missing() is not None, reason=str(smtp_tools.missing()))


@pytest.fixture(scope="module")
def postfix_with_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PostfixNextHop, Certificates]]:
    """A Postfix that takes nothing in clear."""
    if reason := postfix.missing():
        pytest.skip(reason)
    certificates = make_certificates(tmp_path_factory.mktemp("next-hop-certificates"))
    server = PostfixNextHop(
        {
            "smtpd_tls_security_level": "encrypt",
            "smtpd_tls_cert_file": str(certificates.certificate),
            "smtpd_tls_key_file": str(certificates.key),
        }
    )
    try:
        server.start()
        yield server, certificates
    finally:
        server.stop()


async def test_postfix_with_required_tls_gets_the_mail_as_it_was(
    postfix_with_tls: tuple[PostfixNextHop, Certificates],
) -> None:
    """The office's real server gets exactly what the sender wrote, over TLS verified by the office's own authority."""
    server, certificates = postfix_with_tls
    eight_bit = CONTENT + "本文です\r\n".encode()
    sender = NextHop(settings_for(server.port, tls="required", ca_file=certificates.authority), "relay.example.jp")
    try:
        first = await sender.deliver(make_mail(A, B), LastLook())
        second = await sender.deliver(
            make_mail(A, content=eight_bit, eight_bit=True, body=Body.EIGHT_BIT_MIME), LastLook()
        )
    finally:
        await sender.close()

    assert [Outcome.DELIVERED] * 3 == [result.outcome for result in (*first, *second)]
    assert {"TLSv1.3"} == {result.tls for result in (*first, *second)}
    await eventually(lambda: len(server.arrived()) == 3, "three mails in Postfix's mailboxes")
    unstuffed = {
        (address, (PREFIX + content).replace(b"\r\n..", b"\r\n."))
        for address, content in ((A, CONTENT), (B, CONTENT), (A, eight_bit))
    }
    assert unstuffed == {(mail.recipient, mail.content) for mail in server.arrived()}


async def test_postfix_in_clear_when_it_wants_tls_defers(
    postfix_with_tls: tuple[PostfixNextHop, Certificates],
) -> None:
    """ "530 Must issue a STARTTLS command first" is our settings' fault, not the mail's."""
    sender = NextHop(settings_for(postfix_with_tls[0].port, tls="off"), "relay.example.jp")
    try:
        result = (await sender.deliver(make_mail(A), LastLook()))[0]
    finally:
        await sender.close()

    assert (Outcome.DEFERRED, 530) == (result.outcome, result.reply.code)


@needs_sink
async def test_sink_counts_every_mail_of_a_burst() -> None:
    """Hundreds of mails at one time over few connections: each arrives, once."""
    sink = SmtpSink()
    sender = NextHop(settings_for(sink.port, connections=5, mails_per_connection=7), "relay.example.jp")
    try:
        results = await asyncio.gather(*(sender.deliver(make_mail(A), LastLook()) for _ in range(300)))
        assert {Outcome.DELIVERED} == {result[0].outcome for result in results}
        await eventually(lambda: sink.count() == 300, "300 mails at the sink")
    finally:
        await sender.close()
        sink.stop()


@needs_sink
@pytest.mark.parametrize(
    ("options", "outcome"),
    [
        (("-r", "MAIL"), Outcome.DEFERRED),
        (("-r", "RCPT"), Outcome.DEFERRED),
        (("-r", "DATA"), Outcome.DEFERRED),
        (("-r", "."), Outcome.DEFERRED),
        (("-f", "CONNECT"), Outcome.DEFERRED),
        (("-f", "MAIL"), Outcome.BOUNCED),
        (("-f", "RCPT"), Outcome.BOUNCED),
        (("-f", "DATA"), Outcome.BOUNCED),
        (("-f", "."), Outcome.BOUNCED),
        (("-q", "EHLO"), Outcome.DEFERRED),
        (("-q", "MAIL"), Outcome.DEFERRED),
        (("-q", "RCPT"), Outcome.DEFERRED),
        (("-q", "DATA"), Outcome.DEFERRED),
        (("-q", "."), Outcome.UNKNOWN),
        (("-p",), Outcome.DELIVERED),
        (("-e",), Outcome.DELIVERED),
        (("-8",), Outcome.DELIVERED),
    ],
    ids=lambda value: "".join(value) if isinstance(value, tuple) else str(value),
)
async def test_sink_fault_ends_as_it_says(options: tuple[str, ...], outcome: Outcome) -> None:
    """Faults as Postfix's own test server makes them, and its variants without PIPELINING, ESMTP or 8BITMIME."""
    sink = SmtpSink(*options)
    sender = NextHop(settings_for(sink.port), "relay.example.jp")
    try:
        results = await sender.deliver(make_mail(A, B), LastLook())
    finally:
        await sender.close()
        sink.stop()

    assert [outcome] * 2 == [result.outcome for result in results]


@needs_sink
async def test_large_mail_takes_memory_for_a_piece_not_for_itself() -> None:
    """A mail of 60 MB passes through a few."""
    piece = (b"x" * 1022 + b"\r\n") * 1024

    async def content() -> AsyncIterator[bytes]:
        for _ in range(60):
            yield bytes(piece)

    sink = SmtpSink()
    sender = NextHop(settings_for(sink.port, data_seconds=60), "relay.example.jp")
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        results = await sender.deliver(make_mail(A, content=content, size=60 * len(piece)), LastLook())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        await sender.close()
        sink.stop()

    assert Outcome.DELIVERED is results[0].outcome
    assert peak - before < 6 * 1024 * 1024
