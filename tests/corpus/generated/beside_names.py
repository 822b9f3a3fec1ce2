"""Seeded numbers without a label, as people write them who know what they speak of: behind a name, in a column called
番号 or nothing, in records of programs; and the same layouts filled with numbers that are nobody's. All invented.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.corpus.generated.numbers import card_number, cut, digits, driver_license, my_number

NAMES = (
    "長谷川 美咲", "東海林 健太", "小林 直樹", "山田 栄子", "三浦 大輔", "黒岩 沙織", "安藤 真由美", "戸田 幸子",
    "河合 晃", "工藤 恵", "内田 拓海", "岡本 洋子",
)  # fmt: skip
KANA = ("コバヤシ ナオキ", "ミウラ ダイスケ", "クロイワ サオリ", "オガワ マサル", "アンドウ ミキ", "トダ サチコ")

Rows = list[tuple[str, ...]]


def _people(dice: random.Random, count: int) -> list[str]:
    return dice.sample(NAMES, count)


def number_column(dice: random.Random, make: Callable[[random.Random], str], header: str) -> tuple[Rows, list[str]]:
    """A sheet with names and a column of numbers, called so little as ``header``."""
    people = _people(dice, dice.randint(2, 6))
    values = [make(dice) for _ in people]
    rows: Rows = [("氏名", header, "備考")]
    rows += [(person, value, dice.choice(("", "確認済"))) for person, value in zip(people, values, strict=True)]
    return rows, values


def behind_names(dice: random.Random, make: Callable[[random.Random], str], matter: str) -> tuple[str, list[str]]:
    """Some lines of a mail in which a number stands right behind each name."""
    people = _people(dice, dice.randint(2, 4))
    values = [make(dice) for _ in people]
    shape = dice.choice(("{} {}", "{}　{}", "{}様 {}", "{}さん（{}）", "{}さんは{}です。", "・{}：{}", "{}\t{}"))
    lines = [shape.format(person, value) for person, value in zip(people, values, strict=True)]
    return f"お世話になっております。\n{matter}についてお送りします。\n\n" + "\n".join(lines) + "\n\n以上です。", values


def cards(dice: random.Random) -> str:
    """A card's number as typed into a cell."""
    number = card_number(dice)
    return number if dice.random() < 0.5 or len(number) != 16 else cut(number, 4, 4, 4, 4, joint=dice.choice("- "))


def pensions(dice: random.Random) -> str:
    """A pension number in its two groups."""
    return f"{digits(dice, 4)}-{digits(dice, 6)}"


def era_codes(dice: random.Random) -> str:
    """A birth date as old programs keep it."""
    era, first, last = dice.choice((("S", 20, 63), ("H", 1, 20)))
    return f"{era}{dice.randint(first, last):02}{dice.randint(1, 12):02}{dice.randint(1, 28):02}"


IN_COLUMNS: dict[str, tuple[Callable[[random.Random], str], str]] = {
    "credit_card": (cards, "番号"),
    "my_number": (my_number, "番号"),
    "driver_license": (driver_license, "免許の番号控え"),
    "basic_pension_number": (pensions, "年金"),
}
"""For each kind how a value is made and what its column is called."""

BEHIND: dict[str, tuple[Callable[[random.Random], str], str]] = {
    "my_number": (my_number, "年末調整"),
    "driver_license": (driver_license, "送迎の運転者"),
    "basic_pension_number": (pensions, "年金の裁定請求"),
    "credit_card": (card_number, "返金"),
}
"""For each kind how a value is made and what the mail is about."""


def _tracking(dice: random.Random) -> str:
    return cut(digits(dice, 12), 4, 4, 4, joint="-")


NOBODYS: dict[str, tuple[Callable[[random.Random], str], str]] = {
    "parcels": (_tracking, "お問い合わせ番号"),
    "orders": (lambda dice: digits(dice, 16), "注文番号"),
    "dealings": (lambda dice: digits(dice, 14), "取引番号"),
    "products": (lambda dice: f"45{digits(dice, 11)}", "JANコード"),
    "times": (
        lambda dice: f"2026{dice.randint(1, 12):02}{dice.randint(1, 28):02}{dice.randint(1000, 2359)}",
        "受付番号",
    ),
    "amounts": (lambda dice: f"{dice.randint(1, 99)}0000", "請求金額"),
}
"""Columns beside names whose numbers are a parcel's, an order's, a product's."""
