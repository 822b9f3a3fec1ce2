"""Which recipients of a mail a form means, and what it may do with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from mailguard.errors import StaleState
from mailguard.hold.permission import MailAct, assure
from mailguard.model.queue import Recipient
from mailguard.web.forms import Form
from mailguard.web.one_mail import OneMail, OpenedMail

_DIGITS_MAX = 5


@dataclass(frozen=True)
class Choice:
    """``positions`` None: nobody was ticked, which means everybody. ``recipients``: those of them that are held."""

    positions: frozenset[int] | None
    recipients: tuple[Recipient, ...]


def chosen_in(form: Form, one: OneMail) -> Choice:
    """What was ticked."""
    positions = numbers(form.texts("position")) or None
    return Choice(positions, tuple(it for it in one.held if positions is None or it.key.position in positions))


def chosen_for(act: MailAct, form: Form, one: OpenedMail) -> Choice:
    """What was ticked, once it is sure that they may. Raises ``StaleState`` where nothing of it is held any more, and
    ``NotAllowed``.
    """
    choice = chosen_in(form, one)
    if not choice.recipients:
        raise StaleState("nothing of it is held any more")
    assure(act, one.acts(choice.recipients))
    return choice


def numbers(texts: Collection[str]) -> frozenset[int]:
    """The numbers among these; what is none is left out."""
    return frozenset(int(one) for one in texts if one.isascii() and one.isdigit() and len(one) <= _DIGITS_MAX)
