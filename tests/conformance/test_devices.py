"""Devices on the pages: what may be entered, what is recorded, and what the submission server is given."""

from __future__ import annotations

from typing import Any

import pytest

from mailguard.accounts.devices import Typed, devices_of, put_device, remove_device, set_disabled, sources_of
from mailguard.config import SourceSettings
from mailguard.errors import DeviceProblems
from mailguard.store import Store
from mailguard.workers.device_follower import DeviceFollower
from tests.conformance.people_parts import ADMIN, OFFICE, SATO, recorded

FIXED = SourceSettings(name="業務システム", networks=["192.0.2.64/28"], owner=SATO, allowed_senders=["@example.jp"])
GOOD: dict[str, Any] = {
    "name": "複合機 2階",
    "networks": "192.0.2.10、198.51.100.0/24",
    "owner": "Sato@Example.JP",
    "allowed_senders": "Scanner@example.jp, @example.jp <>",
}


async def put(store: Store, *, is_new: bool = True, **typed: Any) -> bool:
    """A device as somebody typed it."""
    return await store.write(put_device(OFFICE, [FIXED], Typed(**{**GOOD, **typed}), ADMIN, is_new=is_new))


async def test_device_put_on_record_is_kept_in_one_spelling_and_recorded(store: Store) -> None:
    """What I type about a copier is kept as it is compared, and the record says who did it."""
    assert await put(store)

    [device] = await store.read(devices_of)
    assert (SATO, ("scanner@example.jp", "@example.jp", "<>")) == (device.owner, device.allowed_senders)
    assert ["192.0.2.10/32", "198.51.100.0/24"] == [str(one) for one in device.networks]
    [event] = await recorded(store)
    assert ("複合機 2階", "added", 3) == (event["device"], event["change"], event["allowed_senders"])
    assert "scanner@example.jp" not in str(event)


async def test_device_put_again_the_same_is_no_change(store: Store) -> None:
    """Pressing the button twice records one change."""
    await put(store)

    assert not await put(store, is_new=False)
    assert len(await recorded(store)) == 1
    assert await put(store, is_new=False, networks="192.0.2.11")
    assert ["192.0.2.11/32"] == [str(one) for one in (await store.read(devices_of))[0].networks]


@pytest.mark.parametrize(
    ("typed", "field", "key"),
    [
        pytest.param({"name": "  "}, "name", "name", id="no name"),
        pytest.param({"name": "a" * 61}, "name", "name", id="long name"),
        pytest.param({"name": "業務システム"}, "name", "name_taken", id="name of a source"),
        pytest.param({"networks": " "}, "networks", "no_network", id="no network"),
        pytest.param({"networks": "192.0.2.5/24"}, "networks", "not_a_network", id="bits beyond the mask"),
        pytest.param({"networks": "複合機"}, "networks", "not_a_network", id="a word"),
        pytest.param({"networks": "0.0.0.0/0"}, "networks", "everybody", id="the Internet"),
        pytest.param({"networks": "::/0", "is_wide_meant": True}, "networks", "everybody", id="the newer Internet"),
        pytest.param({"networks": "192.0.2.64/28"}, "networks", "network_taken", id="network of a source"),
        pytest.param({"networks": "10.0.0.0/15"}, "networks", "wide", id="wide"),
        pytest.param({"networks": "2001:db8::/47"}, "networks", "wide", id="wide, newer"),
        pytest.param({"allowed_senders": ""}, "allowed_senders", "no_senders", id="no sender"),
        pytest.param({"allowed_senders": "example.jp"}, "allowed_senders", "no_sender", id="domain without its sign"),
        pytest.param({"allowed_senders": "a@b@example.jp"}, "allowed_senders", "no_sender", id="two signs"),
        pytest.param(
            {"networks": " ".join(f"192.0.2.{n}" for n in range(60))}, "networks", "too_many", id="many networks"
        ),
    ],
)
async def test_device_that_cannot_be_is_refused_with_its_field(
    store: Store, typed: dict[str, Any], field: str, key: str
) -> None:
    """A slip does not open the relay to a network, and I see which field to mend."""
    with pytest.raises(DeviceProblems) as refused:
        await put(store, **typed)

    assert [(field, f"device.problem.{key}")] == [(one.field, one.key) for one in refused.value.problems]
    assert [] == await store.read(devices_of)
    assert [] == await recorded(store)


async def test_device_with_several_mistakes_names_all_of_them(store: Store) -> None:
    """I need not send the form four times to see four mistakes."""
    with pytest.raises(DeviceProblems) as refused:
        await put(store, name="", networks="", owner="tanaka@example.com", allowed_senders="")

    assert ["name", "networks", "owner", "allowed_senders"] == [one.field for one in refused.value.problems]


async def test_device_with_a_wide_network_that_is_meant_is_kept(store: Store) -> None:
    """A site with a whole 10.0.0.0/8 can say so."""
    assert await put(store, networks="10.0.0.0/8 2001:db8::/32", is_wide_meant=True)


async def test_network_of_another_device_is_not_taken_from_it(store: Store) -> None:
    """Two devices of one address would leave open who answers for its mail."""
    await put(store)

    with pytest.raises(DeviceProblems) as refused:
        await put(store, name="複合機 3階")

    assert {"device.problem.network_taken"} == {one.key for one in refused.value.problems}


async def test_device_unknown_is_neither_changed_nor_disabled(store: Store) -> None:
    """A page of yesterday does not bring a removed device back."""
    for work in (
        put_device(OFFICE, [], Typed(**GOOD), ADMIN, is_new=False),
        set_disabled("複合機", ADMIN, is_disabled=True),
    ):
        with pytest.raises(DeviceProblems):
            await store.write(work)
    assert not await store.write(remove_device("複合機", ADMIN))
    assert [] == await recorded(store)


async def test_device_disabled_counts_no_more_until_it_is_enabled(store: Store) -> None:
    """A copier that is away for repair may send nothing meanwhile, and what was entered stays."""
    await put(store)
    name = GOOD["name"]

    assert await store.write(set_disabled(name, ADMIN, is_disabled=True))
    assert not await store.write(set_disabled(name, ADMIN, is_disabled=True))
    assert [] == sources_of(await store.read(devices_of))
    assert await put(store, is_new=False, networks="192.0.2.12")
    assert [] == sources_of(await store.read(devices_of))
    assert await store.write(set_disabled(name, ADMIN, is_disabled=False))
    assert [name] == [one.name for one in sources_of(await store.read(devices_of))]
    assert ["added", "disabled", "changed", "enabled"] == [one["change"] for one in await recorded(store)]


async def test_follower_gives_the_server_what_counts_only_when_it_changed(store: Store) -> None:
    """A change counts without a restart, beside what the settings file says."""
    given: list[list[str]] = []
    follower = DeviceFollower(store, [FIXED], lambda sources: given.append([one.name for one in sources]), 60)

    await follower.refresh()
    await put(store)
    await follower.refresh()
    await follower.refresh()
    await store.write(remove_device(GOOD["name"], ADMIN))
    await follower.refresh()

    assert [["業務システム", "複合機 2階"], ["業務システム"]] == given
