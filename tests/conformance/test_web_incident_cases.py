"""Published cases with invented people: how much of the first report is there before anybody types a word."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage

import pytest

from mailguard import hold
from mailguard.i18n import CATALOGUES
from mailguard.model.documents import BLANK
from mailguard.model.queue import QueueId
from mailguard.spool import Spool
from mailguard.store import Store
from tests.conformance.hold_parts import SATO, SENDER, MakeNode, Node
from tests.conformance.mail_pages import words_of
from tests.conformance.test_web_incident_documents import Desk, fields_of, node, web_office
from tests.conformance.test_web_incidents import CISO, TWO, reported
from tests.conformance.web_office import WebOffice

__all__ = ["MakeNode", "Spool", "Store", "node", "web_office"]

JA = CATALOGUES["ja"]
FAMILIES = [f"family{number:02}@mail{number % 7}.example.com" for number in range(37)]
KINDERGARTENS = [f"office@kindergarten{number}.example.com" for number in range(6)]
COMPANY = "jinji@company.example.com"
SURNAMES = [
    "佐藤",
    "鈴木",
    "高橋",
    "田中",
    "伊藤",
    "渡辺",
    "山本",
    "中村",
    "小林",
    "加藤",
    "吉田",
    "山田",
    "山口",
    "松本",
]
GIVEN = [f"{first}{second}" for first in "健大翔優直和義正智隆秀英浩康" for second in "太樹也介一人郎司彦明"]
"""Names that stand nowhere but here: 14 times 140."""
GUIDANCE = "氏名: 鈴木 花子\r\n生年月日: 1980年1月1日\r\n病名: 糖尿病\r\n特定保健指導の目標は減量です。\r\n"


def mail(to: list[str], subject: str, words: str, rows: list[str] | None = None) -> bytes:
    """A mail in wire form; ``rows``: a sheet that is attached."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, ", ".join(to), subject
    message.set_content(words)
    if rows:
        sheet = "\r\n".join(rows).encode("utf-8-sig")
        message.add_attachment(sheet, maintype="text", subtype="csv", filename="list.csv")
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def children(count: int) -> list[str]:
    """A list with so many children."""
    return ["氏名,生年月日,住所"] + [
        f"{SURNAMES[number % 14]} {GIVEN[number // 14]},2019年{1 + number % 12}月{1 + number % 28}日,"
        f"東京都千代田区霞が関1-{1 + number // 200}-{number}"
        for number in range(count)
    ]


@dataclass(frozen=True)
class Case:
    """One of them. ``cause``: what an officer chose, "" for nothing. ``filled`` and ``said``: of the first report;
    ``unsaid``: what is not to stand in it.
    """

    to: list[str]
    wire: bytes
    cause: str
    filled: int
    said: tuple[str, ...]
    is_subject_repeated: bool = True
    unsaid: tuple[str, ...] = ()


CASES = {
    "37 families in To": Case(
        FAMILIES, mail(FAMILIES, "meeting", "保護者の皆様\r\n次の会合は月曜日です。\r\n"), "", 8, ("37件", "37人"),
    ),
    "1,939 children in a sheet to six kindergartens": Case(
        KINDERGARTENS,
        mail(KINDERGARTENS, "list", "名簿をお送りします。\r\n", children(1939)),
        "wrong_attachment", 8, ("1939人", "氏名", "誤ったファイルを添付"), is_subject_repeated=False,
        # The kindergartens were written to on purpose.
        unsaid=("メールアドレス",),
    ),
    "one person's health guidance to the employer": Case(
        [COMPANY],
        mail([COMPANY], "鈴木 花子 090-0000-1234 特定保健指導", GUIDANCE),
        "wrong_recipient", 8, ("1件", "1人", "要配慮個人情報", "宛先を取り違え"), is_subject_repeated=False,
    ),
}  # fmt: skip


async def got_away(node: Node, case: Case) -> QueueId:
    """The mail of a case was sent in clear, and everybody has it."""
    queue_id = await node.held(*case.to, wire=case.wire)
    wish = hold.Wish(recipients=hold.Recipients.AS_THEY_ARE, in_clear=True)
    await node.store.write(hold.release(node.spool, queue_id, SATO, "sent all the same", wish=wish))
    await node.look()
    return queue_id


@pytest.mark.parametrize("name", CASES)
async def test_first_report_of_a_published_case_is_nearly_whole_before_anybody_types(
    web_office: WebOffice, node: Node, name: str
) -> None:
    """The figures, the data and the cause stand there; no name of a person does; a telling subject is not repeated."""
    case = CASES[name]
    incident_id = await reported(web_office, await got_away(node, case))
    async with await web_office.signed_in(CISO, TWO) as client:
        if case.cause:
            await client.post(f"/incidents/{incident_id}/change", data={"cause": case.cause})
        desk = Desk(client, incident_id)
        page = await desk.open("prompt_report")
        request = fields_of(await desk.open("deletion_request"))
    words = "\n".join(fields_of(page).values())

    assert JA["incidents.documents.filled"].format(of=9, filled=case.filled) in words_of(page)
    assert BLANK["ja"] not in words
    for said in case.said:
        assert said in words
    assert not [one for one in case.unsaid if one in words]
    assert not [one for one in SURNAMES[:3] if one in words + "".join(request.values())]
    assert case.is_subject_repeated is ("件名：" in request["section-which"])


async def test_cause_nobody_named_is_not_made_up(web_office: WebOffice, node: Node) -> None:
    """A list that two firms got in one mail: that they saw each other is not said to be what went wrong, and the letter
    to the persons concerned is not addressed to the firms.
    """
    case = CASES["1,939 children in a sheet to six kindergartens"]
    wire = mail(KINDERGARTENS, "list", "名簿をお送りします。\r\n", children(5))
    queue_id = await node.held(*case.to, wire=wire)
    wish = hold.Wish(recipients=hold.Recipients.AS_THEY_ARE, in_clear=True)
    await node.store.write(hold.release(node.spool, queue_id, SATO, "sent all the same", wish=wish))
    await node.look()
    incident_id = await reported(web_office, queue_id)
    async with await web_office.signed_in(CISO, TWO) as client:
        desk = Desk(client, incident_id)
        report = "\n".join(fields_of(await desk.open("prompt_report")).values())
        notice = fields_of(await desk.open("person_notice"))

    assert "互いに見える" not in report
    assert not [one for one in KINDERGARTENS if one in notice["people"]]


async def test_accident_outside_mail_is_told_in_the_words_of_who_reported_it(web_office: WebOffice, node: Node) -> None:
    """Of a lost memory stick the record knows when it became known and what the clerk wrote; that is still to be looked
    over, and the rest is marked for somebody to write.
    """
    async with await web_office.signed_in(SENDER) as client:
        opened = await client.post("/incidents/open", data={"kind": "loss", "note": "電車に忘れた"})
    async with await web_office.signed_in(CISO, TWO) as client:
        page = await Desk(client, opened.headers["location"].rpartition("/")[2]).open("prompt_report")
        told = await Desk(client, opened.headers["location"].rpartition("/")[2]).open("internal_report")
        path = opened.headers["location"]
        pages = {one: words_of(await client.get(f"{path}/{one}")) for one in ("scope", "deletion", "look-back")}
        listed = await client.get(f"{path}/documents")
        public = await Desk(client, opened.headers["location"].rpartition("/")[2]).open("publication")
    fields = fields_of(page)

    assert "電車に忘れた" in fields["section-item-1"]
    assert "把握しました" in fields["section-item-1"]
    assert BLANK["ja"] not in fields["section-item-1"]
    assert JA["incidents.documents.fill.pending"] in words_of(page)
    assert BLANK["ja"] in fields["section-item-2"]
    assert "電車に忘れた" in "\n".join(fields_of(told).values())
    assert JA["law.help"] in "\n".join(fields_of(told).values())
    assert JA["draft.persons.unknown"] == fields["section-item-3"]
    # Nobody got a mail, so nobody is asked to delete one, and no page speaks of one.
    assert "documents/deletion_request" not in listed.text
    assert "documents/prompt_report" in listed.text
    internal = fields_of(told)
    assert JA["draft.stopped.none"] not in "\n".join(internal.values())
    assert 1 == "\n".join(internal.values()).count("電車に忘れた")
    assert JA["incidents.deletion.no_mail"] in pages["deletion"]
    assert JA["incidents.deletion.nobody"] not in pages["deletion"]
    assert JA["incidents.scope.source.record"] not in pages["scope"]
    assert JA["incidents.look_back.what"] not in pages["look-back"]
    # What is published is about a loss, and not about a mail that nobody sent.
    assert JA["incidents.kind.loss"] in "\n".join(fields_of(public).values())
    assert "メール" not in fields_of(public)["title"] + fields_of(public)["section-opening"]
