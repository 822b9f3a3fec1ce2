"""Channel: a mail of its own to the recipient, after a window in which it can be stopped.

It comes from the sender, so that the recipient knows whom it is from, and a bounce goes to the sender, who can mend it.
Exactly one recipient: whoever else got the parcel gets a mail of their own.
"""

from __future__ import annotations

from mailguard.i18n import Language, both, text
from mailguard.mime.own_mail import pages
from mailguard.model.protection import Channel, Protection, Traits
from mailguard.transform.passwords.mails import contact_of, name_of, office_of, which_mail, written
from mailguard.transform.passwords.telling import PasswordMail, Telling


class SeparateMail:
    """Tells one recipient by mail."""

    name = Channel.SEPARATE_MAIL
    waits = True

    def is_usable(self, traits: Traits, protection: Protection, has_gateway: bool) -> bool:
        """Always: the parcel went to a mail address."""
        return True

    def tell(self, telling: Telling) -> PasswordMail:
        """The mail to the recipient, in both languages. Raises ``ValueError`` for more or fewer than one recipient."""
        if len(telling.recipients) != 1:
            raise ValueError(f"a password mail is for one recipient, not for {len(telling.recipients)}")
        to = telling.recipients[0]
        words = pages(_page(telling, language) for language in both(telling.language))
        octets = written(telling, author=telling.sender, to=to, words=words)
        return PasswordMail(to.address, telling.sender.address, octets)


def _page(telling: Telling, language: Language) -> str:
    def say(key: str, **values: object) -> str:
        return text(language, f"password.separate_mail.{key}", **values)

    contact = contact_of(telling)
    return "\n".join(
        [
            say("intro"),
            "",
            *which_mail(telling, language),
            f"{text(language, 'password.sender')}: {name_of(telling.sender)}",
            "",
            text(language, "password.heading"),
            "",
            telling.password,
            "",
            say("opening_heading"),
            "",
            text(language, f"password.opening.{telling.mode}"),
            text(language, "password.typing"),
            "",
            say("contact", contact=contact) if contact else say("contact_unnamed"),
            say("astray"),
            "",
            say("signature", office=office_of(telling, language)),
        ]
    )
