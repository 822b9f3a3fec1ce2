"""One full round without a person: what the demonstration shows, looked at by a program.

Every wait has an end, and all of it takes about ten seconds and never more than ``ROUND_SECONDS``. What people would
click on the office's pages is clicked there over HTTP, without a script, signed in with what came by mail.
"""

from __future__ import annotations

import asyncio
import http.client
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from html import escape
from urllib.parse import urlsplit

import aiosmtplib

from mailguard.demo.browsing import Browser, NoSuchButton
from mailguard.demo.demonstration import Demonstration
from mailguard.demo.office import pages_address
from mailguard.demo.people import CLERK, MANAGER, OFFICER, Colleague
from mailguard.demo.protected import opened, passwords_in, readable, squeezed
from mailguard.demo.samples import ACCOUNT, BUSY, NUMBERS, PAUSED, ROSTER_FILE, STOPPED, UNKNOWN, Kind, Sample
from mailguard.demo.terminal import Terminal
from mailguard.demo.world import Arrival
from mailguard.mime.head import Head, head_of
from mailguard.model.documents import DocumentKind
from mailguard.model.queue import QueueId

ROUND_SECONDS = 180.0
WAIT_SECONDS = 45.0
_LOOK_SECONDS = 0.05
_ANOTHER_WORD = "wrong-wrong-wrong"


class _Wrong(Exception):
    """Something did not go as it should; the words are for people."""


class Round:
    """The round. ``take`` once. ``wait_seconds``: how long each step may take, beyond what it waits for a timer."""

    def __init__(self, demonstration: Demonstration, terminal: Terminal, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._wait_seconds = wait_seconds
        self._demonstration = demonstration
        self._terminal = terminal
        self._samples: dict[Kind, Sample] = {}
        self._accepted_at = demonstration.service.parts.clock.now()
        self._pages = pages_address(demonstration.web_port)
        self._clerk = Browser(self._pages)

    async def take(self) -> bool:
        """Whether all of it worked; says so, and what arrived."""
        clock = self._demonstration.service.parts.clock
        began = clock.monotonic()
        reason = ""
        try:
            async with asyncio.timeout(ROUND_SECONDS):
                await self._take()
        except _Wrong as wrong:
            reason = str(wrong)
        except TimeoutError:
            reason = self._terminal.word("demo.smoke.too_long", seconds=f"{ROUND_SECONDS:g}")
        except (OSError, http.client.HTTPException, aiosmtplib.SMTPException, NoSuchButton) as error:
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
        await self._sign_in(self._clerk, CLERK)
        self._passed("signed_in")
        self._accepted_at = self._demonstration.service.parts.clock.now()
        self._samples = {sample.kind: sample for sample in await self._demonstration.send_samples()}
        self._passed("accepted", count=len(self._samples))
        await self._until("at_once", lambda: self._has_arrived(Kind.COLLEAGUE) and self._has_arrived(Kind.AUTOMATIC))
        await self._look_at_what_is_held()
        # Two that wait for days, so that no slow machine sends them by itself.
        await self._click(Kind.LOOKALIKE, "cancel")
        await self._click(Kind.FORGOTTEN, "send", organisation="aozora")
        await self._until("released", lambda: self._has_arrived(Kind.FORGOTTEN))
        await self._answer_what_is_asked()
        await self._until("bounce", self._has_bounced)
        await self._until("retried", lambda: self._has_arrived(Kind.BUSY) and self._was_refused(BUSY))
        await self._follow_a_notice()
        await self._wait_for_timers()
        await self._move_to_bcc()
        await self._approve()
        await self._look_at_what_was_cancelled()
        await self._until("protected", self._is_protected)
        await self._until("password", self._is_opened)
        self._look_at_what_arrived()
        await self._answer_by_mail()

    # -- the steps

    async def _sign_in(self, browser: Browser, person: Colleague) -> None:
        """With the code that comes to the mailbox, and the telephone's digits where they are asked for."""
        before = len(self._codes(person))
        await asyncio.to_thread(browser.open, "/sign-in")
        await asyncio.to_thread(browser.press, "/sign-in/code", address=person.address)
        await self._wait("signed_in", lambda: len(self._codes(person)) > before)
        await asyncio.to_thread(browser.press, "/sign-in/code/check", code=self._codes(person)[0])
        telephone = self._demonstration.telephones.get(person.address)
        if telephone is not None:
            digits = telephone.code(self._demonstration.service.parts.clock.now())
            await asyncio.to_thread(browser.press, "/sign-in/step", code=digits)

    def _codes(self, person: Colleague) -> list[str]:
        """Codes that were mailed to somebody, the newest first."""
        return [one.letter.code for one in self._demonstration.world.mailbox(person.address) if one.letter.code]

    async def _look_at_what_is_held(self) -> None:
        wanted = {self._demonstration.sent[kind] for kind in STOPPED}
        await self._wait_for_hold(wanted)
        shown = await asyncio.to_thread(self._clerk.open, "/mails?box=decision")
        words = [escape(self._subject(kind)) for kind in STOPPED]
        if any(word not in shown for word in (*words, *(f"/mails/{one}" for one in wanted))):
            raise self._wrong("held", count=len(wanted))
        self._passed("held", count=len(wanted))

    def _subject(self, kind: Kind) -> str:
        return Head(head_of(self._samples[kind].content)).first_text("Subject") or "-"

    async def _click(self, kind: Kind, action: str, **fields: str) -> None:
        """The clerk opens a mail and presses one of its buttons."""
        path = f"/mails/{self._demonstration.sent[kind]}"
        await asyncio.to_thread(self._clerk.open, path)
        await asyncio.to_thread(self._clerk.press, f"{path}/{action}", **fields)

    async def _answer_what_is_asked(self) -> None:
        """Pressing the button alone sends nothing where the page asks; with the answer it does."""
        try:
            await self._click(Kind.ROSTER, "send")
        except NoSuchButton:
            # The page came back with what is missing (422).
            self._passed("asked")
        else:
            raise self._wrong("asked")
        await self._click(Kind.ROSTER, "send", organisation="insatsu")

    async def _follow_a_notice(self) -> None:
        """Somebody who is not signed in opens the link of a notice: that mail, and none of its text."""
        subject = self._subject(Kind.FIVE_IN_TO)
        told: list[str] = []

        def is_told() -> bool:
            mailbox = self._demonstration.world.mailbox(ACCOUNT)
            told[:] = [link for one in mailbox if subject in one.subject for link in one.letter.links]
            return bool(told)

        await self._wait("told", is_told)
        shown = await asyncio.to_thread(Browser(self._pages).open, urlsplit(told[0]).path)
        if escape(subject) not in shown or "来月の展示会のご案内です" in shown:
            raise self._wrong("told")
        self._passed("told")

    async def _wait_for_timers(self) -> None:
        service = self._demonstration.service
        left = (self._deadline - service.parts.clock.now()).total_seconds() + service.parts.settings.hold.grace_seconds
        await self._until("timer", lambda: all(map(self._has_arrived, PAUSED)), max(0.0, left))
        if any(at < self._deadline for kind in PAUSED for at in self._outside_arrivals(kind)):
            raise self._wrong("timer")

    async def _move_to_bcc(self) -> None:
        people = set(self._samples[Kind.FIVE_IN_TO].recipients)
        shown = await asyncio.to_thread(self._clerk.open, f"/mails/{self._demonstration.sent[Kind.FIVE_IN_TO]}")
        if "5名" not in shown or self._copies(Kind.FIVE_IN_TO):
            raise self._wrong("waits")
        self._passed("waits")
        await self._click(Kind.FIVE_IN_TO, "fix", mending="to_bcc")
        await self._click(Kind.FIVE_IN_TO, "send")
        await self._until("mended", lambda: {who for one in self._variants() for who in one.recipients} == people)
        for arrival in self._variants():
            shown = arrival.head.octets.lower().decode("latin-1")
            if any(who in shown for who in people if (who,) != arrival.recipients):
                raise self._wrong("mended")

    async def _approve(self) -> None:
        """The superior finds the contract in the list of approvals and approves it."""
        manager, path = Browser(self._pages), f"/mails/{self._demonstration.sent[Kind.CONTRACT]}"
        await self._sign_in(manager, MANAGER)
        if path not in await asyncio.to_thread(manager.open, "/approvals") or self._copies(Kind.CONTRACT):
            raise self._wrong("approved")
        await asyncio.to_thread(manager.open, path)
        await asyncio.to_thread(manager.press, f"{path}/approval", said="yes", organisation="aozora")
        await self._until("approved", lambda: self._has_arrived(Kind.CONTRACT))

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
        path = f"/mails/{self._demonstration.sent[Kind.LOOKALIKE]}"
        if self._copies(Kind.LOOKALIKE) or path not in await asyncio.to_thread(
            self._clerk.open, "/mails?box=cancelled"
        ):
            raise self._wrong("cancelled")
        self._passed("cancelled")

    def _is_protected(self) -> bool:
        """Whether the mail with personal data arrived protected, with nothing readable of that data."""
        sample = self._samples[Kind.ROSTER]
        arrived = [one for one in self._demonstration.world.arrivals if one.recipients == sample.recipients]
        shown = "".join(readable(one.content) for one in [*arrived, *self._noticed(is_protected=False)])
        values = (*sample.in_text, *sample.in_file)
        return len(self._noticed()) == 1 and not any(squeezed(value) in shown for value in values)

    def _is_opened(self) -> bool:
        """Whether the password the sender got, and not another one, opens the file, and all that was sent is in it."""
        sample = self._samples[Kind.ROSTER]
        told = [one for one in self._noticed(is_protected=False) if one.recipients == (ACCOUNT,)]
        passwords = [word for one in told for word in passwords_in(one.content)]
        if len(passwords) != 1:
            return False
        (content,) = (one.content for one in self._noticed())
        inside = opened(content, passwords[0])
        if inside is None or opened(content, _ANOTHER_WORD) is not None:
            return False
        words = squeezed("".join(octets.decode("utf-8", "replace") for octets in inside.values()))
        return inside.get(ROSTER_FILE) == sample.file and all(squeezed(value) in words for value in sample.in_text)

    def _noticed(self, *, is_protected: bool = True) -> list[Arrival]:
        """What arrived protected, or what tells a password."""
        return [
            arrival
            for arrival in self._demonstration.world.arrivals
            if arrival.notice is not None and arrival.notice.is_protected == is_protected
        ]

    def _look_at_what_arrived(self) -> None:
        sent = {sha256(sample.content).digest() for sample in self._samples.values()}
        variants = self._variants()
        changed = [
            arrival
            for arrival in self._demonstration.world.arrivals
            if arrival.digest not in sent and arrival not in variants and not _is_told(arrival)
        ]
        # Of all that arrived, only the report about the wrong address is neither a sample nor made of one, nor a
        # notice, nor tells a code or a password.
        if len(changed) != 1 or not self._is_report(changed[0]):
            raise self._wrong("identical")
        self._passed("identical")
        hidden = [address for address in self._samples[Kind.BCC].recipients
                  if address.encode() not in self._samples[Kind.BCC].content]  # fmt: skip
        lines = b"".join(arrival.added + arrival.head.octets for arrival in self._demonstration.world.arrivals)
        if not hidden or any(address.encode() in lines for address in hidden):
            raise self._wrong("bcc")
        self._passed("bcc")

    async def _answer_by_mail(self) -> None:
        """The clerk reports a mail, the officer asks for its deletion, the wrong recipient answers by mail alone."""
        mail, officer = self._demonstration.sent[Kind.FORGOTTEN], Browser(self._pages)
        await self._click(Kind.FORGOTTEN, "mistake")
        await self._sign_in(officer, OFFICER)
        shown = await asyncio.to_thread(officer.open, f"/incidents/from/{mail}")
        found = re.search(r"/incidents/(\d{4}-\d{4})\b", shown)
        if found is None:
            raise self._wrong("answered")
        letter = f"{found[0]}/documents/{DocumentKind.DELETION_REQUEST.value}"
        await asyncio.to_thread(officer.open, f"{found[0]}/documents")
        await asyncio.to_thread(officer.press, f"{letter}/open")
        await asyncio.to_thread(officer.press, letter, act="save")
        await asyncio.to_thread(officer.press, f"{letter}/release", to=f"{mail}-0", confirmed="yes")
        asked: list[Arrival] = []

        def is_asked() -> bool:
            asked[:] = [one for one in self._demonstration.world.arrivals if one.answers_at]
            return bool(asked)

        await self._wait("answered", is_asked)
        await self._demonstration.answer(asked[0].digest.hex(), NUMBERS[0])
        # The officer hears of it, and has the mail itself.
        await self._until("answered", lambda: len(self._told_of(found[1])) > 1 and self._has_reply(asked[0].subject))

    def _told_of(self, incident_id: str) -> list[Arrival]:
        mailbox = self._demonstration.world.mailbox(OFFICER.address)
        return [one for one in mailbox if incident_id in one.subject]

    def _has_reply(self, subject: str) -> bool:
        mailbox = self._demonstration.world.mailbox(OFFICER.address)
        return any(one.subject == f"Re: {subject}" for one in mailbox)

    # -- what happened so far

    @property
    def _deadline(self) -> datetime:
        """No timer may send before this; taken before the first mail was handed over."""
        return self._accepted_at + timedelta(minutes=self._demonstration.pace.hold_minutes)

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
        await self._wait(check, holds, seconds)
        self._passed(check)

    async def _wait(self, check: str, holds: Callable[[], bool], seconds: float = 0.0) -> None:
        clock = self._demonstration.service.parts.clock
        give_up_at = clock.monotonic() + seconds + self._wait_seconds
        while not holds():
            if clock.monotonic() > give_up_at:
                raise self._wrong(check)
            await asyncio.sleep(_LOOK_SECONDS)

    async def _wait_for_hold(self, queue_ids: set[QueueId]) -> None:
        clock = self._demonstration.service.parts.clock
        give_up_at = clock.monotonic() + self._wait_seconds
        while not queue_ids <= {mail.submission.queue_id for mail in await self._demonstration.held()}:
            if clock.monotonic() > give_up_at:
                raise self._wrong("held", count=len(queue_ids))
            await asyncio.sleep(_LOOK_SECONDS)

    def _wrong(self, check: str, **values: object) -> _Wrong:
        said = self._terminal.word(f"demo.smoke.{check}", **values)
        return _Wrong(self._terminal.word("demo.smoke.not_so", what=said))

    def _passed(self, check: str, **values: object) -> None:
        self._terminal.line(f"  OK  {self._terminal.word(f'demo.smoke.{check}', **values)}")


def _is_told(arrival: Arrival) -> bool:
    """Whether it is a mail of the office's own about mail, or protected."""
    return arrival.notice is not None or arrival.head.first("Auto-Submitted") == b"auto-generated"
