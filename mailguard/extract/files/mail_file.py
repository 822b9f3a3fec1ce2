"""A mail as a file: ``.eml``, ``.mht``, and several of them in an mbox (RFC 5322, RFC 2557, RFC 4155)."""

from __future__ import annotations

import re

from mailguard.extract.mail import read_mail, with_crlf
from mailguard.extract.walk import File, Walk
from mailguard.model.contents import Obstacle

_FROM_LINE = re.compile(rb"(?:\A|(?<=\n\r\n))From [^\r\n]{5,200}\d{4}\r\n")
MAILS_MAX = 500
"""Mails of one file that are read; that there are more is told."""


def read(file: File, walk: Walk) -> None:
    """Every mail in the file. Places are those of the mail, below the file's own."""
    walk.spend(len(file.octets))
    octets = with_crlf(file.octets.lstrip(b"\r\n\t \xef\xbb\xbf"))
    starts = [found.end() for found in _FROM_LINE.finditer(octets)]
    if len(starts) > MAILS_MAX:
        walk.cannot(file.where, Obstacle.TOO_MANY)
        starts = starts[:MAILS_MAX]
    if not starts:
        read_mail(octets, walk, file.where, file.depth)
        return
    begins = [*[found.start() for found in _FROM_LINE.finditer(octets)][1:], len(octets)]
    for start, end in zip(starts, begins[: len(starts)], strict=True):
        read_mail(octets[start:end], walk, file.where, file.depth)
