"""Verdicts that are no office's to choose: for our own mail, and for mail that could not be looked into."""

from __future__ import annotations

from mailguard.model.verdict import Action, AtEnd, Needs, Reason, Verdict

_POLICY = "builtin"
NOTICE = Verdict(Action.DELIVER, (Reason.NOTICE.value,), _POLICY)
"""For mail that mailguard writes itself."""
ANSWER = Verdict(Action.DELIVER, (Reason.ANSWER.value,), _POLICY)
"""For what somebody outside answered to a letter of an incident: it goes to whoever asked, inside the office."""
UNREADABLE = Verdict(Action.HOLD, (Reason.UNREADABLE.value,), _POLICY, needs=Needs.ADMINISTRATOR, at_end=AtEnd.DISCARD)
"""For mail that could not be looked into: a person decides, no timer."""
TAKEN_BACK = Verdict(Action.BLOCK, (), _POLICY)
"""For a recipient the mail is no longer for."""
STOPPED_LOOKING = Verdict(
    Action.HOLD, (Reason.STOPPED_LOOKING.value,), _POLICY, needs=Needs.ADMINISTRATOR, at_end=AtEnd.DISCARD
)
"""For mail that stopped the inspector several times: a person decides, no timer."""


def password_window(seconds: int) -> Verdict:
    """For a mail with a password, which waits until a mistake can hardly be noticed any more (at least 0 seconds)."""
    return Verdict(Action.HOLD, (Reason.PASSWORD_WINDOW.value,), _POLICY, hold_seconds=seconds)
