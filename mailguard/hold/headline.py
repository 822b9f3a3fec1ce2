"""The first line of a mail's page: what it waits for, or what became of it, in one sentence. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from mailguard.hold.boxes import Box
from mailguard.hold.danger import is_dangerous
from mailguard.model.address import comparable
from mailguard.model.queue import Recipient
from mailguard.model.verdict import AtEnd, Needs, Obligation
from mailguard.notify.occasions import Waiting
from mailguard.policy.rules import Rule
from mailguard.policy.words import WORDS

_CONTENT = frozenset(
    WORDS[name]
    for name in (
        "must_protect", "finds", "persons", "persons_with_contact", "listed_persons", "contacts", "attribute_kinds",
        "other_organisations_in_list", "other_persons_in_list", "unreadable", "contents_show", "subject", "body",
        "file_name", "missing_attachment", "empty_subject", "password_beside_file", "protected_file",
        "file_names_other_firm", "internal_remark", "greets_somebody_else", "attachments", "megabytes",
    )
)  # fmt: skip
"""What rules ask of what a mail says and carries; the other words are about whom it goes to, or what kind it is."""
_PEOPLE = frozenset(
    WORDS[name]
    for name in (
        "visible_outsiders", "visible_groups", "visible_private", "outsiders", "visible_addresses", "recipients",
        "know_each_other", "huge_list",
    )
)  # fmt: skip
_EXPOSURE = frozenset({Obligation.HIDE_RECIPIENTS, Obligation.SEND_INDIVIDUALLY})


class Headline(StrEnum):
    """What the line says. The sentences are texts ``queue.headline.<value>``."""

    DECISION = "decision"
    WAITING = "waiting"
    LEAVING = "leaving"
    SENT = "sent"
    CANCELLED = "cancelled"
    FAILED = "failed"
    APPROVAL = "approval"
    REFUSED = "refused"
    """Somebody did not approve it; it waits for its sender."""
    ADMINISTRATOR = "administrator"
    RECIPIENTS = "recipients"
    CONTENT = "content"
    CHECK = "check"
    """Several things, or something else, must be looked at."""


def headline_of(
    box: Box,
    waiting: Waiting | None,
    held: Sequence[Recipient],
    facts: Mapping[str, object],
    rules: Mapping[str, Rule],
    *,
    is_refused: bool = False,
) -> Headline:
    """What fits the mail in this box. It never says that somebody must act where time alone will send it, nor the
    other way round. ``waiting``: what its ``held`` recipients wait for; ``rules``: those in force, by id;
    ``is_refused``: whether somebody said no to it as it is.
    """
    if waiting is None:
        return Headline(box.value)
    if waiting.deadline is not None and waiting.at_end is AtEnd.SEND:
        return Headline.WAITING
    match waiting.needs:
        case Needs.APPROVER:
            return Headline.REFUSED if is_refused else Headline.APPROVAL
        case Needs.ADMINISTRATOR:
            return Headline.ADMINISTRATOR
    dangerous = [one for one in held if is_dangerous(one, facts)]
    if not dangerous:
        return Headline.DECISION
    about = {one for recipient in dangerous for one in _about(recipient, facts, rules)}
    return about.pop() if len(about) == 1 else Headline.CHECK


def _about(recipient: Recipient, facts: Mapping[str, object], rules: Mapping[str, Rule]) -> Iterator[Headline]:
    verdict = recipient.verdict
    if verdict is None:
        return
    if Obligation.PROTECT in verdict.obligations:
        yield Headline.CONTENT
    if verdict.obligations & _EXPOSURE:
        yield Headline.RECIPIENTS
    address = comparable(recipient.path.address)
    if any(
        address in similar
        for name in ("resembles", "known_elsewhere")
        if isinstance(similar := facts.get(name), Mapping)
    ):
        yield Headline.RECIPIENTS
    for rule in (rules[reason] for reason in verdict.reasons if reason in rules):
        # A rule that only lets a mail wait is not what it is held for.
        if rule.needs is not Needs.TIMER:
            yield _asked_by(rule)


def _asked_by(rule: Rule) -> Headline:
    words = {test.word for test in rule.when.every_test()}
    if words & _CONTENT:
        return Headline.CONTENT
    is_about_people = any(word.of_recipient or word in _PEOPLE for word in words)
    return Headline.RECIPIENTS if is_about_people else Headline.CHECK
