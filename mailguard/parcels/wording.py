"""What a channel is told, so that it can tell a password: of the parcel, the mail as it left, and whom it is for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from mailguard.config import OfficeSettings, ProtectionSettings
from mailguard.errors import MailguardError
from mailguard.mime.addresses import VISIBLE_FIELDS, Mailbox
from mailguard.mime.head import head_of
from mailguard.mime.message import Message
from mailguard.model.address import comparable
from mailguard.model.protection import Channel, Mode
from mailguard.model.queue import Recipient, Submission
from mailguard.parcels.records import Records, Telling
from mailguard.spool import Spool
from mailguard.store import Transaction
from mailguard.transform.passwords.telling import Telling as Words


class Wording:
    """One per node."""

    def __init__(
        self,
        spool: Spool,
        records: Records,
        settings: ProtectionSettings,
        office: OfficeSettings,
        zone: Callable[[], tzinfo],
        is_outside: Callable[[str], bool],
    ) -> None:
        """``is_outside``: whether an address lies outside of the office, or somebody behind it does."""
        self._zone = zone
        self._is_outside = is_outside
        self._spool = spool
        self._records = records
        self._settings = settings
        self._office = office

    def of(
        self,
        transaction: Transaction,
        submission: Submission,
        tellings: list[Telling],
        *,
        failed: Channel | None = None,
    ) -> Words | None:
        """For these recipients of one parcel; None where there is nothing to tell any more."""
        parcel_id = tellings[0].parcel_id
        password = self._records.password(transaction, parcel_id)
        address = self._sender(submission)
        if password is None or not address:
            return None
        manifest = self._records.manifest(transaction, parcel_id)
        mail = self._spool.mail(transaction, submission.queue_id)
        wanted = {one.position for one in tellings}
        entries = [entry for entry in mail.recipients if entry.key.position in wanted]
        head = self._head(transaction, entries)
        names = {comparable(box.address): box.name for field in head.all(*VISIBLE_FIELDS) for box in field.mailboxes}
        author = next((box for field in head.all("From") for box in field.mailboxes), None)
        return Words(
            password=password,
            language=self._office.language,
            office=self._office.name,
            contact=self._settings.contact,
            sender=Mailbox(address, author.name if author is not None else ""),
            recipients=tuple(
                Mailbox(entry.path.address, names.get(comparable(entry.path.address), "")) for entry in entries
            ),
            sent_at=submission.accepted_at,
            now=transaction.now,
            zone=self._zone(),
            subject=head.text_of("Subject"),
            file_name=manifest.outer_name,
            mode=Mode(manifest.mode),
            queue_id=submission.queue_id,
            message_id=_message_id(head),
            hostname=self._office.hostname,
            phone=tellings[0].phone,
            failed=failed,
        )

    def _sender(self, submission: Submission) -> str:
        """Who tells it, and is written to where it comes back; "" where there is nobody.

        A program may send with an address that a service outside reads, or even with the recipient's own: then it is
        whoever answers for the mail here.
        """
        sender, owner = submission.envelope.reverse_path, submission.session.owner
        return next((one for one in (sender, owner) if one and not self._is_outside(one)), self._office.postmaster)

    def _head(self, transaction: Transaction, entries: list[Recipient]) -> Message:
        """The header block of the mail that left: it tells nothing that was to be protected."""
        variant_id = next((entry.variant_id for entry in entries if entry.variant_id), None)
        if variant_id is None:
            return Message(b"")
        try:
            return Message(head_of(next(self._spool.read_content(transaction, variant_id), b"")) + b"\r\n")
        except MailguardError:
            return Message(b"")


def _message_id(head: Message) -> str:
    found = head.field("Message-ID")
    value = "" if found is None else found.value.decode("ascii", "replace").strip()
    return value if value.startswith("<") and value.endswith(">") and value.isascii() else ""
