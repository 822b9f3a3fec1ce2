"""What programs may send, and no more: unknown members are refused, and everything has a bound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from mailguard.correspondents import phone_number
from mailguard.errors import NotAllowed
from mailguard.hold import Recipients
from mailguard.hold import Wish as HoldWish
from mailguard.hold.answering import Answers
from mailguard.hold.approving import NOTE_MAX
from mailguard.hold.mending import ADDRESS_OCTETS, SUBJECT_MAX
from mailguard.hold.mending import Mend as HoldMend
from mailguard.incidents.keys import KeyTold
from mailguard.model.protection import Channel, Mode, Protection

REASON_MAX = 1000
RECIPIENTS_MAX = 2000
"""More than a mail may have with the usual limit, and with addresses that were corrected."""
DEPTH_MAX = 50
LONGEST_SECONDS = 30 * 24 * 3600

Position = Annotated[int, Field(ge=0, le=1_000_000)]
# PostgreSQL takes no NUL in a text, and half a surrogate is none.
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$")]
Words = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]


def _phone(typed: str) -> str:
    """As it is dialled; "" for none."""
    try:
        return phone_number(typed) if typed else ""
    except NotAllowed as error:
        raise ValueError("not a telephone number") from error


Phone = Annotated[Line, AfterValidator(_phone)]
PartPath = Annotated[list[Position], Field(min_length=1, max_length=DEPTH_MAX)]


class Wanted(BaseModel):
    """What every request has in common."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Meant(Wanted):
    """Which recipients. Left out: all."""

    positions: list[Position] | None = Field(None, min_length=1, max_length=RECIPIENTS_MAX)


class WithReason(Meant):
    """Which recipients, and why."""

    reason: Line = Field("", max_length=REASON_MAX, description="Goes on record.")


class Wish(Wanted):
    """What is wished beyond what the rules demand."""

    recipients: Recipients | None = Field(None, description="How outsiders see each other.")
    protects: bool = Field(False, description="Protect it, whatever the rules demand.")
    in_clear: bool = Field(False, description="Do not protect it, where the rules let that be waived; needs a reason.")
    mode: Mode | None = None
    channel: Channel | None = Field(None, description="How the password reaches recipients.")
    everything: bool | None = Field(None, description="Protect all files, not only those with findings.")
    phone: Phone = Field("", max_length=20, description="For a short message, to one recipient.")

    def as_wish(self) -> HoldWish:
        """For works."""
        protection = Protection(self.mode, self.channel, self.everything, phone=self.phone)
        return HoldWish(self.recipients, protection, self.protects, self.in_clear)


class Answered(Wanted):
    """Answers to the ``questions`` of a mail: a dangerous release is not made without."""

    chosen: dict[Position, Line] = Field(
        default_factory=dict, max_length=RECIPIENTS_MAX, description="The address that is right, by position."
    )
    typed: list[Annotated[Line, Field(max_length=200)]] = Field(
        default_factory=list, max_length=10, description="Whom the mail is meant for: as many as are asked for."
    )

    def as_answers(self) -> Answers:
        """For works."""
        return Answers(self.chosen, tuple(self.typed))


class Send(WithReason):
    """A release. ``judgement``: that of the mail as it was looked at; another one refuses the release."""

    judgement: Position
    wish: Wish | None = None
    answers: Answered = Field(default_factory=Answered)


class Schedule(Send):
    """A release at a time within 30 days."""

    at: AwareDatetime


class Extend(WithReason):
    """Holding longer. ``seconds`` null: until a person decides; its timer is stopped."""

    seconds: int | None = Field(ge=1, le=LONGEST_SECONDS)


class Mend(Wanted):
    """What to change; what is left out stays. ``seen``: the ``content`` of the mail as it was looked at, which must be
    named with ``drop_files``.
    """

    remove: list[Position] = Field(default_factory=list, max_length=RECIPIENTS_MAX)
    correct: dict[Position, Annotated[Line, Field(max_length=ADDRESS_OCTETS)]] = Field(
        default_factory=dict, max_length=RECIPIENTS_MAX, description="Another address, by position."
    )
    to_bcc: list[Position] = Field(default_factory=list, max_length=RECIPIENTS_MAX)
    outsiders_to_bcc: bool = False
    drop_files: list[PartPath] = Field(default_factory=list, max_length=RECIPIENTS_MAX)
    subject: Line | None = Field(None, max_length=SUBJECT_MAX)
    wish: Wish | None = None
    seen: Line = Field("", max_length=64)

    def as_mend(self) -> HoldMend:
        """For the mender."""
        correct: Mapping[int, str] = self.correct
        return HoldMend(
            remove=frozenset(self.remove),
            correct=correct,
            to_bcc=frozenset(self.to_bcc),
            outsiders_to_bcc=self.outsiders_to_bcc,
            drop_files=frozenset(tuple(path) for path in self.drop_files),
            subject=self.subject,
            wish=HoldWish() if self.wish is None else self.wish.as_wish(),
            seen=self.seen,
        )


class ReturnDraft(Wanted):
    """Giving a mail back to its owner as a draft. ``cancels``: take back what is held as well."""

    cancels: bool = False
    reason: Line = Field("", max_length=REASON_MAX)


class Approve(Wanted):
    """A yes to the mail as it was judged."""

    judgement: Position
    answers: Answered = Field(default_factory=Answered)


class Disapprove(Wanted):
    """A no, and why: the sender reads it."""

    judgement: Position
    note: Words = Field(min_length=1, max_length=NOTE_MAX)


class ReportMistake(Wanted):
    """A mistake. ``key_told``: whether the password the sender got was told to whom the mail went, null for no word."""

    key_told: KeyTold | None = None


class Reroute(Meant):
    """Another way for passwords that have not gone."""

    channel: Channel
    phone: Phone = Field("", max_length=20)
