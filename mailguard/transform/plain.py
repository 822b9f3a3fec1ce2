"""Plain text as HTML: nothing of it is markup, addresses in it are links."""

from __future__ import annotations

import html
import re

_LINK = re.compile(
    r"(?P<web>\bhttps?://[!#-;=?-Z_a-z~%\[\]]{1,2000})|(?P<mail>(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})",
    re.ASCII | re.IGNORECASE,
)
_TRAILING = ".,;:!?'*"


def as_html(words: str) -> str:
    """The text escaped, with links. Line ends stay: whoever shows it keeps them (``white-space: pre-wrap``)."""
    pieces: list[str] = []
    position = 0
    for found in _LINK.finditer(words):
        address = found[0].rstrip(_TRAILING)
        # A bracket that was opened before the address does not belong to it.
        for opening, closing in ("()", "[]"):
            while address.endswith(closing) and address.count(closing) > address.count(opening):
                address = address[:-1].rstrip(_TRAILING)
        pieces.append(html.escape(words[position : found.start()]))
        pieces.append(_link(address, is_mail=found["mail"] is not None))
        position = found.start() + len(address)
    pieces.append(html.escape(words[position:]))
    return "".join(pieces)


def _link(address: str, *, is_mail: bool) -> str:
    target = html.escape(f"mailto:{address}" if is_mail else address)
    return f'<a href="{target}" rel="noopener noreferrer">{html.escape(address)}</a>'
