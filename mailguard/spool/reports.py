"""Reports to senders about their mail, submitted to the spool in the transaction of what they report.

A report is a submission like any other: it is judged, delivered and recorded. It goes out from the null reverse-path,
so that nothing is ever reported about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

from mailguard.config import OfficeSettings
from mailguard.delivery.dsn import Reported, ReportedMail, Reporter, ReportKind, build_report
from mailguard.errors import MailguardError
from mailguard.model.address import NULL_REVERSE_PATH, comparable_domain, domain_of
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.envelope import Envelope, ForwardPath, Notify, Session
from mailguard.model.queue import Submission
from mailguard.spool import queries
from mailguard.spool.spool import Spool
from mailguard.store import Transaction

LISTENER = "own"
"""How records call the way in of mail that mailguard writes itself."""


def is_own(submission: Submission) -> bool:
    """Whether mailguard wrote the mail itself. An office may call a listener of its own the same; that has clients."""
    return submission.session.listener == LISTENER and not submission.session.client_address


_ACTOR = Actor(ActorKind.WORKER, "reporter")


def reporter_of(office: OfficeSettings, zone: tzinfo) -> Reporter:
    """The office as reports name it. ``zone``: the one of its rules."""
    own = frozenset(comparable_domain(domain) for domain in office.domains)
    return Reporter(office.hostname, office.name, office.postmaster, office.language, zone, own)


def head_of_mail(spool: Spool, reader: queries.Reader, submission: Submission) -> bytes:
    """The start of a mail's content in wire form, for its report; empty where it cannot be read any more."""
    try:
        return next(spool.read_content(reader, submission.content_id), b"")
    except MailguardError:
        return b""


def submit_report(
    spool: Spool,
    transaction: Transaction,
    reporter: Reporter,
    kind: ReportKind,
    about: Submission,
    head: bytes,
    recipients: Sequence[Reported],
    retry_until: datetime | None = None,
) -> bool:
    """Add the report about these recipients of ``about`` to the transaction; False where nobody is to get one."""
    writer = spool.open_content()
    if reporter.own:
        # Somebody of the group, whose domains the office's rules name, sends as who answers for the mail.
        reporter = replace(reporter, own=reporter.own | {domain_of(about.session.owner)})
    wire = build_report(
        kind,
        ReportedMail(about.queue_id, about.accepted_at, about.envelope.reverse_path, about.envelope.envid, head),
        recipients,
        reporter,
        now=transaction.now,
        message_id=f"{about.queue_id}.{kind.value}.{writer.content_id}",
        retry_until=retry_until,
    )
    if wire is None:
        return False
    writer.write(wire)
    sender = about.envelope.reverse_path
    envelope = Envelope(
        NULL_REVERSE_PATH,
        (ForwardPath(sender, frozenset({Notify.NEVER})),),
        smtputf8=not sender.isascii(),
    )
    session = Session(
        client_address="",
        client_name=reporter.hostname,
        listener=LISTENER,
        owner=reporter.postmaster,
        connected_at=transaction.now,
    )
    spool.insert(transaction, writer.seal(), envelope, session, _ACTOR, automatic=True, leased=False)
    return True
