"""Both catalogues say the same things, and everything that is looked up by a computed key is there."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from mailguard.delivery.diagnosis import Diagnosis
from mailguard.delivery.dsn import ReportKind
from mailguard.i18n import CATALOGUES, Language, both, en, en_passwords, filled, ja, ja_passwords, text
from mailguard.model.verdict import Reason

LANGUAGES: tuple[Language, ...] = ("ja", "en")


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_catalogues_have_the_same_keys() -> None:
    """Whatever a person reads in one language exists in the other."""
    assert set(CATALOGUES["ja"]) == set(CATALOGUES["en"])


def test_catalogues_name_each_text_once() -> None:
    """A text that is changed is the one that is shown."""
    assert set() == ja.TEXTS.keys() & ja_passwords.TEXTS.keys()
    assert set() == en.TEXTS.keys() & en_passwords.TEXTS.keys()


@pytest.mark.parametrize("key", CATALOGUES["ja"])
def test_text_in_both_languages_has_the_same_placeholders(key: str) -> None:
    """No translation drops a date or an address, or shows a bare {name}."""
    assert placeholders(CATALOGUES["ja"][key]) == placeholders(CATALOGUES["en"][key])
    assert all(CATALOGUES[language][key].strip() for language in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_computed_keys_exist(language: Language) -> None:
    """Every reason, every diagnosis and every kind of report has its words."""
    wanted = [f"reason.{reason}" for reason in Reason]
    wanted += [f"dsn.{diagnosis}.{part}" for diagnosis in Diagnosis for part in ("happened", "what_to_do")]
    wanted += [f"dsn.{kind}.{part}" for kind in ReportKind for part in ("subject", "intro")]

    assert [] == [key for key in wanted if key not in CATALOGUES[language]]


def test_japanese_source_is_japanese_and_english_is_not() -> None:
    """Nobody pastes a text into the wrong file."""
    bare = {key: re.sub(r"\{.*?\}", "", value) for key, value in CATALOGUES["ja"].items()}
    assert [] == [key for key, value in bare.items() if value.isascii() and re.search("[A-Za-z]", value)]
    assert [] == [key for key, value in CATALOGUES["en"].items() if not value.isascii()]


def test_text_fills_placeholders() -> None:
    """Values appear in the words."""
    assert "There are 7 more addresses. The part for programs below names them all." == text("en", "dsn.more", count=7)


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 mail waits"), ("1", "1 mail waits"), (2, "2 mails wait"), ("1,000", "1,000 mails wait")]
)
def test_words_fit_their_number(count: int | str, words: str) -> None:
    """One mail is not "1 mails", however the number came in."""
    assert words == filled("{count} {count:mail waits|mails wait}", {"count": count})


COUNTED = re.compile(
    r"\{(count|persons|total|mails|skipped|minutes|days|retention|left|visible|amount|distance|read|of|hours|rules)\}"
    r" (?:more )?(?!as\b|is\b|was\b|has\b)(people|are|have|were|[a-z]+s)\b"
)
"""A number with a word behind it that fits several only. Such words have a form for one: ``{count:mail|mails}``."""


def test_no_english_text_has_a_plural_that_fits_one() -> None:
    """Nobody reads "1 outsiders"."""
    assert [] == [key for key, value in CATALOGUES["en"].items() if COUNTED.search(value)]


def test_text_unknown_key_or_missing_value_raises() -> None:
    """A slip in our code is noticed, not shown to people as a hole."""
    with pytest.raises(KeyError):
        text("ja", "no.such.key")
    with pytest.raises(KeyError):
        text("ja", "dsn.more")


def test_both_puts_the_offices_language_first() -> None:
    """The reader's probable language comes first."""
    assert ("ja", "en") == both("ja")
    assert ("en", "ja") == both("en")
