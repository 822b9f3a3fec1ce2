"""The evidence sheet of a parcel: that a cipher was properly used, and that the key was apart and who saw it when.

It holds no password, and has no place for one. Whoever collects it from the database says only what is on record; what
is not known is None or empty and never a guess. Times are aware; hashes are lower-case hexadecimal digits.

As JSON (``as_json``) it is one object in canonical form (``manifest.canonical``), with these keys:

===================  ===================================================================================================
``format``           ``mailguard-parcel-evidence-1``; another meaning of a key gets another number
``parcel_id``,       what the sheet is about
``queue_id``
``message_id_sha256``  of the mail's Message-ID without its brackets; null where there is none
``accepted_at``,     when the mail was accepted and the parcel made; all times are ISO 8601 in UTC, microseconds
``created_at``
``office``, ``sender``  who sends; an address
``manifest``         what is inside and by which method; its canonical octets are what ``manifest_sha256`` is of
``recipients``       ``position`` (from 1), ``address``, ``channel``, ``password_state``, ``told_at``, ``told_to``,
                     ``stopped_at``, ``delivery`` (``at``, ``next_hop``, ``reply_code``, ``reply_text``, ``tls``),
                     ``events`` (numbers of the entries in the audit record that are about this recipient)
``password``         ``created_at``, ``kept``, ``is_agreed``, ``length``, ``bits``, ``shown`` (``at``, ``to``),
                     ``destroyed_at``
``events``           entries in the audit record about the mail and the mails that carried its password: ``seq``,
                     ``at``, ``queue_id``, ``actor``, ``action``, ``hash``
``chain``            ``first_seq``, ``last_seq``, ``last_hash`` of the whole record; ``is_unbroken`` (null: unchecked);
                     ``manifest_sha256``, ``recorded_manifest_sha256`` (null: the record has none),
                     ``is_manifest_as_recorded``
``generator``,       the program that wrote the sheet, and what its ciphers said about themselves then
``self_test``
``facts``            rules that may matter: ``id``, ``text``, ``source`` (both by language), ``source_checked``,
                     ``valid_from``, ``valid_until``, ``is_verified`` (a person read the text itself)
``notes``            by language, what the sheet shows and what it does not
===================  ===================================================================================================
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

from mailguard.i18n import CATALOGUES, text
from mailguard.model.protection import Channel, Manifest, PasswordState
from mailguard.parcels.manifest import canonical, manifest_json

FORMAT = "mailguard-parcel-evidence-1"
KEPT_APART = "sealed, AES-256-GCM, apart from the content key"
"""Where passwords are: what ``sealing.SecretBox`` does, in words."""
NOTES = ("record", "reading", "clock", "law")
"""What every sheet says of itself, in this order: texts ``evidence.sheet.note.…``."""


@dataclass(frozen=True, slots=True)
class EvidenceEvent:
    """An entry of the audit record. ``actor``: a person, a worker or a client, as the record names it.

    ``queue_id``: the mail it is about, where that is a mail with the password and not the protected one; else "".
    """

    seq: int
    at: datetime
    actor: str
    action: str
    hash: str
    queue_id: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceRecipient:
    """Who was to get the parcel, what became of it, and how its password went. ``position`` counts from 0.

    ``delivered_at``: when the next hop took it, None: it has not. ``next_hop``, ``reply_code`` (0: no reply),
    ``reply_text`` and ``tls`` are of the last attempt. ``told_to``: whom the password went to, such as an address or
    the last digits of a telephone number.
    """

    position: int
    address: str
    channel: Channel
    password_state: PasswordState
    delivered_at: datetime | None = None
    next_hop: str = ""
    reply_code: int = 0
    reply_text: str = ""
    tls: str = ""
    told_at: datetime | None = None
    told_to: str = ""
    stopped_at: datetime | None = None
    events: tuple[EvidenceEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class PasswordShown:
    """Who of the office saw the password on demand, and when."""

    at: datetime
    to: str


@dataclass(frozen=True, slots=True)
class PasswordFacts:
    """What is known of the parcel's password, never the password.

    ``is_agreed``: people agreed on it earlier, ``created_at`` is then that day, None where it is not on record.
    ``length``: characters, and ``bits``: how much chance is in it; None: not known, as with those people made.
    """

    created_at: datetime | None
    kept: str = KEPT_APART
    is_agreed: bool = False
    length: int | None = None
    bits: int | None = None
    shown: tuple[PasswordShown, ...] = ()
    destroyed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EvidenceChain:
    """Where the audit record stood. ``manifest_sha256``: as the entry on protecting has it; None: there is no entry.

    ``is_unbroken``: what a check of the whole record said just then; None: it was not checked.
    """

    first_seq: int
    last_seq: int
    last_hash: str
    manifest_sha256: str | None
    is_unbroken: bool | None = None


@dataclass(frozen=True, slots=True)
class DatedFact:
    """A rule that may matter, as known on a day. Its words are ``evidence.sheet.fact.<fact_id>`` and ``….source``.

    ``is_verified``: a person read the text itself, not what others quote of it. ``valid_until`` None: still in force.
    """

    fact_id: str
    source_checked: date
    is_verified: bool
    valid_from: date | None = None
    valid_until: date | None = None


ENCRYPTION_CONDITION = DatedFact(
    "appi_r7_encryption", date(2026, 10, 9), is_verified=False, valid_from=date(2022, 4, 1)
)
"""個人情報の保護に関する法律施行規則 第7条第1号, as quoted on that day; the condition is of Q&A 17-14."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a sheet says. ``created_at``: when the parcel was made; ``events``: oldest first.

    ``generator``: program and version; ``self_test``: what ``self_test`` said when the sheet was written.
    """

    parcel_id: str
    queue_id: str
    message_id_sha256: str | None
    accepted_at: datetime
    created_at: datetime
    office: str
    sender: str
    manifest: Manifest
    recipients: tuple[EvidenceRecipient, ...]
    password: PasswordFacts
    events: tuple[EvidenceEvent, ...]
    chain: EvidenceChain
    generator: str
    self_test: str
    facts: tuple[DatedFact, ...] = (ENCRYPTION_CONDITION,)

    @property
    def manifest_sha256(self) -> str:
        """The hash of the manifest this sheet shows."""
        return sha256(manifest_json(self.manifest)).hexdigest()

    @property
    def is_manifest_as_recorded(self) -> bool:
        """Whether the audit record holds the hash of just this manifest, so that nothing in it was changed since."""
        return self.chain.manifest_sha256 == self.manifest_sha256


def as_json(evidence: Evidence) -> str:
    """The sheet for programs, without a line end. Raises ``ValueError`` where a time has no zone."""
    return canonical(
        {
            "format": FORMAT,
            "parcel_id": evidence.parcel_id,
            "queue_id": evidence.queue_id,
            "message_id_sha256": evidence.message_id_sha256,
            "accepted_at": _iso(evidence.accepted_at),
            "created_at": _iso(evidence.created_at),
            "office": evidence.office,
            "sender": evidence.sender,
            "manifest": json.loads(manifest_json(evidence.manifest)),
            "recipients": [_recipient(one) for one in evidence.recipients],
            "password": _password(evidence.password),
            "events": [_event(one, evidence) for one in evidence.events],
            "chain": _chain(evidence),
            "generator": evidence.generator,
            "self_test": evidence.self_test,
            "facts": [_fact(one) for one in evidence.facts],
            "notes": {
                language: [text(language, f"evidence.sheet.note.{note}") for note in NOTES] for language in CATALOGUES
            },
        }
    ).decode()


def _recipient(one: EvidenceRecipient) -> dict[str, object]:
    return {
        "position": one.position + 1,
        "address": one.address,
        "channel": one.channel.value,
        "password_state": one.password_state.value,
        "told_at": _iso(one.told_at),
        "told_to": one.told_to,
        "stopped_at": _iso(one.stopped_at),
        "delivery": {
            "at": _iso(one.delivered_at),
            "next_hop": one.next_hop,
            "reply_code": one.reply_code,
            "reply_text": one.reply_text,
            "tls": one.tls,
        },
        "events": [event.seq for event in one.events],
    }


def _password(password: PasswordFacts) -> dict[str, object]:
    return {
        "created_at": _iso(password.created_at),
        "kept": password.kept,
        "is_agreed": password.is_agreed,
        "length": password.length,
        "bits": password.bits,
        "shown": [{"at": _iso(one.at), "to": one.to} for one in password.shown],
        "destroyed_at": _iso(password.destroyed_at),
    }


def _event(one: EvidenceEvent, evidence: Evidence) -> dict[str, object]:
    return {
        "seq": one.seq,
        "at": _iso(one.at),
        "queue_id": one.queue_id or evidence.queue_id,
        "actor": one.actor,
        "action": one.action,
        "hash": one.hash,
    }


def _chain(evidence: Evidence) -> dict[str, object]:
    return {
        "first_seq": evidence.chain.first_seq,
        "last_seq": evidence.chain.last_seq,
        "last_hash": evidence.chain.last_hash,
        "is_unbroken": evidence.chain.is_unbroken,
        "manifest_sha256": evidence.manifest_sha256,
        "recorded_manifest_sha256": evidence.chain.manifest_sha256,
        "is_manifest_as_recorded": evidence.is_manifest_as_recorded,
    }


def _fact(fact: DatedFact) -> dict[str, object]:
    key = f"evidence.sheet.fact.{fact.fact_id}"
    return {
        "id": fact.fact_id,
        "text": {language: text(language, key) for language in CATALOGUES},
        "source": {language: text(language, f"{key}.source") for language in CATALOGUES},
        "source_checked": fact.source_checked.isoformat(),
        "valid_from": fact.valid_from and fact.valid_from.isoformat(),
        "valid_until": fact.valid_until and fact.valid_until.isoformat(),
        "is_verified": fact.is_verified,
    }


def _iso(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    if moment.utcoffset() is None:
        raise ValueError("a time of an evidence sheet has no zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
