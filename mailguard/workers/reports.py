"""What an attempt's result means for a recipient, and what its sender is told about it.

Reports are submitted in the transaction that records the outcome: a bounce without its report does not exist.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from mailguard.config import OfficeSettings
from mailguard.delivery.dsn import Reported, ReportKind, wants_report
from mailguard.delivery.retry import Next, RetrySchedule
from mailguard.delivery.transaction import RecipientResult
from mailguard.errors import MailguardError
from mailguard.model.delivery import Outcome
from mailguard.model.queue import Recipient, State
from mailguard.parcels.passwords import is_carrier
from mailguard.spool import Mail, Spool
from mailguard.spool.reports import reporter_of, submit_report
from mailguard.store import Transaction


@dataclass(frozen=True, slots=True)
class Decision:
    """Where one recipient goes: state and new values, and the kind of report its sender gets, if any."""

    recipient: Recipient
    result: RecipientResult
    following: Next
    changes: dict[str, Any]
    kind: ReportKind | None

    @property
    def state(self) -> State:
        """The state it goes to."""
        return self.following.state


class Reports:
    """One per node. ``hint`` is called when a report waits to be delivered."""

    def __init__(
        self, spool: Spool, schedule: RetrySchedule, office: OfficeSettings, zone: Callable[[], tzinfo]
    ) -> None:
        self._spool = spool
        self._schedule = schedule
        self._office = office
        self._zone = zone
        self.hint: Callable[[], None] = _nothing

    async def head(self, mail: Mail, results: Sequence[RecipientResult]) -> bytes:
        """What a report would quote of the mail, read before the transaction; empty where none can be needed."""
        if not mail.submission.envelope.reverse_path:
            return b""
        if all(result.outcome is Outcome.DELIVERED for result in results) and not any(
            wants_report(recipient.path, ReportKind.RELAYED) for recipient in mail.recipients
        ):
            return b""
        if mail.plain is not None:
            return mail.plain
        try:
            return await self._spool.head(mail.submission.content_id)
        except MailguardError:
            # The report says what happened; that it cannot quote the header is the smaller loss.
            return b""

    def decide(self, mail: Mail, recipient: Recipient, result: RecipientResult, now: datetime) -> Decision:
        """What follows for one recipient."""
        following = self._schedule.after(
            result.outcome,
            attempts=recipient.attempts,
            doubts=recipient.doubts,
            now=now,
            expires_at=recipient.expires_at,
            jitter=random.random(),  # noqa: S311  spreads retries, protects nothing
        )
        if is_carrier(mail.submission) and result.outcome is Outcome.UNKNOWN:
            # A password is never sent twice: its sender tells it instead (``Passwords.carrier_failed``).
            following = replace(following, state=State.BOUNCED, due_at=None)
        changes: dict[str, Any] = {"due_at": following.due_at, "lease_owner": None, "doubts": following.doubts}
        kind = self._kind(mail, recipient, result, following, now)
        if kind is ReportKind.DELAYED:
            changes["delay_told"] = True
        return Decision(recipient, result, following, changes, kind)

    def submit(self, transaction: Transaction, mail: Mail, head: bytes, decisions: Sequence[Decision]) -> bool:
        """Add the reports these decisions ask for, one of each kind; whether there is any."""
        submitted, reporter = False, reporter_of(self._office, self._zone())
        for kind in ReportKind:
            told = [decision for decision in decisions if decision.kind is kind]
            if told:
                reported = [
                    Reported(one.recipient.path, one.result.reply, one.result.next_hop, one.following.expired)
                    for one in told
                ]
                until = min((one.recipient.expires_at for one in told if one.recipient.expires_at), default=None)
                submitted |= submit_report(
                    self._spool, transaction, reporter, kind, mail.submission, head, reported, until
                )
        return submitted

    def _kind(
        self, mail: Mail, recipient: Recipient, result: RecipientResult, following: Next, now: datetime
    ) -> ReportKind | None:
        if is_carrier(mail.submission):
            # The sender never wrote it, and hears of it in other words.
            return None
        match following.state:
            case State.BOUNCED:
                return ReportKind.FAILED
            case State.DELIVERED if not result.dsn_passed_on and wants_report(recipient.path, ReportKind.RELAYED):
                return ReportKind.RELAYED
            case State.DEFERRED if (
                # Who waits for an administrator is not "still being tried".
                following.due_at is not None
                and self._schedule.wants_delay_notice(mail.submission.accepted_at, now, told=recipient.delay_told)
            ):
                return ReportKind.DELAYED
            case _:
                return None


def _nothing() -> None:
    """Nobody waits for a hint."""
