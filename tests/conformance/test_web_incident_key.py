"""A protected mail went to the wrong person, and its sender has the password: whether they told it is asked once,
counts everywhere, and is called the same on every page. On both databases.
"""

from __future__ import annotations

import pytest

from mailguard.i18n import CATALOGUES
from mailguard.incidents import KeyTold, say_key
from mailguard.incidents.scope import Scope, scope_of
from mailguard.incidents.triage import Question, Triage, triage_of
from mailguard.model.protection import Channel
from mailguard.spool import Spool
from mailguard.store import Store
from tests.conformance.hold_parts import SENDER, A, B, MakeNode
from tests.conformance.mail_pages import words_of
from tests.conformance.parcel_parts import MakeProtecting, ProtectingNode
from tests.conformance.test_incidents import OWNER, desk_of
from tests.conformance.test_web_incident_documents import Desk, fields_of
from tests.conformance.test_web_incidents import CISO, TWO, name_people
from tests.conformance.web_office import WebOffice
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop, Stage, cut

__all__ = ["MakeNode", "Spool", "Store"]

JA = CATALOGUES["ja"]


class Case:
    """A protected mail with somebody outside, whose password went to its sender."""

    def __init__(self, office: WebOffice, node: ProtectingNode, clock: StandingClock) -> None:
        self.office = office
        self.desk = desk_of(node, office.parts.store, clock)
        self.node = node
        self.queue_id = ""
        self.path = ""

    async def reported(self, **told: str) -> str:
        """Its sender reports it on its page, with this answer; what that page said before."""
        await name_people(self.office)
        self.queue_id = await self.node.sent(A)
        return await self.report(**told)

    async def report(self, **told: str) -> str:
        """As ``reported``, of a mail that was sent before."""
        async with await self.office.signed_in(SENDER) as client:
            before = words_of(await client.get(f"/mails/{self.queue_id}"))
            answer = await client.post(f"/mails/{self.queue_id}/mistake", data=told)
            assert 303 == answer.status_code, answer.text
        parts = self.office.parts
        (incident,) = await parts.store.read(lambda reader: parts.incidents.of_mail(reader, self.queue_id))
        self.path = f"/incidents/{incident.incident_id}"
        return before

    async def known(self) -> tuple[Scope, Triage]:
        """What the record knows by now."""
        parts = self.office.parts
        (incident,) = await parts.store.read(lambda reader: parts.incidents.of_mail(reader, self.queue_id))
        entries = await parts.store.read(lambda reader: parts.incidents.entries(reader, incident.incident_id))
        facts = [await self.desk.fact(self.queue_id)]
        return scope_of(facts, entries), triage_of(incident, facts, entries, parts.policy.rules.law)

    async def pages(self) -> dict[str, str]:
        """What stands on the pages on which a password is spoken of."""
        number = self.path.rpartition("/")[2]
        async with await self.office.signed_in(SENDER) as client:
            mail = words_of(await client.get(f"/mails/{self.queue_id}"))
            result = words_of(await client.get(self.path))
        async with await self.office.signed_in(CISO, TWO) as client:
            overview = words_of(await client.get(self.path))
            scope = words_of(await client.get(f"{self.path}/scope"))
            report = "\n".join(fields_of(await Desk(client, number).open("prompt_report")).values())
        return {"mail": mail, "result": result, "overview": overview, "report": report, "scope": scope}


@pytest.fixture
def case(web_office: WebOffice, make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock) -> Case:
    """Such a mail."""
    return Case(web_office, make_protecting(hop.port, Channel.TO_SENDER), clock)


async def test_sender_who_told_nobody_is_asked_once_and_every_page_says_the_same(case: Case) -> None:
    """I say so where I report it: the mail is one that nobody can open, in the report to the authority too."""
    before = await case.reported(told="no")
    scope, triage = await case.known()
    pages = await case.pages()

    assert JA["incidents.key.ask"] in before
    assert ((), "sealed") == (scope.readable, scope.leaked_to[0].guard)
    known = triage.of(Question.PROTECTED).known
    assert known is not None
    assert known.choice in ("listed", "kept")
    assert JA["incidents.guard.sealed"] in pages["result"]
    assert JA["incidents.entry.key_told.no"] in pages["overview"]
    assert JA["draft.other.sealed"].format(count=1) in pages["report"]
    assert JA["queue.page.password.told.to_sender.reported"] in pages["mail"]
    assert JA["queue.page.password.told.to_sender"] not in pages["mail"]
    # Nothing was stopped that lies in somebody's mailbox, and nobody outside was told.
    assert JA["incidents.entry.passwords.with_sender"].format(count=1) in pages["overview"]
    assert JA["incidents.entry.passwords.stopped"].format(count=1) not in pages["overview"]
    assert JA["incidents.entry.passwords.told"].format(count=1) not in pages["overview"]


async def test_password_that_was_told_by_telephone_protects_nothing(case: Case) -> None:
    """I told it already: the mail counts as read, and the report says that the password is there too."""
    await case.reported(told="yes")
    scope, triage = await case.known()
    pages = await case.pages()

    assert JA["queue.page.password.told.to_sender.reported.yes"] in pages["mail"]
    assert JA["queue.page.password.told.to_sender.reported"] not in pages["mail"]
    assert 1 == len(scope.readable)
    assert "told" == triage.of(Question.PROTECTED).choice
    assert JA["draft.other.told"].format(count=1) in pages["report"]
    assert JA["draft.other.sealed"].format(count=1) not in pages["report"]


@pytest.mark.parametrize(("told", "guard"), [("", "doubtful"), ("no", "doubtful_untold"), ("yes", "told")])
async def test_password_mail_nobody_knows_of_counts_as_known_whatever_its_sender_says(
    web_office: WebOffice, make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock,
    told: str, guard: str,
) -> None:  # fmt: skip
    """The mail with the password stayed without an answer and I was to tell it instead: that I told nobody does not
    make it safe, and the report says both.
    """
    case = Case(web_office, make_protecting(hop.port, Channel.SEPARATE_MAIL), clock)
    await name_people(web_office)
    case.queue_id = await case.node.sent(A)
    hop.on(Stage.DOT, cut(), times=1)
    clock.advance(3600)
    await case.node.look()
    before = await case.report(**({"told": told} if told else {}))
    scope, triage = await case.known()
    pages = await case.pages()
    known = triage.of(Question.PROTECTED).known

    assert JA["incidents.key.ask"] in before
    assert (1, guard) == (len(scope.readable), scope.leaked_to[0].guard)
    assert known is not None
    assert "told" == known.choice
    assert JA[f"draft.other.{guard}"].format(count=1) in pages["report"]
    for name in ("result", "overview"):
        assert JA[f"incidents.guard.{guard}"] in pages[name]


async def test_sender_who_does_not_know_is_not_told_that_nobody_was_told(case: Case) -> None:
    """I do not remember whom I telephoned: the mail's page says that, and not that it is safe."""
    await case.reported(told="unknown")

    assert JA["queue.page.password.told.to_sender.reported.unknown"] in (await case.pages())["mail"]


async def test_sender_answers_for_their_own_mail_alone(case: Case) -> None:
    """A colleague's mail with the same fault became part of it: I know nothing of their telephone calls."""
    await case.reported()
    other = await case.node.sent(B)
    number = case.path.rpartition("/")[2]
    await case.office.parts.store.write(case.office.parts.openings.add(number, [other], OWNER, ""))
    own = say_key(case.office.parts.incidents, number, OWNER, KeyTold.NO, [case.queue_id])
    await case.office.parts.store.write(own)
    entries = await case.office.parts.store.read(lambda reader: case.office.parts.incidents.entries(reader, number))
    facts = [await case.desk.fact(one) for one in (case.queue_id, other)]

    assert [other] == [one.queue_id for one in scope_of(facts, entries).readable]


async def test_password_stopped_in_time_is_what_the_reports_say_was_done(
    web_office: WebOffice, make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """The mail is there and its password was stopped in time: the reports say that, and when it was destroyed."""
    case = Case(web_office, make_protecting(hop.port, Channel.SEPARATE_MAIL), clock)
    await case.reported()
    pages = await case.pages()
    async with await web_office.signed_in(CISO, TWO) as client:
        internal = "\n".join(
            fields_of(await Desk(client, case.path.rpartition("/")[2]).open("internal_report")).values()
        )

    assert JA["draft.other.sealed"].format(count=1) in pages["report"]
    assert JA["draft.stopped.passwords"].format(count=1) in internal
    for report in (internal, pages["report"]):
        assert JA["draft.other.destroyed"].partition("{at}")[2] in report


async def test_officer_who_opens_it_by_hand_is_asked_for_the_password_too(case: Case) -> None:
    """A sender telephoned me and I report it for them: the form asks me as the sender's page would have."""
    await name_people(case.office)
    case.queue_id = await case.node.sent(A)
    plain = await case.node.accept(B)
    form = {"kind": "misdirected", "mails": f"{case.queue_id} {plain}", "note": "x" * 10_001, "told": "no"}
    async with await case.office.signed_in(SENDER) as client:
        own = await client.get("/incidents/open")
    async with await case.office.signed_in(CISO, TWO) as client:
        page = words_of(await client.get("/incidents/open"))
        again = await client.post("/incidents/open", data=form)
        opened = await client.post("/incidents/open", data={**form, "note": "電話で聞いた"})
        case.path = opened.headers["location"]
    scope, _ = await case.known()
    overview = (await case.pages())["overview"]

    assert JA["incidents.key.ask"] in page
    assert JA["incidents.key.ask"] not in words_of(own)
    assert (422, 303) == (again.status_code, opened.status_code)
    assert 'value="no" checked' in again.text
    assert ((), "sealed") == (scope.readable, scope.leaked_to[0].guard)
    # Of a mail that never left nobody was asked.
    assert 1 == overview.count(JA["incidents.entry.key_told.no"])


async def test_silence_about_the_password_counts_as_the_worse_and_can_be_mended(case: Case) -> None:
    """I did not answer: nobody calls it safe, the question stays open for me and the officers, and my answer counts."""
    await case.reported()
    scope, triage = await case.known()
    pages = await case.pages()
    async with await case.office.signed_in(SENDER) as client:
        empty = await client.post(f"{case.path}/key", data={})
        said = await client.post(f"{case.path}/key", data={"told": "no"})
    after, _ = await case.known()
    async with await case.office.signed_in(CISO, TWO) as client:
        without = await client.post(f"{case.path}/key", data={"told": "yes"})
        corrected = await client.post(f"{case.path}/key", data={"told": "yes", "key_note": "先方に電話で確かめた"})
        overview = words_of(await client.get(case.path))
        stranger = await (await case.office.signed_in(A)).post(f"{case.path}/key", data={"told": "no"})
    async with await case.office.signed_in(SENDER) as client:
        back = await client.post(f"{case.path}/key", data={"told": "no"})
    last, _ = await case.known()

    assert (1, True) == (len(scope.readable), triage.of(Question.PROTECTED).is_open)
    for name in ("result", "overview"):
        assert JA["incidents.key.ask"] in pages[name]
    assert JA["queue.page.password.told.to_sender.reported"] in pages["mail"]
    assert JA["incidents.guard.with_sender"] in pages["result"]
    assert JA["incidents.scope.readable.perhaps"].format(count=1) in pages["scope"]
    assert JA["draft.other.with_sender"].format(count=1) in pages["report"]
    answered = (empty, said, without, corrected, stranger, back)
    # An officer gives the reason, and no sender takes an officer's word back.
    assert (422, 303, 422, 303, 404, 403) == tuple(one.status_code for one in answered)
    assert JA["incidents.guard.told"] in overview
    assert JA["incidents.guard.with_sender"] not in overview
    assert JA["incidents.key.mistake"] in empty.text
    assert ((), 1) == (after.readable, len(last.readable))
