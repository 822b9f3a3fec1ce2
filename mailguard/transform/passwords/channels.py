"""Every channel a password can travel by, and what each of them has to be able to do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from mailguard.model.protection import Channel, Protection, Traits
from mailguard.transform.passwords.agreed import Agreed
from mailguard.transform.passwords.separate_mail import SeparateMail
from mailguard.transform.passwords.sms import Sms
from mailguard.transform.passwords.telling import PasswordMail, ShortMessage, Telling
from mailguard.transform.passwords.to_sender import ToSender


class PasswordChannel(Protocol):
    """One way for a password. ``waits``: the window runs before it is told, so that it can be stopped."""

    @property
    def name(self) -> Channel:
        """Which one it is."""

    @property
    def waits(self) -> bool:
        """Whether it is told only when the window is over."""

    def is_usable(self, traits: Traits, protection: Protection, has_gateway: bool) -> bool:
        """Whether it can reach this recipient. ``has_gateway``: the office has one for short messages."""

    def tell(self, telling: Telling) -> PasswordMail | ShortMessage | None:
        """What is to be sent; None: nothing."""


_ALL: tuple[PasswordChannel, ...] = (ToSender(), SeparateMail(), Sms(), Agreed())

CHANNELS: Mapping[Channel, PasswordChannel] = MappingProxyType({channel.name: channel for channel in _ALL})
"""One for each member of ``Channel``."""
