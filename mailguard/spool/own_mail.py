"""Mail that mailguard writes to one person, submitted like any other in the transaction of what it is about.

A notice goes out from the null reverse-path and asks for no report, so that nothing is ever written about it. It
belongs to whom it is for: links and codes in it let that person in and nobody else, so no page shows its content, to no
role. A letter is one that a person of the office released: it has a reverse-path, so that what comes back is heard of,
and belongs to who released it.
"""

from __future__ import annotations

from mailguard.config import OfficeSettings
from mailguard.model.address import NULL_REVERSE_PATH, comparable
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.envelope import Envelope, ForwardPath, Notify, Session
from mailguard.model.queue import QueueId, Submission
from mailguard.spool.content import SealedContent
from mailguard.spool.reports import LISTENER, is_own
from mailguard.spool.spool import Spool
from mailguard.store import Transaction

LETTERS = "letters"
"""The source that the record names for a letter."""
_ACTOR = Actor(ActorKind.WORKER, "reporter")


def submit_own(spool: Spool, transaction: Transaction, office: OfficeSettings, address: str, wire: bytes) -> QueueId:
    """Add the mail ``wire`` to ``address`` to the transaction; its queue id. Whoever delivers is not told of it."""
    return submit_written(spool, transaction, office, address, spool.seal(wire))


def submit_written(
    spool: Spool,
    transaction: Transaction,
    office: OfficeSettings,
    address: str,
    sealed: SealedContent,
    *,
    smtputf8: bool = False,
) -> QueueId:
    """As ``submit_own``, for a content that was written before. ``smtputf8``: needed whatever the address is."""
    path = ForwardPath(address, frozenset({Notify.NEVER}))
    envelope = Envelope(NULL_REVERSE_PATH, (path,), smtputf8=smtputf8 or not address.isascii())
    session = Session("", office.hostname, LISTENER, comparable(address), transaction.now)
    spool.insert(transaction, sealed, envelope, session, _ACTOR, automatic=True, leased=False)
    return sealed.content_id


def submit_letter(
    spool: Spool,
    transaction: Transaction,
    office: OfficeSettings,
    address: str,
    sealed: SealedContent,
    *,
    reverse_path: str,
    owner: str,
) -> QueueId:
    """Add a letter to ``address`` to the transaction; its queue id. ``owner``: who released it."""
    needs_smtputf8 = not (address.isascii() and reverse_path.isascii())
    envelope = Envelope(reverse_path, (ForwardPath(address),), smtputf8=needs_smtputf8)
    session = Session("", office.hostname, LISTENER, comparable(owner), transaction.now, source=LETTERS)
    spool.insert(transaction, sealed, envelope, session, _ACTOR, automatic=False, leased=False)
    # Its row must be there before others name it.
    transaction.flush()
    return sealed.content_id


def is_letter(submission: Submission) -> bool:
    """Whether it is a letter of ours."""
    return is_own(submission) and submission.session.source == LETTERS
