"""Names that the older lists of names do not have, where a label, a title or a column says that they are names."""

from __future__ import annotations

import pytest

from mailguard.model.finding import Kind
from tests.unit.inspection.inspecting_parts import body, inspected, values

NAMED = [
    pytest.param("欠場:阿武 大空(疲労骨折)", 1, id="a player who does not play"),
    pytest.param("先般ご逝去されました花岡 兵衛組合員(組合員番号 0277-5514)の弔慰金", 1, id="a member"),
    pytest.param("備考: 父 都留 兼松(レビー小体型認知症)の長男", 1, id="a father"),
    pytest.param("欠席連絡です。\n1年 田中 陽翔くん 水ぼうそう\n1年 佐藤 心結さん 骨折", 2, id="children of today"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "count"), NAMED)
def test_name_in_no_old_list_is_found_where_a_word_says_so(said: str, count: int) -> None:
    """Families call their children as nobody was called before, and great-grandfathers were called so once."""
    assert inspected(body(f"ご担当者様\n{said}\n")).counts.get(Kind.PERSON_NAME) == count


OLD = [
    "宮原 キミ江",
    "宮原キミ江",
    "小坂 ヨシ江",
    "田中 ハツ枝",
    "清水 キヨ美",
    "小林 きみ江",
    "山本 さち恵",
    "竹花 信",
    "小林 勲",
]


@pytest.mark.parametrize("name", OLD)
def test_name_of_a_grandmother_in_kana_and_one_kanji_is_found(name: str) -> None:
    """Members who draw a pension are called キミ江 and ハツ枝; no list has all of them."""
    text = f"福祉課様\n\n{name} 様の医療券です。\n受給者 {name} 自宅 026-555-1234 昭和15年3月21日生\n"

    assert values(body(text), Kind.PERSON_NAME) == {name.replace(" ", "")}


@pytest.mark.parametrize("words", ["小林 ガス代", "田中 タクシー代 1,200円", "中村 バス代", "石川 もの代"])
def test_word_for_a_fee_behind_a_surname_is_no_given_name(words: str) -> None:
    """What my colleague paid for the bus is not what she is called."""
    assert values(body(f"経理様\n\n精算です。\n{words}\n"), Kind.PERSON_NAME) == set()


NOBODY = [
    pytest.param("本日の議題 会員 増強 様式", id="words of a meeting"),
    pytest.param("父 山口 本店(レビー)", id="an office in a town"),
    pytest.param("入会 福岡 支部", id="a branch"),
]


@pytest.mark.parametrize("said", NOBODY)
def test_words_behind_a_surname_are_no_given_name(said: str) -> None:
    """A place or an office behind a label does not become somebody's name."""
    assert Kind.PERSON_NAME not in inspected(body(f"ご担当者様\n{said}\n")).counts


def test_authors_in_a_list_of_songs_are_nobody_the_mail_is_about() -> None:
    """Whoever asks for the rights names who wrote what; a singer with her telephone on the line is another matter."""
    songs = (
        "1 「ふるさと」高野辰之 作詞・岡野貞一 作曲(PD)\n2 「夏の思い出」江間章子・中田喜直 作品コード 059-0412-7\n"
        "3 「翼をください」山上路夫・村井邦彦 作品コード 047-1180-2\n"
    )
    singer = "4 「海」作曲 山田 栄子さん 090-4127-0538 昭和55年6月7日生\n"

    assert Kind.PERSON_NAME not in inspected(body(f"演奏課 御中\n\n{songs}")).counts
    assert inspected(body(f"演奏課 御中\n\n{songs}{singer}")).counts[Kind.PERSON_NAME] == 1


def test_rows_divided_by_semicolons_are_a_table() -> None:
    """Some programs write ; where others have a comma; the columns are read all the same."""
    found = inspected(
        body("代理店様\n氏名;生年月日;有効期限\n名護 昂;1988-01-25;2028-06-02\n阿嘉 瑠衣;1990-09-13;2026-11-15\n")
    )

    assert (2, 2) == (found.counts[Kind.PERSON_NAME], found.counts[Kind.BIRTH_DATE])


def test_columns_surname_and_given_make_one_name() -> None:
    """Travel agents send their lists with these two words over the columns."""
    found = inspected(
        body(
            "Dear Ops,\n\nsurname,given,dob,passport\nNAKAMA,Rei,1993-07-07,TS1182034\nLIN,Yuting,1990-09-13,EG4480017"
        )
    )

    assert found.counts[Kind.PERSON_NAME] == 2
