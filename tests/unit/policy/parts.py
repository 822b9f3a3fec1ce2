"""What the tests of policy hand in: an office, mails as octets, rules as they are written, a history of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import yaml

from mailguard.config.document import read_document
from mailguard.errors import ConfigurationError
from mailguard.judging.history import TrialHistory
from mailguard.judging.judge import Judged, judge_mail
from mailguard.judging.reading import looked_at
from mailguard.mime.message import Message
from mailguard.model.address import comparable
from mailguard.model.verdict import Verdict
from mailguard.policy.directory import Directory, Exemption, domains
from mailguard.policy.facts import Facts, Occasion
from mailguard.policy.loading import LoadedPolicy, load_policy
from mailguard.policy.office_hours import OfficeHours
from mailguard.policy.patterns import patterns
from mailguard.policy.reading import Reader
from mailguard.policy.rule_file import read_rules
from mailguard.policy.rules import Rule, RuleSet
from mailguard.policy.words import WORDS

SENDER = "sato@office.example.jp"
COLLEAGUE = "kato@office.example.jp"
ANDO, BABA, CHIBA = "ando@ume.example.com", "baba@matsu.example.com", "chiba@take.example.net"
TUESDAY = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""A Tuesday, ten in the morning in Japan."""

OFFICE = Directory(
    own=domains(["office.example.jp"]),
    group=domains(["group.example.jp"]),
    partners=domains(["partner.example.com"]),
    freemail=domains(["gmail.com", "free.example.org", "yahoo.co.jp"]),
    carriers=domains(["docomo.ne.jp", "ezweb.ne.jp"]),
)
PROTECTED_ZIP = b"PK\x03\x04\x33\x00\x01\x00" + bytes(22) + b"a.txt"
"""The head of an archive entry that asks for a password (APPNOTE 4.4.4)."""


def raw(head: bytes, body: bytes = b"text\r\n") -> bytes:
    """A mail of a header written by hand; a line of it on each line."""
    return head.strip().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


def mail(
    to: Sequence[str] = (ANDO,),
    cc: Sequence[str] = (),
    *,
    sender: str = SENDER,
    subject: str = "資料の件",
    body: str = "よろしくお願いします。",
    files: Mapping[str, bytes] | None = None,
    fields: Mapping[str, str] | None = None,
) -> bytes:
    """A mail as octets. ``to`` and ``cc`` as a header shows them; names of files with their octets."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject
    message.set_content(body, charset="utf-8")
    for name, octets in (files or {}).items():
        message.add_attachment(octets, maintype="application", subtype="octet-stream", filename=name)
    shown = [("From", [sender]), ("To", to), ("Cc", cc), *((name, [value]) for name, value in (fields or {}).items())]
    head = "".join(f"{name}: {', '.join(values)}\r\n" for name, values in shown if values)
    return head.encode() + message.as_bytes()


def shown_to(octets: bytes) -> tuple[str, ...]:
    """Every address that To, Cc and Bcc show: the envelope a mail program gives with such a mail."""
    boxes = [box for one in Message(octets).all("To", "Cc", "Bcc") for box in one.mailboxes]
    return tuple(dict.fromkeys(box.address for box in boxes))


def rule(condition: str = "{}", *, directory: Directory = OFFICE, **values: Any) -> Rule:
    """A rule as an office writes it: ``condition`` is its ``when`` in YAML, ``values`` the other keys."""
    written = {
        "id": "a-rule",
        "action": "hold",
        "reason": {"ja": "理由", "en": "reason"},
        "examples": {"hits": [{"to": [ANDO]}], "misses": [{"to": [COLLEAGUE]}]},
    } | values
    text = yaml.safe_dump({"rules": [written | {"when": yaml.safe_load(condition)}]}, allow_unicode=True)
    complaints: list[str] = []
    found = read_rules(Reader(Path("rules.yaml"), read_document(text), complaints), directory, OfficeHours())
    assert not complaints, complaints
    return found.rules[0]


def ruled(*rules: Rule, directory: Directory = OFFICE, **values: Any) -> RuleSet:
    """A set of these rules."""
    return RuleSet("test", "0123456789ab", rules, directory, **values)


@dataclass
class Desk:
    """An office with a history of its own: judges mails and learns from those it is told were delivered."""

    history: TrialHistory
    directory: Directory = OFFICE
    rules: tuple[Rule, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    def judged(
        self, octets: bytes, to: Sequence[str] | None = None, *, dead: Sequence[str] = (), **occasion: Any
    ) -> Judged:
        """The judgement. ``to``: the envelope where the header does not show it; ``dead``: domains without mail."""
        rules = ruled(*self.rules, directory=self.directory, **self.options)
        values: dict[str, Any] = {"reverse_path": SENDER, "at": TUESDAY} | occasion
        forward = shown_to(octets) if to is None else tuple(to)
        situation = looked_at(octets, Occasion(forward_paths=forward, **values), rules)
        return judge_mail(situation, self.history.recall(situation.question), rules, dict.fromkeys(dead, True))

    def facts(self, octets: bytes, to: Sequence[str] | None = None, **values: Any) -> Facts:
        """The facts of a mail."""
        return self.judged(octets, to, **values).facts

    def verdicts(self, octets: bytes, to: Sequence[str] | None = None, **values: Any) -> dict[str, Verdict]:
        """The verdict of each recipient."""
        judged = self.judged(octets, to, **values)
        return dict(zip((one.address for one in judged.facts.recipients), judged.judgement.verdicts, strict=True))

    def deliver(self, octets: bytes, to: Sequence[str] | None = None, **values: Any) -> None:
        """Learn from a mail as delivered."""
        self.history.learn([self.judged(octets, to, **values).lesson], TUESDAY)

    def word(self, name: str, octets: bytes, to: Sequence[str] | None = None, **values: Any) -> object:
        """What a condition word says of the first recipient."""
        facts = self.facts(octets, to, **values)
        return WORDS[name].get(facts, facts.recipients[0])


@contextmanager
def desk(*rules: Rule, directory: Directory = OFFICE, **options: Any) -> Iterator[Desk]:
    """A desk with an empty history; ``options`` are those of the rule set."""
    history = TrialHistory()
    try:
        yield Desk(history, directory, rules, options)
    finally:
        history.close()


def excepted(rule_id: str, *, until: date, senders: Sequence[str] = (), recipients: Sequence[str] = ()) -> Directory:
    """The office with one named exception."""
    one = Exemption("an exception", rule_id, until, patterns(senders), patterns(recipients))
    return replace(OFFICE, exemptions=(one,))


def where(directory: Directory, address: str) -> str:
    """Whom an address counts with."""
    return directory.people_group(comparable(address))


RULE = """\
rules:
  - id: a-rule
    when: {outside: true}
    action: hold
    reason: {ja: 理由, en: reason}
    examples:
      hits: [{to: [a@one.example.com]}]
      misses: [{to: [b@OWN]}]
"""
"""A file of one rule without a fault."""


def load(
    folder: Path, files: Mapping[str, str | bytes], *, name: str = "mine", today: date = date(2026, 11, 24)
) -> LoadedPolicy:
    """A policy folder with these files (without ``.yaml``) as loaded."""
    for stem, content in files.items():
        (folder / stem).parent.mkdir(exist_ok=True)
        (folder / f"{stem}.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_policy(folder, name, Directory(own=domains(["office.example.jp"])), 5.0, today)


def complaints(folder: Path, files: Mapping[str, str | bytes], *, name: str = "mine") -> list[str]:
    """The complaints about a folder, with the folder's own path left out."""
    try:
        load(folder, files, name=name)
    except ConfigurationError as error:
        return [line.removeprefix(f"{folder}/") for line in error.complaints]
    return []
