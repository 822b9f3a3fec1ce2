"""Mails as commands show them: as JSON for programs and as lines for people. Recipient numbers start at 1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from mailguard import hold
from mailguard.cli.office import opened, print_json
from mailguard.hold import ListedMail
from mailguard.i18n import text
from mailguard.model.audit import AuditEvent
from mailguard.model.delivery import DeliveryAttempt
from mailguard.model.queue import Recipient, State
from mailguard.model.summary import Summary
from mailguard.model.verdict import Action, Needs, Reason
from mailguard.spool.rows import RecordedJudgement

SUBJECT_SHOWN = 40
_SHOWN_REASONS = {
    one.value
    for one in (
        Reason.UNREADABLE,
        Reason.STOPPED_LOOKING,
        Reason.BCC_HEADER,
        Reason.SIGNED,
        Reason.NOT_PREPARED,
        Reason.NO_METHOD,
        Reason.STILL_READABLE,
        Reason.PASSWORD_WINDOW,
    )
}
"""Reasons that are no rule's and must be said in words all the same."""
_LONG_SECONDS = 3 * 3600
"""From here on hours are enough."""


def print_list(mails: Sequence[ListedMail], now: datetime, nothing: str, limit: int, *, json: bool) -> None:
    """A page of mails, a line each or as one JSON list; ``nothing`` is said where there are none."""
    if json:
        print_json([as_json(mail) for mail in mails])
        return
    for mail in mails:
        typer.echo(as_line(mail, now))
    if not mails:
        typer.echo(nothing)
    elif len(mails) == limit:
        typer.echo(f"There may be more: --after {mails[-1].submission.queue_id}", err=True)


def show_mail(config: Path | None, queue_id: str, *, json: bool) -> None:
    """One mail with its whole story."""
    with opened(config) as office:
        mail = office.store.read_now(lambda connection: hold.show(office.spool, connection, queue_id.upper()))
        if json:
            print_json(as_json(mail))
        else:
            typer.echo(as_text(mail, office.spool.clock.now()))


def as_json(mail: ListedMail) -> dict[str, Any]:
    """A mail for programs. Times are ISO 8601 in UTC."""
    submission = mail.submission
    value: dict[str, Any] = {
        "queue_id": submission.queue_id,
        "accepted_at": _iso(submission.accepted_at),
        "from": submission.envelope.reverse_path,
        "owner": submission.session.owner,
        "subject": mail.subject,
        "size": submission.size,
        "recipients": [_recipient_json(entry, mail.attempts) for entry in mail.recipients],
    }
    if mail.judgement is not None:
        value["judgement"] = _judgement_json(mail.judgement)
    if mail.summary is not None:
        value["found"] = _found_json(mail.summary)
    if mail.events:
        value["events"] = [event_json(event) for event in mail.events]
    return value


def _judgement_json(judgement: RecordedJudgement) -> dict[str, Any]:
    return {
        "policy": judgement.policy,
        "observed": None
        if judgement.observed is None
        else [{"action": one.action.value, "reasons": list(one.reasons)} for one in judgement.observed],
        "reasons": [
            {"rule": one.reason, "recipients": [position + 1 for position in one.positions], **one.texts}
            for one in judgement.explanations
        ],
        "facts": judgement.facts,
    }


def _found_json(summary: Summary) -> list[dict[str, Any]]:
    """What was found, masked, with its place. Files are counted from 1: their names may say whom they are about."""
    places = [("subject", summary.found_in_subject), ("body", summary.found_in_body)]
    places += [(f"attachment:{number}", one.found) for number, one in enumerate(summary.files, 1)]
    places.append(("elsewhere", summary.found_elsewhere))
    return [
        {"where": where, "kind": one.kind, "count": one.count, "masked": list(one.masked)}
        for where, found in places
        for one in found
    ]


def as_line(mail: ListedMail, now: datetime) -> str:
    """A mail in one line for people: id, time left, sender, recipients, subject."""
    submission = mail.submission
    held = [entry for entry in mail.recipients if entry.state.value in {"held", "deferred"}] or list(mail.recipients)
    first = held[0].path.address + (f" +{len(held) - 1}" if len(held) > 1 else "")
    subject = "(content deleted)" if mail.subject is None else mail.subject or "(no subject)"
    sender = submission.envelope.reverse_path or "<>"
    return f"{submission.queue_id}  {_left(held[0], now):>14}  {sender} -> {first}  {subject[:SUBJECT_SHOWN]}"


def as_text(mail: ListedMail, now: datetime) -> str:
    """Everything about a mail for people."""
    submission = mail.submission
    lines = [
        f"Queue id   {submission.queue_id}",
        f"Accepted   {_local(submission.accepted_at)} from {submission.session.client_address}"
        f" ({submission.session.account or submission.session.source or 'no account'})",
        f"From       {submission.envelope.reverse_path or '<>'}",
        f"Subject    {'(content deleted)' if mail.subject is None else mail.subject or '(no subject)'}",
        f"Size       {submission.size} octets",
        "Recipients",
    ]
    for entry in mail.recipients:
        reasons = _why(entry)
        left = f", {_left(entry, now)} left" if entry.state is State.HELD and entry.shown_until else ""
        lines.append(f"  {entry.key.position + 1:>3}. {entry.path.address}  {entry.state.value} ({reasons}{left})")
        lines += [f"       {_attempt_line(attempt)}" for attempt in mail.attempts.get(entry.key.position, [])]
    told = {reason for entry in mail.recipients if entry.verdict for reason in entry.verdict.reasons} & _SHOWN_REASONS
    if told:
        lines.append("In words")
        lines += [f"  {text(language, f'reason.{word}')}" for word in sorted(told) for language in ("ja", "en")]
    if mail.judgement is not None and mail.judgement.explanations:
        lines.append(f"Why (rules {mail.judgement.policy})")
        for one in mail.judgement.explanations:
            numbers = ",".join(str(position + 1) for position in one.positions[:10])
            more = "..." if len(one.positions) > 10 else ""
            lines.append(f"  {one.reason} [{numbers}{more}]")
            lines += [f"       {text}" for text in one.texts.values()]
    if mail.events:
        lines.append("Record")
        lines += [f"  {_local(event.at)}  {event.action.value}  {event.actor.name}  {_details(event)}"
                  for event in mail.events]  # fmt: skip
    return "\n".join(lines)


def _why(entry: Recipient) -> str:
    """The rules that led to a recipient's verdict, and what it waits for or what is done first."""
    verdict = entry.verdict
    if verdict is None:
        return "not judged yet"
    words = list(verdict.reasons)
    if verdict.action is Action.HOLD:
        words.append(f"needs {verdict.needs.value}")
    words += sorted(one.value for one in verdict.obligations)
    return ", ".join(words)


def _recipient_json(entry: Recipient, attempts: dict[int, list[DeliveryAttempt]]) -> dict[str, Any]:
    verdict = entry.verdict
    return {
        "number": entry.key.position + 1,
        "address": entry.path.address,
        "state": entry.state.value,
        "action": None if verdict is None else verdict.action.value,
        "reasons": [] if verdict is None else list(verdict.reasons),
        "needs": verdict.needs.value if verdict is not None and verdict.action is Action.HOLD else None,
        "at_end": verdict.at_end.value if verdict is not None and verdict.action is Action.HOLD else None,
        "obligations": [] if verdict is None else sorted(one.value for one in verdict.obligations),
        "policy": None if verdict is None else verdict.policy,
        "shown_until": _iso(entry.shown_until if entry.state is State.HELD else None),
        "due_at": _iso(entry.due_at),
        "attempts": entry.attempts,
        "doubts": entry.doubts,
        "deliveries": [_attempt_json(attempt) for attempt in attempts.get(entry.key.position, [])],
    }


def _attempt_json(attempt: DeliveryAttempt) -> dict[str, Any]:
    reply = attempt.reply
    return {
        "number": attempt.number,
        "started_at": _iso(attempt.started_at),
        "ended_at": _iso(attempt.ended_at),
        "next_hop": attempt.next_hop,
        "tls": attempt.tls,
        "outcome": attempt.outcome.value,
        "code": None if reply is None else reply.code,
        "enhanced": None if reply is None else reply.enhanced,
        "reply": None if reply is None else reply.text,
    }


def event_json(event: AuditEvent) -> dict[str, Any]:
    """An event for programs."""
    return {
        "at": _iso(event.at),
        "actor": event.actor.name,
        "actor_kind": event.actor.kind.value,
        "action": event.action.value,
        "details": event.details,
    }


def _attempt_line(attempt: DeliveryAttempt) -> str:
    said = "" if attempt.reply is None else f": {attempt.reply.code} {attempt.reply.enhanced} {attempt.reply.text}"
    return f"{_local(attempt.started_at)}  {attempt.next_hop}  {attempt.outcome.value}{said}"


def _details(event: AuditEvent) -> str:
    return " ".join(f"{key}={value}" for key, value in event.details.items())


def _left(entry: Recipient, now: datetime) -> str:
    """Time left; for a hold that time does not release, also who must decide."""
    if entry.state is not State.HELD:
        return entry.state.value
    verdict = entry.verdict
    who = "" if verdict is None or verdict.needs is Needs.TIMER else f"{verdict.needs.value} "
    if entry.shown_until is None:
        return who.strip() or "no timer"
    seconds = max(0, round((entry.shown_until - now).total_seconds()))
    if seconds >= _LONG_SECONDS:
        return f"{who}{seconds // 3600} h"
    return f"{who}{seconds // 60}:{seconds % 60:02d}"


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _local(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
