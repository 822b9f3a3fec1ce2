"""The pages about rules: read as sentences, changed only after a trial, gone back from, with named exceptions."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import httpx2
import pytest

from mailguard.accounts.factors import Factor
from mailguard.accounts.people_administration import grant_role
from mailguard.hold import cancel, release
from mailguard.i18n import CATALOGUES
from mailguard.judging import policy_changes
from mailguard.judging.drafts import Draft, Drafts
from mailguard.judging.dry_run import DryRuns, DryRunState
from mailguard.judging.rule_record import rules_record
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.people import Role
from mailguard.policy.changes import NO_CHANGES, Changes, RuleChange, RuleState
from mailguard.web import create_app
from tests.conformance.hold_parts import NOWHERE, MakeNode, Node
from tests.conformance.test_policy_changes import WaitingLooks
from tests.conformance.web_office import WebOffice
from tests.fakes.clock import StandingClock

JA = CATALOGUES["ja"]
SETUP = Actor(ActorKind.PERSON, "setup")
KATO, MORI = "kato@office.example.jp", "mori@office.example.jp"
RULE = "outsiders-see-each-other"
FIGURE = f"{RULE}:any.0.visible_groups.least"
LETTER = (
    b"From: tanoue@office.example.jp\r\nTo: ando@one.example.com, baba@two.example.net\r\n"
    b"Subject: Minutes <b>of May</b>\r\n\r\nhello\r\n"
)
PEOPLE = ("ando@one.example.com", "baba@two.example.net")


@pytest.fixture
def node(make_node: MakeNode) -> Node:
    """Where the office's mail is judged."""
    return make_node(NOWHERE)


async def somebody(
    office: WebOffice, role: Role | None, address: str = KATO, department: str = ""
) -> httpx2.AsyncClient:
    """The browser of somebody with a role, signed in with two factors."""
    if role is not None:
        await office.parts.store.write(grant_role(office.settings.office, address, role, department, SETUP))
    return await office.signed_in(address, (Factor.MAILBOX, Factor.TOTP))


def fields_of(page: str) -> dict[str, str]:
    """Everything the form of the rules would send, as a browser reads it."""
    form = page[page.index('id="rules"') :]
    found = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', form)
    }
    for name, body in re.findall(r'<select id="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body)
        assert chosen is not None
        found[unescape(name)] = chosen[1]
    return found


async def fill_in(client: httpx2.AsyncClient, **figures: str) -> httpx2.Response:
    """What a person does: opens the page, changes fields, presses the button."""
    fields = fields_of((await client.get("/rules")).text)
    return await client.post(
        "/rules", data=fields | {name.replace("__", ":"): value for name, value in figures.items()}
    )


async def tried(office: WebOffice, client: httpx2.AsyncClient, figure: str = "2") -> str:
    """The page of the trial of one figure, once it ended."""
    answer = await client.post("/rules", data=fields_of((await client.get("/rules")).text) | {FIGURE: figure})
    assert (303, "/rules/trial") == (answer.status_code, answer.headers["location"])
    await office.dry_runs.wait()
    return (await client.get("/rules/trial")).text


async def test_rules_page_has_every_rule_as_a_sentence_with_what_became_of_its_mail(
    web_office: WebOffice, node: Node
) -> None:
    """Whoever may see the rules reads each in words, with its state, why it is there and what it did lately."""
    sato = Actor(ActorKind.PERSON, "sato")
    first = await node.held()
    second = await node.held()
    await node.store.write(release(node.spool, first, sato, ""))
    await node.store.write(cancel(node.spool, second, sato, ""))
    async with await somebody(web_office, Role.SECURITY_OFFICER) as client:
        page = (await client.get("/rules")).text
    rules = web_office.policy.rules.rules

    assert [] == [rule.id for rule in rules if f'id="rule-{rule.id}"' not in page]
    assert JA["rules.page.state.active"] in page
    assert JA["rules.page.record"].format(stopped=2) in page
    assert JA["rules.page.record.as_is"].format(count=1) in page
    assert JA["rules.page.record.cancelled"].format(count=1) in page
    assert f'name="{FIGURE}" value="5"' in page


async def test_record_of_rules_tells_who_decided_and_forgets_what_is_older(node: Node, clock: StandingClock) -> None:
    """A rule is measured by what people did with the mail it stopped, in the time that is asked for."""
    held = await node.held()
    early = await node.store.read(lambda reader: rules_record(reader, clock.now() - timedelta(days=30)))
    clock.advance(400)
    await node.look()
    after = await node.store.read(lambda reader: rules_record(reader, clock.now() - timedelta(days=30)))
    clock.advance(31 * 86400)
    late = await node.store.read(lambda reader: rules_record(reader, clock.now() - timedelta(days=30)))
    (rule,) = (await node.recipient(held)).verdict.reasons  # type: ignore[union-attr]  # it was judged

    assert (1, 0) == (early.of(rule).stopped, early.of(rule).by_time)
    assert (1, 1) == (after.of(rule).stopped, after.of(rule).by_time)
    assert {} == late.rules


async def test_staff_sees_no_rules_and_department_officer_changes_none(web_office: WebOffice) -> None:
    """Who may not see the rules is told nothing of them; who may only see them has no form."""
    async with await somebody(web_office, None) as staff:
        hidden = [(await staff.get(path)).status_code for path in ("/rules", "/rules/history", "/rules/exceptions")]
        home = (await staff.get("/mails")).text
    async with await somebody(web_office, Role.DEPARTMENT_OFFICER, MORI, "sales") as officer:
        page = await officer.get("/rules")
        refused = [
            (await officer.post(path, data={"note": "x", "seen": "0"})).status_code
            for path in ("/rules", "/rules/trial", "/rules/trial/save", "/rules/trial/end", "/rules/discard",
                         "/rules/tidy", "/rules/history/0/revert", "/rules/exceptions", "/rules/exceptions/end")
        ]  # fmt: skip

    assert [404, 404, 404] == hidden
    assert 'href="/rules"' not in home
    assert 200 == page.status_code
    assert FIGURE not in page.text
    assert {404} == set(refused)
    assert 0 == await web_office.parts.store.read(policy_changes.newest_number)


async def test_changed_figure_is_tried_then_saved_and_counts_at_once(web_office: WebOffice, node: Node) -> None:
    """The office sees what a figure would have done to its mail, saves it with a reason, and the next mail obeys."""
    for _ in range(3):
        await node.held(*PEOPLE, wire=LETTER)
    before = web_office.policy.rules.version
    async with await somebody(web_office, Role.ADMINISTRATOR) as client:
        page = await tried(web_office, client)
        unsaved = (await client.get("/rules")).text
        nameless = await client.post("/rules/trial/save", data={"note": " "})
        still = web_office.policy.rules.version
        answer = await client.post("/rules/trial/save", data={"note": "五社は多すぎる"})
        after = (await client.get(answer.headers["location"])).text
        history = (await client.get("/rules/history")).text
    saved = await web_office.parts.store.read(policy_changes.newest)

    assert JA["rules.page.result.looked"].format(mails=3) in page
    assert JA["rules.page.outcome.hold.sender"] in page
    assert "Minutes &lt;b&gt;of May&lt;/b&gt;" in page
    assert "<b>of May" not in page
    assert f'name="{FIGURE}" value="2"' in unsaved
    assert JA["rules.page.draft"].format(count=1) in unescape(unsaved)
    assert 422 == nameless.status_code
    assert JA["rules.page.note.missing"].format(most=500) in nameless.text
    assert before == still
    assert (303, "/rules") == (answer.status_code, answer.headers["location"])
    assert JA["rules.page.saved"].format(number=1) in after
    assert saved is not None
    assert (KATO, "五社は多すぎる") == (saved.author, saved.note)
    assert Changes({RULE: RuleChange(figures={"any.0.visible_groups.least": "2"})}) == saved.changes
    assert 1 == web_office.policy.in_force.number
    assert before != web_office.policy.rules.version
    assert "五社は多すぎる" in history


async def test_changed_deadline_is_shown_with_what_would_happen_then(web_office: WebOffice, node: Node) -> None:
    """Whoever has mail cancelled instead of sent at the end of its time sees which, how many, and how long it waits."""
    await node.held(*PEOPLE, wire=LETTER)
    async with await somebody(web_office, Role.ADMINISTRATOR) as client:
        await tried(web_office, client)
        await client.post("/rules/trial/save", data={"note": "fewer"})
        ends = {f"{RULE}__wait.amount": "3", f"{RULE}__wait.unit": "hour", f"{RULE}__at_end": "discard"}
        await fill_in(client, **ends)
        await web_office.dry_runs.wait()
        page = (await client.get("/rules/trial")).text

    assert JA["rules.page.result.same"] not in page
    assert JA["rules.page.result.differing"].format(count=1, before=1, after=1) in page
    assert JA["rules.page.end.discard"].format(length="3時間") in page
    assert JA["rules.page.ends.discard"] in page


async def test_change_that_was_not_tried_is_not_saved(web_office: WebOffice, node: Node) -> None:
    """No trial, an ended one, or one of other figures: nothing is saved, and the page says what to do."""
    await node.held(*PEOPLE, wire=LETTER)
    async with await somebody(web_office, Role.ADMINISTRATOR) as client:
        nothing = await client.post("/rules/trial/save", data={"note": "x"})
        await fill_in(client, **{f"{RULE}__state": "off"})
        web_office.parts.drafts.end_run()
        await web_office.dry_runs.wait()
        ended = await client.post("/rules/trial/save", data={"note": "x"})
        await tried(web_office, client)
        draft = web_office.parts.drafts.of(KATO)
        assert draft is not None
        answer = await fill_in(client, **{f"{RULE}__state": "observed"})
        web_office.parts.drafts.end_run()
        await web_office.dry_runs.wait()
        other = await client.post("/rules/trial/save", data={"note": "x"})

    assert "/rules" == nothing.headers["location"]
    assert "/rules/trial" == answer.headers["location"]
    assert [422, 422] == [ended.status_code, other.status_code]
    assert JA["rules.page.untried"] in ended.text
    assert 0 == await web_office.parts.store.read(policy_changes.newest_number)


async def test_office_without_mail_may_save_after_an_empty_trial(web_office: WebOffice) -> None:
    """On the first day there is nothing to try on; the page says so and lets the change be saved."""
    async with await somebody(web_office, Role.ADMINISTRATOR) as client:
        page = await tried(web_office, client)
        await client.post("/rules/trial/save", data={"note": "first day"})

    assert JA["rules.page.result.no_mail"] in page
    assert 1 == web_office.policy.in_force.number


async def test_wrong_figures_are_told_beside_their_fields_and_kept(web_office: WebOffice) -> None:
    """A slip in a figure loses nothing: the page comes back with what was typed, and says what is wrong."""
    async with await somebody(web_office, Role.ADMINISTRATOR) as client:
        answer = await fill_in(client, **{FIGURE.replace(":", "__"): "many"})
        same = await fill_in(client)
        unknown = await client.post("/rules", data={"seen": "0", "no-such-rule:state": "off"})
        future = await client.post("/rules", data={"seen": "99", FIGURE: "2"})

    assert [422, 422, 422, 404] == [one.status_code for one in (answer, same, unknown, future)]
    assert f'href="#{FIGURE}"' in answer.text
    assert f'name="{FIGURE}" value="many"' in answer.text
    assert JA["rule.error.number"] in answer.text
    assert JA["rules.page.nothing"] in same.text
    assert JA["rule.error.unknown"] in unknown.text


async def test_two_people_change_at_once_and_the_second_sees_both(web_office: WebOffice, node: Node) -> None:
    """Whoever comes second is told who was first, sees both changes, tries the sum out, and overwrites nothing else."""
    await node.held(*PEOPLE, wire=LETTER)
    async with (
        await somebody(web_office, Role.ADMINISTRATOR) as kato,
        await somebody(web_office, Role.SECURITY_OFFICER, MORI) as mori,
    ):
        await tried(web_office, kato)
        await fill_in(mori, **{"known-elsewhere__state": "off"})
        await web_office.dry_runs.wait()
        await mori.post("/rules/trial/save", data={"note": "too many"})
        shown = (await kato.get("/rules/trial")).text
        refused = await kato.post("/rules/trial/save", data={"note": "fewer"})
        await kato.post("/rules/trial")
        await web_office.dry_runs.wait()
        await kato.post("/rules/trial/save", data={"note": "fewer"})
    newest = await web_office.parts.store.read(policy_changes.newest)

    assert JA["rules.page.overtaken"] in shown
    assert "too many" in shown
    assert JA["rules.page.trial.none"] in shown
    assert 422 == refused.status_code
    assert newest is not None
    assert (2, {RULE, "known-elsewhere"}) == (newest.number, set(newest.changes.rules))
    assert RuleState.OFF is newest.changes.of("known-elsewhere").state


async def test_trial_of_somebody_else_is_shown_and_can_be_ended(
    web_office: WebOffice, node: Node, clock: StandingClock
) -> None:
    """One trial at a time: the second person sees whose it is, keeps what they filled in, and may end it."""
    await node.held(*PEOPLE, wire=LETTER)
    looks = WaitingLooks()
    runs = DryRuns(node.spool, looks, clock)
    drafts = Drafts(web_office.policy, runs)
    drafts.keep(KATO, Draft({RULE: RuleChange(RuleState.OFF)}, 0))
    drafts.keep(MORI, Draft({RULE: RuleChange(RuleState.OBSERVED)}, 0))
    begun = drafts.try_out(KATO)
    await looks.began.wait()
    second = drafts.try_out(MORI)
    other, own = drafts.other_run(MORI), drafts.trial(KATO)
    web_office.parts = replace(web_office.parts, drafts=drafts)
    web_office.app = create_app(web_office.parts)
    async with await somebody(web_office, Role.SECURITY_OFFICER, MORI) as mori:
        page = (await mori.get("/rules/trial")).text
        part = (await mori.get("/rules/trial", headers={"hx-request": "true"})).text
        await mori.post("/rules/trial/end")
        await runs.wait()
        looks.may.set()
        await mori.post("/rules/trial")
        await runs.wait()
        after = (await mori.get("/rules/trial")).text

    assert (True, False) == (begun, second)
    assert other is own is not None
    assert JA["rules.page.trial.other.what"].format(name=KATO) in page
    assert 'hx-trigger="every 2s"' in part
    assert "<html" not in part
    assert JA["rules.page.result"] in after
    assert DryRunState.CANCELLED is own.state


async def test_draft_can_be_given_up(web_office: WebOffice) -> None:
    """Giving up leaves the rules as they are saved, and nothing waits any more."""
    async with await somebody(web_office, Role.ADMINISTRATOR) as client:
        await tried(web_office, client)
        await client.post("/rules/discard")
        page = (await client.get("/rules")).text
        gone = await client.get("/rules/trial")

    assert f'name="{FIGURE}" value="5"' in page
    assert "/rules" == gone.headers["location"]


async def test_going_back_is_one_step_with_a_reason(web_office: WebOffice) -> None:
    """What was saved is undone at once, on record, and an older page that does not know the newest undoes nothing."""
    async with await somebody(web_office, Role.ADMINISTRATOR) as client:
        await tried(web_office, client)
        await client.post("/rules/trial/save", data={"note": "fewer"})
        nameless = await client.post("/rules/history/0/revert", data={"seen": "1", "note": ""})
        late = await client.post("/rules/history/0/revert", data={"seen": "0", "note": "x"})
        kept = web_office.policy.in_force.number
        unknown = await client.post("/rules/history/7/revert", data={"seen": "1", "note": "x"})
        await client.post("/rules/history/0/revert", data={"seen": "1", "note": "again as before"})
        page = (await client.get("/rules/history")).text

    assert (422, 303, 404) == (nameless.status_code, late.status_code, unknown.status_code)
    assert 'href="#note-0"' in nameless.text
    assert 1 == kept
    assert (2, NO_CHANGES) == (web_office.policy.in_force.number, web_office.policy.in_force.changes)
    assert JA["rules.page.change.reverts_files"] in page
    assert "again as before" in page


async def test_exception_is_added_with_its_last_day_and_ended(web_office: WebOffice, clock: StandingClock) -> None:
    """An exception has a name, people, a reason and an end; it counts at once, and is ended with a click."""
    day = clock.now().date()
    typed = {
        "name": "役員<連絡>", "rule": RULE, "senders": "soumu@office.example.jp", "recipients": "@one.example.com",
        "until": (day + timedelta(days=20)).isoformat(), "why": "お互いに知り合い",
    }  # fmt: skip
    async with await somebody(web_office, Role.ADMINISTRATOR) as client:
        far = await client.post("/rules/exceptions", data=typed | {"until": (day + timedelta(days=500)).isoformat()})
        everybody = await client.post("/rules/exceptions", data=typed | {"senders": "", "recipients": ""})
        added = await client.post("/rules/exceptions", data=typed)
        page = (await client.get("/rules/exceptions")).text
        names = [one.name for one in web_office.policy.rules.directory.exemptions]
        twice = await client.post("/rules/exceptions", data=typed)
    clock.advance(25 * 86400)
    async with await somebody(web_office, None) as client:
        over = (await client.get("/rules/exceptions")).text
        await client.post("/rules/exceptions/end", data={"name": typed["name"]})
        again = await client.post("/rules/exceptions/end", data={"name": typed["name"]})

    assert [422, 422, 422] == [far.status_code, everybody.status_code, twice.status_code]
    assert 'href="#until"' in far.text
    assert "役員&lt;連絡&gt;" in far.text
    assert 303 == added.status_code
    assert JA["rules.exceptions.ending"] in page
    assert "役員&lt;連絡&gt;" in page
    assert typed["name"] in names
    assert JA["rules.exceptions.over"].format(count=1) in over
    assert 303 == again.status_code
    assert (2, ()) == (web_office.policy.in_force.number, web_office.policy.in_force.changes.exceptions)


async def test_change_that_fits_no_file_any_more_is_named_and_removed(web_office: WebOffice) -> None:
    """After an update of the files the page says which change has no effect, and one click removes it."""
    gone = Changes({"no-such-rule": RuleChange(RuleState.OFF), RULE: RuleChange(figures={"any.9.x.least": "2"})})
    await web_office.parts.store.write(policy_changes.SaveChange(gone, SETUP, "x", 0))
    await web_office.parts.reload_policy()
    async with await somebody(web_office, Role.ADMINISTRATOR) as client:
        page = (await client.get("/rules")).text
        await client.post("/rules/tidy")
        after = (await client.get("/rules")).text

    assert JA["rules.page.misfits"] in page
    assert "no-such-rule" in page
    assert JA["rules.page.misfits"] not in after
    assert NO_CHANGES == web_office.policy.in_force.changes


async def test_history_goes_on_over_several_pages(web_office: WebOffice) -> None:
    """Everything that was ever changed can be read, some at a time."""
    for number in range(23):
        state = RuleState.OFF if number % 2 else RuleState.OBSERVED
        change = policy_changes.SaveChange(Changes({RULE: RuleChange(state)}), SETUP, f"note {number}.", number)
        await web_office.parts.store.write(change)
    await web_office.parts.reload_policy()
    async with await somebody(web_office, Role.ADMINISTRATOR) as client:
        first = (await client.get("/rules/history")).text
        second = (await client.get("/rules/history?before=4")).text

    assert "note 22." in first
    assert "note 2." not in first
    assert '/rules/history?before=4"' in first
    assert ["note 2.", "note 1.", "note 0."] == re.findall(r"note \d+\.", second)


async def test_pages_about_rules_read_in_english(web_office: WebOffice) -> None:
    """Every text of the pages is there in English too."""
    async with await somebody(web_office, Role.ADMINISTRATOR) as client:
        client.headers["accept-language"] = "en"
        await tried(web_office, client)
        pages = [
            (await client.get(path)).text for path in ("/rules", "/rules/trial", "/rules/history", "/rules/exceptions")
        ]

    texts = [re.sub(r"日本語|見本互助会", "", re.sub(r"<[^>]+>", "", page)) for page in pages]
    assert [] == [found for text in texts for found in re.findall(r"[\u3040-\u30ff\u4e00-\u9fff]+", text)][:5]
