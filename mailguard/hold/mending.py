"""What a person may change about a held mail, and the mail as it is then. Pure; judging and recording come after it.

Guarantees: only what was asked for is changed (``mime.surgery``). A removed address stands in no field any more that
readers see as one of recipients, nor in one nobody needs. Signed and encrypted mail and invitations keep every octet:
of them, recipients may be taken out of the envelope, and nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mailguard.errors import NotAllowed, StaleState
from mailguard.extract.classes import calendar_method, seal_of
from mailguard.hold.actions import Recipients, Wish
from mailguard.i18n import text
from mailguard.mime.address_fields import is_structure, names_any, still_shows
from mailguard.mime.addresses import VISIBLE_FIELDS, plain_address
from mailguard.mime.message import Message, Part
from mailguard.mime.surgery import Cut, NoSuchPart, edited, part_at, readdressed, resubjected, without_parts
from mailguard.model.address import comparable, comparable_domain, is_mailbox
from mailguard.model.envelope import ForwardPath
from mailguard.model.extract import PartPath, Seal
from mailguard.model.queue import Recipient, State
from mailguard.spool import Mail
from mailguard.spool.reports import is_own

SUBJECT_MAX = 500
"""Characters of a subject; more is a text."""
ADDRESS_OCTETS = 320
"""64 for the local part, "@" and 255 for the domain (RFC 5321 §4.5.3.1)."""
NO_CHANGE = Wish()
_TEXT_MAX = 128 * 1024
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Refusal(StrEnum):
    """Why an edit cannot be made. The words for it are ``mending.refused.*`` in the catalogues."""

    SEALED = "sealed"
    INVITATION = "invitation"
    OWN_MAIL = "own_mail"
    NOBODY_LEFT = "nobody_left"
    NOTHING = "nothing"
    CONTRADICTION = "contradiction"
    BAD_ADDRESS = "bad_address"
    FOREIGN_ADDRESS = "foreign_address"
    BAD_SUBJECT = "bad_subject"
    NO_SUCH_RECIPIENT = "no_such_recipient"
    NO_SUCH_FILE = "no_such_file"
    TELEPHONE = "telephone"


class Note(StrEnum):
    """What a person should know of an edit that was made. The words for it are ``mending.note.*``."""

    STILL_NAMED = "still_named"
    """A removed address still stands in the text, the subject, or a header nobody may touch."""
    BLOCKED = "blocked"
    """By the office's rules it may not be sent as it is now."""


class NotMendable(NotAllowed):
    """An edit that cannot be made. ``why`` is for a page in the reader's language, ``public`` the same in English."""

    def __init__(self, why: Refusal, cause: str = "") -> None:
        super().__init__(cause or why.value, public=text("en", f"mending.refused.{why.value}"))
        self.why = why


@dataclass(frozen=True, slots=True)
class Mend:
    """What is to be changed; the defaults change nothing.

    ``remove``, ``to_bcc``: positions. ``correct``: another address by position. ``outsiders_to_bcc``: everybody outside
    the office whom the header shows, also who is only there. ``drop_files``: paths as in ``Attachment`` of the content
    ``seen``, which must be named with them. ``wish``: as for ``release``; in clear and as-they-are take back what a
    person wished earlier, and never what the rules want. ``reason`` goes on record.
    """

    remove: frozenset[int] = frozenset()
    correct: Mapping[int, str] = field(default_factory=dict)
    to_bcc: frozenset[int] = frozenset()
    outsiders_to_bcc: bool = False
    drop_files: frozenset[PartPath] = frozenset()
    subject: str | None = None
    wish: Wish = NO_CHANGE
    seen: str = ""
    reason: str = ""

    @property
    def is_of_octets(self) -> bool:
        """Whether it cannot be made without changing, now or when it is sent, what stands in the mail."""
        wants = self.wish.recipients in (Recipients.HIDDEN, Recipients.INDIVIDUAL) or self.wish.wants_protection
        return bool(self.to_bcc or self.outsiders_to_bcc or self.drop_files) or self.subject is not None or wants


@dataclass(frozen=True)
class Mended:
    """The mail as edited. ``octets``: its new content, None where it stays as it is. ``removed`` and ``corrected``:
    positions that are taken back; ``added``: the paths that follow the last position.
    """

    octets: bytes | None
    removed: tuple[int, ...] = ()
    corrected: tuple[int, ...] = ()
    added: tuple[ForwardPath, ...] = ()
    to_bcc: tuple[int, ...] = ()
    files: int = 0
    has_subject: bool = False
    notes: frozenset[Note] = frozenset()

    @property
    def withdrawn(self) -> frozenset[int]:
        """Positions the mail is no longer for."""
        return frozenset((*self.removed, *self.corrected))


@dataclass(frozen=True)
class _Recipients:
    """Who goes and who comes. ``changes``: for the header, by comparable address, another one or None."""

    removed: frozenset[int]
    corrected: frozenset[int]
    added: tuple[ForwardPath, ...]
    changes: dict[str, str | None]


def prepare(mail: Mail, mend: Mend, octets: bytes, is_outside: Callable[[str], bool]) -> Mended:
    """The mail as edited. ``octets``: the content that counts, dot-stuffing taken out.

    Raises ``NotMendable``; ``StaleState`` where the mail is not what the person saw.
    """
    _assure_current(mail, mend)
    message = Message(octets)
    who = _recipients(mail, mend)
    if refusal := _untouchable(message):
        return _out_of_envelope(message, mend, who, refusal)
    changes = dict(who.changes)
    if mend.outsiders_to_bcc:
        boxes = [box for one in message.all(*VISIBLE_FIELDS) for box in one.mailboxes]
        shown = {address for box in boxes if "@" in (address := changes.get(comparable(box.address)) or box.address)}
        hidden = {comparable(address) for address in shown if is_outside(address)}
        changes = {old: None if new and comparable(new) in hidden else new for old, new in changes.items()}
        changes |= dict.fromkeys(hidden)
    cuts = readdressed(message, changes) if changes else []
    if mend.subject is not None and mend.subject != message.text_of("Subject"):
        cuts += resubjected(message, _subject(mend.subject))
    if mend.drop_files:
        cuts += _without_files(message, mend.drop_files)
    made = edited(octets, cuts)
    if made == octets and not (who.removed or who.corrected) and mend.wish == NO_CHANGE:
        raise NotMendable(Refusal.NOTHING)
    gone = frozenset(who.changes)
    return Mended(
        octets=None if made == octets else made,
        removed=tuple(sorted(who.removed)),
        corrected=tuple(sorted(who.corrected)),
        added=who.added,
        to_bcc=tuple(sorted(mend.to_bcc)),
        files=len(mend.drop_files),
        has_subject=mend.subject is not None,
        notes=frozenset({Note.STILL_NAMED}) if gone and _still_names(Message(made), gone) else frozenset(),
    )


def typed_address(typed: str, *, smtputf8: bool) -> str:
    """An address that a person typed, as an envelope has it: full-width made plain, domain in ASCII.

    Raises ``NotMendable``. A local part that is not ASCII is possible only where the mail came with SMTPUTF8.
    """
    address = plain_address(typed)
    local, _, domain = address.rpartition("@")
    domain = comparable_domain(domain)
    if not is_mailbox(f"{local}@{domain}"):
        raise NotMendable(Refusal.BAD_ADDRESS)
    if not local.isascii() and not smtputf8:
        raise NotMendable(Refusal.FOREIGN_ADDRESS)
    return f"{local}@{domain}"


def _assure_current(mail: Mail, mend: Mend) -> None:
    submission = mail.submission
    if is_own(submission):
        raise NotMendable(Refusal.OWN_MAIL)
    if (mend.drop_files and not mend.seen) or mend.seen not in ("", submission.content_id):
        raise StaleState("the mail was edited since it was looked at")
    if any(entry.state in (State.ACCEPTED, State.CLEARED) for entry in mail.recipients):
        # It is being looked at or made ready, and would leave as it was before the edit by a verdict about that.
        raise StaleState("the mail is being worked on")
    if mend.wish.protection.phone:
        raise NotMendable(Refusal.TELEPHONE)


def _recipients(mail: Mail, mend: Mend) -> _Recipients:
    """Who goes and who comes. An address that stands there several times is one."""
    submission = mail.submission
    living = {one: comparable(submission.envelope.forward_paths[one].address) for one in submission.counting}
    named = {*mend.remove, *mend.correct, *mend.to_bcc}
    if named - living.keys():
        if named - {entry.key.position for entry in mail.recipients}:
            raise NotMendable(Refusal.NO_SUCH_RECIPIENT)
        raise StaleState("a recipient was taken back in the meantime")
    if mend.remove & mend.correct.keys() or mend.remove & mend.to_bcc:
        raise NotMendable(Refusal.CONTRADICTION)
    held = {entry.key.position: entry for entry in mail.recipients if entry.state is State.HELD}
    if (mend.remove | mend.correct.keys()) - held.keys():
        raise StaleState("a recipient is not held any more")
    typed = {one: typed_address(new, smtputf8=submission.envelope.smtputf8) for one, new in mend.correct.items()}
    typed = {one: new for one, new in typed.items() if comparable(new) != living[one]}
    removed = _with_same(mend.remove, living, held)
    corrected = _with_same(typed.keys(), living, held) - removed
    staying = {one: address for one, address in living.items() if one not in removed | corrected}
    here = set(staying.values())
    added: dict[str, ForwardPath] = {}
    changes: dict[str, str | None] = {living[one]: None for one in (*removed, *mend.to_bcc) if living[one] not in here}
    changes |= {living[one]: None for one in mend.to_bcc}
    for one, new in typed.items():
        is_new = comparable(new) not in here
        if is_new:
            added.setdefault(comparable(new), ForwardPath(new, held[one].path.notify))
        if living[one] not in here:
            changes[living[one]] = new if is_new and one not in mend.to_bcc else None
    if not added and not held.keys() & staying.keys():
        raise NotMendable(Refusal.NOBODY_LEFT)
    return _Recipients(removed, corrected, tuple(added.values()), changes)


def _with_same(positions: Iterable[int], living: Mapping[int, str], held: Mapping[int, Recipient]) -> frozenset[int]:
    """The positions, and all held ones with the same address."""
    addresses = {living[one] for one in positions}
    return frozenset(one for one in held if living.get(one) in addresses)


def _untouchable(message: Message) -> Refusal | None:
    if seal_of(message) is not Seal.NONE:
        return Refusal.SEALED
    return Refusal.INVITATION if calendar_method(message) else None


def _out_of_envelope(message: Message, mend: Mend, who: _Recipients, refusal: Refusal) -> Mended:
    """An edit that leaves every octet. Raises ``NotMendable`` for any other (invariant 4)."""
    put_in = [old for old, new in who.changes.items() if new is not None]
    if mend.is_of_octets or any(names_any(one, frozenset(put_in)) for one in message.fields):
        raise NotMendable(refusal)
    if not who.removed and not who.corrected:
        raise NotMendable(Refusal.NOTHING)
    gone = frozenset(who.changes)
    notes = frozenset({Note.STILL_NAMED}) if any(names_any(one, gone) for one in message.fields) else frozenset()
    return Mended(None, tuple(sorted(who.removed)), tuple(sorted(who.corrected)), who.added, notes=notes)


def _subject(typed: str) -> str:
    subject = unicodedata.normalize("NFC", typed).strip()
    if len(subject) > SUBJECT_MAX or _CONTROLS.search(subject):
        raise NotMendable(Refusal.BAD_SUBJECT)
    return subject


def _without_files(message: Message, paths: frozenset[PartPath]) -> list[Cut]:
    """Raises ``NotMendable`` where these are no files, or the mail is so made that more than they would go."""
    try:
        dropped = [part_at(message, path) for path in paths]
        cuts = without_parts(message, paths)
    except NoSuchPart as error:
        raise NotMendable(Refusal.NO_SUCH_FILE) from error
    if not all(_is_file(part) for part in dropped):
        raise NotMendable(Refusal.NO_SUCH_FILE)
    below = {id(one) for part in dropped for one in part.walk()}
    kept = [message.octets[one.begin : one.end] for one in _leaves(message.root) if id(one) not in below]
    after = Message(edited(message.octets, cuts))
    left = [after.octets[one.begin : one.end] for one in _leaves(after.root)]
    fillings = [cut.instead for cut in cuts if cut.instead]
    if sorted(left) != sorted(kept + fillings):
        raise NotMendable(Refusal.NO_SUCH_FILE, "the parts do not stand by themselves")
    return cuts


def _leaves(root: Part) -> list[Part]:
    return [one for one in root.walk() if not one.children]


def _is_file(part: Part) -> bool:
    kind = part.content_type
    return part.is_attachment or not (kind.startswith("multipart/") or kind in ("text/plain", "text/html"))


def _still_names(message: Message, gone: frozenset[str]) -> bool:
    """Whether the header's indispensable fields or a text name one of these."""
    if any(is_structure(one) and names_any(one, gone) for one in message.fields):
        return True
    texts = (part for part in message.root.walk() if part.content_type.startswith("text/"))
    return any(still_shows(message.text(part, _TEXT_MAX), gone) for part in texts)
