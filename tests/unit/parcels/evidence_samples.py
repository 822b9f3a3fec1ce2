"""Evidence of a parcel as an office has it, for tests of the sheet. All people and addresses are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from mailguard.model.protection import Channel, Item, Manifest, Mode, PasswordState
from mailguard.parcels.evidence import (
    Evidence,
    EvidenceChain,
    EvidenceEvent,
    EvidenceRecipient,
    PasswordFacts,
    PasswordShown,
)
from mailguard.parcels.manifest import manifest_json

ACCEPTED_AT = datetime(2026, 11, 26, 4, 30, 5, tzinfo=UTC)
PRINTED_AT = datetime(2026, 11, 27, 0, 0, tzinfo=UTC)


def digest(word: str) -> str:
    """A hash that looks like one."""
    return sha256(word.encode()).hexdigest()


def at(seconds: float) -> datetime:
    """So long after the mail was accepted."""
    return ACCEPTED_AT + timedelta(seconds=seconds)


MANIFEST = Manifest(
    mode=Mode.ZIP,
    method={
        "container": "ZIP, WinZip AES (AE-2)",
        "cipher": "AES-256-CTR",
        "key_bits": "256",
        "key_derivation": "PBKDF2-HMAC-SHA1, 1000 iterations, salt of 128 bits for each file",
        "integrity": "HMAC-SHA1-80 over the ciphertext",
        "software": "pyzipper 0.4.0",
    },
    outer_name="書類.zip",
    size=1_234_567,
    sha256=digest("parcel"),
    items=(
        Item("本文.pdf", 34_567, digest("body"), (("person_name", 2), ("phone_number", 1))),
        Item("組合員名簿_令和8年11月.xlsx", 1_187_654, digest("list"), (("person_name", 312), ("my_number", 312))),
        Item("地図.png", 12_346, digest("map")),
    ),
)

EVENTS = tuple(
    EvidenceEvent(4_711 + number, at(seconds), actor, action, digest(action))
    for number, (seconds, actor, action) in enumerate(
        [
            (0, "tanaka@office.example", "mail.accepted"),
            (0.4, "inspector-1", "mail.judged"),
            (65, "suzuki@office.example", "hold.released"),
            (66, "transformer-1", "mail.queued"),
            (67, "deliverer-2", "delivery.begun"),
            (69, "deliverer-2", "delivery.delivered"),
            (700, "teller-1", "parcel.some_newer_act"),
        ]
    )
)

EVIDENCE = Evidence(
    parcel_id="P7K2M9QX4ABCDEFG",
    queue_id="01HZY8K2M9QX4ABC",
    message_id_sha256=digest("message-id"),
    accepted_at=ACCEPTED_AT,
    created_at=at(66),
    office="みどり市職員互助会(見本)",
    sender="tanaka@office.example",
    manifest=MANIFEST,
    recipients=(
        EvidenceRecipient(
            position=0,
            address="yamada@partner.example",
            channel=Channel.TO_SENDER,
            password_state=PasswordState.TOLD,
            delivered_at=at(69),
            next_hop="mx.partner.example:25",
            reply_code=250,
            reply_text="2.0.0 Ok: queued as 4F1A2",
            tls="TLSv1.3",
            told_at=at(70),
            told_to="tanaka@office.example",
            events=EVENTS[4:6],
        ),
        EvidenceRecipient(
            position=1,
            address="sato@other.example",
            channel=Channel.SEPARATE_MAIL,
            password_state=PasswordState.STOPPED,
            next_hop="mx.other.example:25",
            reply_code=552,
            reply_text="5.7.0 encrypted archives are not accepted",
            stopped_at=at(72),
        ),
        EvidenceRecipient(2, "mori@third.example", Channel.AGREED, PasswordState.PACKED),
    ),
    password=PasswordFacts(
        created_at=at(66),
        length=20,
        bits=116,
        shown=(PasswordShown(at(300), "tanaka@office.example"),),
    ),
    events=EVENTS,
    chain=EvidenceChain(1, 5_003, digest("last"), sha256(manifest_json(MANIFEST)).hexdigest(), is_unbroken=True),
    generator="mailguard 0.1.0",
    self_test="passed: SHA-256 (FIPS 180-4), AES-256 (SP 800-38A F.5.5); cryptography 50.0.2, pyzipper 0.4.0",
)


def with_items(count: int) -> Evidence:
    """The evidence of a parcel of so many files."""
    items = tuple(
        Item(f"申請書類_{number:04}_{'資料' * 30}.pdf", number, digest(str(number))) for number in range(count)
    )
    return replace(EVIDENCE, manifest=replace(MANIFEST, items=items))
