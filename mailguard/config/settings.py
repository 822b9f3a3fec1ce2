"""Every setting, once: its name, type, default and what it means.

The file is YAML. ``MAILGUARD_SECTION__KEY`` in the environment wins over it, and any secret may be read from a file by
``<key>_file``. Unknown keys are refused. ``loading.load`` turns a file into ``Settings`` or raises
``ConfigurationError`` with file and line of every complaint. Settings made in code are not cross-checked.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

MEBIBYTE = 1024 * 1024

PLACEHOLDER_HOSTNAME = "mailguard.invalid"
"""What stands where an office has not named its relay; a file must name it."""


class Section(BaseModel):
    """A part of the settings: unknown keys are an error, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Port = Annotated[int, Field(ge=0, le=65535)]


class OfficeSettings(Section):
    """Who the office is."""

    name: str = Field("", description="The office's name, shown in notices and bounces.")
    domains: list[str] = Field(
        default_factory=list, description="Own mail domains. Mail that stays inside them is delivered at once."
    )
    include_subdomains: bool = Field(False, description="Whether everything below an own domain is own as well.")
    hostname: str = Field(PLACEHOLDER_HOSTNAME, description="The name this relay gives itself in SMTP.")
    postmaster: str = Field("", description="Where people turn to; named in bounces.")
    language: Literal["ja", "en"] = Field("ja", description="First language of texts for people.")


class ListenerSettings(Section):
    """One address and port where mail programs connect."""

    name: str = Field(description="How logs and records call it.")
    host: str = "0.0.0.0"  # noqa: S104  a mail server listens to the office's network
    port: Port
    tls: Literal["none", "starttls", "implicit"] = Field(
        "starttls", description="'starttls' (587), 'implicit' (465) or 'none' (trusted networks)."
    )
    auth: Literal["required", "optional", "none"] = Field(
        "required", description="'none': only the networks in `sources` may send here."
    )
    auth_without_tls: bool = Field(
        False, description="Offer AUTH on a clear connection. Passwords can be read on the way."
    )


class SourceSettings(Section):
    """A device or system that sends without signing in: a scanner, a business system."""

    name: str
    networks: list[IPv4Network | IPv6Network]
    owner: str = Field(description="The mailbox of the person who answers for its mail.")
    allowed_senders: list[str] = Field(
        description="Addresses (a@example.jp) or domains (@example.jp) it may send as; '<>': the null reverse-path."
    )


class TlsSettings(Section):
    """The relay's own certificate. Replaced files are taken up without a restart."""

    certificate: Path | None = None
    key: Path | None = None
    minimum: Literal["TLSv1.2", "TLSv1.3"] = "TLSv1.2"


class LimitSettings(Section):
    """How much a client may ask for. Each limit has its own reply."""

    message_bytes: int = Field(50 * MEBIBYTE, ge=1024, description="Largest mail, octets in wire form.")
    recipients: int = Field(1000, ge=1)
    line_bytes: int = Field(
        16384, ge=998, description="Longest line of content; RFC 5321 asks for 998, real mail has more."
    )
    header_bytes: int = Field(512 * 1024, ge=4096)
    received_hops: int = Field(30, ge=5, description="More `Received:` lines than this are a loop.")
    connections: int = Field(500, ge=1)
    connections_per_address: int = Field(50, ge=1)
    bytes_in_flight: int = Field(512 * MEBIBYTE, ge=MEBIBYTE, description="Content being received at one time.")
    idle_seconds: int = Field(60, ge=1, description="A client that says nothing for so long is let go.")
    data_seconds: int = Field(900, ge=1, description="One mail's content in all.")
    data_min_bytes_per_second: int = Field(500, ge=0, description="Slower than this over 60 s and the mail is cut.")
    errors: int = Field(20, ge=1, description="So many refused commands end the connection.")
    mails_per_hour: int = Field(300, ge=1, description="Per account; beyond it the account may have been hijacked.")
    recipients_per_hour: int = Field(2000, ge=1, description="Per account.")
    auth_failures_per_minute: int = Field(5, ge=1, description="Per account.")
    auth_failures_per_minute_per_address: int = Field(20, ge=1)


class UpstreamAuthSettings(Section):
    """Sign-in of people at the office's real server: the same password as for their mailbox."""

    host: str
    port: Port = 587
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    ca_file: Path | None = None
    remember_hours: int = Field(
        12, ge=0, description="How long a password the server confirmed still signs in while the server is down."
    )


class AuthSettings(Section):
    """Where passwords are checked: local accounts always, and the real server where given."""

    upstream: UpstreamAuthSettings | None = None


class StorageSettings(Section):
    """Where mail is kept."""

    directory: Path = Path("/var/lib/mailguard")
    database: str = Field("", description="SQLAlchemy URL of a PostgreSQL database; empty: SQLite in the directory.")
    database_file: Path | None = Field(None, description="A file with that URL, where it holds a password.")
    master_key_file: Path | None = Field(None, description="Default: master.key in the directory, made at first start.")
    reserve_bytes: int = Field(256 * MEBIBYTE, ge=0, description="Disk space that is never used for new mail.")
    inline_bytes: int = Field(512 * 1024, ge=0, le=4 * MEBIBYTE, description="Larger contents become files.")
    retention_days: float = Field(30.0, ge=0, description="Days after its end until a mail's content is destroyed.")


class PolicySettings(Section):
    """The rules in force."""

    folder: Path | None = Field(None, description="The office's own policy folder. Default: the one that comes along.")
    set: str = Field(
        "standard",
        pattern=r"^[a-z][a-z0-9-]{0,60}$",
        description="Which of its files: standard, strict, observe, or one of your own.",
    )
    check_domains: bool = Field(True, description="Ask the DNS whether the domain of a new address takes mail.")
    dns_servers: list[IPv4Address | IPv6Address] = Field(
        default_factory=list, description="Default: those of the system."
    )
    dns_port: Port = 53
    dns_seconds: float = Field(1.0, gt=0, le=10, description="No answer after so long: the mail is judged without it.")


class HoldSettings(Section):
    """How long mail to outsiders waits."""

    minutes: float = Field(5.0, ge=0, le=60 * 24 * 30)
    grace_seconds: float = Field(3.0, ge=0, le=60, description="How much longer than shown the server waits.")


class NextHopSettings(Section):
    """A server that takes our mail."""

    host: str
    port: Port = 25
    tls: Literal["off", "opportunistic", "required", "implicit"] = "required"
    ca_file: Path | None = Field(None, description="Trust only this CA instead of the system's.")
    fingerprint_sha256: str | None = Field(None, description="Trust exactly this certificate (hex, colons allowed).")
    auth: Literal["none", "plain", "login", "xoauth2"] = "none"
    username: str = ""
    password: SecretStr | None = None
    password_file: Path | None = None
    token_file: Path | None = Field(
        None, description="XOAUTH2: a file that holds the access token; read anew each time."
    )
    token_command: list[str] | None = Field(None, description="XOAUTH2: a command that prints the access token.")
    connections: int = Field(20, ge=1, le=1000, description="At most so many at one time.")
    mails_per_connection: int = Field(100, ge=1)
    recipients_per_mail: int = Field(100, ge=1, description="More are split over several transactions.")
    connect_seconds: float = 30.0
    command_seconds: float = 300.0
    data_seconds: float = Field(600.0, description="Wait for the reply to the final dot (RFC 5321 §4.5.3.2.6: 10 min).")


class RouteSettings(NextHopSettings):
    """Another next hop for some domains."""

    domains: list[str]


class DeliverySettings(Section):
    """Getting mail out."""

    next_hop: NextHopSettings
    routes: list[RouteSettings] = Field(default_factory=list)
    retry_minutes: list[float] = Field(
        default_factory=lambda: [1.0, 5.0, 15.0, 30.0, 60.0],
        description="Waits between attempts; the last repeats (RFC 5321 §4.5.4.1: 30 min or more after the first two).",
        min_length=1,
    )
    expire_hours: float = Field(120.0, gt=0, description="Given up after so long (RFC 5321 §4.5.4.1: 4-5 days).")
    delay_notice_hours: float = Field(4.0, ge=0, description="Tell the sender once after so long; 0 never.")
    on_doubt: Literal["resend", "ask"] = Field("resend", description="What to do when the reply to the dot was lost.")
    doubts: int = Field(3, ge=1, description="So many doubts, and an administrator decides.")
    lease_seconds: float = Field(900.0, ge=1)


class WebSettings(Section):
    """Health and metrics over HTTP."""

    host: str = "127.0.0.1"
    port: Port = 8025


class LogSettings(Section):
    """Structured lines on standard output."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "text"] = "json"


class ServiceSettings(Section):
    """Starting and stopping."""

    drain_seconds: float = Field(30.0, ge=0, description="How long running transactions may go on after SIGTERM.")
    poll_seconds: float = Field(
        1.0, gt=0, le=60, description="How often timers and work are looked for without a hint."
    )


def _default_listeners() -> list[ListenerSettings]:
    return [
        ListenerSettings(name="submission", port=587, tls="starttls"),
        ListenerSettings(name="submissions", port=465, tls="implicit"),
    ]


class Settings(Section):
    """All of it."""

    office: OfficeSettings = OfficeSettings()
    listeners: list[ListenerSettings] = Field(default_factory=_default_listeners)
    sources: list[SourceSettings] = Field(default_factory=list)
    tls: TlsSettings = TlsSettings()
    limits: LimitSettings = LimitSettings()
    auth: AuthSettings = AuthSettings()
    storage: StorageSettings = StorageSettings()
    policy: PolicySettings = PolicySettings()
    hold: HoldSettings = HoldSettings()
    delivery: DeliverySettings
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()
    service: ServiceSettings = ServiceSettings()
