"""Incidents as values, for tests of what follows from them: mails with findings, and entries of the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from mailguard.incidents.answers import Answer, Means
from mailguard.incidents.facts import REACHED, Fate, Guard, Key, MailFact, ProtectionFact, RecipientFact
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.envelope import Envelope, ForwardPath, Session
from mailguard.model.incident import Cause, Entry, EntryKind, Incident, IncidentKind, Phase
from mailguard.model.protection import Channel, Mode, PasswordState
from mailguard.model.queue import Submission
from mailguard.model.summary import Field, Found, Summary, SummaryRecipient
from mailguard.policy.law import Exposure

MAIL = "0000000000000001"
NOON = datetime(2026, 11, 27, 3, tzinfo=UTC)
OFFICER = Actor(ActorKind.PERSON, "ciso@office.example.jp")
LISTED = {"cipher": "AES-256-CTR", "key_bits": "256"}


def incident(kind: IncidentKind = IncidentKind.MISDIRECTED, known_at: datetime = NOON, mails: int = 1) -> Incident:
    """An open one."""
    queue_ids = tuple(f"{number:016}" for number in range(1, mails + 1))
    return Incident(
        "2026-0001", kind, Cause.UNKNOWN, Phase.REPORT, "", "", "tanoue@office.example.jp",
        known_at, known_at, False, 1, queue_ids,
    )  # fmt: skip


def mail(
    outsiders: int = 1,
    *,
    kinds: Mapping[str, int] | None = None,
    persons: int = 0,
    visible: int = 0,
    guard: Guard = Guard.CLEAR,
    fate: Fate = Fate.RECEIVED,
    is_unreadable: bool = False,
    method: Mapping[str, str] | None = None,
    queue_id: str = MAIL,
    inside: int = 0,
) -> MailFact:
    """A mail to so many outsiders, each at an address of their own, and then to some inside."""
    addresses = [f"person{number}@customer.example.com" for number in range(outsiders)]
    addresses += [f"colleague{number}@office.example.jp" for number in range(inside)]
    counts = dict(kinds or {})
    found = tuple(Found(kind, count) for kind, count in counts.items())
    shown = Field.CC if visible else Field.ENVELOPE_ONLY
    recipients = tuple(SummaryRecipient(one, "", shown) for one in addresses)
    is_there = fate in REACHED
    facts = tuple(
        RecipientFact(position, one, "", position < outsiders, fate, guard, NOON if is_there else None)
        for position, one in enumerate(addresses)
    )
    keys = tuple(Key(one.position, Channel.TO_SENDER, PasswordState.WAITING, NOON) for one in facts)
    parcels = (ProtectionFact(Mode.ZIP, method or LISTED, NOON, None, keys),) if guard is not Guard.CLEAR else ()
    reached = outsiders if is_there else 0
    sealed = reached if guard is Guard.SEALED else 0
    return MailFact(
        Submission(
            queue_id, NOON, Envelope("tanoue@office.example.jp", tuple(map(ForwardPath, addresses))),
            Session("192.0.2.1", "pc", "trusted", "tanoue@office.example.jp", NOON), "c", 1,
        ),
        Summary("件名", "", "tanoue@office.example.jp", recipients, found_in_body=found, persons=persons),
        facts,
        Exposure(counts, persons, reached - sealed, sealed, is_unreadable, visible if is_there else 0),
        parcels,
    )  # fmt: skip


class Timeline:
    """Entries in order, an hour apart."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(
        self, kind: EntryKind, note: str = "", sealed: Mapping[str, object] | None = None, **details: object
    ) -> Timeline:
        """One more, by an officer."""
        number = len(self.entries) + 1
        at = NOON + timedelta(hours=number)
        self.entries.append(Entry(number, at, OFFICER, kind, None, details, note, sealed or {}))
        return self

    def replied(self, position: int, answer: Answer = Answer.DELETED_UNOPENED, queue_id: str = MAIL) -> Timeline:
        """What a wrong recipient answered by the link."""
        number = len(self.entries) + 1
        details = {"position": position, "answer": answer.value, "means": Means.LINK.value}
        self.entries.append(Entry(number, NOON, OFFICER, EntryKind.REPLIED, queue_id, details))
        return self

    def answered(self, **answers: str) -> Timeline:
        """What people said to questions."""
        return self.add(EntryKind.ANSWERED, answers=answers)
