"""What a person is offered beside a reason, so that it is mended with one click. Pure.

A reason is a rule's, so what mends it follows from what the rule asks and wants, never from its name. Where the rule is
not in force any more, its wishes are those that the verdict kept. Whatever holds a mail for a person has a next step,
if only the mail as a draft; what lets it wait a little needs none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailguard.model.address import comparable
from mailguard.model.extract import PartPath
from mailguard.model.queue import Recipient, State
from mailguard.model.summary import Summary, SummaryFile
from mailguard.model.verdict import Action, Explanation, Needs, Obligation, Reason
from mailguard.policy.rules import Rule
from mailguard.policy.words import WORDS

_EXPOSURE = frozenset({Obligation.HIDE_RECIPIENTS, Obligation.SEND_INDIVIDUALLY})
_OF_FEW = 3
"""Recipients up to which a reason is about each of them; taking more off is no mending but another mail.
Files alike.
"""
_FINDINGS = frozenset(
    {"must_protect", "finds", "persons", "persons_with_contact", "listed_persons", "contacts", "attribute_kinds",
     "other_organisations_in_list", "other_persons_in_list"}
)  # fmt: skip
"""What rules ask about personal data."""
_WHO = frozenset({"greets_somebody_else", *(word.name for word in WORDS.values() if word.of_recipient)} - {"outside"})
"""What rules ask about whom it goes to."""

_OF_TEXT = frozenset({"password_beside_file", "internal_remark"})
"""What the sender wrote, and can write anew in a mail program alone."""
_PROTECTING = frozenset({Reason.NO_METHOD, Reason.STILL_READABLE})
_AS_IT_SHOULD = frozenset(
    {Reason.INTERNAL, Reason.EXTERNAL, Reason.AUTOMATIC, Reason.NOTICE, Reason.ANSWER, Reason.BCC_HEADER,
     Reason.PASSWORD_WINDOW}
)  # fmt: skip
"""Reasons that say how it goes on by itself."""


class Mending(StrEnum):
    """What can be done. The words are texts ``queue.fix.<value>``."""

    TO_BCC = "to_bcc"
    INDIVIDUALLY = "individually"
    REMOVE = "remove"
    DROP_FILE = "drop_file"
    PROTECT = "protect"
    CORRECT = "correct"
    ADDRESS = "address"
    """On the page where a mail is changed, as the next two."""
    SUBJECT = "subject"
    PROTECTION = "protection"
    APPROVAL = "approval"
    """Only the way to where it says who may approve."""
    ADD_FILE = "add_file"
    """With the mail as a draft in the own mailbox, as the next one: what only a mail program can do."""
    REWRITE = "rewrite"


@dataclass(frozen=True, slots=True)
class Fix:
    """One offer. ``positions``: which recipients it is about; ``address``: the right one, for ``CORRECT``;
    ``files``: those to take out, for ``DROP_FILE``.
    """

    mending: Mending
    positions: tuple[int, ...] = ()
    address: str = ""
    files: tuple[PartPath, ...] = ()


def fixes_for(
    reason: Explanation, held: Sequence[Recipient], summary: Summary | None, rule: Rule | None
) -> tuple[Fix, ...]:
    """What mends a reason, the safest first. Only recipients that are still held can be mended."""
    concerned = [one for one in held if one.state is State.HELD and one.key.position in reason.positions]
    if not concerned:
        return ()
    asks = frozenset() if rule is None else frozenset(test.word.name for test in rule.when.every_test())
    wanted = _wanted(concerned, rule)
    found: list[Fix] = []
    if wanted & _EXPOSURE:
        found.append(Fix(Mending.TO_BCC))
        if not all(one.verdict and Obligation.SEND_INDIVIDUALLY in one.verdict.obligations for one in concerned):
            found.append(Fix(Mending.INDIVIDUALLY))
    if "empty_subject" in asks:
        found.append(Fix(Mending.SUBJECT))
    if "missing_attachment" in asks:
        found.append(Fix(Mending.ADD_FILE))
    if asks & _FINDINGS or Obligation.PROTECT in wanted:
        found += _unprotected(concerned)
    found += [Fix(Mending.DROP_FILE, files=(one.path,)) for one in _files_of(asks, wanted, reason, summary)]
    if not found:
        found += _about_people(reason, concerned, held, summary, asks)
    return (*found, *_last(reason, concerned, rule, asks, found))


def _wanted(concerned: Sequence[Recipient], rule: Rule | None) -> frozenset[Obligation]:
    if rule is not None:
        return rule.obligations
    return frozenset[Obligation]().union(*(one.verdict.obligations for one in concerned if one.verdict is not None))


def _unprotected(concerned: Sequence[Recipient]) -> list[Fix]:
    """Protecting, for whom it is not planned already: then it happens without anybody asking for it."""
    positions = tuple(
        one.key.position
        for one in concerned
        if one.verdict is not None and Obligation.PROTECT not in one.verdict.obligations
    )
    return [Fix(Mending.PROTECT, positions)] if positions else []


def _files_of(
    asks: Collection[str], wanted: Collection[Obligation], reason: Explanation, summary: Summary | None
) -> Iterator[SummaryFile]:
    """The files a reason is about."""
    files = () if summary is None else summary.files
    is_about_findings = Obligation.PROTECT in wanted or any(one in _FINDINGS for one in asks)
    is_unread = "unreadable" in asks or reason.reason == Reason.UNREADABLE
    for one in files:
        if (
            (is_about_findings and one.found)
            or (is_unread and one.unreadable is not None)
            or ("password_beside_file" in asks and one.is_protected)
            or ("file_names_other_firm" in asks and len(files) <= _OF_FEW)
        ):
            yield one


def _about_people(
    reason: Explanation,
    concerned: Sequence[Recipient],
    held: Sequence[Recipient],
    summary: Summary | None,
    asks: Collection[str],
) -> list[Fix]:
    """Another address, or nobody instead."""
    found = _corrections(reason, concerned, summary)
    if not found and any(one in _WHO for one in asks):
        found.append(Fix(Mending.ADDRESS))
    all_held = [one for one in held if one.state is State.HELD]
    if len(concerned) <= _OF_FEW and len(concerned) < len(all_held):
        found += [Fix(Mending.REMOVE, (one.key.position,)) for one in concerned]
    return found


def _last(
    reason: Explanation,
    concerned: Sequence[Recipient],
    rule: Rule | None,
    asks: Collection[str],
    found: Collection[Fix],
) -> tuple[Fix, ...]:
    """What is left to do where the text itself must change, or nothing else helps."""
    if reason.reason in _PROTECTING:
        return (Fix(Mending.PROTECTION), Fix(Mending.REWRITE))
    if any(one in _FINDINGS or one in _OF_TEXT for one in asks):
        return (Fix(Mending.REWRITE),)
    if found or reason.reason in _AS_IT_SHOULD:
        return ()
    verdicts = [one.verdict for one in concerned if one.verdict is not None]
    is_blocked = any(one.action is Action.BLOCK for one in verdicts)
    needs = {one.needs for one in verdicts} if rule is None else {rule.needs}
    if needs == {Needs.APPROVER} and not is_blocked:
        return (Fix(Mending.APPROVAL),)
    return (Fix(Mending.REWRITE),) if is_blocked or needs != {Needs.TIMER} else ()


def _corrections(reason: Explanation, concerned: Sequence[Recipient], summary: Summary | None) -> list[Fix]:
    """Another address, where the reason itself names it or its domain."""
    if summary is None:
        return []
    suggested = {comparable(one.address): one.suggested for one in summary.recipients if one.suggested}
    told = "\n".join(reason.texts.values())
    found = []
    for one in concerned:
        address = suggested.get(comparable(one.path.address), "")
        if address and address.rpartition("@")[2] in told:
            found.append(Fix(Mending.CORRECT, (one.key.position,), address))
    return found
