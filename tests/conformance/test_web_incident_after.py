"""The pages about what comes after the first response: evidence, look-back, lessons, reports, drills."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailguard.accounts.factors import Factor
from mailguard.i18n import CATALOGUES
from mailguard.incidents.bundle_check import checked
from tests.conformance.hold_parts import SENDER, A, MakeNode, Node
from tests.conformance.mail_pages import words_of
from tests.conformance.test_incidents import HEAD, OFFICER, name_officers
from tests.conformance.web_office import WebOffice
from tests.fakes.next_hop import ScriptedNextHop

TWO = (Factor.MAILBOX, Factor.TOTP)
JA = CATALOGUES["ja"]


@pytest.fixture
async def node(web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop) -> Node:
    """A node beside the pages, and officers."""
    await name_officers(web_office.parts.store)
    made: Node = make_node(hop.port)
    return made


async def reported(office: WebOffice, queue_id: str) -> str:
    """The sender says on the mail's page that it was a mistake; the incident's number."""
    async with await office.signed_in(SENDER) as client:
        await client.post(f"/mails/{queue_id}/mistake")
    parts = office.parts
    return (await parts.store.read(lambda reader: parts.incidents.of_mail(reader, queue_id)))[0].incident_id


async def test_evidence_leaves_by_a_security_officer_with_a_purpose(
    web_office: WebOffice, node: Node, tmp_path: Path
) -> None:
    """A department's officer sees what is kept; only the security officer takes it out, and says what for."""
    incident_id = await reported(web_office, await node.held(A))
    path = f"/incidents/{incident_id}/evidence"
    async with await web_office.signed_in(HEAD, TWO) as client:
        page = await client.get(path)
        refused = await client.post(f"{path}/export", data={"purpose": "x"})
        compared = await client.post(f"{path}/check")
        same = words_of(await client.get(path))
    async with await web_office.signed_in(OFFICER, TWO) as client:
        empty = await client.post(f"{path}/export", data={"purpose": " "})
        file = await client.post(f"{path}/export", data={"purpose": "弁護士に相談"})
        after = await client.get(path)
    (tmp_path / "bundle.zip").write_bytes(file.content)
    report = checked(tmp_path / "bundle.zip")

    assert (200, 403, 303, 422, 200) == (
        page.status_code, refused.status_code, compared.status_code, empty.status_code, file.status_code,
    )  # fmt: skip
    assert 'name="purpose"' not in page.text
    assert JA["incidents.evidence.check.same"].format(count=2) in same
    assert ((), incident_id) == (report.faults, report.manifest["incident"])
    assert report.digest in after.text
