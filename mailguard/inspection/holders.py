"""Whose an account is: a person's, unless a firm holds it, or the text asks for money and names nobody."""

from __future__ import annotations

import re

from mailguard.inspection.hits import Hit
from mailguard.inspection.signs import COMPANY_HOLDER, HOLDER, INVOICE
from mailguard.inspection.text import line_end, line_start
from mailguard.model.finding import Kind

_SORTS = "カ|ユ|ド|メ|シ|イ|ザイ|シヤ|シヤフク|フク|ガク|シユウ|トクヒ|ノウ|ベン|ゼイ"
_FIRM_CELL = re.compile(rf"(?:^|\t) *(?:{_SORTS})\) ?[ァ-ヺー]|[ァ-ヺー]\((?:{_SORTS})\)? *(?:$|\t)")
"""A cell with a holder as banks write those that are firms: カ)マルシン, マルシン(カ."""


def names_firm(cell: str) -> bool:
    """Whether a cell names a firm as banks write the holder of an account."""
    return _FIRM_CELL.search(cell) is not None


def is_of_firm(plain: str, hit: Hit) -> bool:
    """Whether it is an account in a row of a table that gives a firm as its holder, in a cell behind it."""
    if hit.kind != Kind.BANK_ACCOUNT or hit.row is None:
        return False
    return _FIRM_CELL.search(plain[hit.end : line_end(plain, hit.end)]) is not None


def is_of_organisation(plain: str, hit: Hit, *, is_in_sheet: bool, is_near_person: bool) -> bool:
    """Whether an organisation holds the account, or the text asks for money and names nobody."""
    if is_in_sheet and is_of_firm(plain, hit):
        return True
    near = plain[max(0, hit.start - 120) : hit.end + 120]
    named = HOLDER.search(plain, max(0, hit.start - 80), hit.end + 120)
    if hit.row is not None and is_in_sheet:
        # The header above speaks of a column, not of the first cell of the next row.
        near = plain[line_start(plain, hit.start) : line_end(plain, hit.end)]
        named = HOLDER.search(near)
    if named is not None and COMPANY_HOLDER.search(named[1]):
        return True
    if is_near_person:
        return False
    asks = INVOICE.search(plain[max(0, hit.start - 400) : hit.end + 200]) is not None and "様" not in near
    return asks or COMPANY_HOLDER.search(near) is not None
