"""Details of the record as people read them: no word of a program, nothing left out."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import mailguard
from mailguard.i18n import CATALOGUES, Language
from mailguard.web.record_words import details_in_words, name_of, worker_of

TOKYO = ZoneInfo("Asia/Tokyo")
TITLES = {"outsiders-see-each-other": "社外の方どうしが見える"}
SHOWN = [
    ({"positions": [0]}, [("宛先", "1番目")]),
    ({"positions": [0, 1, 2, 4]}, [("宛先", "1-3, 5番目")]),
    ({"rules": 22, "recipients": 3}, [("ルールの数", "22"), ("宛先の数", "3")]),
    ({"recipients": "as-they-are"}, [("宛先の見え方", "そのまま")]),
    ({"gone": []}, [("もう出た宛先", "なし")]),
    ({"rules": ["outsiders-see-each-other", "gone"]}, [("ルール", "社外の方どうしが見える、gone")]),
    ({"drill": True, "is_destroyed": False}, [("訓練", "はい"), ("パスワードの破棄", "いいえ")]),
    ({"until": "2026-11-02T15:00:00+00:00"}, [("終わり", "2026年11月3日(火) 0:00")]),
    ({"role": "administrator", "department": ""}, [("役割", "システム管理者"), ("部門", "なし")]),
    ({"change": "deputy_put"}, [("変更", "代理を決めた")]),
    ({"sha256": "ab" * 32}, [("内容の照合値", "abababababab…")]),
    ({"phase": ["report", "closed"]}, [("段階", "報告・公表、完了")]),
    ({"reason": "by\u202e phone"}, [("理由", "by\u202e phone")]),
    ({"brand_new": {"a": [1, None]}}, [("記録の項目 brand_new", "a: 1、なし")]),
]


@pytest.mark.parametrize(("details", "expected"), SHOWN)
def test_detail_of_the_record_is_said_in_words(details: dict[str, object], expected: list[tuple[str, str]]) -> None:
    """Whoever checks the record reads it without knowing how it is stored; what has no words is still there."""
    assert expected == details_in_words(details, "ja", TOKYO, lambda rule: TITLES.get(rule, ""))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_name_without_words_is_shown_as_it_is_recorded(language: Language) -> None:
    """A detail of a newer release is named, and not left out."""
    assert "brand_new" in name_of("brand_new", language)
    assert CATALOGUES[language]["audit.detail.reason"] == name_of("reason", language)


def test_every_part_of_the_system_that_acts_is_named() -> None:
    """Who did something by itself is called by what it does, and one without words by its own name."""
    source = "".join(path.read_text() for path in Path(mailguard.__file__).parent.rglob("*.py"))
    workers = set(re.findall(r'ActorKind\.WORKER, "([a-z]+)"', source))

    assert len(workers) > 10
    assert [] == sorted(one for one in workers if worker_of(one, "ja") == one)
    assert "newcomer" == worker_of("newcomer", "en")
