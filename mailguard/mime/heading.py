"""What a mail's header alone tells of it: subject, sender, who stands where, and its thread.

Never raises for any octets; costs time linear in them. Lengths are bounded, so that what is kept stays small.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mailguard.mime.addresses import BCC_FIELDS, Mailbox
from mailguard.mime.head import head_of
from mailguard.mime.message import Message
from mailguard.mime.message_ids import message_ids_in
from mailguard.model.address import comparable
from mailguard.model.summary import Field, Summary, SummaryRecipient

SUBJECT_MAX = 500
NAME_MAX = 120
NOT_SENT_MAX = 50
"""Addresses of the header that the envelope does not have which are named; more say nothing new."""
REFERENCES_MAX = 10
"""Of a long thread the last ones, which mail programs look for first."""
_FIELDS = (
    (Field.TO, ("To", "Resent-To", "Apparently-To")),
    (Field.CC, ("Cc", "Resent-Cc")),
    (Field.BCC, BCC_FIELDS),
)
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def heading_of(message: Message, forward_paths: Sequence[str]) -> Summary:
    """A summary of the header; everything else in it is empty."""
    shown: dict[str, tuple[Field, str]] = {}
    for where, names in _FIELDS:
        for box in _boxes(message, names):
            address = comparable(box.address)
            field, name = shown.setdefault(address, (where, box.name))
            shown[address] = (field, name or box.name)
    author = next(iter(_boxes(message, ("From", "Resent-From"))), Mailbox("", ""))
    here = {comparable(path) for path in forward_paths}
    own_ids = _ids(message, "Message-ID")
    thread = dict.fromkeys((*_ids(message, "References"), *_ids(message, "In-Reply-To")))
    return Summary(
        subject=one_line(message.text_of("Subject"), SUBJECT_MAX),
        from_name=one_line(author.name, NAME_MAX),
        from_address=author.address,
        recipients=tuple(_recipient(path, shown) for path in forward_paths),
        not_sent_to=tuple(one for one in shown if one not in here)[:NOT_SENT_MAX],
        message_id=own_ids[-1] if own_ids else "",
        references=tuple(thread)[-REFERENCES_MAX:],
    )


def heading_in(start: bytes, forward_paths: Sequence[str]) -> Summary:
    """The same of the start of a mail that holds its header block at least."""
    return heading_of(Message(head_of(start) + b"\r\n"), forward_paths)


def one_line(text: str, most: int) -> str:
    """A text of the mail in one line of no more than ``most`` characters, without control characters."""
    return _UNSHOWN.sub("", " ".join(text.split()))[:most]


def _recipient(path: str, shown: dict[str, tuple[Field, str]]) -> SummaryRecipient:
    field, name = shown.get(comparable(path), (Field.ENVELOPE_ONLY, ""))
    return SummaryRecipient(path, one_line(name, NAME_MAX), field)


def _ids(message: Message, name: str) -> list[str]:
    return [one for field in message.all(name) for one in message_ids_in(field.value)]


def _boxes(message: Message, names: Iterable[str]) -> list[Mailbox]:
    return [box for field in message.all(*names) for box in field.mailboxes]
