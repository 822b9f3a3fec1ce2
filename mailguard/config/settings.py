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
SignInMethod = Literal["mailbox", "password", "passkey"]
WebhookKind = Literal["hold", "approval", "trouble"]


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


class LookingSettings(Section):
    """Reading mail and its attachments for personal data, in processes apart from the relay."""

    workers: int = Field(2, ge=1, description="So many mails at one time. With 1, small mail waits for large.")
    seconds: float = Field(60.0, gt=0, description="A mail that takes longer is held as unreadable.")
    memory_mb: int = Field(
        1024, ge=64, description="MiB a worker may take beside what all share; a mail that needs more is unreadable."
    )


class HoldSettings(Section):
    """How long mail to outsiders waits."""

    minutes: float = Field(5.0, ge=0, le=60 * 24 * 30)
    grace_seconds: float = Field(3.0, ge=0, le=60, description="How much longer than shown the server waits.")


class SmsSettings(Section):
    """The gateway that takes short messages. In each text {phone}, {password}, {office} and {text} are filled in."""

    url: str = Field(description="Where a message is handed in: an https address.")
    method: Literal["POST", "PUT"] = "POST"
    headers: dict[str, str] = Field(default_factory=dict, description="Header fields, such as Content-Type.")
    token: SecretStr | None = Field(None, description="Sent as 'Authorization: Bearer'.")
    token_file: Path | None = None
    body: str = Field(
        '{"to": "{phone}", "text": "{text}"}',
        description="What is handed in; in a JSON or form body the values are escaped as it needs.",
    )
    ca_file: Path | None = Field(None, description="Trust only this CA instead of the system's.")
    seconds: float = Field(20.0, gt=0, le=120, description="No answer after so long: the sender is told instead.")


class ProtectionSettings(Section):
    """How personal data is protected, where no rule, no sender and nothing known of the recipient says otherwise."""

    mode: Literal["auto", "zip"] = Field(
        "auto", description="'auto': a single PDF or Office file gets a password of its own, the rest goes in a ZIP."
    )
    channel: Literal["to_sender", "separate_mail", "sms"] = Field(
        "to_sender", description="How the password reaches the recipient; 'to_sender': the sender tells it."
    )
    window_minutes: float = Field(
        10.0,
        ge=0,
        le=60 * 24,
        description="How long a password waits after its parcel arrived; until then it can be stopped.",
    )
    attachments: Literal["found", "all"] = Field("found", description="Which go into the parcel.")
    passwords: Literal["one", "each"] = Field("one", description="One password for a mail, or one for each recipient.")
    hide_names: bool = Field(False, description="Hide the names of files in a ZIP even where they tell nothing.")
    contact: str = Field("", description="Whom recipients may call, such as a telephone number with a name.")
    sms: SmsSettings | None = None


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
    """Pages for people, and health and metrics."""

    host: str = "127.0.0.1"
    port: Port = 8025
    public_url: str = Field(
        "", description="How people reach the pages, such as https://mail.example.jp; empty: notices carry no links."
    )
    tls: bool = Field(False, description="Serve HTTPS with the certificate of `tls`; false behind a proxy that does.")
    trusted_proxies: list[IPv4Network | IPv6Network] = Field(
        default_factory=list, description="Proxies whose X-Forwarded-For is believed."
    )
    monitor_networks: list[IPv4Network | IPv6Network] = Field(
        [IPv4Network("127.0.0.0/8"), IPv6Network("::1/128")],
        description="Who may read /readyz and /metrics.",
    )


class OidcSettings(Section):
    """Sign-in at another provider (OpenID Connect): Google, Microsoft 365."""

    name: str = Field(description="What the button says.")
    issuer: str = Field(description="Such as https://accounts.google.com.")
    client_id: str
    client_secret: SecretStr | None = None
    client_secret_file: Path | None = None
    second_factor: bool = Field(False, description="Whether the provider asks for a second factor itself.")
    ca_file: Path | None = Field(None, description="Trust only this CA instead of the system's.")


class LdapSettings(Section):
    """Sign-in with the password of the office's directory."""

    url: str = Field(description="Such as ldaps://dc.example.jp.")
    user: str = Field("{address}", description="The name to bind with; {address} and {local_part} are filled in.")
    ca_file: Path | None = Field(None, description="Trust only this CA instead of the system's.")


class SignInSettings(Section):
    """How people prove who they are on the pages."""

    methods: list[SignInMethod] = Field(
        ["mailbox", "password", "passkey"],
        description="'mailbox': a code sent to the own mailbox; 'password': the one for sending mail.",
    )
    idle_minutes: float = Field(30.0, gt=0, le=60 * 24, description="Signed out after so long without a click.")
    hours: float = Field(12.0, gt=0, le=24 * 14, description="Signed out after so long in any case.")
    code_minutes: float = Field(10.0, gt=0, le=60, description="How long a mailed code counts.")
    links: bool = Field(True, description="A notice's link opens its mail without signing in.")
    oidc: list[OidcSettings] = Field(default_factory=list)
    ldap: LdapSettings | None = None


class WebhookSettings(Section):
    """A chat channel that is told that something waits, without names or content."""

    url: str = Field(description="An https address.")
    shape: Literal["slack", "teams"] = "slack"
    kinds: list[WebhookKind] = ["approval", "trouble"]


class NoticeSettings(Section):
    """Mails to people about mail that waits."""

    sender: str = Field("", description="The address notices come from; empty: office.postmaster.")
    name: str = Field("", description="The name beside it; empty: the office's.")
    subject: Literal["short", "none"] = Field("short", description="How much of a mail's own subject a notice shows.")
    receipts: bool = Field(False, description="Also tell what became of a mail a person had to decide about.")
    wait_seconds: float = Field(20.0, ge=0, le=3600, description="What is decided within so long needs no notice.")
    digest_after: int = Field(5, ge=1, description="So many within an hour, and the next ones come as one list.")
    trouble_minutes: float = Field(
        15.0, ge=0, le=1440, description="Trouble of the system that lasts so long is told to administrators; 0: never."
    )
    webhooks: list[WebhookSettings] = Field(default_factory=list)


class IncidentSettings(Section):
    """Letters to people outside when something went wrong."""

    sender: Literal["officer", "owner"] = Field(
        "officer", description="Whose address they come from: of who released them, or of who sent the mail."
    )
    contact: str = Field("", description="Whom people may call, such as a telephone number; empty: protection.contact.")
    answer_address: str = Field(
        "",
        description="An own address whose mail your server hands to the relay: answers of wrong recipients are taken "
        "from there. Empty: they go to whoever asked.",
    )


class SyslogSettings(Section):
    """A server that gets the record of who did what as it grows: CEF in syslog over TLS (RFC 5424, RFC 5425)."""

    host: str
    port: Port = 6514
    tls: Literal["required", "off"] = Field("required", description="'off': readable on the way, on this machine only.")
    ca_file: Path | None = Field(None, description="Trust only this CA instead of the system's.")
    certificate: Path | None = Field(None, description="Our own, where the server asks for one, with its key.")
    key: Path | None = None


class AuditSettings(Section):
    """The record of who did what."""

    retention_days: float = Field(
        0.0, ge=0, description="Days until events are removed, up to an anchor; 0 keeps all of them."
    )
    syslog: SyslogSettings | None = None


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
    looking: LookingSettings = LookingSettings()
    hold: HoldSettings = HoldSettings()
    protection: ProtectionSettings = ProtectionSettings()
    delivery: DeliverySettings
    web: WebSettings = WebSettings()
    sign_in: SignInSettings = SignInSettings()
    notices: NoticeSettings = NoticeSettings()
    incidents: IncidentSettings = IncidentSettings()
    audit: AuditSettings = AuditSettings()
    log: LogSettings = LogSettings()
    service: ServiceSettings = ServiceSettings()
