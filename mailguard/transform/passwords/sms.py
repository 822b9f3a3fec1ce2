"""Channel: a short message through the office's gateway, after the same window as a separate mail.

One message, never a chain of several that may arrive in part: 70 characters in Japanese (UCS-2, 3GPP TS 23.038
§6.2.3), 160 in the basic alphabet. The office's name gives way; the password is never cut.
"""

from __future__ import annotations

import re

from mailguard.i18n import text
from mailguard.model.protection import Channel, Protection, Traits
from mailguard.transform.passwords.mails import office_of
from mailguard.transform.passwords.telling import ShortMessage, Telling

UCS2_MAX = 70
BASIC_MAX = 140
"""Of 160: some signs of ASCII count twice in the basic alphabet."""


_MOBILE = re.compile(r"(?:0|\+81)[6-9]0[0-9]{8}|\+(?!81)[1-9][0-9]{8,14}")
"""Numbers that take short messages in Japan (060 to 090, 総務省 電気通信番号計画), and any abroad."""


class Sms:
    """Tells one telephone."""

    name = Channel.SMS
    waits = True

    def is_usable(self, traits: Traits, protection: Protection, has_gateway: bool) -> bool:
        """Where there is a gateway and a number, given for this mail or known of the recipient."""
        return has_gateway and _MOBILE.fullmatch(protection.phone or traits.phone) is not None

    def tell(self, telling: Telling) -> ShortMessage:
        """The message. Raises ``ValueError`` where there is no number."""
        if not telling.phone:
            raise ValueError("a short message needs a telephone number")
        office = office_of(telling, telling.language)
        return ShortMessage(telling.phone, _fitting(telling, office), telling.password, office)


def _fitting(telling: Telling, office: str) -> str:
    """The words with as much of the office's name as there is room for; the password alone where there is none."""
    cut = "..." if office.isascii() else "…"
    for length in range(len(office), 0, -1):
        shown = office if length == len(office) else office[:length].rstrip() + cut
        whole = text(telling.language, "password.sms", office=shown, password=telling.password)
        if _fits(whole):
            return whole
    return telling.password


def _fits(words: str) -> bool:
    if words.isascii():
        return len(words) <= BASIC_MAX
    return len(words.encode("utf-16-be")) // 2 <= UCS2_MAX
