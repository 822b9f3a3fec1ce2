"""STARTTLS and implicit TLS: nothing said in clear lives on, and certificates change without a restart."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import time
from pathlib import Path

import pytest

from mailguard.submission import Pacing
from tests.system.certificates import Certificates, make_certificates
from tests.system.relay import MakeRelay
from tests.system.smtp_office import ACCOUNT, RECIPIENT, SENDER, Gone, smtp_office

INJECTED = [
    "EHLO evil.example", "NOOP", "HELP", "RSET", "QUIT", f"MAIL FROM:<{SENDER}>", "AUTH PLAIN AGEAYg==",
    "STARTTLS", "X" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("command", INJECTED, ids=lambda word: word[:12])
async def test_starttls_commands_sent_behind_it_in_clear_are_dropped(
    tmp_path: Path, certificates: Certificates, command: str
) -> None:
    """Words a meddler puts behind STARTTLS are never answered inside the encrypted connection (CVE-2024-34083)."""
    async with smtp_office(tmp_path, certificates) as office:
        client = await office.connect("submission")
        await client.send(f"STARTTLS\r\n{command}\r\n".encode())
        assert (await client.reply()).startswith(b"220")
        try:
            await client.handshake(certificates)
        except (ssl.SSLError, OSError):
            return  # the handshake failed on the foreign octets: as good
        reply = await client.say("EHLO client.example.jp")

    assert reply.startswith(b"250-relay.example.jp")
    assert reply.count(b"\r\n") == reply.count(b"250")


async def test_starttls_forgets_what_was_said_before(tmp_path: Path, certificates: Certificates) -> None:
    """After the handshake the client begins anew: neither its name nor a begun mail is remembered (RFC 3207 §4.2)."""
    async with smtp_office(tmp_path, certificates) as office:
        client = await office.connect("submission")
        await client.starttls(certificates)
        before_hello = await client.say(f"MAIL FROM:<{ACCOUNT}>")
        keywords = await client.hello()
        again = await client.say("STARTTLS")
        signed_in = await client.sign_in()

    assert before_hello.startswith(b"503")
    assert b"STARTTLS" not in keywords
    assert b"AUTH PLAIN LOGIN" in keywords
    assert again.startswith(b"503")
    assert signed_in.startswith(b"235")


async def test_starttls_stalled_handshake_ends_and_others_are_served(
    tmp_path: Path, certificates: Certificates
) -> None:
    """A client that begins a handshake and falls silent is let go; nobody else notices."""
    async with smtp_office(tmp_path, certificates, pacing=Pacing(handshake=0.5)) as office:
        silent = await office.connect("submission")
        assert (await silent.say("STARTTLS")).startswith(b"220")
        other = await office.signed_in("submissions")
        taken = await other.mail(sender=ACCOUNT)
        closed = await silent.is_closed()

    assert taken.startswith(b"250")
    assert closed


async def test_clear_connection_offers_no_sign_in(tmp_path: Path, certificates: Certificates) -> None:
    """A password is never asked for where it could be read on the way."""
    async with smtp_office(tmp_path, certificates) as office:
        client = await office.connect("submission")
        keywords = await client.hello()
        signed_in = await client.sign_in()
        mail = await client.say(f"MAIL FROM:<{ACCOUNT}>")

    assert b"AUTH" not in keywords
    assert b"STARTTLS" in keywords
    assert signed_in.startswith(b"538 5.7.11")
    assert mail.startswith(b"530 5.7.0")


async def test_implicit_tls_garbage_instead_of_a_handshake_ends_the_connection(
    tmp_path: Path, certificates: Certificates
) -> None:
    """Port 465 says nothing to a program that speaks in clear."""
    async with smtp_office(tmp_path, certificates) as office:
        reader, writer = await asyncio.open_connection("127.0.0.1", office.port("submissions"))
        writer.write(b"EHLO client.example.jp\r\n")
        async with asyncio.timeout(10):
            said = await reader.read()
        writer.close()

    assert not said.startswith(b"220")


async def test_implicit_tls_client_that_speaks_at_once_is_always_heard(
    make_relay: MakeRelay, certificates: Certificates
) -> None:
    """Port 465 answers every mail program every time, however early it begins its handshake."""
    listener = {"name": "submissions", "host": "127.0.0.1", "port": 0, "tls": "implicit"}
    relay = make_relay(
        9, listeners=[listener], tls={"certificate": str(certificates.certificate), "key": str(certificates.key)}
    )
    await relay.started()
    context = ssl.create_default_context(cafile=str(certificates.authority))

    def greeting(pause: float) -> bytes:
        with socket.create_connection(("localhost", relay.port("submissions")), timeout=10) as plain:
            time.sleep(pause)
            with context.wrap_socket(plain, server_hostname="localhost") as secure:
                return secure.recv(4)

    greetings = [await asyncio.to_thread(greeting, pause) for pause in [0.0, 0.001, 0.01] * 10]

    assert set(greetings) == {b"220 "}


async def test_implicit_client_that_spoke_before_it_was_taken_in_is_heard(
    tmp_path: Path, certificates: Certificates
) -> None:
    """Port 465: a mail program that is quicker than the server gets its handshake at once, not after half a minute."""
    context = ssl.create_default_context(cafile=str(certificates.authority))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        session.do_handshake()
    hello = outgoing.read()
    async with smtp_office(tmp_path, certificates, pacing=Pacing(handshake=2)) as office:
        # All at once, before the loop has a turn: the system has taken the connection, the server has not.
        client = socket.create_connection(("127.0.0.1", office.port("submissions")))
        client.sendall(hello)
        client.setblocking(False)
        with client:
            answer = await asyncio.get_running_loop().sock_recv(client, 65536)

    assert answer[:1] == b"\x16", "no handshake record: the first octets were lost"


async def test_certificate_renewed_is_shown_to_new_connections(tmp_path: Path) -> None:
    """An administrator renews the certificate; mail programs see the new one, connections in use go on."""
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
    first, second = make_certificates(old), make_certificates(new)
    async with smtp_office(tmp_path, first) as office:
        living = await office.signed_in()
        shutil.copy(second.certificate, first.certificate)
        shutil.copy(second.key, first.key)
        assert office.server.reload()
        office.certificates = second
        fresh = await office.connect("submissions")
        shown = fresh.writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        taken = await living.mail(sender=ACCOUNT)

    assert shown == ssl.PEM_cert_to_DER_cert(second.certificate.read_text())
    assert taken.startswith(b"250")


async def test_certificate_broken_keeps_the_good_one(tmp_path: Path) -> None:
    """A half-written certificate file does not shut anybody out."""
    folder = tmp_path / "tls"
    folder.mkdir()
    certificates = make_certificates(folder)
    async with smtp_office(tmp_path, certificates) as office:
        certificates.certificate.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n")
        taken_up = office.server.reload()
        client = await office.signed_in()
        taken = await client.mail(sender=ACCOUNT)

    assert not taken_up
    assert taken.startswith(b"250")


async def test_connection_cut_in_the_middle_of_a_mail_keeps_nothing(tmp_path: Path, certificates: Certificates) -> None:
    """A mail without its end was never promised: no row, no file stays behind."""
    async with smtp_office(tmp_path, certificates) as office:
        client = await office.connect()
        await client.envelope(RECIPIENT)
        await client.send(b"Subject: cut\r\n\r\n" + b"x" * 76 + b"\r\n" * 100_000)
        client.close()
        other = await office.connect()
        assert (await other.mail(b"Subject: whole\r\n\r\n")).startswith(b"250")
        taken = await office.mails()
        with pytest.raises(Gone):
            await client.reply()

    assert [b"Subject: whole\r\n\r\n"] == [content for _, content in taken]
    assert list((tmp_path / "content" / "tmp").iterdir()) == []
