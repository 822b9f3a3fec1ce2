"""Named exceptions to rules: whose mail a rule leaves alone, until which day, and why.

Those of ``office.yaml`` are shown as they are; those of the screen are added and ended here, at once, and stand in the
history of the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter
from starlette.responses import Response

from mailguard.i18n import text
from mailguard.judging.policy_changes import SaveChange
from mailguard.policy.change_form import EXCEPTION_DAYS_MAX, ExceptionForm, read_exception
from mailguard.policy.sentences import title_of
from mailguard.web.forms import Form, Mistake
from mailguard.web.policy_pages import Author, Reader, may_change, mistakes_of, put_in_force, saved, today
from mailguard.web.visit import SignedInVisit

router = APIRouter()

EXCEPTIONS = "/rules/exceptions"
SOON = timedelta(days=30)
_EMPTY = ExceptionForm("", "", "", "", "", "")


@dataclass(frozen=True)
class ShownException:
    """An exception as the page has it. ``senders`` and ``recipients``: empty for everybody; ``why`` "": not said."""

    name: str
    rule: str
    title: str
    until: date
    why: str
    senders: tuple[str, ...]
    recipients: tuple[str, ...]
    is_of_file: bool


@router.get(EXCEPTIONS)
async def exceptions(visit: Reader) -> Response:
    """All of them: those that end soon, the others, those that are over."""
    return _exceptions_page(visit, _EMPTY, [])


@router.post(EXCEPTIONS)
async def add(visit: Author) -> Response:
    """Add one; it counts at once."""
    form = await visit.form()
    now = visit.parts.policy.in_force
    typed = _typed(form)
    submitted = read_exception(now.files, now.changes, typed, today(visit))
    if submitted.errors:
        return _exceptions_page(visit, typed, mistakes_of(submitted.errors))
    work = SaveChange(submitted.changes, visit.actor, typed.why, now.number)
    return saved(visit, EXCEPTIONS, await put_in_force(visit, work), "rules.exceptions.added")


@router.post(f"{EXCEPTIONS}/end")
async def end(visit: Author) -> Response:
    """End one of the screen; the rule counts again for everybody."""
    name = (await visit.form()).text("name")
    now = visit.parts.policy.in_force
    if not any(one.name == name for one in now.changes.exceptions):
        return visit.go(EXCEPTIONS, "info", "rules.exceptions.gone")
    note = text(visit.language, "rules.exceptions.end.note", name=name)
    work = SaveChange(now.changes.without_exception(name), visit.actor, note, now.number)
    return saved(visit, EXCEPTIONS, await put_in_force(visit, work), "rules.exceptions.ended")


def _typed(form: Form) -> ExceptionForm:
    return ExceptionForm(*[form.text(name) for name in ("name", "rule", "senders", "recipients", "until", "why")])


def _exceptions_page(visit: SignedInVisit, typed: ExceptionForm, mistakes: list[Mistake]) -> Response:
    now = visit.parts.policy.in_force
    day = today(visit)
    shown = sorted(_shown(visit), key=lambda one: (one.until, one.name))
    return visit.page(
        "exceptions.html",
        status=422 if mistakes else 200,
        mistakes=mistakes,
        ending=[one for one in shown if day <= one.until <= day + SOON],
        lasting=[one for one in shown if one.until > day + SOON],
        over=[one for one in shown if one.until < day],
        rules=[(rule.id, title_of(rule, visit.language)) for rule in now.files.rules if not rule.is_locked],
        typed=typed,
        first_day=day,
        last_day=day + timedelta(days=EXCEPTION_DAYS_MAX - 1),
        is_author=may_change(visit),
    )


def _shown(visit: SignedInVisit) -> list[ShownException]:
    now = visit.parts.policy.in_force
    titles = {rule.id: title_of(rule, visit.language) for rule in now.files.rules}
    of_files = [
        ShownException(
            one.name, one.rule, titles.get(one.rule, one.rule), one.until, "", one.senders.texts, one.recipients.texts,
            is_of_file=True,
        )
        for one in now.files.directory.exemptions
    ]  # fmt: skip
    of_screen = [
        ShownException(
            one.name, one.rule, titles.get(one.rule, one.rule), one.until, one.why, one.senders, one.recipients,
            is_of_file=False,
        )
        for one in now.changes.exceptions
    ]  # fmt: skip
    return of_files + of_screen
