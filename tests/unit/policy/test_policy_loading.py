"""A policy folder is loaded whole or not at all, and what is wrong is said with file and line."""

from __future__ import annotations

import re
from datetime import date, time
from pathlib import Path

import pytest

from mailguard.config import HoldSettings, OfficeSettings, PolicySettings
from mailguard.errors import ConfigurationError
from mailguard.judging.examples import try_examples
from mailguard.judging.opening import open_rules
from mailguard.policy.directory import Relation
from mailguard.policy.loading import INCLUDES_MAX, sets_in
from mailguard.policy.shipped import shipped_folder
from tests.unit.policy.parts import RULE, complaints, load


def changed(old: str, new: str) -> str:
    """The faultless rule with one thing written otherwise."""
    assert old in RULE
    return RULE.replace(old, new)


def with_lines(*lines: str) -> str:
    """The faultless rule with these keys in place of its action."""
    return changed("action: hold", "\n    ".join(lines))


WHEN = "when: {outside: true}"
EN = "en: reason"
FAULTS = [
    pytest.param("rulse: []\n", "1: rulse is unknown; did you mean 'rules'?", id="key of the file"),
    pytest.param(changed("    action:", "    acton: hold\n    action:"),
                 "4: rules, entry 1, acton is unknown; did you mean 'action'?", id="key"),
    pytest.param(changed("    action: hold\n", ""), "action is missing: deliver, hold or block", id="no action"),
    pytest.param(changed("outside", "outsiders_"), "3: rules, entry 1, when.outsiders_ is unknown; did you mean",
                 id="word"),
    pytest.param(changed("hold", "holt"), "4: rules, entry 1, action must be deliver, hold or block (it is 'holt')",
                 id="action"),
    pytest.param(changed("- id: a-rule", "- id: A Rule"), "2: rules, entry 1, id must be small letters", id="id"),
    pytest.param(changed("- id: a-rule", "- id: ''"), "2: rules, entry 1, id must be small letters", id="empty id"),
    pytest.param(changed("- id: a-rule", "- quiet: true"), "2: rules, entry 1, id is missing", id="no id"),
    pytest.param(changed(WHEN, "when: {outside: maybe}"), "3: rules, entry 1, when.outside must be true or false",
                 id="flag"),
    pytest.param(changed(WHEN, "when: {visible_groups: many}"), "when.visible_groups must be a number", id="number"),
    pytest.param(changed(WHEN, "when: {visible_groups: {least: 2}}"), "when.visible_groups.least is unknown; did you",
                 id="bound"),
    pytest.param(changed(WHEN, "when: {visible_groups: {at_least: 5, at_most: 4}}"), "can never be", id="no number"),
    pytest.param(changed(WHEN, "when: {kind: personel}"), "when.kind must be personal, dsn", id="choice"),
    pytest.param(changed(WHEN, "when: {kind: [dsn, personel]}"), "did you mean 'personal'?", id="choice in a list"),
    pytest.param(changed(WHEN, "when: {address: ume}"), "when.address must be an address, @domain, or a pattern",
                 id="address"),
    pytest.param(changed(WHEN, 'when: {subject: [a, " "]}'), "when.subject has an empty text", id="empty text"),
    pytest.param(changed(WHEN, "when: {relation: }"), "when.relation has no value", id="no value"),
    pytest.param(changed(WHEN, "when: {subject: []}"), "when.subject has no value", id="empty list"),
    pytest.param(changed(WHEN, "when: {visible_groups: {}}"), "when.visible_groups has no value", id="empty bounds"),
    pytest.param(changed(WHEN, "when: {any: []}"), "when.any has no value", id="any of nothing"),
    pytest.param(changed(WHEN, "when: {any: [{outsid: true}]}"), "when.any, entry 1, outsid is unknown", id="in any"),
    pytest.param(changed(WHEN, "when: {none: [{}]}"), "when.none, entry 1 is empty", id="none of everything"),
    pytest.param(changed(WHEN, "unless: [{}]"), "unless, entry 1 is empty", id="unless everything"),
    pytest.param(changed(WHEN, "when: outside"), "when must be a section", id="no section"),
    pytest.param("rules:\n  a-rule: 1\n", "1: rules must be a list", id="no list"),
    pytest.param(changed(WHEN, "scope: {departments: [経理]}"), "names a department that is not in office.yaml: '経理'",
                 id="department"),
    pytest.param(changed(WHEN, "scope: {hours: night}"), "scope.hours must be office or outside_office", id="hours"),
    pytest.param(changed(WHEN, "scope: {senders: [ume]}"), "scope.senders must be an address", id="scope"),
    pytest.param(changed(EN, "en: 'a {figur}'"), "reason.en has an unknown figure in braces: figur", id="figure"),
    pytest.param(changed(EN, "en: 'a {adress}'"), "adress; did you mean 'address'?", id="near a figure"),
    pytest.param(changed(EN, "en: 'a {'"), "reason.en has a brace without its partner", id="brace"),
    pytest.param(changed(EN, "en: '{}'"), "reason.en has an unknown figure in braces", id="empty braces"),
    pytest.param(changed(EN, "en: '{others:d}'"), "must have the figure others alone", id="a form"),
    pytest.param(changed(EN, "en: '{address!r}'"), "must have the figure address alone", id="a conversion"),
    pytest.param(changed(EN, "en: '{address.x}'"), "unknown figure in braces: address.x", id="inside a figure"),
    pytest.param(changed(f", {EN}", ""), "reason.en is missing", id="a language missing"),
    pytest.param(changed("      hits: [{to: [a@one.example.com]}]\n", ""), "examples.hits needs at least one mail",
                 id="no example that hits"),
    pytest.param(changed("      misses: [{to: [b@OWN]}]\n", ""), "examples.misses needs at least one mail",
                 id="no example that misses"),
    pytest.param(changed("[{to: [b@OWN]}]", "[b@OWN]"), "examples.misses, entry 1 must be a section", id="example"),
    pytest.param(with_lines("action: hold", "wait: soon"), "wait must be a length such as 5 minutes", id="wait"),
    pytest.param(with_lines("action: hold", "wait: 31 days"), "wait must be at most 30 days", id="too long"),
    pytest.param(with_lines("action: hold", "obligations: [hide]"), "obligations, entry 1 must be hide_recipients",
                 id="obligation"),
    pytest.param(with_lines("action: hold", "obligations: [~]"), "obligations, entry 1 must be", id="no obligation"),
]  # fmt: skip
CONTRADICTIONS = [
    pytest.param(["action: deliver", "needs: sender"], "needs means nothing where the action is 'deliver'", id="needs"),
    pytest.param(["action: deliver", "wait: 1 hour"], "wait means nothing where the action is 'deliver'", id="wait"),
    pytest.param(["action: block", "at_end: send"], "at_end means nothing where the action is 'block'", id="at_end"),
    pytest.param(["action: block", "obligations: [protect]"], "means nothing where the mail is blocked", id="blocked"),
    pytest.param(["action: hold", "waiver: sender"], "waiver means nothing without obligations", id="waiver"),
    pytest.param(["action: hold", "wait: 1 hour", "at_end: discard"], "at_end must be send where only a timer",
                 id="timer"),
    pytest.param(["action: hold", "needs: administrator", "at_end: escalate", "wait: 1 hour"],
                 "at_end cannot pass a mail up", id="above the administrator"),
    pytest.param(["action: hold", "needs: sender", "wait: 1 hour"], "at_end must say what becomes of the mail",
                 id="an end without what"),
    pytest.param(["action: hold", "needs: timer", "wait: never"], "wait is never", id="a timer without end"),
    pytest.param(["action: hold", "needs: sender", "at_end: discard"], "wait must say when it ends", id="what, no end"),
    pytest.param(["action: hold", "needs: sender", "approval: {count: 2}"], "approval means nothing without",
                 id="approval by nobody"),
    pytest.param(["action: hold", "needs: approver", "approval: {by: [named]}"], "belong together", id="nobody named"),
    pytest.param(["action: hold", "needs: approver", "approval: {by: manager, persons: [a@OWN]}"], "belong together",
                 id="named for nothing"),
    pytest.param(["action: hold", "needs: approver", "approval: {persons: ['*@OWN']}"], "must be addresses of people",
                 id="a pattern as a person"),
    pytest.param(["action: hold", "needs: approver", "approval: {count: 3}"], "count must be 1, or 2", id="six eyes"),
    pytest.param(["action: hold", "needs: approver", "approval: {persons: [a@OWN], count: 2}"], "only one person",
                 id="four eyes of one"),
    pytest.param(["action: hold", "needs: sender", "at_end: escalate", "wait: never"], "wait must say when it ends",
                 id="passed up, never"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "expected"), FAULTS)
def test_fault_in_a_rule_is_told_with_its_line(tmp_path: Path, written: str, expected: str) -> None:
    """Whoever wrote it reads which file, which line, what is wrong and, where one is near, what may have been meant."""
    found = complaints(tmp_path, {"mine": written})

    assert 1 == len(found), found
    assert re.match(r"mine\.yaml:\d+: ", found[0])
    assert expected in found[0]


@pytest.mark.parametrize(("lines", "expected"), CONTRADICTIONS)
def test_contradiction_is_refused(tmp_path: Path, lines: list[str], expected: str) -> None:
    """What cannot have been meant is not loaded."""
    found = complaints(tmp_path, {"mine": with_lines(*lines)})

    assert 1 == len(found), found
    assert expected in found[0]


CONSISTENT = [
    pytest.param(["action: hold"], id="a timer of the setting"),
    pytest.param(["action: hold", "wait: 90 seconds"], id="a timer of its own"),
    pytest.param(["action: hold", "wait: 0.5 minutes"], id="half a minute"),
    pytest.param(["action: hold", "needs: sender"], id="a person, no end"),
    pytest.param(["action: hold", "needs: sender", "wait: never"], id="a person, never"),
    pytest.param(["action: hold", "needs: sender", "wait: 1 hour", "at_end: send"], id="a person, then sent"),
    pytest.param(["action: hold", "needs: approver", "wait: 30 days", "at_end: escalate"], id="passed up"),
    pytest.param(["action: hold", "needs: administrator", "wait: 1 office day", "at_end: discard"], id="discarded"),
    pytest.param(["action: deliver", "obligations: [protect]", "waiver: nobody"], id="an obligation"),
    pytest.param(["action: hold", "needs: approver", "approval: {by: [manager, colleague], own: true}"], id="approval"),
    pytest.param(["action: hold", "needs: approver", "approval: {persons: [a@OWN, b@OWN], count: 2}"], id="four"),
    pytest.param(["action: block"], id="blocked"),
]


@pytest.mark.parametrize("lines", CONSISTENT)
def test_consistent_rule_is_loaded(tmp_path: Path, lines: list[str]) -> None:
    """What can have been meant is loaded."""
    assert [] == complaints(tmp_path, {"mine": with_lines(*lines)})


OFFICE_FAULTS = [
    pytest.param("domain: [example.jp]", "domain is unknown; did you mean 'domains'?", id="key"),
    pytest.param("partners: [ume]", "partners, entry 1 is no domain such as example.jp (it is 'ume')", id="domain"),
    pytest.param("partners: ume.example.com", "partners must be a list", id="no list"),
    pytest.param("lists: 5", "lists must be a section", id="lists"),
    pytest.param("lists: {iin: [a@ume.example.com]}", "lists.iin must be an address", id="no list's address"),
    pytest.param("lists: {a@ume.example.com: [x]}", "must be an address and a list of addresses", id="no member"),
    pytest.param("departments: true", "departments must be a section", id="departments"),
    pytest.param("departments: {経理: [keiri]}", "departments.経理 must be an address", id="department's people"),
    pytest.param("hours: {days: [monday]}", "hours.days, entry 1 must be mon, tue", id="day"),
    pytest.param("hours: {from: 8}", "hours.from must be a time such as 08:30", id="time"),
    pytest.param('hours: {to: "24:00"}', "hours.to must be a time such as 08:30", id="no such time"),
    pytest.param('hours: {from: "18:00"}', "hours.to must be later than 'from'", id="backwards"),
    pytest.param('hours: {closed: ["02-30"]}', "hours.closed, entry 1 must be a day", id="no such day"),
    pytest.param("hours: {zone: Asia/Tokio}", "hours.zone is no time zone such as Asia/Tokyo", id="zone"),
    pytest.param("hours: {japanese_holidays: ja}", "hours.japanese_holidays must be true or false", id="flag"),
]
EXCEPTION_FAULTS = [
    pytest.param("{name: x, rule: a-rule, senders: [a@b.example]}", "until must be the last day it holds", id="no end"),
    pytest.param('{name: x, rule: a-rule, senders: [a@b.example], until: "03-31"}', "until must be the last day",
                 id="no year"),
    pytest.param("{name: x, rule: a-rule, until: 2027-03-31}", "an exception for everybody is no exception",
                 id="for everybody"),
    pytest.param("{name: x, rule: a-rule, senders: [ume], until: 2027-03-31}", "senders must be an address",
                 id="no pattern"),
    pytest.param("{rule: a-rule, senders: [a@b.example], until: 2027-03-31}", "name is missing", id="no name"),
    pytest.param("{name: x, senders: [a@b.example], until: 2027-03-31}", "rule is missing", id="no rule"),
    pytest.param("{name: x, rule: a-rule, senders: [a@b.example], till: 2027-03-31, until: 2027-03-31}",
                 "till is unknown; did you mean 'until'?", id="key"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "expected"),
    [*OFFICE_FAULTS, *(pytest.param(f"exceptions: [{one.values[0]}]", *one.values[1:], id=f"exception: {one.id}")
                       for one in EXCEPTION_FAULTS)],
)  # fmt: skip
def test_fault_in_the_office_file_is_told_with_its_line(tmp_path: Path, line: str, expected: str) -> None:
    """The same for whom the office knows, when it is there, and its exceptions."""
    found = complaints(tmp_path, {"mine": RULE, "office": f"names: []\n{line}\n"})

    assert [True] == [one.startswith("office.yaml:2: ") for one in found], found
    assert expected in found[0]


def test_all_complaints_come_at_once(tmp_path: Path) -> None:
    """Nobody mends one fault after the other."""
    found = complaints(
        tmp_path,
        {
            "mine": "include: [other, missing]\n" + changed("hold", "holt").replace("id: a-rule", "id: A"),
            "other": "observe: perhaps\n",
            "office": "hours: {zone: Mars}\n",
            "providers": "freemail: [gmail]\n",
        },
    )

    assert [
        "mine.yaml:1", "mine.yaml:3", "mine.yaml:5", "office.yaml:1", "other.yaml:1", "providers.yaml:1",
    ] == sorted(":".join(one.split(":")[:2]) for one in found)  # fmt: skip


OCTETS = [
    pytest.param(RULE.encode() + b"# \x8a\xc7\n", "mine.yaml:9: the file must be saved as UTF-8", id="Shift_JIS"),
    pytest.param(RULE.encode("utf-16"), "mine.yaml:1: the file must be saved as UTF-8", id="UTF-16"),
    pytest.param(RULE.replace("    when", "\twhen"), "mine.yaml:3: there is a tab character", id="a tab"),
    pytest.param("rules: [\n", "mine.yaml:2: this cannot be read as YAML", id="no YAML"),
    pytest.param("- a\n", "mine.yaml:1: the file must consist of sections", id="a list"),
    pytest.param(RULE + "rules: []\n", "mine.yaml:9: rules is set twice; the first time in line 1", id="twice"),
    pytest.param(RULE + "\0", "mine.yaml:9: there is a character here", id="NUL"),
    pytest.param("#" * (4 * 1024 * 1024 + 1), "mine.yaml:1: is far too large for rules", id="too large"),
]


@pytest.mark.parametrize(("octets", "expected"), OCTETS)
def test_file_that_cannot_be_read_is_told(tmp_path: Path, octets: str | bytes, expected: str) -> None:
    """Files saved otherwise than as UTF-8, tabs, and broken YAML are named with their line."""
    assert expected in " ".join(complaints(tmp_path, {"mine": octets}))


def test_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """An editor on Windows writes one."""
    assert [] == complaints(tmp_path, {"mine": RULE.encode("utf-8-sig").replace(b"\n", b"\r\n")})


def test_missing_set_is_told_with_those_there_are(tmp_path: Path) -> None:
    """A set that is not there is said with a near one, and where it was asked for."""
    asked = complaints(tmp_path, {"mine": RULE, "office": ""}, name="mime")
    included = complaints(tmp_path, {"mine": f"include:\n  - slip\n{RULE}", "slips": ""})

    assert [f"{tmp_path}:1: there is no set of rules 'mime'; did you mean 'mine'?; there are: mine"] == asked
    assert ["mine.yaml:2: there is no set of rules 'slip'; did you mean 'slips'?; there are: mine, slips"] == included


def test_empty_folder_and_empty_file(tmp_path: Path) -> None:
    """Without any file there is nothing to load; a set without a rule would let everything go, and is refused."""
    assert [f"{tmp_path}:1: there is no set of rules 'mine'; there are: none"] == complaints(tmp_path, {})
    no_rule = "mine.yaml:1: there is no rule in this set; every mail would leave at once"

    assert [no_rule] == complaints(tmp_path, {"mine": ""})


def test_rules_of_included_files_are_loaded_once(tmp_path: Path) -> None:
    """Sets that include each other, twice or in a circle, are read once each."""
    other = RULE.replace("a-rule", "other-rule")
    loaded = load(tmp_path, {"mine": f"include: [other, other]\n{RULE}", "other": f"include: mine\n{other}"})

    assert ["a-rule", "other-rule"] == [rule.id for rule in loaded.rules.rules]
    assert ["mine.yaml", "other.yaml"] == [path.name for path in loaded.files]


def test_rule_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Two rules of one name could not be told apart in a verdict."""
    found = complaints(tmp_path, {"mine": f"include: [other]\n{RULE}", "other": RULE})

    assert [f"other.yaml:2: the rule 'a-rule' is already in {tmp_path}/mine.yaml:3"] == found


def test_too_many_includes_are_refused(tmp_path: Path) -> None:
    """No rule is left out in silence because its file came too late."""
    files = {f"set{number}": f"include: [set{number + 1}]\n" for number in range(INCLUDES_MAX + 1)}
    found = complaints(tmp_path, {"mine": "include: [set0]\n", **files})

    assert [f"set{INCLUDES_MAX - 2}.yaml:1: 'mine' includes more than {INCLUDES_MAX} files"] == found


def test_only_the_set_itself_says_whether_it_observes(tmp_path: Path) -> None:
    """A set that includes an observing one holds all the same."""
    files = {"mine": "include: [other]\n", "other": f"observe: true\n{RULE}"}

    assert (False, True) == (load(tmp_path, files).rules.observes, load(tmp_path, {}, name="other").rules.observes)


def test_version_changes_with_every_file_and_with_nothing_else(tmp_path: Path) -> None:
    """The version in a verdict tells which files it rests on."""
    files = {"mine": f"include: [other]\n{RULE}", "other": "", "office": "names: []\n", "providers": "carriers: []\n"}
    first = load(tmp_path, files).rules.version
    again = load(tmp_path, {"unused": RULE}).rules.version
    versions = {load(tmp_path, files | {name: f"{content}# more\n"}).rules.version for name, content in files.items()}

    assert first == again
    assert 4 == len(versions - {first})


def test_office_file_says_whom_the_office_knows(tmp_path: Path) -> None:
    """Own domains, group, partners, lists, departments, names and exceptions are taken up as written."""
    office = """
names: [青葉会]
domains: ["@second.example.jp"]
group: ["*.group.example.jp"]
partners: [Partner.example.com]
lists: {Iin@office.example.jp: [A@ume.example.com]}
departments: {経理: ["keiri@*", "@office.example.jp"]}
hours: {days: [sat], from: "9:00", to: "12:00", closed: ["2026-11-28", "12-26"], japanese_holidays: false, zone: UTC}
exceptions: [{name: x, rule: a-rule, senders: [a@b.example], until: 2027-03-31, why: 理由}]
"""
    providers = "freemail: [free.example.org]\ncarriers: [carrier.example.ne.jp]\n"
    rules = load(tmp_path, {"mine": RULE, "office": office, "providers": providers}).rules
    directory, hours = rules.directory, rules.hours
    relations = {
        "a@office.example.jp": Relation.OWN,
        "a@second.example.jp": Relation.OWN,
        "a@x.group.example.jp": Relation.GROUP,
        "a@partner.example.com": Relation.PARTNER,
        "a@free.example.org": Relation.FREEMAIL,
        "a@carrier.example.ne.jp": Relation.CARRIER,
        "a@ume.example.com": Relation.OTHER,
    }

    assert relations == {address: directory.relation(address) for address in relations}
    assert {"iin@office.example.jp": ("a@ume.example.com",)} == directory.lists
    assert directory.departments["経理"].fit("keiri@ume.example.com")
    assert (("青葉会",), date(2027, 3, 31)) == (directory.names, directory.exemptions[0].until)
    assert (frozenset({5}), time(9), time(12), False) == (hours.days, hours.begins, hours.ends, hours.japanese_holidays)
    assert (frozenset({date(2026, 11, 28)}), frozenset({(12, 26)})) == (hours.closed, hours.closed_yearly)
    assert "UTC" == hours.zone.key


WAITS = [
    pytest.param("90 seconds", (90, False), id="seconds"),
    pytest.param("1 minute", (60, False), id="a minute"),
    pytest.param("1.5 hours", (5400, False), id="hours and a half"),
    pytest.param("2 days", (172_800, False), id="days"),
    pytest.param("4 office hours", (14_400, True), id="office hours"),
    pytest.param("2 office days", (2 * 3 * 3600, True), id="office days, of three hours"),
]


@pytest.mark.parametrize(("written", "expected"), WAITS)
def test_wait_is_counted_as_written(tmp_path: Path, written: str, expected: tuple[int, bool]) -> None:
    """An office day is as long as the office's own day."""
    files = {"mine": with_lines("action: hold", f"wait: {written}"), "office": 'hours: {from: "9:00", to: "12:00"}\n'}
    rule = load(tmp_path, files).rules.rules[0]

    assert expected == (rule.wait_seconds, rule.office_hours)


def test_unwise_exception_is_advice_and_stops_nothing(tmp_path: Path) -> None:
    """An exception that ended, or for a rule of another set, is told and stops no start."""
    one = "  - {{name: {0}, rule: {1}, senders: [a@b.example], until: {2}}}\n"
    office = "exceptions:\n" + one.format("ended", "a-rule", "2026-11-23") + one.format("last", "a-rule", "2026-11-24")
    advice = load(tmp_path, {"mine": RULE, "office": office + one.format("other", "a-rul", "2027-01-01")}).advice

    assert [
        "office.yaml:2: the exception 'ended' ended on 2026-11-23",
        "office.yaml:4: the exception 'other' is for a rule that is not in this set: 'a-rul'; did you mean 'a-rule'?",
    ] == [line.removeprefix(f"{tmp_path}/") for line in advice]


@pytest.mark.parametrize("name", sets_in(shipped_folder()))
def test_shipped_set_does_as_its_examples_say(name: str) -> None:
    """Every set that comes with mailguard loads without advice, and each of its examples hits or misses its rule."""
    loaded = open_rules(OfficeSettings(), PolicySettings(), HoldSettings(), date(2026, 11, 24), name=name)
    tried = list(try_examples(loaded.rules))

    assert () == loaded.advice
    assert [] == [f"{one.example.place}: {one.problem}" for one in tried if one.problem]
    assert sum(len(rule.examples) for rule in loaded.rules.rules) == len(tried) > 0


WRONG_EXAMPLES = [
    pytest.param("[{to: [b@OWN]}]", "is not hit by its rule", id="does not hit"),
    pytest.param("[{too: [a@one.example.com]}]", "describes a mail with unknown words: too", id="unknown word"),
    pytest.param("[{subject: x}]", "describes a mail without recipients", id="nobody"),
    pytest.param("[{to: [abc]}]", "names no address: abc", id="no address"),
    pytest.param("[{to: [a@one.example.com], at: soon}]", "Invalid isoformat string: 'soon'", id="no time"),
]


@pytest.mark.parametrize(("hits", "expected"), WRONG_EXAMPLES)
def test_example_that_does_not_do_as_it_says_is_told(tmp_path: Path, hits: str, expected: str) -> None:
    """An office that changes a figure sees which of its examples no longer holds."""
    rules = load(tmp_path, {"mine": changed("[{to: [a@one.example.com]}]", hits)}).rules
    problems = [one.problem for one in try_examples(rules) if one.problem]

    assert 1 == len(problems)
    assert problems[0].startswith(expected)


def test_folder_that_cannot_be_loaded_changes_nothing(tmp_path: Path) -> None:
    """All or nothing: one fault in one file and no rule of the others is taken."""
    load(tmp_path, {"mine": RULE})
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, {"office": "nonsense: true\n"})

    assert 1 == len(caught.value.complaints)
