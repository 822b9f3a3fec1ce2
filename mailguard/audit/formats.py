"""Events as other programs read them: JSON in the shape of the Elastic Common Schema, CEF, and CSV for spreadsheets.

Every form has the event's number and hash, by which it is found in the record again.

Standards: Elastic Common Schema 8.11. ArcSight Common Event Format, version 26 (header fields escape ``\\`` and ``|``,
extensions ``\\`` and ``=``, line ends are written ``\\n`` and ``\\r``; custom strings have at most 4000 characters).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC
from ipaddress import ip_address

from mailguard import __version__
from mailguard.audit.meaning import is_near_miss, is_override, meaning_of, words_key
from mailguard.audit.record import Entry
from mailguard.config import OfficeSettings
from mailguard.i18n import text
from mailguard.mime.spreadsheet import line_of
from mailguard.model.audit import ActorKind

ECS_VERSION = "8.11"
CEF_STRING_MAX = 4000
COLUMNS = ("number", "at", "actor_kind", "actor", "action", "mail", "details", "hash")
"""Of CSV."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose record it is: the office's name and the host name of the relay."""

    organization: str
    hostname: str


def origin_of(office: OfficeSettings) -> Origin:
    """The office whose record it is."""
    return Origin(office.name or next(iter(office.domains), ""), office.hostname)


def ecs_line(entry: Entry, origin: Origin) -> str:
    """One event as a line of JSON."""
    return json.dumps(ecs(entry, origin), ensure_ascii=False, separators=(",", ":"))


def ecs(entry: Entry, origin: Origin) -> dict[str, object]:
    """One event as nested JSON values. What is mailguard's own stands under ``mailguard``."""
    event, meaning = entry.event, meaning_of(entry.event)
    own: dict[str, object] = {
        "actor": {"kind": event.actor.kind.value, "name": event.actor.name},
        "details": event.details,
        "near_miss": is_near_miss(event),
        "override": is_override(event),
    }
    if event.queue_id is not None:
        own["queue_id"] = event.queue_id
    found: dict[str, object] = {
        "@timestamp": event.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "ecs": {"version": ECS_VERSION},
        "message": text("en", words_key(event.action)),
        "event": {
            "kind": "event",
            "module": "mailguard",
            "dataset": "mailguard.audit",
            "action": event.action.value,
            "category": [meaning.category],
            "type": [meaning.type],
            "outcome": meaning.outcome,
            "severity": meaning.severity,
            "sequence": entry.seq,
            "hash": entry.hash.hex(),
        },
        "organization": {"name": origin.organization},
        "observer": {
            "vendor": "mailguard", "product": "mailguard", "version": __version__, "hostname": origin.hostname,
        },
        "mailguard": own,
    }  # fmt: skip
    if event.actor.kind is ActorKind.WORKER:
        found["process"] = {"name": event.actor.name}
    elif event.actor.name:
        found["user"] = {"name": event.actor.name}
    if (address := _address(event.details.get("client"))) is not None:
        found["source"] = {"ip": address}
    if rules := event.details.get("rules"):
        found["rule"] = {"id": rules}
    return found


def cef_line(entry: Entry, origin: Origin) -> str:
    """One event as a line of CEF, without a syslog header and without a line end."""
    event, meaning = entry.event, meaning_of(entry.event)
    head = ("CEF:0", "mailguard", "mailguard", __version__, event.action.value, text("en", words_key(event.action)))
    details = json.dumps(event.details, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    extension = {
        "rt": str(round(event.at.timestamp() * 1000)),
        "externalId": str(entry.seq),
        "act": event.action.value,
        "cat": meaning.category,
        "outcome": meaning.outcome,
        "dvchost": origin.hostname,
        "sproc" if event.actor.kind is ActorKind.WORKER else "suser": event.actor.name,
        "src": _address(event.details.get("client")) or "",
        **_custom(1, "hash", entry.hash.hex()),
        **_custom(2, "queueId", event.queue_id or ""),
        **_custom(3, "details", details),
        **_custom(4, "organization", origin.organization),
        **_custom(5, "flag", "near miss" if is_near_miss(event) else "override" if is_override(event) else ""),
    }
    pairs = " ".join(f"{name}={_in_extension(value)}" for name, value in extension.items() if value)
    return "|".join([*map(_in_head, head), str(meaning.severity), pairs])


def csv_line(entry: Entry) -> str:
    """One event as a line for spreadsheets, with its end; ``COLUMNS`` are its columns."""
    event = entry.event
    return line_of(
        (
            str(entry.seq),
            event.at.isoformat(timespec="seconds"),
            event.actor.kind.value,
            event.actor.name,
            event.action.value,
            event.queue_id or "",
            json.dumps(event.details, ensure_ascii=False, sort_keys=True),
            entry.hash.hex(),
        )
    )


def _custom(number: int, label: str, value: str) -> dict[str, str]:
    if not value:
        return {}
    shown = value if len(value) <= CEF_STRING_MAX else f"{value[: CEF_STRING_MAX - 3]}..."
    return {f"cs{number}Label": label, f"cs{number}": shown}


def _in_head(value: str) -> str:
    return _on_one_line(value).replace("\\", "\\\\").replace("|", "\\|")


def _on_one_line(value: str) -> str:
    return " ".join(value.splitlines())


def _in_extension(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("=", "\\=")
    return escaped.replace("\r", "\\r").replace("\n", "\\n")


def _address(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        return str(ip_address(value))
    except ValueError:
        return None
