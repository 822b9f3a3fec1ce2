"""What the relay's own certificate says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate's time, names and issuer."""

    begins_at: datetime
    ends_at: datetime
    names: tuple[str, ...]
    is_self_signed: bool
    now: datetime

    @property
    def days_left(self) -> int:
        """Whole days until it ends; negative when it has ended."""
        return (self.ends_at - self.now).days

    @property
    def begins_in_future(self) -> bool:
        """Whether its time has not begun."""
        return self.begins_at > self.now

    @property
    def period(self) -> str:
        """From when until when, for people."""
        return f"{self.begins_at:%Y-%m-%d} to {self.ends_at:%Y-%m-%d}"

    @property
    def names_text(self) -> str:
        """The names it is for."""
        return ", ".join(self.names) or "nobody"

    def is_for(self, hostname: str) -> bool:
        """Whether it is for this name; a wildcard stands for one label (RFC 6125 §6.4.3)."""
        wanted = hostname.lower().rstrip(".")
        parent = wanted.partition(".")[2]
        return any(name.lower() == wanted or (parent and name.lower() == f"*.{parent}") for name in self.names)


def read_certificate(path: Path, now: datetime | None = None) -> Shown:
    """The first certificate of a PEM file, as of ``now``. Raises ``OSError`` and ``ValueError``."""
    found = x509.load_pem_x509_certificates(path.read_bytes())[0]
    names: tuple[str, ...] = ()
    try:
        alternative = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        addresses = alternative.get_values_for_type(x509.IPAddress)
        names = (*alternative.get_values_for_type(x509.DNSName), *[str(address) for address in addresses])
    except x509.ExtensionNotFound:
        pass
    return Shown(
        found.not_valid_before_utc,
        found.not_valid_after_utc,
        names,
        found.issuer == found.subject,
        now or datetime.now(UTC),
    )
