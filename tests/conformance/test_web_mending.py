"""Changing a mail and releasing a dangerous one, on pages and both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailguard.hold.answering import Answers, NotAnswered, when_answered
from mailguard.i18n import text
from mailguard.model.audit import AuditAction
from mailguard.model.queue import State
from tests.conformance.hold_parts import SATO, SENDER, A, B, MakeNode
from tests.conformance.mail_pages import MailPages, make_pages, words_of
from tests.conformance.test_mending import PART, mail
from tests.conformance.web_office import WebOffice
from tests.fakes.next_hop import ScriptedNextHop

RIGHT, WRONG = "sato@gmail.com", "sato@gmial.com"
SECRET = mail(A, parts=PART)
"""Holds a list of persons, which the shipped rules stop for the sender."""


@pytest.fixture
def pages(web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop) -> MailPages:
    """An office with its pages and its workers."""
    return make_pages(web_office, make_node, hop.port)


# -- a dangerous release


async def test_lookalike_is_corrected_by_choosing_the_right_address(pages: MailPages, hop: ScriptedNextHop) -> None:
    """I typed gmial.com: choosing what I meant offers to correct it, and only the right person gets the mail."""
    queue_id = await pages.node.held(WRONG, wire=mail(WRONG))
    client, path = await pages.owner(), f"/mails/{queue_id}"
    shown = await client.get(path)
    unanswered = await pages.post(client, f"{path}/send", of=queue_id)
    other = await pages.post(client, f"{path}/send", of=queue_id, **{"choice-0": RIGHT})
    still = await pages.node.states(queue_id)
    fix = {"mending": "correct", "at": "0", "address": RIGHT}
    changed = await pages.post(client, f"{path}/fix", **fix)
    after = await client.get(path)
    sent = await pages.post(client, f"{path}/send", of=queue_id, organisation="sato")
    await pages.node.look()

    assert f'value="{RIGHT}"' in shown.text
    assert f'value="{WRONG}"' in shown.text
    assert (422, 422) == (unanswered.status_code, other.status_code)
    assert 'href="#choice-0"' in unanswered.text
    assert f"{RIGHT} に直す" in words_of(other)
    assert [State.HELD] == still
    assert "直しました" in words_of(changed)
    assert "どちらのアドレスですか" not in words_of(after)
    assert 200 == sent.status_code
    assert [[RIGHT]] == [list(one.addresses) for one in hop.mails if SENDER not in one.addresses]


async def test_lookalike_that_is_right_is_sent(pages: MailPages, hop: ScriptedNextHop) -> None:
    """Where the unusual address is the right one, I say so, and it goes there."""
    queue_id = await pages.node.held(WRONG, wire=mail(WRONG))
    client = await pages.owner()
    answer = await pages.post(client, f"/mails/{queue_id}/send", of=queue_id, **{"choice-0": WRONG})
    await pages.node.look()

    assert 200 == answer.status_code
    assert [State.DELIVERED] == await pages.node.states(queue_id)


async def test_personal_data_is_sent_by_naming_whom_it_is_for(pages: MailPages) -> None:
    """I see what a mistake would mean, and type whom I mean; a wrong answer does not tell me the right one."""
    queue_id = await pages.node.held(A, wire=SECRET)
    client, path = await pages.owner(), f"/mails/{queue_id}"
    shown = await client.get(path)
    wrong = await pages.post(client, f"{path}/send", of=queue_id, organisation="another.example.org")
    held = await pages.node.states(queue_id)
    right = await pages.post(client, f"{path}/send", of=queue_id, organisation="CUSTOMER.example.com")

    words = words_of(shown)
    assert "もし宛先をまちがえていたら" in words
    assert "法律上の助言ではありません" in words
    assert 422 == wrong.status_code
    assert 'href="#organisation-0"' in wrong.text
    assert "customer.example.com を" not in words_of(wrong)
    assert [State.HELD] == held
    assert 200 == right.status_code
    assert State.HELD not in await pages.node.states(queue_id)


async def test_mail_that_asks_is_sent_at_a_time_as_well(pages: MailPages) -> None:
    """I answer and choose when: the page offers both, keeps the time beside a wrong answer, and waits."""
    queue_id = await pages.node.held(A, wire=SECRET)
    client, path = await pages.owner(), f"/mails/{queue_id}"
    shown = await client.get(path)
    day = (pages.node.clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    asked = {"when": "later", "at": day}
    wrong = await pages.post(client, f"{path}/send", of=queue_id, organisation="another.example.org", **asked)
    right = await pages.post(client, f"{path}/send", of=queue_id, organisation="customer.example.com", **asked)

    assert 'name="when" value="later"' in shown.text
    assert f'value="{day}"' in wrong.text
    assert text("ja", "queue.page.done.scheduled", count=1) in words_of(right)
    assert [State.HELD] == await pages.node.states(queue_id)


async def test_routine_mail_asks_nothing(pages: MailPages) -> None:
    """An everyday mail is sent with one click."""
    queue_id = await pages.node.held(A)
    client = await pages.owner()
    shown = await client.get(f"/mails/{queue_id}")
    await pages.post(client, f"/mails/{queue_id}/send", of=queue_id)

    assert "まちがえていたら" not in words_of(shown)
    assert [State.CLEARED] == await pages.node.states(queue_id)


async def test_answers_are_asked_for_within_the_release(pages: MailPages) -> None:
    """No way around: the work itself refuses without an answer, whoever makes it."""
    queue_id = await pages.node.held(A, wire=SECRET)
    found = await pages.node.mail(queue_id)

    def ran(_transaction: object) -> bool:
        return True

    async def tried(*typed: str) -> bool:
        work = when_answered(
            ran, pages.node.spool, queue_id, 1, found.recipients, Answers(typed=typed), SATO,
            pages.node.policy.rules.directory.is_outside, pages.node.policy.rules.directory.people_group,
        )  # fmt: skip
        return await pages.node.store.write(work)

    with pytest.raises(NotAnswered):
        await tried()
    with pytest.raises(NotAnswered):
        await tried("else")
    assert await tried("customer")


async def test_page_of_yesterday_releases_nothing(pages: MailPages) -> None:
    """Somebody changed the mail since I looked: I am told so, and look again."""
    queue_id = await pages.node.held(A, B)
    client, path = await pages.owner(), f"/mails/{queue_id}"
    before = str(await pages.judgement(queue_id))
    await pages.post(client, f"{path}/fix", mending="remove", at="1")
    answer = await pages.post(client, f"{path}/send", judgement=before)

    assert "先に" in words_of(answer) or "変わ" in words_of(answer)
    assert [State.HELD, State.CANCELLED] == await pages.node.states(queue_id)


# -- the form for changing


async def test_preview_shows_the_change_and_makes_none(pages: MailPages) -> None:
    """I see what would be different before anything is; then the same edit is made."""
    queue_id = await pages.node.held(A, B, wire=mail(A, B, parts=PART))
    client, path = await pages.owner(), f"/mails/{queue_id}/mend"
    form = await client.get(path)
    seen = (await pages.node.mail(queue_id)).submission.content_id
    fields: dict[str, str | list[str]] = {"seen": seen, "subject": "y", "remove": "1", "drop": "1"}
    preview = await pages.post(client, path, of="", do="preview", **fields)
    before = await pages.node.record(queue_id, AuditAction.CHANGED)
    done = await pages.post(client, path, of="", do="apply", **fields)

    assert f'value="{seen}"' in form.text
    assert "meibo.csv" in form.text
    words = words_of(preview)
    assert "宛先から外す" in words
    assert "解消したこと" in words
    assert [] == before
    assert "直しました" in words_of(done)
    assert "解消したこと" in words_of(done)
    (changed,) = await pages.node.record(queue_id, AuditAction.CHANGED)
    assert ([1], 1, True) == tuple(changed.details[name] for name in ("removed", "files", "subject"))
    assert SENDER == changed.actor.name


MISTAKES = [
    pytest.param({"address-1": "nobody"}, "address-1", "メールアドレスの形", id="no address"),
    pytest.param({"subject": "x" * 501}, "subject", "500文字まで", id="long subject"),
    pytest.param({"remove": ["0", "1"]}, "recipients", "宛先がなくなります", id="nobody left"),
    pytest.param({"remove": "1", "address-1": "c@example.com"}, "recipients", "二つの変更", id="both"),
    pytest.param({"drop": "0"}, "files", "外せません", id="no file"),
    pytest.param({}, "", "変更するところがありません", id="nothing"),
]


@pytest.mark.parametrize(("fields", "field", "words"), MISTAKES)
async def test_form_that_cannot_be_done_says_where_and_why(
    pages: MailPages, fields: dict[str, str | list[str]], field: str, words: str
) -> None:
    """The form comes back as I filled it in, with the reason at the field."""
    queue_id = await pages.node.held(A, B, wire=mail(A, B, parts=PART))
    client = await pages.owner()
    seen = (await pages.node.mail(queue_id)).submission.content_id
    answer = await pages.post(client, f"/mails/{queue_id}/mend", of="", **{"seen": seen, "subject": "x", **fields})

    assert 422 == answer.status_code
    assert words in words_of(answer)
    assert not field or f'href="#{field}"' in answer.text
    assert not field or f'id="{field}"' in answer.text
    assert [] == await pages.node.record(queue_id, AuditAction.CHANGED)


async def test_mail_that_moved_on_is_not_changed(pages: MailPages) -> None:
    """The mail went while I filled in the form: nothing is changed, and I read how it stands."""
    queue_id = await pages.node.held(A, B)
    client, path = await pages.owner(), f"/mails/{queue_id}/mend"
    await pages.post(client, f"/mails/{queue_id}/send", of=queue_id)
    opened = await client.get(path)
    answer = await pages.post(client, path, remove="1", do="apply")

    assert 303 == opened.status_code
    assert "状態が変わった" in words_of(answer)


async def test_other_peoples_mail_cannot_be_changed(pages: MailPages) -> None:
    """A mail that is not mine is not there for me, whatever I send."""
    queue_id = await pages.node.held(A, B)
    stranger = await pages.office.signed_in("kato@office.example.jp")
    answers = [
        await stranger.get(f"/mails/{queue_id}/mend"),
        await stranger.post(f"/mails/{queue_id}/mend", data={"remove": "1", "do": "apply"}),
        await stranger.get(f"/mails/{queue_id}/changed/2"),
        await stranger.post(f"/mails/{queue_id}/approval", data={"said": "yes", "judgement": "1"}),
    ]

    assert [404] * 4 == [one.status_code for one in answers]
