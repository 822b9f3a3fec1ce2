"""Which language a page speaks: what was chosen in this browser, then the person's own, then what the browser asks for,
then the office's. A choice at the foot of a page counts here and now, whatever is on record of the person.
"""

from __future__ import annotations

from starlette.requests import Request

from mailguard.i18n import Language

COOKIE = "mailguard_language"
KEEP_SECONDS = 365 * 24 * 3600


def language_of(request: Request, office: Language, person: str = "") -> Language:
    """The language for an answer to ``request``; ``person``: what they chose, "" for nothing."""
    accepted = [part.partition(";")[0].strip().lower()[:2] for part in _accepted(request).split(",")]
    for wanted in (request.cookies.get(COOKIE, ""), person, *accepted):
        if wanted == "ja":
            return "ja"
        if wanted == "en":
            return "en"
    return office


def _accepted(request: Request) -> str:
    """What the browser asks for. Browsers name their languages in the order they want them."""
    return request.headers.get("accept-language", "")[:200]
