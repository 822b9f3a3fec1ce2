"""What policy decides for a recipient: an action, what a hold needs, what must be done first, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mailguard.model.approval import USUAL, Approval
from mailguard.model.protection import NO_WISH, Protection
from mailguard.model.summary import Summary


class Action(StrEnum):
    """What happens to a recipient, mildest first: ``deliver < hold < block``."""

    DELIVER = "deliver"
    HOLD = "hold"
    BLOCK = "block"


class Needs(StrEnum):
    """What ends a hold, mildest first: time alone, or a person of that kind."""

    TIMER = "timer"
    SENDER = "sender"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"


class AtEnd(StrEnum):
    """What becomes of a hold nobody attended to, mildest first: sent, passed up to who is next, discarded."""

    SEND = "send"
    ESCALATE = "escalate"
    DISCARD = "discard"


class Obligation(StrEnum):
    """What must be done to a mail before it may leave for a recipient."""

    HIDE_RECIPIENTS = "hide_recipients"
    SEND_INDIVIDUALLY = "send_individually"
    REMOVE_BCC = "remove_bcc"
    PROTECT = "protect"


class Reason(StrEnum):
    """Reasons that are no office's rule. The words people read for them are texts in ``i18n``, keyed by this."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    AUTOMATIC = "automatic"
    NOTICE = "notice"
    ANSWER = "answer"
    UNREADABLE = "unreadable"
    STOPPED_LOOKING = "stopped_looking"
    BCC_HEADER = "bcc_header"
    SIGNED = "signed"
    NOT_PREPARED = "not_prepared"
    NO_METHOD = "no_method"
    STILL_READABLE = "still_readable"
    PASSWORD_WINDOW = "password_window"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision for one recipient.

    ``reasons`` are the ids of the rules that led to it, the weightiest first; what they say to people stands in the
    ``Judgement``. ``policy`` is the version of the rules: a content hash, or "builtin".
    ``hold_seconds`` is how long a hold lasts as people are shown it (0 to 30 days), counted in office hours where
    ``office_hours`` is set, and None where no timer ends it. ``waiver`` is who may release the mail without its
    obligations (None: nobody), ``is_waived`` whether somebody did. ``protection``: how, where it must be protected;
    what is left open is decided when it is done. ``approval``: by whom, where an approver is needed. All of them mean
    nothing for another action. ``wished``: those of the obligations that a person asked for, which an edit keeps.
    """

    action: Action
    reasons: tuple[str, ...]
    policy: str
    hold_seconds: int | None = None
    needs: Needs = Needs.TIMER
    at_end: AtEnd = AtEnd.SEND
    office_hours: bool = False
    obligations: frozenset[Obligation] = frozenset()
    waiver: Needs | None = None
    is_waived: bool = False
    protection: Protection = NO_WISH
    approval: Approval = USUAL
    wished: frozenset[Obligation] = frozenset()

    @property
    def is_released_by_timer(self) -> bool:
        """Whether the end of its time sends the mail."""
        return self.hold_seconds is not None and self.at_end is AtEnd.SEND


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one rule says about a mail, in words with the figures filled in: by language, for these positions."""

    reason: str
    positions: tuple[int, ...]
    texts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One look at a mail: a verdict per recipient in the envelope's order, and what they rest on.

    ``facts`` are the facts the rules used, as JSON values: counts, flags, addresses.
    ``observed`` is set where the rules, or some of those that hit, only observe: it says what the verdicts would have
    been with them.
    ``summary``: what people are shown of the mail; None where nothing of it could be read.
    """

    verdicts: tuple[Verdict, ...]
    explanations: tuple[Explanation, ...]
    facts: dict[str, object] = field(default_factory=dict)
    policy: str = "builtin"
    at: datetime | None = None
    observed: tuple[Verdict, ...] | None = None
    summary: Summary | None = None
