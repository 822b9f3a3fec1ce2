"""What policy decides for a recipient: an action, what must be done first, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What happens to a recipient, mildest first: ``deliver < hold < block``."""

    DELIVER = "deliver"
    HOLD = "hold"
    BLOCK = "block"


class Reason(StrEnum):
    """Why a verdict is what it is. The words people read for it are texts in ``i18n``, keyed by this."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    AUTOMATIC = "automatic"
    NOTICE = "notice"
    UNREADABLE = "unreadable"
    LOOP = "loop"
    STOPPED_LOOKING = "stopped_looking"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision for one recipient, with its reasons in order of weight; ``rule`` names who decided.

    ``hold_seconds`` is how long a hold lasts as people are shown it (0 to 30 days), and None where a person must
    decide and no timer ends the hold. It means nothing for another action.
    """

    action: Action
    reasons: tuple[Reason, ...]
    rule: str
    hold_seconds: int | None = None
