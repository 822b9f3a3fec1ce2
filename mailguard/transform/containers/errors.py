"""Why a container cannot be made, or is not what it should be. No name, octet or password stands in any of them."""

from __future__ import annotations

from enum import StrEnum

from mailguard.errors import MailguardError


class WhyNot(StrEnum):
    """What stands in the way of a password."""

    DAMAGED = "damaged"
    """The file cannot be read without repair, and a repair might change what it says."""
    ENCRYPTED = "encrypted"
    """It has a password or restrictions already."""
    SIGNED = "signed"
    """It carries a digital signature, which would break."""
    FORM = "form"
    """A PDF whose pages are made by XFA, which only one program shows and may bind to rights of use."""
    OTHER_FORMAT = "other_format"
    """No format that has a password of its own: an old Office file, OpenDocument, anything else."""
    TOO_LARGE = "too_large"
    """More octets than are held in memory for it."""
    PASSWORD = "password"  # noqa: S105  # a word for it
    """The password is empty, too long or not plain ASCII, so that programs would read it in different ways."""
    UNPROVEN = "unproven"
    """The finished file did not stand the test."""


class CannotLock(MailguardError):
    """The file itself cannot be given a password; another mode may do. ``why`` says what is in the way."""

    temporary = False
    reply_code = 550
    enhanced = "5.6.0"
    public = "This file cannot be given a password of its own"

    def __init__(self, why: WhyNot) -> None:
        super().__init__(str(why))
        self.why = why


class NotAsPromised(MailguardError):
    """A finished container is not what it was promised to be. It must not leave; the mail is held."""

    public = "The protected file did not pass its test and was not sent"
