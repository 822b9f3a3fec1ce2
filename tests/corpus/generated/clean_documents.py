"""Ordinary mails of an office with nothing in them to protect, and much that resembles it.

The same seed gives the same mails; every family comes in turn.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.corpus.generated import numbers, special_care
from tests.corpus.generated.office import (
    OFFICE,
    OWN_DOMAIN,
    Attached,
    Document,
    Draft,
    filling,
    lot,
    partner,
    quoted,
    registered,
    signature,
    telephone,
    written,
)

_PLACES = ("ホテル千曲 2階「白樺」", "県民会館 第3会議室", "市民ホール 大会議室", "あおば会館 501会議室")
_LECTURERS = ("青山大学教授 石川 健一氏", "一橋総研 主任研究員 千葉 由美子氏", "弁護士 福島 大輔先生")


def _venue(draw: random.Random) -> str:
    return f"会場：{draw.choice(_PLACES)}（長野県長野市若里{lot(draw)}、電話 {telephone(draw)}）"


def _meeting(draw: random.Random) -> Draft:
    day = draw.randint(1, 28)
    lines = [
        "下記のとおり打合せを開催いたします。",
        "",
        "記",
        f"日時：令和8年12月{day}日（火）13:30～15:00",
        _venue(draw),
    ]
    return Draft("meeting", "打合せのご案内", [*lines, "議題：次年度の契約更新について", "", *filling(draw, 3), "以上"])


def _quotation(draw: random.Random) -> Draft:
    lines = [
        "下記の内容でお見積りをお願いいたします。",
        "",
        "品名：角2封筒（窓付き）",
        f"数量：{draw.randint(1, 20)},000枚",
    ]
    return Draft(
        "quotation",
        f"見積依頼（2026-{draw.randint(0, 999999):06d}）",
        [*lines, "納期：2026年12月18日", "", *filling(draw, 4)],
    )


def _invoice(draw: random.Random) -> Draft:
    lines = [
        f"請求番号：INV-{numbers.digits(draw, 8)}", f"登録番号：{registered(draw)}",
        f"ご請求金額：￥{draw.randint(10, 999)},{draw.randint(0, 999):03d}-（税込）", "お支払期限：2026年12月31日", "",
        numbers.company_account(draw).text,
    ]  # fmt: skip
    return Draft("invoice", "ご請求書の送付", [*lines, "", *filling(draw, 2)])


def _shipment(draw: random.Random) -> Draft:
    kinds = ("tracking", "tracking_waybill", "tracking_list", "tracking_bare", "order", "mail_post")
    lines = [numbers.DECOYS[draw.choice(kinds)](draw) for _ in range(3)]
    return Draft("shipment", "発送のお知らせ", ["本日、資料一式を発送いたしました。", *lines, "", *filling(draw, 2)])


def _statistics(draw: random.Random) -> Draft:
    rows = ["学校名,学年,在籍者数,欠席者数,受診率"]
    rows += [
        f"{draw.choice('東西南北')}{draw.choice('山川原')}{draw.choice('小中')}学校,{draw.randint(1, 6)},"
        f"{draw.randint(20, 400)},{draw.randint(0, 30)},{draw.randint(300, 999) / 10}%"
        for _ in range(30)
    ]
    file = Attached("在籍状況.csv", "\r\n".join(rows).encode("cp932"), "text/csv")
    return Draft("statistics", "在籍状況の集計", ["集計表をお送りします。", *filling(draw, 3)], files=[file])


def _event(draw: random.Random) -> Draft:
    lines = [
        "公開講演会を開催しますので、ぜひご参加ください。", "", f"講師：{draw.choice(_LECTURERS)}",
        "演題：「これからの働き方と健康」", f"日時：2026年12月{draw.randint(1, 28)}日（土）13:30開演", _venue(draw),
        f"お問い合わせ：{OFFICE} 福祉事業課 電話 {telephone(draw)}", "参加費：無料（定員200名）",
    ]  # fmt: skip
    return Draft("event", "公開講演会のお知らせ", [*lines, "", *filling(draw, 2)])


def _form(draw: random.Random) -> Draft:
    lines = [
        "必要事項をご記入のうえご返送ください。", "", "【申込書】", "氏名：　　　　　　　　　　　　　印", "フリガナ：",
        "生年月日：昭和・平成　　年　　月　　日", "住所：〒　　　-", "電話番号：（　　　）　　　-",
        "会員番号：＿＿＿＿＿＿",
        "振込先口座：　　　銀行　　　支店　普通・当座　口座番号", "傷病名：", "個人番号：□□□□□□□□□□□□",
        "メールアドレス：　　　　　　　＠", f"締切：2026年12月{draw.randint(1, 28)}日", "",
    ]  # fmt: skip
    return Draft("form", "申込書の様式", [*lines, *filling(draw, 2)])


def _moved(draw: random.Random) -> Draft:
    lines = [
        "このたび当会の事務所を下記へ移転いたします。", "", f"新住所：〒380-{draw.randint(0, 9999):04d}",
        f"　長野県長野市中御所{draw.randint(1, 5)}丁目{draw.randint(1, 20)}番{draw.randint(1, 20)}号 青葉ビル4階",
        f"代表電話：{telephone(draw)}", f"FAX：{telephone(draw)}", f"業務開始日：2026年12月{draw.randint(1, 28)}日",
    ]  # fmt: skip
    return Draft("moved", "事務所移転のお知らせ", [*lines, "", *filling(draw, 2)])


def _reply(draw: random.Random) -> Draft:
    firm, contact = partner(draw)
    said = f"{OFFICE} ご担当者様\n\nお世話になっております。{firm[0]}の{contact[0].split(' ')[0]}です。\n"
    signed = signature(draw, contact[0], f"{contact[1]}@{firm[1]}", firm[0])
    below = quoted(draw, f"{said}資料の件、承知いたしました。\n\n{signed}", firm, contact)
    return Draft("reply", "Re: 資料の件", ["ご返信ありがとうございます。", *filling(draw, 3)], below=below)


def _prices(draw: random.Random) -> Draft:
    rows = ["商品コード,商品名,JANコード,単価,数量,発注番号,納期"]
    rows += [
        f"{draw.choice('AB')}N{numbers.digits(draw, 7)},用紙 A4,49{numbers.digits(draw, 11)},{draw.randint(100, 9999)},"
        f"{draw.randint(1, 50)},{numbers.digits(draw, 12)},2026/12/{draw.randint(1, 28):02d}"
        for _ in range(25)
    ]
    file = Attached("price_list.csv", "\r\n".join(rows).encode("utf-8-sig"), "text/csv")
    return Draft("prices", "価格表", ["最新の価格表をお送りします。", *filling(draw, 2)], files=[file])


def _alert(draw: random.Random) -> Draft:
    kinds = ("timestamp", "epoch", "txid", "uuid", "version", "url", "bare_16")
    lines = [numbers.DECOYS[draw.choice(kinds)](draw) for _ in range(5)]
    return Draft("alert", "障害調査のログ", ["通信障害のログをお送りします。", *lines, "", *filling(draw, 2)])


def _online(draw: random.Random) -> Draft:
    number = f"{draw.randint(100, 999)} {draw.randint(1000, 9999)} {draw.randint(1000, 9999)}"
    lines = [
        "オンライン会議にご参加ください。", f"https://meet.example.com/j/{numbers.digits(draw, 11)}",
        f"ミーティング ID: {number}",
        f"日時：2026/12/{draw.randint(1, 28):02d} 10:00～11:30", "参加者：石川様、福島様、当会 降旗・比嘉",
    ]  # fmt: skip
    return Draft("online", "オンライン会議のご案内", [*lines, "", *filling(draw, 3)])


def _holders(draw: random.Random) -> Draft:
    lines = [
        "役員改選の結果をお知らせします。", "", "理事長　　冷泉 和夫（県立ひがし高等学校長）",
        "専務理事　東海林 龍之介",
        "監事　　　一ノ瀬 恵（みどり会計事務所 公認会計士）", "", "よろしくお引き立てのほどお願い申し上げます。",
    ]  # fmt: skip
    return Draft("holders", "役員就任のごあいさつ", [*lines, *filling(draw, 3)])


def _schools(draw: random.Random) -> Draft:
    rows = ["施設名,所在地,代表電話,FAX,ホームページ"]
    rows += [
        f"{draw.choice(('みなみ', 'ひがし', 'きた'))}{draw.choice(('中学校', '高等学校', '公民館', '総合病院'))},"
        f"長野県長野市若里{draw.randint(1, 6)}-{draw.randint(1, 30)}-{n},{telephone(draw)},{telephone(draw)},"
        f"https://www.school{n}.example.jp/"
        for n in range(1, 20)
    ]
    file = Attached("施設一覧.csv", "\r\n".join(rows).encode("cp932"), "text/csv")
    return Draft("schools", "指定施設の一覧", ["一覧をお送りします。", *filling(draw, 2)], files=[file])


def _banquet(draw: random.Random) -> Draft:
    lines = [
        "懇親会の件、次のとおりお願いいたします。", f"予約番号：{numbers.digits(draw, 8)}",
        "人数：48名（うちお子様3名）",
        f"料理：お一人様 {draw.randint(5, 9)},500円（税込）", f"会場：{draw.choice(_PLACES)}",
        "席次は当日お渡しします。",
    ]  # fmt: skip
    return Draft("banquet", "懇親会のお願い", [*lines, "", *filling(draw, 3)])


def _newsletter(draw: random.Random) -> Draft:
    texts = "".join(f"<p>{one}</p>" for one in filling(draw, 5) if one)
    html = (
        f"<h2>あおば通信 第{draw.randint(10, 99)}号</h2>{texts}"
        "<table border=1><tr><th>開催日</th><th>行事</th><th>定員</th></tr>"
        f"<tr><td>2026/12/0{draw.randint(1, 9)}</td><td>ハイキング</td><td>30名</td></tr></table>"
    )
    return Draft("newsletter", "あおば通信", html=html)


def _minutes(draw: random.Random) -> Draft:
    lines = [
        "議事録をお送りします。", "", "出席：石川部長、福島課長、当会 宇都宮、小宮山", "欠席：加藤様",
        "1. 長谷川より昨年度の実績について説明があった。", "2. 関様から納期について質問があり、比嘉が回答した。",
    ]  # fmt: skip
    return Draft("minutes", "打合せ議事録", [*lines, "", *filling(draw, 4)])


def _health(draw: random.Random) -> Draft:
    lines = [one.text for one in draw.sample(list(special_care.decoys(draw.randint(0, 999), 1)), 4)]
    return Draft("health", "健康事業のご案内", [*lines, "", *filling(draw, 3)])


def _support(draw: random.Random) -> Draft:
    kinds = ("serial", "imei", "product", "contract", "facility", "lot", "estimate", "booking", "isbn", "jan")
    lines = [numbers.DECOYS[draw.choice(kinds)](draw) for _ in range(4)]
    return Draft("support", f"お問い合わせ（受付番号 {numbers.digits(draw, 10)}）", [*lines, "", *filling(draw, 2)])


def _thanks(draw: random.Random) -> Draft:
    lines = ["昨日はお忙しいところご来訪いただき、ありがとうございました。", f"当会の窓口は soumu@{OWN_DOMAIN} です。"]
    return Draft("thanks", "御礼", [*lines, "", *filling(draw, 4)])


CLEAN: tuple[Callable[[random.Random], Draft], ...] = (
    _meeting, _quotation, _invoice, _shipment, _statistics, _event, _form, _moved, _reply, _prices, _alert, _online,
    _holders, _schools, _banquet, _newsletter, _minutes, _health, _support, _thanks,
)  # fmt: skip
"""A maker for each family."""


def clean_documents(seed: int, rounds: int) -> Iterator[Document]:
    """Every family so many times."""
    draw = random.Random(f"{seed} clean")
    for _ in range(rounds):
        for make in CLEAN:
            yield written(make(draw), draw)
