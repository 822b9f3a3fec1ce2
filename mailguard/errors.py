"""Every error mailguard raises on purpose.

Each is temporary or permanent, and carries words for people that say what to do and reveal nothing; the cause goes to
the log. The SMTP, CLI and web edges translate once, each at its own place. An error of unknown kind is temporary.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum


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


class UnknownIncident(MailguardError):
    """No incident with this number, or none at the place asked for."""

    temporary = False
    reply_code = 550
    enhanced = "5.0.0"
    public = "There is no such incident"


class UnknownChange(MailguardError):
    """No change of the rules with this number."""

    temporary = False
    reply_code = 550
    enhanced = "5.0.0"
    public = "There is no such change of the rules"


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


class SignInDelayed(TooManyFailures):
    """Too many failures: the next try is looked at in ``seconds``. Nothing was looked at now."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"delayed by {seconds} s", public=f"Too many failed sign-ins; please try again in {seconds} s")
        self.seconds = seconds


class CodeRefused(SignInRefused):
    """A code is wrong, or does not count any more. ``tries_left``: how often one may still be typed; 0: begin anew."""

    public = "This code is not right"

    def __init__(self, tries_left: int = 0) -> None:
        super().__init__(f"{tries_left} tries left")
        self.tries_left = tries_left


class AccountProblem(MailguardError):
    """An account is not there, is there already, or its new password is too weak. ``public`` says which."""

    temporary = False
    reply_code = 550
    enhanced = "5.0.0"
    public = "This cannot be done with this account"


class PersonProblem(AccountProblem):
    """Something cannot be done with a person, a role, a deputy or a delegate. Nothing was changed.

    ``key`` and ``values`` name the words in the catalogues, for a page in another language than ``public``; ``field``
    what of a person's particulars is wrong, "" where it is nothing that was filled in.
    """

    def __init__(self, key: str, values: dict[str, str], public: str, field: str = "") -> None:
        super().__init__(public=public)
        self.key = key
        self.values = values
        self.field = field


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field of a form. ``key`` and ``values`` name the words in the catalogues."""

    field: str
    key: str
    values: dict[str, str] = dataclasses.field(default_factory=dict)


class DeviceProblems(AccountProblem):
    """A device cannot be so. Nothing was changed."""

    public = "This device cannot be so"

    def __init__(self, problems: tuple[FieldProblem, ...]) -> None:
        super().__init__(", ".join(one.key for one in problems))
        self.problems = problems


class PasswordTooWeak(AccountProblem):
    """A new password is not good enough. ``weakness`` is the last part of the key of its text."""

    public = "This password is not good enough"

    def __init__(self, weakness: str) -> None:
        super().__init__(weakness)
        self.weakness = weakness


class KilledFor(StrEnum):
    """What ended a looking worker before its answer."""

    TIME = "time"
    MEMORY = "memory"
    CRASHED = "crashed"


class WorkerKilled(MailguardError):
    """The process that looked into a mail is gone, or its work raised; there is no answer. The mail is held."""

    public = "This mail could not be looked into"

    def __init__(self, why: KilledFor, cause: str = "") -> None:
        super().__init__(f"{why.value} {cause}".strip())
        self.why = why


class PoolClosed(MailguardError):
    """The relay is ending; nobody looks into mail any more. The mail goes on at the next start."""


class LookingUnavailable(MailguardError):
    """The process that looking workers come from cannot be started: what it loads is missing or damaged."""

    public = "Mail cannot be looked into right now"


class SelfTestFailed(MailguardError):
    """A cipher of this installation gives a wrong answer. Nothing may be protected with it."""

    public = "Encryption does not work correctly on this server"
