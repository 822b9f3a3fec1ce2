"""One mail transaction on an open connection: MAIL, RCPT, DATA, the content, the last look, the dot.

aiosmtplib's own DATA step is not used: it writes content and dot in one go, repairs line ends silently, and cannot tell
a refusal before the dot from one after it. Here every reply is read for the recipient it is about, and the only octets
that can make the next hop take the mail, the final ``.CRLF``, leave after the attempt was committed as unknown.
With PIPELINING (RFC 2920) MAIL, RCPT and DATA are one write.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

import structlog

from mailguard.config import NextHopSettings
from mailguard.delivery.commands import Commands
from mailguard.delivery.connection import Connection
from mailguard.delivery.replies import RawReply, no_reply, reply_of
from mailguard.delivery.transaction import BeforeDot, MailTransaction
from mailguard.delivery.wire import WireCheck
from mailguard.errors import MailguardError
from mailguard.model.delivery import Outcome, Reply

log = structlog.get_logger()

SLOWEST_BYTES_PER_SECOND = 1000
"""A next hop that takes a content more slowly than this, beyond the wait for its reply, is let go."""

LEASE_LOST = no_reply("the lease of this delivery was lost; it is tried again", "4.3.0")

_GO_ON = 354
_SERVICE_CLOSING = 421
_SIGN_IN_MISSING = frozenset({530, 534, 535, 538})
"""RFC 4954 §6: our own sign-in is what is missing. A fault in the settings, not in the mail."""
_PIECE_BYTES = 256 * 1024
"""So much is checked and written at one time; a content in memory larger than this is cut up."""


@dataclass(slots=True)
class Exchange:
    """One transaction. After ``run``: ``outcomes`` by position; positions in ``again`` want another one at once.

    ``heard`` is whether the server answered anything but goodbye, ``was_cut`` whether a reply was missing at the end.
    A connection that is not ``is_alive`` afterwards is of no use.
    """

    connection: Connection
    settings: NextHopSettings
    mail: MailTransaction
    lines: Commands
    before_dot: BeforeDot
    outcomes: dict[int, tuple[Outcome, Reply]] = field(default_factory=dict)
    again: tuple[int, ...] = ()
    heard: bool = False
    was_cut: bool = False

    async def run(self) -> None:
        """Carry it out. Raises nothing but cancellation; the caller then drops the connection."""
        for position, reply in self.lines.refused.items():
            self.outcomes[position] = (Outcome.BOUNCED, reply)
        if not self.lines.rcpt:
            return
        answers, data = await self._envelope()
        accepted, too_many = self._read_envelope(answers)
        if accepted:
            await self._send(accepted, data)
        else:
            if data is not None and data[0] == _GO_ON:
                # RFC 2920 §3.1: the server waits for a content that nobody is to get. None is sent: the line must go.
                self.connection.link.break_off("DATA was answered although no recipient was taken")
            self.connection.needs_reset = bool(answers) and 200 <= answers[0][0] < 300
        # Where the first part did not get through, the rest would fare no better.
        if any(outcome is Outcome.DELIVERED for outcome, _ in self.outcomes.values()):
            self.again = tuple(too_many)
        else:
            for position, raw in too_many.items():
                self.outcomes[position] = (Outcome.DEFERRED, reply_of(raw))

    # -- envelope

    async def _envelope(self) -> tuple[list[RawReply], RawReply | None]:
        """Say MAIL and every RCPT, and DATA with them where PIPELINING allows; the replies, that to DATA apart.

        Fewer replies than commands: the line has ended, or MAIL was refused.
        """
        connection, link, seconds = self.connection, self.connection.link, self.settings.command_seconds
        rcpt = list(self.lines.rcpt.values())
        reset, connection.needs_reset = connection.needs_reset, False
        if connection.offer.pipelining:
            owed = len(rcpt) + 2 + reset
            link.say(b"".join([b"RSET\r\n" if reset else b"", self.lines.mail, *rcpt, b"DATA\r\n"]), owed)
            answers = await link.replies(owed, seconds)
            self.heard = bool(answers) and answers[0][0] != _SERVICE_CLOSING
            data = answers.pop() if len(answers) == owed else None
            return answers[reset:], data
        answers = []
        for line in [*([b"RSET\r\n"] if reset else []), self.lines.mail, *rcpt]:
            link.say(line, 1)
            got = await link.replies(1, seconds)
            if not got:
                break
            self.heard = self.heard or got[0][0] != _SERVICE_CLOSING
            answers += got
            if line is self.lines.mail and not 200 <= got[0][0] < 300:
                break
        return answers[reset:], None

    def _read_envelope(self, answers: list[RawReply]) -> tuple[list[int], dict[int, RawReply]]:
        """The accepted positions, and those beyond what the server takes in one mail; the others are settled."""
        positions = list(self.lines.rcpt)
        if not answers:
            self._cut(positions)
            return [], {}
        if not 200 <= answers[0][0] < 300:
            self._settle(positions, answers[0])
            return [], {}
        accepted: list[int] = []
        too_many: dict[int, RawReply] = {}
        for position, raw in zip(positions, answers[1:], strict=False):
            if 200 <= raw[0] < 300:
                accepted.append(position)
            elif accepted and _is_too_many(reply_of(raw)):
                too_many[position] = raw
            else:
                self._settle([position], raw)
        self._cut(positions[len(answers) - 1 :])
        return accepted, too_many

    # -- content and dot

    async def _send(self, accepted: list[int], data: RawReply | None) -> None:
        link = self.connection.link
        if data is None and not self.connection.offer.pipelining:
            link.say(b"DATA\r\n", 1)
            got = await link.replies(1, self.settings.command_seconds)
            data = got[0] if got else None
        if data is None:
            self._cut(accepted)
        elif data[0] != _GO_ON:
            self._settle(accepted, data)
            self.connection.needs_reset = True
            if data[0] < 400:
                link.break_off("DATA was answered with nonsense")
        elif await self._send_content(accepted):
            await self._send_dot(accepted)

    async def _send_content(self, accepted: list[int]) -> bool:
        """Send everything but the dot, and have the last look; whether the dot may be sent."""
        link = self.connection.link
        try:
            await self._write_content()
        except MailguardError as error:
            link.give_up("the content cannot be sent")
            log.error("content_not_sent", queue_id=self.mail.queue_id, cause=str(error))
            self._defer(accepted, no_reply(error.public, error.enhanced))
            return False
        if link.fault is not None:
            self._cut(accepted)
            return False
        try:
            go_on = await self.before_dot(tuple(accepted))
        except Exception as error:
            # Whatever went wrong there, nothing is committed: without a dot it is only another try.
            log.error("last_look_failed", queue_id=self.mail.queue_id, error=type(error).__name__)
            go_on = False
        if not go_on:
            link.give_up("the last look said no")
            self._defer(accepted, LEASE_LOST)
            return False
        if link.fault is not None:
            self._cut(accepted)
            return False
        return True

    async def _write_content(self) -> None:
        """Stops early on a dead line. Raises ``MailguardError``: the content cannot be read or must not be sent."""
        link, mail = self.connection.link, self.mail
        check = WireCheck()
        check.feed(mail.prefix)
        if isinstance(mail.content, bytes) and len(mail.content) <= _PIECE_BYTES:
            check.feed(mail.content)
            check.finish()
            link.say(mail.prefix + mail.content, 0)
            await link.drain(self.settings.command_seconds)
            return
        # RFC 5321 §4.5.3.2.5 bounds each block; block by block a hostile next hop could still take days.
        give_up_at = link.time() + self.settings.data_seconds + mail.size / SLOWEST_BYTES_PER_SECOND
        link.say(mail.prefix, 0)
        async with aclosing(_pieces(mail)) as pieces:
            async for piece in pieces:
                check.feed(piece)
                link.say(piece, 0)
                await link.drain(self.settings.command_seconds)
                if link.time() > give_up_at:
                    link.break_off("the next hop took the content too slowly")
                if link.fault is not None:
                    return
        check.finish()

    async def _send_dot(self, accepted: list[int]) -> None:
        link = self.connection.link
        link.say_dot(b".\r\n")
        got = await link.replies(1, self.settings.data_seconds)
        if not got:
            self.was_cut = True
            outcome, reply = Outcome.UNKNOWN, no_reply(f"the mail was sent, then {link.fault}; it may have arrived")
        elif got[0][0] >= 400:
            self._settle(accepted, got[0])
            return
        else:
            reply = reply_of(got[0])
            # A 3yz here means that we and the server no longer speak of the same thing: nobody knows.
            outcome = Outcome.DELIVERED if reply.is_positive else Outcome.UNKNOWN
            if not reply.is_positive:
                link.break_off("the dot was answered with nonsense")
        for position in accepted:
            self.outcomes[position] = (outcome, reply)

    # -- results

    def _settle(self, positions: list[int], raw: RawReply) -> None:
        """A refusal: for good or for now."""
        reply = reply_of(raw)
        self.was_cut = self.was_cut or reply.code == _SERVICE_CLOSING
        permanent = reply.is_permanent and reply.code not in _SIGN_IN_MISSING
        for position in positions:
            self.outcomes[position] = (Outcome.BOUNCED if permanent else Outcome.DEFERRED, reply)

    def _cut(self, positions: list[int]) -> None:
        """The line ended before the dot: nothing has happened to these."""
        if positions:
            self.was_cut = True
            self._defer(positions, no_reply(self.connection.link.fault or "the connection ended"))

    def _defer(self, positions: list[int], reply: Reply) -> None:
        for position in positions:
            self.outcomes[position] = (Outcome.DEFERRED, reply)


def _is_too_many(reply: Reply) -> bool:
    """RFC 5321 §4.5.3.1.10: 452, and 552 from old servers; where a status stands, only x.5.3 (RFC 3463 §3.6)."""
    if reply.enhanced:
        return reply.enhanced in ("4.5.3", "5.5.3")
    return reply.code in (452, 552)


async def _pieces(mail: MailTransaction) -> AsyncGenerator[bytes, None]:
    if isinstance(mail.content, bytes):
        for start in range(0, len(mail.content), _PIECE_BYTES):
            yield mail.content[start : start + _PIECE_BYTES]
        return
    stream = mail.content()
    try:
        async for piece in stream:
            yield piece
    finally:
        if isinstance(stream, AsyncGenerator):
            await stream.aclose()


async def headers_are_utf8(mail: MailTransaction) -> bool:
    """Whether SMTPUTF8 is needed for the header block, read from the content. Raises as the content does."""
    if not (mail.smtputf8 and mail.eight_bit):
        return False
    seen = b""
    async with aclosing(_pieces(mail)) as pieces:
        async for piece in pieces:
            seen += piece
            end = 0 if seen.startswith(b"\r\n") else seen.find(b"\r\n\r\n")
            if end >= 0:
                return not seen[:end].isascii()
    return not seen.isascii()
