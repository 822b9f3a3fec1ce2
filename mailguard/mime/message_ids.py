"""Message-IDs in header fields, read alike wherever mails are told apart or found again by them."""

from __future__ import annotations

import re

_IN_BRACKETS = re.compile(rb"<([^<>\s]{1,998})>")
_BARE = re.compile(rb"[^<>\s,;()]{1,998}")


def message_ids_in(value: bytes) -> list[str]:
    """The Message-IDs in the value of a field, in order, each with its angle brackets, as written.

    One that stands alone without brackets, as some programs write it, is given them. What is not UTF-8 is replaced.
    """
    found = _IN_BRACKETS.findall(value)
    if not found and _BARE.fullmatch(value.strip()):
        found = [value.strip()]
    return [f"<{one.decode('utf-8', 'replace')}>" for one in found]
