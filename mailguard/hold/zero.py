"""What becomes of held mail when its time is over, as one value that notices, lists and pages all say alike.

The sentence is ``notify.wording.at_zero`` of this value.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from mailguard.model.queue import Recipient, State
from mailguard.model.verdict import AtEnd, Needs, Verdict
from mailguard.notify.occasions import Waiting

_NEEDS = list(Needs)

Hold = tuple[Verdict | None, datetime | None]
"""The verdict of a hold (None: nobody could look at the mail) and the deadline people are shown."""


def at_zero_of(holds: Iterable[Hold], since: datetime, recipients: tuple[Recipient, ...] = ()) -> Waiting | None:
    """What these holds of one mail wait for; None where there are none. Where some need a person, those count."""
    found = list(holds)
    if not found:
        return None
    needs = max((_needed(one) for one in found), key=_NEEDS.index)
    if needs is not Needs.TIMER:
        found = [one for one in found if _needed(one) is not Needs.TIMER]
    timed = [
        (until, AtEnd.SEND if verdict is None else verdict.at_end) for verdict, until in found if until is not None
    ]
    deadline, at_end = min(timed, key=lambda one: one[0], default=(None, AtEnd.DISCARD))
    return Waiting(recipients, since, needs, deadline, at_end)


def at_zero(recipients: Iterable[Recipient], since: datetime) -> Waiting | None:
    """The same of the recipients of one mail, of which only those that are held count."""
    held = tuple(one for one in recipients if one.state is State.HELD)
    return at_zero_of(((one.verdict, one.shown_until) for one in held), since, held)


def _needed(hold: Hold) -> Needs:
    verdict, until = hold
    if verdict is None:
        return Needs.ADMINISTRATOR
    # A timer that a person stopped starts again by a person alone.
    return Needs.SENDER if verdict.needs is Needs.TIMER and until is None else verdict.needs
