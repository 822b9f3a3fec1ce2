"""What opens an incident without anybody saying so: a rule that says it does, and a mail that comes back.

Each is done in the transaction of what it rests on, so that none is missed. A mail that came back opens one where it
had been held for a danger and a person sent it readable: what they answered was perhaps wrong. What came back closed
could be read by nobody, and the others rightly get its password. Where all the danger was that outsiders see each
other, and they left hidden, an old address among many is none. Once for each mail.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

import structlog

from mailguard import audit
from mailguard.delivery.bounce import Bounce
from mailguard.incidents import look_back_queries as queries
from mailguard.incidents.opening import ACTOR, Opening, Openings
from mailguard.incidents.records import IncidentRecords
from mailguard.model.address import comparable
from mailguard.model.audit import AuditAction, AuditEvent
from mailguard.model.queue import QueueId
from mailguard.model.verdict import Obligation, Verdict
from mailguard.policy.rules import RuleSet
from mailguard.spool import Mail, Spool
from mailguard.spool.traces import Trace, mark
from mailguard.store import Transaction

IDS_MAX = 10
"""Message-IDs of a report that are looked for, and mails with the same one."""

_HIDING = frozenset({Obligation.HIDE_RECIPIENTS.value, Obligation.SEND_INDIVIDUALLY.value})

log = structlog.get_logger()


class Triggers:
    """Opens incidents for workers; one per node. ``rules``: those in force."""

    def __init__(
        self, spool: Spool, openings: Openings, records: IncidentRecords, rules: Callable[[], RuleSet]
    ) -> None:
        self._spool = spool
        self._openings = openings
        self._records = records
        self._rules = rules

    def judged(self, transaction: Transaction, queue_id: QueueId, verdicts: Iterable[Verdict]) -> None:
        """A mail was judged: where one of its rules opens an incident, that is done."""
        opening = self._rules().opening
        # Nearly every office has none, and this is on the way of every mail.
        if opening and (spoke := opening.intersection(reason for one in verdicts for reason in one.reasons)):
            self._open(transaction, queue_id, {"by": "rule", "rules": sorted(spoke)})

    def came_back(self, transaction: Transaction, queue_id: QueueId, positions: Collection[int]) -> bool:
        """These recipients were refused for good; whether that opened an incident."""
        return self._was_danger(transaction, queue_id, positions) and self._open(
            transaction, queue_id, {"by": "bounce", "positions": sorted(positions)}
        )

    def reported_back(self, transaction: Transaction, bounce: Bounce) -> None:
        """A report of another server says that a mail came back, perhaps one of ours: that is on record.

        It proves nothing: whoever got the mail could have written it, and knows what the mail is called.
        """
        failed = {comparable(one) for one in bounce.failed}
        for queue_id in self._named(transaction, bounce.message_ids[:IDS_MAX]):
            mail = self._spool.mail(transaction, queue_id)
            positions = [one.key.position for one in mail.recipients if comparable(one.path.address) in failed]
            if positions:
                self._note(transaction, mail, positions)
                self.came_back(transaction, queue_id, positions)

    @staticmethod
    def _note(transaction: Transaction, mail: Mail, positions: Sequence[int]) -> None:
        """Put on record who it is said to have come back from, once each; of parcels ``parcels.passwords`` does."""
        queue_id = mail.submission.queue_id
        known = {
            position
            for event in audit.events_of(transaction, queue_id)
            if event.action is AuditAction.BOUNCED_LATER
            for position in event.numbers()
        }
        verdicts = {one.key.position: one.verdict for one in mail.recipients}
        closed = {at for at, one in verdicts.items() if one is not None and Obligation.PROTECT in one.obligations}
        if new := sorted({*positions} - known - closed):
            details: dict[str, object] = {"positions": new}
            audit.append(transaction, AuditEvent(transaction.now, ACTOR, AuditAction.BOUNCED_LATER, queue_id, details))

    def _named(self, transaction: Transaction, message_ids: Sequence[str]) -> list[QueueId]:
        found: dict[QueueId, None] = {}
        for one in message_ids:
            kind, digest = mark(self._spool.trace_key, Trace.MESSAGE, one)
            found |= dict.fromkeys(queries.mails_marked(transaction, kind.value, digest, IDS_MAX))
        return list(found)

    def _was_danger(self, transaction: Transaction, queue_id: QueueId, positions: Collection[int]) -> bool:
        released: set[object] = set()
        for event in audit.events_of(transaction, queue_id):
            dangers = event.details.get("danger")
            if event.action is not AuditAction.RELEASED or not isinstance(dangers, list):
                continue
            if not (_left_closed(event) or self._left_hidden(event)):
                released |= set(dangers)
        return not released.isdisjoint(positions)

    def _left_hidden(self, event: AuditEvent) -> bool:
        """Whether it was held only because outsiders would see each other, and they do not."""
        spoke, rules = event.details.get("rules"), self._rules()
        harmless = rules.quiet | {rule.id for rule in rules.rules if rule.is_exposure}
        is_hidden = not _HIDING.isdisjoint(_done(event)) and not event.details.get("waived")
        return is_hidden and isinstance(spoke, list) and harmless.issuperset(spoke)

    def _open(self, transaction: Transaction, queue_id: QueueId, why: dict[str, object]) -> bool:
        if any(not one.is_drill for one in self._records.of_mail(transaction, queue_id)):
            return False
        opened = self._openings.open_for_mail(queue_id, ACTOR, Opening(why=why))(transaction)
        log.warning("incident_opened", incident=opened.incident_id, queue_id=queue_id, by=why["by"])
        return True


def _left_closed(event: AuditEvent) -> bool:
    """Whether what was released had to be protected, and was."""
    return Obligation.PROTECT.value in _done(event) and not event.details.get("waived")


def _done(event: AuditEvent) -> list[object]:
    obligations = event.details.get("obligations")
    return obligations if isinstance(obligations, list) else []
