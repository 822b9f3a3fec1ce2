"""Mails in files with the envelope they would have: what ``inspect`` reads, and one line of JSON it answers with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from mailguard.errors import ConfigurationError
from mailguard.judging.flags import flags_of, further_flags_of
from mailguard.judging.judge import Judged, is_exposing
from mailguard.judging.wording import sentence
from mailguard.mime.addresses import BCC_FIELDS, VISIBLE_FIELDS
from mailguard.mime.head import is_automatic
from mailguard.mime.message import Message
from mailguard.model.address import comparable, domain_of
from mailguard.model.finding import Finding
from mailguard.model.verdict import Action, Verdict
from mailguard.policy.directory import Directory, domains
from mailguard.policy.facts import Occasion
from mailguard.policy.personal_data import must_protect
from mailguard.policy.rules import RuleSet

_FIRST_YEAR, _LAST_YEAR = 1980, 2100
MANIFEST_KEYS = {
    "file", "envelope_from", "envelope_rcpt", "own_domains", "known_partners", "freemail_domains", "carrier_domains",
}  # fmt: skip


@dataclass(frozen=True)
class TrialMail:
    """One mail to try. ``name`` is how it was named; the envelope is None where it must be taken from the header."""

    name: str
    path: Path
    reverse_path: str | None = None
    forward_paths: tuple[str, ...] | None = None
    own: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    freemail: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()


def read_manifest(path: Path) -> Iterator[TrialMail]:
    """The mails of a manifest in order. Raises ``ConfigurationError`` with file and line; other keys are left alone."""
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except ValueError as error:
            raise ConfigurationError([f"{path}:{number}: this line is no JSON object"]) from error
        if not isinstance(entry, dict) or not isinstance(entry.get("file"), str):
            raise ConfigurationError([f'{path}:{number}: needs a "file"'])
        for key in MANIFEST_KEYS - {"file", "envelope_from"}:
            value = entry.get(key)
            if value is not None and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
                raise ConfigurationError([f'{path}:{number}: "{key}" must be a list of texts'])
        if not isinstance(entry.get("envelope_from", ""), str | None):
            raise ConfigurationError([f'{path}:{number}: "envelope_from" must be a text'])
        yield _of_entry(entry, path.parent)


def _of_entry(entry: dict[str, Any], folder: Path) -> TrialMail:
    forward = entry.get("envelope_rcpt")
    return TrialMail(
        name=entry["file"],
        path=folder / entry["file"],
        reverse_path=entry.get("envelope_from"),
        forward_paths=None if forward is None else tuple(forward),
        own=tuple(entry.get("own_domains") or ()),
        partners=tuple(entry.get("known_partners") or ()),
        freemail=tuple(entry.get("freemail_domains") or ()),
        carriers=tuple(entry.get("carrier_domains") or ()),
    )


def wire_lines(octets: bytes) -> bytes:
    """A file's octets with CRLF line ends, whatever the program that wrote it used."""
    return octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")


def occasion_of(mail: TrialMail, octets: bytes, now: datetime) -> Occasion:
    """The envelope that was given, else the one its header would get; the time is the mail's own date."""
    message = Message(octets)
    reverse, forward = mail.reverse_path, mail.forward_paths
    if reverse is None:
        shown = [box.address for field in message.all("Sender", "From") for box in field.mailboxes]
        reverse = shown[-1] if shown else ""
    if forward is None:
        fields = message.all(*VISIBLE_FIELDS, *BCC_FIELDS)
        forward = tuple(dict.fromkeys(comparable(box.address) for field in fields for box in field.mailboxes))
    return Occasion(
        reverse_path=reverse,
        forward_paths=forward,
        at=date_of(message) or now,
        is_automatic=is_automatic(message.head, reverse),
        size=len(octets),
    )


def date_of(message: Message) -> datetime | None:
    """The mail's own date, aware; None where it has none that can be read."""
    try:
        moment = parsedate_to_datetime(message.text_of("Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        # No mail is that old or that new; such a date would only stretch what is counted by weeks.
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def rules_for(mail: TrialMail, rules: RuleSet) -> RuleSet:
    """The rules with the domains a manifest names for this mail; its own domains replace those of the settings."""
    if not (mail.own or mail.partners or mail.freemail or mail.carriers):
        return rules
    known: Directory = rules.directory
    return replace(
        rules,
        directory=replace(
            known,
            own=domains(mail.own) if mail.own else known.own,
            partners=known.partners | domains(mail.partners),
            freemail=known.freemail | domains(mail.freemail),
            carriers=known.carriers | domains(mail.carriers),
        ),
    )


def with_senders_domain(rules: RuleSet, reverse_path: str, octets: bytes) -> RuleSet:
    """The rules; where nobody said which domains are own, the sender's is."""
    if rules.directory.own:
        return rules
    shown = [box.address for field in Message(octets).all("From") for box in field.mailboxes]
    own = frozenset(domain_of(one) for one in (reverse_path, *shown) if "@" in one) - {""}
    return replace(rules, directory=replace(rules.directory, own=own))


def answer(name: str, judged: Judged, rules: RuleSet) -> dict[str, Any]:
    """What ``inspect`` says of a mail. ``findings`` are those that count; ``suppressed`` the others, with why."""
    facts, judgement = judged.facts, judged.judgement
    inspection = facts.situation.inspection
    people = facts.situation.people
    return {
        "file": name,
        "external_recipients": list(people.outsiders),
        "visible_external_count": len(people.header_outsiders),
        "cc_should_be_bcc": is_exposing(judgement, rules),
        "findings": [finding_json(one) for one in inspection.findings if one.suppressed is None],
        "suppressed": [finding_json(one) for one in inspection.findings if one.suppressed is not None],
        "unreadable": [{"where": one.where, "why": one.why.value} for one in inspection.unreadable],
        "persons": inspection.persons,
        "must_protect": bool(people.outsiders) and must_protect(inspection),
        "other_flags": flags_of(facts),
        "further_flags": further_flags_of(facts),
        "verdict": verdict_json(judged),
    }


def finding_json(one: Finding) -> dict[str, Any]:
    """A finding as JSON values, without its keys."""
    value: dict[str, Any] = {
        "kind": one.kind,
        "where": one.where,
        "count": one.count,
        "masked": list(one.masked),
        "at": list(one.at),
        "confidence": one.confidence,
        "rule": one.rule,
        "evidence": [sentence(ground) for ground in one.evidence],
    }
    return value if one.suppressed is None else value | {"suppressed": one.suppressed.value}


def verdict_json(judged: Judged) -> dict[str, Any]:
    """The strictest verdict with its reasons, and each recipient's own."""
    judgement = judged.judgement
    verdicts = judgement.observed or judgement.verdicts
    addresses = [one.address for one in judged.facts.recipients]
    strictest = max((one.action for one in verdicts), key=list(Action).index, default=Action.DELIVER)
    return {
        "action": strictest.value,
        "policy": judgement.policy,
        "observed": judgement.observed is not None,
        "reasons": [
            {
                "rule": one.reason,
                "recipients": [addresses[position] for position in one.positions],
                **one.texts,
            }
            for one in judgement.explanations
        ],
        "recipients": [
            {"address": address, **one_verdict(verdict)} for address, verdict in zip(addresses, verdicts, strict=True)
        ],
    }


def one_verdict(verdict: Verdict) -> dict[str, Any]:
    """One recipient's verdict as JSON values."""
    value: dict[str, Any] = {"action": verdict.action.value, "rules": list(verdict.reasons)}
    if verdict.action is Action.HOLD:
        value |= {
            "needs": verdict.needs.value,
            "hold_seconds": verdict.hold_seconds,
            "office_hours": verdict.office_hours,
            "at_end": verdict.at_end.value,
        }
    if verdict.obligations:
        value["obligations"] = sorted(one.value for one in verdict.obligations)
    return value
