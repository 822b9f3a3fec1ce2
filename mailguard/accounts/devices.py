"""Devices and systems that send without signing in, as the office keeps them on its pages: scanners, business systems.

They count beside the ``sources`` of the settings file, which nobody changes here. Each is a network, a person of the
office who answers for its mail, and what it may send as. A network belongs to one of them only; one inside another is
decided by the narrower. Changes are works that record who made them; nothing is recorded where nothing changed.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from sqlalchemy import Row

from mailguard import audit
from mailguard.accounts import device_queries as queries
from mailguard.accounts.account import comparable_grant
from mailguard.accounts.people_administration import own_mailbox
from mailguard.config import OfficeSettings, SourceSettings
from mailguard.errors import DeviceProblems, FieldProblem, PersonProblem
from mailguard.model.address import is_domain_name, is_mailbox
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.store import Transaction, Work
from mailguard.store.times import to_micros

Network = IPv4Network | IPv6Network

NAME_MAX = 60
EACH_MAX = 50
"""Networks, and addresses it may send as, of one device."""
WIDEST = {4: 16, 6: 48}
"""Wider networks than a site has need a second look."""
NULL_PATH = "<>"
"""How the null reverse-path is written in lists."""


@dataclass(frozen=True, slots=True)
class Device:
    """One device. ``allowed_senders``: comparable addresses, ``@domain``, ``<>`` for the null reverse-path."""

    name: str
    networks: tuple[Network, ...]
    owner: str
    allowed_senders: tuple[str, ...]
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """A device as somebody typed it: lists separated by blanks, commas or lines. ``is_wide_meant``: a network of many
    thousand addresses is no slip.
    """

    name: str
    networks: str
    owner: str
    allowed_senders: str
    is_wide_meant: bool = False


def devices_of(reader: queries.Reader) -> list[Device]:
    """Every device, by name, also those that are disabled."""
    return [_device(row) for row in queries.devices(reader)]


def sources_of(devices: Iterable[Device]) -> list[SourceSettings]:
    """Those that count, as the submission server takes them."""
    return [
        SourceSettings(
            name=one.name,
            networks=list(one.networks),
            owner=one.owner,
            allowed_senders=list(one.allowed_senders),
        )
        for one in devices
        if not one.is_disabled
    ]


def put_device(
    office: OfficeSettings, sources: Sequence[SourceSettings], typed: Typed, actor: Actor, *, is_new: bool
) -> Work[bool]:
    """A new device, or other values for the one of that name; whether anything is other than before.

    Raises ``DeviceProblems`` with every field that is wrong; nothing was changed then.
    """

    def work(transaction: Transaction) -> bool:
        there = {one.name: one for one in devices_of(transaction)}
        wanted = _checked(office, sources, there, typed, is_new=is_new)
        before = there.get(wanted.name)
        if before is not None and before == wanted:
            return False
        values = {
            "networks": json.dumps([str(one) for one in wanted.networks]),
            "owner": wanted.owner,
            "allowed_senders": json.dumps(wanted.allowed_senders, ensure_ascii=False),
            "changed_at": to_micros(transaction.now),
        }
        if before is None:
            queries.add_device(transaction, {"name": wanted.name, **values, "disabled_at": None})
        else:
            queries.change_device(transaction, wanted.name, values)
        _record(
            transaction,
            actor,
            wanted.name,
            "added" if before is None else "changed",
            networks=[str(one) for one in wanted.networks],
            owner=wanted.owner,
            allowed_senders=len(wanted.allowed_senders),
        )
        return True

    return work


def set_disabled(name: str, actor: Actor, *, is_disabled: bool) -> Work[bool]:
    """A device may send no more, or again; whether that is other than before. Raises ``DeviceProblems``."""

    def work(transaction: Transaction) -> bool:
        one = _existing(transaction, name)
        if one.is_disabled == is_disabled:
            return False
        now = to_micros(transaction.now)
        queries.change_device(transaction, name, {"disabled_at": now if is_disabled else None, "changed_at": now})
        _record(transaction, actor, name, "disabled" if is_disabled else "enabled")
        return True

    return work


def remove_device(name: str, actor: Actor) -> Work[bool]:
    """A device is there no more; False where it was not. Mail it has sent stays its owner's."""

    def work(transaction: Transaction) -> bool:
        if not queries.remove_device(transaction, name):
            return False
        _record(transaction, actor, name, "removed")
        return True

    return work


def _existing(transaction: Transaction, name: str) -> Device:
    found = next((one for one in devices_of(transaction) if one.name == name), None)
    if found is None:
        raise DeviceProblems((FieldProblem("name", "device.problem.unknown", {"name": name}),))
    return found


def _checked(
    office: OfficeSettings,
    sources: Sequence[SourceSettings],
    there: dict[str, Device],
    typed: Typed,
    *,
    is_new: bool,
) -> Device:
    """The device that was typed. Raises ``DeviceProblems``."""
    name = " ".join(unicodedata.normalize("NFKC", typed.name).split())
    networks: list[Network] = []
    senders: list[str] = []
    owner = ""
    problems = list(_name_problems(name, {one.name for one in sources}, there, is_new=is_new))
    for word in _words(typed.networks):
        network = _network(word)
        problem = _network_problem(word, network, name, sources, there, is_wide_meant=typed.is_wide_meant)
        if problem is not None:
            problems.append(problem)
        elif network is not None and network not in networks:
            networks.append(network)
    if not _words(typed.networks):
        problems.append(FieldProblem("networks", "device.problem.no_network"))
    try:
        owner = own_mailbox(office, typed.owner)
    except PersonProblem as error:
        problems.append(FieldProblem("owner", error.key, error.values))
    for word in _words(typed.allowed_senders):
        sender = _sender(word)
        if sender is None:
            problems.append(FieldProblem("allowed_senders", "device.problem.no_sender", {"sender": word}))
        elif sender not in senders:
            senders.append(sender)
    if not _words(typed.allowed_senders):
        problems.append(FieldProblem("allowed_senders", "device.problem.no_senders"))
    if max(len(networks), len(senders)) > EACH_MAX:
        field = "networks" if len(networks) > EACH_MAX else "allowed_senders"
        problems.append(FieldProblem(field, "device.problem.too_many", {"most": str(EACH_MAX)}))
    if problems:
        raise DeviceProblems(tuple(problems))
    before = there.get(name)
    return Device(name, tuple(networks), owner, tuple(senders), before is not None and before.is_disabled)


def _name_problems(
    name: str, of_sources: set[str], there: dict[str, Device], *, is_new: bool
) -> Iterator[FieldProblem]:
    if not name or len(name) > NAME_MAX or any(unicodedata.category(sign).startswith("C") for sign in name):
        yield FieldProblem("name", "device.problem.name", {"most": str(NAME_MAX)})
    elif name in of_sources or (is_new and name in there):
        yield FieldProblem("name", "device.problem.name_taken", {"name": name})
    elif not is_new and name not in there:
        yield FieldProblem("name", "device.problem.unknown", {"name": name})


def _network_problem(
    word: str,
    network: Network | None,
    name: str,
    sources: Sequence[SourceSettings],
    there: dict[str, Device],
    *,
    is_wide_meant: bool,
) -> FieldProblem | None:
    if network is None:
        return FieldProblem("networks", "device.problem.not_a_network", {"network": word})
    if network.prefixlen == 0 or network.is_multicast:
        return FieldProblem("networks", "device.problem.everybody", {"network": str(network)})
    taken = [one.name for one in sources if network in one.networks]
    taken += [one.name for one in there.values() if one.name != name and network in one.networks]
    if taken:
        return FieldProblem("networks", "device.problem.network_taken", {"network": str(network), "name": taken[0]})
    if network.prefixlen < WIDEST[network.version] and not is_wide_meant:
        return FieldProblem("networks", "device.problem.wide", {"network": str(network)})
    return None


def _network(word: str) -> Network | None:
    """The network, or the single address, that was typed; None for anything else."""
    try:
        return ip_network(unicodedata.normalize("NFKC", word))
    except ValueError:
        return None


def _sender(word: str) -> str | None:
    """An address, a domain or ``<>`` as it is kept; None for anything else."""
    if word == NULL_PATH:
        return word
    written = word.replace("\uff20", "@")
    is_known = is_domain_name(written[1:]) if written.startswith("@") else is_mailbox(written)
    return comparable_grant(written) if is_known else None


def _words(typed: str) -> list[str]:
    return typed.replace(",", " ").replace("\u3001", " ").replace(";", " ").split()


def _device(row: Row[Any]) -> Device:
    return Device(
        row.name,
        tuple(ip_network(one) for one in json.loads(row.networks)),
        row.owner,
        tuple(json.loads(row.allowed_senders)),
        row.disabled_at is not None,
    )


def _record(transaction: Transaction, actor: Actor, name: str, change: str, **details: object) -> None:
    told = {"device": name, "change": change, **details}
    audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.DEVICE_CHANGED, None, told))
