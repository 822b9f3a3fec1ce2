"""What was found and does not count: signatures, greetings, quoted header lines, organisations, people at their work.

It marks and keeps; hard kinds are never marked, but for an organisation's own bank account. What decides is where a
value stands and whose it is; where that is not known, a value that could be anybody's is left ``UNSURE``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from math import inf

from mailguard.inspection.address_lists import address_list
from mailguard.inspection.announced import announced_lines
from mailguard.inspection.beside import BORN_BY, birth_year, is_historic
from mailguard.inspection.circumstances import Circumstances
from mailguard.inspection.closings import CONTACT_KINDS, PRIVATE_KINDS, Closings
from mailguard.inspection.detection import Detection
from mailguard.inspection.examples import is_counted_up, is_example_name
from mailguard.inspection.hits import PERSON, SURNAME, Hit
from mailguard.inspection.holders import is_of_firm, is_of_organisation
from mailguard.inspection.ja.phone_number import ORGANISATION_WORDS as PHONE_OFFICES
from mailguard.inspection.ja.postal_address import ORGANISATION_WORDS as ADDRESS_OFFICES
from mailguard.inspection.letters import INTRODUCES, ORGANISATION, Layout, Role, name_key
from mailguard.inspection.links import LINES_ABOVE, LINES_BELOW
from mailguard.inspection.masking import keyed
from mailguard.inspection.signs import (
    ACTING,
    ACTS_AFTER,
    ACTS_BEFORE,
    ADDRESSED_REST,
    ADDRESSED_TOO,
    ATTENDS,
    AUTHORED,
    FORM_LINE,
    GUESTS,
    HOME_BEFORE,
    HONORIFIC,
    IS_MATTER,
    LABEL_BEFORE,
    NOBODY,
    OFFICE_AFTER,
    OFFICE_MOVES,
    OWN,
    PRIVATE_LABEL,
    ROLE_BOXES,
    SAYS,
    SUFFERS,
    SURE_ILLNESS,
    TITLE_AFTER,
    TITLE_BEFORE,
    TITLE_START,
    TYPED,
    announces,
    has_title,
    is_of_history,
    is_zero,
)
from mailguard.inspection.text import Text, line_end, line_start
from mailguard.model.finding import Because, Kind, Suppression

NEAR_MAX = 40
_OFFICE_HOLDER, _ORGANISATION = Suppression.OFFICE_HOLDER, Suppression.ORGANISATION
_BESIDE_NO_HEADER = frozenset({Kind.PHONE_NUMBER, Kind.POSTAL_ADDRESS})
_NEAR = 4
"""Characters between a label and its value in a form."""


class Suppressor:
    """Marks the hits of one piece. One for each piece."""

    def __init__(
        self, text: Text, layout: Layout | None, circumstances: Circumstances, hits: list[Hit], detection: Detection
    ) -> None:
        self._text = text
        self._layout = layout
        self._about = circumstances
        self._hits = hits
        self._lines = [hit.line for hit in hits]
        self._private_lines = [hit.line for hit in hits if hit.kind in PRIVATE_KINDS]
        self._hard = detection.hard
        self._allowed = detection.allowed
        self._by_line: dict[int, list[Hit]] = {}
        for hit in hits:
            self._by_line.setdefault(hit.line, []).append(hit)
        self._signatures = (
            Closings(text, layout, circumstances, hits).signature_lines() if layout is not None else set()
        )
        self._correspondents = circumstances.names | self._quoted_names()
        self._address_list: frozenset[str] = frozenset()
        self.closing: list[bytes] = []
        self._announced = announced_lines(text, hits) if layout is not None else set()
        births = [hit for hit in hits if hit.kind == Kind.BIRTH_DATE]
        self._is_historic_text = (
            all(is_historic(hit.value) for hit in births)
            if births
            else not self._private_lines and is_of_history(text.plain)
        )
        self._is_announcement = announces(text.plain)

    def mark(self) -> None:
        """All marks, in the order in which one rests on another: places, people, then what belongs to people."""
        may_be_of_place = self._layout is not None or bool(self._about.learned)
        for hit in self._hits:
            if self._allowed(hit.value):
                hit.suppressed = Suppression.ALLOWED
            elif is_zero(hit.value) or is_counted_up(self._text, hit, is_hard=hit.kind in self._hard):
                hit.suppressed = Suppression.EXAMPLE
            elif may_be_of_place and hit.suppressed is None:
                hit.suppressed = self._by_place(hit)
        self._bring_back()
        for hit in self._hits:
            if hit.is_name and hit.suppressed is None:
                hit.suppressed = self._person(hit)
        self._address_list = address_list(self._hits, self._is_known_box)
        for hit in self._hits:
            if hit.suppressed is None and not hit.is_name:
                hit.suppressed = self._value(hit)
        for hit in self._hits:
            if hit.kind == PERSON and hit.suppressed is None:
                hit.suppressed = self._lonely(hit)

    # -- by place

    def _by_place(self, hit: Hit) -> Suppression | None:
        if hit.kind in self._hard:
            return None
        if hit.kind in CONTACT_KINDS and self._about.learned and self._is_learned(hit):
            return Suppression.SIGNATURE
        if self._layout is None:
            return None
        role = self._layout.roles[hit.line]
        if role is Role.HEADER:
            return Suppression.QUOTED_HEADER if self._is_of_header(hit) else None
        if hit.line in self._signatures and hit.kind in (*CONTACT_KINDS, PERSON, SURNAME):
            if hit.kind in CONTACT_KINDS and not self._layout.letter_at(hit.start).is_quoted:
                self.closing.append(keyed(self._about.key, hit.kind, hit.value))
            return Suppression.SIGNATURE
        if role is Role.GREETING and hit.is_name and self._is_greeted(hit) and not self._is_letter_about(hit):
            return Suppression.GREETING
        return None

    def _is_of_header(self, hit: Hit) -> bool:
        """Whether it is a name or mailbox as header lines hold them: none with a telephone or address beside it."""
        if not hit.is_name and hit.kind != Kind.EMAIL_ADDRESS:
            return False
        return not any(one.kind in _BESIDE_NO_HEADER or one.kind in PRIVATE_KINDS for one in self._near(hit.line))

    def _is_letter_about(self, hit: Hit) -> bool:
        """Whether it is a letter in a file, to somebody else than who gets the mail, that holds private things."""
        if self._text.piece.where == "body" or self._is_correspondent(hit):
            return False
        return any(one.kind in PRIVATE_KINDS for one in self._hits)

    def _is_greeted(self, hit: Hit) -> bool:
        """Whether a name in the first lines calls on somebody, and is not already what the mail is about."""
        if self._is_writer_of_another(hit) or hit.line in self._announced:
            return False
        before = self._text.before(hit.start, 20).rpartition("\n")[2]
        is_told = LABEL_BEFORE.search(before) or (hit.rule.endswith(".label") and not self._is_correspondent(hit))
        if is_told or self._has_private_on_line(hit) or self._is_on_a_label(hit):
            return False
        after = TITLE_START.sub("", HONORIFIC.sub("", self._text.after(hit.end, 40)))
        if IS_MATTER.match(after):
            return False
        # Whom a letter addresses stands at the end of its line, with others who are addressed.
        if ADDRESSED_TOO.search(after):
            return True
        return len(after.strip(" 、,。")) <= ADDRESSED_REST and SAYS.search(after) is None

    def _is_on_a_label(self, hit: Hit) -> bool:
        """Whether an address or telephone, not of an organisation, stands right above or below the name."""
        if self._is_correspondent(hit):
            return False
        return any(
            one.kind in _BESIDE_NO_HEADER and not self._is_of_organisation(one)
            for line in (hit.line - 1, hit.line + 1)
            for one in self._near(line)
        )

    def _is_writer_of_another(self, hit: Hit) -> bool:
        """Whether the name introduces the writer of a mail that is passed on, who writes of private things."""
        if self._layout is None or not INTRODUCES.match(self._text.after(hit.end, 12)):
            return False
        letter = self._layout.letter_at(hit.start)
        if not letter.is_quoted and self._text.piece.where == "body":
            return False
        at = bisect_left(self._private_lines, letter.first)
        return at < len(self._private_lines) and self._private_lines[at] < letter.last

    def _quoted_names(self) -> frozenset[str]:
        """The people that the header lines of quoted mails name."""
        if self._layout is None:
            return frozenset()
        roles = self._layout.roles
        return frozenset(
            name_key(hit.value)
            for hit in self._hits
            if hit.kind == PERSON
            and hit.line < len(roles)
            and roles[hit.line] is Role.HEADER
            and self._is_of_header(hit)
        )

    def _is_learned(self, hit: Hit) -> bool:
        return keyed(self._about.key, hit.kind, hit.value) in self._about.learned

    def _has_private_on_line(self, hit: Hit) -> bool:
        return any(one.kind in PRIVATE_KINDS or one.kind in CONTACT_KINDS for one in self._by_line[hit.line])

    # -- people

    def _bring_back(self) -> None:
        """People in a column of those who act whose accounts or numbers stand in their row are paid, not acting."""
        rows = {
            hit.row
            for hit in self._hits
            if hit.row is not None and hit.kind in PRIVATE_KINDS and not is_of_firm(self._text.plain, hit)
        }
        for hit in self._hits:
            if hit.row in rows and hit.rule.endswith(TYPED) and hit.suppressed in (_OFFICE_HOLDER, _ORGANISATION):
                hit.suppressed = None

    def _person(self, hit: Hit) -> Suppression | None:
        if is_example_name(self._text, hit):
            return Suppression.EXAMPLE
        if any(one.kind == Kind.BIRTH_DATE and is_historic(one.value) for one in hit.belongings):
            return Suppression.PUBLIC
        has_private = any(
            one.kind in PRIVATE_KINDS and (one.kind != Kind.SPECIAL_CARE or one.line == hit.line)
            for one in hit.belongings
        )
        in_row = hit.row is not None and any(one.row == hit.row for one in hit.belongings)
        if has_private and not in_row and self._holds_office(hit):
            return Suppression.OFFICE_HOLDER
        if not has_private and not in_row and self._is_correspondent(hit) and not self._has_own_contact(hit):
            return Suppression.CORRESPONDENT
        if has_private:
            return None
        before, after = self._text.before(hit.start, 40).rpartition("\n")[2], self._text.after(hit.end, 20)
        if in_row and self._layout is None:
            return Suppression.OFFICE_HOLDER if self._signs_for(hit, before) else None
        if hit.row is not None and hit.rule.endswith(TYPED):
            return None
        if self._is_historic_text and all(one.kind not in CONTACT_KINDS for one in hit.belongings):
            return Suppression.PUBLIC
        if self._is_officer_with_own_contact(hit):
            return None
        if hit.line in self._announced and not TITLE_AFTER.search(self._text.after(hit.end, 20)):
            return None
        if self._has_home(hit):
            return None
        if self._is_announcement and not self._has_own_contact(hit) and not LABEL_BEFORE.search(before):
            return Suppression.PUBLIC
        if has_title(before, after) or AUTHORED.match(self._text.after(hit.end, 80)):
            return Suppression.OFFICE_HOLDER
        if ACTS_BEFORE.search(before) or ACTS_AFTER.search(re.sub(r"^(?:様|さん|氏|先生|殿)", "", after)):
            return Suppression.OFFICE_HOLDER
        if self._introduces(hit, after) and not self._is_writer_of_another(hit):
            return Suppression.GREETING
        if ORGANISATION.search(before[-24:]) and not PRIVATE_LABEL.search(before):
            return Suppression.OFFICE_HOLDER
        return None

    def _signs_for(self, hit: Hit, before: str) -> bool:
        """Whether one cell holds it all: the address of an office, its name, a title and who bears it."""
        first = min(hit.start, *(one.start for one in hit.belongings))
        last = max(hit.end, *(one.end for one in hit.belongings))
        if hit.rule.endswith(TYPED) or "\t" in self._text.plain[first:last]:
            return False
        return TITLE_BEFORE.search(before) is not None and ORGANISATION.search(before.rpartition("\t")[2]) is not None

    def _holds_office(self, hit: Hit) -> bool:
        """Whether a title stands right before the name, and nothing private on its line."""
        if any(one.line == hit.line and one.kind in PRIVATE_KINDS for one in hit.belongings):
            return False
        return TITLE_BEFORE.search(self._text.before(hit.start, 20).rpartition("\n")[2]) is not None

    def _has_own_contact(self, hit: Hit) -> bool:
        """Whether a private telephone or address is given for the name, on its line."""
        return any(
            one.kind in CONTACT_KINDS
            and one.line == hit.line
            and (OWN.search(self._text.plain, hit.end, one.start) or one.value.startswith(("070", "080", "090")))
            for one in hit.belongings
        )

    def _has_home(self, hit: Hit) -> bool:
        """Whether 自宅 stands right before a telephone or address of the name."""
        return any(
            one.kind in CONTACT_KINDS and HOME_BEFORE.search(self._text.before(one.start, 12).rpartition("\n")[2])
            for one in hit.belongings[:NEAR_MAX]
        )

    def _is_officer_with_own_contact(self, hit: Hit) -> bool:
        """Whether names stand in a list, each with a telephone or mailbox of their own: 会長 ○○ 090-…, 副会長 △△ …"""
        if self._layout is None or self._layout.roles[hit.line] is Role.CLOSING:
            return False

        def has_own(one: Hit) -> bool:
            kinds = (Kind.EMAIL_ADDRESS, Kind.PHONE_NUMBER)
            return any(
                mine.line == one.line
                and mine.kind in kinds
                and (mine.kind == Kind.EMAIL_ADDRESS or mine.value.startswith(("070", "080", "090")))
                and not (mine.kind == Kind.EMAIL_ADDRESS and self._is_known_box(mine.value))
                for mine in one.belongings[:NEAR_MAX]
            )

        near = {
            one.value
            for line in range(hit.line - 2, hit.line + 3)
            for one in self._near(line)
            if one.is_name and has_own(one)
        }
        return hit.value in near and len(near) >= 2

    def _is_correspondent(self, hit: Hit) -> bool:
        key, known = name_key(hit.value), self._correspondents
        return key in known if hit.kind == PERSON else any(name.startswith(key) for name in known)

    def _introduces(self, hit: Hit, after: str) -> bool:
        """「…互助会の藤森弘子です」: the one who writes."""
        if self._layout is None or not INTRODUCES.match(after):
            return False
        letter = self._layout.letter_at(hit.start)
        return hit.line - letter.first <= 8 and self._text.plain[max(0, hit.start - 1) : hit.start] in (
            "の",
            " ",
            "\n",
            "、",
            ":",
        )

    def _lonely(self, hit: Hit) -> Suppression | None:
        """A name in running text that nothing belongs to, in no list and under no label, says nothing about anybody."""
        if hit.row is not None or self._layout is None or hit.is_known_to_office:
            return None
        if any(one.suppressed is None for one in hit.belongings):
            return None
        before = self._text.before(hit.start, 20).rpartition("\n")[2]
        if hit.rule.endswith((".label", ".list", ".holder", ".column")) or LABEL_BEFORE.search(before):
            return None
        if hit.line in self._announced:
            return None
        if self._is_in_list(hit):
            return Suppression.OFFICE_HOLDER if self._attends(hit) else None
        return Suppression.UNSURE

    def _attends(self, hit: Hit) -> bool:
        """Whether the list is of those who meet about something."""
        start = line_start(self._text.plain, max(0, hit.start - 200))
        above = self._text.plain[start : hit.start]
        return ATTENDS.search(above) is not None and GUESTS.search(above) is None

    def _near(self, line: int) -> list[Hit]:
        """Hits of a line, no more than tell what stands there: one line may hold thousands."""
        return self._by_line.get(line, [])[:NEAR_MAX]

    def _is_in_list(self, hit: Hit) -> bool:
        """Whether names stand on neighbouring lines, or several on its line: a list of people."""
        near = {
            one.value
            for line in range(hit.line - 2, hit.line + 3)
            for one in self._near(line)
            if one.kind == PERSON and one.suppressed in (None, Suppression.UNSURE)
        }
        return len(near) >= 3

    # -- what belongs to people

    def _value(self, hit: Hit) -> Suppression | None:
        kind = hit.kind
        if kind == Kind.BANK_ACCOUNT:
            return self._account(hit)
        if kind == Kind.SPECIAL_CARE:
            return self._illness(hit)
        if kind in self._hard or kind == Kind.CREDENTIAL:
            return None
        if kind == Kind.BIRTH_DATE and is_historic(hit.value):
            return Suppression.PUBLIC
        if kind == Kind.BIRTH_DATE and (birth_year(hit.value) or 0) > BORN_BY and self._label_is_far(hit):
            return Suppression.UNSURE
        if hit.person is not None and hit.person.suppressed in NOBODY and kind not in self._hard:
            return hit.person.suppressed
        if kind == Kind.SALARY and (hit.person is None or hit.person.suppressed is not None):
            # A fee promised to the one who reads it, a price of work.
            return Suppression.UNSURE
        if kind not in CONTACT_KINDS:
            return None if hit.person is not None or hit.row is not None else self._without_person(hit)
        if kind == Kind.EMAIL_ADDRESS and self._is_known_box(hit.value):
            return Suppression.CORRESPONDENT
        if hit.is_beside_person:
            return None
        if self._is_of_organisation(hit):
            return Suppression.ORGANISATION
        person = hit.person
        if person is None:
            return self._without_person(hit)
        if person.suppressed in ACTING:
            return Suppression.ORGANISATION
        if person.suppressed in NOBODY:
            return person.suppressed
        return self._without_person(hit) if person.suppressed is not None else None

    @staticmethod
    def _label_is_far(hit: Hit) -> bool:
        """Whether the word that makes it a birth date stands on another line: the date is rather of the paper."""
        return any(ground.because is Because.WORD_BEFORE and ground.distance > _NEAR for ground in hit.evidence)

    def _without_person(self, hit: Hit) -> Suppression | None:
        if (hit.row is not None and self._layout is None) or hit.is_known_to_office:
            return None
        if hit.kind == Kind.EMAIL_ADDRESS and hit.value.casefold() in self._address_list:
            return None
        if hit.kind in _BESIDE_NO_HEADER and hit.start > self._moves_at:
            return Suppression.ORGANISATION
        before = self._text.before(hit.start, 30)
        return None if PRIVATE_LABEL.search(before) or hit.kind == Kind.BIRTH_DATE else Suppression.UNSURE

    @cached_property
    def _moves_at(self) -> float:
        """Where the text says that an office moves; beyond its end where it does not."""
        return found.start() if (found := OFFICE_MOVES.search(self._text.plain)) else inf

    def _is_known_box(self, value: str) -> bool:
        address = value.casefold()
        local, _, domain = address.rpartition("@")
        if address in self._about.addresses or ROLE_BOXES.match(local):
            return True
        return any(domain == own or domain.endswith("." + own) for own in self._about.own_domains)

    def _is_of_organisation(self, hit: Hit) -> bool:
        """Words of an organisation before it on its line, and no person between; a free call number."""
        if HOME_BEFORE.search(self._text.before(hit.start, 12).rpartition("\n")[2]):
            return False
        words = PHONE_OFFICES if hit.kind == Kind.PHONE_NUMBER else ADDRESS_OFFICES
        plain = self._text.plain
        start = line_start(plain, hit.start)
        line_before = plain[start : hit.start]
        person = hit.person
        if person is not None and person.suppressed is None and person.line == hit.line and person.kind == PERSON:
            line_before = plain[max(start, person.end) : hit.start]
        if hit.kind == Kind.PHONE_NUMBER and hit.value.startswith(("0120", "0800", "0570", "0180")):
            return True
        if words.search(line_before) or ORGANISATION.search(line_before):
            return True
        line_after = plain[hit.end : line_end(plain, hit.end)][:40]
        if hit.kind == Kind.PHONE_NUMBER and OFFICE_AFTER.match(line_after):
            return True
        if hit.kind == Kind.EMAIL_ADDRESS or (person is not None and person.suppressed is None):
            return False
        return bool(ORGANISATION.search(line_after) or ORGANISATION.search(self._paragraph_above(start)))

    def _paragraph_above(self, start: int) -> str:
        """The lines of the paragraph above a line, six at most."""
        plain = self._text.plain
        first = start
        for _ in range(6):
            above = line_start(plain, max(0, first - 1))
            if first <= 0 or not plain[above : first - 1].strip():
                break
            first = above
        return plain[first:start]

    def _account(self, hit: Hit) -> Suppression | None:
        """An account is a person's unless an organisation holds it, or the text asks for money and names nobody."""
        person = hit.person
        is_in_sheet = self._layout is None
        is_near_person = (
            is_in_sheet and person is not None and person.kind == PERSON and person.suppressed is None
        ) or any(
            one.kind == PERSON and one.suppressed not in ACTING
            for line in range(hit.line - 5, hit.line + 6)
            for one in self._near(line)
        )
        is_of_office = is_of_organisation(self._text.plain, hit, is_in_sheet=is_in_sheet, is_near_person=is_near_person)
        return Suppression.INVOICE if is_of_office else None

    def _line(self, hit: Hit) -> str:
        plain = self._text.plain
        return plain[line_start(self._text.plain, hit.start) : line_end(plain, hit.end)]

    def _illness(self, hit: Hit) -> Suppression | None:
        """Words of illness count where they are somebody's."""
        person = hit.person
        if person is None:
            return Suppression.UNSURE
        if hit.row is not None and person.row == hit.row:
            return None
        if person.suppressed in (
            Suppression.SIGNATURE,
            Suppression.QUOTED_HEADER,
            Suppression.GREETING,
            Suppression.OFFICE_HOLDER,
        ):
            return Suppression.UNSURE
        if person.suppressed in NOBODY:
            return person.suppressed
        below = person.line - hit.line
        if person.line in self._announced and 0 < below <= LINES_BELOW:
            return None
        if below in (0, -1) or (below == 1 and "。" not in self._line(hit)):
            return None
        if hit.confidence < SURE_ILLNESS and below != 0 and not hit.rule.endswith((".labelled", *TYPED)):
            # 入院, 手術: words of many matters.
            return Suppression.UNSURE
        is_said = (
            hit.rule.endswith((".labelled", ".column", ".label"))
            or SUFFERS.search(self._line(hit)) is not None
            or FORM_LINE.match(self._line(hit)[: hit.start - line_start(self._text.plain, hit.start) + 1]) is not None
            or any(one.kind in PRIVATE_KINDS and one.kind != Kind.SPECIAL_CARE for one in person.belongings)
        )
        return None if -LINES_ABOVE <= below < 0 and is_said else Suppression.UNSURE
