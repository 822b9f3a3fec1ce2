"""Mails that rules describe in a few words, written out and judged by the whole way a real one takes.

``OWN`` in an address stands for the office's own domain. An example is judged by its rule alone: what it must hit is
not hidden behind another rule.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pyzipper

from mailguard.judging.history import TrialHistory
from mailguard.judging.judge import judge_mail
from mailguard.judging.reading import looked_at
from mailguard.mime.addresses import mailboxes_of
from mailguard.model.address import comparable, domain_of
from mailguard.model.knowledge import Lesson
from mailguard.policy.facts import Occasion
from mailguard.policy.rules import Example, Rule, RuleSet
from mailguard.policy.verdicts import hits_of

OWN_PLACEHOLDER = "OWN"
EXAMPLE_OWN = "office.example.jp"
KEYS = (
    "note", "from", "to", "cc", "bcc", "subject", "body", "attachments", "learned", "reply", "source", "automatic",
    "calendar", "at", "cannot_receive", "ambiguous",
)  # fmt: skip
OPENED = (".txt", ".csv", ".pdf", ".docx", ".xlsx", ".pptx", ".doc", ".xls", ".zip", ".html", ".ics", ".vcf", ".eml")
"""Endings of files in examples that are given something harmless inside."""

_AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""A Tuesday morning in Japan."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An example and what became of it. ``problem`` is "" where the rule did as it should."""

    rule: str
    example: Example
    problem: str


def try_examples(rules: RuleSet) -> Iterator[Tried]:
    """Every example of every rule, in order."""
    for rule in rules.rules:
        for example in rule.examples:
            yield Tried(rule.id, example, _problem(rule, example, rules))


def _problem(rule: Rule, example: Example, rules: RuleSet) -> str:
    unknown = sorted(key for key in example.mail if key not in KEYS)
    if unknown:
        return f"describes a mail with unknown words: {', '.join(unknown)}; known are: {', '.join(KEYS)}"
    own = rules.directory.own or frozenset({EXAMPLE_OWN})
    alone = replace(rules, rules=(rule,), directory=replace(rules.directory, own=own, exemptions=()), observes=False)
    try:
        hit = bool(hits(example.mail, alone))
    except ValueError as error:
        return str(error)
    if hit == example.hits:
        return ""
    return "is not hit by its rule" if example.hits else "is hit by its rule"


def hits(description: Mapping[str, Any], rules: RuleSet) -> dict[str, list[int]]:
    """Which rules hit a described mail, with the positions. Raises ``ValueError`` where it cannot be written."""
    own = min(rules.directory.own, default=EXAMPLE_OWN)
    octets, occasion = written(description, own)
    if occasion.at.tzinfo is None:
        # What an office writes is its own time, not that of the machine that reads it.
        occasion = replace(occasion, at=occasion.at.replace(tzinfo=rules.hours.zone))
    situation = looked_at(octets, occasion, rules)
    history = TrialHistory()
    try:
        learned = [comparable(_filled(str(one), own)) for one in description.get("learned") or ()]
        history.learn(Lesson(occasion.reverse_path, {one: ""}, (), (), None, "") for one in learned)
        knowledge = history.recall(situation.question)
    finally:
        history.close()
    dead = {domain_of(f"x@{one}"): True for one in description.get("cannot_receive") or ()}
    return hits_of(judge_mail(situation, knowledge, rules, dead).facts, rules)


def written(description: Mapping[str, Any], own: str) -> tuple[bytes, Occasion]:
    """The described mail's octets and occasion."""
    mail = EmailMessage(policy=SMTP)
    sender = _filled(str(description.get("from", "tantou@OWN")), own)
    everybody: list[str] = []
    mail["From"] = _boxes([sender])
    for name in ("to", "cc", "bcc"):
        shown = [_filled(str(one), own) for one in description.get(name) or ()]
        everybody += [box.address for one in shown for box in mailboxes_of(one.encode())]
        if shown and name != "bcc":
            mail[name.capitalize()] = _boxes(shown)
    if not everybody:
        raise ValueError("describes a mail without recipients")
    subject = str(description.get("subject", "件名"))
    if subject:
        mail["Subject"] = subject
    if description.get("reply"):
        mail["In-Reply-To"] = "<earlier@example.net>"
    mail["Message-ID"] = "<example@example.net>"
    mail.set_content(_filled(str(description.get("body", "よろしくお願いします。")), own))
    for one in description.get("attachments") or ():
        _attach(mail, one)
    if description.get("calendar"):
        method = str(description["calendar"]).upper()
        mail.add_alternative(
            f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nEND:VCALENDAR\r\n", subtype="calendar", params={"method": method}
        )
    at = description.get("at")
    octets = mail.as_bytes()
    if description.get("ambiguous"):
        octets = b"Content-Type: text/html\r\n" + octets
    return octets, Occasion(
        reverse_path=mailboxes_of(sender.encode())[0].address,
        forward_paths=tuple(dict.fromkeys(everybody)),
        at=datetime.fromisoformat(str(at)) if at else _AT,
        source=description.get("source"),
        is_automatic=bool(description.get("automatic")),
    )


def _attach(mail: EmailMessage, one: object) -> None:
    name, protected = (one.get("name", "file.zip"), one.get("protected")) if isinstance(one, dict) else (one, False)
    text = one.get("text") if isinstance(one, dict) else None
    content = _zip() if protected else str(text).encode() if text is not None else _contents(str(name))
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=str(name))


def _contents(name: str) -> bytes:
    """Something harmless that fits the name; what nobody here can open stays so."""
    return b"..." if name.lower().endswith(OPENED) else bytes(range(256))


def _zip() -> bytes:
    """An archive that asks for a password."""
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"never told")
        archive.writestr("a.txt", b"...")
    return out.getvalue()


def _boxes(texts: list[str]) -> list[Address]:
    boxes = [box for text in texts for box in mailboxes_of(text.encode())]
    if not boxes:
        raise ValueError(f"names no address: {', '.join(texts)}")
    return [Address(box.name, addr_spec=box.address) for box in boxes]


def _filled(text: str, own: str) -> str:
    return text.replace(f"@{OWN_PLACEHOLDER}", f"@{own}")
