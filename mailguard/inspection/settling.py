"""What one piece alone could not tell: a mail about one person, whose data stands in several places.

「○○様の件」 in the subject and an illness in the text, a licence number in the subject and the name in the text, an
answer below a quotation that gives the telephone: each is unsure by itself, and together they are somebody's data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mailguard.inspection.closings import CONTACT_KINDS, PRIVATE_KINDS
from mailguard.inspection.hits import PERSON, Hit
from mailguard.inspection.ja.special_care import person_word_near
from mailguard.inspection.letters import name_key
from mailguard.inspection.signs import SUFFERS
from mailguard.inspection.text import line_end, line_start
from mailguard.model.finding import HARD_KINDS, Kind, Suppression

if TYPE_CHECKING:
    from mailguard.inspection.inspecting import Seen

_SURE_ILLNESS = 0.75
"""Confidence from which an expression of illness is a diagnosis, not a topic."""

_NAMES_MAX = 3
"""Names without data of their own up to which a mail is about all of them."""

_DOCUMENT_MAX = 300
"""Hits of a document that may be about one person; longer ones are lists."""

_ROSTER_MIN = 5
"""People in a file from which it is a list, in which whoever writes may stand as data."""

_OF_ONE = (Kind.BIRTH_DATE, *(kind for kind in HARD_KINDS if kind != Kind.SPECIAL_CARE))
"""Kinds that say that a text is about the person it names."""

_ACTS = frozenset(
    {
        Suppression.SIGNATURE, Suppression.OFFICE_HOLDER, Suppression.GREETING, Suppression.CORRESPONDENT,
        Suppression.QUOTED_HEADER,
    }
)  # fmt: skip
_OFFICE = Suppression.ORGANISATION
_OWN = (Kind.PHONE_NUMBER, Kind.POSTAL_ADDRESS, Kind.MEMBER_NUMBER, Kind.STAFF_NUMBER, Kind.BIRTH_DATE)


def settle(seen: Sequence[Seen]) -> None:
    """Let what belongs together count, and what the mail shows to be somebody's work not. Changes only marks."""
    places: dict[str, list[Seen]] = {}
    for one in seen:
        places.setdefault("" if one.piece.where in ("subject", "body") else one.piece.where, []).append(one)
    everywhere = [hit for one in seen for hit in one.hits]
    for members in places.values():
        if sum(len(one.hits) for one in members) <= _DOCUMENT_MAX:
            _settle_document(members, everywhere)
    _mark_acting(seen)


def _settle_document(members: Sequence[Seen], everywhere: Sequence[Hit]) -> None:
    """A letter with its subject, or a file with all its parts."""
    hits = [hit for one in members for hit in one.hits]
    named = {hit.value for hit in hits if hit.kind == PERSON and hit.suppressed is None}
    unsure = [hit for hit in hits if hit.kind == PERSON and hit.suppressed is Suppression.UNSURE]
    illnesses = [
        (one, hit)
        for one in members
        for hit in one.hits
        if hit.kind == Kind.SPECIAL_CARE and hit.suppressed is Suppression.UNSURE and hit.confidence >= _SURE_ILLNESS
    ]
    is_few = not named and 0 < len({hit.value for hit in unsure}) <= _NAMES_MAX
    if is_few and (_has_ownerless(everywhere) or any(_is_somebodys(one, hit) for one, hit in illnesses)):
        for hit in unsure:
            hit.suppressed = None
            named.add(hit.value)
    if len(named) == 1:
        is_about = any(hit.kind in _OF_ONE and hit.suppressed is None for hit in hits)
        _give_rest(hits, illnesses, is_about=is_about)


def _mark_acting(seen: Sequence[Seen]) -> None:
    """Those who write, are addressed or act in the text act in the files as well, unless private things are said."""
    own = [hit for one in seen if one.piece.where in ("subject", "body") for hit in one.hits]
    names = {name_key(hit.value) for hit in own if hit.kind == PERSON and hit.suppressed in _ACTS}
    contacts = {(hit.kind, hit.value) for hit in own if hit.suppressed in _ACTS or hit.suppressed is _OFFICE}
    for one in seen:
        if one.piece.where in ("subject", "body") or not (names or contacts):
            continue
        people = {hit.value for hit in one.hits if hit.kind == PERSON and hit.suppressed is None}
        for hit in one.hits:
            if hit.suppressed is not None:
                continue
            if hit.kind == PERSON and len(people) < _ROSTER_MIN and name_key(hit.value) in names:
                if not any(mine.kind in PRIVATE_KINDS for mine in hit.belongings):
                    hit.suppressed = Suppression.CORRESPONDENT
                    for mine in hit.belongings:
                        if mine.kind in CONTACT_KINDS and mine.suppressed is None:
                            mine.suppressed = Suppression.ORGANISATION
            elif hit.kind in CONTACT_KINDS and (hit.kind, hit.value) in contacts and len(people) < _ROSTER_MIN:
                hit.suppressed = Suppression.ORGANISATION


def _has_ownerless(hits: Sequence[Hit]) -> bool:
    """Whether there is a number of somebody, and nobody in the mail it could be of."""
    if any(hit.kind == PERSON and hit.suppressed is None for hit in hits):
        return False
    return any(hit.kind in HARD_KINDS and hit.suppressed is None for hit in hits)


def _is_somebodys(seen: Seen, hit: Hit) -> bool:
    plain = seen.text.plain
    line = plain[line_start(plain, hit.start) : line_end(plain, hit.end)]
    return person_word_near(seen.text, hit.start, hit.end) is not None or SUFFERS.search(line) is not None


def _give_rest(hits: Sequence[Hit], illnesses: Sequence[tuple[Seen, Hit]], *, is_about: bool) -> None:
    """In a text about one person, what could be anybody's is that person's."""
    for one, hit in illnesses:
        if is_about or _is_somebodys(one, hit):
            hit.suppressed = None
    for hit in hits:
        if hit.suppressed is not Suppression.UNSURE or hit.kind not in _OWN:
            continue
        if hit.kind != Kind.PHONE_NUMBER or hit.value.startswith(("070", "080", "090")):
            hit.suppressed = None
