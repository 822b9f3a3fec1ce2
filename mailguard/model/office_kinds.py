"""The office's own kinds, dictionaries and member list. ``policy.kind_file`` reads them, ``inspection`` uses them.

A member list is never here in clear: each name, number and address is an HMAC-SHA256 (RFC 2104, FIPS 180-4) under the
office's key, cut to eight octets, which is enough to tell a hundred thousand members from everybody else (one wrong
match in about 10^14 looks) and says nothing without the key.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

HASH_OCTETS = 8


class Check(StrEnum):
    """How the last digit of a number is computed from the others.

    ``MOD10``: weights 3, 1, 3 … from the right (GS1 General Specifications §7.9, JIS X 0501). ``LUHN``: weights 2, 1 …
    from the right with the digits of products added (ISO/IEC 7812-1 Annex B). ``MOD11``: weights 2 to 7 again and again
    from the right; 10 and 11 count as 0. ``MY_NUMBER``: 総務省令 平成26年第85号 第5条. ``WEIGHTS``: the office's own
    weights from the left, modulus 10 or 11; 10 and 11 count as 0.
    """

    NONE = "none"
    MOD10 = "mod10"
    MOD11 = "mod11"
    LUHN = "luhn"
    MY_NUMBER = "my_number"
    WEIGHTS = "weights"


@dataclass(frozen=True, slots=True)
class OfficeKind:
    """A number or code of the office.

    ``kind``: what it is reported as, one of ``Kind`` or its own ``id``. ``pattern``: RE2, for normalised text, small
    and capital letters alike. ``before`` and ``after``: characters in which ``words`` make it likely and ``not_words``
    forbid it; ``needs_word``: without one it is nothing. ``columns``: what a column of it is called. ``bare`` and
    ``with_word``: confidence without and with a word. ``is_hard``: one alone decides, as a My Number does.
    """

    id: str
    label: str
    kind: str
    pattern: str
    words: tuple[str, ...] = ()
    not_words: tuple[str, ...] = ()
    before: int = 40
    after: int = 10
    needs_word: bool = False
    check: Check = Check.NONE
    weights: tuple[int, ...] = ()
    modulus: int = 11
    columns: tuple[str, ...] = ()
    bare: float = 0.3
    with_word: float = 0.9
    is_hard: bool = False


@dataclass(frozen=True, slots=True)
class OfficeDictionary:
    """Terms of the office, normalised. ``kind``: what one that is met is reported as.

    ``ignores``: they are an allow-list instead, values that are never findings. ``endings``: what a word may end in
    (``*症``).
    """

    id: str
    label: str
    kind: str
    terms: tuple[str, ...]
    endings: tuple[str, ...] = ()
    confidence: float = 0.8
    ignores: bool = False
    is_hard: bool = False


class MemberValue(StrEnum):
    """What of a member is known. The letters stand in the file of hashes."""

    NAME = "n"
    NUMBER = "i"
    MAIL = "m"


@dataclass(frozen=True, slots=True)
class MemberList:
    """Whom the office knows. ``key_check`` tells the key; ``number_kind``: what a member's number is reported as."""

    hashes: frozenset[bytes] = frozenset()
    key_check: bytes = b""
    number_kind: str = "member_number"

    def is_of_key(self, key: bytes) -> bool:
        """Whether it was made with this key; with another one nobody would be found."""
        return bool(self.hashes) and hmac.compare_digest(self.key_check, key_check(key))

    def has(self, which: MemberValue, value: str, key: bytes) -> bool:
        """Whether this is a member's. Costs about two microseconds."""
        return member_hash(which, value, key) in self.hashes


@dataclass(frozen=True, slots=True)
class OfficeKinds:
    """All of it; empty for an office that said nothing."""

    kinds: tuple[OfficeKind, ...] = ()
    dictionaries: tuple[OfficeDictionary, ...] = ()
    members: MemberList = field(default_factory=MemberList)

    @property
    def hard_kinds(self) -> frozenset[str]:
        """The kinds of which one value decides."""
        return frozenset(one.kind for one in self.kinds if one.is_hard) | frozenset(
            one.kind for one in self.dictionaries if one.is_hard
        )


# -- comparing

_DROPPED = re.compile(r"[\s\-\u2010-\u2015\u2212\u30fc\u30fb()]")
_NOT_NUMBER = re.compile(r"[\s\-\u2010-\u2015\u2212\u30fc_./]")
_VARIANTS = str.maketrans(
    "髙﨑嵜碕濵濱邉邊辺齋齊斉澤澁廣國實眞櫻嶋嶌槗𠮷德惠彌條藏龍瀧栁舘禮榮壽萬與曾黑增寬靜冨桒峯淵渕",
    "高崎崎崎浜浜辺辺辺斎斎斎沢渋広国実真桜島島橋吉徳恵弥条蔵竜滝柳館礼栄寿万与曽黒増寛静富桑峰淵淵",
)
"""Old and other forms of letters in names with the one they are looked up by."""


def comparable_value(value: str) -> str:
    """A value as allow-lists compare it: NFKC, small letters, without blanks, brackets and dashes."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", value)).casefold()


def comparable_member(which: MemberValue, value: str) -> str:
    """A member's name, number or address as it is compared; "" where nothing of it is left."""
    value = unicodedata.normalize("NFKC", value)
    match which:
        case MemberValue.NAME:
            return "".join(value.split()).translate(_VARIANTS).casefold()
        case MemberValue.NUMBER:
            return _NOT_NUMBER.sub("", value).upper()
        case MemberValue.MAIL:
            return value.strip().casefold()


def member_hash(which: MemberValue, value: str, key: bytes) -> bytes:
    """The keyed hash of a member's value."""
    words = f"{which}\0{comparable_member(which, value)}".encode("utf-8", "surrogatepass")
    return hmac.digest(key, words, "sha256")[:HASH_OCTETS]


def key_check(key: bytes) -> bytes:
    """What tells whether a list was made with a key, and does not give it away."""
    return hmac.digest(key, b"mailguard member list", "sha256")[:HASH_OCTETS]


def hashed_members(members: Iterable[tuple[MemberValue, str]], key: bytes, number_kind: str = "") -> MemberList:
    """A member list of values in clear; empty values are left out. The same members and key give the same list."""
    hashes = frozenset(member_hash(which, value, key) for which, value in members if comparable_member(which, value))
    return MemberList(hashes, key_check(key), number_kind or MemberList().number_kind)


# -- check digits


def has_right_check_digit(digits: str, check: Check, weights: Sequence[int] = (), modulus: int = 11) -> bool:
    """Whether the last digit is the one the others give. Anything but ASCII digits, two at least, is wrong."""
    if check is Check.NONE:
        return True
    if len(digits) < 2 or not (digits.isascii() and digits.isdigit()):
        return False
    *others, last = map(int, digits)
    match check:
        case Check.MOD10:
            total = sum(digit * (3, 1)[place % 2] for place, digit in enumerate(reversed(others)))
            return (10 - total % 10) % 10 == last
        case Check.LUHN:
            doubled = (digit * (2, 1)[place % 2] for place, digit in enumerate(reversed(others)))
            return (10 - sum(one // 10 + one % 10 for one in doubled) % 10) % 10 == last
        case Check.MOD11:
            total = sum(digit * (2 + place % 6) for place, digit in enumerate(reversed(others)))
            return (11 - total % 11) % 11 % 10 == last
        case Check.MY_NUMBER:
            if len(others) != 11:
                return False
            total = sum(
                digit * (place + 1 if place <= 6 else place - 5) for place, digit in enumerate(reversed(others), 1)
            )
            return (0 if total % 11 <= 1 else 11 - total % 11) == last
        case Check.WEIGHTS:
            if len(weights) != len(others):
                return False
            rest = sum(digit * weight for digit, weight in zip(others, weights, strict=True)) % modulus
            return (modulus - rest) % modulus % 10 == last
