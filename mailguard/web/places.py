"""Paths within our own pages, for going on after a sign-in or an action."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

HOME = "/"
SIGN_IN = "/sign-in"
SECOND_FACTOR = "/sign-in/second-factor"
_LENGTH_MAX = 4000
"""The way back to a search in Japanese, encoded twice, is long."""
_NOT_AFTERWARDS = (SIGN_IN, "/sign-out", "/language", "/events", "/static")


def safe_next(wanted: str, *, from_anywhere: bool = False) -> str:
    """``wanted`` where it is a path on this server that may be gone to; the home page for anything else.

    Pages of the sign-in itself are no place to go on to, but for ``from_anywhere``: a change of language.
    Browsers read ``//host`` and ``/\\host`` as another server, and leave out control characters before they look.
    """
    is_path = wanted.startswith("/") and not wanted.startswith("//") and len(wanted) <= _LENGTH_MAX
    if not is_path or "\\" in wanted or any(sign < "!" or sign > "~" for sign in wanted):
        return HOME
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return HOME
    is_here = not parts.scheme and not parts.netloc
    return wanted if is_here and (from_anywhere or not parts.path.startswith(_NOT_AFTERWARDS)) else HOME


def path_in(url: str) -> str:
    """The path of a whole address, with its query; the home page where it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return HOME
    return safe_next(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def with_next(path: str, following: str) -> str:
    """``path`` with where to go afterwards; the home page is not worth naming."""
    following = safe_next(following)
    return path if following == HOME else f"{path}?{urlencode({'next': following})}"
