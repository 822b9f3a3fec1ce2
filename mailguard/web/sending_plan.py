"""How held mail will be sent, as sentences for its page: what is done to it first, by rules or by somebody's wish."""

from __future__ import annotations

from collections.abc import Iterator

from mailguard.hold.decision import Decision
from mailguard.i18n import Language, text
from mailguard.model.protection import Channel
from mailguard.model.queue import State
from mailguard.model.verdict import Obligation

_SHOWN = {
    Obligation.HIDE_RECIPIENTS: "hidden",
    Obligation.SEND_INDIVIDUALLY: "individual",
}


def sending_plan(decision: Decision, usual: Channel, language: Language) -> list[str]:
    """The sentences; none where it is sent as it came. ``usual``: how passwords travel where nobody said otherwise."""
    return list(_sentences(decision, usual, language))


def _sentences(decision: Decision, usual: Channel, language: Language) -> Iterator[str]:
    held = [one for one in decision.recipients if one.state is State.HELD]
    wanted = frozenset[Obligation]().union(*(one.obligations for one in held))
    for obligation, word in _SHOWN.items():
        if obligation in wanted:
            yield text(language, f"queue.page.plan.{word}")
    if held and decision.protection is not None:
        channel = decision.protection.wish.channel or usual
        yield text(language, "queue.page.plan.protected")
        yield text(language, f"queue.page.plan.password.{channel.value}")
