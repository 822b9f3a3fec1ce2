"""MAIL and RCPT arguments to values (RFC 5321 §4.1.2, RFC 1870, 3461, 4954 §5, 6152, 6531), or ``Refused``.

One grammar for every address, tolerant where Japanese carriers broke RFC 5321 (``a..b@``, ``x.@``) and strict
where two servers could read two different mailboxes: no control characters, no source routes, one ``@`` outside
quotes, and a domain that is nothing but labels or a literal. The address is kept as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from mailguard.model.envelope import Body, ForwardPath, Notify, Ret
from mailguard.submission.replies import Refused

_LABEL = r"[A-Za-z0-9_\u00a1-\U0010ffff-]+"
_MAILBOX = (
    r'(?:"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*"|[^\x00-\x20\x7f()<>\[\]:;@\\,"]+)'
    rf"@(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Za-z:.]+\])"
)
_FROM = re.compile(rf"FROM: *<({_MAILBOX})?>(?: +(.*))?", re.IGNORECASE)
_TO = re.compile(rf"TO: *<({_MAILBOX}|postmaster)>(?: +(.*))?", re.IGNORECASE)
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_KEYWORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_VALUE = re.compile(r"[!-<>-~\u00a1-\U0010ffff]+")
_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*")
_ORCPT = re.compile(r"[A-Za-z0-9-]+;[!-<>-~\u00a1-\U0010ffff]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")

ADDRESS_OCTETS = 320
"""64 for the local part, "@" and 255 for the domain (RFC 5321 §4.5.3.1); longer ones reach nobody."""
ENVID_MAX, ORCPT_MAX, AUTH_MAX = 100, 500, 500
"""Octets (RFC 3461 §4.4, §4.2; RFC 4954 §5)."""


@dataclass(frozen=True, slots=True)
class MailCommand:
    """What MAIL said. ``reverse_path`` is empty for ``<>``; ``size`` is the declared octets, 0 where not said."""

    reverse_path: str
    size: int = 0
    ret: Ret | None = None
    envid: str | None = None
    body: Body | None = None
    smtputf8: bool = False


def decode(argument: bytes) -> str:
    """A command's argument as text. Raises ``Refused`` for anything but ASCII and UTF-8 without control characters."""
    if argument.isascii():
        return argument.decode("ascii")
    try:
        text = argument.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(500, "5.5.2", "Only ASCII or UTF-8 may be in a command") from error
    if _CONTROLS.search(text):
        raise Refused(500, "5.5.2", "Control characters may not be in a command")
    return text


def parse_mail(argument: bytes, *, extended: bool) -> MailCommand:
    """``FROM:<reverse-path> [parameters]``. ``extended`` is whether the client said EHLO."""
    text = decode(argument)
    match = _FROM.fullmatch(text)
    if match is None:
        if not text[:5].upper() == "FROM:":
            raise Refused(501, "5.5.4", "Syntax: MAIL FROM:<address>")
        raise Refused(501, "5.1.7", "The sender address is not well formed")
    address = match[1] or ""
    if not match[2]:
        _check_address(address, smtputf8=False, enhanced="5.1.7")
        return MailCommand(address)
    parameters = _parameters(match[2], extended=extended)
    smtputf8 = _take_flag(parameters, "SMTPUTF8")
    _check_address(address, smtputf8=smtputf8, enhanced="5.1.7")
    command = MailCommand(
        reverse_path=address,
        size=_take_size(parameters),
        ret=_take_ret(parameters),
        envid=_take_xtext(parameters, "ENVID", ENVID_MAX),
        body=_take_body(parameters),
        smtputf8=smtputf8,
    )
    # RFC 4954 §5: taken from everybody, believed from nobody: who sends is known by how they signed in.
    _take_xtext(parameters, "AUTH", AUTH_MAX)
    _refuse_unknown(parameters)
    return command


def parse_rcpt(argument: bytes, *, extended: bool, smtputf8: bool) -> ForwardPath:
    """``TO:<forward-path> [parameters]``. The bare ``<postmaster>`` of RFC 5321 §4.5.1 comes back as written."""
    text = decode(argument)
    match = _TO.fullmatch(text)
    if match is None:
        if not text[:3].upper() == "TO:":
            raise Refused(501, "5.5.4", "Syntax: RCPT TO:<address>")
        raise Refused(501, "5.1.3", "The recipient address is not well formed")
    address = match[1]
    _check_address(address, smtputf8=smtputf8, enhanced="5.1.3")
    if not match[2]:
        return ForwardPath(address)
    parameters = _parameters(match[2], extended=extended)
    notify = _take_notify(parameters)
    orcpt = parameters.pop("ORCPT", None)
    if orcpt is not None and (len(orcpt) > ORCPT_MAX or not _ORCPT.fullmatch(orcpt)):
        raise Refused(501, "5.5.4", "ORCPT is not well formed")
    _refuse_unknown(parameters)
    return ForwardPath(address, notify, orcpt)


def _check_address(address: str, *, smtputf8: bool, enhanced: str) -> None:
    if address.isascii():
        if len(address) > ADDRESS_OCTETS:
            raise Refused(501, enhanced, "The address is too long")
        return
    if not smtputf8:
        raise Refused(553, "5.6.7", "This address needs SMTPUTF8")
    # A full-width "＠" or "．" becomes the plain one wherever the domain is prepared for comparison or the DNS.
    domain = unicodedata.normalize("NFKC", address.rpartition("@")[2]).rstrip(".")
    if len(address.encode()) > ADDRESS_OCTETS or not (domain.startswith("[") or _DOMAIN.fullmatch(domain)):
        raise Refused(501, enhanced, "The address is not well formed")


def _parameters(text: str, *, extended: bool) -> dict[str, str]:
    if not extended:
        raise Refused(555, "5.5.4", "Parameters need EHLO")
    parameters: dict[str, str] = {}
    for word in text.split(" "):
        if not word:
            continue
        keyword, equals, value = word.partition("=")
        keyword = keyword.upper()
        if not _KEYWORD.fullmatch(keyword) or keyword in parameters or (equals and not _VALUE.fullmatch(value)):
            raise Refused(501, "5.5.4", "A parameter is not well formed or given twice")
        parameters[keyword] = value
    return parameters


def _refuse_unknown(parameters: dict[str, str]) -> None:
    if parameters:
        raise Refused(555, "5.5.4", "A parameter is not known here")


def _take_flag(parameters: dict[str, str], keyword: str) -> bool:
    value = parameters.pop(keyword, None)
    if value:
        raise Refused(501, "5.5.4", f"{keyword} takes no value")
    return value is not None


def _take_size(parameters: dict[str, str]) -> int:
    value = parameters.pop("SIZE", None)
    if value is None:
        return 0
    if not (value.isascii() and value.isdigit()) or len(value) > 20:
        raise Refused(501, "5.5.4", "SIZE is a number of octets")
    return int(value)


def _take_ret(parameters: dict[str, str]) -> Ret | None:
    value = parameters.pop("RET", None)
    if value is None:
        return None
    if value.upper() not in Ret.__members__:
        raise Refused(501, "5.5.4", "RET is FULL or HDRS")
    return Ret(value.upper())


def _take_body(parameters: dict[str, str]) -> Body | None:
    value = parameters.pop("BODY", None)
    match value.upper() if value is not None else None:
        case None:
            return None
        case "7BIT":
            return Body.SEVEN_BIT
        case "8BITMIME":
            return Body.EIGHT_BIT_MIME
        case _:
            raise Refused(501, "5.5.4", "BODY is 7BIT or 8BITMIME")


def _take_xtext(parameters: dict[str, str], keyword: str, longest: int) -> str | None:
    value = parameters.pop(keyword, None)
    if value is not None and (not value or len(value) > longest or not _XTEXT.fullmatch(value)):
        raise Refused(501, "5.5.4", f"{keyword} is not well formed")
    return value


def _take_notify(parameters: dict[str, str]) -> frozenset[Notify]:
    value = parameters.pop("NOTIFY", None)
    if value is None:
        return frozenset()
    words = value.upper().split(",")
    if any(word not in Notify.__members__ for word in words) or ("NEVER" in words and len(words) > 1):
        raise Refused(501, "5.5.4", "NOTIFY is NEVER, or some of SUCCESS, FAILURE, DELAY")
    return frozenset(Notify(word) for word in words)
