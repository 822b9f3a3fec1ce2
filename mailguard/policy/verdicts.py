"""From facts and rules to a verdict for each recipient, and to the words that explain it. Pure.

The strictest action wins, and among holds the strictest need; obligations add up. Nothing depends on the order of
recipients: whoever has the same facts gets the same verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from mailguard.model.extract import Seal
from mailguard.model.verdict import Action, AtEnd, Explanation, Judgement, Needs, Obligation, Reason, Verdict
from mailguard.policy.facts import Facts, RecipientFacts, some
from mailguard.policy.rules import Rule, RuleSet

_ACTIONS = list(Action)
_NEEDS = list(Needs)
_ENDS = list(AtEnd)
_CHANGES = frozenset(
    {Obligation.HIDE_RECIPIENTS, Obligation.SEND_INDIVIDUALLY, Obligation.REMOVE_BCC, Obligation.PROTECT}
)


def judge(facts: Facts, rules: RuleSet) -> Judgement:
    """The verdicts, in the order of the envelope, and what they rest on."""
    verdicts: dict[str, Verdict] = {}
    matched: dict[str, list[Rule]] = {}
    for recipient in facts.recipients:
        if recipient.address not in verdicts:
            hits = [rule for rule in rules.rules if _hits(rule, facts, recipient, rules)]
            matched[recipient.address] = hits
            verdicts[recipient.address] = _verdict(hits, facts, recipient, rules)
    decided = tuple(verdicts[recipient.address] for recipient in facts.recipients)
    return Judgement(
        verdicts=tuple(_observing(verdict) for verdict in decided) if rules.observes else decided,
        explanations=tuple(_explanations(facts, matched, rules)),
        facts=recorded(facts),
        policy=rules.version,
        at=facts.situation.occasion.at,
        observed=decided if rules.observes else None,
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
    action = weighty[0].action if weighty else Action.DELIVER
    needs = weighty[0].needs if action is Action.HOLD else Needs.TIMER
    if obligations & _CHANGES and facts.situation.extract.seal is not Seal.NONE and action is not Action.BLOCK:
        # Invariant 4: signed and encrypted mail is never rewritten.
        reasons.insert(0, Reason.SIGNED.value)
        return Verdict(
            Action.HOLD, tuple(reasons), rules.version, needs=max(needs, Needs.SENDER, key=_NEEDS.index),
            at_end=AtEnd.DISCARD, obligations=obligations, waiver=_waiver(hits, obligations),
        )  # fmt: skip
    if action is not Action.HOLD:
        return Verdict(action, tuple(reasons), rules.version, obligations=obligations)
    rule, wait = _end_of([one for one in weighty if one.needs is needs and one.action is action], facts, rules)
    if needs is Needs.TIMER and not wait:
        # A pause of nothing holds nothing.
        return Verdict(Action.DELIVER, tuple(reasons), rules.version, obligations=obligations)
    return Verdict(
        Action.HOLD, tuple(reasons), rules.version, wait, needs, rule.at_end, rule.office_hours,
        obligations, _waiver(hits, obligations),
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
            texts = tuple((language, filled(text, facts, recipient)) for language, text in rule.reason.items())
            found.setdefault((rule.id, texts), []).append(position)
    order = {rule.id: number for number, rule in enumerate(sorted(rules.rules, key=_weight, reverse=True))}
    return [
        Explanation(reason, tuple(positions), dict(texts))
        for (reason, texts), positions in sorted(found.items(), key=lambda one: (order[one[0][0]], one[1][0]))
    ]


def filled(text: str, facts: Facts, recipient: RecipientFacts) -> str:
    """A rule's sentence with its figures."""
    return text.format_map(figures(facts, recipient))


def figures(facts: Facts, recipient: RecipientFacts) -> dict[str, object]:
    """What may stand in braces in a reason. Addresses and domains only, never words of the mail."""
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
    }


FIGURES = frozenset(
    {
        "visible_outsiders", "others", "visible_groups", "visible_private", "outsiders", "recipients", "address",
        "domain", "known_domain", "known_address", "sender",
    }
)  # fmt: skip
"""The names of ``figures``."""


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
    unchecked = sum(one.cannot_receive is None for one in facts.recipients if one.is_first_time_domain)
    more = {"resembles": resembling, "known_elsewhere": elsewhere, "domains_unchecked": unchecked}
    return found | {name: value for name, value in more.items() if value}
