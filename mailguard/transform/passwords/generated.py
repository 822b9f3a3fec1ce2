"""New passwords for parcels: strong enough to be attacked at home for ever, and easy to tell by telephone.

Whoever has the parcel can try passwords at leisure, so the strength is that of a key (at least 100 bits). A person
reads it to another person, who types it, perhaps from a note: so there is no character that looks or sounds like
another one, and it comes in groups. Six groups of few safe characters take no longer to tell than five of many, because
nobody has to ask back.
"""

from __future__ import annotations

import math
import secrets
from itertools import combinations

SMALL = "aefhmrt"
CAPITAL = "AEFHJLMRT"
DIGITS = "34679"
"""What is left once these are out:

- what looks like another one: 0 O o Q D, 1 I i l j, 2 Z, 5 S, 8 B, b beside 6, g and q beside 9, G beside 6, U beside
  V, and n, because r and n together look like m;
- letters whose small form is the capital one made smaller, which a note by hand does not tell apart: C K P W X Y;
- what sounds like another one that is in: D beside T (ディー, ティー), N beside M (エヌ, エム).
"""
LETTERS = SMALL + CAPITAL + DIGITS
GROUPS = 6
GROUP_LENGTH = 4


def new_password() -> str:
    """A new one, with at least one small letter, capital letter and digit, so that rules which ask for kinds accept
    it. The hyphens between the groups belong to it: whoever types what is shown types it right.
    """
    while True:
        groups = ("".join(secrets.choice(LETTERS) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
        password = "-".join(groups)
        if all(any(letter in kind for letter in password) for kind in (SMALL, CAPITAL, DIGITS)):
            return password


def bits_of() -> float:
    """The strength of a new one: the binary logarithm of how many there are, all equally likely."""
    sizes = (len(SMALL), len(CAPITAL), len(DIGITS))
    length = GROUPS * GROUP_LENGTH
    # Inclusion and exclusion: all, less those without one of the kinds, and so on.
    count = sum(
        (-1) ** absent * (len(LETTERS) - sum(missing)) ** length
        for absent in range(len(sizes))
        for missing in combinations(sizes, absent)
    )
    return math.log2(count)
