"""Rules read as sentences in both languages; what is filled in becomes changes, or words about what is not right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from mailguard.i18n import CATALOGUES, Language
from mailguard.policy.change_form import ExceptionForm, read_exception, read_form
from mailguard.policy.changes import NO_CHANGES, Changes, RuleChange, RuleState, apply
from mailguard.policy.differences import Difference, differences
from mailguard.policy.directory import Directory, domains
from mailguard.policy.loading import load_policy, sets_in
from mailguard.policy.rules import RuleSet
from mailguard.policy.sentences import Control, sentences_of
from mailguard.policy.shipped import shipped_folder
from mailguard.policy.words import WORDS, Shape
from tests.unit.policy.parts import SENDER, rule, ruled

TODAY = date(2026, 11, 24)
LANGUAGES: tuple[Language, ...] = ("ja", "en")
STOP: dict[str, Any] = {"needs": "sender", "wait": "2 office days", "at_end": "discard"}


def shipped(name: str) -> RuleSet:
    """A set that comes along."""
    return load_policy(shipped_folder(), name, Directory(own=domains(["office.example.jp"])), 5.0, TODAY).rules


def keys_of(word: str) -> list[str]:
    """The texts a condition word needs."""
    match WORDS[word].shape:
        case Shape.FLAG:
            return [f"rule.word.{word}.yes", f"rule.word.{word}.no"]
        case Shape.NUMBER:
            return [f"rule.word.{word}", f"rule.counter.{word}"]
        case Shape.CHOICE | Shape.CHOICES:
            prefix = "kind." if word == "finds" else f"rule.choice.{word}."
            return [f"rule.word.{word}", *(f"{prefix}{choice}" for choice in WORDS[word].choices)]
        case Shape.TEXT | Shape.ADDRESS:
            return [f"rule.word.{word}"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", WORDS)
def test_condition_word_has_a_phrase(word: str, language: Language) -> None:
    """No rule reads half in code words: whoever adds a word says how it is read."""
    assert [] == [key for key in keys_of(word) if key not in CATALOGUES[language]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sets_in(shipped_folder()))
def test_shipped_rules_read_as_sentences(name: str, language: Language) -> None:
    """Every rule that comes along is a sentence without braces and code words."""
    for one in sentences_of(shipped(name), NO_CHANGES, language):
        assert not set("{}_") & set(one.plain), one.plain
        assert one.plain.endswith("。" if language == "ja" else (".", ". "))


def test_sentence_says_the_rule() -> None:
    """The sentence an office reads is the rule that stops its mail."""
    files = ruled(rule("{visible_outsiders: 2}", obligations=["hide_recipients"], waiver="sender", **STOP))
    (one,) = sentences_of(files, NO_CHANGES, "ja")

    assert (
        "社外の方に送るメールで、ToとCcに社外の方が2名以上いるとき、ご本人の確認を待ちます。"
        "2営業日たっても決まらなければ、取り消します。"
        "送るときは、必ず社外の方どうしが見えないように(Bccに)します。ご本人の判断で、これを省いて送れます。"
    ) == one.plain


def test_sentence_says_who_approves() -> None:
    """Whoever reads the rule knows whom to ask: named people, two of them, and whether one's own mail counts."""
    wanted = {"by": ["named", "officer"], "persons": ["kacho@office.example.jp"], "count": 2}
    asking = rule(
        "{visible_outsiders: 2}",
        action="hold",
        needs="approver",
        wait="1 office day",
        at_end="discard",
        approval=wanted,
    )
    (one,) = sentences_of(ruled(asking), NO_CHANGES, "ja")
    (plain,) = sentences_of(ruled(asking), Changes({"a-rule": RuleChange(figures={"needs": "sender"})}), "ja")

    for words in (
        "「kacho@office.example.jp」か",
        "部門責任者か情報セキュリティ責任者",
        "別々の二人",
        "自分では承認できません",
    ):
        assert words in one.plain, words
    assert "承認" not in plain.plain


def test_sentence_has_everything_a_condition_can_say() -> None:
    """Alternatives, exclusions, scope, hours and texts all stand in the sentence."""
    files = ruled(
        rule(
            "{megabytes: {at_most: 2.5}, any: [{reply: true, forward: false}, {subject: 契約}], "
            "none: [{any: [{kind: dsn}, {relation: partner}], none: [{first_time: true}]}]}",
            scope={"senders": ["a@office.example.jp"], "recipients": ["@one.example.com"], "hours": "office"},
            applies_to="everybody",
            action="block",
        )
    )
    (one,) = sentences_of(files, NO_CHANGES, "ja")

    for words in ("「a@office.example.jp」から", "「@one.example.com」に送る", "開いている時間", "2.5メガバイト以下",
                  "「転送ではない、かつ、返信である」", "件名に「契約」", "ただし", "配送の報告", "取引先",
                  "「メールの種類が「配送の報告」であるか、または、宛先が「取引先」である」、かつ、",
                  "初めてである」ではない", "送らずに"):  # fmt: skip
        assert words in one.plain, words


@pytest.mark.parametrize("name", sets_in(shipped_folder()))
def test_form_as_it_was_shown_changes_nothing(name: str) -> None:
    """Saving a page without touching it saves nothing, whatever was changed before."""
    files = shipped(name)
    before = Changes({files.rules[0].id: RuleChange(RuleState.OBSERVED, {"needs": "sender"})})
    for changes in (NO_CHANGES, before):
        form = {one.name: one.value for each in sentences_of(files, changes, "ja") for one in each.fields}
        submitted = read_form(files, changes, form)

        assert ((), changes) == (submitted.errors, submitted.changes)


@pytest.mark.parametrize("name", sets_in(shipped_folder()))
def test_each_number_can_be_filled_in_anew(name: str) -> None:
    """Every figure of every rule can be changed on the screen and is then shown, and can be put back."""
    files = shipped(name)
    for each in sentences_of(files, NO_CHANGES, "ja"):
        for one in each.fields:
            if one.control is Control.NUMBER and one.value:
                wanted = f"{float(one.value) + 1:g}"
                done = read_form(files, NO_CHANGES, {one.name: wanted})
                shown = {
                    field.name: field for again in sentences_of(files, done.changes, "ja") for field in again.fields
                }
                back = read_form(files, done.changes, {one.name: one.value})

                assert () == done.errors, one.name
                assert (wanted, one.value, True) == (
                    shown[one.name].value, shown[one.name].original, shown[one.name].is_changed,
                )  # fmt: skip
                assert () == apply(files, done.changes).misfits
                assert NO_CHANGES == back.changes


FILES = ruled(rule("{visible_groups: {at_least: 3, at_most: 9}}", **STOP))
FILLED = [
    pytest.param({"a-rule:visible_groups.least": "４"}, {"visible_groups.least": "4"}, id="full-width digits"),
    pytest.param({"a-rule:wait.amount": "3"}, {"wait": "3 office days"}, id="an amount"),
    pytest.param({"a-rule:wait.unit": "hour"}, {"wait": "2 hours"}, id="a unit"),
    pytest.param({"a-rule:wait.unit": "never", "a-rule:wait.amount": ""}, {"wait": "never", "at_end": "send"},
                 id="without end"),
    pytest.param({"a-rule:needs": "timer"}, {"needs": "timer", "at_end": "send"}, id="a timer sends"),
    pytest.param({"a-rule:needs": "approver", "a-rule:at_end": "escalate"}, {"needs": "approver", "at_end": "escalate"},
                 id="passed up"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "figures"), FILLED)
def test_form_becomes_figures(form: Mapping[str, str], figures: Mapping[str, str]) -> None:
    """What a person fills in is what the rule then says."""
    submitted = read_form(FILES, NO_CHANGES, form)

    assert () == submitted.errors
    assert figures == submitted.changes.of("a-rule").figures
    assert () == apply(FILES, submitted.changes).misfits


def test_rule_can_be_switched_off_and_on_again() -> None:
    """The state is a field like the others."""
    off = read_form(FILES, NO_CHANGES, {"a-rule:state": "off"}).changes

    assert RuleState.OFF is off.of("a-rule").state
    assert NO_CHANGES == read_form(FILES, off, {"a-rule:state": "active"}).changes


WRONG = [
    pytest.param({"a-rule:visible_groups.least": "many"}, "a-rule:visible_groups.least", "number", id="no number"),
    pytest.param({"a-rule:visible_groups.least": ""}, "a-rule:visible_groups.least", "number", id="nothing"),
    pytest.param({"a-rule:visible_groups.least": "nan"}, "a-rule:visible_groups.least", "number", id="not a number"),
    pytest.param({"a-rule:visible_groups.least": "2.5"}, "a-rule:visible_groups.least", "whole", id="a part"),
    pytest.param({"a-rule:visible_groups.least": "-1"}, "a-rule:visible_groups.least", "range", id="below"),
    pytest.param({"a-rule:visible_groups.least": "99999999"}, "a-rule:visible_groups.least", "range", id="above"),
    pytest.param({"a-rule:visible_groups.least": "10"}, "a-rule:visible_groups.most", "bounds", id="crossed"),
    pytest.param({"a-rule:needs": "nobody"}, "a-rule:needs", "choice", id="no choice"),
    pytest.param({"a-rule:state": "gone"}, "a-rule:state", "choice", id="no state"),
    pytest.param({"a-rule:wait.amount": "0"}, "a-rule:wait.amount", "wait", id="no wait"),
    pytest.param({"a-rule:wait.amount": "31", "a-rule:wait.unit": "day"}, "a-rule:wait.amount", "long", id="too long"),
    pytest.param({"a-rule:wait.unit": "never", "a-rule:needs": "timer"}, "a-rule:wait.unit", "wait", id="never sent"),
    pytest.param({"a-rule:needs": "administrator", "a-rule:at_end": "escalate"}, "a-rule:at_end", "at_end", id="top"),
    pytest.param({"gone:needs": "timer"}, "gone:needs", "unknown", id="a rule that is gone"),
]


@pytest.mark.parametrize(("form", "name", "key"), WRONG)
def test_form_that_is_not_right_says_so_beside_the_field(form: Mapping[str, str], name: str, key: str) -> None:
    """Nothing is changed, and the person reads what to do instead, at the field."""
    submitted = read_form(FILES, NO_CHANGES, form)

    assert [(name, f"rule.error.{key}")] == [(one.name, one.key) for one in submitted.errors]
    assert NO_CHANGES == submitted.changes
    for language in LANGUAGES:
        for one in submitted.errors:
            assert CATALOGUES[language][one.key].format(**one.values)


def test_form_for_a_locked_rule_is_refused() -> None:
    """A rule that its file locks says who can change it."""
    files = ruled(rule(locked=True, **STOP))
    submitted = read_form(files, NO_CHANGES, {"a-rule:needs": "approver"})

    assert ["rule.error.locked"] == [one.key for one in submitted.errors]
    assert NO_CHANGES == submitted.changes


def exception(**values: str) -> ExceptionForm:
    """An exception as it is typed, right but for ``values``."""
    typed = {"name": "役員連絡", "rule": "a-rule", "senders": "", "until": "2027/03/31", "why": "知り合い",
             "recipients": "＠partner.example.com、chair@gmail.com"}  # fmt: skip
    return ExceptionForm(**{**typed, **values})


def test_exception_is_read_as_it_was_typed() -> None:
    """Full-width signs and Japanese commas are read as they were meant."""
    submitted = read_exception(FILES, NO_CHANGES, exception(), TODAY)
    (made,) = submitted.changes.exceptions

    assert () == submitted.errors
    assert ("@partner.example.com", "chair@gmail.com") == made.recipients
    assert (date(2027, 3, 31), "役員連絡", "知り合い") == (made.until, made.name, made.why)
    assert NO_CHANGES == submitted.changes.without_exception("役員連絡")


WRONG_EXCEPTIONS = [
    pytest.param({"name": " "}, "name", "name", id="no name"),
    pytest.param({"rule": "gone"}, "rule", "rule", id="no rule"),
    pytest.param({"recipients": ""}, "senders", "people", id="everybody"),
    pytest.param({"recipients": "*"}, "recipients", "pattern", id="a star"),
    pytest.param({"recipients": "*@*"}, "recipients", "pattern", id="everybody in signs"),
    pytest.param({"recipients": "tanaka"}, "recipients", "pattern", id="no address"),
    pytest.param({"senders": ",".join(f"a{n}@one.example.com" for n in range(101))}, "senders", "many", id="too many"),
    pytest.param({"until": "some day"}, "until", "until", id="no day"),
    pytest.param({"until": "2026-11-23"}, "until", "past", id="over"),
    pytest.param({"until": "2027-11-25"}, "until", "far", id="more than a year"),
    pytest.param({"why": ""}, "why", "why", id="no reason"),
]


@pytest.mark.parametrize(("values", "name", "key"), WRONG_EXCEPTIONS)
def test_exception_that_is_not_right_says_so_beside_the_field(values: dict[str, str], name: str, key: str) -> None:
    """An exception needs a name, a rule, people, a last day within a year and a reason."""
    submitted = read_exception(FILES, NO_CHANGES, exception(**values), TODAY)

    assert [(name, f"exception.error.{key}")] == [(one.name, one.key) for one in submitted.errors]
    assert NO_CHANGES == submitted.changes


def test_exception_may_last_a_year_and_its_name_stands_once() -> None:
    """The last day may be a year from now; a second exception of the same name is refused."""
    first = read_exception(FILES, NO_CHANGES, exception(until="2027-11-24"), TODAY)
    second = read_exception(FILES, first.changes, exception(), TODAY)

    assert () == first.errors
    assert ["exception.error.taken"] == [one.key for one in second.errors]


def test_differences_are_said_in_the_words_of_the_page() -> None:
    """The history shows what somebody changed as they saw it."""
    files = ruled(rule("{visible_groups: 3}", title={"ja": "見える", "en": "Seen"}, **STOP))
    form = {"a-rule:visible_groups.least": "5", "a-rule:state": "observed", "a-rule:wait.unit": "day"}
    changes = read_form(files, NO_CHANGES, form).changes
    changes = read_exception(files, changes, exception(senders=SENDER, recipients=""), TODAY).changes
    found = differences(files, NO_CHANGES, changes, "ja")

    assert [
        ("このルール", "使う", "記録だけする"),
        ("ToとCcに社外の団体や個人が…いる(この数から)", "3", "5"),
        ("長さの単位", "営業日", "日"),
        ("例外「役員連絡」", "なし", f"送る人: {SENDER}、相手: 全員、2027年3月31日(水)まで、理由: 知り合い"),
    ] == [(one.what, one.before, one.after) for one in found]
    assert {("a-rule", "見える")} == {(one.rule, one.title) for one in found}
    assert [] == differences(files, changes, changes, "en")
    assert Difference("a-rule", "見える", "このルール", "記録だけする", "使う") in differences(
        files, changes, NO_CHANGES, "ja"
    )
