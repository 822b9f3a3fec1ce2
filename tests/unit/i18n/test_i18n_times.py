"""Days and times as people read them: the same shape in mails, sentences and on pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from mailguard.i18n import Language
from mailguard.i18n.times import JAPAN, day, moment, soon
from mailguard.web import showing

AT = datetime(2026, 11, 22, 16, 5, tzinfo=UTC)
LANGUAGES = get_args(Language)


def test_time_is_said_in_the_offices_zone_with_its_day() -> None:
    """A mail sent just after midnight here is of that day, whatever zone the server is in."""
    assert "2026年11月23日(月) 1:05" == moment(AT, JAPAN, "ja")
    assert "Mon 23 Nov 2026, 1:05" == moment(AT, JAPAN, "en")
    assert "11月23日(月) 1:05" == soon(AT, JAPAN, "ja")
    assert "Mon 23 Nov, 1:05" == soon(AT, JAPAN, "en")


def test_zone_is_named_where_it_is_not_japans() -> None:
    """An office elsewhere says which clock is meant."""
    assert "Sun 22 Nov 2026, 11:05 (UTC-05:00)" == moment(AT, ZoneInfo("America/New_York"), "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("at", [AT, datetime(2027, 1, 1, tzinfo=UTC), datetime(2026, 5, 9, 3, 59, tzinfo=UTC)])
def test_pages_and_mails_say_times_alike(at: datetime, language: Language) -> None:
    """The time in the mail is found again on the page, letter for letter."""
    on_page = re.sub("<[^>]*>", "", str(showing.when(at, JAPAN, language)))

    assert moment(at, JAPAN, language) == on_page
    assert day(at.date(), language) == re.sub("<[^>]*>", "", str(showing.day(at.date(), language)))
