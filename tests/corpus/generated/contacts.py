"""Labelled lines with telephones, mail addresses, birth dates, numbers, pay and secrets, and what resembles them.

Guarantees: the same cases for the same seed; every case holds its values in known places; decoys hold none of their
kind. People are invented, domains reserved for examples (RFC 2606), telephones use exchanges 555 and 55.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

PEOPLE = (
    "山田 太郎",
    "佐々木 由香",
    "髙橋 翔",
    "勅使河原 一郎",
    "林 さくら",
    "長谷川 美咲",
    "東海林 健太",
    "岡本 理恵",
)
KANJI = str.maketrans("0123456789", "〇一二三四五六七八九")
WIDE = {number: number + 0xFEE0 for number in range(0x21, 0x7F)}
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """A text; ``values``: what a detector of the kind must find in it, as written, none for a decoy."""

    kind: str
    family: str
    text: str
    values: tuple[str, ...] = ()


def _digits(dice: random.Random, count: int) -> str:
    return "".join(dice.choice("0123456789") for _ in range(count))


def _in_sentence(dice: random.Random, line: str) -> str:
    """A line as it stands in a mail: alone, between others, in a list or quoted."""
    head = dice.choice(("", "お世話になっております。\n", "下記のとおりです。\n\n", "> ", "・", "　", "1. "))
    return head + line + dice.choice(("", "\n", "\nよろしくお願いいたします。", "\n以上\n"))


def _phone(dice: random.Random) -> tuple[str, str, str]:
    """Three groups: a mobile, an IP telephone or a land line."""
    if dice.random() < 0.5:
        return dice.choice(("090", "080", "070", "060")), "555" + dice.choice("123456789"), _digits(dice, 4)
    if dice.random() < 0.1:
        return "050", "5555", _digits(dice, 4)
    area = dice.choice(
        ("03", "06", "045", "048", "055", "075", "0263", "0268", "0269", "0485", "04992", "01267", "022")
    )
    return area, {2: "5555", 3: "555", 4: "55", 5: "5"}[len(area)], _digits(dice, 4)


PHONE_SPELLINGS: dict[str, Callable[[str, str, str], str]] = {
    "hyphens": lambda a, b, c: f"{a}-{b}-{c}",
    "wide": lambda a, b, c: f"{a}-{b}-{c}".translate(WIDE),
    "area in brackets": lambda a, b, c: f"({a}){b}-{c}",
    "area in wide brackets": lambda a, b, c: f"（{a}）{b}－{c}",
    "exchange in brackets": lambda a, b, c: f"{a}({b}){c}",
    "blanks and brackets": lambda a, b, c: f"{a} ({b}) {c}",
    "dots": lambda a, b, c: f"{a}.{b}.{c}",
    "blanks": lambda a, b, c: f"{a} {b} {c}",
    "abroad": lambda a, b, c: f"+81-{a[1:]}-{b}-{c}",
    "abroad with blanks": lambda a, b, c: f"+81 {a[1:]}-{b}-{c}",
    "abroad with zero": lambda a, b, c: f"+81(0){a[1:]}-{b}-{c}",
    "bare": lambda a, b, c: a + b + c,
    "kanji": lambda a, b, c: f"{a}―{b}―{c}".translate(KANJI),
    "minus signs": lambda a, b, c: f"{a}−{b}−{c}",
    "long vowel marks": lambda a, b, c: f"{a}ー{b}ー{c}",
    "broken line": lambda a, b, c: f"{a}-{b}-\n{c}",
    "two groups": lambda a, b, c: f"{a}-{b}{c}",
}
PHONE_LABELS = (
    "電話 {}", "電話番号：{}", "TEL {}", "TEL:{}", "Tel. {}", "℡{}", "携帯 {}", "携帯電話：{}", "連絡先 {}",
    "自宅:{}", "緊急連絡先：{}", "Mobile: {}", "Phone {}", "日中のご連絡先は{}です。", "電話は{}までお願いします。",
    "☎{}", "実家（{}）",
)  # fmt: skip
PHONE_DECOYS = (
    "伝票番号は0{9}です。", "お問い合わせ番号：0{3}-{4}-{4}", "注文番号 0{9}", "請求番号：090-{4}-{4}",
    "会議ID: 0{2} {4} {4}", "ミーティング ID: 8{2} {4} {4}", "https://files.example.com/d/090{8}/view",
    "https://a.example.jp/?id=03{8}", "契約番号 {4}-{6}", "JANコード：49{11}", "製品コード：080-{4}-{3}B",
    "ISBN978-4-06-{6}-7", "期間 2025-04-01～2026-03-31", "第03-04{2}-0607号", "〒080-00{2}", "口座番号 0{6}",
    "管理番号：03-{4}-{4}", "ロット番号：09{9}", "シリアル：SN080{8}", "型番：080-{4}-{3}B", "見積番号：2026-{6}",
    "法人番号 0{12}", "金額 10,{3},{3}円", "申込番号：0120-{3}-{3}", "バージョン 10.0.{5}.{4}", "txid=080{8}",
    "UUID 550e8400-e29b-41d4-a716-0{11}", "振替口座 00120-5-{6}", "1. 0.{8}", "追跡番号：080{8}",
    "受付番号 070-{4}-{4}", "契約者番号：0{9}",
)  # fmt: skip


def phone_cases(dice: random.Random, count: int) -> Iterator[Case]:
    """Telephones with a word before them, in every spelling; those of mobiles also without one."""
    names = sorted(PHONE_SPELLINGS)
    for number in range(count):
        spelling = names[number % len(names)]
        groups = _phone(dice)
        value = PHONE_SPELLINGS[spelling](*groups)
        label = dice.choice(PHONE_LABELS)
        if spelling in ("hyphens", "wide", "area in brackets") and dice.random() < 0.4:
            label = dice.choice((dice.choice(PEOPLE) + "　{}", "{}（本人）", "{}\t男"))
        yield Case("phone_number", spelling, _in_sentence(dice, label.format(value)), (value,))


ADDRESS_SPELLINGS: dict[str, Callable[[str, str], str]] = {
    "plain": lambda local, domain: f"{local}@{domain}",
    "capitals": lambda local, domain: f"{local.title()}@{domain.upper()}",
    "wide": lambda local, domain: f"{local}@{domain}".translate(WIDE),
    "wide at": lambda local, domain: f"{local}＠{domain}",
    "two dots": lambda local, domain: f"{local}..x@{domain}",
    "dot before at": lambda local, domain: f"{local}.@{domain}",
    "dot first": lambda local, domain: f".{local}@{domain}",
    "quoted": lambda local, domain: f'"{local}..y"@{domain}',
    "plus": lambda local, domain: f"{local}+club@{domain}",
    "at in brackets": lambda local, domain: f"{local}[at]{domain}",
    "at in round brackets": lambda local, domain: f"{local} (at) {domain}",
    "at in kana": lambda local, domain: f"{local}【アット】{domain}",
}
ADDRESS_LABELS = (
    "メール：{}",
    "E-mail: {}",
    "メールアドレス {}",
    "{}",
    "連絡先は{}です。",
    "<{}>",
    "mail:{}、",
    "（{}）",
    "「{}」まで",
    "Mail:{};",
)
ADDRESS_DECOYS = (
    "image00{1}.png@01DA{4}.{8}", "cid:image.png@01DA{4}.ABCDEF{1}", "Message-ID: <{8}.abc@mail.example.jp>",
    "単価@1,{3}円", "@{4}円×3", "@tanaka さん", "user@localhost", "git clone ssh://git@git.example.com/x",
    "https://user:pw{4}@www.example.com/", "a @ b {2}", "100@50", "会場@渋谷", "x@y.{3}",
    "メールアドレスをご記入ください。", "＠ホーム", "at {4} example", "In-Reply-To: <{6}@mail.example.com>",
)  # fmt: skip


def address_cases(dice: random.Random, count: int) -> Iterator[Case]:
    """Mail addresses in every spelling."""
    names = sorted(ADDRESS_SPELLINGS)
    for number in range(count):
        local = dice.choice(("taro.yamada", "hanako_s", "k-mori", "yuki", "sato")) + _digits(dice, dice.randint(1, 4))
        domain = dice.choice(("mail.example.com", "freemail.example.net", "keitai.example.ne.jp", "example.org"))
        value = ADDRESS_SPELLINGS[names[number % len(names)]](local, domain)
        text = _in_sentence(dice, dice.choice(ADDRESS_LABELS).format(value))
        yield Case("email_address", names[number % len(names)], text, (value,))


def _date(dice: random.Random) -> tuple[int, int, int, str, int]:
    """A western date and its era with the era's year."""
    year = dice.choice((dice.randint(1927, 1988), dice.randint(1990, 2018), dice.randint(2020, 2026)))
    era, first = ("昭和", 1925) if year < 1989 else ("平成", 1988) if year < 2019 else ("令和", 2018)
    return year, dice.randint(1, 12), dice.randint(1, 28), era, year - first


DATE_SPELLINGS: dict[str, Callable[[int, int, int, str, int], str]] = {
    "western": lambda y, m, d, e, n: f"{y}年{m}月{d}日",
    "western with blanks": lambda y, m, d, e, n: f"{y}年 {m:2}月 {d:2}日",
    "slashes": lambda y, m, d, e, n: f"{y}/{m:02}/{d:02}",
    "slashes short": lambda y, m, d, e, n: f"{y}/{m}/{d}",
    "hyphens": lambda y, m, d, e, n: f"{y}-{m:02}-{d:02}",
    "dots": lambda y, m, d, e, n: f"{y}.{m}.{d}",
    "eight digits": lambda y, m, d, e, n: f"{y}{m:02}{d:02}",
    "era": lambda y, m, d, e, n: f"{e}{n}年{m}月{d}日",
    "era with blanks": lambda y, m, d, e, n: f"{e} {n}年 {m}月 {d}日",
    "era, wide": lambda y, m, d, e, n: f"{e}{n}年{m}月{d}日".translate(WIDE),
    "one sign": lambda y, m, d, e, n: f"{ {'昭和': '㍼', '平成': '㍻', '令和': '㋿'}[e] }{n}年{m}月{d}日",
    "era kanji": lambda y, m, d, e, n: f"{e[0]}{n}.{m}.{d}",
    "era letter": lambda y, m, d, e, n: f"{ {'昭和': 'S', '平成': 'H', '令和': 'R'}[e] }{n}.{m}.{d}",
    "era letter, zeros": lambda y, m, d, e, n: f"{ {'昭和': 'S', '平成': 'H', '令和': 'R'}[e] }{n:02}.{m:02}.{d:02}",
    "era letter, slashes": lambda y, m, d, e, n: f"{ {'昭和': 'S', '平成': 'H', '令和': 'R'}[e] }{n}/{m}/{d}",
    "era letter, digits": lambda y, m, d, e, n: f"{ {'昭和': 'S', '平成': 'H', '令和': 'R'}[e] }{n:02}{m:02}{d:02}",
    "era letter, wide": lambda y, m, d, e, n: f"{ {'昭和': 'S', '平成': 'H', '令和': 'R'}[e] }{n}.{m}.{d}".translate(
        WIDE
    ),
    "era, slashes": lambda y, m, d, e, n: f"{e}{n}/{m}/{d}",
    "kanji": lambda y, m, d, e, n: f"{e}{_kanji(n)}年{_kanji(m)}月{_kanji(d)}日",
    "kanji, western": lambda y, m, d, e, n: f"{str(y).translate(KANJI)}年{_kanji(m)}月{_kanji(d)}日",
    "era beside": lambda y, m, d, e, n: f"{y}年（{e}{n}年）{m}月{d}日",
    "English": lambda y, m, d, e, n: f"{MONTHS[m - 1]} {d}, {y}",
    "English, day first": lambda y, m, d, e, n: f"{d} {MONTHS[m - 1][:3]} {y}",
    "English, digits": lambda y, m, d, e, n: f"{m:02}/{d:02}/{y}",
}
DATE_LABELS = (
    "生年月日 {}", "生年月日：{}", "生年月日（西暦）：{}", "誕生日は{}です", "生年月日\n{}", "Date of birth: {}",
    "DOB {}", "生年月日:\t{}", "【生年月日】{}", "氏名・生年月日：山田 太郎　{}", "お誕生日　{}",
)  # fmt: skip
JAPANESE_DATE_LABELS = (
    "{}生",
    "{}生まれ",
    "山田 太郎（{}生）",
    "{} 生",
    "{}生れ",
    "（{}生まれ・男）",
    "{}（42歳）",
    "佐々木 由香\t{}\t女",
)
DATE_DECOYS = (
    "開催日：202{1}年4月10日", "期間 2025-04-01～2026-03-31", "学校教育法第37条、昭和22年法律第26号",
    "生年月日を2026年4月10日までにご提出ください。", "発行日 H30.4.1",
    "提出期限は平成31年3月29日です。生年月日の記入をお忘れなく。", "先生方へ 2026年5月1日", "学生 2026/04/01 入学",
    "採用年月日 S58.4.1", "昭和65年4月1日生", "1983年2月30日生", "生年月日 1983/13/01", "資格取得日 19980401",
    "生年月日：平成　　年　　月　　日", "バージョン 1.2.3 誕生", "R8.4.1 施行",
    "誕生日会は2026年6月1日に開催します。", "生徒数 2026/4/1 現在", "伝票 20260410 生産",
    "受診日 2026年4月10日 男性対象", "加入日 2010/04/01 女", "生年月日、住所、退職日 2026年3月31日",
    "発生日 2026年4月1日", "2026年4月1日生徒総会", "2026年4月1日生活指導",
)  # fmt: skip


def _kanji(number: int) -> str:
    """A number below 100 in kanji numerals with 十."""
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else "一二三四五六七八九"[tens - 1] + "十") + (
        "" if not ones else "一二三四五六七八九"[ones - 1]
    )


def date_cases(dice: random.Random, count: int) -> Iterator[Case]:
    """Dates of birth in every spelling, with the word before or behind them."""
    names = sorted(DATE_SPELLINGS)
    for number in range(count):
        spelling = names[number % len(names)]
        value = DATE_SPELLINGS[spelling](*_date(dice))
        labels = (
            DATE_LABELS
            if spelling.startswith("English") or "digits" in spelling
            else DATE_LABELS + JAPANESE_DATE_LABELS
        )
        yield Case("birth_date", spelling, _in_sentence(dice, dice.choice(labels).format(value)), (value,))


STAFF_OWNERS = ("職員", "社員", "従業員", "教職員", "行員", "スタッフ", "パート")
MEMBER_OWNERS = ("会員", "組合員", "加入者", "互助会員", "利用者", "受講者", "学生", "メンバー")
NUMBER_WORDS = ("番号", "No.", "ＮＯ", "№", "コード", "ID", "識別番号")
STAFF_ENGLISH = ("Employee No.", "Employee ID", "Staff number", "staff id", "Employee #", "EMP No.")
MEMBER_ENGLISH = ("Member ID", "Member No.", "Membership number", "Membership No", "member id", "Student ID")
NUMBER_GLUE = (
    "{}：{}",
    "{} {}",
    "{}{}",
    "{}は{}です。",
    "{}「{}」",
    "{}: {} 山田 太郎",
    "{}（8桁）：{}",
    "{}\n{}",
    "{}　第{}号",
    "{}＝{}",
    "【{}】{}",
)
NUMBER_SHAPES = (
    "1{7}",
    "{2}-{6}",
    "{4}",
    "{6}",
    "{8}",
    "A-{7}",
    "AB{5}",
    "{3}-{4}",
    "{10}",
    "{5}-{1}",
    "K{6}",
    "00{5}",
)
NUMBER_DECOYS = (
    "{owner}番号をご記入ください。締切は20260410です。", "{owner}番号：＿＿＿＿", "{owner}数 12,{3}名",
    "{owner}の電話番号 090-{4}-{4}", "{owner}番号（8桁の数字）", "{owner}向け研修 2026-04-10", "{owner}{4}人",
    "{owner}番号は別紙のとおり", "伝票番号 {8}", "注文番号：{2}-{6}", "口座番号 {7}", "{owner}番号 2026-04-10 現在",
    "{owner}番号・電話番号：03-{4}-{4}", "{owner}会費 3,{3}円", "保険者番号 {8}", "{8}", "{2}-{6}",
)  # fmt: skip


def _fill(dice: random.Random, pattern: str) -> str:
    """A pattern with every ``{n}`` filled with n digits."""
    for count in range(1, 14):
        while f"{{{count}}}" in pattern:
            pattern = pattern.replace(f"{{{count}}}", _digits(dice, count), 1)
    return pattern


def number_cases(
    dice: random.Random, count: int, kind: str, owners: tuple[str, ...], english: tuple[str, ...]
) -> Iterator[Case]:
    """Numbers of an office's people after every owner and word, in shapes of many offices."""
    for number in range(count):
        value = _fill(dice, NUMBER_SHAPES[number % len(NUMBER_SHAPES)])
        glue = dice.choice(NUMBER_GLUE)
        label = dice.choice(owners) + dice.choice(NUMBER_WORDS)
        if glue == "{}{}" and (label[-1].isascii() or value[0].isalpha()):
            glue = "{}:{}"
        if dice.random() < 0.2:
            label, glue = dice.choice(english), dice.choice(("{}: {}", "{} {}", "{} is {}."))
        while value.replace("-", "")[:2] in ("19", "20", "03", "04", "05", "06", "07", "08", "09", "01", "02"):
            value = _fill(dice, NUMBER_SHAPES[number % len(NUMBER_SHAPES)].replace("00", "12"))
        yield Case(kind, label, _in_sentence(dice, glue.format(label, value)), (value,))


PAY_WORDS = (
    "給与", "基本給", "賞与", "月給", "年収", "手取り", "差引支給額", "期末手当", "通勤手当", "講師謝金", "謝金",
    "報酬", "標準報酬月額", "時間外手当", "時給", "退職手当", "講演料", "原稿料", "夏季賞与", "給料月額", "総支給額",
    "年俸", "役員報酬", "ボーナス", "日当",
)  # fmt: skip
PAY_SPELLINGS: dict[str, Callable[[int], str]] = {
    "commas": lambda n: f"{n:,}円",
    "no commas": lambda n: f"{n}円",
    "sign": lambda n: f"¥{n:,}",
    "wide sign": lambda n: f"￥{n:,}-",
    "ten thousands": lambda n: f"{n // 10000 + 1}万円",
    "ten thousands and rest": lambda n: f"{n // 10000 + 1}万{dice_thousand(n)}円",
    "decimal": lambda n: f"{n // 10000 + 1}.5万円",
    "wide": lambda n: f"{n:,}円".translate(WIDE),
    "plain": lambda n: f"{n:,}",
}
PAY_GLUE = ("{}：{}", "{} {}", "{}は{}です。", "{}　{}", "{}\t{}", "{}（税込）：{}", "{}（6月分） {}", "{}: {}")
ENGLISH_PAY = ("Salary: {}", "Monthly salary {}", "Bonus: {}", "Net pay: {}", "Honorarium {}", "Annual income: {}")
PAY_DECOYS = (
    "保険料 月額 1,{3}円", "会費 3,{3}円", "ご請求金額：￥1,254,{3}-", "貸付残高 12,480,{3}円", "傷病手当金 85,{3}円",
    "給付金 85,{3}円を振り込みます。", "見舞金 30,{3}円", "給与から掛金 5,{3}円を控除", "源泉徴収税額 9,{3}円",
    "年金額 年 782,{3}円", "保険金額 1,000万円", "給与天引 5,{3}円", "参加費は3,{3}円", "単価 120円",
    "給与システム 導入費用 3,200,{3}円", "所得税 12,{3}円", "結婚祝金 20,{3}円",
    "賞与支給日は6月30日です。掛金 5,{3}円", "児童手当 10,{3}円", "給与の届出は20260410まで", "弁当代金 1,{3}円",
    "旅費 12,{3}円", "賞与 12,{3}人", "退職給付金 1,200,{3}円", "TOPIX 2,{3}.55",
    "給与明細は総務課へ。電話 048-555-{4}", "給与振込口座 1{6}", "育児休業手当金 150,{3}円", "予算額 3,000,{3}円",
    "給与支給人員 12,{3}名",
)  # fmt: skip


def dice_thousand(number: int) -> int:
    """The hundreds of an amount as a round number of yen below ten thousand, never 0."""
    return (number // 100 % 90 + 10) * 100


def pay_cases(dice: random.Random, count: int) -> Iterator[Case]:
    """Amounts after a word for pay, in every spelling."""
    names = sorted(PAY_SPELLINGS)
    for number in range(count):
        spelling = names[number % len(names)]
        value = PAY_SPELLINGS[spelling](dice.randint(12, 899) * 1000 + dice.randint(0, 9) * 100)
        line = dice.choice(PAY_GLUE).format(dice.choice(PAY_WORDS), value)
        if spelling in ("sign", "commas") and dice.random() < 0.2:
            line = dice.choice(ENGLISH_PAY).format(value)
        yield Case("salary", spelling, _in_sentence(dice, f"{dice.choice(PEOPLE)} {line}"), (value,))


SECRET_GLUE = (
    "パスワード：{}", "パスワード {}", "パスワードは {} です。", "パスワードは「{}」です。",
    "解凍パスワードは「{}」です。", "仮パスワード　{}", "初期パスワード: {}", "PW：{}", "ＰＷ:{}", "Password: {}",
    "password={}", "パスワード\n{}\n", "パスワードは以下のとおりです。\n\n{}\n", "パスワードをお知らせします。\n{}",
    "ログインID: aoba01\nパスワード: {}", "ID/PW: aoba01 / {}", "パスワード（半角）：{}", "開封用パスワード → {}",
    "The password is {}", "Your temporary password: {}", "添付ファイルのパスワードは次のとおりです：{}",
    "パスワードを「{}」に設定しました。", "【パスワード】{}", "パスワード＝{}", "APIキー：{}", "アクセスキー: {}",
    "secret: {}", "passphrase: {}",
)  # fmt: skip
PIN_GLUE = (
    "暗証番号：{}",
    "暗証番号は{}です。",
    "認証コード：{}",
    "PINコード: {}",
    "確認コード {}",
    "PIN: {}",
    "ワンタイムコード：{}",
    "パスコード：{}",
    "認証番号 {}",
)
SECRET_DECOYS = (
    "パスワードは別途お送りします。", "パスワードは別途お電話でお知らせいたします。",
    "パスワードを変更してください。", "ログインIDとパスワードに変更はありません。",
    "パスワードは8文字以上で設定してください。", "パスワード：別送", "パスワード: ********", "パスワード：○○○○",
    "ログインID: aoba{4}", "Password: required", "パスワードを忘れた方は https://www.example.com/reset へ",
    "パスワードの有効期限は2026/04/10です。", "パスワードは4～8桁です。", "your password will expire",
    "password reset", "パスワードはご自身の生年月日（8桁）です。", "パスワードはYYYYMMDD形式です。",
    "パスワード：https://www.example.com/pw", "PW：別途", "認証コードは10分間有効です。", "暗証番号は4桁です。",
    "パスワード変更 2026.4.10", "パスポート TR{7}", "パスワード: xxxxxxxx", "商品コード {8}",
    "パスワード通知は後ほど\n2026年4月", "Please change your password.", "PINK12{2}",
    "パスワードを電話でお伝えします。\nABC{4}", "password-protected.zip", "支店コード 503",
    "パスワードはありません。", "コンパス{4}", "キー{4}", "パスワード付きZIPファイル a{3}.zip を添付",
    "パスワード（変更後8-16文字）",
)  # fmt: skip


def secret_cases(dice: random.Random, count: int) -> Iterator[Case]:
    """Passwords, PINs and codes after their word."""
    for number in range(count):
        if number % 4 == 3:
            value = _digits(dice, dice.randint(4, 6))
            yield Case("credential", "digits", _in_sentence(dice, dice.choice(PIN_GLUE).format(value)), (value,))
            continue
        word = dice.choice(("Aoba", "Hana-7k", "kyosai", "tR9x", "Gojo", "m3Kp", "zip"))
        value = word + dice.choice("#_@!$%") * (number % 2) + _digits(dice, 4)
        yield Case("credential", "mixed", _in_sentence(dice, dice.choice(SECRET_GLUE).format(value)), (value,))


def cases(kind: str, count: int, seed: int = 4) -> tuple[Case, ...]:
    """Labelled cases of a kind."""
    dice = random.Random(f"{seed} {kind}")
    match kind:
        case "phone_number":
            made = phone_cases(dice, count)
        case "email_address":
            made = address_cases(dice, count)
        case "birth_date":
            made = date_cases(dice, count)
        case "staff_number":
            made = number_cases(dice, count, kind, STAFF_OWNERS, STAFF_ENGLISH)
        case "member_number":
            made = number_cases(dice, count, kind, MEMBER_OWNERS, MEMBER_ENGLISH)
        case "salary":
            made = pay_cases(dice, count)
        case _:
            made = secret_cases(dice, count)
    return tuple(made)


DECOYS = {
    "phone_number": PHONE_DECOYS,
    "email_address": ADDRESS_DECOYS,
    "birth_date": DATE_DECOYS,
    "staff_number": tuple(decoy.replace("{owner}", "職員") for decoy in NUMBER_DECOYS),
    "member_number": tuple(decoy.replace("{owner}", "会員") for decoy in NUMBER_DECOYS),
    "salary": PAY_DECOYS,
    "credential": SECRET_DECOYS,
}


def decoys(kind: str, count: int, seed: int = 4) -> tuple[Case, ...]:
    """What resembles a kind and is none; the family is the pattern it was made from."""
    dice = random.Random(f"{seed} {kind} decoys")
    patterns = DECOYS[kind]
    return tuple(
        Case(kind, pattern, _in_sentence(dice, _fill(dice, pattern)))
        for pattern in (patterns[number % len(patterns)] for number in range(count))
    )
