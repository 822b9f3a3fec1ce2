"""Mails with the data of invented people in them, in the layouts offices use, each with all its values.

Rosters as CSV, TSV, sheets, HTML and aligned text under many headings, forms, letters, lists below a signature or in a
quotation. The same seed gives the same mails; every family comes in turn.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.corpus.generated import contacts, numbers, special_care
from tests.corpus.generated.addresses import addresses
from tests.corpus.generated.names import japanese, person
from tests.corpus.generated.office import Attached, Document, Draft, filling, partner, quoted, written
from tests.corpus.generated.sheets import Rows, workbook

_PLAIN_NOTATIONS = ("units", "hyphens", "full_width", "mixed", "plot")
_CHARSETS = ("cp932", "utf-8-sig", "utf-16", "euc_jp")
_FREEMAIL = ("webmail.example.org", "freemail.example.net", "keitai.example.ne.jp")
HEADINGS: dict[str, tuple[str, ...]] = {
    "person_name": ("氏名", "お名前", "会員氏名", "組合員氏名", "名前", "受講者名", "漢字氏名", "参加者氏名", "Name"),
    "reading": ("フリガナ", "ふりがな", "カナ氏名", "氏名（カナ）", "よみ"),
    "birth_date": ("生年月日", "誕生日", "生年月日（西暦）", "お誕生日", "Date of Birth"),
    "postal_address": ("住所", "自宅住所", "現住所", "ご住所", "送付先住所", "住所（自宅）"),
    "phone_number": ("電話番号", "携帯電話", "自宅電話", "連絡先", "TEL", "電話", "日中連絡先"),
    "email_address": ("メールアドレス", "E-mail", "メール", "Eメール", "個人メール"),
    "member_number": ("会員番号", "組合員番号", "会員No.", "加入者番号", "会員コード"),
    "staff_number": ("職員番号", "社員番号", "職員コード", "職員No"),
    "bank_account": ("口座番号", "振込口座番号", "口座No."),
    "my_number": ("個人番号", "マイナンバー", "個人番号（12桁）"),
    "basic_pension_number": ("基礎年金番号", "年金番号"),
    "health_insurance": ("組合員証番号", "保険証番号", "被保険者番号"),
    "special_care": ("病名", "傷病名", "既往歴"),
}
"""What a column of a kind is called."""
_OTHER = {
    "所属": ("総務課", "みなみ中学校", "東支所", "経理部"),
    "備考": ("", "", "新規", "継続"),
    "性別": ("男", "女"),
}
_BESIDE = ("phone_number", "postal_address", "birth_date")


@dataclass(frozen=True)
class Member:
    """One person with the data a roster may hold, by kind; ``reading`` in katakana; ``family`` and ``given`` names."""

    data: dict[str, str]
    reading: str
    family: str
    given: str


def members(draw: random.Random, count: int) -> list[Member]:
    """So many people, no two of the same name; dates and telephones of one list are spelled alike."""
    spelling = contacts.DATE_SPELLINGS[draw.choice(("western", "slashes", "hyphens", "era", "dots", "era letter"))]
    phone = contacts.PHONE_SPELLINGS[draw.choice(("hyphens", "hyphens", "wide", "exchange in brackets", "bare"))]
    places = [one.value for one in addresses(draw.randrange(10**9), count) if one.notation in _PLAIN_NOTATIONS]
    draw.shuffle(places)
    made: dict[str, Member] = {}
    while len(made) < count:
        one = person(draw)
        name = japanese(one, draw.choice((" ", "\u3000")))
        if name.replace("\u3000", " ") in made:
            continue
        number = len(made)
        made[name.replace("\u3000", " ")] = Member(
            {
                "person_name": name,
                "birth_date": spelling(*_born(draw)),
                "postal_address": places[number],
                "phone_number": phone("090", f"555{draw.randint(1, 9)}", numbers.digits(draw, 4)),
                "email_address": f"{one.given[2].lower()}{number}.{one.surname[2].lower()}@{draw.choice(_FREEMAIL)}",
                "member_number": f"{draw.randint(10, 99)}-{draw.randint(100000, 999999)}",
                "staff_number": f"1{draw.randint(1000000, 9999999)}",
                "bank_account": f"{draw.randint(1000000, 9999999)}",
                "my_number": numbers.my_number(draw),
                "basic_pension_number": f"{draw.randint(1000, 9999)}-{draw.randint(100000, 999999)}",
                "health_insurance": f"{draw.randint(100000, 9999999)}",
                "special_care": next(special_care.cases(draw.randrange(10**9), 1)).value,
            },
            f"{one.surname[1]} {one.given[1]}",
            one.surname[0],
            one.given[0],
        )
    return list(made.values())


def _born(draw: random.Random) -> tuple[int, int, int, str, int]:
    year = draw.randint(1950, 1988)
    return year, draw.randint(1, 12), draw.randint(1, 28), "昭和", year - 1925


def _labelled(draft: Draft, people: Sequence[Member], kinds: Sequence[str], where: str) -> Draft:
    """The draft with the values of some kinds as its labels, and whether the README's rule asks for protection."""
    draft.values += [(kind, where, one.data[kind]) for one in people for kind in kinds]
    draft.persons = len(people)
    hard = {"bank_account", "my_number", "basic_pension_number", "health_insurance", "special_care"}
    draft.must_protect = bool(
        hard.intersection(kinds) or ("person_name" in kinds and (len(people) >= 10 or set(_BESIDE).intersection(kinds)))
    )
    return draft


def _columns(draw: random.Random, least: int = 2) -> list[str]:
    """Kinds of a roster's columns: a name, and some others of which one at least decides."""
    others = [one for one in HEADINGS if one not in ("person_name", "reading", "special_care", "my_number")]
    kinds = [*draw.sample(others, draw.randint(least, 5))]
    if not set(_BESIDE).intersection(kinds):
        kinds.append(draw.choice(_BESIDE))
    draw.shuffle(kinds)
    kinds.insert(draw.choice((0, 0, 1)), "person_name")
    return kinds


def _rows(draw: random.Random, people: Sequence[Member], kinds: Sequence[str]) -> list[list[str]]:
    """The roster with its heading; a reading, a number and columns of nothing private here and there."""
    other = draw.sample(sorted(_OTHER), draw.randint(0, 2))
    reading = draw.random() < 0.4
    head = [draw.choice(HEADINGS[kind]) for kind in kinds] + other
    rows = [[one.data[kind] for kind in kinds] + [draw.choice(_OTHER[name]) for name in other] for one in people]
    if reading:
        at = kinds.index("person_name") + 1
        head.insert(at, draw.choice(HEADINGS["reading"]))
        for row, one in zip(rows, people, strict=True):
            row.insert(at, one.reading)
    if draw.random() < 0.5:
        head.insert(0, draw.choice(("No.", "番号", "#", "項番")))
        for number, row in enumerate(rows, 1):
            row.insert(0, str(number))
    return [head, *rows]


def _separated(rows: Sequence[Sequence[str]], mark: str, charset: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=mark, lineterminator="\r\n").writerows(rows)
    try:
        return text.getvalue().encode(charset)
    except UnicodeEncodeError:
        return text.getvalue().encode("utf-8-sig")


def _csv(draw: random.Random) -> Draft:
    people, kinds = members(draw, draw.randint(2, 15)), _columns(draw)
    octets = _separated(_rows(draw, people, kinds), ",", draw.choice(_CHARSETS))
    draft = Draft(
        "roster csv", "名簿の送付", ["名簿をお送りします。"], files=[Attached("meibo.csv", octets, "text/csv")]
    )
    return _labelled(draft, people, kinds, "attachment:meibo.csv")


def _tsv(draw: random.Random) -> Draft:
    people, kinds = members(draw, draw.randint(2, 15)), _columns(draw)
    octets = _separated(_rows(draw, people, kinds), "\t", draw.choice(_CHARSETS))
    draft = Draft("roster tsv", "一覧", ["一覧です。"], files=[Attached("list.txt", octets, "text/plain")])
    return _labelled(draft, people, kinds, "attachment:list.txt")


def _sheet(draw: random.Random) -> Draft:
    people, kinds = members(draw, draw.randint(2, 15)), _columns(draw)
    rows = _rows(draw, people, kinds)
    if draw.random() < 0.6:
        rows = [["令和8年度 対象者一覧"], [], *rows]
    others: dict[str, Rows] = {"集計": [["区分", "件数"], ["加入", 12]]} if draw.random() < 0.4 else {}
    hidden = frozenset({"名簿"} if others and draw.random() < 0.3 else ())
    octets = workbook({**others, "名簿": rows}, hidden)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    draft = Draft("roster xlsx", "対象者一覧", filling(draw, 1), files=[Attached("list.xlsx", octets, kind)])
    return _labelled(draft, people, kinds, "attachment:list.xlsx")


def _split(draw: random.Random) -> Draft:
    people, kinds = members(draw, draw.randint(2, 12)), _columns(draw)
    rows = _rows(draw, people, kinds)
    at = rows[0].index(next(one for one in rows[0] if one in HEADINGS["person_name"]))
    rows[0][at : at + 1] = draw.choice((["姓", "名"], ["氏", "名"], ["氏名（姓）", "氏名（名）"]))
    for row, one in zip(rows[1:], people, strict=True):
        row[at : at + 1] = [one.family, one.given]
    file = Attached("data.csv", _separated(rows, ",", draw.choice(_CHARSETS)), "text/csv")
    draft = Draft("roster with split names", "データ", ["データをお送りします。"], files=[file])
    return _labelled(draft, people, kinds, "attachment:data.csv")


def _headless(draw: random.Random) -> Draft:
    people = members(draw, draw.randint(4, 15))
    kinds = ["person_name", *draw.sample(_BESIDE[:2], 2), "email_address"]
    rows = [[one.data[kind] for kind in kinds] for one in people]
    file = Attached("export.csv", _separated(rows, ",", draw.choice(_CHARSETS)), "text/csv")
    draft = Draft("roster without heading", "データ", ["データをお送りします。"], files=[file])
    return _labelled(draft, people, kinds, "attachment:export.csv")


def _page(draw: random.Random) -> Draft:
    people, kinds = members(draw, draw.randint(2, 10)), _columns(draw)
    rows = _rows(draw, people, kinds)
    cells = ["".join(f"<td style='border:1px'>{one}</td>" for one in row) for row in rows]
    html = "<p>対象の方は次のとおりです。</p><table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"
    return _labelled(Draft("roster html", "対象者", html=html), people, kinds, "body")


def _aligned(draw: random.Random) -> Draft:
    people, kinds = members(draw, draw.randint(2, 10)), _columns(draw)
    rows = _rows(draw, people, kinds)
    blank = draw.choice(("　　", "   ", "\t"))
    lines = [blank.join(one or "－" for one in row) for row in rows]
    return _labelled(Draft("roster aligned", "対象者", ["下記のとおりです。", "", *lines]), people, kinds, "body")


def _barred(draw: random.Random) -> Draft:
    people, kinds = members(draw, draw.randint(2, 10)), _columns(draw)
    lines = ["| " + " | ".join(row) + " |" for row in _rows(draw, people, kinds)]
    return _labelled(Draft("roster with bars", "対象者", ["下記のとおりです。", "", *lines]), people, kinds, "body")


def _filled_form(draw: random.Random) -> Draft:
    people, kinds = members(draw, draw.randint(1, 3)), _columns(draw, 3)
    glue = draw.choice(("{}：{}", "{}　{}", "【{}】{}", "・{}：{}", "{}\n　{}", "■{}　{}"))
    lines = [
        line
        for one in people
        for line in (*(glue.format(draw.choice(HEADINGS[kind]), one.data[kind]) for kind in kinds), "")
    ]
    return _labelled(Draft("form", "申込書", ["下記のとおり申込みがありました。", "", *lines]), people, kinds, "body")


def _letter(draw: random.Random) -> Draft:
    (one,) = people = members(draw, 1)
    name, data = one.data["person_name"], one.data
    kinds, text = draw.choice(
        (
            (
                ("person_name", "postal_address"),
                f"{name}様の書類は、ご自宅（{data['postal_address']}）へお送りください。",
            ),
            (("person_name", "phone_number"), f"{name}さんの携帯は{data['phone_number']}です。直接ご連絡ください。"),
            (("person_name", "birth_date"), f"照会の会員は{name}（{data['birth_date']}生）で間違いありません。"),
            (("person_name", "special_care"), f"{name}さんは{data['special_care']}のため、来月から休職します。"),
            (
                ("person_name", "bank_account"),
                f"{name}様の口座は、みどり野銀行駅前支店 普通 {data['bank_account']} です。",
            ),
            (("person_name", "my_number"), f"{name}さんの個人番号は{data['my_number']}です。"),
            (
                ("person_name", "basic_pension_number"),
                f"{name}様の基礎年金番号は {data['basic_pension_number']} です。",
            ),
        )
    )
    return _labelled(Draft("letter", "ご照会の件", [text, "", *filling(draw, 2)]), people, kinds, "body")


def _payments(draw: random.Random) -> Draft:
    people = members(draw, draw.randint(1, 6))
    lines = [
        f"{number}. {one.data['person_name']}　{draw.choice(numbers.BANKS)} {draw.choice(numbers.BRANCHES)}　"
        f"普通 {one.data['bank_account']}"
        for number, one in enumerate(people, 1)
    ]
    draft = Draft("payments", "振込先", ["給付金の振込先をお知らせします。", *lines])
    return _labelled(draft, people, ("person_name", "bank_account"), "body")


def _names(draw: random.Random) -> Draft:
    people = members(draw, draw.randint(10, 18))
    names = [one.data["person_name"] for one in people]
    lines = draw.choice((names, [f"{n}) {one}" for n, one in enumerate(names, 1)], [f"・{one} 様" for one in names]))
    return _labelled(Draft("names", "受講者", ["受講者は次の方々です。", *lines]), people, ("person_name",), "body")


def _few_names(draw: random.Random) -> Draft:
    people = members(draw, draw.randint(2, 4))
    lines = [f"氏名：{one.data['person_name']}" for one in people]
    draft = Draft("few names", "加入の件", ["下記の方の加入を承認しました。", *lines])
    return _labelled(draft, people, ("person_name",), "body")


def _quoted(draw: random.Random) -> Draft:
    inner = _letter(draw)
    below = quoted(draw, "\n".join(inner.lines), *partner(draw))
    return Draft(
        "quoted", "Fwd: ご照会の件", ["下記のとおり転送します。"], values=inner.values, persons=inner.persons,
        must_protect=True, below=below,
    )  # fmt: skip


def _below(draw: random.Random) -> Draft:
    inner = _barred(draw)
    return Draft(
        "below the signature", "対象者", ["対象者を下に貼り付けます。"], values=inner.values, persons=inner.persons,
        must_protect=True, below="\n".join(inner.lines[2:]),
    )  # fmt: skip


def _sick(draw: random.Random) -> Draft:
    people = members(draw, draw.randint(2, 6))
    rows = [["氏名", draw.choice(HEADINGS["special_care"]), "開始日"]]
    rows += [[one.data["person_name"], one.data["special_care"], "2026/4/1"] for one in people]
    file = Attached("kyushoku.csv", _separated(rows, ",", draw.choice(_CHARSETS)), "text/csv")
    draft = Draft("sick leave", "休職者", ["休職者の一覧です。"], files=[file])
    return _labelled(draft, people, ("person_name", "special_care"), "attachment:kyushoku.csv")


DATA: tuple[Callable[[random.Random], Draft], ...] = (
    _csv, _tsv, _sheet, _split, _headless, _page, _aligned, _barred, _filled_form, _letter, _payments, _names,
    _few_names, _quoted, _below, _sick,
)  # fmt: skip
"""A maker for each family."""


def documents(seed: int, rounds: int) -> Iterator[Document]:
    """Every family so many times."""
    draw = random.Random(f"{seed} data")
    for _ in range(rounds):
        for make in DATA:
            yield written(make(draw), draw)
