"""Seeded numbers as people write them: for each kind valid values, their spellings and the sentences and forms they
stand in, and families of numbers that look like them and are nobody's. Everything is invented; the check digits here
are computed by this file's own words, so that the detectors do not check themselves.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SURNAMES = (
    "小林",
    "三浦",
    "原田",
    "黒岩",
    "田幸",
    "五十畑",
    "滝沢",
    "永峯",
    "安藤",
    "河合",
    "工藤",
    "戸田",
    "内田",
    "岡本",
)
GIVEN = ("直樹", "恵", "蒼", "洋子", "大輔", "沙織", "早苗", "真理子", "美樹", "正", "晃", "幸子", "理恵", "拓海")
KANA = ("コバヤシ ナオキ", "ミウラ ダイスケ", "クロイワ サオリ", "オガワ マサル", "アンドウ ミキ", "トダ サチコ")
ROMAN = ("KOBAYASHI NAOKI", "MIURA DAISUKE", "KUROIWA SAORI", "TAKO SANAE")
BANKS = ("みどり野銀行", "あおぞら野信用金庫", "みすず銀行", "大空信用組合", "さくら農業協同組合", "北山労働金庫")
BRANCHES = ("中野支店", "本店営業部", "浦和支店", "駅前支店", "本店", "東出張所")
FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")


@dataclass(frozen=True)
class Case:
    """A text, the value in it (digits and letters only), and the family it comes of. ``value`` "": nobody's number."""

    family: str
    text: str
    value: str = ""


def digits(rng: random.Random, size: int) -> str:
    """So many digits at random."""
    return "".join(rng.choice("0123456789") for _ in range(size))


def name(rng: random.Random) -> str:
    """An invented person."""
    return rng.choice(SURNAMES) + rng.choice((" ", "\u3000", "")) + rng.choice(GIVEN)


def my_number(rng: random.Random) -> str:
    """12 digits with the check digit of 省令第85号."""
    body = digits(rng, 11)
    total = sum(int(d) * (n + 1 if n <= 6 else n - 5) for n, d in enumerate(reversed(body), 1))
    rest = total % 11
    return body + str(0 if rest <= 1 else 11 - rest)


def luhn_tail(body: str) -> str:
    """The digits with the one that makes them pass Luhn."""
    for last in "0123456789":
        total = 0
        for at, d in enumerate(reversed(body + last)):
            n = int(d) * (2 if at % 2 else 1)
            total += n - 9 if n > 9 else n
        if total % 10 == 0:
            return body + last
    raise AssertionError(body)


def driver_license(rng: random.Random) -> str:
    """12 digits of a commission that exists, the eleventh right."""
    body = rng.choice(("20", "30", "43", "45", "48", "54", "62", "73", "90")) + digits(rng, 8)
    total = sum(int(d) * w for d, w in zip(body, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True))
    return body + str((11 - total % 11) % 10) + rng.choice("0001")


def corporate_number(rng: random.Random) -> str:
    """13 digits, the first right."""
    body = digits(rng, 12)
    total = sum(int(d) * (1 if n % 2 else 2) for n, d in enumerate(reversed(body), 1))
    return str(9 - total % 9) + body


def insurer_number(rng: random.Random) -> str:
    """A 保険者番号 of eight or six digits."""
    law = rng.choice(("01", "06", "31", "32", "33", "34", "39", "63", "72", "75"))
    return (
        luhn_tail(law + f"{rng.randint(1, 47):02}" + digits(rng, 3))
        if rng.random() < 0.7
        else luhn_tail(f"{rng.randint(1, 47):02}" + digits(rng, 3))
    )


def card_number(rng: random.Random) -> str:
    """A card of one of the brands."""
    start, size = rng.choice(
        (
            ("4", 16),
            ("51", 16),
            ("54", 16),
            ("2221", 16),
            ("3530", 16),
            ("3541", 16),
            ("34", 15),
            ("37", 15),
            ("36", 14),
            ("6011", 16),
        )
    )
    return luhn_tail(start + digits(rng, size - 1 - len(start)))


def cut(number: str, *sizes: int, joint: str) -> str:
    """The number in stretches."""
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    return joint.join(parts)


def spelled(rng: random.Random, number: str, *sizes: int) -> str:
    """The number as somebody types it: together or in stretches, half or full width."""
    made = number if rng.random() < 0.4 else cut(number, *sizes, joint=rng.choice(("-", "-", " ")))
    return made.translate(FULL_WIDTH) if rng.random() < 0.2 else made


def in_place(rng: random.Random, label: str, value: str) -> str:
    """A label and its value in one of the shapes that mails and forms have."""
    person = name(rng)
    return rng.choice(
        (
            f"{label} {value}",
            f"{label}：{value}",
            f"{label}: {value}\n",
            f"　・{label}　{value}",
            f"【{label}】{value}",
            f"{label}は{value}です。",
            f"{label}（{person}）：{value}",
            f"{label}\n{value}\n",
            f"{label}:\n  {value}",
            f"{label}\t{value}",
            f"氏名\t{person}\n{label}\t{value}\n備考\t",
            f"氏名\t{label}\t備考\n{person}\t{value}\t新規\n",
            f"氏名,{label},備考\n{person},{value},\n",
            f"| 氏名 | {label} |\n| {person} | {value} |",
            f"{person}さんの{label}は、{value} とのことです。",
            f"お世話になっております。\n{person}の{label}をお知らせします。\n{label}　{value}\n以上です。",
            f"{label} No.{value}",
            f"({label}){value}",
            f"{label}＝{value}",
            f"1) {person} {label}:{value}",
        )
    )


_MY_LABELS = (
    "個人番号", "マイナンバー", "マイナンバー（個人番号）", "個人番号（12桁）", "Individual Number", "My Number",
    "本人の個人番号", "配偶者マイナンバー", "扶養親族の個人番号", "個人番号カードの番号",
)  # fmt: skip
_PENSION_LABELS = (
    "基礎年金番号", "年金番号", "基礎年金番号（10桁）", "年金手帳の番号", "Pension No.", "Basic Pension Number",
    "配偶者の基礎年金番号",
)  # fmt: skip
_LICENCE_LABELS = (
    "免許証番号", "運転免許証番号", "運転免許番号", "免許番号", "Driver's license No.", "運転免許証の番号",
    "免許証No",
)  # fmt: skip
_PASSPORT_LABELS = (
    "旅券番号", "パスポート番号", "Passport No.", "パスポートNo", "Passport number", "旅券番号（パスポート）",
)  # fmt: skip
_RESIDENCE_LABELS = (
    "在留カード番号", "在留カードNo", "Residence card", "在留カードの番号", "Residence Card No.",
    "特別永住者証明書番号",
)  # fmt: skip
_CARD_LABELS = (
    "カード番号", "クレジットカード番号", "カードNo", "Card number", "Credit card No.", "クレジットカード", "VISA",
)  # fmt: skip
_ACCOUNT_LABELS = (
    "口座番号", "普通", "普通預金", "（普）", "振込先口座番号", "Account No.", "普通預金口座", "口座No", "貯蓄",
    "普通口座番号", "給与振込口座番号",
)  # fmt: skip
_EMPLOYMENT_LABELS = (
    "雇用保険被保険者番号", "雇用保険番号", "雇用保険被保険者証番号", "雇保番号", "雇用保険の被保険者番号",
)  # fmt: skip
_RESIDENT_LABELS = (
    "住民票コード", "住基コード", "住民票コード（11桁）", "本人の住民票コード",
)  # fmt: skip
_INSURED_LABELS = (
    "被保険者証番号", "組合員証番号", "保険証番号", "健康保険証番号", "資格確認書番号", "加入者証番号",
    "被保険者番号", "健保番号", "組合員等番号", "Health insurance No.",
)  # fmt: skip


def my_numbers(rng: random.Random) -> Iterator[Case]:
    """Labelled My Numbers without end."""
    while True:
        value = my_number(rng)
        yield Case("my_number", in_place(rng, rng.choice(_MY_LABELS), spelled(rng, value, 4, 4, 4)), value)


def pension_numbers(rng: random.Random) -> Iterator[Case]:
    """Labelled pension numbers."""
    while True:
        value = digits(rng, 10)
        yield Case("basic_pension_number", in_place(rng, rng.choice(_PENSION_LABELS), spelled(rng, value, 4, 6)), value)


def licences(rng: random.Random) -> Iterator[Case]:
    """Labelled licence numbers, also as the card prints them."""
    while True:
        value = driver_license(rng)
        typed = rng.choice((value, f"第{value}号", f"第 {value} 号", value.translate(FULL_WIDTH)))
        yield Case("driver_license", in_place(rng, rng.choice(_LICENCE_LABELS), typed), value)


def passports(rng: random.Random) -> Iterator[Case]:
    """Labelled passport numbers."""
    while True:
        value = rng.choice("TM") + rng.choice("RKZGHS") + digits(rng, 7)
        yield Case("passport", in_place(rng, rng.choice(_PASSPORT_LABELS), value), value)


def residence_cards(rng: random.Random) -> Iterator[Case]:
    """Labelled and bare residence cards."""
    while True:
        letters = "".join(rng.choice("ABCDEFGHJKLPQRSTUVWXYZ") for _ in range(4))
        value = letters[:2] + digits(rng, 8) + letters[2:]
        yield Case("residence_card", in_place(rng, rng.choice(_RESIDENCE_LABELS), value), value)


def cards(rng: random.Random) -> Iterator[Case]:
    """Labelled card numbers."""
    while True:
        value = card_number(rng)
        sizes = {14: (4, 6, 4), 15: (4, 6, 5), 16: (4, 4, 4, 4)}[len(value)]
        yield Case("credit_card", in_place(rng, rng.choice(_CARD_LABELS), spelled(rng, value, *sizes)), value)


def accounts(rng: random.Random) -> Iterator[Case]:
    """Accounts of persons, of banks and of the post bank."""
    while True:
        value = digits(rng, 7)
        bank, branch, holder = rng.choice(BANKS), rng.choice(BRANCHES), rng.choice(KANA)
        symbol, post = f"1{digits(rng, 3)}0", digits(rng, 7) + "1"
        code = f"{rng.randint(1, 999):03}"
        yield Case("bank_account", in_place(rng, rng.choice(_ACCOUNT_LABELS), value), value)
        yield Case("bank_account", f"お振込先 {bank} {branch} 普通 {value}\n口座名義 {holder}", value)
        yield Case("bank_account", f"{bank}{branch}（{code}） 普通預金 口座番号 {value} {holder}", value)
        yield Case(
            "bank_account",
            f"銀行名：{bank}\n支店名：{branch}（{code}）\n種別：普通\n口座番号：{value}\n名義：{holder}",
            value,
        )
        yield Case("bank_account", f"{bank} {branch} {value} {holder}", value)
        yield Case("bank_account", f"ゆうちょ銀行 記号 {symbol} 番号 {post} {holder}", post)
        yield Case("bank_account", f"ゆうちょ銀行\n記号：{symbol}\n番号：{post}\n名義：{holder}", post)
        yield Case("bank_account", f"（ゆうちょ）{symbol}-{post}　{holder}", post)
        yield Case("bank_account", f"通帳記号 {symbol} 通帳番号 {post}", post)
        yield Case("bank_account", f"ゆうちょ銀行 〇一八店 普通 {value}", value)


def employment_numbers(rng: random.Random) -> Iterator[Case]:
    """Labelled employment insurance numbers."""
    while True:
        value = digits(rng, 11)
        label = rng.choice(_EMPLOYMENT_LABELS)
        yield Case("employment_insurance", in_place(rng, label, cut(value, 4, 6, 1, joint="-")), value)
        yield Case("employment_insurance", in_place(rng, label, value), value)


def resident_codes(rng: random.Random) -> Iterator[Case]:
    """Labelled resident codes."""
    while True:
        value = digits(rng, 11)
        yield Case("resident_code", in_place(rng, rng.choice(_RESIDENT_LABELS), value), value)


def insurances(rng: random.Random) -> Iterator[Case]:
    """Numbers of insured people and of insurers."""
    while True:
        value, symbol = digits(rng, rng.randint(4, 7)), digits(rng, rng.randint(3, 4))
        insurer = insurer_number(rng)
        public = "公立" + rng.choice(("埼玉", "東京", "長野", "千葉", "神奈川"))
        person = name(rng)
        yield Case("health_insurance", in_place(rng, rng.choice(_INSURED_LABELS), value), value)
        yield Case("health_insurance", in_place(rng, "保険者番号", insurer), insurer)
        yield Case("health_insurance", f"組合員証記号 {public} 番号 {value}（{person}）", value)
        yield Case("health_insurance", f"健康保険証\n記号 {symbol} 番号 {value}（枝番）01\n氏名 {person}", value)
        yield Case("health_insurance", f"被保険者証の記号・番号　{symbol}-{value}", value)
        yield Case("health_insurance", f"記号{public}・番号{value} {person}", value)
        yield Case("health_insurance", f"被保険者等記号・番号：{symbol}・{value}", value)
        yield Case("health_insurance", f"保険証の記号：{symbol}、番号：{value}、氏名：{person}", value)
        yield Case("health_insurance", f"介護保険被保険者番号 {value.zfill(10)}", value.zfill(10))


def corporate_numbers(rng: random.Random) -> Iterator[Case]:
    """Corporate numbers and registered ones."""
    while True:
        value = corporate_number(rng)
        yield Case("corporate_number", in_place(rng, "法人番号", value), value)
        yield Case("corporate_number", f"登録番号：T{value}", value)
        yield Case("corporate_number", f"適格請求書発行事業者登録番号 T{cut(value, 1, 4, 4, 4, joint='-')}", value)


KINDS: dict[str, Callable[[random.Random], Iterator[Case]]] = {
    "my_number": my_numbers,
    "basic_pension_number": pension_numbers,
    "driver_license": licences,
    "passport": passports,
    "residence_card": residence_cards,
    "credit_card": cards,
    "bank_account": accounts,
    "employment_insurance": employment_numbers,
    "resident_code": resident_codes,
    "health_insurance": insurances,
    "corporate_number": corporate_numbers,
}
"""For each kind its cases, without end."""


def _isbn(rng: random.Random) -> str:
    body = "9784" + digits(rng, 8)
    return body + str(-sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(body)) % 10)


def _time(rng: random.Random) -> str:
    month, day, hour = rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23)
    return f"20{rng.randint(20, 29)}{month:02}{day:02}{hour:02}{rng.randint(0, 59):02}"


def _hex(rng: random.Random, size: int) -> str:
    return "".join(rng.choice("0123456789abcdef") for _ in range(size))


DECOYS: dict[str, Callable[[random.Random], str]] = {
    "tracking": lambda r: f"お問い合わせ番号は{cut(digits(r, 12), 4, 4, 4, joint='-')}です。",
    "tracking_waybill": lambda r: f"お荷物伝票番号：{digits(r, 12)}（ヤマト運輸）",
    "tracking_list": lambda r: "送り状番号\n" + "\n".join(cut(digits(r, 12), 4, 4, 4, joint="-") for _ in range(4)),
    "tracking_bare": lambda r: f"本日 {cut(digits(r, 12), 4, 4, 4, joint='-')} で発送しました。",
    "order": lambda r: f"ご注文番号 {digits(r, r.choice((7, 8, 10, 12, 16)))} を承りました。",
    "order_english": lambda r: f"Order #{cut(digits(r, 12), 4, 4, 4, joint='-')} has shipped. Order No. {digits(r, 7)}",
    "booking": lambda r: f"予約番号：{digits(r, r.choice((7, 8, 10, 12)))}　確認番号 {digits(r, 7)}",
    "isbn": lambda r: (
        f"テキスト（ISBN{_isbn(r)}）をご用意ください。 ISBN 978-4-{digits(r, 2)}-{digits(r, 6)}-{digits(r, 1)}"
    ),
    "jan": lambda r: f"JANコード：49{digits(r, 11)} 品番 {digits(r, 7)}",
    "imei": lambda r: f"IMEI {luhn_tail(digits(r, 14))} 製造番号 {digits(r, 12)}",
    "serial": lambda r: f"端末シリアル番号：{luhn_tail('4' + digits(r, 14))} 型番 {r.choice('ABST')}N{digits(r, 7)}",
    "product": lambda r: f"製品コード：{luhn_tail('45' + digits(r, 13))}\nシリアル：SN{digits(r, 7)}A",
    "timestamp": lambda r: f"ログ {_time(r)} に記録、ファイル {_time(r)}{digits(r, 2)}.pdf、ID {_time(r)}",
    "epoch": lambda r: f"ts=1{digits(r, 12)} epoch 1{digits(r, 9)} trace {digits(r, 16)}",
    "txid": lambda r: f"txid {_hex(r, 64)} block {digits(r, 6)}",
    "uuid": lambda r: f"UUID {_hex(r, 8)}-{_hex(r, 4)}-4{_hex(r, 3)}-a{_hex(r, 3)}-{digits(r, 12)}",
    "url": lambda r: f"https://files.example.com/d/{my_number(r)}/view?id={card_number(r)}&n={digits(r, 7)}",
    "contract": lambda r: f"契約番号 {digits(r, 4)}-{digits(r, 6)} 証券番号 {digits(r, 11)}",
    "bill": lambda r: f"請求番号：INV-{digits(r, 8)}-{digits(r, 7)}　請求書No {digits(r, 12)}",
    "estimate": lambda r: f"見積番号：2026-{digits(r, 6)}",
    "meeting": lambda r: f"会議ID: {cut(digits(r, 11), 3, 4, 4, joint=' ')} パスコード: {digits(r, 6)}",
    "phone": lambda r: (
        f"TEL 0{digits(r, 9)} 携帯 090-{digits(r, 4)}-{digits(r, 4)} FAX 03-{digits(r, 4)}-{digits(r, 4)}"
    ),
    "phone_bare": lambda r: f"ご連絡は 0{r.randint(1, 9)}{digits(r, 8)} または 080{digits(r, 8)} まで",
    "amount": lambda r: f"普通預金残高 {r.randint(1000000, 9999999)}円、合計 ¥{r.randint(1000000, 9999999)}",
    "lot": lambda r: f"ロット番号：{digits(r, 12)} 数量 {digits(r, 6)}個",
    "facility": lambda r: (
        f"お客様番号 {digits(r, 10)}　供給地点特定番号 {cut(digits(r, 22), 2, 4, 4, 4, 4, 4, joint='-')}"
    ),
    "version": lambda r: f"バージョン 10.0.{digits(r, 5)}.{digits(r, 4)} build {digits(r, 7)}",
    "bare_7": lambda r: f"参加者 {digits(r, 7)} と {digits(r, 8)} を確認しました。",
    "bare_10": lambda r: f"コード {cut(digits(r, 10), 4, 6, joint='-')} と {digits(r, 11)} です。",
    "bare_16": lambda r: f"識別子 {digits(r, 16)} を登録しました。",
    "mail_post": lambda r: (
        f"普通郵便で 〒{digits(r, 3)}-{digits(r, 4)} へ送付。書留 {cut(digits(r, 11), 3, 2, 5, 1, joint='-')}"
    ),
}
"""Families of numbers that are nobody's, each a text with one or more of them."""


def company_account(rng: random.Random) -> Case:
    """An account that a company or an association holds."""
    value = digits(rng, 7)
    bank = f"{rng.choice(BANKS)} {rng.choice(BRANCHES)}"
    holder = rng.choice((
        "カ）アオゾラシヨウジ", "アオゾラシヨウジ（カ", "株式会社青空商事", "ザイ)アオバゴジヨカイ",
        "一般財団法人あおば互助会", "㈱みどり", "ユ）ミドリ", "あおば教職員互助会", "みどり中学校 PTA会計",
        "（株）松本組", "イ）サクラビヨウイン", "Aoba Trading Co., Ltd.",
    ))  # fmt: skip
    text = rng.choice(
        (
            f"お振込先 {bank} 普通 {value} {holder}",
            f"振込先：{bank}\n普通 {value}\n口座名義：{holder}",
            f"{bank} 当座 {value}　{holder}",
            f"口座番号：{value}\n口座名義人：{holder}",
            f"名義 {holder}\n{bank} 普通預金 {value}",
        )
    )
    return Case("company_account", text, value)
