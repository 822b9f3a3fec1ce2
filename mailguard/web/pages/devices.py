"""Devices and systems that send without signing in, and the networks they send from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from mailguard.accounts.devices import Typed, devices_of, put_device, remove_device, set_disabled
from mailguard.errors import DeviceProblems
from mailguard.model.people import Right
from mailguard.web.forms import Form, Mistake
from mailguard.web.visit import NotHere, SignedInVisit, having

router = APIRouter()

PAGE = "/office/devices"

Managing = Annotated[SignedInVisit, Depends(having(Right.MANAGE_DEVICES))]


@router.get(PAGE)
async def listed(visit: Managing) -> Response:
    """Those of the settings file, those that are changed here, and a form for a new one."""
    return await _list(visit)


@router.get(f"{PAGE}/of")
async def one(visit: Managing, name: str = "") -> Response:
    """The form of one device."""
    found = next((one for one in await visit.read(devices_of) if one.name == name), None)
    if found is None:
        raise NotHere
    typed = Typed(
        found.name,
        "\n".join(str(one) for one in found.networks),
        found.owner,
        "\n".join(found.allowed_senders),
    )
    return visit.page("device.html", device=found, typed=typed)


@router.post(f"{PAGE}/put")
async def put(visit: Managing) -> Response:
    """A new device, or other values of one; it counts from its next mail on."""
    form = await visit.form()
    typed, is_new, settings = _typed(form), form.has("is_new"), visit.parts.settings
    try:
        await visit.write(put_device(settings.office, settings.sources, typed, visit.actor, is_new=is_new))
    except DeviceProblems as error:
        mistakes = _mistakes(error)
        found = next((one for one in await visit.read(devices_of) if one.name == typed.name), None)
        if is_new or found is None:
            return await _list(visit, mistakes, typed)
        return visit.page("device.html", status=422, mistakes=mistakes, device=found, typed=typed)
    await visit.parts.refresh_devices()
    return visit.go(PAGE, "success", "device.page.kept")


@router.post(f"{PAGE}/state")
async def state(visit: Managing) -> Response:
    """A device may send no more, or again."""
    form = await visit.form()
    is_disabled = form.has("disable")
    try:
        await visit.write(set_disabled(form.text("name"), visit.actor, is_disabled=is_disabled))
    except DeviceProblems as error:
        return await _list(visit, [Mistake("", one.key, dict(one.values)) for one in error.problems])
    await visit.parts.refresh_devices()
    return visit.go(PAGE, "success", "device.page.disabled" if is_disabled else "device.page.enabled")


@router.post(f"{PAGE}/remove")
async def remove(visit: Managing) -> Response:
    """A device is there no more."""
    form = await visit.form()
    await visit.write(remove_device(form.text("name"), visit.actor))
    await visit.parts.refresh_devices()
    return visit.go(PAGE, "success", "device.page.removed")


async def _list(visit: SignedInVisit, mistakes: list[Mistake] | None = None, typed: Typed | None = None) -> Response:
    return visit.page(
        "devices.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        devices=await visit.read(devices_of),
        sources=visit.parts.settings.sources,
        typed=typed or Typed("", "", "", ""),
    )


def _typed(form: Form) -> Typed:
    return Typed(
        form.text("name"),
        form.text("networks"),
        form.text("owner"),
        form.text("allowed_senders"),
        form.has("is_wide_meant"),
    )


def _mistakes(error: DeviceProblems) -> list[Mistake]:
    return [Mistake(one.field, one.key, dict(one.values)) for one in error.problems]
