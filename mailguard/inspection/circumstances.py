"""What an inspection knows of a mail besides its text: who writes to whom, and what is the office's own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from mailguard.inspection.letters import name_key
from mailguard.inspection.normalise import plain_text


@dataclass(frozen=True)
class Circumstances:
    """``sender`` and ``sender_name``: address and display name, "" where unknown. ``recipients``: addresses with names.

    ``own_domains`` and ``own_names``: the office's. ``greeted_…``: whom the first lines greet.
    ``learned``: keyed hashes of what the sender's signature holds.
    ``key``: for hashes of values; at least 16 octets outside of trials.
    """

    sender: str = ""
    sender_name: str = ""
    recipients: tuple[tuple[str, str], ...] = ()
    own_domains: frozenset[str] = frozenset()
    own_names: tuple[str, ...] = ()
    greeted_organisations: tuple[str, ...] = ()
    greeted_persons: tuple[str, ...] = ()
    learned: frozenset[bytes] = frozenset()
    key: bytes = b""

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Addresses of those who write and get the mail."""
        return frozenset(one.casefold() for one in (self.sender, *(address for address, _ in self.recipients)) if one)

    @cached_property
    def names(self) -> frozenset[str]:
        """Their names as they are compared."""
        shown = (self.sender_name, *(name for _, name in self.recipients))
        return frozenset(name_key(plain_text(name)) for name in shown if name) - {""}

    @cached_property
    def signers(self) -> frozenset[str]:
        """Under what names the sender may sign."""
        key = name_key(plain_text(self.sender_name))
        return frozenset({key}) if len(key) >= 3 else frozenset()
