"""What a notice says of times that are about to end, as its reader reads it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from mailguard.i18n import Language
from mailguard.incidents.due_wording import DueLine, DueTold, due_words
from mailguard.model.incident import IncidentKind
from mailguard.model.people import Role
from mailguard.notify.wording import Reader

NOW = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
AT = datetime(2026, 12, 2, 15, 0, tzinfo=UTC)


def told(language: Language, *, is_over: bool = False, first: date | None = None, extended: date | None = None) -> str:
    """The notice about one step of the law that ends on 2 December."""
    reader = Reader(language, ZoneInfo("Asia/Tokyo"), NOW, "postmaster@office.example.jp", True)
    step = {"ja": "速報を出す。", "en": "File the prompt report."}
    line = DueLine(Role.SECURITY_OFFICER, step, AT, date(2026, 12, 2), first, extended, is_over)
    return due_words(DueTold("2026-0001", IncidentKind.MISDIRECTED, False, (line,), ""), reader).text


@pytest.mark.parametrize(
    ("language", "words"),
    [("ja", "2026年11月30日(月)から2026年12月2日(水)まで"), ("en", "from Mon 30 Nov 2026 to Wed 2 Dec 2026")],
)
def test_time_of_three_to_five_days_is_told_with_both_ends(language: Language, words: str) -> None:
    """Whoever reads only the later day files two days late."""
    notice = told(language, first=date(2026, 11, 30))

    assert words in notice
    assert words in told(language, is_over=True, first=date(2026, 11, 30))


def test_last_day_on_a_day_of_rest_is_told_before_what_it_may_be_read_as() -> None:
    """The plain day comes first, and the later reading is called one."""
    assert "2026年12月2日(水)まで" in told("ja")
    assert "2026年12月4日(金)まで延びるという数え方も" in told("ja", extended=date(2026, 12, 4))
