"""What somebody wants changed about a held mail, by the form in which everything can be changed.

Fields: ``remove`` and ``bcc``, positions; ``address-<position>``, another address; ``shown``, how outsiders
see each other ("", "bcc", "individual", "as-they-are"); ``drop``, paths of files; ``subject``; ``protect`` ("", "auto",
"zip", "pdf", "office", "none") and ``channel``; ``seen``, the content that was looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailguard.errors import NotAllowed, StaleState
from mailguard.hold import Recipients, Wish
from mailguard.hold.actions import EXPOSURE
from mailguard.hold.mending import Mend, NotMendable, Refusal, typed_address
from mailguard.model.extract import PartPath
from mailguard.model.protection import Channel, Mode, Protection
from mailguard.model.verdict import Obligation
from mailguard.web.forms import Form, Mistake
from mailguard.web.one_mail import OneMail
from mailguard.web.release_form import whole_number

_FIELDS = {
    Refusal.NOBODY_LEFT: "recipients",
    Refusal.CONTRADICTION: "recipients",
    Refusal.NO_SUCH_RECIPIENT: "recipients",
    Refusal.BAD_SUBJECT: "subject",
    Refusal.NO_SUCH_FILE: "files",
}
AUTO, NONE = "auto", "none"
BCC = "bcc"


@dataclass(frozen=True)
class MendEntries:
    """A form as it was filled in, to be shown again and done. ``addresses``: those typed, by position."""

    remove: frozenset[int] = frozenset()
    to_bcc: frozenset[int] = frozenset()
    addresses: Mapping[int, str] = field(default_factory=dict)
    shown: str = ""
    drop: frozenset[str] = frozenset()
    subject: str = ""
    protect: str = ""
    channel: str = ""
    seen: str = ""

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The same as fields of a form."""
        single = {name: getattr(self, name) for name in ("shown", "subject", "protect", "channel", "seen")}
        return [
            *(("remove", str(one)) for one in sorted(self.remove)),
            *(("bcc", str(one)) for one in sorted(self.to_bcc)),
            *((f"address-{one}", typed) for one, typed in self.addresses.items()),
            *(("drop", one) for one in sorted(self.drop)),
            *single.items(),
        ]


def blank(one: OneMail) -> MendEntries:
    """The form before anything is filled in."""
    return MendEntries(subject=subject_of(one), seen=one.decision.submission.content_id)


def entries_of(form: Form) -> MendEntries:
    """The form as it was sent. Raises ``StaleState`` for one that is not ours."""
    addresses = {}
    for name in form.names():
        start, dash, number = name.partition("-")
        if start == "address" and dash and form.text(name):
            addresses[whole_number(number)] = form.text(name)
    return MendEntries(
        remove=frozenset(map(whole_number, form.texts("remove"))),
        to_bcc=frozenset(map(whole_number, form.texts("bcc"))),
        addresses=addresses,
        shown=form.text("shown"),
        drop=frozenset(form.texts("drop")),
        subject=form.text("subject"),
        protect=form.text("protect"),
        channel=form.text("channel"),
        seen=form.text("seen"),
    )


def mend_of(entries: MendEntries, one: OneMail) -> tuple[Mend, list[Mistake]]:
    """What the form asks for, and what is wrong with its addresses.

    Raises ``NotAllowed`` for what none of our forms offers.
    """
    smtputf8 = one.mail.submission.envelope.smtputf8
    mistakes = []
    for position, typed in entries.addresses.items():
        try:
            typed_address(typed, smtputf8=smtputf8)
        except NotMendable as error:
            mistakes.append(Mistake(f"address-{position}", f"mending.refused.{error.why.value}"))
    mend = Mend(
        remove=entries.remove,
        correct=entries.addresses,
        to_bcc=entries.to_bcc,
        outsiders_to_bcc=entries.shown == BCC,
        drop_files=frozenset(map(_path, entries.drop)),
        subject=entries.subject if entries.subject != subject_of(one) else None,
        wish=_wish(entries),
        seen=entries.seen,
    )
    return mend, mistakes


def mistake_of(error: NotMendable) -> Mistake:
    """Why an edit cannot be made, at the field it is about."""
    return Mistake(_FIELDS.get(error.why, ""), f"mending.refused.{error.why.value}")


def subject_of(one: OneMail) -> str:
    """The mail's subject; "" where nobody could read it."""
    return "" if one.decision.summary is None else one.decision.summary.subject.strip()


def has_wished(one: OneMail, *obligations: Obligation) -> bool:
    """Whether a person asked for one of these earlier, which they may take back."""
    wanted = frozenset(obligations)
    return any(entry.verdict is not None and entry.verdict.wished & wanted for entry in one.held)


def has_wished_exposure(one: OneMail) -> bool:
    """Whether a person decided earlier how outsiders see each other."""
    return has_wished(one, *EXPOSURE)


def _wish(entries: MendEntries) -> Wish:
    try:
        recipients = Recipients(entries.shown) if entries.shown not in ("", BCC) else None
        mode = Mode(entries.protect) if entries.protect not in ("", AUTO, NONE) else None
        channel = Channel(entries.channel) if entries.channel else None
    except ValueError:
        raise NotAllowed("no choice of the form") from None
    if entries.protect == NONE:
        return Wish(recipients, in_clear=True)
    return Wish(recipients, Protection(mode, channel), protects=bool(entries.protect))


def _path(typed: str) -> PartPath:
    if len(typed) > 200:
        raise StaleState("no path of a part")
    return tuple(map(whole_number, typed.split("."))) if typed else ()
