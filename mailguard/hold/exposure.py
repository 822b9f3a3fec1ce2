"""What outsiders would see of a mail if it left now, for saying what a mistake would mean (``policy.law``). Pure.

The worse reading counts. A password that follows by itself to the same address, or that a recipient knows already,
protects nobody from a wrong recipient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from mailguard.model.address import comparable
from mailguard.model.protection import Channel
from mailguard.model.queue import Recipient
from mailguard.model.summary import Field, Found, Summary
from mailguard.model.verdict import Obligation
from mailguard.policy.law import Exposure

_BY_PEOPLE = frozenset({Channel.TO_SENDER, Channel.SMS})
"""Ways on which somebody who got the mail by mistake does not get the password too."""
_EXPOSURE = frozenset({Obligation.HIDE_RECIPIENTS, Obligation.SEND_INDIVIDUALLY})


def exposure_of(
    recipients: Sequence[Recipient],
    summary: Summary | None,
    usual: Channel,
    is_outside: Callable[[str], bool],
    group_of: Callable[[str], str],
) -> Exposure:
    """What these recipients would see. ``usual``: how passwords travel where nothing else is said;
    ``group_of``: whom an address counts with. Without a summary nobody knows what is in it.
    """
    outsiders = [one for one in recipients if is_outside(one.path.address)]
    protected = sum(_is_protected(one, usual) for one in outsiders)
    return Exposure(
        counts={} if summary is None else _counts(summary),
        persons=0 if summary is None else summary.persons,
        clear=len(outsiders) - protected,
        protected=protected,
        is_unreadable=summary is None or _is_unreadable(summary),
        visible=len(addresses_shown(recipients, summary, is_outside, group_of)),
    )


def addresses_shown(
    recipients: Sequence[Recipient],
    summary: Summary | None,
    is_outside: Callable[[str], bool],
    group_of: Callable[[str], str],
) -> frozenset[str]:
    """Addresses outside that these recipients would see of others outside; none where all are of one organisation.

    All that stand in To and Cc, whoever of them gets the mail: one who was stopped or refused is seen by the others.
    """
    outsiders = [one for one in recipients if is_outside(one.path.address)]
    apart = [one for one in outsiders if one.verdict and one.verdict.obligations & _EXPOSURE]
    if summary is None or len(apart) == len(outsiders):
        return frozenset()
    hidden = {comparable(one.path.address) for one in apart}
    seen = {comparable(one.address) for one in summary.recipients if one.field in (Field.TO, Field.CC)}
    seen = {one for one in seen - hidden if is_outside(one)}
    return frozenset(seen) if len({group_of(one) for one in seen}) > 1 else frozenset()


def _is_protected(one: Recipient, usual: Channel) -> bool:
    verdict = one.verdict
    if verdict is None or Obligation.PROTECT not in verdict.obligations:
        return False
    return (verdict.protection.channel or usual) in _BY_PEOPLE


def _counts(summary: Summary) -> dict[str, int]:
    places: Iterable[tuple[Found, ...]] = (
        summary.found_in_subject,
        summary.found_in_body,
        summary.found_elsewhere,
        *(one.found for one in summary.files),
    )
    counts: dict[str, int] = {}
    for found in places:
        for one in found:
            counts[one.kind] = counts.get(one.kind, 0) + one.count
    return counts


def _is_unreadable(summary: Summary) -> bool:
    return summary.unreadable is not None or any(one.unreadable is not None for one in summary.files)
