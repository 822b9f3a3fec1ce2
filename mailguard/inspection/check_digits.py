"""Whether the check digit of a number is right. Every function takes ASCII digits only and never raises.

Sources stand at each function. No check digit is published for 基礎年金番号, 雇用保険被保険者番号 and bank
accounts; for 住民票コード one exists whose weights we could not read in a primary source, so none is claimed here.
"""

from __future__ import annotations

_MY_NUMBER_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_LICENCE_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def is_my_number(digits: str) -> bool:
    """True for 12 digits whose last is right (平成26年総務省令第85号 第5条). One digit repeated is no number."""
    if len(digits) != 12 or digits == digits[0] * 12:
        return False
    rest = _weighted(digits, _MY_NUMBER_WEIGHTS) % 11
    return int(digits[11]) == (0 if rest <= 1 else 11 - rest)


def is_corporate_number(digits: str) -> bool:
    """True for 13 digits whose first is right (平成26年財務省令第70号 第2条)."""
    if len(digits) != 13:
        return False
    return int(digits[0]) == 9 - _weighted(digits[:0:-1], (1, 2) * 6) % 9


def is_driver_license(digits: str) -> bool:
    """True for 12 digits whose eleventh is right. Not officially published; holds for all samples we could see.

    The twelfth counts how often the licence was issued again.
    """
    if len(digits) != 12 or digits == digits[0] * 12:
        return False
    return int(digits[10]) == (11 - _weighted(digits, _LICENCE_WEIGHTS) % 11) % 10


def is_luhn(digits: str) -> bool:
    """True where the last digit is right by ISO/IEC 7812-1 annex B (Luhn). False for none and for zeros only."""
    if not digits.strip("0"):
        return False
    total = sum(_DOUBLED[int(digit)] if at % 2 else int(digit) for at, digit in enumerate(reversed(digits)))
    return total % 10 == 0


def is_insurer_number(digits: str) -> bool:
    """True for a 保険者番号 of 8 or 6 digits whose last is right.

    The rule is Luhn's (厚生労働省 保険者番号等の設定について: 33120015 is valid).
    """
    return len(digits) in {6, 8} and is_luhn(digits)


def is_seven_dr(digits: str) -> bool:
    """True where the last digit is the remainder by 7 of the number before it, as parcel companies print them."""
    return len(digits) > 1 and int(digits[:-1]) % 7 == int(digits[-1])
