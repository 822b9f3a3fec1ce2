"""The rule an office starts with: its own domains at once, everybody else after a pause.

Automatic mail (null reverse-path, automatic replies) goes at once: nobody wrote it, so nobody would take it back, and a
reply that comes late is worse than none. A pause of zero holds nothing, and still writes a verdict.
"""

from __future__ import annotations

import re
import unicodedata

from mailguard.config import HoldSettings, OfficeSettings
from mailguard.model.address import comparable_domain, domain_of, is_within, local_part
from mailguard.model.queue import Submission
from mailguard.model.verdict import Action, Reason, Verdict

_RULE = "builtin"
AUTOMATIC = Verdict(Action.DELIVER, (Reason.AUTOMATIC,), _RULE)
INTERNAL = Verdict(Action.DELIVER, (Reason.INTERNAL,), _RULE)
NOTICE = Verdict(Action.DELIVER, (Reason.NOTICE,), _RULE)
"""For mail that mailguard writes itself."""
UNREADABLE = Verdict(Action.HOLD, (Reason.UNREADABLE,), _RULE)
"""For mail that could not be looked into: a person decides, no timer."""
STOPPED_LOOKING = Verdict(Action.HOLD, (Reason.STOPPED_LOOKING,), _RULE)
"""For mail that stopped the inspector several times: a person decides, no timer."""

_ROUTE = re.compile(r'[@%!"\\\s]')
"""What a server may read as a way on to another host (RFC 1123 §5.2.16, RFC 5321 appendix C), or read in two ways."""
_HOST_NAME = re.compile(r"[a-z0-9_.-]+")


class BuiltinRule:
    """Judges by domain. Made once from the settings; ``judge`` is pure."""

    def __init__(self, office: OfficeSettings, hold: HoldSettings) -> None:
        self._own = frozenset(comparable_domain(domain) for domain in office.domains)
        self._with_subdomains = office.include_subdomains
        seconds = round(hold.minutes * 60)
        self._external = Verdict(Action.HOLD if seconds else Action.DELIVER, (Reason.EXTERNAL,), _RULE, seconds or None)

    def is_own(self, address: str) -> bool:
        """Whether an address lies in the office's own domains; anything unusual does not."""
        domain = domain_of(address)
        if _HOST_NAME.fullmatch(domain) is None or _ROUTE.search(unicodedata.normalize("NFKC", local_part(address))):
            return False
        return is_within(domain, self._own) if self._with_subdomains else domain in self._own

    def judge(self, submission: Submission) -> tuple[Verdict, ...]:
        """A verdict for each recipient, in the envelope's order."""
        paths = submission.envelope.forward_paths
        if submission.automatic or not submission.envelope.reverse_path:
            return (AUTOMATIC,) * len(paths)
        return tuple([INTERNAL if self.is_own(path.address) else self._external for path in paths])
