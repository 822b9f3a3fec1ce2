"""Passwords with Japanese letters are secrets; what only says what a password is or will be is none."""

from __future__ import annotations

import pytest

from mailguard.model.finding import Kind
from tests.effort import effort
from tests.unit.inspection.inspecting_parts import body, values

SECRETS = [
    pytest.param("パスワード：さくら\uff12\uff10\uff12\uff16", "さくら2026", id="full-width digits"),
    pytest.param("パスワードは「さくら2026」です。", "さくら2026", id="in brackets"),
    pytest.param("解凍パスワードは、あおば2026です。", "あおば2026", id="in a sentence"),
    pytest.param("合言葉は「あおぞら」です", "あおぞら", id="a word agreed on"),
    pytest.param("暗証番号は\uff14\uff18\uff11\uff15です", "4815", id="a PIN in full-width digits"),
    pytest.param("暗証番号は四八一五です", "四八一五", id="a PIN in kanji"),
    pytest.param("Wi-Fiのキーは kaigi2026", "kaigi2026", id="a wireless key"),
]


@pytest.mark.parametrize(("said", "secret"), SECRETS)
def test_a_secret_in_japanese_counts(said: str, secret: str) -> None:
    """People choose passwords in their own language, and type digits as wide as the letters."""
    assert values(body(f"ご担当者様\n{said}\n"), Kind.CREDENTIAL) == {secret}


NONE = [
    "パスワード：別途送付", "パスワードは変更してください", "パスワード：お誕生日4桁", "パスワード：半角英数8文字",
    "パスワードは令和8年4月1日に変更します", "パスワード：社員番号", "パスワード：貴社の電話番号下4桁",
    "パスワードは第2回で説明します", "Wi-Fiのキーは受付でお渡しします", "ドアのキーは kaigi2026 号室です",
    "パスワードは「8文字以上」です",
]  # fmt: skip


@pytest.mark.parametrize("said", NONE)
def test_what_is_said_about_a_password_is_no_secret(said: str) -> None:
    """How a password is made, and when and how it will come, opens nothing."""
    assert values(body(f"ご担当者様\n{said}\n"), Kind.CREDENTIAL) == set()


def test_many_labels_without_end_are_read_in_time() -> None:
    """A hostile line of labels and letters does not hold up the relay."""
    text = body("パスワードは「" + "さ" * 100_000 + "パスワード:さくら" * 2_000)
    _, seconds = effort(lambda: values(text, Kind.CREDENTIAL))

    assert seconds < 20
