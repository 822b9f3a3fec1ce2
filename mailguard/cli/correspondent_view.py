"""How commands show what is known of recipients: as lines for people, and as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from mailguard.correspondents import Known
from mailguard.correspondents.administration import Dossier
from mailguard.model.protection import Channel, Trait, TraitSource

_CHANNELS = {
    Channel.TO_SENDER: "wants the password from the sender",
    Channel.SEPARATE_MAIL: "wants the password in a separate mail",
    Channel.SMS: "wants the password as a short message",
    Channel.AGREED: "wants the agreed password",
}


def as_json(dossier: Dossier, now: datetime) -> dict[str, object]:
    """One address or domain. ``of`` is where an entry stands on record, the address or its domain; days are whole."""
    agreed = dossier.agreed
    return {
        "address": dossier.address,
        "known": [
            {
                "trait": one.trait.value,
                "value": one.value,
                "source": one.source.value,
                "of": one.address,
                "changed_at": one.changed_at.isoformat(),
            }
            for one in dossier.known
        ],
        "agreed": None
        if agreed is None
        else {
            "of": agreed.address,
            "agreed_at": agreed.agreed_at.isoformat(),
            "agreed_by": agreed.agreed_by,
            "days": _days(agreed.agreed_at, now),
        },
    }


def lines_of(dossier: Dossier, now: datetime) -> list[str]:
    """One address or domain, its name first; dates are this machine's."""
    lines = [dossier.address]
    for one in dossier.known:
        told = "noted" if one.source is TraitSource.PERSON else "learned from its server"
        lines.append(f"  {_said(one)} ({told} {_date(one.changed_at)}{_through(one.address, dossier.address)})")
    if dossier.agreed is not None:
        agreed = dossier.agreed
        days = _days(agreed.agreed_at, now)
        age = "1 day" if days == 1 else f"{days} days"
        lines.append(
            f"  password agreed {_date(agreed.agreed_at)}, {age} ago, by {agreed.agreed_by}"
            f"{_through(agreed.address, dossier.address)}"
        )
    return lines if len(lines) > 1 else [*lines, "  nothing is known"]


def _said(one: Known) -> str:
    match one.trait:
        case Trait.REFUSES_ZIP:
            return "takes no encrypted archives" if one.value == "yes" else "takes encrypted archives"
        case Trait.OPENS_PDF:
            return "opens PDF files with a password" if one.value == "yes" else "opens no PDF files with a password"
        case Trait.PREFERS:
            return _CHANNELS[Channel(one.value)]
        case Trait.PHONE:
            return f"telephone {one.value}"
        case _:
            assert_never(one.trait)


def _through(kept: str, asked: str) -> str:
    return "" if kept == asked else f", for all of {kept}"


def _date(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d}"


def _days(since: datetime, now: datetime) -> int:
    return max(0, (now - since).days)
