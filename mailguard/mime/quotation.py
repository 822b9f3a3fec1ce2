"""Where a mail quotes another: the lines mail programs put above what they quote.

Lines are taken as written or normalised; both full-width and plain colons are known.
"""

from __future__ import annotations

import re

_BEGINS = re.compile(
    r"""^[ \t>]*(?:
        -{3,}\s*(?:original\ message|forwarded\ message|元のメッセージ|転送されたメッセージ|転送者|forwarded\ by)\b.*
      | -{4,}\s*(?:元のメッセージ|転送メッセージ|Original\ Message|Forwarded\ message).*
      | begin\ forwarded\ message\s*[:\uff1a]\s*
      | 転送されたメッセージ\s*[:\uff1a]\s*
      | .{0,120}(?:さんは書きました|さんが書きました|は書きました)\s*[:\uff1a]\s*
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
_MAY_INTRODUCE = re.compile(
    r"""^[ \t>]*(?:
        on\ .{6,200}\ wrote:\s*
      | .{0,120}(?:のメール|のメッセージ|wrote)\s*[:\uff1a]\s*
      | \d{4}[年/-].{4,160}[>\uff1e)]?\s*[:\uff1a]\s*
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
"""Words people write as well; an address, a time of day or quoted lines below tell a program's."""

_EVIDENCE = re.compile(
    r"\S@\S|\d{1,2}[:\uff1a]\d{2}\D.*(?:のメール|のメッセージ|wrote)|^[ \t>]*on\ .*\d", re.IGNORECASE
)
_RULE = re.compile(r"^[ \t>]*_{20,}\s*$")
_FIRST_HALF = re.compile(r"^[ \t]*(?:on\b.*\d|\d{4}[年/-].*\d)", re.IGNORECASE)
_SECOND_HALF = re.compile(r"(?:wrote|書きました|のメール|[>\uff1e])\s*[:\uff1a]\s*$", re.IGNORECASE)
QUOTES = (">", "|>", "\uff1e")
FROM_FIELD = re.compile(r"^[ \t>*]*(?:from|差出人|送信者)\s*\*?\s*[:\uff1a]", re.IGNORECASE)
PEOPLE_FIELD = re.compile(r"^[ \t>*]*(?:from|to|cc|差出人|送信者|宛先|あて先)\s*\*?\s*[:\uff1a]", re.IGNORECASE)
OTHER_FIELD = re.compile(r"^[ \t>*]*(?:bcc|sent|date|subject|件名|送信日時|日時|日付)\s*\*?\s*[:\uff1a]", re.IGNORECASE)
_MAY_BEGIN = re.compile(r"[:\uff1a]|---|___")
"""What every line has that begins a quotation; most lines of a text have none of it."""


def introduction(lines: list[str], number: int) -> int:
    """How many lines from here on introduce quoted history; 0 where none does."""
    line = lines[number]
    if not _MAY_BEGIN.search(line):
        return 0
    if len(line) < 400:
        if _BEGINS.match(line) or (_RULE.match(line) and _is_block(lines, _next_words(lines, number + 1))):
            return 1
        if _MAY_INTRODUCE.match(line) and (_EVIDENCE.search(line) or is_marked_below(lines, number + 1)):
            return 1
        if number + 1 < len(lines) and _FIRST_HALF.match(line) and _SECOND_HALF.search(lines[number + 1][-40:]):
            # Gmail and Becky! give the introduction two lines.
            return 2
    # Outlook's block without a line above it.
    return int(_is_block(lines, number))


def _is_block(lines: list[str], number: int) -> bool:
    """Whether header lines begin here: From: with Sent: or Subject: right below, or with addresses."""
    if number >= len(lines) or not FROM_FIELD.match(lines[number]):
        return False
    near = lines[number + 1 : number + 4]
    return any(OTHER_FIELD.match(one) for one in near) or any(
        PEOPLE_FIELD.match(one) and ("@" in one or "@" in lines[number]) for one in near
    )


def _next_words(lines: list[str], number: int) -> int:
    return next((at for at in range(number, min(number + 3, len(lines))) if lines[at].strip()), len(lines))


def is_marked_below(lines: list[str], number: int) -> bool:
    """Whether the next line with words carries a quotation mark."""
    at = _next_words(lines, number)
    return at < len(lines) and lines[at].lstrip().startswith(QUOTES)
