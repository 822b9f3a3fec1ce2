"""Sign-in of mail programs: what ``Accounts`` says, and refusals go on record.

Programs repeat a wrong password for days, and strangers try passwords by the thousand: beyond ``RECORDED_A_MINUTE``
refusals are counted, and the next one on record says how many there were. What is not let through to the comparison
at all (``TooManyFailures``) compared nothing, and is in the log and the metrics.
"""

from __future__ import annotations

from collections import deque

import structlog

from mailguard import audit
from mailguard.accounts.account import Account
from mailguard.accounts.membership import Membership
from mailguard.accounts.sign_in import Accounts
from mailguard.clock import Clock
from mailguard.config import OfficeSettings
from mailguard.errors import MailguardError, SignInRefused
from mailguard.model.address import comparable
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.store import Store, Transaction

RECORDED_A_MINUTE = 60
_WINDOW_SECONDS = 60.0

log = structlog.get_logger()


class MailSignIn:
    """For one event loop."""

    def __init__(self, store: Store, accounts: Accounts, office: OfficeSettings, clock: Clock) -> None:
        self._store = store
        self._accounts = accounts
        self._members = Membership(office)
        self._clock = clock
        self._recorded: deque[float] = deque(maxlen=RECORDED_A_MINUTE)
        self._left_out = 0

    async def authenticate(self, username: str, password: str, client_address: str) -> Account:
        """The account. Raises as ``Accounts.authenticate``."""
        try:
            return await self._accounts.authenticate(username, password, client_address)
        except SignInRefused:
            await self._record(comparable(username.strip()), client_address)
            raise

    async def _record(self, name: str, client_address: str) -> None:
        """On record; a name only where it can be a mailbox, because people type passwords into the wrong field."""
        now = self._clock.monotonic()
        is_full = len(self._recorded) == RECORDED_A_MINUTE
        if is_full and now - self._recorded[0] < _WINDOW_SECONDS:
            self._left_out += 1
            return
        self._recorded.append(now)
        left_out, self._left_out = self._left_out, 0
        shown = name if self._members.is_mailbox(name) else ""
        details: dict[str, object] = {"address": shown, "client": client_address, "factors": "mail program"}
        if left_out:
            details["left_out_before"] = left_out

        def work(transaction: Transaction) -> None:
            actor = Actor(ActorKind.CLIENT, shown)
            audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.SIGN_IN_FAILED, None, details))

        try:
            await self._store.write(work)
        except MailguardError as error:
            log.warning("sign_in_not_recorded", cause=str(error))
