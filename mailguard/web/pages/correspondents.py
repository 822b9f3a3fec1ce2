"""Whom the office writes to: what is known of them, what they can open, and passwords agreed with them.

A password is typed here and never shown again; a telephone number is shown by its last digits.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.responses import Response

from mailguard.correspondents import AGREED, AGREED_FINGERPRINTS, AddressBook, Known, Taken, book_in, export
from mailguard.correspondents.abilities import key_of
from mailguard.correspondents.administration import (
    agree_on,
    end_agreement,
    forget_people,
    note_all,
    take_back,
    take_people_over,
)
from mailguard.correspondents.overview import PAGE_ROWS, acquaintances, acquaintances_of
from mailguard.errors import NotAllowed
from mailguard.model.address import comparable, is_domain_name, is_mailbox
from mailguard.model.people import Right
from mailguard.model.protection import Channel, Trait
from mailguard.policy.directory import PRIVATE
from mailguard.transform.passwords.agreed_rules import complaints
from mailguard.web.downloads import csv_file
from mailguard.web.forms import Form, Mistake, asked
from mailguard.web.visit import NotHere, SignedInVisit, having

router = APIRouter()

PAGE = "/office/correspondents"
LINES_SHOWN = 100
"""Of an imported file that were not taken; how many there are stands beside."""

Managing = Annotated[SignedInVisit, Depends(having(Right.MANAGE_CORRESPONDENTS))]


@router.get(PAGE)
async def listed(visit: Managing, search: str = "", after: str = "") -> Response:
    """Everybody of whom something is known, some at a time, or those who were looked for."""
    return await _list(visit, asked(search), asked(after))


@router.get(f"{PAGE}/of")
async def one(visit: Managing, address: str = "") -> Response:
    """What counts for one address or domain; of nobody who is known, what was typed must be one."""
    typed = address.strip()
    name = typed.replace("\uff20", "@").removeprefix("@")
    is_plain = is_mailbox(comparable(name)) if "@" in name else typed != name and is_domain_name(name)
    try:
        [found] = await visit.read(lambda reader: acquaintances_of(reader, [typed]))
    except NotAllowed:
        return await _list(visit, mistakes=[Mistake("address", "correspondent.page.open.wrong")], typed=typed)
    if not is_plain and found.first_at is None:
        return await _list(visit, mistakes=[Mistake("address", "correspondent.page.open.wrong")], typed=typed)
    return await _one(visit, address)


@router.post(f"{PAGE}/note")
async def noted(visit: Managing) -> Response:
    """What somebody here says of them; what is left empty stays as it is."""
    form = await visit.form()
    key = _key(form)
    said = {trait: form.text(trait.value) for trait in Trait if form.text(trait.value)}
    if Trait.PHONE in said and _is_provider(visit, key):
        return await _one(visit, key, [Mistake(Trait.PHONE.value, "correspondent.page.provider")])
    try:
        count = await visit.write(note_all(key, said, visit.actor))
    except NotAllowed:
        return await _one(visit, key, [Mistake(Trait.PHONE.value, "correspondent.page.phone_wrong")])
    return _to(visit, key, "correspondent.page.noted" if count else "correspondent.page.noted_already")


@router.post(f"{PAGE}/unknow")
async def taken_back(visit: Managing) -> Response:
    """Takes back one thing that was noted or learned."""
    form = await visit.form()
    key = _key(form)
    traits = [one for one in Trait if one.value == form.text("trait")]
    if not traits:
        raise NotHere
    await visit.write(take_back(key, traits, visit.actor))
    return _to(visit, key, "correspondent.page.taken_back")


@router.post(f"{PAGE}/agree")
async def agreed(visit: Managing) -> Response:
    """Keeps a password that was agreed with them."""
    form = await visit.form()
    key, password = _key(form), form.raw("password")
    if _is_provider(visit, key):
        return await _one(visit, key, [Mistake("password", "correspondent.page.provider")])
    found = complaints(password, key)
    if found:
        return await _one(visit, key, [Mistake("password", complaint) for complaint in found])
    spool = visit.parts.spool
    box, fingerprints = spool.secret_box(AGREED), spool.marking_key(AGREED_FINGERPRINTS)
    try:
        await visit.write(agree_on(key, password, box, fingerprints, visit.actor))
    except NotAllowed:
        return await _one(visit, key, [Mistake("password", "correspondent.page.password_used")])
    return _to(visit, key, "correspondent.page.agreed")


@router.post(f"{PAGE}/withdraw")
async def withdrawn(visit: Managing) -> Response:
    """Destroys the password agreed with them."""
    form = await visit.form()
    await visit.write(end_agreement(_key(form), visit.actor))
    return _to(visit, _key(form), "correspondent.page.withdrawn")


@router.post(f"{PAGE}/forget")
async def forgotten(visit: Managing) -> Response:
    """Forgets a person, once it is said that this is meant."""
    form = await visit.form()
    key = _key(form)
    if not form.has("confirmed"):
        return await _one(visit, key, [Mistake("confirmed", "correspondent.page.forget.unconfirmed")])
    await visit.write(forget_people([key], visit.actor))
    return visit.go(PAGE, "success", "correspondent.page.forgotten")


@router.get(f"{PAGE}.csv")
async def written(visit: Managing) -> Response:
    """All known addresses as a file for spreadsheets."""
    return csv_file(await visit.read(lambda reader: list(export(reader))), "correspondents.csv")


@router.post(f"{PAGE}/import")
async def imported(visit: Managing) -> Response:
    """An address book, as CSV or vCard: its people are known from now on."""
    book = book_in(await visit.upload("file"))
    if not book.entries:
        return await _list(visit, mistakes=[Mistake("file", "correspondent.page.file.nobody")], book=book)
    taken = await visit.write(take_people_over(book, visit.actor))
    if book.skipped:
        # The lines that were not taken are too many for a word on the next page. Sent twice, the file does no harm.
        return await _list(visit, book=book, taken=taken)
    figures = {"found": len(book.entries), "new": taken.new, "renamed": taken.renamed}
    return visit.go(PAGE, "success", "correspondent.page.file.taken", **figures)


async def _list(
    visit: SignedInVisit,
    search: str = "",
    after: str = "",
    mistakes: list[Mistake] | None = None,
    book: AddressBook | None = None,
    taken: Taken | None = None,
    typed: str = "",
) -> Response:
    """``book`` and ``taken``: the file of which some lines were not taken, and what was done with the others."""
    rows = await visit.read(lambda reader: acquaintances(reader, search, after, PAGE_ROWS + 1))
    more = urlencode({"search": search, "after": rows[PAGE_ROWS - 1].address}) if len(rows) > PAGE_ROWS else ""
    return visit.page(
        "correspondents.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        rows=rows[:PAGE_ROWS],
        search=search,
        more=more,
        is_first=not after,
        book=book,
        taken=taken,
        lines_shown=LINES_SHOWN,
        typed=typed,
    )


async def _one(visit: SignedInVisit, typed: str, mistakes: list[Mistake] | None = None) -> Response:
    try:
        [found] = await visit.read(lambda reader: acquaintances_of(reader, [typed]))
    except NotAllowed as error:
        raise NotHere from error
    return visit.page(
        "correspondent.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        one=found,
        known=[(known, _shown(known)) for known in found.dossier.known],
        channels=list(Channel),
    )


def _shown(known: Known) -> str:
    """A trait's value as it may stand on a page: of a number only its end."""
    if known.trait is not Trait.PHONE:
        return known.value
    return "*" * (len(known.value) - 4) + known.value[-4:]


def _key(form: Form) -> str:
    try:
        return key_of(form.text("address"))
    except NotAllowed as error:
        raise NotHere from error


def _is_provider(visit: SignedInVisit, key: str) -> bool:
    """Whether everybody of a domain is meant where people have nothing in common."""
    return key.startswith("@") and visit.parts.policy.rules.directory.relation(key) in PRIVATE


def _to(visit: SignedInVisit, key: str, word: str) -> Response:
    return visit.go(f"{PAGE}/of?{urlencode({'address': key})}", "success", word)
