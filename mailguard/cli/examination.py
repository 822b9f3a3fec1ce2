"""What ``mailguard doctor`` looks at. Nothing here changes anything, and no mail is sent.

Each check is a function of the settings that yields findings; ``CHECKS`` and ``CONNECTING`` are the lists of all. One
that meets an error nobody foresaw is a failed finding of its own, and the others go on.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import ssl
import stat
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from email import policy, utils
from enum import StrEnum
from pathlib import Path

from mailguard.cli.own_certificate import Shown, read_certificate
from mailguard.cli.ports import Port, look_at_port
from mailguard.clock import SystemClock
from mailguard.config import NextHopSettings, Settings, load_with_advice
from mailguard.errors import ConfigurationError, MailguardError
from mailguard.judging.examples import try_examples
from mailguard.judging.opening import open_rules
from mailguard.spool import load_master_key
from mailguard.store import database_url, integrity, schema
from mailguard.store.opening import existing_store

EXPIRY_WARN_DAYS = 21
CONNECT_SECONDS = 10.0
CLOCK_SLACK_SECONDS = 120.0


class Grade(StrEnum):
    """How bad it is: well, needs a look, or does not work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Found:
    """One finding; ``remedy`` says what to do and is empty where all is well."""

    part: str
    grade: Grade
    finding: str
    remedy: str = ""


async def examine(config: Path | None) -> list[Found]:
    """Everything, in the order in which it should be mended."""
    found = list(python())
    try:
        loaded = load_with_advice(config)
    except ConfigurationError as error:
        return [
            *found,
            *[Found("configuration", Grade.FAIL, complaint, "mend it; nothing else can be checked before")
              for complaint in error.complaints],
        ]  # fmt: skip
    found.append(Found("configuration", Grade.OK, f"{loaded.path} is good"))
    found += [Found("configuration", Grade.WARN, sentence, "only advice") for sentence in loaded.advice]
    for check in CHECKS:
        try:
            found += list(check(loaded.settings))
        except Exception as error:
            found.append(_unforeseen(check.__name__, error))
    for connecting in CONNECTING:
        try:
            found += [one async for one in connecting(loaded.settings)]
        except Exception as error:
            found.append(_unforeseen(connecting.__name__, error))
    return found


def python() -> Iterator[Found]:
    """The interpreter, and fixes of its mail library that security rests on (systems bring them to old numbers too)."""
    version = ".".join(map(str, sys.version_info[:3]))
    lacking = []
    if not hasattr(policy.compat32, "verify_generated_headers"):
        lacking.append("CVE-2024-6923 (line breaks in headers)")
    if not getattr(utils, "supports_strict_parsing", False):
        lacking.append("CVE-2023-27043 (addresses read wrongly)")
    if lacking:
        yield Found(
            "python", Grade.WARN, f"Python {version} lacks fixes: {', '.join(lacking)}",
            "install the newest patch level of your Python (3.11.10, 3.12.6, 3.13.0 or newer have them)",
        )  # fmt: skip
    else:
        yield Found("python", Grade.OK, f"Python {version} with the fixes that matter here")


def rules(settings: Settings) -> Iterator[Found]:
    """The rules in force: readable, and every example comes out as its rule says."""
    today = SystemClock().now().date()
    try:
        loaded = open_rules(settings.office, settings.policy, settings.hold, today)
    except ConfigurationError as error:
        for complaint in error.complaints:
            yield Found("rules", Grade.FAIL, complaint, "mend it; the service does not start with it")
        return
    for sentence in loaded.advice:
        yield Found("rules", Grade.WARN, sentence, "only advice")
    wrong = [one for one in try_examples(loaded.rules) if one.problem]
    for one in wrong:
        yield Found(
            "rules", Grade.WARN, f"{one.example.place}: {one.rule}: this mail {one.problem}", "mailguard policy test"
        )
    if not wrong:
        count = len(loaded.rules.rules)
        yield Found(
            "rules", Grade.OK, f"the set {loaded.rules.name}, version {loaded.rules.version}, has {count} rules"
        )


def files(settings: Settings) -> Iterator[Found]:
    """The data folder: there, ours alone, writable, with room."""
    directory = settings.storage.directory
    if not directory.is_dir():
        yield Found("data", Grade.WARN, f"{directory} is not there yet", "the first start makes it; may the service?")
        return
    mode = stat.S_IMODE(directory.stat().st_mode)
    if mode & 0o077:
        yield Found(
            "data", Grade.FAIL, f"{directory} can be read by others (mode {mode:04o})", f"chmod 700 {directory}"
        )
    if not os.access(directory, os.W_OK | os.X_OK):
        yield Found("data", Grade.FAIL, f"{directory} cannot be written", "run this as the service's user, or chown it")
        return
    free = shutil.disk_usage(directory).free
    wanted = settings.storage.reserve_bytes + settings.limits.message_bytes
    room = f"{free // 2**20} MiB free, {settings.storage.reserve_bytes // 2**20} MiB of them reserved"
    if free < wanted:
        yield Found("data", Grade.FAIL, f"no room for mail: {room}", "free some disk, or lower storage.reserve_bytes")
    elif free < 4 * wanted:
        yield Found("data", Grade.WARN, f"little room: {room}", "give it a larger disk")
    else:
        yield Found("data", Grade.OK, f"{directory}: writable, {room}")


def database(settings: Settings) -> Iterator[Found]:
    """The database: opens, at this release's schema, whole."""
    url = database_url(settings.storage)
    if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists():
        yield Found("database", Grade.OK, "not there yet; the first start makes it")
        return
    try:
        present, newest = schema.current(url), schema.NEWEST
        damage = integrity.damage(url)
    except MailguardError as error:
        yield Found("database", Grade.FAIL, f"cannot be opened: {error}", "is it running, and may this user use it?")
        return
    if present is None or present < newest:
        yield Found("database", Grade.WARN, f"schema {present or 'empty'}, this release wants {newest}",
                    "the next start upgrades it; make a backup first")  # fmt: skip
    elif present > newest:
        yield Found("database", Grade.FAIL, f"schema {present} belongs to a newer release", "install that release")
    else:
        yield Found("database", Grade.OK, f"opens, schema {present}")
    if damage:
        yield Found("database", Grade.FAIL, f"is damaged: {damage[0]}", "stop the service and restore a backup")
    elif url.startswith("sqlite"):
        yield Found("database", Grade.OK, "integrity check passed")


def master_key(settings: Settings) -> Iterator[Found]:
    """The key without which no stored mail can be read: there, readable by us alone, a key."""
    path = settings.storage.master_key_file or settings.storage.directory / "master.key"
    given = os.environ.get("MAILGUARD_MASTER_KEY")
    if not given and not path.exists():
        if _has_database(settings):
            yield Found("master key", Grade.FAIL, f"{path} is missing although there is a database",
                        "put the copy back; a new key could not read the mail that is stored")  # fmt: skip
        else:
            yield Found("master key", Grade.OK, "not there yet; the first start makes it")
        return
    try:
        key = load_master_key(path, dict(os.environ))
    except ConfigurationError as error:
        yield Found("master key", Grade.FAIL, "; ".join(error.complaints), "mend that file, or put its copy back")
    except OSError as error:
        yield Found("master key", Grade.FAIL, f"{path}: {error.strerror}", "run this as the service's user")
    else:
        yield Found("master key", Grade.OK, f"key {key.key_id}; keep a copy apart from the backup")


def certificate(settings: Settings) -> Iterator[Found]:
    """Our certificate: in its time, for our name, from somebody mail programs trust."""
    path = settings.tls.certificate
    if path is None:
        yield Found("certificate", Grade.OK, "none, and no listener needs one")
        return
    shown: Shown = read_certificate(path)
    hostname = settings.office.hostname
    days = shown.days_left
    if days < 0 or shown.begins_in_future:
        yield Found("certificate", Grade.FAIL, f"{path} is not valid now ({shown.period})", "renew it")
    elif days < EXPIRY_WARN_DAYS:
        yield Found("certificate", Grade.WARN, f"{path} ends in {days} days", "renew it; no restart is needed")
    else:
        yield Found("certificate", Grade.OK, f"valid for {days} more days")
    if not shown.is_for(hostname):
        yield Found("certificate", Grade.WARN, f"is for {shown.names_text}, not for {hostname}",
                    "mail programs must use one of its names; better, get one for office.hostname")  # fmt: skip
    if shown.is_self_signed:
        yield Found("certificate", Grade.WARN, "is self-signed; mail programs will complain",
                    "get one from a certificate authority that they trust")  # fmt: skip


def protection(settings: Settings) -> Iterator[Found]:
    """What recipients of protected mail are told: somebody they may call."""
    if settings.protection.contact.strip():
        yield Found("protection", Grade.OK, "names whom recipients may call")
    else:
        yield Found("protection", Grade.WARN, "names nobody whom recipients may call; they are told to ask the sender",
                    "set protection.contact to a name with a telephone number")  # fmt: skip


def people(settings: Settings) -> Iterator[Found]:
    """The four roles: each filled, and deputies who can stand in."""
    from mailguard.accounts.people import staffing
    from mailguard.model.people import Role

    clock = SystemClock()
    try:
        store = existing_store(settings.storage, clock)
        if store is None:
            return
        try:
            found = store.read_now(lambda connection: staffing(connection, clock.now()))
        finally:
            store.close()
    except MailguardError:
        # Told of the database already.
        return
    remedies = {
        Role.SECURITY_OFFICER: "mailguard person grant ADDRESS security_officer",
        Role.DEPARTMENT_OFFICER: "mailguard person grant ADDRESS department_officer --department NAME",
        Role.ADMINISTRATOR: "mailguard person grant ADDRESS administrator",
        Role.STAFF: "mailguard person put ADDRESS, or mailguard person import FILE",
    }
    empty = [role for role in Role if not found.counts[role]]
    for role in empty:
        yield Found("people", Grade.WARN, f"nobody has the role {role.value}", remedies[role])
    for one in found.idle_deputies:
        why = "is the same person" if one.deputy == one.person else "is disabled"
        yield Found("people", Grade.WARN, f"the deputy of {one.person} {why}",
                    f"mailguard person deputy {one.person} ADDRESS --until YYYY-MM-DD")  # fmt: skip
    if not empty and not found.idle_deputies:
        yield Found("people", Grade.OK, f"{found.counts[Role.STAFF]} on record, every role is filled")


def contacts(settings: Settings) -> Iterator[Found]:
    """Whom to call when something went wrong: somebody for each role, and another one in their place."""
    from mailguard.cli.rosters import rosters
    from mailguard.model.address import comparable
    from mailguard.model.people import Role

    today = SystemClock().now().date()
    try:
        plan = open_rules(settings.office, settings.policy, settings.hold, today).rules.plan
    except ConfigurationError:
        # Told of the rules already.
        return
    remedy = "name them in policies/incident/contacts.yaml, and print the page of contacts"
    lacking = []
    for role, roster in rosters(settings, plan.contacts).items():
        same = [
            one for one in roster.people if one.deputy and comparable(one.deputy.address) == comparable(one.address)
        ]
        if not roster.people and role is not Role.STAFF:
            lacking.append(f"nobody is to be called as {role.value}")
        elif len(roster.people) == 1 and role is not Role.STAFF and roster.people[0].deputy is None:
            lacking.append(f"{role.value} is one person, with no deputy")
        lacking += [f"the deputy of {one.address} ({role.value}) is the same person" for one in same]
    if not any(one.telephone for one in plan.contacts.outside):
        lacking.append("no contact outside has a telephone number")
    for one in lacking:
        yield Found("contacts", Grade.WARN, one, remedy)
    if not lacking:
        yield Found("contacts", Grade.OK, "every role has somebody to call, and a deputy")


def clock(settings: Settings) -> Iterator[Found]:
    """The clock, against what was written last: one set back holds mail too long, one set forward too short."""
    now = time.time()
    for path in (settings.storage.directory / "mailguard.db-wal", settings.storage.directory / "mailguard.db"):
        if path.exists() and path.stat().st_mtime > now + CLOCK_SLACK_SECONDS:
            yield Found("clock", Grade.FAIL, "shows a time before the database was last written",
                        "set the clock, and let it be kept by NTP")  # fmt: skip
            return
    if Path("/run/systemd/timesync/synchronized").exists():
        yield Found("clock", Grade.OK, "is kept by systemd-timesyncd")
    else:
        yield Found("clock", Grade.OK, "looks right; whether NTP keeps it cannot be seen from here")


async def listeners(settings: Settings) -> AsyncIterator[Found]:
    """Our ports: free, or taken by us."""
    wanted = [Port(f"listener {one.name}", one.host, one.port, one.tls == "implicit") for one in settings.listeners]
    wanted.append(Port("web", settings.web.host, settings.web.port, speaks_http=True))
    for port in wanted:
        problem, remedy = await look_at_port(port)
        grade = Grade.FAIL if problem and remedy else Grade.OK
        yield Found(port.name, grade, problem or f"{port.host} port {port.number} is free", remedy)


async def next_hops(settings: Settings) -> AsyncIterator[Found]:
    """Every next hop: reached, TLS verified, signed in, and what it offers."""
    for hop in (settings.delivery.next_hop, *settings.delivery.routes):
        async for found in _next_hop(hop, settings.office.hostname):
            yield found


async def _next_hop(hop: NextHopSettings, hostname: str) -> AsyncIterator[Found]:
    from mailguard.delivery.connection import NotOpened, Opener

    part = f"next hop {hop.host}:{hop.port}"
    patience = {"connect_seconds": min(hop.connect_seconds, CONNECT_SECONDS),
                "command_seconds": min(hop.command_seconds, CONNECT_SECONDS)}  # fmt: skip
    try:
        connection = await Opener(hop.model_copy(update=patience), hostname).open()
    except NotOpened as error:
        reply = error.reply
        said = f"{reply.code} {reply.text}" if reply.code else reply.text
        yield Found(part, Grade.FAIL, said, "look at delivery.next_hop (host, port, tls, auth) and at the firewall")
        return
    try:
        how = (
            f"{connection.tls} verified"
            if connection.tls and hop.tls != "opportunistic"
            else connection.tls or "no TLS"
        )
        signed_in = "" if hop.auth == "none" else f", signed in by {hop.auth}"
        yield Found(part, Grade.OK, f"reached, {how}{signed_in}")
        offer = connection.offer
        lacking = [name for name, there in (("SIZE", offer.size), ("DSN", offer.dsn), ("SMTPUTF8", offer.smtputf8),
                                            ("8BITMIME", offer.eight_bit_mime)) if not there]  # fmt: skip
        if lacking:
            yield Found(part, Grade.WARN, f"does not offer {', '.join(lacking)}",
                        "mail that needs it is refused there or goes without it")  # fmt: skip
    finally:
        connection.link.quit()
        async with asyncio.timeout(CONNECT_SECONDS):
            await connection.link.gone.wait()


async def sign_in_server(settings: Settings) -> AsyncIterator[Found]:
    """The real server where people's passwords are checked."""
    from mailguard.accounts.upstream import UpstreamServer

    if settings.auth.upstream is None:
        return
    part = f"sign-in at {settings.auth.upstream.host}:{settings.auth.upstream.port}"
    try:
        await UpstreamServer(settings.auth.upstream, settings.office.hostname).check()
    except MailguardError as error:
        yield Found(part, Grade.FAIL, str(error), "look at auth.upstream (host, port, tls, ca_file)")
    else:
        yield Found(part, Grade.OK, "reached, offers AUTH")


async def sms_gateway(settings: Settings) -> AsyncIterator[Found]:
    """The gateway for short messages: reached, TLS verified. Nothing is sent."""
    from mailguard.delivery.sms_gateway import reach

    sms = settings.protection.sms
    if sms is None:
        return
    patience = {"seconds": min(sms.seconds, CONNECT_SECONDS)}
    try:
        version = await reach(sms.model_copy(update=patience))
    except (OSError, TimeoutError) as error:
        why = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else str(error)
        yield Found("sms gateway", Grade.FAIL, f"cannot be reached: {why or type(error).__name__}",
                    "look at protection.sms (url, ca_file); senders get the passwords meanwhile")  # fmt: skip
    else:
        yield Found("sms gateway", Grade.OK, f"reached, {version} verified" if version else "reached, no TLS")


async def syslog_server(settings: Settings) -> AsyncIterator[Found]:
    """The server that gets the record as it grows: reached, TLS verified. Nothing is handed in."""
    from mailguard.delivery.syslog import NotTaken, SyslogLink

    syslog = settings.audit.syslog
    if syslog is None:
        return
    part = f"syslog {syslog.host}:{syslog.port}"
    link = SyslogLink(syslog)
    try:
        await asyncio.to_thread(link.hand_in, ())
    except NotTaken as error:
        yield Found(part, Grade.FAIL, f"cannot be reached: {error}",
                    "look at audit.syslog (host, port, tls, ca_file, certificate); the record waits here")  # fmt: skip
    else:
        yield Found(part, Grade.OK, "reached, no TLS" if syslog.tls == "off" else "reached, TLS verified")
    finally:
        link.close()


def _has_database(settings: Settings) -> bool:
    return bool(settings.storage.database) or (settings.storage.directory / "mailguard.db").exists()


def _unforeseen(part: str, error: Exception) -> Found:
    return Found(part.replace("_", " "), Grade.FAIL, f"could not be checked: {type(error).__name__}: {error}",
                 "run this as the service's user")  # fmt: skip


CHECKS: tuple[Callable[[Settings], Iterator[Found]], ...] = (
    rules, files, database, master_key, certificate, protection, people, contacts, clock,
)  # fmt: skip
CONNECTING: tuple[Callable[[Settings], AsyncIterator[Found]], ...] = (
    listeners, next_hops, sign_in_server, sms_gateway, syslog_server,
)  # fmt: skip
