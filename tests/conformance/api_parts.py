"""What tests of the API and of permissions are made of: people with tokens, and mails in each state."""

from __future__ import annotations

from collections.abc import Iterable

import httpx2

from mailguard.accounts.factors import Factor
from mailguard.accounts.people import viewer_of
from mailguard.accounts.people_administration import Particulars, grant_role, put_person
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.people import Right, Role
from mailguard.model.queue import Submission
from mailguard.model.verdict import Action, AtEnd, Needs, Verdict
from tests.conformance.web_office import PHONE, URL, WebOffice

OWNER = "tanoue@office.example.jp"
"""Whose the mails of a ``Node`` are."""
COLLEAGUE, MANAGER = "mori@office.example.jp", "abe@office.example.jp"
OFFICER, SECURITY, ADMINISTRATOR = (f"{name}@office.example.jp" for name in ("hara", "kudo", "noda"))
SALES = "営業"
SETUP = Actor(ActorKind.PERSON, "setup@office.example.jp")


def verdict(needs: Needs = Needs.TIMER, hold_seconds: int | None = 300) -> Verdict:
    """A hold that ends by that."""
    at_end = AtEnd.SEND if needs is Needs.TIMER else AtEnd.DISCARD
    return Verdict(Action.HOLD, ("external",), "test", hold_seconds, needs=needs, at_end=at_end)


def holds_for(needs: Needs) -> object:
    """A judge that holds every mail for them."""

    def judge(submission: Submission) -> tuple[Verdict, ...]:
        return (verdict(needs),) * len(submission.envelope.forward_paths)

    return judge


async def staff(office: WebOffice) -> None:
    """Puts an office of six on record."""
    settings, store = office.settings.office, office.parts.store
    await store.write(put_person(settings, OWNER, Particulars("田上", SALES, MANAGER), SETUP))
    for address, role, department in (
        (OFFICER, Role.DEPARTMENT_OFFICER, SALES),
        (SECURITY, Role.SECURITY_OFFICER, ""),
        (ADMINISTRATOR, Role.ADMINISTRATOR, ""),
    ):
        await store.write(grant_role(settings, address, role, department, SETUP))


async def token_of(office: WebOffice, address: str, rights: Iterable[Right] = ()) -> str:
    """A token of somebody who proved two factors."""
    parts = office.parts
    now = parts.clock.now()
    viewer = await parts.store.read(lambda reader: viewer_of(reader, address, now, frozenset({Factor.PASSKEY})))
    return await parts.sign_in.tokens.create(viewer, "a program", rights, 30, Actor(ActorKind.PERSON, address))


async def program_of(office: WebOffice, address: str, *rights: Right) -> httpx2.AsyncClient:
    """A program with a token of somebody, which says nothing that browsers say."""
    token = await token_of(office, address, rights)
    transport = httpx2.ASGITransport(office.app.asgi, client=(PHONE, 40000))
    headers = {"authorization": f"Bearer {token}"}
    return httpx2.AsyncClient(transport=transport, base_url=f"{URL}/api/v1", headers=headers)
