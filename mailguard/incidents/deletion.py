"""Asking wrong recipients to delete a mail, and taking their answers: by a page, by mail, by hand.

Each is asked by a letter of their own, released by a person (``documents.sign``) and put on record with its words. The
link and the answer address in it hold the same 160 random bits, of which only the SHA-256 is kept; they count while the
incident is open. Whoever has them can answer and learns nothing, so a letter that was passed on gives nothing away.

In a drill nothing is sent: what would have been is on record. The mail of a made-up situation has no queue id; its
recipients are named by "".
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from mailguard import audit
from mailguard.config import Settings
from mailguard.delivery.bounce import Bounce
from mailguard.errors import NotAllowed
from mailguard.incidents import request_queries as queries
from mailguard.incidents.answer_notices import AnswerNotices
from mailguard.incidents.answers import OFFERED, Answer, Means, Wrong, answers_of
from mailguard.incidents.documents import Deed, DocumentRecords, Version, assure_seen, put_down, sign
from mailguard.incidents.drills import made_up
from mailguard.incidents.letters import Desk, addressed, asking, name_in, written
from mailguard.incidents.opening import ACTOR, assure_note
from mailguard.incidents.records import IncidentRecords, Step
from mailguard.incidents.replying import Reply
from mailguard.mime.addresses import Mailbox
from mailguard.model.address import comparable
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.delivery import Outcome
from mailguard.model.documents import Addressee, Document, DocumentKind
from mailguard.model.incident import EntryKind, Incident, IncidentId
from mailguard.model.queue import QueueId
from mailguard.spool import Spool
from mailguard.spool.own_mail import submit_letter
from mailguard.store import Transaction, Work
from mailguard.store.times import to_micros

TOKEN_BYTES = 20
"""160 random bits are 32 small letters and digits, which fit into an address whatever its case becomes."""
TOKEN_LENGTH = 32
ANSWERS_MAX = 10
"""Answers by one letter's link; whoever has more to say is called."""
COMMENT_MAX = 2_000
UNANSWERABLE = "…"
"""What stands in a link in place of a token that nobody gets."""


@dataclass(frozen=True, slots=True)
class Request:
    """A letter that asked, as its token finds it. ``asked_by``: who released it."""

    incident: Incident
    wrong: Wrong
    token_hash: bytes
    sent_at: datetime
    asked_by: str
    answers: int

    @property
    def counts(self) -> bool:
        """Whether it can still be answered."""
        return self.incident.is_open and self.answers < ANSWERS_MAX


class Deletions:
    """One per node; every method is a work, or adds to the caller's transaction."""

    def __init__(
        self,
        spool: Spool,
        records: IncidentRecords,
        documents: DocumentRecords,
        settings: Settings,
        told: AnswerNotices,
    ) -> None:
        self._spool = spool
        self._records = records
        self._documents = documents
        self._settings = settings
        self._told = told

    # -- asking

    def ask(
        self,
        incident_id: IncidentId,
        actor: Actor,
        version: int,
        chosen: Sequence[Wrong],
        names: Mapping[Wrong, str],
        seen: int = 0,
    ) -> Work[int]:
        """Sign this version of the request and send it to each of these; how many. ``names``: what they are called.

        Who was asked before gets it as a reminder. ``seen``: how often requests were sent, as the actor saw it. Raises
        ``UnknownIncident``; ``StaleState`` where there is a newer version or they were sent meanwhile; ``NotAllowed``
        where nobody is chosen, something is blank, or the incident is closed.
        """

        def work(transaction: Transaction) -> int:
            incident = self._records.incident(transaction, incident_id)
            addresses = {one: self._address(transaction, incident, one) for one in dict.fromkeys(chosen)}
            wanted = [one for one, address in addresses.items() if address]
            if not wanted or not incident.is_open:
                raise NotAllowed("nobody to ask", public="Choose at least one recipient of an open incident")
            assure_seen(self._records, transaction, incident_id, DocumentKind.DELETION_REQUEST, seen)
            released = sign(
                self._records, self._documents, transaction, incident_id, actor, DocumentKind.DELETION_REQUEST, version
            )
            before = answers_of(self._records.entries(transaction, incident_id))
            asked: dict[QueueId, list[list[object]]] = {}
            for one in wanted:
                is_reminder = bool(before.for_wrong(one).asked)
                to = Mailbox(addresses[one], names.get(one, ""))
                sent_as = self._ask_one(transaction, incident, actor, released, one, to, is_reminder)
                asked.setdefault(one[0], []).append([one[1], sent_as])
            self._put_asked(transaction, incident_id, actor, asked, Means.MAIL)
            incident = self._records.incident(transaction, incident_id)
            details: dict[str, object] = {
                "document": DocumentKind.DELETION_REQUEST.value, "act": Deed.SENT.value, "version": version,
                "count": len(wanted), "drill": incident.is_drill,
            }  # fmt: skip
            put_down(self._records, transaction, incident, actor, details)
            return len(wanted)

        return work

    def _ask_one(
        self,
        transaction: Transaction,
        incident: Incident,
        actor: Actor,
        version: Version,
        wrong: Wrong,
        to: Mailbox,
        is_reminder: bool,
    ) -> QueueId | None:
        queue_id, position = wrong
        token = new_token()
        person = addressed(version.body, Addressee(to.name, to.address))
        letter = asking(person, self._link(UNANSWERABLE if incident.is_drill else token), is_reminder=is_reminder)
        sent_as = None
        if not incident.is_drill:
            answers = answer_address(self._settings.incidents.answer_address, token)
            author = self.author(self.owner_of(transaction, queue_id), actor)
            desk = Desk(author, answers, answers or author.address, self._settings.office.hostname)
            sent_as = self.send(transaction, letter, to, desk, actor)
        key = f"{DocumentKind.DELETION_REQUEST.value}:{queue_id}:{position}"
        self._documents.add(
            transaction, incident.incident_id, key, actor, letter, released_by=actor.name, queue_id=sent_as
        )
        if incident.is_drill:
            # Nobody has the letter, so nobody can answer by it.
            return None
        row = {
            "token_hash": hash_of(token),
            "incident_id": incident.incident_id,
            "queue_id": queue_id,
            "position": position,
            "asked_at": to_micros(transaction.now),
            "sent_as": sent_as,
            "answer": "",
            "answered_at": None,
        }
        transaction.insert(queries.INSERT_REQUEST, row)
        return sent_as

    def send(self, transaction: Transaction, letter: Document, to: Mailbox, desk: Desk, actor: Actor) -> QueueId:
        """Add a letter to one person; its queue id. Raises ``NotAllowed`` for an address nobody can write to."""
        writer = self._spool.open_content()
        try:
            writer.write(written(letter, to, desk, writer.content_id, transaction.now))
        except ValueError:
            raise NotAllowed("not addressable", public="One of the addresses cannot be written to") from None
        sealed = writer.seal()
        return submit_letter(
            self._spool, transaction, self._settings.office, to.address, sealed,
            reverse_path=desk.reverse_path, owner=actor.name,
        )  # fmt: skip

    def owner_of(self, transaction: Transaction, queue_id: QueueId) -> str:
        """Whose mail it is."""
        return self._spool.mail(transaction, queue_id).submission.session.owner

    def author(self, owner: str, actor: Actor) -> Mailbox:
        """Whose address letters come from: of who released it, or of who sent the mail."""
        office = self._settings.office
        address = owner if self._settings.incidents.sender == "owner" and "@" in owner else actor.name
        if "@" not in address:
            # A command was used on the server: nobody's mailbox stands behind it.
            address = office.postmaster or f"postmaster@{office.hostname}"
        return Mailbox(address, office.name)

    def asked_by_hand(self, incident_id: IncidentId, actor: Actor, wrong: Wrong, note: str) -> Work[Incident]:
        """Note that somebody was asked another way, mostly by telephone. Raises as ``answered_by_hand``."""
        written_note = _needed(note)

        def work(transaction: Transaction) -> Incident:
            self._assure_wrong(transaction, incident_id, wrong)
            return self._put_asked(
                transaction, incident_id, actor, {wrong[0]: [[wrong[1], None]]}, Means.HAND, written_note
            )

        return work

    # -- answers

    def request_of(self, reader: queries.Reader, token: str) -> Request | None:
        """The letter with this token; None for none of ours."""
        if len(token) != TOKEN_LENGTH or not token.isascii():
            return None
        digest = hash_of(token)
        row = queries.request_by_hash(reader, digest)
        if row is None:
            return None
        incident = self._records.incident(reader, row.incident_id)
        wrong = (row.queue_id, row.position)
        replies = answers_of(self._records.entries(reader, row.incident_id)).for_wrong(wrong)
        mail = self._spool.mail(reader, row.queue_id)
        asked_by = replies.asked[-1].by if replies.asked else ""
        by_link = sum(one.means is Means.LINK for one in replies.said)
        attempts = self._spool.attempts(reader, row.queue_id).get(row.position, ())
        # Under this time they find it in their mailbox: it may have been held for days before.
        took = next((one.ended_at for one in reversed(attempts) if one.outcome is Outcome.DELIVERED), None)
        return Request(incident, wrong, digest, took or mail.submission.accepted_at, asked_by, by_link)

    def answered_by_link(self, token: str, answer: Answer, comment: str) -> Work[Incident]:
        """Take an answer from the page. Raises ``NotAllowed`` where it cannot be answered any more."""

        def work(transaction: Transaction) -> Incident:
            request = self.request_of(transaction, token)
            if request is None or not request.counts or answer not in OFFERED:
                raise NotAllowed("not to be answered", public="This can no longer be answered here")
            sealed: dict[str, object] = {"text": comment.strip()[:COMMENT_MAX]} if comment.strip() else {}
            return self._put_answer(transaction, request, ACTOR, answer, Means.LINK, sealed)

        return work

    def answered_by_mail(self, transaction: Transaction, token: str, reply: Reply, mail: QueueId) -> bool:
        """Take an answer from a mail; whether it was one. ``mail``: its queue id; of the same mail nothing is added."""
        request = self.request_of(transaction, token)
        if request is None or not request.incident.is_open:
            return False
        entries = self._records.entries(transaction, request.incident.incident_id)
        if any(one.kind is EntryKind.REPLIED and one.sealed.get("mail") == mail for one in entries):
            return True
        sealed: dict[str, object] = {"text": reply.text, "from": reply.sender, "mail": mail}
        self._put_answer(transaction, request, ACTOR, reply.answer, Means.MAIL, sealed)
        return True

    def returned(self, transaction: Transaction, bounce: Bounce) -> int:
        """A server reported that mails came back: which of our requests did; how many. Safe to call again."""
        names = [name for one in bounce.message_ids if (name := name_in(one))]
        count = 0
        for row in queries.requests_sent_as(transaction, names):
            incident = self._records.incident(transaction, row.incident_id)
            if incident.is_open and row.answer != Answer.RETURNED:
                request = Request(incident, (row.queue_id, row.position), bytes(row.token_hash), transaction.now, "", 0)
                self._put_answer(transaction, request, ACTOR, Answer.RETURNED, Means.MAIL, {})
                count += 1
        return count

    def answered_by_hand(
        self, incident_id: IncidentId, actor: Actor, wrong: Wrong, answer: Answer, note: str
    ) -> Work[Incident]:
        """Note what somebody answered another way, with who said it and how in the note.

        It settles what stood before. Raises ``UnknownIncident``; ``NotAllowed`` without a note, for a recipient of
        another mail, and for a closed incident.
        """
        written_note = _needed(note)

        def work(transaction: Transaction) -> Incident:
            incident = self._assure_wrong(transaction, incident_id, wrong)
            if answer not in OFFERED:
                raise NotAllowed("no such answer")
            step = _reply_step(wrong, answer, Means.HAND, {}, written_note)
            after = self._records.change(transaction, incident, actor, [step])
            _record(transaction, actor, after, step)
            return after

        return work

    # -- parts of them

    def _put_answer(
        self,
        transaction: Transaction,
        request: Request,
        actor: Actor,
        answer: Answer,
        means: Means,
        sealed: dict[str, object],
    ) -> Incident:
        queries.note_answer(transaction, request.token_hash, answer.value, to_micros(transaction.now))
        step = _reply_step(request.wrong, answer, means, sealed)
        after = self._records.change(transaction, request.incident, actor, [step])
        _record(transaction, actor, after, step)
        self._told.tell(transaction, after, answer, has_words=means is Means.LINK and bool(sealed.get("text")))
        return after

    def _put_asked(
        self,
        transaction: Transaction,
        incident_id: IncidentId,
        actor: Actor,
        asked: Mapping[QueueId, Sequence[Sequence[object]]],
        means: Means,
        note: str = "",
    ) -> Incident:
        incident = self._records.incident(transaction, incident_id)
        steps = [
            Step(
                EntryKind.ASKED, queue_id or None, {"asked": [list(one) for one in listed], "means": means.value}, note
            )
            for queue_id, listed in asked.items()
        ]
        after = self._records.change(transaction, incident, actor, steps)
        for step in steps:
            _record(transaction, actor, after, step)
        return after

    def _assure_wrong(self, transaction: Transaction, incident_id: IncidentId, wrong: Wrong) -> Incident:
        incident = self._records.incident(transaction, incident_id)
        if not self._address(transaction, incident, wrong) or not incident.is_open:
            raise NotAllowed("not of this incident", public="Choose a recipient of an open incident")
        return incident

    def _address(self, transaction: Transaction, incident: Incident, wrong: Wrong) -> str:
        """The address of a recipient of a mail of the incident; "" for any other."""
        queue_id, position = wrong
        if queue_id in incident.queue_ids:
            recipients = self._spool.mail(transaction, queue_id).recipients
            return next((one.path.address for one in recipients if one.key.position == position), "")
        entries = self._records.entries(transaction, incident.incident_id)
        facts = [one for one in made_up(incident, entries, self._settings.office.language) if one.queue_id == queue_id]
        return next((it.address for one in facts for it in one.recipients if it.position == position), "")

    def _link(self, token: str) -> str:
        url = self._settings.web.public_url.rstrip("/")
        return f"{url}/answer/{token}" if url else ""


def new_token() -> str:
    """A fresh word of 160 random bits, in small letters and digits."""
    return base64.b32encode(secrets.token_bytes(TOKEN_BYTES)).decode("ascii").lower()


def hash_of(token: str) -> bytes:
    """What is kept of a token."""
    return sha256(token.lower().encode("utf-8", "surrogatepass")).digest()


def answer_address(address: str, token: str) -> str:
    """The address for answers to one letter; "" where the office has none."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{token}@{domain}" if address else ""


def token_in(answers_at: str, address: str) -> str:
    """The token of an answer address; "" for any other address. ``answers_at``: the office's, "" for none."""
    local, _, domain = comparable(answers_at).rpartition("@")
    found, _, there = comparable(address).rpartition("@")
    name, plus, token = found.partition("+")
    is_one = bool(answers_at) and plus and name == local and there == domain and len(token) == TOKEN_LENGTH
    return token if is_one else ""


def _reply_step(wrong: Wrong, answer: Answer, means: Means, sealed: dict[str, object], note: str = "") -> Step:
    details: dict[str, object] = {"position": wrong[1], "answer": answer.value, "means": means.value}
    return Step(EntryKind.REPLIED, wrong[0] or None, details, note, sealed)


def _record(transaction: Transaction, actor: Actor, after: Incident, step: Step) -> None:
    details = {"incident": after.incident_id, "entry": after.revision, "kind": step.kind.value, **step.details}
    audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.INCIDENT_CHANGED, step.queue_id, details))


def _needed(note: str) -> str:
    found = note.strip()
    assure_note(found)
    if not found:
        raise NotAllowed("empty note", public="Say who said it, and how")
    return found
