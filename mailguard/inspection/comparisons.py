"""Lists in a file against those the mail is for: "12 schools stand in this workbook, and you write to one of them".

A list is compared only where somebody the mail is for stands in it among others. That is how one gets everybody's rows;
a list of others altogether may well be what the mail is about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mailguard.inspection.circumstances import Circumstances
from mailguard.inspection.hits import PERSON
from mailguard.inspection.letters import name_key
from mailguard.inspection.normalise import plain_text
from mailguard.model.contents import Form
from mailguard.model.finding import FileList

if TYPE_CHECKING:
    from mailguard.inspection.inspecting import Seen

LIST_MIN = 3
"""Organisations or people from which they are a list."""

_NAME_MAX = 30
_ENDS = re.compile(
    r"(?:学校|高校|中学|大学|学園|幼稚園|保育園|こども園|病院|医院|クリニック|ホテル|旅館|協会|組合|連合会|支部|支店|営業所|事務所|センター|市|町|村"
    r"|株式会社|有限会社|合同会社|\(株\)|\(有\))$"
)
_BEGINS = re.compile(r"^(?:株式会社|有限会社|合同会社|\(株\)|\(有\)|学校法人|医療法人|社会福祉法人)")
_FORM = re.compile(
    r"株式会社|有限会社|合同会社|\((?:株|有|同)\)|(?:学校|医療|社会福祉|一般財団|公益財団|一般社団|公益社団)法人|[\s・]|御中|様$"
)


def lists_of(seen: Sequence[Seen], about: Circumstances) -> tuple[FileList, ...]:
    """The lists in attached tables in which one of those the mail is for stands among others."""
    people = {name_key(plain_text(name)) for name in (*about.greeted_persons, *(name for _, name in about.recipients))}
    firms = {organisation_key(plain_text(name)) for name in about.greeted_organisations}
    firms |= {organisation_key(plain_text(name)) for _, name in about.recipients if _is_organisation(plain_text(name))}
    people -= {""}
    firms -= {""}
    found: list[FileList] = []
    for one in seen:
        if one.piece.form is not Form.TABLE or not one.piece.where.startswith("attachment:"):
            continue
        organisations = _organisations(one)
        persons = {name_key(hit.value) for hit in one.hits if hit.kind == PERSON}
        its_firms = {name for name in organisations if any(_same(name, firm) for firm in firms)}
        its_people = {name for name in persons if any(key in name or name in key for key in people if len(key) >= 2)}
        other_firms = len(organisations - its_firms) if its_firms and len(organisations) >= LIST_MIN else 0
        other_people = len(persons - its_people) if its_people and len(persons) >= LIST_MIN else 0
        if other_firms or other_people:
            found.append(FileList(one.piece.where, one.piece.section, other_firms, other_people, one.piece.is_hidden))
    return tuple(found)


def organisation_key(name: str) -> str:
    """An organisation as it is compared: without legal form, blanks and titles. Takes normalised text."""
    return _FORM.sub("", name).casefold()


def _organisations(seen: Seen) -> set[str]:
    """The organisations of the column that names most of them."""
    columns: dict[int, set[str]] = {}
    for line in seen.text.plain.split("\n"):
        for number, cell in enumerate(line.split("\t")):
            word = cell.strip()
            if 3 <= len(word) <= _NAME_MAX and _is_organisation(word):
                columns.setdefault(number, set()).add(organisation_key(word))
    return max(columns.values(), key=len, default=set())


def _is_organisation(word: str) -> bool:
    return _ENDS.search(word) is not None or _BEGINS.match(word) is not None


def _same(one: str, other: str) -> bool:
    """Whether two keys name one organisation: 青葉小学校 and 松本市立青葉小学校 do."""
    return one == other or (min(len(one), len(other)) >= 4 and (one.endswith(other) or other.endswith(one)))
