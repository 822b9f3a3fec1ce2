"""Secrets given in a mail, and all the sentences about passwords that give none."""

from __future__ import annotations

import pytest

from mailguard.inspection.generic.credential import DETECTOR
from mailguard.inspection.text import header_key
from tests.unit.inspection.contact_parts import cell_of, found, text_of

GIVEN = [
    pytest.param("仮パスワード Hana-7kQ2", "Hana-7kQ2", id="after a blank"),
    pytest.param("解凍パスワードは「Aoba#0708」です。", "Aoba#0708", id="in quotes"),
    pytest.param("パスワードは、Aoba#0708 です", "Aoba#0708", id="after a comma"),
    pytest.param("ＰＷ：Ａｏｂａ＃０７０８", "Aoba#0708", id="wide"),
    pytest.param("パスワードは以下のとおりです。\n\nAoba#0708\n", "Aoba#0708", id="on a line of its own"),
    pytest.param("パスワードは下記です。\n------\nAoba#0708", "Aoba#0708", id="below a rule"),
    pytest.param("【パスワード】Aoba0708", "Aoba0708", id="label in brackets"),
    pytest.param("ID/PW: aoba01 / hana7kq2", "hana7kq2", id="after the log-in name"),
    pytest.param("ユーザー名: aoba\nパスワード: hana", "hana", id="only letters"),
    pytest.param("暗証番号 1234", "1234", id="PIN"),
    pytest.param("認証コード：998877", "998877", id="one-time code"),
    pytest.param("password: Sunshine", "Sunshine", id="English"),
    pytest.param("The password is kyosai2026.", "kyosai2026", id="English sentence"),
    pytest.param("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE", id="access key by its form"),
    pytest.param("Authorization: Bearer abcdefghijklmnop1234", "abcdefghijklmnop1234", id="bearer"),
    pytest.param("https://hana:Aoba0708@www.example.com/", "Aoba0708", id="in a link"),
    pytest.param("https://example.com/reset?token=abcdef0123456789", "abcdef0123456789", id="token in a link"),
]


@pytest.mark.parametrize(("raw", "secret"), GIVEN)
def test_secret_given_in_a_mail_is_found(raw: str, secret: str) -> None:
    """A password or key that stands in the mail is found where it stands."""
    assert found(DETECTOR, raw) == [secret]


NONE_GIVEN = [
    "パスワードは別途お送りします。", "パスワードは別途お電話でお知らせいたします。",
    "ログインIDとパスワードに変更はありません。", "パスワードを変更してください。", "ログインID: aoba01",
    "パスワードは8文字以上で設定してください。", "パスワードは8-16文字です", "パスワード：別送",
    "パスワード: ********", "Password: required", "パスワードを忘れた方は https://www.example.com/reset へ",
    "パスワードを電話でお伝えします。\nABC1234", "パスワードはYYYYMMDD形式です。", "パスワード:12:30までに",
    "パスワード付きZIPファイル a123.zip を添付", "your password will expire", "商品コード 12345678",
    "https://example.com/reset",
]  # fmt: skip


@pytest.mark.parametrize("raw", NONE_GIVEN)
def test_sentence_about_passwords_gives_none(raw: str) -> None:
    """Speaking of a password is not giving one."""
    assert found(DETECTOR, raw) == []


def test_private_key_is_found_to_its_end() -> None:
    """A key in a block is one secret, from its first line to its last."""
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----"

    assert found(DETECTOR, f"鍵です\n{key}\n以上") == [key]


def test_passcode_of_a_meeting_is_the_weakest_secret() -> None:
    """An invitation's passcode is known for what it is."""
    (candidate,) = DETECTOR.find(text_of("会議ID: 898 1234 5678 パスコード: 123456"))

    assert (candidate.rule, candidate.confidence) == ("credential.meeting", 0.4)


@pytest.mark.parametrize(
    ("cell", "written"),
    [("Aoba#0708", "Aoba#0708"), ("1234", "1234"), ("変更なし", None), ("********", None), ("-", None)],
)
def test_cell_of_a_password_column_is_read(cell: str, written: str | None) -> None:
    """Cells below such a header are its secrets."""
    assert cell_of(DETECTOR, cell) == written


@pytest.mark.parametrize("header", [
    "パスワード", "初期パスワード", "仮PW", "Password", "暗証番号", "Initial Password",
])  # fmt: skip
def test_header_of_a_password_column_is_known(header: str) -> None:
    """Columns are recognised under the names offices give them."""
    assert header_key(header) in DETECTOR.headers
