"""Mail addresses as they pass through: split and compared, never rewritten.

An address is kept as the text the client gave, without angle brackets; the empty string is the null reverse-path
(RFC 5321 §4.5.5). Japanese carriers have issued local parts that break RFC 5321 (``a..b@docomo.ne.jp``), so nothing
here refuses an address for its local part but ``is_mailbox``, which is asked of what a person enters.
"""

from __future__ import annotations

import re
import unicodedata

NULL_REVERSE_PATH = ""
LOCAL_OCTETS, DOMAIN_OCTETS = 64, 255
"""RFC 5321 §4.5.3.1.1 and .2."""
_LOCAL = re.compile(r'[^\x00-\x20\x7f-\x9f()<>\[\]:;@\\,"]+')
_DOMAIN = re.compile(r"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})+")


def local_part(address: str) -> str:
    """The part before the last ``@``, as written; all of the text where there is no ``@``."""
    return address.rpartition("@")[0] if "@" in address else address


def domain_of(address: str) -> str:
    """The domain in its comparable form: lower case, NFKC, IDNA A-labels, no final dot. Empty where there is none."""
    return comparable_domain(address.rpartition("@")[2]) if "@" in address else ""


def comparable_domain(domain: str) -> str:
    """A domain name so that two spellings of the same domain are equal; what IDNA cannot encode stays lower case."""
    if domain.isascii():
        return domain.lower().rstrip(".")
    # The full stop of a Japanese keyboard ends a label as well (RFC 3490 §3.1); NFKC leaves that one as it is.
    text = unicodedata.normalize("NFKC", domain).lower().rstrip(".。")
    try:
        return text.encode("idna").decode("ascii")
    except UnicodeError:
        return text


def comparable(address: str) -> str:
    """An address so that two spellings of the same mailbox are equal.

    The local part is compared without case although RFC 5321 §2.4 lets a host tell them apart: no mailbox
    provider does, and a person who types ``Tanaka@`` means the same mailbox.
    """
    if not address:
        return NULL_REVERSE_PATH
    return f"{unicodedata.normalize('NFKC', local_part(address)).lower()}@{domain_of(address)}"


def is_mailbox(address: str) -> bool:
    """Whether an address that a person entered can be a mailbox's.

    It has one ``@`` and a domain name, nothing quoted or hidden, and no part longer than RFC 5321 §4.5.3.1 has it. The
    dots of carriers are let through.
    """
    local, _, domain = address.rpartition("@")
    is_local = _LOCAL.fullmatch(local) is not None and local.isprintable() and not _has_blank(local)
    return is_local and len(local.encode()) <= LOCAL_OCTETS and is_domain_name(domain)


def is_domain_name(domain: str) -> bool:
    """Whether a domain that a person entered can be one of mail: at least two labels, in any spelling."""
    name = comparable_domain(domain)
    return _DOMAIN.fullmatch(name) is not None and len(name) <= DOMAIN_OCTETS


def _has_blank(text: str) -> bool:
    return any(letter.isspace() for letter in text)


def is_within(domain: str, parents: frozenset[str]) -> bool:
    """Whether ``domain`` is one of ``parents`` or, label by label, below one of them. Both sides comparable."""
    while domain:
        if domain in parents:
            return True
        domain = domain.partition(".")[2]
    return False
