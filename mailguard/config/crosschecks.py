"""What each setting alone cannot say: settings that contradict each other, and files that do not fit.

Each check is a function of the finished settings that yields complaints; ``CHECKS`` is the list of all. Fatal ones stop
the start; the others are advice that ``mailguard config check`` and ``doctor`` show.
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from mailguard.config.hosts import is_loopback, is_safe_url
from mailguard.config.places import Complaint, Place
from mailguard.config.settings import PLACEHOLDER_HOSTNAME, ListenerSettings, NextHopSettings, Settings, SmsSettings
from mailguard.config.sms_template import (
    HEADER_NAME,
    HEADER_VALUE,
    PLACEHOLDERS,
    BodyKind,
    content_type_of,
    filled,
    kind_of,
    placeholders_in,
)
from mailguard.model.address import comparable_domain

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*", re.IGNORECASE)
_ANSWER_LOCAL = re.compile(r"[a-z0-9][a-z0-9._-]{0,29}")
"""Short enough for a plus sign and a word of 32 signs behind it (RFC 5321 §4.5.3.1.1: 64 octets)."""
_WILDCARDS = {"0.0.0.0", "::", ""}  # noqa: S104  compared with, not listened on


def check(settings: Settings) -> list[Complaint]:
    """Everything the checks find, in the order of the settings."""
    return [complaint for one in CHECKS for complaint in one(settings)]


def _office(settings: Settings) -> Iterator[Complaint]:
    office = settings.office
    if not office.domains:
        yield Complaint(
            ("office", "domains"), "is empty; name the office's own mail domains, or all mail is outside mail"
        )
    for number, domain in enumerate(office.domains):
        if not _is_domain(domain):
            yield Complaint(("office", "domains", number), f"must be a domain such as example.jp (it is '{domain}')")
    if office.hostname == PLACEHOLDER_HOSTNAME:
        yield Complaint(("office", "hostname"), "is not set; give the name this relay has in your DNS")
    elif not _HOST_NAME.fullmatch(office.hostname):
        yield Complaint(
            ("office", "hostname"), f"must be a host name such as mail.example.jp (it is '{office.hostname}')"
        )
    if office.postmaster and "@" not in office.postmaster:
        yield Complaint(("office", "postmaster"), f"must be a mail address (it is '{office.postmaster}')")


def _listeners(settings: Settings) -> Iterator[Complaint]:
    if not settings.listeners:
        yield Complaint(("listeners",), "is empty; nobody could hand over mail")
    names: dict[str, int] = {}
    for number, listener in enumerate(settings.listeners):
        place: Place = ("listeners", number)
        if listener.name in names:
            yield Complaint((*place, "name"), f"is that of entry {names[listener.name] + 1} as well")
        names.setdefault(listener.name, number)
        yield from _sign_in(settings, listener, place)
        for other_number, other in enumerate(settings.listeners[:number]):
            if _collide((listener.host, listener.port), (other.host, other.port)):
                yield Complaint((*place, "port"), f"is that of entry {other_number + 1} as well ({listener.port})")
        if _collide((listener.host, listener.port), (settings.web.host, settings.web.port)):
            yield Complaint((*place, "port"), f"is that of the section 'web' as well ({listener.port})")


def _sign_in(settings: Settings, listener: ListenerSettings, place: Place) -> Iterator[Complaint]:
    clear = listener.tls == "none"
    if clear and listener.auth != "none" and not listener.auth_without_tls:
        yield Complaint(
            (*place, "auth"),
            f"is '{listener.auth}', but nobody can sign in without TLS; set auth to none, or tls to starttls",
        )
    if listener.auth_without_tls and listener.auth != "none" and not is_loopback(listener.host):
        yield Complaint((*place, "auth_without_tls"), "lets passwords be read on the way", fatal=False)
    if listener.auth == "none" and not settings.sources:
        yield Complaint(
            (*place, "auth"),
            "is 'none' and there are no sources, so nobody may send here until devices are added on the pages",
            fatal=False,
        )


def _collide(one: tuple[str, int], other: tuple[str, int]) -> bool:
    if one[1] != other[1] or one[1] == 0:
        return False
    return one[0] == other[0] or one[0] in _WILDCARDS or other[0] in _WILDCARDS


def _sources(settings: Settings) -> Iterator[Complaint]:
    names: set[str] = set()
    for number, source in enumerate(settings.sources):
        place: Place = ("sources", number)
        if source.name in names:
            yield Complaint((*place, "name"), f"is that of another source as well ({source.name})")
        names.add(source.name)
        if not source.networks:
            yield Complaint((*place, "networks"), "is empty; name the addresses this source sends from")
        if "@" not in source.owner:
            yield Complaint((*place, "owner"), f"must be the mail address of a person (it is '{source.owner}')")
        if not source.allowed_senders:
            yield Complaint((*place, "allowed_senders"), "is empty; it could send as nobody")
        for position, sender in enumerate(source.allowed_senders):
            if sender != "<>" and ("@" not in sender or not _is_domain(sender.rpartition("@")[2])):
                yield Complaint(
                    (*place, "allowed_senders", position),
                    f"must be an address (a@example.jp), a domain (@example.jp) or '<>' (it is '{sender}')",
                )
        yield from _networks(settings, number)


def _networks(settings: Settings, number: int) -> Iterator[Complaint]:
    """A network that two sources share exactly has no owner; one inside another is decided by the narrower."""
    for position, network in enumerate(settings.sources[number].networks):
        place: Place = ("sources", number, "networks", position)
        if network.prefixlen == 0:
            yield Complaint(place, "is the whole Internet; anybody could send as this office")
        for other_number, other in enumerate(settings.sources):
            for other_position, other_network in enumerate(other.networks):
                if (other_number, other_position) >= (number, position) or network.version != other_network.version:
                    continue
                if network == other_network:
                    yield Complaint(place, f"({network}) stands in source '{other.name}' as well")
                elif other_number != number and network.overlaps(other_network):
                    yield Complaint(
                        place,
                        f"({network}) overlaps {other_network} of source '{other.name}'; the narrower one decides",
                        fatal=False,
                    )


def _certificate(settings: Settings) -> Iterator[Complaint]:
    wanting = [listener.name for listener in settings.listeners if listener.tls != "none"]
    certificate, key = settings.tls.certificate, settings.tls.key
    if certificate is None:
        if wanting:
            yield Complaint(("tls", "certificate"), f"is missing; the listeners {', '.join(wanting)} need it")
        elif key is not None:
            yield Complaint(("tls", "certificate"), "is missing although tls.key is set")
        return
    yield from _missing_file(certificate, ("tls", "certificate"))
    if key is not None:
        yield from _missing_file(key, ("tls", "key"))
    if not certificate.is_file() or (key is not None and not key.is_file()):
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: b"")
    except ssl.SSLError as error:
        yield Complaint(("tls", "certificate"), _why_not(error, key))
    except (OSError, ValueError):
        yield Complaint(("tls", "certificate"), "and tls.key cannot be read; who owns the files?")
    else:
        private = key or certificate
        if private.stat().st_mode & 0o007:
            yield Complaint(("tls", "key"), f"names a file that everybody may read: {private}; chmod 640 or 600")


def _why_not(error: ssl.SSLError, key: Path | None) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return "and tls.key do not belong together"
    if key is None:
        return "holds no private key that can be used; name it in tls.key"
    return "and tls.key are not a certificate and an unencrypted private key in PEM form"


def _next_hops(settings: Settings) -> Iterator[Complaint]:
    delivery = settings.delivery
    yield from _next_hop(settings, delivery.next_hop, ("delivery", "next_hop"))
    routed: dict[str, int] = {}
    for number, route in enumerate(delivery.routes):
        place: Place = ("delivery", "routes", number)
        yield from _next_hop(settings, route, place)
        if not route.domains:
            yield Complaint((*place, "domains"), "is empty; this route is for nobody")
        for position, domain in enumerate(route.domains):
            if not _is_domain(domain):
                yield Complaint(
                    (*place, "domains", position), f"must be a domain such as example.jp (it is '{domain}')"
                )
            name = comparable_domain(domain)
            if name in routed:
                yield Complaint((*place, "domains", position), f"({domain}) stands in entry {routed[name] + 1} as well")
            routed.setdefault(name, number)
    for position, minutes in enumerate(delivery.retry_minutes):
        if minutes <= 0:
            yield Complaint(("delivery", "retry_minutes", position), "must be more than 0")


def _next_hop(settings: Settings, hop: NextHopSettings, place: Place) -> Iterator[Complaint]:
    if not hop.host:
        yield Complaint((*place, "host"), "is empty")
    if hop.port == 0:
        yield Complaint((*place, "port"), "must not be 0")
    yield from _credentials(hop, place)
    if hop.fingerprint_sha256 is not None and not re.fullmatch(
        r"[0-9a-f]{64}", hop.fingerprint_sha256.replace(":", "").lower()
    ):
        yield Complaint((*place, "fingerprint_sha256"), "must be 64 hexadecimal digits, colons allowed")
    if hop.ca_file is not None:
        yield from _authority(hop.ca_file, (*place, "ca_file"))
    if is_loopback(hop.host) and any(
        hop.port == listener.port and (listener.host in _WILDCARDS or is_loopback(listener.host))
        for listener in settings.listeners
    ):
        yield Complaint((*place, "port"), f"is that of one of our own listeners ({hop.port}); mail would go in circles")


def _credentials(hop: NextHopSettings, place: Place) -> Iterator[Complaint]:
    has_password = hop.password is not None or hop.password_file is not None
    token_sources = [name for name in ("token_file", "token_command") if getattr(hop, name)]
    if hop.auth != "none" and not hop.username:
        yield Complaint((*place, "username"), f"is missing; auth is '{hop.auth}'")
    match hop.auth:
        case "plain" | "login":
            if not has_password:
                yield Complaint((*place, "password_file"), f"is missing; auth is '{hop.auth}'")
            if hop.tls in ("off", "opportunistic") and not is_loopback(hop.host):
                yield Complaint((*place, "tls"), f"is '{hop.tls}', so the password may be read on the way", fatal=False)
        case "xoauth2":
            if not token_sources:
                yield Complaint((*place, "auth"), "is 'xoauth2', which needs token_file or token_command")
            if len(token_sources) > 1:
                yield Complaint((*place, "token_command"), "and token_file are both set; keep one")
        case "none":
            if hop.username or has_password or token_sources:
                yield Complaint((*place, "auth"), "is 'none', so what is given to sign in is not used", fatal=False)


def _upstream(settings: Settings) -> Iterator[Complaint]:
    upstream = settings.auth.upstream
    if upstream is None:
        return
    place: Place = ("auth", "upstream")
    if upstream.tls == "none" and not is_loopback(upstream.host):
        yield Complaint((*place, "tls"), "is 'none', so everybody's password can be read on the way", fatal=False)
    if upstream.ca_file is not None:
        yield from _authority(upstream.ca_file, (*place, "ca_file"))


def _limits(settings: Settings) -> Iterator[Complaint]:
    limits = settings.limits
    if limits.message_bytes > limits.bytes_in_flight:
        yield Complaint(
            ("limits", "message_bytes"), "is more than limits.bytes_in_flight; such a mail could never come"
        )
    if limits.mails_per_hour > limits.recipients_per_hour:
        yield Complaint(("limits", "recipients_per_hour"), "is less than limits.mails_per_hour", fatal=False)


def _database(settings: Settings) -> Iterator[Complaint]:
    url = settings.storage.database
    if url and not url.startswith(("postgresql+psycopg://", "sqlite:///")):
        yield Complaint(("storage", "database"), "must begin with postgresql+psycopg:// (or be empty for SQLite)")


def _protection(settings: Settings) -> Iterator[Complaint]:
    protection = settings.protection
    if protection.sms is not None:
        yield from _sms(protection.sms, ("protection", "sms"))
    elif protection.channel == "sms":
        yield Complaint(("protection", "channel"), "is 'sms', but protection.sms names no gateway")


def _sms(sms: SmsSettings, place: Place) -> Iterator[Complaint]:
    if not is_safe_url(sms.url):
        yield Complaint(
            (*place, "url"), "must begin with https:// (http:// on this machine only); it carries passwords"
        )
    if placeholders_in(sms.url):
        yield Complaint((*place, "url"), "cannot hold placeholders: addresses are written down on the way; use body")
    for name, value in sms.headers.items():
        # What is not ASCII, such as an office's name, cannot stand in a header field.
        unfit = [one for one in placeholders_in(value) if one not in ("phone", "password")]
        if not HEADER_NAME.fullmatch(name) or not HEADER_VALUE.fullmatch(value):
            yield Complaint((*place, "headers", name), "must be a header field of printable ASCII on one line")
        elif unfit:
            yield Complaint((*place, "headers", name), f"can hold {{phone}} and {{password}}, but not {{{unfit[0]}}}")
    used = {one for text in (sms.body, *sms.headers.values()) for one in placeholders_in(text)}
    for unknown in sorted(set(placeholders_in(sms.body)) - PLACEHOLDERS):
        yield Complaint((*place, "body"), f"holds {{{unknown}}}; there are {_listed(PLACEHOLDERS)}")
    if "phone" not in used:
        yield Complaint((*place, "body"), "holds no {phone}, so the gateway would not know where to send it")
    if not used & {"text", "password"}:
        yield Complaint((*place, "body"), "holds neither {text} nor {password}, so nothing would be told")
    yield from _sms_body(sms, (*place, "body"))
    if sms.token is not None and any(name.lower() == "authorization" for name in sms.headers):
        yield Complaint((*place, "token"), "and a header Authorization are both set; keep one")
    if sms.ca_file is not None:
        yield from _authority(sms.ca_file, (*place, "ca_file"))


def _sms_body(sms: SmsSettings, place: Place) -> Iterator[Complaint]:
    content_type = content_type_of(sms.headers, sms.body)
    charset = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", content_type, re.IGNORECASE)
    if charset is not None and charset[1].lower() not in ("utf-8", "utf8"):
        yield Complaint(place, f"is sent as UTF-8, but the header Content-Type says {charset[1]}")
    if kind_of(content_type) is not BodyKind.JSON:
        return
    try:
        # A quote and a backslash: where a placeholder stands outside of quotes, they show it.
        json.loads(filled(sms.body, dict.fromkeys(PLACEHOLDERS, 'a"\\'), BodyKind.JSON))
    except ValueError:
        yield Complaint(place, 'is not JSON once values are filled in; placeholders stand in quotes: "{text}"')


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))


def _notices(settings: Settings) -> Iterator[Complaint]:
    place = ("notices", "webhooks")
    for number, webhook in enumerate(settings.notices.webhooks):
        if not is_safe_url(webhook.url):
            yield Complaint(
                (*place, number, "url"),
                "must begin with https:// (http:// on this machine only); it holds the channel's secret",
            )
    sender = settings.notices.sender
    if sender and "@" not in sender:
        yield Complaint(("notices", "sender"), f"must be a mail address (it is '{sender}')")


def _sign_in_elsewhere(settings: Settings) -> Iterator[Complaint]:
    """Where passwords and answers about people go must be who it says it is."""
    for number, provider in enumerate(settings.sign_in.oidc):
        if not is_safe_url(provider.issuer):
            yield Complaint(
                ("sign_in", "oidc", number, "issuer"), "must begin with https:// (http:// on this machine only)"
            )
    directory = settings.sign_in.ldap
    if directory is not None and not _is_directory(directory.url):
        yield Complaint(("sign_in", "ldap", "url"), f"must be such as ldaps://dc.example.jp (it is '{directory.url}')")


def _is_directory(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return bool(host) and parts.scheme in ("ldap", "ldaps")


def _web(settings: Settings) -> Iterator[Complaint]:
    public_url = settings.web.public_url
    if public_url and not is_safe_url(public_url):
        yield Complaint(
            ("web", "public_url"), "must begin with https:// (http:// on this machine only); people sign in there"
        )
    if not is_loopback(settings.web.host):
        web = settings.web
        if not (web.tls or web.public_url.startswith("https://")):
            yield Complaint(
                ("web", "host"),
                "is reached without HTTPS: browsers sign nobody in (tls, or a proxy and public_url)",
                fatal=False,
            )
    if settings.web.tls and settings.tls.certificate is None:
        yield Complaint(("web", "tls"), "needs the certificate of the section 'tls'")


def _incidents(settings: Settings) -> Iterator[Complaint]:
    address, place = settings.incidents.answer_address, ("incidents", "answer_address")
    if not address:
        return
    local, at, domain = address.rpartition("@")
    if not at or not _ANSWER_LOCAL.fullmatch(local) or not _is_domain(domain):
        yield Complaint(place, f"must be a plain address such as mailguard-answer@example.jp (it is '{address}')")
        return
    own = [comparable_domain(one) for one in settings.office.domains]
    within = settings.office.include_subdomains and any(comparable_domain(domain).endswith(f".{one}") for one in own)
    if comparable_domain(domain) not in own and not within:
        yield Complaint(place, f"must be of one of the office's own domains (it is '{address}')")
    if not settings.sources and all(one.auth == "required" for one in settings.listeners):
        yield Complaint(place, "is set, but no server may hand its mail to the relay; name it in sources", fatal=False)


def _audit(settings: Settings) -> Iterator[Complaint]:
    audit, kept = settings.audit, settings.storage.retention_days
    if 0 < audit.retention_days < kept:
        yield Complaint(
            ("audit", "retention_days"),
            f"is less than storage.retention_days ({kept:g}); what became of a mail is forgotten before the mail",
            fatal=False,
        )
    syslog, place = audit.syslog, ("audit", "syslog")
    if syslog is None:
        return
    if not syslog.host:
        yield Complaint((*place, "host"), "is empty")
    if syslog.port == 0:
        yield Complaint((*place, "port"), "must not be 0")
    if syslog.tls == "off":
        if not is_loopback(syslog.host):
            yield Complaint((*place, "tls"), "is 'off', which is for this machine only; the record names people")
        return
    if syslog.ca_file is not None:
        yield from _authority(syslog.ca_file, (*place, "ca_file"))
    if syslog.key is not None and syslog.certificate is None:
        yield Complaint((*place, "certificate"), "is missing although its key is set")
    elif syslog.certificate is not None:
        yield from _client_certificate(syslog.certificate, syslog.key, place)


def _client_certificate(certificate: Path, key: Path | None, place: Place) -> Iterator[Complaint]:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key, password=lambda: b"")
    except ssl.SSLError as error:
        yield Complaint((*place, "certificate"), _why_not(error, key).replace("tls.key", "its key"))
    except (OSError, ValueError):
        yield Complaint((*place, "certificate"), "and its key cannot be read; who owns the files?")


def _authority(path: Path, place: Place) -> Iterator[Complaint]:
    yield from _missing_file(path, place)
    if path.is_file():
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        except (OSError, ValueError):
            yield Complaint(place, f"holds no certificate in PEM form: {path}")


def _missing_file(path: Path, place: Place) -> Iterator[Complaint]:
    if not path.is_file():
        yield Complaint(place, f"names a file that is not there or cannot be seen: {path}")


def _is_domain(text: str) -> bool:
    return "@" not in text and "." in text and _HOST_NAME.fullmatch(comparable_domain(text)) is not None


CHECKS: tuple[Callable[[Settings], Iterator[Complaint]], ...] = (
    _office,
    _listeners,
    _sources,
    _certificate,
    _limits,
    _upstream,
    _database,
    _next_hops,
    _protection,
    _notices,
    _sign_in_elsewhere,
    _web,
    _incidents,
    _audit,
)
