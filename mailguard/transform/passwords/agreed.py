"""Channel: nothing is sent; both sides know the password from earlier."""

from __future__ import annotations

from mailguard.model.protection import Channel, Protection, Traits
from mailguard.transform.passwords.telling import Telling


class Agreed:
    """Tells nobody."""

    name = Channel.AGREED
    waits = False

    def is_usable(self, traits: Traits, protection: Protection, has_gateway: bool) -> bool:
        """Where a password was agreed with the recipient."""
        return traits.agreed

    def tell(self, telling: Telling) -> None:
        """Nothing to send."""
        return
