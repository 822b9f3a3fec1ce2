"""One full round without a person: what the demonstration shows, looked at by a program.

Every wait has an end, and all of it takes about ten seconds and never more than ``ROUND_SECONDS``. What a person would
click is clicked over HTTP, the way a browser does it.
"""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from html import escape

import aiosmtplib

from mailguard.demo.demonstration import Demonstration
from mailguard.demo.samples import ACCOUNT, BUSY, HELD, UNKNOWN, Kind, Sample
from mailguard.demo.terminal import Terminal
from mailguard.demo.view import Overview
from mailguard.demo.world import Arrival
from mailguard.mime.head import Head, head_of
from mailguard.model.queue import State

ROUND_SECONDS = 30.0
WAIT_SECONDS = 10.0
_LOOK_SECONDS = 0.05
_HTTP_SECONDS = 5.0


class _Wrong(Exception):
    """Something did not go as it should; the words are for people."""


class Round:
    """The round. ``take`` once. ``wait_seconds``: how long each step may take, beyond what it waits for a timer."""

    def __init__(self, demonstration: Demonstration, terminal: Terminal, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._wait_seconds = wait_seconds
        self._demonstration = demonstration
        self._terminal = terminal
        self._samples: dict[Kind, Sample] = {}
        self._accepted_at = demonstration.service.clock.now()

    async def take(self) -> bool:
        """Whether all of it worked; says so, and what arrived."""
        clock = self._demonstration.service.clock
        began = clock.monotonic()
        reason = ""
        try:
            async with asyncio.timeout(ROUND_SECONDS):
                await self._take()
        except _Wrong as wrong:
            reason = str(wrong)
        except TimeoutError:
            reason = self._terminal.word("demo.smoke.too_long", seconds=f"{ROUND_SECONDS:g}")
        except (OSError, http.client.HTTPException, aiosmtplib.SMTPException) as error:
            reason = f"{type(error).__name__}: {error}"
        self._terminal.line()
        self._terminal.say("demo.smoke.arrived")
        for arrival in self._demonstration.world.arrivals:
            self._terminal.happened(arrival)
        self._terminal.line()
        if reason:
            self._terminal.say("demo.smoke.failed", reason=reason)
        else:
            self._terminal.say("demo.smoke.worked", seconds=f"{clock.monotonic() - began:.1f}")
        return not reason

    async def _take(self) -> None:
        self._accepted_at = self._demonstration.service.clock.now()
        self._samples = {sample.kind: sample for sample in await self._demonstration.send_samples()}
        self._passed("accepted", count=len(self._samples))
        await self._until("at_once", lambda: self._has_arrived(Kind.COLLEAGUE) and self._has_arrived(Kind.AUTOMATIC))
        await self._look_at_what_is_held()
        await self._click(Kind.CLIENT, "cancel")
        await self._click(Kind.ATTACHMENT, "release")
        await self._until("released", lambda: self._has_arrived(Kind.ATTACHMENT))
        if any(at >= self._deadline for at in self._outside_arrivals(Kind.ATTACHMENT)):
            raise self._wrong("released")
        await self._until("bounce", self._has_bounced)
        await self._until("retried", lambda: self._has_arrived(Kind.BUSY) and self._was_refused(BUSY))
        await self._wait_for_timers()
        await self._send_one_by_one()
        await self._look_at_what_was_cancelled()
        self._look_at_what_arrived()

    # -- the steps

    async def _look_at_what_is_held(self) -> None:
        overview = await self._demonstration.look()
        expected = {self._demonstration.sent[kind] for kind in HELD}
        shown = await asyncio.to_thread(self._ask, "GET", "/")
        subjects = [escape(Head(head_of(self._samples[kind].content)).first_text("Subject") or "-") for kind in HELD]
        if {mail.queue_id for mail in overview.held} != expected or any(subject not in shown for subject in subjects):
            raise self._wrong("held", count=len(expected))
        self._passed("held", count=len(expected))

    async def _click(self, kind: Kind, action: str) -> None:
        await asyncio.to_thread(self._ask, "POST", f"/mails/{self._demonstration.sent[kind]}/{action}")

    async def _wait_for_timers(self) -> None:
        service = self._demonstration.service
        left = (self._deadline - service.clock.now()).total_seconds() + service.settings.hold.grace_seconds
        seconds = max(0.0, left)
        by_timer = (Kind.BCC,)
        await self._until("timer", lambda: all(self._has_arrived(kind) for kind in by_timer), seconds)
        if any(at < self._deadline for kind in by_timer for at in self._outside_arrivals(kind)):
            raise self._wrong("timer")

    async def _send_one_by_one(self) -> None:
        five = self._demonstration.sent[Kind.FIVE_IN_TO]
        held = (await self._demonstration.look()).held
        mail = next((one for one in held if one.queue_id == five), None)
        if mail is None or mail.is_sent_then or not mail.shows_others or self._copies(Kind.FIVE_IN_TO):
            raise self._wrong("waits")
        self._passed("waits")
        await self._click(Kind.FIVE_IN_TO, "individual")
        people = set(self._samples[Kind.FIVE_IN_TO].recipients)
        await self._until(
            "individual", lambda: {one.recipients for one in self._variants()} == {(who,) for who in people}
        )
        for arrival in self._variants():
            shown = arrival.head.octets.lower()
            if any(who.encode() in shown for who in people if (who,) != arrival.recipients):
                raise self._wrong("individual")

    def _variants(self) -> list[Arrival]:
        """What arrived of the mail to five, changed for each of them."""
        subject = Head(head_of(self._samples[Kind.FIVE_IN_TO].content)).first("Subject")
        digest = sha256(self._samples[Kind.FIVE_IN_TO].content).digest()
        return [
            arrival
            for arrival in self._demonstration.world.arrivals
            if arrival.head.first("Subject") == subject and arrival.digest != digest
        ]

    async def _look_at_what_was_cancelled(self) -> None:
        overview: Overview = await self._demonstration.look()
        states = {entry.queue_id: entry.state for entry in overview.not_sent}
        if states.get(self._demonstration.sent[Kind.CLIENT]) is not State.CANCELLED or self._copies(Kind.CLIENT):
            raise self._wrong("cancelled")
        self._passed("cancelled")

    def _look_at_what_arrived(self) -> None:
        sent = {sha256(sample.content).digest() for sample in self._samples.values()}
        variants = self._variants()
        changed = [
            arrival
            for arrival in self._demonstration.world.arrivals
            if arrival.digest not in sent and arrival not in variants
        ]
        # Of all that arrived, only the report about the wrong address is neither a sample nor made of one.
        if len(changed) != 1 or not self._is_report(changed[0]):
            raise self._wrong("identical")
        self._passed(
            "identical",
        )
        hidden = [address for address in self._samples[Kind.BCC].recipients
                  if address.encode() not in self._samples[Kind.BCC].content]  # fmt: skip
        lines = b"".join(arrival.added + arrival.head.octets for arrival in self._demonstration.world.arrivals)
        if not hidden or any(address.encode() in lines for address in hidden):
            raise self._wrong("bcc")
        self._passed("bcc")

    # -- what happened so far

    @property
    def _deadline(self) -> datetime:
        """No timer may send before this; taken before the first mail was handed over."""
        return self._accepted_at + timedelta(minutes=self._demonstration.hold_minutes)

    def _copies(self, kind: Kind) -> list[Arrival]:
        digest = sha256(self._samples[kind].content).digest()
        return [arrival for arrival in self._demonstration.world.arrivals if arrival.digest == digest]

    def _has_arrived(self, kind: Kind) -> bool:
        reached = {address for arrival in self._copies(kind) for address in arrival.recipients}
        return reached == set(self._samples[kind].recipients)

    def _outside_arrivals(self, kind: Kind) -> list[datetime]:
        own = ACCOUNT.partition("@")[2]
        return [
            arrival.at
            for arrival in self._copies(kind)
            if any(not address.endswith(f"@{own}") for address in arrival.recipients)
        ]

    def _was_refused(self, address: str) -> bool:
        return any(refusal.recipient == address for refusal in self._demonstration.world.refusals)

    def _has_bounced(self) -> bool:
        return self._was_refused(UNKNOWN) and any(
            self._is_report(arrival) for arrival in self._demonstration.world.arrivals
        )  # fmt: skip

    @staticmethod
    def _is_report(arrival: Arrival) -> bool:
        kind = arrival.head.first("Content-Type") or b""
        return arrival.sender == "" and arrival.recipients == (ACCOUNT,) and kind.startswith(b"multipart/report")

    # -- tools

    async def _until(self, check: str, holds: Callable[[], bool], seconds: float = 0.0) -> None:
        clock = self._demonstration.service.clock
        give_up_at = clock.monotonic() + seconds + self._wait_seconds
        while not holds():
            if clock.monotonic() > give_up_at:
                raise self._wrong(check)
            await asyncio.sleep(_LOOK_SECONDS)
        self._passed(check)

    def _ask(self, method: str, path: str) -> str:
        """What the page answers to a browser; blocks."""
        connection = http.client.HTTPConnection("127.0.0.1", self._demonstration.page_port, timeout=_HTTP_SECONDS)
        try:
            connection.request(method, path, headers={"Sec-Fetch-Site": "same-origin"})
            answer = connection.getresponse()
            body = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        if answer.status not in {200, 303}:
            raise _Wrong(f"{method} {path}: {answer.status}")
        return body

    def _wrong(self, check: str, **values: object) -> _Wrong:
        said = self._terminal.word(f"demo.smoke.{check}", **values)
        return _Wrong(self._terminal.word("demo.smoke.not_so", what=said))

    def _passed(self, check: str, **values: object) -> None:
        self._terminal.line(f"  OK  {self._terminal.word(f'demo.smoke.{check}', **values)}")
