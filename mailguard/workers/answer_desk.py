"""Takes what wrong recipients answer by mail: at the address that a letter of an incident named for them.

The office's server hands such mail to the relay; on the way in the address becomes that of whoever asked
(``reader_of``), and stays beside it as the original recipient (RFC 3461 ORCPT). Before it is judged the answer goes on
record; a crash in between takes it once more and adds nothing. The mail itself goes to whoever asked, as it came: it
came from outside, and goes nowhere but inside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from mailguard.delivery.bounce import bounced_in
from mailguard.errors import MailguardError
from mailguard.incidents.deletion import Deletions, token_in
from mailguard.incidents.replying import reply_in
from mailguard.mime.head import Head, head_of
from mailguard.mime.message import unstuffed
from mailguard.model.address import comparable
from mailguard.model.envelope import ForwardPath
from mailguard.model.knowledge import Lesson
from mailguard.model.verdict import Judgement
from mailguard.policy.builtin import ANSWER
from mailguard.spool import Mail, Spool

log = structlog.get_logger()

Judge = Callable[[Mail], Awaitable[tuple[Judgement, Lesson | None]]]


class AnswerDesk:
    """One per node. ``answers_at``: the office's answer address, "" for none; ``postmaster``: who reads what nobody
    asked for by a mailbox of their own."""

    def __init__(self, spool: Spool, deletions: Deletions, answers_at: str, postmaster: str) -> None:
        self._spool = spool
        self._deletions = deletions
        self._answers_at = answers_at
        self._postmaster = postmaster

    # -- for the submission server

    def is_answer_address(self, address: str) -> bool:
        """Whether an address is of the form that letters name for answers."""
        return bool(token_in(self._answers_at, address))

    async def reader_of(self, address: str) -> str | None:
        """Who gets what is sent to an answer address; None where no letter named it."""
        token = token_in(self._answers_at, address)
        return await self._reader(token) if token else None

    async def _reader(self, token: str) -> str | None:
        request = await self._spool.store.read(lambda reader: self._deletions.request_of(reader, token))
        if request is None:
            return None
        return request.asked_by if "@" in request.asked_by else self._postmaster or None

    # -- for the inspector

    def judging(self, judge: Judge) -> Judge:
        """``judge`` for all mail but answers, which are taken first. What cannot be read of one says nothing."""

        async def judged(mail: Mail) -> tuple[Judgement, Lesson | None]:
            tokens = await self._tokens(mail)
            if not mail.submission.envelope.reverse_path and not tokens:
                await self._take_report(mail)
            if not tokens:
                return await judge(mail)
            await self._take(mail, tokens)
            paths = mail.submission.envelope.forward_paths
            return (Judgement((ANSWER,) * len(paths), ()), None) if len(tokens) == len(paths) else await judge(mail)

        return judged

    async def _tokens(self, mail: Mail) -> list[str]:
        """Those of the answer addresses it was sent to, where it goes to who reads them and to nobody else."""
        found = []
        for path in mail.submission.envelope.forward_paths:
            token = token_in(self._answers_at, _original(path))
            reader = await self._reader(token) if token else None
            if reader is not None and comparable(reader) == comparable(path.address):
                found.append(token)
        return found

    async def _take(self, mail: Mail, tokens: list[str]) -> None:
        start = await self._start(mail)
        queue_id = mail.submission.queue_id
        is_automatic = mail.submission.automatic or not mail.submission.envelope.reverse_path
        reply = await asyncio.to_thread(lambda: reply_in(unstuffed(start), is_automatic=is_automatic))
        for token in tokens:
            taken = await self._spool.store.write(
                lambda transaction, token=token: self._deletions.answered_by_mail(transaction, token, reply, queue_id)  # type: ignore[misc]
            )
            log.info("answer_taken", queue_id=queue_id, answer=reply.answer.value, counts=taken)

    async def _take_report(self, mail: Mail) -> None:
        """A report of another server may be about a letter of ours."""
        start = await self._start(mail)
        written = Head(head_of(start)).first("Content-Type") or b""
        if not written.lower().startswith(b"multipart/report"):
            return
        bounce = await asyncio.to_thread(lambda: bounced_in(unstuffed(start)))
        if bounce is not None:
            await self._spool.store.write(lambda transaction: self._deletions.returned(transaction, bounce))

    async def _start(self, mail: Mail) -> bytes:
        if mail.plain is not None:
            return mail.plain
        try:
            return await self._spool.head(mail.submission.content_id)
        except MailguardError:
            return b""


def _original(path: ForwardPath) -> str:
    kind, _, address = (path.orcpt or "").partition(";")
    return address if kind.lower() == "rfc822" else ""
