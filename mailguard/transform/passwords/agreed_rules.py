"""Whether a password agreed with a partner is good enough: the manual's 1-4, and that it can be typed everywhere.

Long (ten or more), mixed (three of four kinds), not easily guessed (well-known words, birthdays and telephone numbers,
the partner's own name). Nobody is asked to change one for its age alone. That one is used twice is found elsewhere, by
its fingerprint.
"""

from __future__ import annotations

import re

from mailguard.model.address import domain_of, local_part

LENGTH_MIN = 10
LENGTH_MAX = 100
"""PDF takes 127 octets (ISO 32000-2 §7.6.4.3.3); nobody types more than this anyway."""
KINDS_MIN = 3
_KINDS = ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]")
_SEVERAL_DIGITS = re.compile(r"[0-9](?:[-/. ]?[0-9]){5,}")
"""Six or more digits, however grouped: a birthday, a telephone number, a postal code is what people take."""
_SAME = re.compile(r"(.)\1{3}")
_RUN_LENGTH = 4
_DIGIT_ROWS = ("01234567890", "09876543210")
_WELL_KNOWN = (
    "password", "passwd", "passcode", "pasuwado", "himitsu", "secret", "qwerty", "qazwsx", "asdfgh", "zxcvbn",
    "1qaz2wsx", "1q2w3e4r", "abcdef", "letmein", "welcome", "admin", "iloveyou", "sakura", "nippon", "japan", "tokyo",
    "office", "company", "kaisha", "arigato", "konnichiwa", "default", "initial", "sample", "test",
)  # fmt: skip
"""What lists of stolen passwords are full of, here and in Japan; with what replaces letters undone (``_PLAIN``)."""
_PLAIN = str.maketrans("0134578@$!", "oieastbasi")
_NAME_MIN = 4


def complaints(password: str, partner: str = "") -> list[str]:
    """What is wrong with it, as keys of texts, worst first; empty where nothing is.

    ``partner``: the address it is for, or ``@domain``.
    """
    found = []
    if not all(" " <= letter <= "~" for letter in password):
        found.append("agreed.characters")
    if password != password.strip():
        found.append("agreed.blanks")
    if len(password) < LENGTH_MIN:
        found.append("agreed.too_short")
    if len(password) > LENGTH_MAX:
        found.append("agreed.too_long")
    if sum(re.search(kind, password) is not None for kind in _KINDS) < KINDS_MIN:
        found.append("agreed.too_few_kinds")
    if _is_row(password):
        found.append("agreed.row")
    if _SEVERAL_DIGITS.search(password):
        found.append("agreed.many_digits")
    if _is_mostly(password, _WELL_KNOWN):
        found.append("agreed.well_known")
    if _names_of(partner) and any(name in password.lower() for name in _names_of(partner)):
        found.append("agreed.partner")
    return found


def _is_row(password: str) -> bool:
    """Whether digits stand in their order, or a character is repeated and repeated."""
    if _SAME.search(password):
        return True
    pieces = (password[start : start + _RUN_LENGTH] for start in range(len(password) - _RUN_LENGTH + 1))
    return any(piece in row for piece in pieces for row in _DIGIT_ROWS)


def _is_mostly(password: str, words: tuple[str, ...]) -> bool:
    """Whether little is left of it once a word is taken out; in a long one a word does no harm."""
    lowered = password.lower()
    for spelling in (lowered, lowered.translate(_PLAIN)):
        for word in words:
            if word in spelling and len(spelling.replace(word, "")) < LENGTH_MIN:
                return True
    return False


def _names_of(partner: str) -> set[str]:
    """The partner's own words: the parts of the address that are long enough to be a name."""
    if not partner:
        return set()
    labels = domain_of(partner if "@" in partner else f"@{partner}").split(".")[:-1]
    local = local_part(partner) if "@" in partner else ""
    words = {word for label in (*labels, local.lower()) for word in (label, *re.split(r"[-_.+]", label))}
    return {word for word in words if len(word) >= _NAME_MIN}
