"""What tests of looking into mail share: rules as shipped, a mail as a program writes it, and what surrounds it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP

from mailguard.config import HoldSettings, OfficeSettings, PolicySettings
from mailguard.judging.opening import open_rules
from mailguard.policy.facts import Occasion
from mailguard.policy.rules import RuleSet

OWN = "gojokai.example.jp"
SENDER = f"tanoue@{OWN}"
OUTSIDER = "ando@partner.example.com"
MY_NUMBER = "392718460552"
"""The check digit is right (総務省令第85号 第5条)."""

MEMBER = "氏名：長谷川 美咲\n住所：長野県松本市白樺町1丁目6番8号\n電話：090-4127-0538\n個人番号：3927 1846 0552\n"


def shipped_rules() -> RuleSet:
    """The rules that come along, for an office of ``OWN``."""
    office = OfficeSettings(domains=[OWN])
    return open_rules(office, PolicySettings(), HoldSettings(), date(2026, 10, 5), None, None).rules


def mail_to(
    *to: str, body: str = "ご案内です。", subject: str = "ご案内", files: tuple[tuple[str, bytes], ...] = ()
) -> bytes:
    """A mail with its files attached, in lines of CRLF."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"田上 弘 <{SENDER}>"
    message["To"] = ", ".join(to or (OUTSIDER,))
    message["Subject"] = subject
    message["Message-ID"] = f"<one@{OWN}>"
    message.set_content(body)
    for name, octets in files:
        message.add_attachment(octets, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def occasion_to(*to: str) -> Occasion:
    """Its envelope, on a Monday morning."""
    return Occasion(SENDER, to or (OUTSIDER,), datetime(2026, 10, 5, 1, tzinfo=UTC))
