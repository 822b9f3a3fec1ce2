"""A next hop that does what a test tells it: a real SMTP server on a free loopback port, on the test's event loop.

Without a script it is a well-behaved server that takes every mail. ``on`` changes what happens at a stage::

    async with ScriptedNextHop(Features(pipelining=True, dsn=True)) as hop:
        hop.on(Stage.RCPT, say("550 5.1.1 Unknown user"), nth=2)      # the second RCPT of each mail
        hop.on(Stage.MAIL, say("451 4.7.1 Greylisted"), times=1)      # once, then ordinary again
        hop.on(Stage.CONTENT, cut(), after=5000)                      # 5,000 octets into the content
        hop.on(Stage.DOT, cut())                                      # final dot read, mail NOT taken, no reply
        hop.on(Stage.TAKEN, wait(event))                              # mail taken, the reply waits for ``event``
        ...
        await hop.until(lambda: len(hop.mails) == 2)
        assert hop.mails[0].content == b"..."

What came is kept: ``mails`` (taken ones only), ``unfinished`` (contents that ended without a dot), ``said`` (every
command line, with its session and whether it came through TLS), ``clear`` and ``secure`` (all octets), ``sessions``
(connections so far). It checks nothing on its own: a test compares. One use per ``async with``; no wait is longer than
``PATIENCE_SECONDS``.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import cast

from tests.fakes.next_hop_script import (
    Act,
    Certificate,
    Features,
    Said,
    Stage,
    TakenMail,
    TakenRecipient,
    Unfinished,
    certificate,
    cut,
    flood,
    hang,
    raw,
    say,
    say_and_cut,
    wait,
)

__all__ = [
    "Act",
    "Certificate",
    "Features",
    "Said",
    "ScriptedNextHop",
    "Stage",
    "TakenMail",
    "TakenRecipient",
    "Unfinished",
    "certificate",
    "cut",
    "flood",
    "hang",
    "raw",
    "say",
    "say_and_cut",
    "wait",
]

PATIENCE_SECONDS = 60.0
_END = b"\r\n.\r\n"
_READ_BYTES = 256 * 1024
_LIMIT_BYTES = 256 * 1024 * 1024
"""No pausing of the reader: what it holds is what the test sends."""


@dataclass(slots=True)
class _Rule:
    act: Act
    nth: int | None
    times: int | None
    session: int | None
    after: int
    matching: str


class ScriptedNextHop:
    """The server. Use it as an async context manager; ``stop`` and ``start`` take it away and bring it back."""

    def __init__(self, features: Features | None = None, *, certificate_name: str = "localhost") -> None:
        self.features = features or Features()
        self.certificate = certificate(certificate_name)
        self.mails: list[TakenMail] = []
        self.unfinished: list[Unfinished] = []
        self.said: list[Said] = []
        self.clear = bytearray()
        self.secure = bytearray()
        self.sessions = 0
        self.open_sessions = 0
        self.most_open_sessions = 0
        self.port = 0
        self._rules: dict[Stage, list[_Rule]] = {}
        self._reached: dict[Stage, int] = dict.fromkeys(Stage, 0)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Condition()

    # -- the script

    def on(
        self,
        stage: Stage,
        act: Act,
        *,
        nth: int | None = None,
        times: int | None = None,
        session: int | None = None,
        after: int = 0,
        matching: str = "",
    ) -> None:
        """Do ``act`` at ``stage``; rules added later win.

        ``nth``: only at the nth RCPT of a transaction (from 1), or the nth of that command in a session. ``times``:
        only so often, None always. ``session``: only in that connection (from 0). ``after``: for ``CONTENT``, octets.
        ``matching``: only where the command line contains this.
        """
        self._rules.setdefault(stage, []).insert(0, _Rule(act, nth, times, session, after, matching))

    def ordinary(self, stage: Stage) -> None:
        """Forget every rule for the stage."""
        self._rules.pop(stage, None)

    async def until(self, condition: Callable[[], object]) -> None:
        """Returns when ``condition`` holds; it is looked at after everything this server does."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._changed:
            await self._changed.wait_for(condition)

    def reached(self, stage: Stage) -> int:
        """How often the stage was come to, by all sessions."""
        return self._reached[stage]

    def lines(self, verb: str) -> list[str]:
        """The command lines that begin with ``verb``, in order."""
        return [said.line for said in self.said if said.line.upper().startswith(verb.upper())]

    # -- life

    async def __aenter__(self) -> ScriptedNextHop:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen; the second time at the same port as the first."""
        # The client's first octets of an implicit handshake must not reach the reader: TLS from the first octet on.
        implicit = self.server_context() if self.features.implicit_tls else None
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=_LIMIT_BYTES, ssl=implicit)
        self.port = self._server.sockets[0].getsockname()[1]

    def server_context(self) -> ssl.SSLContext:
        """TLS as the features say, with the certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = self.features.tls_minimum
        context.maximum_version = self.features.tls_maximum
        context.load_cert_chain(self.certificate.file, self.certificate.key_file)
        return context

    async def stop(self) -> None:
        """Refuse connections and cut those that are open. May be called twice."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        await self.cut_all()

    async def cut_all(self) -> None:
        """Cut every open connection; the server goes on listening."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        number = self.sessions
        self.sessions += 1
        self.open_sessions += 1
        self.most_open_sessions = max(self.most_open_sessions, self.open_sessions)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await _Session(self, number, reader, writer).run()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, _Ended, asyncio.CancelledError):
            pass  # the other side or the script ended it: what came until then is kept
        finally:
            self._tasks.discard(task)
            self.open_sessions -= 1
            writer.transport.abort()
            await self.changed()

    async def changed(self) -> None:
        """Wake those in ``until``."""
        async with self._changed:
            self._changed.notify_all()

    def rule(self, stage: Stage, session: int, nth: int, line: str) -> Act | None:
        """The act for this moment, counted; None for the ordinary course."""
        self._reached[stage] += 1
        for rule in self._rules.get(stage, []):
            if rule.nth not in (None, nth) or rule.session not in (None, session) or rule.matching not in line:
                continue
            if rule.times is not None:
                if rule.times == 0:
                    continue
                rule.times -= 1
            return rule.act
        return None

    def content_rule_after(self, session: int) -> int | None:
        """After how many octets of content a rule waits in this session; None where there is none."""
        for rule in self._rules.get(Stage.CONTENT, []):
            if rule.session in (None, session) and rule.times != 0:
                return rule.after
        return None


class _Ended(Exception):
    """The session is over."""


class _Session:
    """One connection."""

    def __init__(
        self, hop: ScriptedNextHop, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._hop = hop
        self._number = number
        self._reader = reader
        self._writer = writer
        self._tls: str | None = None
        self._user: str | None = None
        self._mail: tuple[str, tuple[str, ...]] | None = None
        self._recipients: list[TakenRecipient] = []
        self._counts: dict[Stage, int] = dict.fromkeys(Stage, 0)

    async def run(self) -> None:
        await self._at(Stage.CONNECT, None)
        if self._hop.features.implicit_tls:
            self._note_tls()
        await self._at(Stage.GREETING, "220 next-hop.example.net ESMTP")
        while True:
            line = await self._line()
            self._hop.said.append(Said(self._number, self._tls is not None, line))
            verb, _, argument = line.partition(" ")
            await self._command(verb.upper(), argument, line)
            await self._hop.changed()

    async def _command(self, verb: str, argument: str, line: str) -> None:
        match verb:
            case "EHLO":
                await self._ehlo(line)
            case "HELO":
                await self._at(Stage.HELO, "250 next-hop.example.net", line)
            case "STARTTLS":
                if await self._at(Stage.STARTTLS, "220 2.0.0 Go ahead", line):
                    await self._handshake()
            case "AUTH":
                await self._auth(argument, line)
            case "MAIL":
                if await self._at(Stage.MAIL, "250 2.1.0 Ok", line):
                    self._mail, self._recipients = _path(argument), []
                    self._counts[Stage.RCPT] = 0
            case "RCPT":
                if self._mail is None:
                    await self._send(b"503 5.5.1 Need MAIL\r\n")
                elif await self._at(Stage.RCPT, "250 2.1.5 Ok", line):
                    self._recipients.append(TakenRecipient(*_path(argument)))
            case "DATA":
                await self._data(line)
            case "RSET":
                if await self._at(Stage.RSET, "250 2.0.0 Ok", line):
                    self._forget()
            case "NOOP":
                await self._at(Stage.NOOP, "250 2.0.0 Ok", line)
            case "QUIT":
                await self._at(Stage.QUIT, "221 2.0.0 Bye", line)
                raise _Ended
            case _:
                await self._send(b"500 5.5.2 Unknown\r\n")

    async def _ehlo(self, line: str) -> None:
        features = self._hop.features
        if not features.esmtp:
            await self._at(Stage.EHLO, "502 5.5.1 Not implemented", line)
            return
        offered = ["next-hop.example.net", "ENHANCEDSTATUSCODES"]
        offered += ["PIPELINING"] if features.pipelining else []
        offered += ["STARTTLS"] if features.starttls and self._tls is None else []
        offered += ["8BITMIME"] if features.eight_bit_mime else []
        offered += ["SMTPUTF8"] if features.smtputf8 else []
        offered += ["DSN"] if features.dsn else []
        offered += [f"SIZE {features.size}"] if features.size is not None else []
        if features.auth and (self._tls is not None or features.auth_in_clear):
            offered.append("AUTH " + " ".join(features.auth))
        lines = [f"250-{word}" for word in offered[:-1]] + [f"250 {offered[-1]}"]
        await self._at(Stage.EHLO, "\r\n".join(lines), line)

    async def _auth(self, argument: str, line: str) -> None:
        method, _, initial = argument.partition(" ")
        match method.upper():
            case "PLAIN":
                _, user, secret = (await self._answer(initial, "")).split("\0")
            case "LOGIN":
                user = await self._answer(initial, "VXNlcm5hbWU6")
                secret = await self._answer("", "UGFzc3dvcmQ6")
            case "XOAUTH2":
                fields = (await self._answer(initial, "")).split("\x01")
                user, secret = fields[0].removeprefix("user="), fields[1].removeprefix("auth=Bearer ")
            case _:
                await self._send(b"504 5.5.4 Unknown method\r\n")
                return
        good = self._hop.features.accounts.get(user) == secret
        if not good and method.upper() == "XOAUTH2":
            error = base64.b64encode(b'{"status":"401","schemes":"bearer","scope":"mail"}')
            await self._send(b"334 " + error + b"\r\n")
            await self._line()
        if await self._at(Stage.AUTH, "235 2.7.0 Welcome" if good else "535 5.7.8 Credentials invalid", line):
            self._user = user

    async def _answer(self, initial: str, challenge: str) -> str:
        if not initial:
            await self._send(f"334 {challenge}\r\n".encode())
            initial = await self._line()
        return base64.b64decode(initial).decode()

    async def _data(self, line: str) -> None:
        if not self._recipients:
            if await self._at(Stage.DATA, "554 5.5.1 No valid recipients", line):
                await self._content()
            return
        if not await self._at(Stage.DATA, "354 End with a dot", line):
            return
        content = await self._content()
        await self._hop.changed()
        if self._hop.features.size and len(content) > self._hop.features.size:
            await self._send(b"552 5.3.4 Too large\r\n")
            return
        if not await self._at(Stage.DOT, None):
            self._forget()
            return
        assert self._mail is not None
        taken = TakenMail(*self._mail, tuple(self._recipients), content, self._number, self._tls, self._user)
        self._hop.mails.append(taken)
        self._forget()
        await self._hop.changed()
        await self._at(Stage.TAKEN, f"250 2.0.0 Taken as {len(self._hop.mails)}")

    async def _content(self) -> bytes:
        content = bytearray()
        looked = 0
        after = self._hop.content_rule_after(self._number)
        try:
            while True:
                if content.startswith(b".\r\n"):
                    self._unread(bytes(content[3:]))
                    return b""
                end = content.find(_END, looked)
                looked = max(0, len(content) - len(_END))
                if end >= 0:
                    self._unread(bytes(content[end + len(_END) :]))
                    return bytes(content[: end + 2])
                if after is not None and len(content) >= after:
                    after = None
                    await self._at(Stage.CONTENT, None)
                content += await self._read()
        except BaseException:
            addresses = tuple(recipient.address for recipient in self._recipients)
            self._hop.unfinished.append(Unfinished(addresses, bytes(content)))
            raise

    # -- octets

    async def _read(self) -> bytes:
        octets = await self._reader.read(_READ_BYTES)
        if not octets:
            raise _Ended
        self._keep(octets)
        return octets

    async def _line(self) -> str:
        line = await self._reader.readuntil(b"\n")
        self._keep(line)
        return line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "surrogateescape")

    def _keep(self, octets: bytes) -> None:
        (self._hop.clear if self._tls is None else self._hop.secure).extend(octets)

    def _unread(self, rest: bytes) -> None:
        """Give back what was read past the end of a content (it will be kept a second time when read)."""
        if rest:
            kept = self._hop.clear if self._tls is None else self._hop.secure
            del kept[-len(rest) :]
            buffer: bytearray = self._reader._buffer  # type: ignore[attr-defined]  # streams cannot unread otherwise
            buffer[:0] = rest

    def _forget(self) -> None:
        self._mail, self._recipients = None, []
        self._counts[Stage.RCPT] = 0

    async def _send(self, octets: bytes) -> None:
        self._writer.write(octets)
        await self._writer.drain()

    async def _at(self, stage: Stage, ordinary: str | None, line: str = "") -> bool:
        """Do what the script says, or give the ordinary reply; whether the reply given was positive (2yz, 3yz).

        Without an ordinary reply, True means that the script left things as they were.
        """
        self._counts[stage] += 1
        act = self._hop.rule(stage, self._number, self._counts[stage], line)
        await self._hop.changed()
        if act is not None and act.hang:
            await self._send(act.octets or b"")
            # Nothing is read either: a large content comes to a stop.
            cast("asyncio.Transport", self._writer.transport).pause_reading()
            await asyncio.sleep(PATIENCE_SECONDS)
        if act is not None and act.event is not None:
            await act.event.wait()
        octets = act.octets if act is not None else None
        if octets is None and ordinary is not None and not (act is not None and act.cut):
            octets = f"{ordinary}\r\n".encode()
        if octets is not None:
            await self._send(octets)
            while act is not None and act.endless:
                await self._send(octets)
        if act is not None and act.cut:
            if act.reset:
                self._writer.transport.abort()
            else:
                self._writer.close()
                await self._writer.wait_closed()
            raise _Ended
        return octets is None or octets[:1] in (b"2", b"3")

    async def _handshake(self) -> None:
        await self._writer.start_tls(self._hop.server_context(), ssl_handshake_timeout=PATIENCE_SECONDS)
        self._note_tls()

    def _note_tls(self) -> None:
        found = self._writer.get_extra_info("ssl_object")
        assert isinstance(found, ssl.SSLObject)
        self._tls = found.version()
        self._user = None
        self._forget()


def _path(argument: str) -> tuple[str, tuple[str, ...]]:
    """``FROM:<a@example.com> SIZE=1`` as the address without brackets and its parameters."""
    address, _, parameters = argument.partition("<")[2].rpartition(">")
    return address, tuple(parameters.split())
