"""Patterns that people write into files: RE2, in time that grows with the text alone, whatever the pattern.

RE2 has neither look-around nor back-references. A pattern whose program is larger than ``PROGRAM_MAX`` is refused:
a megabyte of text made to annoy costs 10 ms with one of 5000 steps, 8 s with one of 17 000 (measured).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

import re2

PATTERN_CHARACTERS_MAX = 200
PROGRAM_MAX = 5000


def expression(pattern: str) -> Any:
    """The compiled pattern, which has the methods of ``re``; it is normalised (NFKC) and blind to case.

    Raises ``ValueError`` with a sentence that goes on after the name of the setting.
    """
    if not pattern.strip():
        raise ValueError("is empty")
    if len(pattern) > PATTERN_CHARACTERS_MAX:
        raise ValueError(f"must be at most {PATTERN_CHARACTERS_MAX} characters (it has {len(pattern)})")
    try:
        compiled = _compiled(unicodedata.normalize("NFKC", pattern))
    except re2.error as error:
        cause = error.args[0] if error.args else b""
        words = cause.decode("utf-8", "replace") if isinstance(cause, bytes) else str(cause)
        raise ValueError(f"cannot be read as an RE2 pattern ({words})") from error
    except UnicodeEncodeError as error:
        raise ValueError("holds a character that is none") from error
    if compiled.programsize > PROGRAM_MAX:
        raise ValueError("is far too complicated for a number or code")
    if any((found := compiled.search(text)) is not None and found.start() == found.end() for text in ("", "0", "a")):
        raise ValueError("fits the empty text, and so would stand everywhere")
    fits = {text for text in ("1", "12", "a", "あ") if compiled.fullmatch(text) is not None}
    if {"1", "12"} <= fits or {"a", "あ"} <= fits:
        raise ValueError("fits any digit or any letter alone, and so would stand in every text")
    return compiled


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    return re2.compile(pattern, options)
