"""Mails of about 5 KB of text, half of them with data, and large rosters: what looking's speed is measured on.

The text of each mail is its own: sentences with other dates, sums and words, so that no mail is read faster for the one
before it. The same seed gives the same mails.
"""

from __future__ import annotations

import csv
import io
import random
from email.message import EmailMessage
from email.policy import SMTP

from tests.corpus.generated.clean_documents import CLEAN
from tests.corpus.generated.documents import DATA, members
from tests.corpus.generated.names import japanese, person
from tests.corpus.generated.office import FILLING, Document, Draft, written
from tests.corpus.generated.sheets import workbook

TEXT_OCTETS = 5000
_THINGS = (
    "規程の改正案", "研修会の資料", "来年度の予算書", "委託契約の更新", "広報誌の原稿", "保守点検の報告書",
    "アンケートの集計結果", "会場の下見", "新しい申請画面", "決算の概要", "退職準備セミナー", "宿泊施設の利用状況",
)  # fmt: skip
_WHO = ("担当者", "事務局", "総務課", "各支部", "委員会", "ご担当の皆様", "所属所", "監事", "理事会", "契約先")
_DID = ("ご確認", "ご検討", "ご提出", "ご返送", "周知", "日程の調整", "内容の見直し", "とりまとめ", "ご承認", "ご報告")
_SHAPES = (
    "{thing}につきましては、{month}月{day}日までに{who}へ{did}くださいますようお願いいたします。",
    "前回お送りした{thing}に誤りがありましたので、{page}ページの表を差し替えてください。",
    "{who}からは、{thing}の{did}に{n}日ほどかかるとの連絡がありました。",
    "参加者は{n}名、うち宿泊は{m}名の予定で、費用は1人当たり{yen},500円を見込んでおります。",
    "令和{era}年度の実績は前年度より{n}件多い{big}件で、{thing}が主な要因です。",
    "{month}月{day}日（金）{hour}時から、第{m}会議室で{thing}について打合せを行いました。",
    "なお、{thing}は{who}の{did}を経て、{month}月中に公表される見込みです。",
    "お送りいただいた{thing}を拝見しました。{page}ページの図は、次の版で改めることにいたします。",
    "見積書の有効期限は{month}月末日です。数量が{n}を超える場合は、単価を{m}％引き下げると伺っています。",
    "{who}には別途{did}をお願いしておりますので、重ねてのお手続きは必要ありません。",
    "システムの更新は{month}月{day}日の{hour}時に終わり、{thing}も新しい画面でご覧いただけます。",
    "ご質問のありました{thing}の扱いは、規程第{n}条第{m}項によるものと考えております。",
)

_ROSTER = ("会員番号", "氏名", "フリガナ", "生年月日", "住所", "電話番号", "メール", "所属", "備考", "郵便番号")


def _sentence(draw: random.Random) -> str:
    if draw.random() < 0.15:
        return draw.choice(FILLING)
    return draw.choice(_SHAPES).format(
        thing=draw.choice(_THINGS), who=draw.choice(_WHO), did=draw.choice(_DID), month=draw.randint(1, 12),
        day=draw.randint(1, 28), hour=draw.randint(9, 17), page=draw.randint(2, 40), n=draw.randint(3, 60),
        m=draw.randint(1, 9), yen=draw.randint(3, 12), era=draw.randint(3, 8), big=draw.randint(100, 990),
    )  # fmt: skip


def paragraphs(draw: random.Random, octets: int) -> list[str]:
    """Text about the business of an office, of about so many octets in UTF-8; a line is one to three sentences."""
    lines: list[str] = []
    while octets > 0:
        line = "".join(_sentence(draw) for _ in range(draw.randint(1, 3)))
        lines += [line, ""]
        octets -= len(line.encode()) + 2
    return lines


def long_mails(seed: int, count: int) -> list[Document]:
    """So many mails, every family in turn, clean ones and such with data by turns; each with 5 KB of text in all."""
    draw = random.Random(f"{seed} long")
    made = []
    for number in range(count):
        makers = DATA if number % 2 else CLEAN
        draft = makers[number // 2 % len(makers)](draw)
        _fill_up(draft, draw)
        made.append(written(draft, draw))
    return made


def _fill_up(draft: Draft, draw: random.Random) -> None:
    there = sum(len(line.encode()) + 1 for line in draft.lines) + len(draft.below.encode()) + 500
    if draft.html:
        there += len(draft.html.encode()) // 2
        draft.html += "".join(f"<p>{line}</p>\n" for line in paragraphs(draw, TEXT_OCTETS - there) if line)
    else:
        draft.lines += ["", *paragraphs(draw, TEXT_OCTETS - there)]


def roster_rows(seed: int, octets: int = 0, count: int = 0, columns: int = 10) -> list[list[str]]:
    """A heading and the rows of so many people, or of so many octets as CSV in UTF-8."""
    draw = random.Random(f"{seed} roster")
    pool = [one.data for one in members(draw, 300)]
    head = ["会員番号", "氏名", "フリガナ", "生年月日", "住所", "電話番号", "メール", "所属", "備考", "郵便番号"][
        :columns
    ]
    rows, size = [head], 0
    while (octets and size < octets) or len(rows) <= count:
        one, data = person(draw), draw.choice(pool)
        row = [
            f"{draw.randint(10, 99)}-{draw.randint(100000, 999999)}", japanese(one, " "),
            f"{one.surname[1]} {one.given[1]}",
            f"19{draw.randint(50, 99)}/{draw.randint(1, 12):02d}/{draw.randint(1, 28):02d}", data["postal_address"],
            f"090-555{draw.randint(1, 9)}-{draw.randint(0, 9999):04d}", f"m{len(rows)}@webmail.example.org",
            draw.choice(("みなみ小学校", "ひがし中学校", "きた高等学校")), draw.choice(("", "", "", "新規", "継続")),
            f"{draw.randint(100, 999)}-{draw.randint(0, 9999):04d}",
        ][:columns]  # fmt: skip
        rows.append(row)
        size += sum(len(cell.encode()) + 1 for cell in row) + 1
    return rows


def as_csv(rows: list[list[str]]) -> bytes:
    """The rows as a CSV file in UTF-8."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def as_text(seed: int, octets: int) -> bytes:
    """Prose of so many octets, in which some lines hold the data of somebody."""
    draw = random.Random(f"{seed} text")
    lines = paragraphs(draw, octets)
    people = [one.data for one in members(draw, 200)]
    for at in range(0, len(lines), 80):
        data = draw.choice(people)
        lines[at] = f"{data['person_name']}様（{data['birth_date']}生）のご連絡先は{data['phone_number']}です。"
    return "\n".join(lines).encode()


def as_xlsx(rows: list[list[str]]) -> bytes:
    """The rows as a workbook."""
    return workbook({"名簿": rows})


def mail_with(name: str, octets: bytes) -> bytes:
    """A mail with this file attached."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = "obinata@aoba-gojo.example.jp", "kato@aozora.example.co.jp"
    message["Subject"] = "名簿"
    message["Date"] = "Wed, 25 Nov 2026 10:00:00 +0900"
    message.set_content("名簿をお送りします。\n")
    message.add_attachment(octets, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()
