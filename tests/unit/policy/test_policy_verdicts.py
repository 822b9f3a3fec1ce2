"""From rules that hit to one verdict for each recipient, and to the words that explain it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.config.settings import HoldSettings, OfficeSettings, PolicySettings
from mailguard.judging.explanation import as_text, trace
from mailguard.judging.opening import open_rules
from mailguard.model.verdict import Action, AtEnd, Needs, Obligation, Verdict
from mailguard.policy.rules import Rule
from tests.unit.policy.parts import (
    ANDO,
    BABA,
    CHIBA,
    COLLEAGUE,
    TUESDAY,
    desk,
    mail,
    raw,
    rule,
    ruled,
)

HIDE = rule(id="hide", action="deliver", obligations=["hide_recipients"], waiver="sender")
SINGLY = rule(id="singly", action="deliver", obligations=["send_individually"], waiver="administrator")
PROTECT = rule(id="protect", action="deliver", obligations=["protect"], waiver="nobody")
BLOCK = rule(id="block", action="block")
BCC = raw(f"To: {ANDO}\nBcc: {BABA}".encode())
SIGNED = (
    b"Content-Type: multipart/signed; boundary=b",
    b"--b\r\n\r\ntext\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n\r\nx\r\n--b--\r\n",
)


def timer(name: str, wait: str | None = None, **values: Any) -> Rule:
    """A rule that lets mail wait."""
    return rule(id=name, needs="timer", **(values | ({"wait": wait} if wait else {})))


def person(name: str, needs: str = "sender", wait: str = "2 office days", at_end: str = "discard") -> Rule:
    """A rule that asks for a person."""
    return rule(id=name, needs=needs, wait=wait, at_end=at_end)


def verdict(*rules: Rule, octets: bytes | None = None, **options: Any) -> Verdict:
    """The verdict of a mail to one outsider."""
    with desk(*rules, **options) as one:
        return next(iter(one.verdicts(mail() if octets is None else octets).values()))


ACTIONS = [
    pytest.param([], Action.DELIVER, id="no rule"),
    pytest.param([HIDE], Action.DELIVER, id="deliver"),
    pytest.param([HIDE, timer("aa")], Action.HOLD, id="deliver and hold"),
    pytest.param([timer("aa"), BLOCK, person("bb")], Action.BLOCK, id="hold and block"),
    pytest.param([BLOCK, HIDE], Action.BLOCK, id="block and deliver"),
]


@pytest.mark.parametrize(("rules", "expected"), ACTIONS)
def test_strictest_action_wins(rules: list[Rule], expected: Action) -> None:
    """Whatever stands first: blocked before held, held before delivered."""
    assert (expected, expected) == (verdict(*rules).action, verdict(*rules[::-1]).action)


NEEDS = [
    pytest.param([timer("aa", "10 minutes"), person("bb")], Needs.SENDER, AtEnd.DISCARD, 63_000,
                 id="timer and sender"),
    pytest.param([person("aa"), person("bb", "approver", "1 hour")], Needs.APPROVER, AtEnd.DISCARD, 3600,
                 id="approver"),
    pytest.param([person("aa", "administrator"), person("bb", "approver")], Needs.ADMINISTRATOR, AtEnd.DISCARD, 63_000,
                 id="administrator"),
    pytest.param([timer("aa", "10 minutes"), timer("bb", "20 minutes")], Needs.TIMER, AtEnd.SEND, 1200,
                 id="two timers"),
    pytest.param([timer("aa"), timer("bb", "1 minute")], Needs.TIMER, AtEnd.SEND, 300,
                 id="the setting's and a shorter"),
    pytest.param([timer("aa"), timer("bb", "6 minutes")], Needs.TIMER, AtEnd.SEND, 360,
                 id="the setting's and a longer"),
    pytest.param([person("aa", at_end="send", wait="9 hours"), person("bb", at_end="discard", wait="1 hour")],
                 Needs.SENDER, AtEnd.DISCARD, 3600, id="discard before send"),
    pytest.param([person("aa", at_end="send", wait="9 hours"), person("bb", at_end="escalate", wait="1 hour")],
                 Needs.SENDER, AtEnd.ESCALATE, 3600, id="escalate before send"),
    pytest.param([person("aa", at_end="discard", wait="1 hour"), person("bb", at_end="escalate", wait="9 hours")],
                 Needs.SENDER, AtEnd.DISCARD, 3600, id="discard before escalate"),
    pytest.param([person("aa", at_end="send", wait="never"), person("bb", at_end="send", wait="9 hours")],
                 Needs.SENDER, AtEnd.SEND, None, id="never is longest"),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "needs", "at_end", "seconds"), NEEDS)
def test_strictest_need_and_end_and_the_longest_wait_win(
    rules: list[Rule], needs: Needs, at_end: AtEnd, seconds: int | None
) -> None:
    """Of several holds: whoever stands highest, the strictest end among those, and of the same end the longest wait."""
    found = [verdict(*order) for order in (rules, rules[::-1])]

    assert [(needs, at_end, seconds)] * 2 == [(one.needs, one.at_end, one.hold_seconds) for one in found]


def test_longest_wait_is_the_one_that_ends_last() -> None:
    """Two office days end after one plain day, though they have fewer hours: nobody loses the weekend."""
    rules = [person("aa", wait="1 day"), person("bb", wait="2 office days"), person("cc", wait="30 hours")]
    with desk(*rules) as one:
        found = next(iter(one.verdicts(mail(), at=TUESDAY + timedelta(days=3)).values()))

    assert (True, 63_000) == (found.office_hours, found.hold_seconds)


@pytest.mark.parametrize(
    ("minutes", "rules", "expected"),
    [
        pytest.param(0, [timer("aa")], Action.DELIVER, id="no pause"),
        pytest.param(0, [timer("aa"), HIDE], Action.DELIVER, id="no pause, an obligation"),
        pytest.param(0, [timer("aa"), timer("bb", "1 minute")], Action.HOLD, id="another rule's pause"),
        pytest.param(0, [timer("aa"), person("bb")], Action.HOLD, id="a person is needed"),
        pytest.param(0.5, [timer("aa")], Action.HOLD, id="half a minute"),
        pytest.param(5, [timer("aa", "0 minutes")], Action.DELIVER, id="a wait of nothing"),
    ],
)
def test_pause_of_nothing_holds_nothing(minutes: float, rules: list[Rule], expected: Action) -> None:
    """``hold.minutes: 0`` switches the pause off, and nothing else."""
    found = verdict(*rules, hold_minutes=minutes)

    assert expected is found.action
    assert {one.id for one in rules} == set(found.reasons)


OBLIGATIONS = [
    pytest.param([HIDE], {Obligation.HIDE_RECIPIENTS}, Needs.SENDER, id="one"),
    pytest.param([HIDE, SINGLY], {Obligation.HIDE_RECIPIENTS, Obligation.SEND_INDIVIDUALLY}, Needs.ADMINISTRATOR,
                 id="two add up, the strictest may waive"),
    pytest.param([HIDE, PROTECT], {Obligation.HIDE_RECIPIENTS, Obligation.PROTECT}, None, id="one nobody may waive"),
    pytest.param([timer("aa"), SINGLY], {Obligation.SEND_INDIVIDUALLY}, Needs.ADMINISTRATOR, id="beside a hold"),
    pytest.param([timer("aa")], set(), None, id="none"),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "obligations", "waiver"), OBLIGATIONS)
def test_obligations_add_up(rules: list[Rule], obligations: set[Obligation], waiver: Needs | None) -> None:
    """What one rule wants done is done whatever the others say."""
    found = verdict(*rules, timer("pause"))

    assert (obligations, waiver) == (set(found.obligations), found.waiver)
    assert obligations == set(verdict(*rules).obligations)


@pytest.mark.parametrize("rules", [[], [timer("aa")], [HIDE], [BLOCK]], ids=["none", "timer", "hide", "block"])
@pytest.mark.parametrize("observes", [False, True])
def test_bcc_field_is_always_taken_out(rules: list[Rule], observes: bool) -> None:
    """A Bcc field that was left in never leaves, whatever the rules are, and nobody may waive that."""
    found = verdict(*rules, octets=BCC, observes=observes)

    assert Obligation.REMOVE_BCC in found.obligations
    assert found.waiver is None
    assert "bcc_header" in found.reasons


@pytest.mark.parametrize("field", ["bcc", "BCC", "Resent-Bcc", "Bcc "])
def test_bcc_field_is_found_however_it_is_written(field: str) -> None:
    """Upper or lower case, with a blank before the colon, empty or not."""
    for value in (BABA, ""):
        assert {Obligation.REMOVE_BCC} == verdict(octets=raw(f"To: {ANDO}\n{field}: {value}".encode())).obligations


SEALED = [
    pytest.param([HIDE], b"", Action.HOLD, Needs.SENDER, id="an obligation"),
    pytest.param([], b"\nBcc: x@ume.example.com", Action.HOLD, Needs.SENDER, id="a Bcc field"),
    pytest.param([timer("aa"), HIDE], b"", Action.HOLD, Needs.SENDER, id="a timer and an obligation"),
    pytest.param([person("aa", "approver"), HIDE], b"", Action.HOLD, Needs.APPROVER, id="an approver and one"),
    pytest.param([BLOCK, HIDE], b"", Action.BLOCK, Needs.TIMER, id="blocked"),
    pytest.param([], b"", Action.DELIVER, Needs.TIMER, id="nothing to change"),
]


@pytest.mark.parametrize(("rules", "field", "action", "needs"), SEALED)
def test_signed_mail_that_would_be_changed_is_held(
    rules: list[Rule], field: bytes, action: Action, needs: Needs
) -> None:
    """A signature would break: a person decides, and no timer sends it."""
    found = verdict(*rules, octets=raw(b"To: ando@ume.example.com\n" + SIGNED[0] + field, SIGNED[1]))

    assert (action, needs) == (found.action, found.needs)
    assert (action is Action.HOLD) == ("signed" in found.reasons)
    assert not found.is_released_by_timer


def test_observing_set_holds_nothing_and_says_what_it_would_have_done() -> None:
    """An office may watch its rules for some weeks before it switches them on."""
    with desk(person("aa"), BLOCK, HIDE, observes=True) as one:
        judgement = one.judged(mail([ANDO, COLLEAGUE])).judgement

    assert [Action.DELIVER, Action.DELIVER] == [found.action for found in judgement.verdicts]
    assert [frozenset(), frozenset()] == [found.obligations for found in judgement.verdicts]
    assert judgement.observed is not None
    assert [Action.BLOCK, Action.DELIVER] == [found.action for found in judgement.observed]


def test_recipient_without_a_rule_has_a_reason_all_the_same() -> None:
    """Every verdict says why."""
    with desk() as one:
        found = one.verdicts(mail([ANDO, COLLEAGUE]))

    assert [("external",), ("internal",)] == [found[address].reasons for address in (ANDO, COLLEAGUE)]


def test_reasons_stand_weightiest_first() -> None:
    """What weighs most is said first: the action, then who is needed, then by name."""
    rules = [HIDE, timer("bb"), timer("aa"), person("cc", "approver"), BLOCK]

    assert ("block", "cc", "bb", "aa", "hide") == verdict(*rules).reasons


REASON = {"ja": "{visible_outsiders}名に{others}名が見えます({address}、{{注}})", "en": "{address} of {recipients}"}


def test_explanation_has_the_figures_filled_in() -> None:
    """A clerk reads how many would see how many others, in both languages."""
    with desk(rule(reason=REASON)) as one:
        found = one.judged(mail([ANDO, BABA, COLLEAGUE])).judgement.explanations

    assert [(0,), (1,)] == [one.positions for one in found]
    assert {"ja": f"2名に1名が見えます({ANDO}、{{注}})", "en": f"{ANDO} of 3"} == found[0].texts


def test_explanation_says_where_personal_data_stands() -> None:
    """A clerk reads where to look, without the name of a file, which is nobody's business later."""
    reason = {"ja": "{places}に{kinds}、{unreadable_places}", "en": "{places}: {kinds}"}
    text = "氏名：長谷川 美咲\n電話：090-4127-0538"
    with desk(rule(reason=reason)) as one:
        found = one.judged(mail([ANDO], subject="長谷川 美咲様の件 090-4127-0538", body=text)).judgement

    assert {"ja": "件名と本文に氏名、電話番号、メール", "en": "the subject and the text: Name, Telephone number"} == (
        found.explanations[0].texts
    )


def test_one_sentence_for_all_is_said_once() -> None:
    """Fifty people with the same reason read one sentence, not fifty."""
    with desk(rule()) as one:
        found = one.judged(mail([ANDO, COLLEAGUE, BABA, CHIBA])).judgement.explanations

    assert [(0, 2, 3)] == [one.positions for one in found]


def test_quiet_rule_speaks_only_where_no_other_does() -> None:
    """That mail waits a little is no news beside a sign of a mistake; the rule holds all the same."""
    quiet, loud = timer("quiet-pause", quiet=True), person("loud")
    to_one = rule("{address: [ando@ume.example.com]}", id="loud", needs="sender", at_end="discard", wait="1 hour")
    with desk(quiet, to_one) as one:
        found = one.judged(mail([ANDO, BABA])).judgement

    assert [("loud", (0,)), ("quiet-pause", (1,))] == [(one.reason, one.positions) for one in found.explanations]
    assert {"loud", "quiet-pause"} == set(verdict(quiet, loud).reasons)


def test_trace_says_for_each_rule_why() -> None:
    """Whoever asks why sees every rule, hit or not, with what was found, and no words of the mail."""
    secret = "ひみつのことば"
    one_rule = rule("{visible_groups: 3, body: [ひみつ]}")
    exempt = rule(id="other-rule", applies_to="inside")
    with desk(one_rule, exempt) as one:
        judged = one.judged(mail([ANDO, BABA], subject=secret, body=secret))
    rules = ruled(one_rule, exempt)
    text = as_text(judged, rules)
    because = {found["rule"]: found["because"] for found in trace(judged, rules)["recipients"][0]["rules"]}

    assert {"a-rule", "other-rule"} == set(because)
    assert "visible_groups is 2 (at least 3)" == because["a-rule"]
    assert "is for inside recipients in its scope" == because["other-rule"]
    assert "visible_groups is 2" in text
    assert secret not in text


BOXES = [
    "haha@gmail.com", "chichi@docomo.ne.jp", "ani@gmail.com", '"田中 一郎" <ando@ume.example.com>', "x@gmial.com",
    '"鈴木 花子" <ando@ume.example.com>', '"baba@matsu.example.com" <baba@take.example.net>', COLLEAGUE,
    "sato@gmail.com", "iin@partner.example.com", "p1@firm1.example.com", "p2@firm2.example.com",
    "p3@firm3.example.com", "p3@firm4.example.com", '"田中 一郎" <tanaka.i@gmail.com>',
]  # fmt: skip


@settings(max_examples=60)
@given(st.lists(st.sampled_from(BOXES), min_size=1, max_size=9).flatmap(
    lambda boxes: st.tuples(st.permutations(boxes), st.permutations(boxes), st.integers(0, len(boxes)))
))  # fmt: skip
def test_order_of_recipients_changes_no_verdict_and_no_word(orders: tuple[list[str], list[str], int]) -> None:
    """However To, Cc and the envelope are ordered, each recipient has the same verdict, and the same is said."""
    shipped = open_rules(OfficeSettings(), PolicySettings(), HoldSettings(), TUESDAY.date()).rules.rules
    outcomes = []
    with desk(*shipped) as one:
        one.deliver(mail(['"田中 一郎" <t.ichiro@aki.example.com>', "p3@firm5.example.com"]))
        for order, split in ((orders[0], 0), (orders[1], orders[2])):
            to, cc = order[split:] or order, order[:split]
            octets = mail(to, cc, body="田中様\n\nお世話になっております。添付します。")
            judged = one.judged(octets)
            said = sorted((text.reason, sorted(text.texts.items())) for text in judged.judgement.explanations)
            verdicts = dict(zip((found.address for found in judged.facts.recipients), judged.judgement.verdicts,
                                strict=True))  # fmt: skip
            outcomes.append((verdicts, said))

    assert outcomes[0] == outcomes[1]
