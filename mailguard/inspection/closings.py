"""Closing blocks: which lines at the end of a letter are somebody's signature, and which are pasted data.

A block is no signature where it lists people, holds something private, or is a private person's; and what stands below
a signature under a label or a title of respect is somebody's data.
"""

from __future__ import annotations

from bisect import bisect_left

from mailguard.inspection.circumstances import Circumstances
from mailguard.inspection.hits import PERSON, SURNAME, Hit
from mailguard.inspection.letters import ORGANISATION, Layout, name_key
from mailguard.inspection.signs import COUPLE, HOME, HONORIFIC, LABEL_BEFORE
from mailguard.inspection.text import Text
from mailguard.model.finding import Kind

CONTACT_KINDS = frozenset({Kind.PHONE_NUMBER, Kind.POSTAL_ADDRESS, Kind.EMAIL_ADDRESS})
PRIVATE_KINDS = frozenset(
    {
        Kind.BIRTH_DATE, Kind.MEMBER_NUMBER, Kind.STAFF_NUMBER, Kind.SALARY, Kind.SPECIAL_CARE, Kind.MY_NUMBER,
        Kind.BASIC_PENSION_NUMBER, Kind.HEALTH_INSURANCE, Kind.DRIVER_LICENSE, Kind.PASSPORT, Kind.RESIDENCE_CARD,
        Kind.BANK_ACCOUNT, Kind.CREDIT_CARD, Kind.EMPLOYMENT_INSURANCE, Kind.RESIDENT_CODE,
    }
)  # fmt: skip
"""Kinds that stand beside a name only where the person is the matter, not the one who acts."""


MOBILE = ("070", "080", "090")
SIGNED_MOBILES_MAX = 2
SIGNED_ADDRESSES_MAX = 4


class Closings:
    """The closing blocks of one piece. ``hits`` are in the order of their places."""

    def __init__(self, text: Text, layout: Layout, about: Circumstances, hits: list[Hit]) -> None:
        self._text = text
        self._layout = layout
        self._about = about
        self._hits = hits
        self._lines = [hit.line for hit in hits]

    def signature_lines(self) -> set[int]:
        """Lines of closing blocks that are somebody's signature: no list of people, and nothing private in them."""
        found: set[int] = set()
        for letter in self._layout.letters:
            if letter.closing >= letter.last:
                continue
            inside = self._between(letter.closing, letter.last)
            names = {hit.value for hit in inside if hit.kind == PERSON}
            if any(hit.kind == SURNAME for hit in inside):
                # Nobody signs with a title of respect.
                continue
            if (
                len(names) >= 3
                or self._is_list_of_contacts(inside)
                or any(hit.kind in PRIVATE_KINDS and hit.confidence >= 0.6 for hit in inside)
            ):
                continue
            if self._is_signature(letter.closing, letter.last, names, is_quoted=letter.is_quoted):
                # What was pasted below it is somebody's: nobody writes 氏名: or a title of respect by his own name.
                others = [
                    hit.line
                    for hit in inside
                    if hit.kind == PERSON and (self._is_named_as_matter(hit) or self._is_apart(hit, letter.closing))
                ]
                found.update(range(letter.closing, min(others, default=letter.last)))
        return found

    def _is_list_of_contacts(self, inside: list[Hit]) -> bool:
        """Whether it has more mobile telephones or mail addresses than one who signs."""
        mobiles = {hit.value for hit in inside if hit.kind == Kind.PHONE_NUMBER and hit.value.startswith(MOBILE)}
        addresses = {hit.value for hit in inside if hit.kind == Kind.EMAIL_ADDRESS}
        return len(mobiles) > SIGNED_MOBILES_MAX or len(addresses) > SIGNED_ADDRESSES_MAX

    def _is_named_as_matter(self, hit: Hit) -> bool:
        """Whether a label or a title of respect stands by the name of one who neither writes nor gets the mail."""
        before = self._text.before(hit.start, 20).rpartition("\n")[2]
        after = self._text.after(hit.end, 16)
        has_sign = LABEL_BEFORE.search(before) or HONORIFIC.match(after[:4]) or COUPLE.match(after)
        return has_sign is not None and name_key(hit.value) not in self._about.names

    def _is_apart(self, hit: Hit, first: int) -> bool:
        """Whether a name with a mobile, or with a contact below an empty line, stands below the sender's signature."""
        sender = name_key(self._about.sender_name)
        names = [one for one in self._between(first, hit.line) if one.kind == PERSON]
        return (
            any(name_key(one.value) == sender for one in names)
            and name_key(hit.value) not in self._about.names
            and any(one.kind in CONTACT_KINDS for one in hit.belongings)
            and (
                not self._layout.words_of(hit.line - 1).strip()
                or any(one.kind == Kind.PHONE_NUMBER and one.value.startswith(MOBILE) for one in hit.belongings)
            )
        )

    def _is_signature(self, first: int, last: int, names: set[str], *, is_quoted: bool) -> bool:
        """Whether the block is of the one who writes, or of an organisation; not a private person's data at the end."""
        lines = "\n".join(self._layout.lines[first:last])
        lowered = lines.casefold()
        if self._about.sender and self._about.sender.casefold() in lowered:
            return True
        if any(domain in lowered for domain in self._about.own_domains):
            return True
        if HOME.search(lines) and ORGANISATION.search(lines) is None:
            return False
        keys = {name_key(name) for name in names}
        if keys & self._about.names:
            return True
        sender = name_key(self._about.sender_name)
        if sender and any(key and (key in sender or sender in key) for key in keys):
            return True
        if ORGANISATION.search(lines) is None:
            return not names and not is_quoted
        return True

    def _between(self, first: int, last: int) -> list[Hit]:
        """The hits on lines ``first`` to ``last`` (exclusive); they are in the order of their places."""
        return self._hits[bisect_left(self._lines, first) : bisect_left(self._lines, last)]
