"""From facts and rules to a verdict for each recipient, and to the words that explain it. Pure.

The strictest action wins, and among holds the strictest need; obligations add up. Nothing depends on the order of
recipients: whoever has the same facts gets the same verdict.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import reduce

from mailguard.i18n import CATALOGUES
from mailguard.model.approval import USUAL, Approval
from mailguard.model.extract import Seal
from mailguard.model.finding import Inspection, Kind
from mailguard.model.protection import NO_WISH, Protection
from mailguard.model.verdict import Action, AtEnd, Explanation, Judgement, Needs, Obligation, Reason, Verdict
from mailguard.policy.facts import Facts, RecipientFacts, some
from mailguard.policy.personal_data import DECIDING
from mailguard.policy.rules import Rule, RuleSet

_ACTIONS = list(Action)
_NEEDS = list(Needs)
_ENDS = list(AtEnd)
_LINE = re.compile(r"line [0-9]{1,6}")
_CHANGES = frozenset(
    {Obligation.HIDE_RECIPIENTS, Obligation.SEND_INDIVIDUALLY, Obligation.REMOVE_BCC, Obligation.PROTECT}
)


def judge(facts: Facts, rules: RuleSet) -> Judgement:
    """The verdicts, in the order of the envelope, and what they rest on."""
    verdicts: dict[str, Verdict] = {}
    would_be: dict[str, Verdict] = {}
    matched: dict[str, list[Rule]] = {}
    is_observed = rules.observes
    for recipient in facts.recipients:
        if recipient.address not in verdicts:
            hits = [rule for rule in rules.rules if _hits(rule, facts, recipient, rules)]
            acting = hits if rules.observes else [rule for rule in hits if not rule.is_observed]
            is_observed = is_observed or len(acting) < len(hits)
            matched[recipient.address] = acting
            verdicts[recipient.address] = would_be[recipient.address] = _verdict(acting, facts, recipient, rules)
            if len(acting) < len(hits):
                would_be[recipient.address] = _verdict(hits, facts, recipient, rules)
    decided = tuple(verdicts[recipient.address] for recipient in facts.recipients)
    return Judgement(
        verdicts=tuple(_observing(verdict) for verdict in decided) if rules.observes else decided,
        explanations=tuple(_explanations(facts, matched, rules)),
        facts=recorded(facts),
        policy=rules.version,
        at=facts.situation.occasion.at,
        observed=tuple(would_be[recipient.address] for recipient in facts.recipients) if is_observed else None,
    )


def hits_of(facts: Facts, rules: RuleSet) -> dict[str, list[int]]:
    """For each rule that hits: the positions it hits."""
    found: dict[str, list[int]] = {}
    for position, recipient in enumerate(facts.recipients):
        for rule in rules.rules:
            if _hits(rule, facts, recipient, rules):
                found.setdefault(rule.id, []).append(position)
    return found


def exempted(rule: Rule, facts: Facts, recipient: RecipientFacts, rules: RuleSet) -> str | None:
    """The name of the exception that takes this recipient out of a rule, None where there is none.

    For a rule about who sees whom, everybody who would be seen must be meant by the exception.
    """
    today = facts.situation.occasion.at.astimezone(rules.hours.zone).date()
    for one in rules.directory.exemptions:
        if one.rule != rule.id or today > one.until:
            continue
        if one.senders and not one.senders.fit(facts.situation.question.sender):
            continue
        concerned = facts.situation.people.visible_outsiders if rule.is_exposure else (recipient.address,)
        if not one.recipients or all(one.recipients.fit(address) for address in concerned):
            return one.name
    return None


def _hits(rule: Rule, facts: Facts, recipient: RecipientFacts, rules: RuleSet) -> bool:
    return (
        rule.applies(facts, recipient, rules.directory, rules.hours)
        and rule.when.holds(facts, recipient)
        and exempted(rule, facts, recipient, rules) is None
    )


def _verdict(hits: Sequence[Rule], facts: Facts, recipient: RecipientFacts, rules: RuleSet) -> Verdict:
    weighty = sorted(hits, key=_weight, reverse=True)
    reasons = [rule.id for rule in weighty] or [_plain_reason(recipient)]
    obligations = frozenset[Obligation]().union(*(rule.obligations for rule in hits))
    if facts.situation.has_bcc_field:
        # RFC 5322 §3.6.3, invariant 5: not a matter of an office's rules.
        obligations |= {Obligation.REMOVE_BCC}
        reasons.append(Reason.BCC_HEADER.value)
    protection = reduce(Protection.over, (rule.protection for rule in weighty), NO_WISH)
    action = weighty[0].action if weighty else Action.DELIVER
    needs = weighty[0].needs if action is Action.HOLD else Needs.TIMER
    if obligations & _CHANGES and facts.situation.extract.seal is not Seal.NONE and action is not Action.BLOCK:
        # Invariant 4: signed and encrypted mail is never rewritten.
        reasons.insert(0, Reason.SIGNED.value)
        return Verdict(
            Action.HOLD, tuple(reasons), rules.version, needs=max(needs, Needs.SENDER, key=_NEEDS.index),
            at_end=AtEnd.DISCARD, obligations=obligations, waiver=_waiver(hits, obligations), protection=protection,
            approval=_approval(hits),
        )  # fmt: skip
    if action is not Action.HOLD:
        return Verdict(action, tuple(reasons), rules.version, obligations=obligations, protection=protection)
    rule, wait = _end_of([one for one in weighty if one.needs is needs and one.action is action], facts, rules)
    if needs is Needs.TIMER and not wait:
        # A pause of nothing holds nothing.
        return Verdict(Action.DELIVER, tuple(reasons), rules.version, obligations=obligations, protection=protection)
    return Verdict(
        Action.HOLD, tuple(reasons), rules.version, wait, needs, rule.at_end, rule.office_hours,
        obligations, _waiver(hits, obligations), protection=protection, approval=_approval(hits),
    )  # fmt: skip


def _end_of(equals: Sequence[Rule], facts: Facts, rules: RuleSet) -> tuple[Rule, int | None]:
    """The strictest end among rules of the same need, and of those the one that ends last; None never ends."""
    at = facts.situation.occasion.at
    strictest = max(_ENDS.index(rule.at_end) for rule in equals)

    def lasts(one: tuple[Rule, int | None]) -> tuple[bool, float, str]:
        rule, wait = one
        # Two office days are fewer hours than one plain day and a half, and end later: only the end can be compared.
        ends = rules.hours.after(at, wait or 0) if rule.office_hours else at + timedelta(seconds=wait or 0)
        return wait is None, (ends - at).total_seconds(), rule.id

    return max(((one, _wait(one, rules)) for one in equals if _ENDS.index(one.at_end) == strictest), key=lasts)


def _wait(rule: Rule, rules: RuleSet) -> int | None:
    if rule.wait_seconds is None and rule.needs is Needs.TIMER:
        return round(rules.hold_minutes * 60)
    return rule.wait_seconds


def _waiver(hits: Sequence[Rule], obligations: frozenset[Obligation]) -> Needs | None:
    """Who may release without the obligations: the strictest of the rules that impose them."""
    imposing = [rule for rule in hits if rule.obligations]
    if not obligations or Obligation.REMOVE_BCC in obligations or any(rule.waiver is None for rule in imposing):
        return None
    return max((rule.waiver for rule in imposing if rule.waiver is not None), key=_NEEDS.index, default=None)


def _approval(hits: Sequence[Rule]) -> Approval:
    """Who must approve: what satisfies every rule that wants an approver."""
    wanted = [rule.approval for rule in hits if rule.action is Action.HOLD and rule.needs is Needs.APPROVER]
    return reduce(Approval.with_another, wanted) if wanted else USUAL


def _weight(rule: Rule) -> tuple[int, int, str]:
    return (_ACTIONS.index(rule.action), _NEEDS.index(rule.needs), rule.id)


def _plain_reason(recipient: RecipientFacts) -> str:
    return (Reason.EXTERNAL if recipient.is_outside else Reason.INTERNAL).value


def _observing(verdict: Verdict) -> Verdict:
    """What an observing set does: nothing but what must always be done."""
    always = verdict.obligations & {Obligation.REMOVE_BCC}
    return Verdict(Action.DELIVER, verdict.reasons, verdict.policy, obligations=always)


# -- words


def _explanations(facts: Facts, matched: dict[str, list[Rule]], rules: RuleSet) -> list[Explanation]:
    found: dict[tuple[str, tuple[tuple[str, str], ...]], list[int]] = {}
    for position, recipient in enumerate(facts.recipients):
        hits = matched[recipient.address]
        for rule in [one for one in hits if not one.is_quiet] or hits:
            texts = tuple((lang, filled(text, facts, recipient, lang)) for lang, text in rule.reason.items())
            found.setdefault((rule.id, texts), []).append(position)
    order = {rule.id: number for number, rule in enumerate(sorted(rules.rules, key=_weight, reverse=True))}
    return [
        Explanation(reason, tuple(positions), dict(texts))
        for (reason, texts), positions in sorted(found.items(), key=lambda one: (order[one[0][0]], one[1][0]))
    ]


def filled(text: str, facts: Facts, recipient: RecipientFacts, language: str = "ja") -> str:
    """A rule's sentence with its figures."""
    return text.format_map(figures(facts, recipient, language))


def figures(facts: Facts, recipient: RecipientFacts, language: str = "ja") -> dict[str, object]:
    """What may stand in braces in a reason. Addresses, domains and names of kinds, never words of the mail."""
    inspection = facts.situation.inspection
    people = facts.situation.people
    resembles = recipient.resembles
    return {
        "visible_outsiders": len(people.visible_outsiders),
        "others": max(0, len(people.visible_outsiders) - 1),
        "visible_groups": len(people.groups),
        "visible_private": len(people.private),
        "outsiders": len(people.outsiders),
        "recipients": len(people.envelope),
        "address": recipient.address,
        "domain": recipient.address.rpartition("@")[2],
        "known_domain": resembles[0] if resembles else "",
        "known_address": recipient.elsewhere or "",
        "sender": facts.situation.question.sender,
        "persons": inspection.persons,
        "kinds": _kinds_named(inspection, language),
        "places": _places_named({one.where for one in inspection.findings if one.suppressed is None}, language),
        "unreadable": len(inspection.unreadable),
        "unreadable_places": _places_named({one.where for one in inspection.unreadable}, language),
        "other_organisations": max((one.other_organisations for one in inspection.lists), default=0),
        "other_persons": max((one.other_persons for one in inspection.lists), default=0),
        "others_in_list": _others_named(inspection, language),
        "password_lines": _password_lines(inspection, language),
    }


def _kinds_named(inspection: Inspection, language: str) -> str:
    """The kinds that count as people call them; an office's own by its id."""
    texts = CATALOGUES["en" if language == "en" else "ja"]
    names = [
        texts.get(f"kind.{kind}", inspection.labels.get(kind, kind))
        for kind in sorted(inspection.counts, key=_kind_weight)
    ]
    shown = names[:KINDS_NAMED]
    if language == "en":
        return ", ".join(shown) + (" and more" if len(names) > KINDS_NAMED else "")
    return "、".join(shown) + ("など" if len(names) > KINDS_NAMED else "")


def _places_named(places: set[str], language: str) -> str:
    """Where it stands: subject, body, how many attachments. Not their names, which are words of the mail."""
    is_english = language == "en"
    files = {where.partition("!")[0] for where in places if where.startswith("attachment:")}
    words = [("subject", "件名", "the subject"), ("body", "本文", "the text")]
    named = [english if is_english else japanese for where, japanese, english in words if where in places]
    if files:
        english = "one attachment" if len(files) == 1 else f"{len(files)} attachments"
        named.append(english if is_english else f"添付ファイル{len(files)}件" if len(files) > 1 else "添付ファイル")
    return (" and " if is_english else "と").join(named) or ("the mail" if is_english else "メール")


def _password_lines(inspection: Inspection, language: str) -> str:
    """Where in subject and text a password stands: its lines, or only that it does."""
    is_english = language == "en"
    found = [one for one in inspection.findings if one.kind == Kind.CREDENTIAL and one.where in ("subject", "body")]
    places = {one.where for one in found}
    lines = sorted({int(at[5:]) for one in found if one.where == "body" for at in one.at if _LINE.fullmatch(at)})
    words = ["the subject" if is_english else "件名"] if "subject" in places else []
    if lines:
        numbers = ", ".join(map(str, lines))
        words.append(f"line {numbers} of the text" if is_english else f"本文の{numbers}行目")
    elif "body" in places or not words:
        words.append("the text" if is_english else "本文")
    return (" and " if is_english else "と").join(words)


def _others_named(inspection: Inspection, language: str) -> str:
    """Who else stands in a list, without what is none."""
    organisations = max((one.other_organisations for one in inspection.lists), default=0)
    persons = max((one.other_persons for one in inspection.lists), default=0)
    figures = (
        (organisations, "ほかの団体{}件", "{} other organisations"),
        (persons, "ほかの方{}名分", "{} other people"),
    )
    is_english = language == "en"
    parts = [(english if is_english else japanese).format(count) for count, japanese, english in figures if count]
    return (" and " if is_english else "と").join(parts)


def _kind_weight(kind: str) -> int:
    """Those that decide come first."""
    return DECIDING.index(Kind(kind)) if kind in DECIDING else len(DECIDING)


KINDS_NAMED = 4
"""Kinds that a sentence names."""

FIGURES = frozenset(
    {
        "visible_outsiders", "others", "visible_groups", "visible_private", "outsiders", "recipients", "address",
        "domain", "known_domain", "known_address", "sender", "persons", "kinds", "places", "unreadable",
        "unreadable_places", "other_organisations", "other_persons", "others_in_list", "password_lines",
    }
)  # fmt: skip
"""The names of ``figures``."""


def data_recorded(facts: Facts) -> dict[str, object]:
    """Findings and what was unreadable, as they go on record: counts and keyed hashes, by which they are known again.

    What people are shown of them, the masked samples and the names of files, is sealed with the mail's summary.
    """
    inspection = facts.situation.inspection
    found: dict[str, object] = {
        "persons": inspection.persons,
        "findings": [
            {
                "kind": one.kind, "where": _place(one.where), "count": one.count,
                "confidence": one.confidence, "rule": one.rule,
                "evidence": [[one.because.value, one.word, one.distance] for one in one.evidence],
                "keys": [key.hex() for key in one.keys],
                "suppressed": one.suppressed.value if one.suppressed else None,
            }
            for one in inspection.findings
        ],
        "unreadable": [[_place(one.where), one.why.value] for one in inspection.unreadable],
        "signs": sorted(one.value for one in inspection.signs),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}


def _place(where: str) -> str:
    """``subject``, ``body`` or ``attachment``: a place without the names of files."""
    return where.partition(":")[0]


def recorded(facts: Facts) -> dict[str, object]:
    """The facts as they go on record with the verdict."""
    situation = facts.situation
    people = situation.people
    found: dict[str, object] = {
        "kind": situation.extract.kind.value,
        "recipients": len(people.envelope),
        "outsiders": len(people.outsiders),
        "visible_outsiders": len(people.visible_outsiders),
        "visible_groups": len(people.groups),
        "visible_private": len(people.private),
        "know_each_other": facts.knows_each_other,
        "first_time": some([one.address for one in facts.recipients if one.is_first_time]),
    }
    resembling = {one.address: list(one.resembles) for one in facts.recipients if one.resembles}
    elsewhere = {one.address: one.elsewhere for one in facts.recipients if one.elsewhere}
    found |= data_recorded(facts)
    unchecked = sum(one.cannot_receive is None for one in facts.recipients if one.is_first_time_domain)
    more = {"resembles": resembling, "known_elsewhere": elsewhere, "domains_unchecked": unchecked}
    return found | {name: value for name, value in more.items() if value}
