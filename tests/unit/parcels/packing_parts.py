"""Packing as the relay does it, in this process: a mail in, the mails that leave out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from mailguard.config import OfficeSettings, ProtectionSettings
from mailguard.judging.looking import ToVerify
from mailguard.judging.protecting import contact_words, findings_by_place, own_words, places_of
from mailguard.judging.reading import Looking, looked_at
from mailguard.judging.verifying import verified
from mailguard.mime.message import unstuffed
from mailguard.model.protection import NO_WISH, Mode, Protection, Traits
from mailguard.parcels.packing import For, Packer, Protected, ToPack
from mailguard.policy.directory import Directory, domains
from mailguard.policy.facts import Occasion
from mailguard.policy.rules import RuleSet
from mailguard.transform import Mode as Showing
from mailguard.transform.containers.locking import answer_of, request_of
from mailguard.transform.containers.locking_apart import lock

SENDER, A, B = "tanoue@office.example.jp", "ando@customer.example.com", "baba@partner.example.net"
RULES = RuleSet("test", "1", (), Directory(own=domains(("office.example.jp",))))
BODY = "次の方です。\n\n氏名：長谷川 美咲\n電話：090-4127-0538\n"
VALUES = ("長谷川美咲", "090-4127-0538", "09041270538")
SENT_AT = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)


def mail(body: str = BODY, *files: tuple[str, bytes], to: str = A, subject: str = "ご照会の件", **fields: str) -> bytes:
    """A mail as a clerk's program writes it."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = f"田上 弘 <{SENDER}>", to, subject
    message["Message-ID"] = "<1@office.example.jp>"
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(body, cte="base64")
    for name, octets in files:
        message.add_attachment(octets, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


@dataclass
class Kept:
    """A content in memory; ``is_abandoned``: it was not wanted after all."""

    octets: bytearray = field(default_factory=bytearray)
    is_abandoned: bool = False

    def write(self, chunk: bytes) -> None:
        """The next octets."""
        self.octets += chunk

    def abandon(self) -> None:
        """Let go."""
        self.is_abandoned = True


@dataclass(frozen=True)
class Left:
    """One mail that left: what it is on record, and its octets for a recipient by position."""

    made: Protected[Kept]

    def octets(self, position: int | None = None) -> bytes:
        """As that recipient gets it; without one, as the first does."""
        at = min(self.made.heads) if position is None else position
        return unstuffed(self.made.heads[at] + bytes(self.made.sink.octets))


def reader(
    address: str = A,
    position: int = 0,
    *,
    wish: Protection = NO_WISH,
    traits: Traits = Traits(),  # noqa: B008  frozen
    agreed: str = "",
    showing: Showing = Showing.BCC_ONLY,
) -> For:
    """A recipient of whom little is known."""
    return For(position, address, wish, traits, agreed, showing)


def packed(
    octets: bytes,
    *recipients: For,
    settings: ProtectionSettings | None = None,
    office: OfficeSettings | None = None,
    looks: bool = True,
    **changes: Any,
) -> list[Left]:
    """What leaves. ``looks`` False: nothing is verified. ``changes``: of what the packer is told."""
    wanted = recipients or (reader(),)
    settings, office = settings or ProtectionSettings(), office or OfficeSettings(name="あおば互助会")
    occasion = Occasion(SENDER, tuple(one.address for one in wanted), SENT_AT)
    situation = looked_at(octets, occasion, RULES)
    people, inspection = situation.people, situation.inspection
    told = ToPack(
        octets, places_of(inspection), findings_by_place(inspection), wanted,
        tuple(one.address for one in wanted), (people.author, people.author_name), SENT_AT, RULES.directory.is_outside,
    )  # fmt: skip
    own, contact = own_words(situation, RULES, office), contact_words(office, settings)

    async def verify(finished: bytes, more: tuple[str, ...]) -> frozenset[tuple[str, str]]:
        if not looks:
            return frozenset()
        asked = ToVerify(octets, finished, occasion, frozenset(), own, contact, more)
        return verified(asked, situation, RULES, Looking())

    packer = Packer(settings, office, _lock)
    return [Left(one) for one in asyncio.run(packer.pack(replace(told, **changes), verify, Kept))]


async def _lock(mode: Mode, octets: bytes, password: str) -> bytes:
    return answer_of(lock(request_of(mode, octets, password)))
