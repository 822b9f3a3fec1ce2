"""Every error mailguard raises on purpose.

Each is temporary or permanent, and carries words for people that say what to do and reveal nothing; the cause goes to
the log. The SMTP, CLI and web edges translate once, each at its own place. An error of unknown kind is temporary.
"""

from __future__ import annotations


class MailguardError(Exception):
    """The root. ``public`` is safe to show to anybody: no value, path, rule or host is in it."""

    temporary = True
    reply_code = 451
    enhanced = "4.3.0"
    public = "Something went wrong on our side; nothing was lost, please try again"

    def __init__(self, cause: str = "", *, public: str | None = None) -> None:
        super().__init__(cause or public or self.public)
        if public is not None:
            self.public = public


class StorageUnavailable(MailguardError):
    """The database or the disk does not answer or has no room. Nothing was kept; the client tries again."""

    reply_code = 452
    enhanced = "4.3.1"
    public = "Mail cannot be stored right now; please try again in a few minutes"


class StaleState(MailguardError):
    """A move expected a state that the recipient has left. Nothing was changed; look again and decide anew."""

    public = "This mail has moved on in the meantime; look again"


class UnknownMail(MailguardError):
    """No mail with this queue id, or none at the place asked for."""

    temporary = False
    reply_code = 550
    enhanced = "5.0.0"
    public = "There is no such mail"


class NotAllowed(MailguardError):
    """The actor may not do this, or not in this state."""

    temporary = False
    reply_code = 550
    enhanced = "5.7.1"
    public = "This is not allowed"


class ContentDamaged(MailguardError):
    """Stored content fails its authentication tag or is cut short. The mail is held, never sent."""

    public = "The stored mail cannot be read"


class ContentDestroyed(MailguardError):
    """The key of this content was destroyed; what is left of it says nothing."""

    temporary = False
    public = "The content of this mail was deleted when its time was over"


class ConfigurationError(MailguardError):
    """A setting is wrong. Each complaint names file and line where they are known."""

    temporary = False
    public = "The configuration is wrong"

    def __init__(self, complaints: list[str]) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = complaints


class AddressUnavailable(MailguardError):
    """An address and port to listen at cannot be used: taken by another program, not this machine's, not allowed."""

    public = "The relay cannot listen where the settings say"


class SchemaMismatch(MailguardError):
    """The database is older or newer than this release expects."""

    temporary = False
    public = "The database belongs to another release"


class SignInRefused(MailguardError):
    """Name and password do not belong together, or the account may not sign in; which of them is not said."""

    temporary = False
    reply_code = 535
    enhanced = "5.7.8"
    public = "User name or password is wrong"


class SignInUnavailable(MailguardError):
    """It cannot be known now whether the password is right (RFC 4954 §6); the client tries again."""

    reply_code = 454
    enhanced = "4.7.0"
    public = "Signing in is not possible right now; please try again in a few minutes"


class TooManyFailures(MailguardError):
    """Too many wrong passwords for this account or from this address within a minute; nothing was looked at."""

    reply_code = 454
    enhanced = "4.7.0"
    public = "Too many failed sign-ins; please wait a minute"


class AccountProblem(MailguardError):
    """An account is not there, is there already, or its new password is too weak. ``public`` says which."""

    temporary = False
    reply_code = 550
    enhanced = "5.0.0"
    public = "This cannot be done with this account"
