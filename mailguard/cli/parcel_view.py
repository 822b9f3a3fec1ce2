"""Parcels as commands show them: as JSON for programs and as lines for people. Recipient numbers start at 1.

Names come from mails: whatever they hold, they do nothing to the terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import typer

from mailguard.cli.office import print_json
from mailguard.judging.wording import kind_name
from mailguard.model.protection import Channel, Item, PasswordState
from mailguard.parcels.listing import ListedParcel, Member
from mailguard.parcels.passwords import Stopped

_GONE = {
    Channel.TO_SENDER: "with the sender, who tells it",
    Channel.SEPARATE_MAIL: "sent by mail",
    Channel.SMS: "sent by short message",
    Channel.AGREED: "agreed earlier",
}
_TOO_LATE = {
    Channel.TO_SENDER: "the sender has the password; please ask them to tell nobody",
    Channel.SEPARATE_MAIL: "the mail with the password has gone",
    Channel.SMS: "the short message with the password has gone",
    Channel.AGREED: "the password was agreed earlier; nothing was to be sent",
}


def print_list(parcels: Sequence[ListedParcel], now: datetime, limit: int, *, json: bool) -> None:
    """A page of parcels, a line each or as one JSON list."""
    if json:
        print_json([as_json(one) for one in parcels])
        return
    for one in parcels:
        parcel = one.parcel
        typer.echo(f"{parcel.parcel_id}  {parcel.queue_id}  {parcel.mode.value}  {_members_in_short(one, now)}")
    if not parcels:
        typer.echo("There are no parcels.")
    elif len(parcels) == limit:
        typer.echo(f"There may be more: --before {parcels[-1].parcel.parcel_id}", err=True)


def as_json(one: ListedParcel) -> dict[str, Any]:
    """A parcel for programs. Times are ISO 8601 in UTC."""
    parcel, manifest = one.parcel, one.manifest
    return {
        "parcel_id": parcel.parcel_id,
        "queue_id": parcel.queue_id,
        "created_at": _iso(parcel.created_at),
        "mode": parcel.mode.value,
        "file": manifest.outer_name,
        "size": manifest.size,
        "sha256": manifest.sha256,
        "method": manifest.method,
        "items": [_item_json(item) for item in manifest.items],
        "has_password": parcel.has_password,
        "destroyed_at": _iso(parcel.destroyed_at),
        "recipients": [_member_json(member) for member in one.members],
    }


def as_text(one: ListedParcel, now: datetime) -> str:
    """Everything about a parcel for people."""
    parcel, manifest = one.parcel, one.manifest
    is_kept = parcel.destroyed_at is None
    names = "hidden without the password" if manifest.is_names_hidden else "can be seen without the password"
    lines = [
        f"Parcel     {parcel.parcel_id}  {parcel.mode.value}",
        f"Mail       {parcel.queue_id}",
        f"Made       {_local(parcel.created_at)}",
        f"File       {_shown(manifest.outer_name)}  {manifest.size} octets",
        f"Names      {names}",
        f"Password   {'kept' if is_kept else f'destroyed {_local(parcel.destroyed_at)}'}",
        "Method",
        *(f"  {_shown(key)}: {_shown(word)}" for key, word in sorted(manifest.method.items())),
        "Inside",
        *(f"  {_shown(item.name)}  {item.size} octets{_findings(item)}" for item in manifest.items),
        "Recipients",
    ]
    for member in one.members:
        telling = member.telling
        lines.append(
            f"  {telling.position + 1:>3}. {_shown(member.recipient.path.address)}  {telling.channel.value}  "
            f"{where(member, now, is_destroyed=not is_kept)}{_left(member, now)}"
        )
        if telling.told_by is not None:
            lines.append(f"       by mail {telling.told_by}")
    return "\n".join(lines)


def where(member: Member, now: datetime, *, is_destroyed: bool = False) -> str:
    """Where the password of one recipient is, in words."""
    telling = member.telling
    match telling.state:
        case PasswordState.PACKED if telling.channel is Channel.AGREED:
            words = _GONE[Channel.AGREED]
        case PasswordState.PACKED:
            words = f"not told yet (the parcel is {member.recipient.state.value})"
        case PasswordState.WAITING:
            until = member.leaves_at
            words = "waits for somebody to release it" if until is None else f"waits until {_time(until, now)}"
        case PasswordState.SENDING:
            words = "short message begun"
        case PasswordState.TOLD:
            words = _GONE[telling.channel]
        case PasswordState.STOPPED:
            return "stopped; destroyed" if is_destroyed else "stopped"
        case PasswordState.DESTROYED:
            return "destroyed"
    return f"{words}; destroyed here" if is_destroyed else words


def print_stopped(name: str, stopped: Stopped, members: Sequence[Member]) -> None:
    """What stopping means now, in words: who gets no password, and for whom it was too late."""
    if stopped.positions:
        numbers = _numbers(stopped.positions)
        typer.echo(f"{name}: stopped for recipient {numbers}")
    if stopped.is_destroyed and not stopped.too_late:
        typer.echo(
            "Nobody will get its password, and it was destroyed here as well: "
            "the parcel is useless now, wherever it is."
        )
    elif stopped.positions:
        typer.echo("The parcel is useless to them now: they will not get its password.")
    channels = {member.telling.position: member.telling.channel for member in members}
    for position in stopped.too_late:
        typer.echo(f"{name}: too late for recipient {position + 1}: {_TOO_LATE[channels[position]]}", err=True)


def stopped_json(name: str, stopped: Stopped) -> dict[str, Any]:
    """What stopping did, for programs."""
    return {
        "queue_id": name,
        "stopped": [position + 1 for position in stopped.positions],
        "too_late": [position + 1 for position in stopped.too_late],
        "is_destroyed": stopped.is_destroyed,
    }


def _left(member: Member, now: datetime) -> str:
    """The countdown, where one runs."""
    if member.telling.state is not PasswordState.WAITING or member.leaves_at is None:
        return ""
    minutes, seconds = divmod(max(0, round((member.leaves_at - now).total_seconds())), 60)
    return f" ({minutes}:{seconds:02d} left)"


def _members_in_short(one: ListedParcel, now: datetime) -> str:
    """Recipients by where their password is, the first of each named."""
    groups: dict[str, list[str]] = {}
    for member in one.members:
        place = where(member, now, is_destroyed=one.parcel.destroyed_at is not None)
        groups.setdefault(place, []).append(_shown(member.recipient.path.address))
    return ", ".join(
        f"{people[0]}{f' +{len(people) - 1}' if len(people) > 1 else ''}: {place}" for place, people in groups.items()
    )


def _member_json(member: Member) -> dict[str, Any]:
    telling, recipient = member.telling, member.recipient
    return {
        "number": telling.position + 1,
        "address": recipient.path.address,
        "delivery": recipient.state.value,
        "channel": telling.channel.value,
        "state": telling.state.value,
        "shown_until": _iso(member.leaves_at),
        "told_by": telling.told_by,
    }


def _item_json(item: Item) -> dict[str, Any]:
    findings = [{"kind": kind, "count": count} for kind, count in item.findings]
    return {"name": item.name, "size": item.size, "sha256": item.sha256, "findings": findings}


def _findings(item: Item) -> str:
    kinds = ", ".join(f"{_shown(kind_name(kind, {}))} {count}" for kind, count in item.findings)
    return f"  ({kinds})" if kinds else ""


def _numbers(positions: Sequence[int]) -> str:
    return ",".join(str(position + 1) for position in positions)


def _shown(words: str) -> str:
    return "".join(one if one.isprintable() else "\ufffd" for one in words)


def _time(moment: datetime, now: datetime) -> str:
    here = moment.astimezone()
    return here.strftime("%H:%M" if here.date() == now.astimezone().date() else "%Y-%m-%d %H:%M")


def _local(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
