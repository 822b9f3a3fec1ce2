"""The header blocks that hide recipients from each other, as verdicts want it, or why that cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mailguard.extract.classes import seal_of
from mailguard.mime.address_fields import still_shows
from mailguard.mime.addresses import BCC_FIELDS, VISIBLE_FIELDS
from mailguard.mime.head import head_of
from mailguard.mime.message import Message
from mailguard.model.address import comparable
from mailguard.model.extract import Seal
from mailguard.model.verdict import Obligation, Reason, Verdict
from mailguard.policy.directory import Directory
from mailguard.transform import Mode, NotPossible, heads_for

TEXT_MAX_BYTES = 4 * 1024 * 1024
"""Up to here a text is read as people read it; a larger one, which is no letter, as octets."""
_WINDOW_BYTES = 1024 * 1024


def showing_of(verdict: Verdict | None) -> Mode:
    """How the recipients are hidden for somebody."""
    assert verdict is not None, "cleared recipients have a verdict"
    if Obligation.SEND_INDIVIDUALLY in verdict.obligations:
        return Mode.INDIVIDUAL
    return Mode.HIDE if Obligation.HIDE_RECIPIENTS in verdict.obligations else Mode.BCC_ONLY


def hidden_heads(
    octets: bytes, wanted: Sequence[tuple[str, Mode]], everybody: Sequence[str], directory: Directory
) -> list[bytes]:
    """A header block in wire form for each of ``wanted``. Raises ``NotPossible`` where the rest of the mail would tell
    as well. ``octets`` without dot-stuffing; ``everybody``: the whole envelope.
    """
    message = Message(octets)
    if seal_of(message) is not Seal.NONE:
        # Invariant 4, whoever released it: as it is, where the rules allow that, or not at all.
        raise NotPossible("a signed or encrypted mail is never rewritten", Reason.SIGNED)
    heads = heads_for(head_of(octets), wanted, everybody, directory.is_outside)
    if all(mode is Mode.BCC_ONLY for _, mode in wanted):
        # What the sender wrote about somebody does not tell that this somebody got a copy.
        return heads
    fields = message.all(*VISIBLE_FIELDS, *BCC_FIELDS)
    shown = {comparable(box.address) for field in fields for box in field.mailboxes}
    hidden = {one for one in shown if "@" in one and directory.is_outside(one)}
    if hidden and _rest_shows(message, hidden):
        raise NotPossible("the content names a hidden recipient")
    return heads


def _rest_shows(message: Message, hidden: set[str]) -> bool:
    """Whether anything below the header names a hidden address: octets as they are, and every part decoded."""
    wanted = tuple(one.encode() for one in hidden)
    if _stands_in(_windows(message.octets, message.head_end), wanted):
        return True
    for part in message.root.walk():
        kind = part.content_type.partition("/")[0]
        if part.children or kind in ("image", "audio", "video"):
            continue
        if kind == "text" and part.end - part.start <= TEXT_MAX_BYTES:
            if still_shows(message.text(part), hidden):
                return True
        elif part.encoding in ("base64", "quoted-printable") and _stands_in(message.chunks(part), wanted):
            return True
    return False


def _stands_in(chunks: Iterable[bytes], wanted: tuple[bytes, ...]) -> bool:
    """Whether one of these stands in octets that come in pieces; without regard to the case of ASCII letters."""
    longest = max(map(len, wanted))
    left = b""
    for chunk in chunks:
        window = (left + chunk).lower()
        if any(one in window for one in wanted):
            return True
        left = window[1 - longest :] if longest > 1 else b""
    return False


def _windows(octets: bytes, start: int) -> Iterator[bytes]:
    return (octets[at : at + _WINDOW_BYTES] for at in range(start, len(octets), _WINDOW_BYTES))
