"""Who changed which rule when and why, in sentences; and going back.

Going back is done at once, without a trial: what counted before has shown what it does, and a wrong change must be
undone in one step. It is a change like any other, with a note, on record, and can be gone back from.
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from mailguard.errors import UnknownChange
from mailguard.judging import policy_changes
from mailguard.judging.policy_changes import PolicyChange, RevertChange
from mailguard.policy.changes import NO_CHANGES
from mailguard.policy.differences import Difference, differences
from mailguard.web.forms import Mistake
from mailguard.web.policy_pages import (
    Author,
    Reader,
    may_change,
    names_of,
    note_mistakes,
    put_in_force,
    saved,
)
from mailguard.web.visit import NotHere, SignedInVisit

router = APIRouter()

HISTORY = "/rules/history"
PAGE = 20


@dataclass(frozen=True)
class ShownChange:
    """A change with what it changed."""

    change: PolicyChange
    name: str
    changed: list[Difference]


@router.get(HISTORY)
async def history(visit: Reader, before: str = "") -> Response:
    """The newest changes, or those before one."""
    return await _history_page(visit, _number(before))


@router.post(HISTORY + "/{number}/revert")
async def revert(visit: Author, number: int) -> Response:
    """Have an older state count again; 0 is the files alone."""
    form = await visit.form()
    note, seen = form.text("note"), _number(form.text("seen"))
    mistakes = note_mistakes(note)
    if mistakes:
        wrong = [Mistake(f"note-{number}", one.key, one.values) for one in mistakes]
        return await _history_page(visit, _number(form.text("before")), wrong)
    if number < 0 or seen is None:
        raise NotHere
    try:
        done = await put_in_force(visit, RevertChange(number, visit.actor, note, seen))
    except UnknownChange:
        raise NotHere from None
    return saved(visit, HISTORY, done, "rules.page.reverted")


async def _history_page(visit: SignedInVisit, before: int | None, mistakes: list[Mistake] | None = None) -> Response:
    limits = {} if before is None else {"before": before}
    found = await visit.read(lambda reader: policy_changes.history(reader, limit=PAGE + 1, **limits))
    now = visit.parts.policy.in_force
    names = await names_of(visit, [one.author for one in found])
    older = [one.changes for one in found[1:]] + ([NO_CHANGES] if len(found) <= PAGE else [])
    shown = [
        ShownChange(one, names[one.author], differences(now.files, previous, one.changes, visit.language))
        for one, previous in zip(found, older, strict=False)
    ]
    return visit.page(
        "rule_history.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        changes=shown,
        number=now.number,
        before=before,
        following=shown[-1].change.number if len(found) > PAGE else None,
        is_author=may_change(visit),
    )


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
