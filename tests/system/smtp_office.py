"""The submission server with what really stands behind it, and a client that says just what it is told."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from mailguard.accounts import Accounts, administration
from mailguard.accounts.passwords import Passwords
from mailguard.clock import SystemClock
from mailguard.config import (
    AuthSettings,
    LimitSettings,
    ListenerSettings,
    OfficeSettings,
    SourceSettings,
    StorageSettings,
    TlsSettings,
)
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.queue import Submission
from mailguard.spool import Spool, load_master_key
from mailguard.store import Store, open_store
from mailguard.submission import Pacing, SubmissionServer
from tests.system.certificates import Certificates

DOMAIN = "gojokai.example.jp"
ACCOUNT, PASSWORD = f"tanoue@{DOMAIN}", "correct horse 7 staple"
SENDER, RECIPIENT = f"scanner@{DOMAIN}", "partner@customer.example.com"
OFFICE = OfficeSettings(domains=[DOMAIN], hostname="relay.example.jp", postmaster=f"postmaster@{DOMAIN}")
CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
STEP_SECONDS = 20.0


class Gone(Exception):
    """The server closed the connection where a reply was expected."""


class Client:
    """One connection. Every step has an end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def reply(self) -> bytes:
        """One whole reply, all its lines. Raises ``Gone``."""
        lines = b""
        async with asyncio.timeout(STEP_SECONDS):
            while True:
                try:
                    line = await self.reader.readline()
                except OSError as error:
                    raise Gone from error
                if not line.endswith(b"\n"):
                    raise Gone(lines + line)
                lines += line
                if line[3:4] != b"-":
                    return lines

    async def send(self, octets: bytes) -> None:
        """Octets as they are."""
        with suppress(OSError):
            self.writer.write(octets)
            async with asyncio.timeout(STEP_SECONDS):
                await self.writer.drain()

    async def say(self, line: str | bytes) -> bytes:
        """One command; its reply."""
        await self.send((line.encode() if isinstance(line, str) else line) + b"\r\n")
        return await self.reply()

    async def hello(self) -> bytes:
        """EHLO; its reply."""
        return await self.say("EHLO client.example.jp")

    async def starttls(self, certificates: Certificates) -> None:
        """STARTTLS and the handshake, without the EHLO that belongs after it."""
        assert (await self.say("STARTTLS")).startswith(b"220")
        await self.handshake(certificates)

    async def handshake(self, certificates: Certificates) -> None:
        """The client's side of TLS on this connection."""
        context = ssl.create_default_context(cafile=str(certificates.authority))
        async with asyncio.timeout(STEP_SECONDS):
            await self.writer.start_tls(context, server_hostname="localhost")

    async def sign_in(self, username: str = ACCOUNT, password: str = PASSWORD) -> bytes:
        """AUTH PLAIN with an initial response; its reply."""
        said = base64.b64encode(f"\0{username}\0{password}".encode()).decode()
        return await self.say(f"AUTH PLAIN {said}")

    async def envelope(self, *recipients: str, sender: str = SENDER, parameters: str = "") -> None:
        """MAIL, RCPT and DATA, all of them accepted."""
        assert (await self.say(f"MAIL FROM:<{sender}>{parameters}")).startswith(b"250")
        for recipient in recipients or (RECIPIENT,):
            assert (await self.say(f"RCPT TO:<{recipient}>")).startswith(b"250")
        assert (await self.say("DATA")).startswith(b"354")

    async def mail(self, content: bytes = b"Subject: test\r\n\r\ntext\r\n", *recipients: str, **how: str) -> bytes:
        """One whole mail; the reply to its dot."""
        await self.envelope(*recipients, **how)
        await self.send(content + b".\r\n")
        return await self.reply()

    async def is_closed(self) -> bool:
        """Whether the server has ended the connection (whatever it said before)."""
        try:
            async with asyncio.timeout(STEP_SECONDS):
                while await self.reader.read(65536):
                    pass
        except OSError:
            return True
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """Drop the connection."""
        self.writer.close()


@dataclass
class SmtpOffice:
    """A running server; ``port`` by listener name."""

    server: SubmissionServer
    store: Store
    spool: Spool
    certificates: Certificates | None
    clients: list[Client] = field(default_factory=list)

    def port(self, listener: str) -> int:
        """Where a listener listens."""
        return self.server.addresses[listener][1]

    async def connect(self, listener: str = "trusted", *, greeted: bool = True) -> Client:
        """A connection; with ``greeted`` its greeting and EHLO are over. Implicit TLS where the listener has it."""
        context = None
        if listener == "submissions":
            assert self.certificates is not None
            context = ssl.create_default_context(cafile=str(self.certificates.authority))
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.port(listener), ssl=context, server_hostname="localhost" if context else None
        )
        client = Client(reader, writer)
        self.clients.append(client)
        if greeted:
            assert (await client.reply()).startswith(b"220")
            await client.hello()
        return client

    async def signed_in(self, listener: str = "submissions") -> Client:
        """A connection on which the account has signed in."""
        client = await self.connect(listener)
        if listener == "submission":
            assert self.certificates is not None
            await client.starttls(self.certificates)
            await client.hello()
        assert (await client.sign_in()).startswith(b"235")
        return client

    async def mails(self) -> list[tuple[Submission, bytes]]:
        """Everything that was taken, in order, with its content in wire form."""
        queue_ids = [row[0] for row in await self._rows("SELECT queue_id FROM submission ORDER BY queue_id")]
        found = []
        for queue_id in queue_ids:
            submission = (await self.store.read(partial(self.spool.mail, queue_id=queue_id))).submission
            content = b"".join([frame async for frame in self.spool.stream_content(submission.content_id)])
            found.append((submission, content))
        return found

    async def _rows(self, query: str) -> list[Any]:
        return await self.store.read(lambda connection: list(connection.exec_driver_sql(query)))


LISTENERS = (
    ListenerSettings(name="submission", host="127.0.0.1", port=0, tls="starttls"),
    ListenerSettings(name="submissions", host="127.0.0.1", port=0, tls="implicit"),
    ListenerSettings(name="trusted", host="127.0.0.1", port=0, tls="none", auth="none"),
    ListenerSettings(name="clear", host="127.0.0.1", port=0, tls="none", auth_without_tls=True),
)
SOURCE = SourceSettings(
    name="loopback", networks=[IPv4Network("127.0.0.0/8")], owner=f"soumu@{DOMAIN}", allowed_senders=[SENDER, "<>"]
)


@asynccontextmanager
async def smtp_office(
    folder: Path,
    certificates: Certificates | None = None,
    *,
    limits: LimitSettings | None = None,
    pacing: Pacing | None = None,
    reserve_bytes: int = 0,
    grants: tuple[str, ...] = (),
) -> AsyncIterator[SmtpOffice]:
    """The server with its parts in ``folder``; without certificates only the listeners that need none."""
    clock = SystemClock()
    limits = limits or LimitSettings()
    store = open_store(StorageSettings(directory=folder), clock)
    store.start()
    spool = Spool(
        store,
        load_master_key(folder / "master.key", {}),
        clock,
        folder / "content",
        inline_bytes=64 * 1024,
        reserve_bytes=reserve_bytes,
        expire=timedelta(days=5),
    )
    accounts = Accounts(store, AuthSettings(), limits, OFFICE, clock, hasher=CHEAP)
    admin = Actor(ActorKind.PERSON, "sato")
    hashed = Passwords(CHEAP).hashed_now(PASSWORD)
    await store.write(administration.add(ACCOUNT, "", hashed, admin))
    for granted in grants:
        await store.write(administration.grant(ACCOUNT, granted, admin))
    tls = (
        TlsSettings()
        if certificates is None
        else TlsSettings(certificate=certificates.certificate, key=certificates.key)
    )
    server = SubmissionServer(
        office=OFFICE,
        listeners=[one for one in LISTENERS if certificates is not None or one.tls == "none"],
        sources=[SOURCE],
        tls=tls,
        limits=limits,
        acceptor=spool,
        authenticator=accounts,
        clock=clock,
        pacing=pacing,
    )
    await server.start()
    office = SmtpOffice(server, store, spool, certificates)
    try:
        yield office
    finally:
        for client in office.clients:
            client.close()
        await server.stop(1.0)
        accounts.close()
        await store.stop()
