"""The SMTP server mail programs send through (RFC 6409). A mail is answered 250 only once the acceptor has kept it."""

from mailguard.submission.contracts import Acceptor, Account, Authenticator, Content
from mailguard.submission.counters import Counters
from mailguard.submission.server import SubmissionServer
from mailguard.submission.shared import Pacing

__all__ = ["Acceptor", "Account", "Authenticator", "Content", "Counters", "Pacing", "SubmissionServer"]
