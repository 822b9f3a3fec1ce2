"""Why mail was held, as it goes on record with what became of the hold, so that the record alone can be counted.

``danger``: the positions that were held for one, not only for a while; a cancellation, an edit or an end by time with
it is a near miss, a release with it an override. ``rules``: what held them, by id; where there was a danger only what
held those. Never a value, an address or a word of the mail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mailguard.hold.danger import is_dangerous
from mailguard.model.queue import Recipient
from mailguard.model.verdict import Action, Verdict
from mailguard.spool import Mail, Spool
from mailguard.spool.reports import is_own
from mailguard.store import Transaction


def grounds_of(
    spool: Spool, transaction: Transaction, mail: Mail, recipients: Sequence[Recipient]
) -> dict[str, object]:
    """What goes on record of these recipients of a mail, as they were held; nothing about a mail of our own."""
    if is_own(mail.submission):
        return {}
    recorded = spool.judgement(transaction, mail.submission.queue_id)
    return grounds(recipients, {} if recorded is None else recorded.facts)


def grounds(recipients: Sequence[Recipient], facts: Mapping[str, object]) -> dict[str, object]:
    """The same from the facts that are on record with the judgement."""
    held = [one for one in recipients if one.verdict is not None and one.verdict.action is not Action.DELIVER]
    dangerous = [one for one in held if is_in_danger(one, one.verdict, facts)]
    rules = {reason for one in dangerous or held if one.verdict is not None for reason in one.verdict.reasons}
    found: dict[str, object] = {"danger": [one.key.position for one in dangerous]} if dangerous else {}
    return {**found, "rules": sorted(rules)} if rules else found


def dangers_in(recipients: Sequence[Recipient], facts: Mapping[str, object]) -> list[int]:
    """The positions of those held for a danger."""
    return [one.key.position for one in recipients if is_in_danger(one, one.verdict, facts)]


def is_in_danger(recipient: Recipient, verdict: Verdict | None, facts: Mapping[str, object]) -> bool:
    """Whether somebody held with this verdict is held for a danger; what nobody judged is none that is known."""
    if verdict is None:
        return False
    return verdict.action is Action.BLOCK or is_dangerous(replace(recipient, verdict=verdict), facts)


def treatment_of(verdicts: Sequence[Verdict | None]) -> dict[str, object]:
    """What goes on record of how mail is released: what is done to it first, and that somebody waived it."""
    wanted = {one.value for verdict in verdicts if verdict is not None for one in verdict.obligations}
    found: dict[str, object] = {"obligations": sorted(wanted)} if wanted else {}
    if any(verdict is not None and verdict.is_waived for verdict in verdicts):
        found["waived"] = True
    return found
