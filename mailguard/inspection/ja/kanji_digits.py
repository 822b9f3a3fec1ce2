"""Digits written one by one in kanji, as in 〇九〇 or 一九八二年, and numbers up to 99 with 十."""

from __future__ import annotations

KANJI_ZERO = "[〇○零]"
KANJI_DIGIT = "[〇○零一二三四五六七八九]"

_TO_ASCII = str.maketrans("〇○零一二三四五六七八九", "000123456789")


def kanji_digits_to_ascii(plain: str) -> str:
    """The same text with each kanji digit as an ASCII digit; as long as before."""
    return plain.translate(_TO_ASCII)


def kanji_number(plain: str) -> int | None:
    """The number that kanji numerals (with 十, or digit by digit) or ASCII digits are, 元 being 1; None where none."""
    if plain == "元":
        return 1
    digits = kanji_digits_to_ascii(plain)
    if "十" not in digits:
        return int(digits) if digits.isascii() and digits.isdigit() else None
    tens, _, ones = digits.partition("十")
    if (tens and tens not in "123456789") or (ones and ones not in "0123456789"):
        return None
    return int(tens or "1") * 10 + int(ones or "0")
