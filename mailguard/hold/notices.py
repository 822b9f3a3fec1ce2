"""Notices to people about mail that waits, or that was decided by somebody else: each a mail of our own.

A mail is looked at once something happened to it (``spool.notices``), some seconds later, so that what was decided at
once needs no notice. What is written is written in the transaction that puts it on record: after a crash it is there
with its record or not at all, and is never written twice. Nothing is said about mail of our own, automatic mail, and
mail from the null reverse-path.

Where somebody was written to often within an hour, the next ones wait for one list, at most one an hour.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Row

from mailguard import audit
from mailguard.accounts.approvers import approvers_for
from mailguard.accounts.people import delegates_of, holders_of, person_of, persons_of
from mailguard.config import OfficeSettings
from mailguard.config.settings import NoticeSettings
from mailguard.crash_points import crash_point
from mailguard.delivery.dsn import ReportKind, wants_report
from mailguard.hold.approving import NotApproved, said_until_the_end, waiting_for, why_not_approved
from mailguard.hold.approving import Waiting as Asked
from mailguard.i18n import CATALOGUES, Language, text
from mailguard.mime.addresses import Mailbox
from mailguard.mime.head import Head, head_of
from mailguard.model.address import comparable
from mailguard.model.approval import Approval, ApproverKind
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.people import Role
from mailguard.model.queue import QueueId, Submission
from mailguard.model.verdict import Needs
from mailguard.notify.mail import Post, written
from mailguard.notify.occasions import (
    Concerned,
    Ending,
    Kind,
    Result,
    Told,
    Waiting,
    Wanted,
    ending,
    look_again_at,
    waiting,
    wanted,
)
from mailguard.notify.wording import Listed, MailTold, Reader, Situation, Words, digest, words
from mailguard.spool import Mail, Spool, notice_queries
from mailguard.spool.own_mail import submit_own
from mailguard.spool.reports import head_of_mail, is_own
from mailguard.store import Transaction
from mailguard.store.times import from_micros, from_micros_or_none, to_micros

ACTOR = Actor(ActorKind.WORKER, "notifier")
AN_HOUR = timedelta(hours=1)
GATHERED = timedelta(minutes=5)
"""How long the first list gathers what comes together."""
_OFFICERS = Approval((ApproverKind.OFFICER,))

MakeLink = Callable[[Transaction, QueueId, str], str]
"""The word of a new link to a mail, for somebody."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Attended:
    """What came of looking at a mail: whether people are newly asked, and how many mails were written."""

    asks_owner: bool = False
    asks_approvers: bool = False
    mails: int = 0


@dataclass(frozen=True, slots=True)
class _Case:
    """A mail as it stands now."""

    mail: Mail
    about: Waiting | None
    end: Ending | None
    concerned: Concerned
    has_deciders: bool
    why_not: str
    reasons: tuple[Mapping[str, str], ...]


class Notices:
    """Looks at mails and writes what is to be said. One per node; safe beside another node's."""

    def __init__(
        self,
        spool: Spool,
        office: OfficeSettings,
        settings: NoticeSettings,
        public_url: str,
        zone: Callable[[], ZoneInfo],
        make_link: MakeLink,
    ) -> None:
        """``public_url`` empty: notices carry no links."""
        self._spool = spool
        self._office = office
        self._settings = settings
        self._url = public_url.rstrip("/")
        self._zone = zone
        self._make_link = make_link
        self._wait = timedelta(seconds=settings.wait_seconds)

    def due(self, reader: notice_queries.Reader, now: datetime, limit: int = 100) -> list[QueueId]:
        """Mails to look at now, the longest due first."""
        return [row.queue_id for row in notice_queries.due(reader, to_micros(now - self._wait), limit)]

    def lists_due(self, reader: notice_queries.Reader, now: datetime, limit: int = 100) -> list[str]:
        """Who gets a list now."""
        return notice_queries.waiting_addresses(reader, to_micros(now), limit)

    def attend(self, transaction: Transaction, queue_id: QueueId) -> Attended:
        """Look at a mail and write what is to be said. Safe to call again: the second time there is nothing to say.

        Raises ``StaleState``, at the latest before the commit, where something happened to it or another node looked.
        """
        now = transaction.now
        seen = notice_queries.due_of(transaction, queue_id)
        if seen is None or seen > to_micros(now - self._wait):
            return Attended()
        mail = self._spool.mail(transaction, queue_id)
        result, again = Attended(), None
        if _is_told_about(mail.submission):
            case = self._case(transaction, mail)
            again = look_again_at(case.about, now)
            result = self._tell(transaction, case)
        next_at = None if again is None else to_micros(again - self._wait)
        key = {f"in_{name}": value for name, value in notice_queries.LOOK.items()}
        parameters = {"in_queue_id": queue_id, **key, "from_due_at": seen, "to_due_at": next_at}
        transaction.update(notice_queries.LOOKED_AT, parameters)
        crash_point("before_notice_commit")
        return result

    def write_list(self, transaction: Transaction, address: str) -> bool:
        """Write what waits for somebody's list, as far as it is still so; whether anything was.

        Raises ``StaleState``, at the latest before the commit, where another node was first.
        """
        rows = notice_queries.waiting_of(transaction, address)
        if not rows or rows[0].due_at > to_micros(transaction.now):
            return False
        listed: dict[QueueId, Listed] = {}
        for row in rows:
            entry = self._listed(transaction, row)
            if entry is not None:
                listed[row.queue_id] = entry
        told_by = None
        if listed:
            said = digest(tuple(listed.values()), self._url, self._reader(transaction, address))
            told_by = self._submit(transaction, address, said, name=secrets.token_hex(12))
            self._insert(transaction, told_by, Kind.DIGEST, address, told_by=told_by)
            event = AuditEvent(
                transaction.now, ACTOR, AuditAction.NOTICE_SENT, told_by, {"kind": Kind.DIGEST, "mails": list(listed)}
            )
            audit.append(transaction, event)
        for row in rows:
            is_told = told_by is not None and row.queue_id in listed
            parameters = {
                "in_queue_id": row.queue_id,
                "in_kind": row.kind,
                "in_address": row.address,
                "in_round": row.round,
                "to_written_at": to_micros(transaction.now) if is_told else None,
                "to_told_by": told_by if is_told else None,
            }
            transaction.update(notice_queries.END_WAITING, parameters)
        crash_point("before_notice_commit")
        return told_by is not None

    def write_to(self, transaction: Transaction, kind: Kind, address: str, said: Callable[[Reader], Words]) -> QueueId:
        """Write to somebody at once what is about no mail of theirs; the queue id of the mail that says it.

        Raises ``ValueError`` where nobody can be written to at that address.
        """
        told_by = self._submit(transaction, address, said(self._reader(transaction, address)), secrets.token_hex(12))
        self._insert(transaction, told_by, kind, address, told_by=told_by)
        event = AuditEvent(transaction.now, ACTOR, AuditAction.NOTICE_SENT, told_by, {"kind": kind.value})
        audit.append(transaction, event)
        return told_by

    def link_to(self, path: str) -> str:
        """The address of a page behind the sign-in; "" where the office has none."""
        return f"{self._url}{path}" if self._url else ""

    # -- looking

    def _case(self, transaction: Transaction, mail: Mail) -> _Case:
        queue_id = mail.submission.queue_id
        events = [one.event for one in audit.entries_of(transaction, [queue_id])]
        about = waiting(mail.recipients, events)
        asked = waiting_for(self._spool, transaction, mail, transaction.now)
        until_the_end = said_until_the_end(self._spool, transaction, mail)
        why_not = why_not_approved(asked, until_the_end, mail.recipients)
        deciders = self._deciders(transaction, mail.submission, about, asked)
        has_deciders = bool(deciders)
        needs_others = about is not None and about.needs is not Needs.SENDER and why_not is not NotApproved.REFUSED
        if needs_others and not has_deciders and self._office.postmaster:
            deciders = (comparable(self._office.postmaster),)
        owners = self._owners(transaction, mail.submission)
        concerned = Concerned(comparable(mail.submission.session.owner), owners, deciders)
        judgement = self._spool.judgement(transaction, queue_id)
        positions = set() if about is None else {one.key.position for one in about.recipients}
        explained = () if judgement is None else judgement.explanations
        reasons = [one.texts for one in explained if positions & set(one.positions)]
        if about is not None and not reasons:
            reasons = _builtin_reasons(about)
        why = "" if why_not is None else why_not.value
        return _Case(mail, about, ending(events), concerned, has_deciders, why, tuple(reasons))

    def _owners(self, transaction: Transaction, submission: Submission) -> tuple[str, ...]:
        """Who is told of a mail: those who look after its mailbox, else the mailbox itself."""
        owner = comparable(submission.session.owner or self._office.postmaster)
        delegates = persons_of(transaction, delegates_of(transaction, owner))
        able = tuple(sorted(one.address for one in delegates.values() if not one.is_disabled))
        return able or ((owner,) if "@" in owner else ())

    def _deciders(
        self, transaction: Transaction, submission: Submission, about: Waiting | None, asked: Asked | None
    ) -> tuple[str, ...]:
        """Who is asked in the sender's place; nobody who said yes already, and nobody once somebody said no."""
        if about is None or about.needs is Needs.SENDER:
            return ()
        owner = submission.session.owner
        if about.needs is Needs.ADMINISTRATOR:
            people = persons_of(transaction, holders_of(transaction, Role.ADMINISTRATOR)).values()
            able = {one.address for one in people if not one.is_disabled} - {comparable(owner)}
            return tuple(sorted(able | approvers_for(transaction, _OFFICERS, owner, transaction.now).addresses))
        if asked is None or asked.refusal is not None:
            return ()
        return tuple(sorted(asked.approvers.addresses - {one.person for one in asked.opinions}))

    # -- telling

    def _tell(self, transaction: Transaction, case: _Case) -> Attended:
        queue_id = case.mail.submission.queue_id
        rows = notice_queries.of_mail(transaction, queue_id)
        told = [
            Told(Kind(row.kind), row.address, from_micros_or_none(row.written_at))
            for row in rows
            if row.kind != Kind.DIGEST and (row.written_at is not None or row.due_at is not None)
        ]
        new = wanted(
            transaction.now,
            case.about,
            case.end,
            told,
            case.concerned,
            receipts=self._settings.receipts,
            reported=_reported(case.mail),
        )
        mails = 0
        for one in new:
            try:
                mails += self._tell_one(transaction, case, one, rows)
            except ValueError:
                log.error("notice_not_addressable", queue_id=queue_id, kind=one.kind.value)
        kinds = {one.kind for one in new}
        asks_owner = Kind.HOLD in kinds and case.about is not None and case.about.needs is Needs.SENDER
        return Attended(asks_owner, Kind.APPROVAL in kinds, mails)

    def _tell_one(self, transaction: Transaction, case: _Case, one: Wanted, rows: list[Row[Any]]) -> bool:
        """Write one notice, or have it wait for a list; whether a mail was written."""
        queue_id, now = case.mail.submission.queue_id, transaction.now
        earlier = [row for row in rows if row.address == one.address]
        number = max((row.round for row in earlier if row.kind == one.kind), default=-1) + 1
        since = to_micros(now - AN_HOUR)
        if notice_queries.mails_since(transaction, one.address, since) >= self._settings.digest_after:
            due_at = self._list_at(transaction, one.address)
            self._insert(transaction, queue_id, one.kind, one.address, number=number, due_at=due_at)
            return False
        first, is_first = _thread(queue_id, one.address), not any(row.told_by for row in earlier)
        told_by = self._submit(
            transaction,
            one.address,
            words(
                self._mail_told(transaction, case, one),
                self._situation(transaction, case, one),
                self._reader(transaction, one.address),
            ),
            name=first if is_first else secrets.token_hex(12),
            thread="" if is_first else first,
        )
        self._insert(transaction, queue_id, one.kind, one.address, number=number, told_by=told_by)
        details: dict[str, object] = {"kind": one.kind.value, "mail": told_by}
        audit.append(transaction, AuditEvent(now, ACTOR, AuditAction.NOTICE_SENT, queue_id, details))
        return True

    def _list_at(self, transaction: Transaction, address: str) -> datetime:
        """When the list comes that something new is to stand on."""
        if rows := notice_queries.waiting_of(transaction, address):
            return from_micros(rows[0].due_at)
        last = notice_queries.last_written(transaction, address, Kind.DIGEST)
        soon = transaction.now + GATHERED
        return soon if last is None else max(soon, from_micros(last) + AN_HOUR)

    def _listed(self, transaction: Transaction, row: Row[Any]) -> Listed | None:
        """A notice that waits, as it stands on a list; None where it is not so any more."""
        case = self._case(transaction, self._spool.mail(transaction, row.queue_id))
        one = Wanted(Kind(row.kind), row.address)
        is_result = one.kind in (Kind.RESULT, Kind.DISAPPROVED)
        if (case.end if is_result else case.about) is None:
            return None
        return Listed(self._told(transaction, case, link=""), self._situation(transaction, case, one))

    def _situation(self, transaction: Transaction, case: _Case, one: Wanted) -> Situation:
        is_result = one.kind in (Kind.RESULT, Kind.DISAPPROVED)
        end = case.end if is_result else None
        by = ""
        if end is not None and "@" in end.by:
            by = person_of(transaction, end.by).name or end.by
        is_elsewhere = bool(case.concerned.deciders) and one.address not in case.concerned.deciders
        still_waits = end is None or end.result in (Result.CHANGED, Result.REFUSED)
        about = case.about if still_waits else None
        why_not = case.why_not if still_waits or (end is not None and end.result is Result.EXPIRED) else ""
        return Situation(one.kind, about, end, by, one.is_last, is_elsewhere, case.has_deciders, why_not)

    def _mail_told(self, transaction: Transaction, case: _Case, one: Wanted) -> MailTold:
        link, queue_id = self._url, case.mail.submission.queue_id
        if link and one.address in case.concerned.owners and one.address not in case.concerned.deciders:
            link = f"{link}/m/{self._make_link(transaction, queue_id, one.address)}"
        elif link:
            # What a link opens is the owner's to decide; whoever approves signs in, and comes to the mail then.
            link = f"{link}/mails/{queue_id}"
        return self._told(transaction, case, link)

    def _told(self, transaction: Transaction, case: _Case, link: str) -> MailTold:
        submission = case.mail.submission
        recipients = case.mail.recipients if case.about is None else case.about.recipients
        if case.end is not None and case.about is None and case.end.positions:
            recipients = tuple(one for one in recipients if one.key.position in case.end.positions)
        owner = person_of(transaction, submission.session.owner)
        head = head_of_mail(self._spool, transaction, submission)
        return MailTold(
            submission.queue_id,
            owner.name or owner.address,
            (Head(head_of(head)).first_text("Subject") or "") if head else None,
            submission.accepted_at,
            tuple(one.path.address for one in recipients),
            case.reasons,
            link,
        )

    def _reader(self, transaction: Transaction, address: str) -> Reader:
        return Reader(
            self._language(transaction, address),
            self._zone(),
            transaction.now,
            self._office.postmaster,
            self._settings.subject == "short",
        )

    def _language(self, transaction: Transaction, address: str) -> Language:
        match person_of(transaction, address).language:
            case "ja":
                return "ja"
            case "en":
                return "en"
            case _:
                return self._office.language

    def _submit(self, transaction: Transaction, address: str, said: Words, name: str, thread: str = "") -> QueueId:
        """Add a mail of our own to the transaction; its queue id. Raises ``ValueError``: nobody can be written to."""
        office = self._office
        sender = self._settings.sender or office.postmaster or f"mailguard@{office.hostname}"
        shown = self._settings.name or office.name or text(office.language, "notice.from")
        post = Post(Mailbox(sender, shown), address, office.hostname, name, thread)
        told_by = submit_own(self._spool, transaction, office, address, written(said, post, transaction.now))
        # Its row must be there before the record names it.
        transaction.flush()
        return told_by

    @staticmethod
    def _insert(
        transaction: Transaction,
        queue_id: QueueId,
        kind: Kind,
        address: str,
        *,
        number: int = 0,
        due_at: datetime | None = None,
        told_by: QueueId | None = None,
    ) -> None:
        row = {
            "queue_id": queue_id,
            "kind": kind.value,
            "address": address,
            "round": number,
            "due_at": None if due_at is None else to_micros(due_at),
            "written_at": None if told_by is None else to_micros(transaction.now),
            "told_by": told_by,
        }
        transaction.insert(notice_queries.INSERT_NOTICE, row)


def _thread(queue_id: QueueId, address: str) -> str:
    """The name of the first notice to somebody about a mail, by which the later ones are found beside it."""
    return f"{queue_id}.{hashlib.sha256(address.encode()).hexdigest()[:12]}"


def _is_told_about(submission: Submission) -> bool:
    return not (is_own(submission) or submission.automatic or not submission.envelope.reverse_path)


def _reported(mail: Mail) -> tuple[str, ...]:
    """Who gets the report that a mail expired (``hold.ends``): whoever it came from, unless that was asked away."""
    sender = mail.submission.envelope.reverse_path
    is_reported = any(wants_report(one.path, ReportKind.FAILED) for one in mail.recipients)
    return (comparable(sender),) if sender and is_reported else ()


def _builtin_reasons(about: Waiting) -> list[dict[str, str]]:
    """The words for reasons that are no rule's."""
    found = dict.fromkeys(reason for one in about.recipients if one.verdict for reason in one.verdict.reasons)
    keys = [f"reason.{reason}" for reason in found]
    return [{language: texts[key] for language, texts in CATALOGUES.items()} for key in keys if key in CATALOGUES["ja"]]
