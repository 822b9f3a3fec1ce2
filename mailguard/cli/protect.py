"""``mailguard protect``: what would leave of mails in files, protected as the relay does it. Nothing is sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailguard.cli.options import Config

if TYPE_CHECKING:
    from mailguard.cli.apart import ProtectingApart, Written
    from mailguard.cli.policy_office import PolicyOffice
    from mailguard.judging.manifest import TrialMail
    from mailguard.parcels.packing import Protected
    from mailguard.policy.facts import Occasion, Situation
    from mailguard.policy.rules import RuleSet


def protect(
    mails: Annotated[list[Path] | None, typer.Argument(metavar="[MAIL.eml]...", help="Files, one mail each.")] = None,
    to: Annotated[
        list[str] | None, typer.Option("--to", metavar="ADDRESS", help="A recipient; as often as there are some.")
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option(help="A file with a line of JSON for each mail: its file, envelope and domains.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where the mails are written.")] = None,
    config: Config = None,
) -> None:
    """Write what would leave: STEM.N.eml for each variant, STEM.N.password.eml for the mail with its password.

    A mail that would be held or blocked is protected as if somebody had sent it on as the rules demand; one that may
    never leave so (a signed one with personal data) is not written, and the line says why. One line of JSON a mail.
    """
    from mailguard.cli.apart import ProtectingApart
    from mailguard.cli.findings import as_shown, print_json_line
    from mailguard.cli.policy_office import finding_key, policy_office
    from mailguard.errors import ConfigurationError
    from mailguard.judging.manifest import TrialMail, read_manifest

    if out is None:
        raise ConfigurationError(["name a folder with --out"])
    wanted = [TrialMail(as_shown(path), path, None, tuple(to) if to else None) for path in mails or []]
    if manifest is not None:
        try:
            wanted += list(read_manifest(manifest))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError([f"{manifest}: cannot be read ({error})"]) from error
    if not wanted:
        raise ConfigurationError(["name mails, or a manifest with --manifest"])
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    office = policy_office(config)
    has_failed = False
    stems: Counter[str] = Counter()
    with ProtectingApart(office.rules, finding_key(office.settings), office.settings) as apart:
        for mail in wanted:
            # Two files of one name in different folders overwrite nothing.
            stems[mail.path.stem] += 1
            number = stems[mail.path.stem]
            stem = mail.path.stem if number == 1 else f"{mail.path.stem}-{number}"
            line = _one(mail, stem, office, apart, out)
            has_failed = has_failed or "error" in line
            print_json_line(line)
    if has_failed:
        raise typer.Exit(1)


@dataclass
class _Leaving:
    """One variant: its octets without dot-stuffing, for whom, and what protects it."""

    octets: bytes
    recipients: list[str]
    parcel: Protected[Written] | None = None


def _one(mail: TrialMail, stem: str, office: PolicyOffice, apart: ProtectingApart, out: Path) -> dict[str, Any]:
    from mailguard.clock import SystemClock
    from mailguard.config import LimitSettings
    from mailguard.errors import MailguardError
    from mailguard.judging.manifest import occasion_of, rules_for, wire_lines, with_senders_domain
    from mailguard.judging.scanning import read_regular
    from mailguard.model.verdict import Reason
    from mailguard.transform import NotPossible

    settings = office.settings
    most = (LimitSettings() if settings is None else settings.limits).message_bytes
    try:
        read = read_regular(mail.path, most)
    except OSError as error:
        return {"file": mail.name, "error": f"cannot be read ({error.strerror or '?'})"}
    if read is None:
        return {"file": mail.name, "error": f"larger than {most} octets, which the relay does not take"}
    octets = wire_lines(read)
    rules = rules_for(mail, office.rules)
    occasion = occasion_of(mail, octets, SystemClock().now())
    rules = with_senders_domain(rules, occasion.reverse_path, octets)
    situation, is_answered = apart.look(octets, occasion, rules)
    if not is_answered:
        return _held(mail, Reason.UNREADABLE.value)
    try:
        leaving = _leaving(octets, occasion, situation, rules, apart)
    except (NotPossible, MailguardError) as error:
        reason = error.reason if isinstance(error, NotPossible) else Reason.NOT_PREPARED
        return _held(mail, reason.value)
    return _written(mail, stem, leaving, occasion, office, out)


def _held(mail: TrialMail, reason: str) -> dict[str, Any]:
    return {
        "file": mail.name, "mode": "held", "reason": reason, "recipients": [], "password": None, "variants": [],
    }  # fmt: skip


def _leaving(
    octets: bytes, occasion: Occasion, situation: Situation, rules: RuleSet, apart: ProtectingApart
) -> list[_Leaving]:
    """The variants, the unprotected ones first. Raises ``NotPossible``."""
    from mailguard.judging import judge_mail
    from mailguard.judging.showing import hidden_heads, showing_of
    from mailguard.mime.head import head_of
    from mailguard.mime.message import unstuffed
    from mailguard.model.knowledge import Knowledge
    from mailguard.model.protection import Traits
    from mailguard.model.verdict import Action, Obligation
    from mailguard.parcels.packing import For
    from mailguard.workers.protector import to_pack_of

    verdicts = judge_mail(situation, Knowledge(), rules).judgement.verdicts
    addresses = occasion.forward_paths
    going = [(at, address, verdicts[at]) for at, address in enumerate(addresses)]
    going = [one for one in going if one[2].action is not Action.BLOCK]
    protected = [one for one in going if Obligation.PROTECT in one[2].obligations]
    clear = [one for one in going if one not in protected]
    found: dict[bytes, _Leaving] = {}
    heads = [head_of(octets)] * len(clear)
    if any(verdict.obligations for _, _, verdict in clear):
        wanted = [(address, showing_of(verdict)) for _, address, verdict in clear]
        heads = [unstuffed(one) for one in hidden_heads(octets, wanted, addresses, rules.directory)]
    rest = octets[len(head_of(octets)) :]
    for (_, address, verdict), head in zip(clear, heads, strict=True):
        whole = head + rest if verdict.obligations else octets
        found.setdefault(whole, _Leaving(whole, [])).recipients.append(address)
    leaving = list(found.values())
    if protected:
        shown = [(address, showing_of(verdict)) for _, address, verdict in protected]
        hidden_heads(octets, shown, addresses, rules.directory)
        recipients = tuple(
            For(at, address, verdict.protection, Traits(), "", showing_of(verdict))
            for at, address, verdict in protected
        )
        to_pack = to_pack_of(octets, situation, rules, recipients, addresses, occasion.at)
        for parcel in apart.protect(to_pack, situation, occasion, rules):
            tail = unstuffed(bytes(parcel.sink.octets))
            same: dict[bytes, _Leaving] = {}
            for position, head in parcel.heads.items():
                whole = unstuffed(head) + tail
                same.setdefault(whole, _Leaving(whole, [], parcel)).recipients.append(addresses[position])
            leaving += same.values()
    return leaving


def _written(
    mail: TrialMail, stem: str, leaving: list[_Leaving], occasion: Occasion, office: PolicyOffice, out: Path
) -> dict[str, Any]:
    """Write the files; the line about them. Passwords stand in it: they are what is tried out."""
    variants = []
    for number, one in enumerate(leaving, 1):
        name = f"{stem}.{number}.eml"
        (out / name).write_bytes(one.octets)
        variant: dict[str, Any] = {"file": name, "mode": "as_it_came", "recipients": one.recipients, "password": None}
        if one.parcel is not None:
            manifest = one.parcel.manifest
            variant |= {"mode": manifest.mode.value, "password": one.parcel.password, "parcel": manifest.outer_name}
            variant |= _told(one, stem, number, occasion, office, out)
        variants.append(variant)
    first = next((one for one in variants if one["password"] is not None), None)
    return {
        "file": mail.name,
        "mode": "as_it_came" if first is None else first["mode"],
        "recipients": (variants[0]["recipients"] if variants else []) if first is None else first["recipients"],
        "password": None if first is None else first["password"],
        "variants": variants,
    }


def _told(one: _Leaving, stem: str, number: int, occasion: Occasion, office: PolicyOffice, out: Path) -> dict[str, Any]:
    """The mails that tell the password: one for each recipient, or one for the sender."""
    from mailguard.mime.message import unstuffed
    from mailguard.model.protection import Channel
    from mailguard.transform.passwords.channels import CHANNELS
    from mailguard.transform.passwords.telling import PasswordMail, ShortMessage

    assert one.parcel is not None
    channel = next(iter(one.parcel.channels.values()))[0]
    groups = [[address] for address in one.recipients] if channel is Channel.SEPARATE_MAIL else [one.recipients]
    names: list[str] = []
    found: dict[str, Any] = {"channel": channel.value}
    for at, group in enumerate(groups, 1):
        told = CHANNELS[channel].tell(_words(one, group, occasion, office))
        if isinstance(told, PasswordMail):
            name = f"{stem}.{number}.password.eml" if at == 1 else f"{stem}.{number}.password.{at}.eml"
            (out / name).write_bytes(unstuffed(told.octets))
            names.append(name)
        elif isinstance(told, ShortMessage):
            found["short_message"] = told.text
    return found | ({"password_mails": names} if names else {})


def _words(one: _Leaving, group: list[str], occasion: Occasion, office: PolicyOffice) -> Any:
    from mailguard.config import OfficeSettings, ProtectionSettings
    from mailguard.mime.addresses import VISIBLE_FIELDS, Mailbox
    from mailguard.mime.message import Message
    from mailguard.model.address import comparable
    from mailguard.transform.passwords.telling import Telling

    assert one.parcel is not None
    settings = office.settings
    own = OfficeSettings() if settings is None else settings.office
    protection = ProtectionSettings() if settings is None else settings.protection
    message = Message(one.octets)
    names = {comparable(box.address): box.name for field in message.all(*VISIBLE_FIELDS) for box in field.mailboxes}
    author = next((box for field in message.all("From") for box in field.mailboxes), None)
    return Telling(
        password=one.parcel.password,
        language=own.language,
        office=own.name,
        contact=protection.contact,
        sender=Mailbox(occasion.reverse_path, author.name if author is not None else ""),
        recipients=tuple(Mailbox(address, names.get(comparable(address), "")) for address in group),
        sent_at=occasion.at,
        now=occasion.at,
        zone=office.rules.hours.zone,
        subject=message.text_of("Subject"),
        file_name=one.parcel.manifest.outer_name,
        mode=one.parcel.manifest.mode,
        queue_id="",
        message_id="",
        hostname=own.hostname,
        phone=next(iter(one.parcel.channels.values()))[1],
    )
