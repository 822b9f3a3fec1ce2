"""Programs that submit without pause and remember every 250: what the relay owes is exactly what they wrote down."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.system.relay import OWN_DOMAIN

QUEUE_ID = re.compile(rb"\b[0-9A-HJKMNP-TV-Z]{16}\b")
INTERNAL = OWN_DOMAIN
EXTERNAL = "customer.example.com"
STEP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Owed:
    """One mail that was answered 250."""

    queue_id: str
    message_id: str
    recipients: tuple[str, ...]


@dataclass(slots=True)
class Ledger:
    """What the clients saw: mails with their 250, and those whose dot was sent but whose answer never came."""

    owed: list[Owed] = field(default_factory=list)
    unanswered: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)


class ServerGone(Exception):
    """The connection ended in the middle of a dialogue."""


class Dialogue:
    """One SMTP connection, written plainly so that a test knows what was sent when. Every step has a time-out."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Dialogue:
        """Connects and has said EHLO; raises ServerGone where nobody answers."""
        try:
            async with asyncio.timeout(STEP_SECONDS):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except (OSError, TimeoutError) as error:
            raise ServerGone from error
        dialogue = cls(reader, writer)
        try:
            await dialogue.expect(b"220")
            await dialogue.say(b"EHLO client.example.jp", b"250")
        except BaseException:
            dialogue.close()
            raise
        return dialogue

    async def reply(self) -> bytes:
        """The last line of the next reply."""
        try:
            async with asyncio.timeout(STEP_SECONDS):
                while True:
                    line = await self._reader.readline()
                    if not line.endswith(b"\n"):
                        raise ServerGone
                    if line[3:4] != b"-":
                        return line
        except (OSError, TimeoutError) as error:
            raise ServerGone from error

    async def expect(self, code: bytes) -> bytes:
        """The next reply, which must begin with ``code``; raises Refusal otherwise."""
        line = await self.reply()
        if not line.startswith(code):
            raise Refusal(line)
        return line

    async def send(self, octets: bytes) -> None:
        """Writes and waits until most of it is with the kernel."""
        try:
            self._writer.write(octets)
            async with asyncio.timeout(STEP_SECONDS):
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            raise ServerGone from error

    async def say(self, command: bytes, code: bytes) -> bytes:
        """One command and its reply."""
        await self.send(command + b"\r\n")
        return await self.expect(code)

    def close(self) -> None:
        """Drops the connection."""
        self._writer.close()


class Refusal(Exception):
    """The server answered, but not with success."""

    def __init__(self, line: bytes) -> None:
        super().__init__(line.decode(errors="replace").strip())
        self.line = line


async def submit_one(
    dialogue: Dialogue, ledger: Ledger, message_id: str, recipients: tuple[str, ...], payload: bytes
) -> None:
    """One mail on an open connection, entered in the ledger when its 250 came."""
    await dialogue.say(f"MAIL FROM:<tanoue@{OWN_DOMAIN}>".encode(), b"250")
    for recipient in recipients:
        await dialogue.say(f"RCPT TO:<{recipient}>".encode(), b"250")
    await dialogue.say(b"DATA", b"354")
    header = f"From: <tanoue@{OWN_DOMAIN}>\r\nMessage-ID: <{message_id}>\r\nSubject: load\r\n\r\n"
    # From here until the reply nobody can say whether the mail was taken.
    ledger.unanswered.add(message_id)
    await dialogue.send(header.encode() + payload + b"\r\n.\r\n")
    try:
        line = await dialogue.expect(b"250")
    except Refusal:
        ledger.unanswered.discard(message_id)
        raise
    found = QUEUE_ID.search(line)
    assert found is not None, f"no queue id in {line!r}"
    ledger.unanswered.discard(message_id)
    ledger.owed.append(Owed(found.group().decode(), message_id, recipients))


class Clients:
    """Several clients that submit as fast as they are answered, until told to stop; they survive the relay's death.

    A mail that got no answer is not sent again: it stays among the unanswered, which may arrive once or never.
    """

    def __init__(
        self, port: Callable[[], int | None], *, number: int = 4, payload_sizes: tuple[int, ...] = (400, 20_000)
    ) -> None:
        self.ledger = Ledger()
        self._port = port
        self._number = number
        self._payloads = [_text(size) for size in payload_sizes]
        self._over = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._serial = 0

    def start(self) -> None:
        """Begins to submit, in tasks of the running event loop."""
        self._tasks = [asyncio.create_task(self._client(number)) for number in range(self._number)]

    async def stop(self) -> Ledger:
        """Lets each client end the mail it is at, and returns what they wrote down."""
        self._over.set()
        await asyncio.gather(*self._tasks)
        return self.ledger

    def _next(self) -> tuple[str, tuple[str, ...], bytes]:
        self._serial += 1
        serial = self._serial
        recipients = {
            0: (f"a{serial}@{INTERNAL}",),
            1: (f"b{serial}@{EXTERNAL}",),
            2: (f"c{serial}@{INTERNAL}", f"d{serial}@{EXTERNAL}", f"e{serial}@{INTERNAL}"),
        }[serial % 3]
        return f"load-{serial}@office.example.jp", recipients, self._payloads[serial % len(self._payloads)]

    async def _client(self, number: int) -> None:
        dialogue: Dialogue | None = None
        sent = 0
        while not self._over.is_set():
            port = self._port()
            if port is None:
                await asyncio.sleep(0.01)
                continue
            message_id, recipients, payload = self._next()
            try:
                dialogue = dialogue or await Dialogue.open(port)
                await submit_one(dialogue, self.ledger, message_id, recipients, payload)
                sent += 1
                # Some clients keep their connection, some begin anew for each mail.
                keep = number % 2 == 0 and sent % 20
            except ServerGone:
                keep = False
                await asyncio.sleep(0.01)
            except Refusal as refusal:
                keep = False
                self.ledger.refused.append(str(refusal))
            if not keep and dialogue is not None:
                dialogue.close()
                dialogue = None
                await asyncio.sleep(0)
        if dialogue is not None:
            dialogue.close()


def _text(size: int) -> bytes:
    line = b"ordinary text in lines of an ordinary length, some of it\r\n..with a dot in front\r\n"
    return line * max(1, size // len(line))
