"""Makes the protected variants of a mail, once: retries send the same octets, with the same parcel and password.

All of it is one commit: contents, parcels with their passwords, moves. A crash before it leaves files that are swept; a
fault, a recipient that cannot be served, or something still readable in the end holds every recipient for a person, and
nobody outside gets anything (invariant 3).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mailguard.config import OfficeSettings, ProtectionSettings
from mailguard.correspondents import agreed_password, traits_of
from mailguard.crash_points import crash_point
from mailguard.judging.active import ActivePolicy
from mailguard.judging.looking import ToVerify
from mailguard.judging.past_mail import occasion_of
from mailguard.judging.protecting import contact_words, findings_by_place, own_words, places_of
from mailguard.judging.showing import hidden_heads, showing_of
from mailguard.mime.head import Head
from mailguard.mime.message import unstuffed
from mailguard.mime.message_ids import message_ids_in
from mailguard.model.address import comparable
from mailguard.model.audit import AuditAction, AuditEvent
from mailguard.model.protection import NO_WISH, PasswordState, Traits
from mailguard.model.queue import Recipient
from mailguard.parcels.packing import For, Packer, Protected, ToPack
from mailguard.parcels.records import Records, Telling
from mailguard.policy.facts import Situation
from mailguard.policy.people import People
from mailguard.policy.rules import RuleSet
from mailguard.sealing import SecretBox
from mailguard.spool import Mail, SealedContent, Spool
from mailguard.spool.content import ContentWriter
from mailguard.store import Transaction
from mailguard.transform.passwords.generated import bits_of
from mailguard.workers.claims import TRANSFORMER
from mailguard.workers.judge import Looks


def _sender(people: People, rules: RuleSet) -> tuple[str, str]:
    """Whom the notice names: the author, and where that is nobody of the office, who really sent the mail."""
    if people.author and not (rules.directory.is_outside(people.author) and people.sender):
        return people.author, people.author_name
    return people.sender, ""


def to_pack_of(
    octets: bytes,
    situation: Situation,
    rules: RuleSet,
    recipients: tuple[For, ...],
    everybody: Sequence[str],
    sent_at: datetime,
) -> ToPack:
    """What a packer needs to know of a mail that was looked into. ``octets`` without dot-stuffing."""
    people, inspection = situation.people, situation.inspection
    return ToPack(
        octets=octets,
        places=places_of(inspection),
        findings=findings_by_place(inspection),
        recipients=recipients,
        everybody=tuple(everybody),
        sender=_sender(people, rules),
        sent_at=sent_at.astimezone(rules.hours.zone),
        is_outside=rules.directory.is_outside,
    )


class LooksAgain(Looks, Protocol):
    """Who looks into mail, and into what was made of it (``looking.Looking``)."""

    async def verify(self, asked: ToVerify) -> frozenset[tuple[str, str]]:
        """Kinds and places that are still readable."""


@dataclass(frozen=True)
class Prepared:
    """Protected variants, ready to be put on record: parcels with what their variants end in, and the sealed header
    block of each recipient by position.
    """

    parcels: tuple[tuple[Protected[ContentWriter], SealedContent], ...]
    heads: dict[int, SealedContent]


class Protector:
    """One per node."""

    def __init__(
        self,
        spool: Spool,
        policy: ActivePolicy,
        looking: LooksAgain,
        packer: Packer,
        records: Records,
        agreed: SecretBox,
        settings: ProtectionSettings,
        office: OfficeSettings,
    ) -> None:
        """``agreed``: opens the passwords agreed with partners."""
        self._spool = spool
        self._policy = policy
        self._looking = looking
        self._packer = packer
        self._records = records
        self._agreed = agreed
        self._settings = settings
        self._office = office

    async def prepare(self, mail: Mail, wire: bytes, entries: list[Recipient]) -> Prepared:
        """The variants for ``entries``. Raises ``NotPossible``, and whatever goes wrong in looking or writing."""
        rules = self._policy.rules
        octets = unstuffed(wire)
        occasion = occasion_of(mail)
        everybody = mail.submission.addresses
        # A sealed mail is never rewritten, and nothing inside of a parcel may name who is hidden, either.
        shown = [(entry.path.address, showing_of(entry.verdict)) for entry in entries]
        await asyncio.to_thread(hidden_heads, octets, shown, everybody, rules.directory)
        situation = await self._looking.look(octets, occasion, rules, frozenset())
        own = own_words(situation, rules, self._office)
        contact = contact_words(self._office, self._settings)
        to_pack = to_pack_of(
            octets,
            situation,
            rules,
            await self._recipients(entries),
            everybody,
            mail.submission.accepted_at,
        )

        async def verify(finished: bytes, more: tuple[str, ...]) -> frozenset[tuple[str, str]]:
            return await self._looking.verify(ToVerify(octets, finished, occasion, frozenset(), own, contact, more))

        made = await self._packer.pack(to_pack, verify, self._spool.open_content)
        crash_point("after_parcel_filled")
        sealed = await asyncio.to_thread(self._sealed, made)
        crash_point("after_parcel_sealed")
        return sealed

    async def _recipients(self, entries: list[Recipient]) -> tuple[For, ...]:
        addresses = [comparable(entry.path.address) for entry in entries]
        traits = await self._spool.store.read(lambda reader: traits_of(reader, addresses))
        found = []
        for entry, address in zip(entries, addresses, strict=True):
            known = traits.get(address, Traits())
            agreed = None
            if known.agreed:
                agreed = await self._spool.store.read(
                    lambda reader: agreed_password(reader, self._agreed, address)  # noqa: B023
                )
            wish = NO_WISH if entry.verdict is None else entry.verdict.protection
            found.append(
                For(
                    entry.key.position,
                    entry.path.address,
                    wish,
                    known,
                    "" if agreed is None else agreed[0],
                    showing_of(entry.verdict),
                )
            )
        return tuple(found)

    def _sealed(self, made: list[Protected[ContentWriter]]) -> Prepared:
        """Contents that are safe on disk, or will be with their rows. Raises ``StorageUnavailable``."""
        parcels = []
        heads: dict[int, SealedContent] = {}
        try:
            for one in made:
                # Each parcel's own: the same header block before another tail is another variant.
                sealed = {head: self._spool.seal(head) for head in dict.fromkeys(one.heads.values())}
                heads |= {position: sealed[head] for position, head in one.heads.items()}
                parcels.append((one, one.sink.seal()))
        except BaseException:
            for one in made:
                one.sink.abandon()
            raise
        return Prepared(tuple(parcels), heads)

    def insert(self, transaction: Transaction, mail: Mail, prepared: Prepared) -> list[AuditEvent]:
        """Put contents, parcels and how their passwords are to travel on record; the events that go with it."""
        queue_id = mail.submission.queue_id
        events = []
        for one, tail in prepared.parcels:
            parcel_id = tail.content_id
            heads = {prepared.heads[position].content_id: prepared.heads[position] for position in one.heads}
            self._spool.insert_protected(transaction, tail, heads.values(), mail.submission)
            message_id = _message_id(next(iter(one.heads.values()), b""))
            digest = self._records.insert_parcel(
                transaction, parcel_id, queue_id, tail.content_id, one.manifest, one.password, message_id
            )
            for position, (channel, phone) in sorted(one.channels.items()):
                telling = Telling(
                    queue_id, position, parcel_id, channel, PasswordState.PACKED, 0, None, phone, None, transaction.now
                )
                self._records.insert_telling(transaction, telling)
            details: dict[str, object] = {
                "parcel": parcel_id,
                "mode": one.manifest.mode.value,
                "positions": sorted(one.heads),
                "channels": sorted({channel.value for channel, _ in one.channels.values()}),
                "manifest_sha256": digest,
                **_wish_not_met(mail, one),
                **_facts_of_password(transaction, mail, one),
            }
            events.append(AuditEvent(transaction.now, TRANSFORMER, AuditAction.PARCEL_MADE, queue_id, details))
        return events


def _message_id(head: bytes) -> str:
    """Of a mail as it leaves; "" where it has none."""
    return next(iter(message_ids_in(Head(unstuffed(head)).first("Message-ID") or b"")), "")


def _wish_not_met(mail: Mail, one: Protected[ContentWriter]) -> dict[str, object]:
    """What a sender or a rule wanted the parcel to be, where it had to become something else."""
    wishes = {
        entry.verdict.protection.mode
        for entry in mail.recipients
        if entry.key.position in one.heads and entry.verdict is not None
    }
    missed = sorted(wish.value for wish in wishes if wish not in (None, one.manifest.mode))
    return {"wished_mode": missed[0]} if missed else {}


def _facts_of_password(transaction: Transaction, mail: Mail, one: Protected[ContentWriter]) -> dict[str, object]:
    """What goes on record of a password, never the password: how strong it is, or since when it is agreed."""
    if not one.is_agreed:
        return {"password_length": len(one.password), "password_bits": int(bits_of())}
    addresses = [comparable(mail.submission.envelope.forward_paths[position].address) for position in one.heads]
    agreed_at = [known.agreed_at for known in traits_of(transaction, addresses).values() if known.agreed_at is not None]
    return {"agreed_at": min(agreed_at).isoformat()} if agreed_at else {}
