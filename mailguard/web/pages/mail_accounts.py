"""Accounts of mail programs and devices: who may sign in to send, and as whom. Generated passwords are shown once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from mailguard.accounts import administration
from mailguard.accounts.passwords import generated_password
from mailguard.accounts.people_administration import own_mailbox
from mailguard.config import OfficeSettings
from mailguard.errors import AccountProblem, PersonProblem
from mailguard.model.address import comparable
from mailguard.model.people import Right
from mailguard.web.forms import Form, Mistake
from mailguard.web.visit import SignedInVisit, having

router = APIRouter()

PAGE = "/office/accounts"

Managing = Annotated[SignedInVisit, Depends(having(Right.MANAGE_PEOPLE))]


@router.get(PAGE)
async def listed(visit: Managing) -> Response:
    """Every account, and what each may send as."""
    return await _list(visit)


@router.post(f"{PAGE}/add")
async def added(visit: Managing) -> Response:
    """A new account; its password is in this answer and nowhere else."""
    form = await visit.form()
    office = visit.parts.settings.office
    owner = form.text("owner")
    mistakes = [
        Mistake(field, "account.page.not_own")
        for field, typed in (("address", form.text("address")), ("owner", owner))
        if (typed or field == "address") and not _is_own(office, typed)
    ]
    if mistakes:
        return await _list(visit, mistakes, form)
    password = generated_password()
    hashed = await visit.parts.accounts.passwords.hashed(password)
    try:
        await visit.write(administration.add(form.text("address"), owner, hashed, visit.actor))
    except AccountProblem:
        return await _list(visit, [Mistake("address", "account.page.there")], form)
    return visit.page("account_password.html", address=comparable(form.text("address")), password=password)


@router.post(f"{PAGE}/password")
async def new_password(visit: Managing) -> Response:
    """Another generated password; the old one ends at once."""
    form = await visit.form()
    password = generated_password()
    hashed = await visit.parts.accounts.passwords.hashed(password)
    try:
        await visit.write(administration.set_password(form.text("address"), hashed, visit.actor))
    except AccountProblem:
        return await _list(visit, [Mistake("", "account.page.gone")])
    return visit.page("account_password.html", address=comparable(form.text("address")), password=password)


@router.post(f"{PAGE}/state")
async def state(visit: Managing) -> Response:
    """An account disabled, or enabled again."""
    form = await visit.form()
    change = administration.disable if form.has("disable") else administration.enable
    try:
        await visit.write(change(form.text("address"), visit.actor))
    except AccountProblem:
        return await _list(visit, [Mistake("", "account.page.gone")])
    return visit.go(PAGE, "success", "account.page.disabled" if form.has("disable") else "account.page.enabled")


@router.post(f"{PAGE}/grants")
async def grants(visit: Managing) -> Response:
    """An account may send as another address or domain, or no more."""
    form = await visit.form()
    address, granted = form.text("address"), form.text("granted")
    try:
        if form.has("revoke"):
            await visit.write(administration.revoke(address, granted, visit.actor))
        else:
            await visit.write(administration.grant(address, granted, visit.actor))
    except AccountProblem:
        return await _list(visit, [Mistake("", "account.page.grant.refused")])
    return visit.go(PAGE, "success", "account.page.grant.taken" if form.has("revoke") else "account.page.grant.given")


async def _list(visit: SignedInVisit, mistakes: list[Mistake] | None = None, typed: Form | None = None) -> Response:
    return visit.page(
        "accounts.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        accounts=await visit.read(administration.list_accounts),
        has_upstream=visit.parts.settings.auth.upstream is not None,
        typed=typed or Form([]),
    )


def _is_own(office: OfficeSettings, typed: str) -> bool:
    try:
        own_mailbox(office, typed)
    except PersonProblem:
        return False
    return True
