"""What a test says to the scripted next hop, and what it gets back: stages, acts, features, mails, certificate.

Imported through ``tests.fakes.next_hop``, where the server and the documentation are.
"""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
import tempfile
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Stage(StrEnum):
    """Where a script can take hold.

    ``CONNECT``: before anything is said; with implicit TLS, after the handshake. ``CONTENT``: ``after`` octets of
    content were read, the dot not yet. ``DOT``: the final dot was read, the mail is not taken (yet). ``TAKEN``: the
    mail is in ``mails``, the reply not yet given. The others are the commands of that name.
    """

    CONNECT = "connect"
    GREETING = "greeting"
    EHLO = "EHLO"
    HELO = "HELO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    CONTENT = "content"
    DOT = "dot"
    TAKEN = "taken"
    RSET = "RSET"
    NOOP = "NOOP"
    QUIT = "QUIT"


@dataclass(frozen=True, slots=True)
class Act:
    """What to do at a stage: wait for an event, say these octets instead of the ordinary reply, cut the line.

    In this order, each only where given. ``hang``: nothing more is read or said after ``octets``. ``endless`` repeats
    ``octets`` until the other side has hung up. ``reset`` cuts with a TCP reset instead of an ordinary end.
    """

    octets: bytes | None = None
    event: asyncio.Event | None = None
    cut: bool = False
    endless: bool = False
    reset: bool = False
    hang: bool = False


def say(*lines: str) -> Act:
    """Another reply: lines as they are to be sent, without line ends. ``say("250-a", "250 b")`` for several."""
    return Act(octets="".join(f"{line}\r\n" for line in lines).encode())


def say_and_cut(*lines: str) -> Act:
    """Another reply, and then the line is cut (421 and its kin)."""
    return Act(octets=say(*lines).octets, cut=True)


def raw(octets: bytes) -> Act:
    """Exactly these octets in place of the reply: garbage, a line of a megabyte, two replies at once."""
    return Act(octets=octets)


def flood(octets: bytes) -> Act:
    """These octets again and again until the other side hangs up: an endless line, or an endless reply."""
    return Act(octets=octets, endless=True)


def wait(event: asyncio.Event) -> Act:
    """The ordinary reply, but only after the event."""
    return Act(event=event)


def hang() -> Act:
    """No reply, and the line stays open."""
    return Act(hang=True)


def cut(*, reset: bool = False) -> Act:
    """No reply: the line is cut."""
    return Act(cut=True, reset=reset)


@dataclass(frozen=True, slots=True)
class Features:
    """What the server offers in EHLO, and how it listens.

    ``size`` is the number behind SIZE, None offers none. ``auth`` lists methods ("PLAIN", "LOGIN", "XOAUTH2");
    ``auth_in_clear`` offers them before STARTTLS too. ``accounts`` maps user names to passwords (or tokens).
    ``esmtp`` False answers EHLO with 502. ``implicit_tls``: the handshake comes before the greeting (port 465).
    """

    pipelining: bool = True
    starttls: bool = False
    implicit_tls: bool = False
    eight_bit_mime: bool = True
    smtputf8: bool = False
    dsn: bool = False
    size: int | None = None
    auth: tuple[str, ...] = ()
    auth_in_clear: bool = False
    accounts: dict[str, str] = field(default_factory=dict)
    esmtp: bool = True
    tls_minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    tls_maximum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3


@dataclass(frozen=True, slots=True)
class TakenRecipient:
    """One accepted RCPT: the address without brackets, and its parameters as written (``NOTIFY=NEVER``)."""

    address: str
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TakenMail:
    """One mail that was taken. ``raw`` is the wire form without the final dot, ``content`` is un-stuffed.

    ``user`` is who had signed in; ``tls`` the protocol version; ``session`` counts connections from 0.
    """

    reverse_path: str
    parameters: tuple[str, ...]
    recipients: tuple[TakenRecipient, ...]
    raw: bytes
    session: int
    tls: str | None
    user: str | None

    @property
    def content(self) -> bytes:
        """The mail as its reader gets it: one dot less at the start of lines that begin with one."""
        return (b"\r\n" + self.raw).replace(b"\r\n.", b"\r\n")[2:]

    @property
    def addresses(self) -> tuple[str, ...]:
        """The accepted recipients in order."""
        return tuple(recipient.address for recipient in self.recipients)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Content that ended without a dot, in wire form, and the accepted recipients it was for."""

    addresses: tuple[str, ...]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Said:
    """One command line as it came, without its line end."""

    session: int
    secure: bool
    line: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """A self-signed certificate for 127.0.0.1 and localhost; ``file`` (PEM) also serves as ``ca_file``."""

    file: Path
    key_file: Path
    fingerprint_sha256: str


def certificate(name: str = "localhost") -> Certificate:
    """The certificate of that name, made once per run; a name other than localhost does not fit 127.0.0.1."""
    return _certificate(name)


@lru_cache(maxsize=4)
def _certificate(name: str) -> Certificate:
    folder = Path(tempfile.mkdtemp(prefix="mailguard-next-hop-"))
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == "localhost":
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    found = Certificate(folder / "server.pem", folder / "server.key", made.fingerprint(hashes.SHA256()).hex())
    found.file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    found.key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return found
