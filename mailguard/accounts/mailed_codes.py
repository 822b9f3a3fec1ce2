"""Signing in with a one-time code, or a link, mailed to one's own mailbox: an office has no accounts to look after.

Whatever address is typed, the answer is the same: a ceremony is begun and committed, and only afterwards it is looked
whether anybody is to get a mail. So neither words nor time tell whether an address exists, is the office's, or is
disabled. A code counts in the browser that began (its ceremony), once, for ``code_minutes``, with ``TRIES_MAX`` tries.
The link counts in whatever browser it is opened, because phones open mails elsewhere; opening it changes nothing.

Nobody's mailbox is flooded: at most ``OPEN_MAX`` codes of an address are open, and a client address that asks for many
must wait longer and longer.
"""

from __future__ import annotations

import asyncio
import hmac
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta, tzinfo

import structlog

from mailguard.accounts import ceremony_queries, session_queries
from mailguard.accounts.bearer import hash_of
from mailguard.accounts.ceremonies import Ceremonies, Kind, new_token
from mailguard.accounts.code_mail import CodeMail, code_mail
from mailguard.accounts.factors import Factor, Proved
from mailguard.accounts.lockout import Counted, Lockout, Subject
from mailguard.accounts.membership import Membership
from mailguard.clock import Clock
from mailguard.config import Settings
from mailguard.errors import CodeRefused, MailguardError
from mailguard.i18n import Language
from mailguard.mime.addresses import Mailbox
from mailguard.mime.own_mail import one_line
from mailguard.model.address import comparable
from mailguard.sealing import SecretBox
from mailguard.store import Store, Transaction
from mailguard.store.times import to_micros

log = structlog.get_logger()

DIGITS = 8
TRIES_MAX = 5
OPEN_MAX = 3
"""Open codes of one address: fifteen guesses in 10**8 while they last."""
ADDRESS_MAX = 254
"""Characters (RFC 5321 §4.5.3.1.3, less the brackets); longer ones are nobody's."""
LINK_PATH = "/sign-in/link/"

OfficeZone = Callable[[], tzinfo]
"""The zone of the office's times, as its rules have it now."""
Post = Callable[[Transaction, str, bytes], object]
"""Adds a mail of our own to a transaction: its only recipient, and its octets in wire form."""


@dataclass(frozen=True, slots=True, repr=False)
class _Begun:
    """A code that was thought up, with the words that lead to it."""

    name: str
    token: str
    link: str
    code: str


class MailedCodes:
    """Begins and ends such sign-ins. For one event loop."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        box: SecretBox,
        settings: Settings,
        lockout: Lockout,
        post: Post,
        zone: OfficeZone,
    ) -> None:
        self._store = store
        self._clock = clock
        self._box = box
        self._ceremonies = Ceremonies(box)
        self._lockout = lockout
        self._post = post
        self._zone = zone
        self._office = settings.office
        self._members = Membership(settings.office)
        self._is_on = "mailbox" in settings.sign_in.methods
        self._life = timedelta(minutes=settings.sign_in.code_minutes)
        self._public_url = settings.web.public_url.rstrip("/")
        office = settings.office
        address = settings.notices.sender or office.postmaster or f"mailguard@{office.hostname}"
        self._sender = Mailbox(address, settings.notices.name or office.name)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_on(self) -> bool:
        """Whether the office's settings have this way in."""
        return self._is_on

    async def begin(self, address: str, client_address: str, language: Language) -> str:
        """The ceremony's token, for a cookie, whoever asks.

        Raises ``SignInDelayed`` for a client that asks too often.
        """
        await self._lockout.begin(Subject(Counted.CODES_ASKED, client_address))
        name = comparable(address.strip())[:ADDRESS_MAX]
        begun = _Begun(name, new_token(), new_token(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}")
        is_one_of_few = await self._store.write(lambda transaction: self._add(transaction, begun))
        # What follows depends on who was named, so nobody waits for it.
        if is_one_of_few:
            task = asyncio.create_task(self._mail(begun, language), name="sign-in code")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return begun.token

    async def finish(self, ceremony: str, code: str, client_address: str) -> Proved:
        """Whose mailbox it is. ``code`` may be typed with blanks, hyphens and wide digits.

        Raises ``CodeRefused`` with the tries that are left; with none the browser must begin anew.
        """
        typed = "".join(letter for letter in code if letter.isdecimal())[: DIGITS + 1]
        digits = "".join(str(int(letter)) for letter in typed)

        def work(transaction: Transaction) -> Proved | int:
            found = self._ceremonies.try_once(transaction, ceremony, Kind.CODE, TRIES_MAX)
            if found is None:
                return 0
            is_right = hmac.compare_digest(found.state["code"], self._mark(digits, found.key))
            # A code that was never mailed is nobody's, even if it was guessed.
            counts = found.state["is_mailed"] and self._is_allowed(transaction, found.address)
            if not is_right or not counts:
                return TRIES_MAX - found.tries
            ceremony_queries.remove_ceremony(transaction, found.key)
            ceremony_queries.remove_ceremony(transaction, bytes.fromhex(found.state["link"]))
            return Proved(found.address, frozenset({Factor.MAILBOX}))

        outcome = await self._store.write(work)
        if isinstance(outcome, int):
            raise CodeRefused(outcome)
        await self._lockout.succeeded(Subject(Counted.CODES_ASKED, client_address))
        return outcome

    async def link_is_open(self, link: str) -> bool:
        """Whether a link still counts. For the page it leads to; changes nothing."""
        key, now = hash_of(link), to_micros(self._clock.now())
        return await self._store.read(
            lambda connection: self._ceremonies.find(connection, key, Kind.LINK, now) is not None
        )

    async def finish_link(self, link: str, ceremony: str | None = None) -> Proved:
        """Whose mailbox it is, for whoever pressed the button on the link's page; the link and its code are used up.

        ``ceremony``: what this browser had begun, which is over as well. Raises ``CodeRefused``.
        """

        def work(transaction: Transaction) -> Proved | None:
            found = self._ceremonies.take(transaction, link, Kind.LINK)
            if found is None:
                return None
            ceremony_queries.remove_ceremony(transaction, bytes.fromhex(found.state["code"]))
            if ceremony:
                self._ceremonies.take(transaction, ceremony, Kind.CODE)
            if not self._is_allowed(transaction, found.address):
                return None
            return Proved(found.address, frozenset({Factor.MAILBOX}))

        proved = await self._store.write(work)
        if proved is None:
            raise CodeRefused
        return proved

    async def close(self) -> None:
        """Wait until every mail that is owed was submitted."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _add(self, transaction: Transaction, begun: _Begun) -> bool:
        """The two ceremonies; whether a mail may be written for them."""
        key, link_key = hash_of(begun.token), hash_of(begun.link)
        open_ones = ceremony_queries.count_open(transaction, begun.name, Kind.CODE, to_micros(transaction.now))
        is_mailed = open_ones < OPEN_MAX
        state = {"code": self._mark(begun.code, key), "link": link_key.hex(), "is_mailed": is_mailed}
        self._ceremonies.add(transaction, begun.token, Kind.CODE, begun.name, state, self._life)
        self._ceremonies.add(transaction, begun.link, Kind.LINK, begun.name, {"code": key.hex()}, self._life)
        return is_mailed

    async def _mail(self, begun: _Begun, language: Language) -> None:
        try:
            is_owed = await self._store.read(lambda connection: self._is_allowed(connection, begun.name))
            if is_owed:
                octets = code_mail(self._written(begun, language))
                await self._store.write(lambda transaction: self._post(transaction, begun.name, octets))
        except MailguardError as error:
            # The person sees no mail and asks again.
            log.error("sign_in_code_not_mailed", error=type(error).__name__, cause=str(error))
        except Exception as error:
            log.exception("sign_in_code_not_mailed", error=type(error).__name__)

    def _written(self, begun: _Begun, language: Language) -> CodeMail:
        return CodeMail(
            to=begun.name,
            sender=self._sender,
            office=one_line(self._office.name, 60),
            hostname=self._office.hostname,
            language=language,
            code=begun.code,
            link=f"{self._public_url}{LINK_PATH}{begun.link}" if self._public_url else "",
            minutes=max(1, math.floor(self._life / timedelta(minutes=1))),
            now=self._clock.now(),
            zone=self._zone(),
        )

    def _is_allowed(self, reader: session_queries.Reader, name: str) -> bool:
        return self._is_on and self._members.is_mailbox(name) and not session_queries.is_disabled(reader, name)

    def _mark(self, code: str, key: bytes) -> str:
        return self._box.mark(code.encode(), f"code.{key.hex()}").hex()
