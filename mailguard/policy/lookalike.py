"""Domains that resemble another: what a slip of the finger or a trick makes of a name.

``spellings`` gives keys under which a known domain is kept so that those resembling it are found by equality, whatever
their number; ``resemblance`` then says whether two domains really resemble each other, and how.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from mailguard.policy.organisations import ending_of, organisation_of


class Resemblance(StrEnum):
    """In what way."""

    SAME_LOOK = "same_look"
    SPELLING = "spelling"
    OTHER_ENDING = "other_ending"
    MIXED_SCRIPT = "mixed_script"


_LOOKS = str.maketrans(
    {
        "0": "o", "1": "l", "i": "l", "|": "l", "5": "s", "8": "b",
        # Cyrillic and Greek letters that look like Latin ones (Unicode TR 39, confusables).
        "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "l", "ј": "j", "ѕ": "s", "ԁ": "d",
        "һ": "h", "ӏ": "l", "ԛ": "q", "ԝ": "w", "к": "k", "м": "m", "н": "h", "т": "t", "в": "b", "г": "r", "п": "n",
        "α": "a", "ο": "o", "ρ": "p", "ν": "v", "υ": "u", "ι": "l", "κ": "k", "χ": "x", "η": "n", "ω": "w", "τ": "t",
        # Kana and kanji that look alike.
        "一": "ー", "口": "ロ", "二": "ニ", "力": "カ", "工": "エ", "夕": "タ", "卜": "ト", "八": "ハ", "三": "ミ",
    }
)  # fmt: skip
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_TOKENS = re.compile(r"[.-]")
_LABEL_MIN = 5
"""Letters a name must have before one of them may differ: among short names a neighbour is simply another name."""
_TOKEN_MIN = 4
_SIBLING_TOKEN_MIN = 7
"""In a registry of many like names (schools of a town), one other letter is usually another name."""
_REGISTRIES = ("ed.", "lg.", "ac.", "go.")
"""Schools, municipalities, universities, ministries (JPRS, attribute-type domain names)."""


@lru_cache(maxsize=16384)
def look_of(domain: str) -> str:
    """The domain reduced so that names that look alike on a screen are equal."""
    text = unicodedata.normalize("NFKD", _readable(domain))
    text = "".join(letter for letter in text if not unicodedata.combining(letter)).lower().translate(_LOOKS)
    for pair, letter in _PAIRS:
        text = text.replace(pair, letter)
    return text


@lru_cache(maxsize=4096)
def spellings(domain: str) -> frozenset[str]:
    """Keys of a domain: two that resemble each other share one. About as many as it has characters, and three."""
    keys = {f"={look_of(domain)}", f"~{domain}", f".{_label(domain)}"}
    keys.update(f"~{domain[:at]}{domain[at + 1 :]}" for at in range(len(domain)))
    return frozenset(keys)


def resemblance(domain: str, known: str) -> Resemblance | None:
    """How ``domain`` resembles ``known``, a different one; None where it does not. Both comparable."""
    if domain == known or domain.endswith(f".{known}") or known.endswith(f".{domain}"):
        return None
    if look_of(domain) == look_of(known):
        return Resemblance.SAME_LOOK
    if organisation_of(domain) == organisation_of(known):
        # Two hosts of one firm.
        return None
    if _label(domain) == _label(known) and len(_label(domain)) >= _LABEL_MIN:
        return Resemblance.OTHER_ENDING if domain.count(".") == known.count(".") or _is_top(domain, known) else None
    return Resemblance.SPELLING if _one_slip(domain, known) else None


def is_mixed(domain: str) -> bool:
    """Whether one label mixes Latin letters with Cyrillic or Greek ones, as no honest name does (Unicode TR 39 §5)."""
    for label in _readable(domain).split("."):
        scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in label if letter.isalpha()}
        if "LATIN" in scripts and scripts & {"CYRILLIC", "GREEK"}:
            return True
    return False


def _is_top(domain: str, known: str) -> bool:
    """Whether both are an organisation's own domain, not a host below it."""
    return organisation_of(domain) == domain and organisation_of(known) == known


def _readable(domain: str) -> str:
    if "xn--" not in domain:
        return domain
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


def _label(domain: str) -> str:
    """The label by which people know an organisation."""
    return organisation_of(domain).partition(".")[0]


def _one_slip(domain: str, known: str) -> bool:
    """One letter more, less or other, or two neighbours swapped, in a name long enough for it to be a slip."""
    if abs(len(domain) - len(known)) > 1 or min(len(domain), len(known)) < _LABEL_MIN + 3:
        return False
    start = 0
    while start < min(len(domain), len(known)) and domain[start] == known[start]:
        start += 1
    end = 0
    while end < min(len(domain), len(known)) - start and domain[-1 - end] == known[-1 - end]:
        end += 1
    ours, theirs = domain[start : len(domain) - end], known[start : len(known) - end]
    is_swap = len(ours) == len(theirs) == 2 and ours == theirs[::-1]
    if not is_swap and max(len(ours), len(theirs)) > 1:
        return False
    if any(letter.isdigit() for letter in ours + theirs):
        # Two numbered names are two names.
        return False
    if set(ours + theirs) <= {"-", "."}:
        return True
    if domain.startswith(f"{_label(known)}.") and organisation_of(known) == known:
        # The slip lies in the ending (co.jo); it is the name in front that has to be long enough.
        return len(_label(known)) >= _LABEL_MIN
    tokens = [_token_around(text, start) for text in (domain, known)]
    is_sibling = ending_of(domain) == ending_of(known) and ending_of(domain).startswith(_REGISTRIES)
    least = _SIBLING_TOKEN_MIN if is_sibling and not is_swap else _TOKEN_MIN
    return min(len(token) for token in tokens) >= least


def _token_around(text: str, position: int) -> str:
    position = min(position, len(text) - 1)
    before = max((found.end() for found in _TOKENS.finditer(text, 0, position)), default=0)
    after = _TOKENS.search(text, position)
    return text[before : after.start() if after else len(text)]
