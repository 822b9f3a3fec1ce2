"""What the pages about rules share: who stands before them, and how a change is saved so that it counts at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import Depends
from starlette.responses import Response

from mailguard.accounts.people import persons_of
from mailguard.errors import StaleState
from mailguard.model.address import comparable
from mailguard.model.people import Right
from mailguard.policy.change_form import FieldError
from mailguard.store import Work
from mailguard.web.forms import Mistake
from mailguard.web.visit import SignedInVisit, having

NOTE_MAX = 500

Reader = Annotated[SignedInVisit, Depends(having(Right.SEE_POLICY))]
Author = Annotated[SignedInVisit, Depends(having(Right.CHANGE_POLICY))]


def may_change(visit: SignedInVisit) -> bool:
    """Whether they may change rules."""
    return visit.viewer.has(Right.CHANGE_POLICY)


def today(visit: SignedInVisit) -> date:
    """The day it is in the office."""
    return visit.parts.clock.now().astimezone(visit.parts.policy.rules.hours.zone).date()


def mistakes_of(errors: Sequence[FieldError]) -> list[Mistake]:
    """Faults of a form as the page shows them."""
    return [
        Mistake(one.name, one.key, {name: str(value) for name, value in one.values.items()}) for one in errors
    ]  # fmt: skip


def note_mistakes(note: str) -> list[Mistake]:
    """What is wrong with the word of reason that goes with every change."""
    return [] if 0 < len(note) <= NOTE_MAX else [Mistake("note", "rules.page.note.missing", {"most": NOTE_MAX})]


async def put_in_force(visit: SignedInVisit, work: Work[int]) -> int | None:
    """Save a change and have it count here, at once. Its number; None where somebody else was first."""
    try:
        number = await visit.write(work)
    except StaleState:
        # Maybe at another node: show what counts now.
        await visit.parts.reload_policy()
        return None
    await visit.parts.reload_policy()
    return number


def saved(visit: SignedInVisit, path: str, number: int | None, key: str) -> Response:
    """To a page that says what became of a change: ``key`` where it counts."""
    if number is None:
        return visit.go(path, "warning", "rules.page.stale")
    if visit.parts.policy.in_force.number < number:
        return visit.go(path, "error", "rules.page.not_in_force", number=number)
    return visit.go(path, "success", key, number=number)


async def names_of(visit: SignedInVisit, addresses: Sequence[str]) -> dict[str, str]:
    """What people are called: their name, or their address where they have none."""
    found = await visit.read(lambda reader: persons_of(reader, addresses))
    return {one: found[comparable(one)].name or one for one in addresses}
