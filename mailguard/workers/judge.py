"""Looks into one mail: reads it, asks the office's history and the DNS, and lets the rules judge.

The stages are pure; this module is what brings them the mail and the answers. What hostile mail could do is done to a
process apart (``looking.py``).
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from mailguard.correspondents import recall, signature_of
from mailguard.judging import judge_mail
from mailguard.judging.active import ActivePolicy
from mailguard.judging.past_mail import occasion_of
from mailguard.judging.placing import placed
from mailguard.mime.message import unstuffed
from mailguard.model.address import comparable
from mailguard.model.knowledge import Knowledge, Lesson, Question
from mailguard.model.verdict import Judgement
from mailguard.policy.facts import Occasion, Situation
from mailguard.policy.rules import RuleSet
from mailguard.spool import Mail, Spool
from mailguard.workers.acquaintances import Acquaintances
from mailguard.workers.looking import Signatures
from mailguard.workers.mail_domains import MailDomains

SMALL_BYTES = 256 * 1024
LARGE_AT_ONCE = 2
"""Contents above ``SMALL_BYTES`` that are in memory at a time, so that what looking takes stays bounded."""


class Looks(Protocol):
    """Who looks into mail (``looking.Looking``)."""

    async def look(self, octets: bytes, occasion: Occasion, rules: RuleSet, learned: frozenset[bytes]) -> Situation:
        """The mail as read."""


class MailJudge:
    """One per node; safe to use for many mails at the same time."""

    def __init__(
        self,
        spool: Spool,
        policy: ActivePolicy,
        domains: MailDomains,
        acquaintances: Acquaintances,
        looking: Looks,
        signatures: Signatures,
    ) -> None:
        self._spool = spool
        self._policy = policy
        self._domains = domains
        self._acquaintances = acquaintances
        self._looking = looking
        self._signatures = signatures
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)

    async def judge(self, mail: Mail) -> tuple[Judgement, Lesson | None]:
        """The judgement, a verdict for each forward-path, and what a delivery will teach. Raises whatever goes wrong in
        looking.
        """
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
        return placed(judged.judgement, mail.submission), judged.lesson

    async def _asked(self, question: Question) -> Knowledge:
        known = self._acquaintances.answer(question)
        if known is None:
            known = await self._spool.store.read(lambda connection: recall(connection, question))
            self._acquaintances.note(question, known)
        return known

    async def _look(self, mail: Mail, rules: RuleSet) -> Situation:
        occasion = occasion_of(mail)
        learned = await self._signature_of(comparable(occasion.reverse_path))
        if mail.plain is not None and len(mail.plain) <= SMALL_BYTES:
            return await self._looking.look(unstuffed(mail.plain), occasion, rules, learned)
        async with self._large:
            wire = mail.plain
            if wire is None:
                wire = b"".join([frame async for frame in self._spool.stream_content(mail.submission.content_id)])
            return await self._looking.look(unstuffed(wire), occasion, rules, learned)

    async def _signature_of(self, sender: str) -> frozenset[bytes]:
        known = self._signatures.of(sender)
        if known is None:
            known = await self._spool.store.read(lambda connection: signature_of(connection, sender))
            self._signatures.note(sender, known)
        return known
