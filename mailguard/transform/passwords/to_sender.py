"""Channel: the sender gets the password and tells it, by telephone for instance.

The mail is from the office's relay and goes out from the null reverse-path: should it bounce, nobody gets it back with
the password in it. It stays inside the office.
"""

from __future__ import annotations

from mailguard.i18n import Language, both, text
from mailguard.mime.addresses import Mailbox
from mailguard.mime.own_mail import one_line, pages
from mailguard.model.protection import Channel, Protection, Traits
from mailguard.transform.passwords.mails import contact_of, name_of, office_of, which_mail, written
from mailguard.transform.passwords.spelling import spelled
from mailguard.transform.passwords.telling import PasswordMail, Telling

NAMED_MAX = 50
"""Recipients that are listed; more are only counted."""


class ToSender:
    """Tells the sender at once: it leaves the office only when the sender says it to somebody."""

    name = Channel.TO_SENDER
    waits = False

    def is_usable(self, traits: Traits, protection: Protection, has_gateway: bool) -> bool:
        """Always: everybody has a sender."""
        return True

    def tell(self, telling: Telling) -> PasswordMail:
        """The mail to the sender, in both languages."""
        author = Mailbox(f"mailguard@{telling.hostname}", text(telling.language, "password.from"))
        words = pages(_page(telling, language) for language in both(telling.language))
        octets = written(telling, author=author, to=telling.sender, words=words)
        return PasswordMail(telling.sender.address, "", octets)


def _page(telling: Telling, language: Language) -> str:
    def say(key: str, **values: object) -> str:
        return text(language, f"password.to_sender.{key}", **values)

    office = office_of(telling, language)
    sender = one_line(telling.sender.name, 100)
    who = say("who", office=office, sender=sender) if sender else office
    named = [f"  {name_of(one)}" for one in telling.recipients[:NAMED_MAX]]
    if len(telling.recipients) > NAMED_MAX:
        named.append("  " + say("more", count=len(telling.recipients) - NAMED_MAX))
    contact = contact_of(telling)
    return "\n".join(
        [
            *([say(f"{telling.failed}_failed"), ""] if telling.failed is not None else []),
            say("intro"),
            say("task"),
            "",
            f"{text(language, 'dsn.recipient.address')}:",
            *named,
            *which_mail(telling, language),
            *([f"{text(language, 'dsn.mail.queue_id')}: {telling.queue_id}"] if telling.queue_id else []),
            "",
            text(language, "password.heading"),
            "",
            telling.password,
            "",
            say("sentence_heading"),
            "",
            say("sentence", who=who),
            "",
            say("spelling_heading"),
            "",
            *(f"  {line}" for line in spelled(telling.password, language)),
            "",
            say("opening_heading"),
            "",
            text(language, f"password.opening.{telling.mode}"),
            "",
            say("care_heading"),
            "",
            say("care_mail"),
            say("care_number"),
            say("care_wrong"),
            "",
            say("contact", contact=contact) if contact else say("contact_unnamed"),
            text(language, "dsn.signature", office=office),
        ]
    )
