"""Looks into one mail: reads it, asks the office's history and the DNS, and lets the rules judge.

The stages are pure; this module is what brings them the mail and the answers. Large contents are read one at a time, so
that what looking takes stays bounded.
"""

from __future__ import annotations

import asyncio

from mailguard.correspondents import recall
from mailguard.judging import judge_mail, looked_at
from mailguard.judging.active import ActivePolicy
from mailguard.mime.message import unstuffed
from mailguard.model.knowledge import Knowledge, Lesson, Question
from mailguard.model.verdict import Judgement
from mailguard.policy.facts import Occasion, Situation
from mailguard.policy.rules import RuleSet
from mailguard.spool import Mail, Spool
from mailguard.workers.acquaintances import Acquaintances
from mailguard.workers.mail_domains import MailDomains

BRIEF_BYTES = 64 * 1024
"""Contents up to this size are read on the event loop: a thread would cost more than it spares the others."""


class MailJudge:
    """One per node; safe to use for many mails at the same time."""

    def __init__(self, spool: Spool, policy: ActivePolicy, domains: MailDomains, acquaintances: Acquaintances) -> None:
        self._spool = spool
        self._policy = policy
        self._domains = domains
        self._acquaintances = acquaintances
        self._one_large = asyncio.Semaphore(1)

    async def judge(self, mail: Mail) -> tuple[Judgement, Lesson | None]:
        """The judgement and what a delivery will teach. Raises whatever goes wrong in looking."""
        rules = self._policy.rules
        situation = await self._look(mail, rules)
        question = situation.question
        knowledge = await self._asked(question)
        new = [
            domain
            for domain in situation.people.outside_domains
            if not knowledge.by_domain.get(domain) and domain not in question.stated
        ]
        unreachable = await self._domains.cannot_receive(new) if new else {}
        judged = judge_mail(situation, knowledge, rules, unreachable)
        return judged.judgement, judged.lesson

    async def _asked(self, question: Question) -> Knowledge:
        known = self._acquaintances.answer(question)
        if known is None:
            known = await self._spool.store.read(lambda connection: recall(connection, question))
            self._acquaintances.note(question, known)
        return known

    async def _look(self, mail: Mail, rules: RuleSet) -> Situation:
        occasion = occasion_of(mail)
        if mail.plain is not None and len(mail.plain) <= BRIEF_BYTES:
            return looked_at(unstuffed(mail.plain), occasion, rules)
        async with self._one_large:
            wire = mail.plain
            if wire is None:
                wire = b"".join([frame async for frame in self._spool.stream_content(mail.submission.content_id)])
            return await asyncio.to_thread(looked_at, unstuffed(wire), occasion, rules)


def occasion_of(mail: Mail) -> Occasion:
    """What surrounds a mail."""
    submission = mail.submission
    envelope = submission.envelope
    return Occasion(
        reverse_path=envelope.reverse_path,
        forward_paths=tuple(path.address for path in envelope.forward_paths),
        at=submission.accepted_at,
        source=submission.session.source,
        is_automatic=submission.automatic,
        size=submission.size,
    )
