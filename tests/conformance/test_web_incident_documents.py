"""Documents of an incident and the confirmation of deletion, from the draft to the last answer. On both databases.

The case is a published one, with invented people: 54 outsiders in Cc of one mail, noticed after 51 hours.
"""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import httpx2
import pypdfium2
import pytest

from mailguard import hold
from mailguard.accounts.factors import Factor
from mailguard.config import IncidentSettings
from mailguard.i18n import CATALOGUES
from mailguard.incidents.answers import Answer, Answers, answers_of
from mailguard.incidents.deletion import token_in
from mailguard.mime.message import unstuffed
from mailguard.model.audit import AuditAction
from mailguard.model.documents import BLANK, DocumentKind
from mailguard.model.envelope import ForwardPath
from mailguard.model.incident import Entry, EntryKind
from mailguard.model.queue import QueueId
from mailguard.spool import Spool
from mailguard.store import Store
from mailguard.workers.answer_desk import AnswerDesk
from tests.conformance.hold_parts import SATO, SENDER, MakeNode, Node
from tests.conformance.mail_pages import words_of
from tests.conformance.test_web_incidents import CISO, HEAD, TWO, name_people, reported
from tests.conformance.web_office import URL, WebOffice, web_settings
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop

JA = CATALOGUES["ja"]
PARENTS = [f"parent{number:02}@mail{number % 9}.example.com" for number in range(54)]
ANSWERS_AT = "mailguard-answer@office.example.jp"


@pytest.fixture
async def web_office(store: Store, spool: Spool, clock: StandingClock) -> AsyncIterator[WebOffice]:
    """The pages of an office to which answers come by mail too."""
    incidents = IncidentSettings(answer_address=ANSWERS_AT, contact="総務課 03-0000-0000")
    made = WebOffice(store, spool, clock, web_settings(incidents=incidents))
    yield made
    made.close()


@pytest.fixture
async def node(web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop) -> Node:
    """A node beside the pages, and people with roles."""
    await name_people(web_office)
    made: Node = make_node(hop.port)
    return made


FEW = 8
"""Enough where their number is not what matters."""


async def sent_to_parents(node: Node, clock: StandingClock, parents: int = FEW) -> QueueId:
    """The mail was sent 51 hours ago, with all of them in Cc."""
    listed = ",\r\n ".join(PARENTS[:parents])
    wire = f"From: {SENDER}\r\nTo: {SENDER}\r\nCc: {listed}\r\nSubject: meeting\r\n\r\nSee you on Monday.\r\n".encode()
    queue_id = await node.held(*PARENTS[:parents], wire=wire)
    wish = hold.Wish(recipients=hold.Recipients.AS_THEY_ARE)
    await node.store.write(hold.release(node.spool, queue_id, SATO, "members know each other", wish=wish))
    await node.look()
    clock.advance(timedelta(hours=51).total_seconds())
    return queue_id


async def known_after(office: WebOffice, node: Node, clock: StandingClock, parents: int = FEW) -> str:
    """51 hours after the mail was sent its sender says it was a mistake; the incident's number."""
    return await reported(office, await sent_to_parents(node, clock, parents))


class Desk:
    """An officer at the documents of one incident."""

    def __init__(self, client: httpx2.AsyncClient, incident_id: str) -> None:
        self.client = client
        self.path = f"/incidents/{incident_id}/documents"

    async def open(self, kind: str) -> httpx2.Response:
        """The document on the screen."""
        leads = await self.client.post(f"{self.path}/{kind}/open")
        assert 303 == leads.status_code, leads.text
        return await self.client.get(leads.headers["location"])

    async def send(self, kind: str, **fields: str) -> httpx2.Response:
        """What the form of a document sends, with what stands in it."""
        page = await self.open(kind)
        return await self.client.post(f"{self.path}/{kind}", data={**fields_of(page), **fields})

    async def release(self, kind: str, to: list[str], version: str = "1", sent: str | None = None) -> httpx2.Response:
        """Sign and send. ``sent``: how often it was by a page that was opened before; None: by one opened now."""
        sent = sent_by(await self.open(kind)) if sent is None else sent
        data: dict[str, str | list[str]] = {"version": version, "confirmed": "yes", "to": to, "sent": sent}
        return await self.client.post(f"{self.path}/{kind}/release", data=data)


def fields_of(page: httpx2.Response) -> dict[str, str]:
    """What stands in the text fields of a document's form."""
    found = dict(re.findall(r'<textarea id="[^"]+" name="([^"]+)"[^>]*>([^<]*)</textarea>', page.text))
    title = re.search(r'name="title" value="([^"]*)"', page.text)
    language = re.search(r'name="language" value="([a-z]+)"', page.text)
    return {**found, "title": title[1] if title else "", "language": language[1] if language else "ja"}


def sent_by(page: httpx2.Response) -> str:
    """How often letters were sent when a page was opened, as its form says."""
    found = re.search(r'name="sent" value="(\d+)"', page.text)
    return found[1] if found else "0"


def ticks_of(page: httpx2.Response, *, ticked: bool = True) -> list[str]:
    """The boxes of whom a letter goes to; those that are ticked."""
    boxes = re.findall(r'name="to" value="([^"]+)"( checked)?', page.text)
    return [value for value, mark in boxes if mark or not ticked]


async def answers(office: WebOffice, incident_id: str) -> Answers:
    """What was answered so far."""
    return answers_of(await timeline(office, incident_id))


async def timeline(office: WebOffice, incident_id: str) -> list[Entry]:
    """Everything that was done."""
    parts = office.parts
    return await parts.store.read(lambda reader: parts.incidents.entries(reader, incident_id))


async def mail_of(node: Node, queue_id: QueueId) -> EmailMessage:
    """A mail as its reader gets it."""
    octets = b"".join([frame async for frame in node.spool.stream_content(queue_id)])
    found = message_from_bytes(unstuffed(octets), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


async def letters(office: WebOffice, node: Node, incident_id: str) -> list[tuple[QueueId, EmailMessage]]:
    """The letters that asked, in the order of recipients."""
    of = (await answers(office, incident_id)).of
    sent = [replies.asked[-1].sent_as for _, replies in sorted(of.items()) if replies.asked]
    return [(one, await mail_of(node, one)) for one in sent if one is not None]


async def test_first_report_is_drafted_from_the_record_and_leaves_as_word_and_pdf(
    web_office: WebOffice, node: Node, clock: StandingClock
) -> None:
    """Of nine items eight stand there without a word typed; the file says the same, in Japanese that can be read."""
    incident_id = await known_after(web_office, node, clock, len(PARENTS))
    async with await web_office.signed_in(CISO, TWO) as client:
        desk = Desk(client, incident_id)
        page = await desk.open("prompt_report")
        files = {ending: await desk.send("prompt_report", act=ending) for ending in ("docx", "pdf", "txt")}
        title = fields_of(page)["title"]
    words = words_of(page)

    assert JA["incidents.documents.filled"].format(of=9, filled=8) in words
    assert BLANK["ja"] not in "".join(fields_of(page).values())
    with zipfile.ZipFile(io.BytesIO(files["docx"].content)) as archive:
        word = re.sub("<[^>]+>", "", archive.read("word/document.xml").decode())
    pdf = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(files["pdf"].content))
    for said in ("約51時間後", "54件", "3. 個人データに係る本人の数", "54人"):
        assert said in word
        assert said in pdf.replace("\r\n", "")
        assert said in files["txt"].content.decode("utf-8-sig")
    # Nobody has released it: what somebody holds in their hand says so, and what is signed later does not.
    draft = JA["incidents.documents.unreleased"].format(title=title)
    assert ("下書き" in title, draft in word, draft in pdf.replace("\r\n", "")) == (False, True, True)
    looks = [one for one in await node.everything() if one.action is AuditAction.INCIDENT_SEEN]
    assert {"documents"} == {one.details["what"] for one in looks}
    assert ["docx", "pdf", "txt"] == [one.details["file"] for one in looks if "file" in one.details]


async def test_version_never_changes_and_its_difference_to_the_draft_is_seen(
    web_office: WebOffice, node: Node, clock: StandingClock
) -> None:
    """What was written stays as it was; who signs signs a version that is the newest and has no blank left."""
    incident_id = await known_after(web_office, node, clock)
    async with await web_office.signed_in(CISO, TWO) as client:
        desk = Desk(client, incident_id)
        await desk.send("final_report", act="save")
        blank = await desk.release("final_report", [])
        filled = {name: words.replace(BLANK["ja"], "確認中に取り違えた") for name, words in fields_of(
            await desk.open("final_report")
        ).items()}  # fmt: skip
        filled = {name: words or "なし" for name, words in filled.items()}
        await client.post(f"{desk.path}/final_report", data={**filled, "act": "save"})
        page = await desk.open("final_report")
        older = await desk.release("final_report", [], version="1")
        signed = await desk.release("final_report", [], version="2")
        shown = words_of(await desk.open("final_report"))
    parts = web_office.parts
    versions = await parts.store.read(lambda reader: parts.documents.versions(reader, incident_id, "final_report"))

    assert (403, 409, 303) == (blank.status_code, older.status_code, signed.status_code)
    assert "<ins>" in page.text
    assert "<del>" in page.text
    assert [None, CISO] == [one.released_by for one in versions]
    assert BLANK["ja"] in "".join(one.text for one in versions[0].body.sections)
    assert versions[1].digest in shown
    released = [one for one in await timeline(web_office, incident_id) if one.details.get("act") == "released"]
    assert [versions[1].digest] == [one.details["sha256"] for one in released]


async def test_request_reaches_each_wrong_recipient_alone_and_reads_as_a_letter(
    web_office: WebOffice, node: Node, clock: StandingClock
) -> None:
    """One letter each; in each the mail, what is asked, a link and numbers to answer with, and whom to call."""
    incident_id = await known_after(web_office, node, clock)
    async with await web_office.signed_in(HEAD, TWO) as client:
        refused = await Desk(client, incident_id).release("deletion_request", ["x"])
    async with await web_office.signed_in(CISO, TWO) as client:
        desk = Desk(client, incident_id)
        await desk.send("deletion_request", act="save")
        page = await desk.open("deletion_request")
        unread = await client.post(f"{desk.path}/deletion_request/release", data={"version": "1", "to": "x"})
        sent = await desk.release("deletion_request", ticks_of(page))
        state = words_of(await client.get(sent.headers["location"]))
    await node.look()
    mails = await letters(web_office, node, incident_id)

    assert (403, 422, 303) == (refused.status_code, unread.status_code, sent.status_code)
    assert JA["incidents.deletion.people"].format(count=FEW) in state
    assert sorted(PARENTS[:FEW]) == sorted(str(mail["To"]).strip("<>") for _, mail in mails)
    queue_id, mail = mails[0]
    words = mail.get_content()
    assert CISO in str(mail["From"])
    assert token_in(ANSWERS_AT, mail["Reply-To"].addresses[0].addr_spec)
    assert f"{URL}/answer/" in words
    for said in ("件名：meeting", "1. 開封せずに削除しました", "総務課 03-0000-0000", "送信日時：", "見本互助会"):
        assert said in words
    assert not [one for one in PARENTS if one in words]
    stored = await node.mail(queue_id)
    assert token_in(ANSWERS_AT, stored.submission.envelope.reverse_path)
    assert ["delivered"] == await node.outcomes(queue_id)


async def asked(office: WebOffice, node: Node, clock: StandingClock, *, drill: bool = False) -> str:
    """Everybody was asked; the incident's number."""
    incident_id = await known_after(office, node, clock)
    async with await office.signed_in(CISO, TWO) as client:
        desk = Desk(client, incident_id)
        await desk.send("deletion_request", act="save")
        await desk.release("deletion_request", ticks_of(await desk.open("deletion_request")))
    return incident_id


def link_in(mail: EmailMessage) -> str:
    """Where the page for the answer is."""
    found = re.search(r"/answer/[a-z2-7]{32}", mail.get_content())
    assert found is not None
    return found[0]


async def test_link_answers_without_a_sign_in_and_tells_nothing_of_the_mail(
    web_office: WebOffice, node: Node, clock: StandingClock
) -> None:
    """A scanner that looks changes nothing; the page names date and office alone; the answer counts, and once it is
    closed there is none to give."""
    incident_id = await asked(web_office, node, clock)
    (_, mail), *_ = await letters(web_office, node, incident_id)
    link = link_in(mail)
    async with web_office.client() as anybody:
        page = await anybody.get(link)
        before = await answers(web_office, incident_id)
        nothing = await anybody.post(link, data={"comment": "x"})
        thanks = await anybody.post(link, data={"answer": "deleted_unopened", "comment": "すぐ消しました"})
        unknown = await anybody.get(f"/answer/{'a' * 32}")
    async with await web_office.signed_in(CISO, TWO) as client:
        closed = await client.get(f"/incidents/{incident_id}/deletion")
        leads = await client.post(f"/incidents/{incident_id}/deletion/open")
        read = await client.get(leads.headers["location"])
        await client.post(f"/incidents/{incident_id}/prevention", data={"lesson": "none", "note": "x"})
        await client.post(
            f"/incidents/{incident_id}/change", data={"phase": "closed", "change_note": "x", "leaves_open": "1"}
        )
    async with web_office.client() as anybody:
        over = await anybody.get(link)
        late = await anybody.post(link, data={"answer": "forwarded"})

    assert (200, 422, 200, 404) == tuple(one.status_code for one in (page, nothing, thanks, unknown))
    assert "見本互助会" in page.text
    for secret in ("meeting", "parent", SENDER, incident_id):
        assert secret not in page.text
    assert all(not one.said for one in before.of.values())
    after = await answers(web_office, incident_id)
    assert [Answer.DELETED_UNOPENED] == [one.answer for one in after.of.values() if one.is_answered]
    assert ("すぐ消しました" in closed.text, "すぐ消しました" in read.text) == (False, True)
    assert JA["incidents.answer.over"][:12] in words_of(over)
    assert JA["incidents.answer.over"][:12] in words_of(late)


async def test_officers_hear_of_answers_to_act_on_and_once_when_all_have_answered(
    web_office: WebOffice, node: Node, clock: StandingClock, hop: ScriptedNextHop
) -> None:
    """A deletion is no news; that somebody passed it on is, and so is the last answer. Nothing of it is in the mail."""
    incident_id = await asked(web_office, node, clock)
    mails = await letters(web_office, node, incident_id)
    await node.look()
    heard: list[list[str]] = []
    for number, (_, mail) in enumerate(mails):
        before = len(hop.mails)
        data = (
            {"answer": "forwarded", "comment": "上司の田中に送りました"}
            if number == 1
            else {"answer": "deleted_unopened"}
        )
        async with web_office.client() as anybody:
            assert 200 == (await anybody.post(link_in(mail), data=data)).status_code
        await node.look()
        new = [message_from_bytes(one.content, policy=policy.default) for one in hop.mails[before:]]
        heard.append([one["Subject"] for one in new if CISO in str(one["To"])])
        text = "".join(one.get_body(("plain",)).get_content() for one in new)  # type: ignore[union-attr]  # all have one
        assert not [one for one in ("田中", *PARENTS) if one in text]

    said, whole = (JA[f"incidents.notice.answer.subject{one}"].format(incident_id=incident_id) for one in ("", ".all"))
    assert [[], [said], *([[]] * (len(mails) - 3)), [whole]] == heard


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("1\r\n\r\n> 2. 開封しましたが、削除しました\r\n", Answer.DELETED_UNOPENED),
        ("４です。\r\n", Answer.FORWARDED),
        ("ご連絡ありがとうございます。確認します。\r\n", Answer.UNCLEAR),
    ],
)
async def test_reply_by_mail_is_taken_and_goes_to_whoever_asked(
    web_office: WebOffice, node: Node, clock: StandingClock, words: str, answer: Answer
) -> None:
    """Who only answers the mail has answered: the number counts, other words are for somebody to read."""
    incident_id = await asked(web_office, node, clock)
    (_, mail), *_ = await letters(web_office, node, incident_id)
    address = mail["Reply-To"].addresses[0].addr_spec
    desk = AnswerDesk(node.spool, web_office.parts.deletions, ANSWERS_AT, "pm@office.example.jp")
    reader = await desk.reader_of(address.upper())
    wire = (
        f"From: {PARENTS[0]}\r\nTo: {address}\r\nSubject: Re\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}"
    ).encode()
    queue_id = await node.accept(
        ForwardPath(CISO, orcpt=f"rfc822;{address}"), sender=PARENTS[0], wire=wire
    )  # fmt: skip
    judged, _ = await desk.judging(node.judge)(await node.mail(queue_id))
    await desk.judging(node.judge)(await node.mail(queue_id))

    assert (CISO, None) == (reader, await desk.reader_of("other@office.example.jp"))
    assert ["answer"] == [reason for one in judged.verdicts for reason in one.reasons]
    said = [one.said for one in (await answers(web_office, incident_id)).of.values() if one.said]
    assert [[answer]] == [[one.answer for one in each] for each in said]
    entry = next(one for one in await timeline(web_office, incident_id) if one.kind is EntryKind.REPLIED)
    assert words.split("\r\n")[0] in str(entry.sealed["text"])
    assert words.split("\r\n")[0] not in str(entry.details)


async def test_answer_address_of_somebody_else_is_no_way_past_the_rules(
    web_office: WebOffice, node: Node, clock: StandingClock
) -> None:
    """A mail to outside that claims to answer a letter is looked into like any other, and answers nothing."""
    incident_id = await asked(web_office, node, clock)
    (_, mail), *_ = await letters(web_office, node, incident_id)
    address = mail["Reply-To"].addresses[0].addr_spec
    desk = AnswerDesk(node.spool, web_office.parts.deletions, ANSWERS_AT, "")
    queue_id = await node.accept(ForwardPath(PARENTS[1], orcpt=f"rfc822;{address}"))
    judged, _ = await desk.judging(node.judge)(await node.mail(queue_id))

    assert "answer" not in judged.verdicts[0].reasons
    assert not [one for one in (await answers(web_office, incident_id)).of.values() if one.said]


async def test_persons_are_told_one_by_one_and_a_drill_tells_nobody(
    web_office: WebOffice, node: Node, clock: StandingClock
) -> None:
    """Each gets a letter of their own with their own data; as a drill the same is on record and nothing is sent."""
    incident_id = await known_after(web_office, node, clock)
    async with await web_office.signed_in(SENDER) as client:
        opened = await client.post("/incidents/open", data={"kind": "loss", "note": "訓練", "drill": "1"})
    drill_id = opened.headers["location"].rpartition("/")[2]
    people = "山田 太郎, yamada@home.example.com, 健康診断の結果\r\n鈴木 花子,, \r\nsuzuki@home.example.com, , 住所"
    ids = []
    for number in (incident_id, drill_id):
        async with await web_office.signed_in(CISO, TWO) as client:
            desk = Desk(client, number)
            page = await desk.open("person_notice")
            filled = {name: words.replace(BLANK["ja"], "なし") or "なし" for name, words in fields_of(page).items()}
            before = len(await node.accepted_ids())
            await client.post(f"{desk.path}/person_notice", data={**filled, "people": people, "act": "save"})
            await desk.release("person_notice", ticks_of(await desk.open("person_notice")))
            ids.append((await node.accepted_ids())[before:])

    assert (2, 0) == (len(ids[0]), len(ids[1]))
    mails = [await mail_of(node, one) for one in ids[0]]
    assert "健康診断の結果" in mails[0].get_content()
    assert "山田 太郎 様" in mails[0].get_content()
    assert "山田" not in mails[1].get_content()
    parts = web_office.parts
    for number, sent in ((incident_id, ids[0]), (drill_id, [None, None])):
        found = await parts.store.read(
            lambda reader, number=number: [  # type: ignore[misc]
                one.queue_id for one in parts.documents.sent(reader, number, DocumentKind.PERSON_NOTICE)
            ]
        )
        assert sent == found


@pytest.mark.parametrize("kind", ["deletion_request", "person_notice"])
async def test_letter_released_by_two_officers_at_once_is_sent_once(
    web_office: WebOffice, node: Node, clock: StandingClock, hop: ScriptedNextHop, kind: str
) -> None:
    """Two officers press send in the same moment: everybody gets one letter, and the second officer reads why."""
    incident_id = await known_after(web_office, node, clock, 2)
    first, second = [Desk(await web_office.signed_in(one, TWO), incident_id) for one in (CISO, CISO)]
    people = "\n".join(f"{one}, {one}" for one in PARENTS[:2])
    await first.send(kind, act="save", people=people)
    pages = [await one.open(kind) for one in (first, second)]
    to = [ticks_of(page) for page in pages]

    answered = await asyncio.gather(
        *(
            one.release(kind, ticks, sent=sent_by(page))
            for one, ticks, page in zip((first, second), to, pages, strict=True)
        )
    )
    again = await second.release(kind, to[1])
    await node.look()

    assert [303, 422] == sorted(one.status_code for one in answered)
    refused = next(one for one in answered if one.status_code == 422)
    assert JA["incidents.documents.mistake.sent_meanwhile"] in refused.text
    # Whoever has seen that it was sent may send it once more.
    assert 303 == again.status_code
    assert {one: 3 if one in PARENTS[:2] else 1 for one in hop_addresses(hop)} == hop_addresses(hop)
    if kind == "deletion_request":
        subjects = [message_from_bytes(one.content, policy=policy.default)["Subject"] for one in hop.mails]
        again_subjects = [one for one in subjects if one.startswith("【再度のお願い】")]
        assert (2, {1}) == (len(again_subjects), {one.count("【") for one in again_subjects})


def hop_addresses(hop: ScriptedNextHop) -> dict[str, int]:
    """How many mails went to whom of the parents: the first was the mistake."""
    found: dict[str, int] = {}
    for mail in hop.mails:
        for address in mail.addresses:
            if address in PARENTS:
                found[address] = found.get(address, 0) + 1
    return found


async def test_letter_to_be_posted_is_called_a_draft_until_somebody_released_it(
    web_office: WebOffice, node: Node, clock: StandingClock
) -> None:
    """What is printed for somebody without a mail address is no letter before a named person released it."""
    incident_id = await known_after(web_office, node, clock, 2)
    printed = []
    async with await web_office.signed_in(CISO, TWO) as client:
        desk = Desk(client, incident_id)
        page = await desk.open("person_notice")
        filled = {name: words.replace(BLANK["ja"], "なし") or "なし" for name, words in fields_of(page).items()}
        for _ in range(2):
            data = {**filled, "people": "山田 太郎, yamada@home.example.com,\n鈴木 花子,,", "act": "letters"}
            answer = await client.post(f"{desk.path}/person_notice", data=data)
            pages = pypdfium2.PdfDocument(answer.content)
            printed.append([one.get_textpage().get_text_range().replace("\r\n", "") for one in pages])
            await desk.release("person_notice", ticks_of(await desk.open("person_notice")))

    draft = JA["incidents.documents.unreleased"].format(title="")
    assert [[True], [False]] == [[draft in one for one in pages] for pages in printed]
    assert [True, True] == ["鈴木 花子 様" in pages[0] for pages in printed]


async def test_who_must_be_called_stands_first_among_many(
    web_office: WebOffice, node: Node, clock: StandingClock
) -> None:
    """Of many who were asked, those who passed it on or have not answered stand before those who deleted it."""
    incident_id = await asked(web_office, node, clock)
    mails = await letters(web_office, node, incident_id)
    said = {0: "deleted_unopened", 1: "deleted_opened", FEW - 1: "forwarded", FEW - 2: "not_deleted"}
    for place, answer in said.items():
        async with web_office.client() as anybody:
            await anybody.post(link_in(mails[place][1]), data={"answer": answer})
    async with await web_office.signed_in(CISO, TWO) as client:
        page = (await client.get(f"/incidents/{incident_id}/deletion")).text
    listed = re.findall(r'<span class="address">([^<]+)@', page[page.index('id="each-title"') :])
    names = [str(mail["To"]).strip("<>").partition("@")[0] for _, mail in mails]

    assert [names[one] for one in (FEW - 1, FEW - 2, *range(2, FEW - 2), 1, 0)] == listed


async def test_answer_by_telephone_is_written_down_and_silence_is_shown_as_such(
    web_office: WebOffice, node: Node, clock: StandingClock
) -> None:
    """Who answered, when and how; the sum never counts who said nothing."""
    incident_id = await asked(web_office, node, clock)
    path = f"/incidents/{incident_id}/deletion"
    async with await web_office.signed_in(HEAD, TWO) as client:
        page = await client.get(path)
        who = re.findall(r'<option value="([^"]+)"', page.text)
        lacking = await client.post(f"{path}/answer", data={"who": who[0], "answer": "deleted_unopened"})
        for one in who[:2]:
            data = {"who": one, "answer": "deleted_unopened", "note": "10時に電話で本人から"}
            assert 303 == (await client.post(f"{path}/answer", data=data)).status_code
        words = words_of(await client.get(path))
    async with await web_office.signed_in("eigyo@office.example.jp", (Factor.MAILBOX, Factor.TOTP)) as client:
        other = await client.get(path)

    assert (422, 404) == (lacking.status_code, other.status_code)
    assert f"{JA['incidents.deletion.answer.deleted_unopened']} 2" in words
    assert f"{JA['incidents.deletion.answer.none']} {FEW - 2}" in words
    assert JA["incidents.deletion.not_all_unread"] in words
