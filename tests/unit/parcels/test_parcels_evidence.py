"""The evidence sheet for programs: what stands in it, always in the same way, and never a password."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from hashlib import sha256

import pytest

from mailguard.i18n import CATALOGUES
from mailguard.model.audit import AuditAction
from mailguard.model.protection import Channel, Mode, PasswordState
from mailguard.parcels.evidence import Evidence, EvidenceRecipient, PasswordFacts, as_json
from mailguard.parcels.manifest import canonical, manifest_json
from tests.unit.parcels.evidence_samples import EVIDENCE, MANIFEST, digest

OF_NO_MAIL = (
    "system.",
    "account.", "api_token.", "audit.", "correspondents.", "device.", "incident.", "person.", "policy.", "service.",
    "sign_in.",
)  # fmt: skip
"""Actions that never stand in the record of a mail."""


def shape(value: object) -> object:
    """Keys and types of a JSON value; of a list its first entry."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def test_json_has_the_documented_keys() -> None:
    """Programs that read sheets find what they found last year."""
    assert {
        "format": "str",
        "parcel_id": "str",
        "queue_id": "str",
        "message_id_sha256": "str",
        "accepted_at": "str",
        "created_at": "str",
        "office": "str",
        "sender": "str",
        "manifest": {
            "format": "str",
            "mode": "str",
            "method": dict.fromkeys(MANIFEST.method, "str"),
            "outer_name": "str",
            "size": "int",
            "sha256": "str",
            "is_names_hidden": "bool",
            "items": [{"name": "str", "size": "int", "sha256": "str", "findings": [{"kind": "str", "count": "int"}]}],
        },
        "recipients": [
            {
                "position": "int",
                "address": "str",
                "channel": "str",
                "password_state": "str",
                "told_at": "str",
                "told_to": "str",
                "stopped_at": "NoneType",
                "delivery": {
                    "at": "str", "next_hop": "str", "reply_code": "int", "reply_text": "str", "tls": "str",
                },
                "events": ["int"],
            }
        ],
        "password": {
            "created_at": "str",
            "kept": "str",
            "is_agreed": "bool",
            "length": "int",
            "bits": "int",
            "shown": [{"at": "str", "to": "str"}],
            "destroyed_at": "NoneType",
        },
        "events": [
            {"seq": "int", "at": "str", "queue_id": "str", "actor": "str", "action": "str", "hash": "str"},
        ],
        "chain": {
            "first_seq": "int",
            "last_seq": "int",
            "last_hash": "str",
            "is_unbroken": "bool",
            "manifest_sha256": "str",
            "recorded_manifest_sha256": "str",
            "is_manifest_as_recorded": "bool",
        },
        "generator": "str",
        "self_test": "str",
        "facts": [
            {
                "id": "str",
                "text": {"ja": "str", "en": "str"},
                "source": {"ja": "str", "en": "str"},
                "source_checked": "str",
                "valid_from": "str",
                "valid_until": "NoneType",
                "is_verified": "bool",
            }
        ],
        "notes": {"ja": ["str"], "en": ["str"]},
    } == shape(json.loads(as_json(EVIDENCE)))  # fmt: skip


def test_json_says_what_happened() -> None:
    """Who got it, when the password went and to whom can be read by a program."""
    sheet = json.loads(as_json(EVIDENCE))

    assert "mailguard-parcel-evidence-1" == sheet["format"]
    assert "2026-11-26T04:30:05.000000+00:00" == sheet["accepted_at"]
    assert {
        "position": 1,
        "address": "yamada@partner.example",
        "channel": "to_sender",
        "password_state": "told",
        "told_at": "2026-11-26T04:31:15.000000+00:00",
        "told_to": "tanaka@office.example",
        "stopped_at": None,
        "delivery": {
            "at": "2026-11-26T04:31:14.000000+00:00",
            "next_hop": "mx.partner.example:25",
            "reply_code": 250,
            "reply_text": "2.0.0 Ok: queued as 4F1A2",
            "tls": "TLSv1.3",
        },
        "events": [4715, 4716],
    } == sheet["recipients"][0]
    assert [{"kind": "person_name", "count": 312}, {"kind": "my_number", "count": 312}] == (
        sheet["manifest"]["items"][1]["findings"]
    )
    assert "sealed, AES-256-GCM, apart from the content key" == sheet["password"]["kept"]


def test_json_of_the_same_sheet_is_the_same_text() -> None:
    """Two copies of a sheet can be compared octet by octet, also after a program read and wrote one."""
    written = as_json(EVIDENCE)

    assert written == as_json(
        replace(EVIDENCE, manifest=replace(MANIFEST, method=dict(sorted(MANIFEST.method.items()))))
    )
    assert written.encode() == canonical(json.loads(written))


def test_json_of_another_zone_is_the_same_moment() -> None:
    """Times are told in UTC, wherever the server stands."""
    tokyo = timezone(timedelta(hours=9))

    assert as_json(EVIDENCE) == as_json(replace(EVIDENCE, accepted_at=EVIDENCE.accepted_at.astimezone(tokyo)))


def test_json_with_a_time_without_zone_is_refused() -> None:
    """No sheet says a time that could be another one."""
    with pytest.raises(ValueError):
        as_json(replace(EVIDENCE, created_at=datetime(2026, 11, 26, 13, 0)))  # noqa: DTZ001 - the fault itself


def test_manifest_in_the_sheet_can_be_hashed_by_anybody() -> None:
    """Whoever has the sheet computes the hash that the audit record must hold."""
    sheet = json.loads(as_json(EVIDENCE))

    assert sheet["chain"]["recorded_manifest_sha256"] == sha256(canonical(sheet["manifest"])).hexdigest()
    assert sheet["chain"]["is_manifest_as_recorded"]


@pytest.mark.parametrize("recorded", [None, digest("something else")])
def test_manifest_that_is_not_the_recorded_one_is_said_to_be(recorded: str | None) -> None:
    """A list of contents that was changed afterwards proves nothing, and the sheet says so."""
    evidence = replace(EVIDENCE, chain=replace(EVIDENCE.chain, manifest_sha256=recorded))

    assert not evidence.is_manifest_as_recorded
    assert not json.loads(as_json(evidence))["chain"]["is_manifest_as_recorded"]


def test_manifest_with_one_file_hidden_is_not_the_recorded_one() -> None:
    """Leaving out one file is seen."""
    fewer = replace(EVIDENCE, manifest=replace(MANIFEST, items=MANIFEST.items[1:]))

    assert not fewer.is_manifest_as_recorded


def test_sheet_has_no_place_for_a_password() -> None:
    """Nobody can put a password on a sheet by mistake."""
    names = {field.name for value in (Evidence, EvidenceRecipient, PasswordFacts) for field in fields(value)}

    assert {"password", "password_state"} == {name for name in names if "password" in name or "secret" in name}
    assert "password: PasswordFacts" == next(
        f"{field.name}: {field.type}" for field in fields(Evidence) if field.name == "password"
    )
    assert not [field for field in fields(PasswordFacts) if field.name in {"value", "text", "plain", "octets"}]


def test_names_that_are_no_text_are_written_all_the_same() -> None:
    """A hostile file name cannot keep a sheet from being made."""
    items = tuple(
        replace(MANIFEST.items[0], name=name) for name in ("\ud800", "</script>", "\x00\u202etxt.exe", "a" * 70_000)
    )
    evidence = replace(EVIDENCE, manifest=replace(MANIFEST, items=items))

    assert [item.name for item in items] == [
        item["name"] for item in json.loads(as_json(evidence))["manifest"]["items"]
    ]
    assert as_json(evidence).encode()
    assert manifest_json(evidence.manifest)


@pytest.mark.parametrize("language", list(CATALOGUES))
def test_everything_on_a_sheet_has_words(language: str) -> None:
    """No officer meets the code of a state, a way or an act."""
    keys = [f"channel.{channel}" for channel in Channel] + [f"state.{state}" for state in PasswordState]
    keys += [f"mode.{mode}" for mode in Mode]
    keys += [f"action.{action}" for action in AuditAction if not action.value.startswith(OF_NO_MAIL)]

    assert [] == [key for key in keys if f"evidence.sheet.{key}" not in CATALOGUES["ja" if language == "ja" else "en"]]
