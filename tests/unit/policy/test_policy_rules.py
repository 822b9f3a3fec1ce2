"""Rules: each condition word, figures at and below, scope, exceptions, and how conditions are put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from mailguard.model.verdict import Action
from mailguard.policy.patterns import patterns
from mailguard.policy.words import WORDS
from tests.unit.policy.parts import (
    ANDO,
    BABA,
    COLLEAGUE,
    OFFICE,
    PROTECTED_ZIP,
    SENDER,
    TUESDAY,
    Desk,
    desk,
    excepted,
    mail,
    raw,
    rule,
)

FIRMS = [f"p{number}@firm{number}.example.com" for number in range(60)]
PRIVATE = [f"p{number}@gmail.com" for number in range(9)]
PROTECTED = {"一覧.zip": PROTECTED_ZIP}
REPLY = {"In-Reply-To": "<1@office.example.jp>"}
CALENDAR = {"Content-Type": "text/calendar; method=REQUEST"}
QUOTED = f"はい。\n\n-----Original Message-----\nFrom: {COLLEAGUE}\nTo: {SENDER}\n\n本文"


@dataclass(frozen=True)
class Case:
    """A mail in its circumstances. ``learned``: addresses mail went to before; the first recipient is judged."""

    octets: bytes
    to: Sequence[str] | None = None
    learned: Sequence[str] = ()
    occasion: dict[str, Any] = field(default_factory=dict)

    def is_held(self, one: Desk) -> bool:
        """Whether the desk holds it for its first recipient."""
        for address in self.learned:
            one.deliver(mail([address]))
        verdicts = one.verdicts(self.octets, self.to, **self.occasion)
        return next(iter(verdicts.values())).action is Action.HOLD


def sent(*to: str, **values: Any) -> Case:
    """A mail to these, as the header shows them."""
    return Case(mail(to or (ANDO,), **values))


SIGNED = raw(
    f"To: {ANDO}\nContent-Type: multipart/signed; boundary=b".encode(),
    b"--b\r\n\r\ntext\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n\r\nx\r\n--b--\r\n",
)

ROSTER = ["長谷川 美咲 携帯 090-5555-0121", "東海林 健太 携帯 090-5555-0122", "小林 直樹 携帯 090-5555-0123"]
SCHOOLS = "学校名,人数\n青葉小学校,1\n若葉小学校,2\n白樺小学校,3\n".encode()
PEOPLE = "氏名,組\n小林 直樹,1\n長谷川 美咲,2\n東海林 健太,3\n".encode()
WORDS_IN_USE: dict[str, tuple[str, Case, Case]] = {
    "visible_outsiders": ("3", sent(*FIRMS[:3]), sent(*FIRMS[:2], COLLEAGUE)),
    "visible_groups": ("3", sent(*FIRMS[:3]), sent(*FIRMS[:2], "q@firm0.example.com")),
    "visible_private": ("3", sent(*PRIVATE[:3]), sent(*PRIVATE[:2], *FIRMS)),
    "outsiders": ("3", Case(mail(), FIRMS[:3]), Case(mail(FIRMS), [*FIRMS[:2], COLLEAGUE])),
    "visible_addresses": ("3", sent(ANDO, BABA, COLLEAGUE), Case(mail([ANDO, BABA]), FIRMS)),
    "recipients": ("3", Case(mail(), [ANDO, BABA, COLLEAGUE]), Case(mail(FIRMS), [ANDO, BABA])),
    "attachments": ("1", sent(files={"a.pdf": b"%PDF"}), sent()),
    "megabytes": ("0.5", Case(mail(), occasion={"size": 500_000}), Case(mail(), occasion={"size": 499_999})),
    "kind": ("mailing_list", sent(fields={"List-Id": "<a.b>", "List-Post": "<mailto:a@b>"}), sent()),
    "seal": ("signed", Case(SIGNED), sent()),
    "automatic": ("true", Case(mail(), occasion={"is_automatic": True}), sent()),
    "null_sender": ("true", Case(mail(), occasion={"reverse_path": ""}), sent()),
    "from_system": ("true", Case(mail(), occasion={"source": "copier"}), sent()),
    "reply": ("true", sent(fields=REPLY), sent()),
    "forward": ("true", sent(subject="Fwd: 資料"), sent()),
    "know_each_other": ("true", sent(), sent(ANDO, BABA)),
    "unproven_reply": ("true", sent(fields=REPLY), sent(fields=REPLY, body=QUOTED)),
    "internal_thread": ("true", sent(fields=REPLY, body=QUOTED), sent(body=QUOTED)),
    "internal_remark": ("true", sent(ANDO, COLLEAGUE, body="社外秘です。"), sent(ANDO, body="社外秘です。")),
    "greets_somebody_else": ("true", sent(f"田中 一郎 <{ANDO}>", body="鈴木様"), sent(body="鈴木様")),
    "missing_attachment": ("true", sent(body="添付します。"), sent()),
    "empty_subject": ("true", sent(subject=""), sent()),
    "password_beside_file": ("true", sent(body="PW: Aoba2025", files=PROTECTED), sent(body="PW: Aoba2025")),
    "protected_file": ("true", sent(files=PROTECTED), sent(body="PW: Aoba2025", files=PROTECTED)),
    "file_names_other_firm": (
        "true",
        sent(body="㈱若草印刷\n太田様", files={"見積書_㈱星空企画様.pdf": b"%PDF"}),
        sent(body="㈱若草印刷\n太田様", files={"見積書_㈱若草印刷様.pdf": b"%PDF"}),
    ),
    "must_protect": ("true", sent(body=ROSTER[0]), sent(body="長谷川部長が伺います。")),
    "finds": ("birth_date", sent(body="氏名: 長谷川 美咲\n生年月日: 昭和60年9月6日"), sent(body="昭和60年9月6日設立")),
    "persons": ("2", sent(body="\n".join(ROSTER[:2])), sent(body=ROSTER[0])),
    "persons_with_contact": ("2", sent(body="\n".join(ROSTER[:2])), sent(body=ROSTER[0])),
    "listed_persons": ("3", sent(body="\n".join(ROSTER)), sent(body="\n".join(ROSTER[:2]))),
    "contacts": ("2", sent(body="\n".join(ROSTER[:2])), sent(body=ROSTER[0])),
    "attribute_kinds": ("2", sent(body=f"{ROSTER[0]} 生年月日: 昭和60年9月6日"), sent(body=ROSTER[0])),
    "other_organisations_in_list": (
        "2",
        sent(body="青葉小学校 御中", files={"a.csv": SCHOOLS}),
        sent(body="紅葉小学校 御中", files={"a.csv": SCHOOLS}),
    ),
    "other_persons_in_list": (
        "2",
        sent(f"小林 直樹 <{ANDO}>", files={"a.csv": PEOPLE}),
        sent(f"安藤 蒼 <{ANDO}>", files={"a.csv": PEOPLE}),
    ),
    "unreadable": ("unknown", sent(files={"a.jtd": bytes(range(256))}), sent(files={"a.txt": b"words"})),
    "contents_show": ("ambiguous", Case(b"Content-Type: text/html\r\n" + mail()), sent()),
    "huge_list": ("true", sent(*FIRMS[:50]), sent(*FIRMS[:49])),
    "subject": ("[極秘, ＡＢＣ]", sent(subject="abcの件"), sent(subject="件名")),
    "body": ("極秘", sent(body="極秘です。"), sent(subject="極秘")),
    "file_name": ("名簿", sent(files={"会員名簿.xlsx": b"x"}), sent(body="名簿", files={"a.xlsx": b"x"})),
    "outside": ("true", sent(ANDO), sent(COLLEAGUE)),
    "relation": ("[partner, group]", sent("a@partner.example.com"), sent(ANDO)),
    "private": ("true", sent(PRIVATE[0]), sent(ANDO)),
    "address": ('["@firm1.example.com"]', sent(FIRMS[1]), sent(FIRMS[2])),
    "visible": ("true", sent(ANDO), Case(mail([BABA]), [ANDO])),
    "first_time": ("true", sent(ANDO), Case(mail([ANDO]), learned=[ANDO])),
    "first_time_domain": ("true", Case(mail(), learned=[BABA]), Case(mail(), learned=["other@ume.example.com"])),
    "looks_like_known_domain": ("true", sent("a@gmial.com"), sent("a@gmail.com")),
    "known_elsewhere": (
        "true",
        Case(mail(["yamada@gmail.com"]), learned=["yamada@ume.example.com"]),
        sent("yamada@gmail.com"),
    ),
    "senders_own_private": ("true", sent("sato@gmail.com"), sent("suzuki@gmail.com")),
    "shows_other_address": ("true", sent(f'"{BABA}" <{ANDO}>'), sent(f'"{ANDO}" <{ANDO}>')),
    "new_in_thread": ("true", sent(fields=REPLY, body=QUOTED), sent(body=QUOTED)),
    "cannot_receive": ("true", Case(mail(), occasion={"dead": ["ume.example.com"]}), sent()),
}
USES = [pytest.param(name, *use, id=name) for name, use in WORDS_IN_USE.items()]


def test_every_condition_word_is_shown_in_use() -> None:
    """A word that is added is shown with a mail that it fits and one that it does not."""
    assert sorted(WORDS) == sorted(WORDS_IN_USE)


@pytest.mark.parametrize(("name", "wanted", "fits", "fits_not"), USES)
def test_condition_word_fits_one_mail_and_not_the_other(name: str, wanted: str, fits: Case, fits_not: Case) -> None:
    """Each word holds what it speaks of and nothing else."""
    asking = rule(f"{{{name}: {wanted}}}", applies_to="everybody")
    with desk(asking) as one, desk(asking) as other:
        assert (True, False) == (fits.is_held(one), fits_not.is_held(other))


FLAGS = [pytest.param(name, *use, id=name) for name, use in WORDS_IN_USE.items() if use[0] == "true"]


@pytest.mark.parametrize(("name", "_wanted", "fits", "fits_not"), FLAGS)
def test_flag_asked_for_false_is_the_other_way_round(name: str, _wanted: str, fits: Case, fits_not: Case) -> None:
    """``false`` is what ``true`` is not."""
    asking = rule(f"{{{name}: false}}", applies_to="everybody")
    with desk(asking) as one, desk(asking) as other:
        assert (False, True) == (fits.is_held(one), fits_not.is_held(other))


BOUNDS = [
    pytest.param("5", [4, 5, 6], [False, True, True], id="a bare number"),
    pytest.param("{at_least: 5}", [4, 5, 6], [False, True, True], id="at least"),
    pytest.param("{at_most: 5}", [4, 5, 6], [True, True, False], id="at most"),
    pytest.param("{at_least: 4, at_most: 5}", [3, 4, 5, 6], [False, True, True, False], id="between"),
]


@pytest.mark.parametrize(("bounds", "numbers", "expected"), BOUNDS)
def test_figure_counts_from_the_number_itself(bounds: str, numbers: list[int], expected: list[bool]) -> None:
    """A threshold of five means five."""
    with desk(rule(f"{{visible_groups: {bounds}}}")) as one:
        assert expected == [sent(*FIRMS[:number]).is_held(one) for number in numbers]


CONDITIONS = [
    pytest.param("{}", {}, [True, True, True, True], id="no condition"),
    pytest.param("{reply: true, private: true}", {}, [True, False, False, False], id="both"),
    pytest.param("{any: [{reply: true}, {private: true}]}", {}, [True, True, True, False], id="either"),
    pytest.param("{none: [{reply: true}, {private: true}]}", {}, [False, False, False, True], id="neither"),
    pytest.param("{none: {reply: true, private: true}}", {}, [False, True, True, True], id="not both"),
    pytest.param("{reply: true, none: [{private: true}]}", {}, [False, True, False, False], id="one without the other"),
    pytest.param("{reply: true}", {"unless": [{"private": True}]}, [False, True, False, False], id="unless"),
    pytest.param("{}", {"unless": {"reply": True, "private": True}}, [False, True, True, True], id="unless both"),
    pytest.param("{any: {none: {reply: true}}}", {}, [False, False, True, True], id="none inside any"),
]


@pytest.mark.parametrize(("condition", "values", "expected"), CONDITIONS)
def test_conditions_are_put_together(condition: str, values: dict[str, Any], expected: list[bool]) -> None:
    """All of the words, one of ``any``, none of ``none``, and not what ``unless`` says."""
    cases = [sent(to, fields=fields) for to, fields in (("p@gmail.com", REPLY), (ANDO, REPLY), ("p@gmail.com", {}))]
    with desk(rule(condition, **values)) as one:
        assert expected == [case.is_held(one) for case in (*cases, sent(ANDO))]


@pytest.mark.parametrize(
    ("whom", "expected"),
    [("outside", [True, False]), ("inside", [False, True]), ("everybody", [True, True])],
)
def test_rule_is_about_those_it_is_for(whom: str, expected: list[bool]) -> None:
    """Colleagues get their mail at once while outsiders wait, or the other way round."""
    with desk(rule(applies_to=whom)) as one:
        held = [verdict.action is Action.HOLD for verdict in one.verdicts(mail([ANDO, COLLEAGUE])).values()]

    assert expected == held


PATTERNS = [
    pytest.param("tanaka@ume.example.com", ["tanaka@ume.example.com"], ["xtanaka@ume.example.com"], id="an address"),
    pytest.param("Tanaka@UME.example.com", ["tanaka@ume.example.com"], [], id="capitals"),
    pytest.param("@ume.example.com", ["a@ume.example.com", "a@x.ume.example.com"], ["a@xume.example.com"], id="@"),
    pytest.param("*@ume.example.com", ["a@ume.example.com"], ["a@x.ume.example.com"], id="star before the at"),
    pytest.param("*@*.example.com", ["a@ume.example.com", "a@b.c.example.com"], ["a@example.com"], id="two stars"),
    pytest.param("@*.example.com", ["a@ume.example.com", "a@b.c.example.com"], ["a@example.com"], id="at, star"),
    pytest.param("*.example.com", ["a@ume.example.com"], ["a@example.com"], id="star alone in front"),
    pytest.param("*", ["a@ume.example.com"], [], id="star"),
    pytest.param("info*@ume.example.com", ["info@ume.example.com", "info2@ume.example.com"], ["i@ume.example.com"],
                 id="star in the middle"),
    pytest.param("a.b@ume.example.com", ["a.b@ume.example.com"], ["axb@ume.example.com"], id="a dot is a dot"),
    pytest.param("@例え.jp", ["a@xn--r8jz45g.jp", "a@x.xn--r8jz45g.jp"], ["a@r8jz45g.jp"], id="IDN"),
    pytest.param("*@*.例え.jp", ["a@x.xn--r8jz45g.jp"], ["a@xn--r8jz45g.jp"], id="IDN with a star"),
    pytest.param(" a@ume.example.com ", ["a@ume.example.com"], [], id="blanks around"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fitting", "others"), PATTERNS)
def test_pattern_fits_the_addresses_it_means(text: str, fitting: list[str], others: list[str]) -> None:
    """A domain means everybody in it and below it; a star any characters on its side of the at sign."""
    one = patterns([text])

    assert [True] * len(fitting) == [one.fit(address) for address in fitting]
    assert [False] * len(others) == [one.fit(address) for address in others]


SCOPES = [
    pytest.param({"senders": ["kato@office.example.jp"]}, [False, True], id="sender"),
    pytest.param({"departments": ["経理"]}, [False, True], id="department"),
    pytest.param({"recipients": ["@ume.example.com"]}, [True, True], id="recipient"),
    pytest.param({"recipients": ["@matsu.example.com"]}, [False, False], id="another recipient"),
    pytest.param({"domains": ["ume.example.com"]}, [True, True], id="domain"),
    pytest.param({"domains": ["example.com"]}, [True, True], id="domain above"),
    pytest.param({"domains": ["matsu.example.com"], "senders": ["*"]}, [False, False], id="both must fit"),
    pytest.param({"hours": "office"}, [True, True], id="in office hours"),
    pytest.param({"hours": "outside_office"}, [False, False], id="outside them"),
]


@pytest.mark.parametrize(("scope", "expected"), SCOPES)
def test_scope_limits_a_rule(scope: dict[str, Any], expected: list[bool]) -> None:
    """A rule is for the senders, departments, recipients and hours it names."""
    office = replace(OFFICE, departments={"経理": patterns([COLLEAGUE])})
    with desk(rule(scope=scope, directory=office), directory=office) as one:
        held = [Case(mail(), occasion={"reverse_path": sender}).is_held(one) for sender in (SENDER, COLLEAGUE)]

    assert expected == held


LAST_DAY = date(2026, 11, 24)
EXCEPTIONS = [
    pytest.param(timedelta(0), True, id="the last day"),
    pytest.param(timedelta(hours=13, minutes=59), True, id="its last minute in Japan"),
    pytest.param(timedelta(hours=14), False, id="the day after, in Japan"),
    pytest.param(timedelta(days=-100), True, id="long before"),
    pytest.param(timedelta(days=1), False, id="the day after"),
]


@pytest.mark.parametrize(("later", "is_excepted"), EXCEPTIONS)
def test_exception_holds_until_the_end_of_its_last_day(later: timedelta, is_excepted: bool) -> None:
    """A named exception ends with its day in the office's own time."""
    office = excepted("a-rule", until=LAST_DAY, recipients=[ANDO])
    with desk(rule(), directory=office) as one:
        assert is_excepted is not Case(mail(), occasion={"at": TUESDAY + later}).is_held(one)


MEANT = [
    pytest.param({"senders": [SENDER]}, {}, True, id="the sender"),
    pytest.param({"senders": [COLLEAGUE]}, {}, False, id="another sender"),
    pytest.param({"recipients": ["@ume.example.com"]}, {}, True, id="the recipient"),
    pytest.param({"recipients": [BABA]}, {}, False, id="another recipient"),
    pytest.param({"senders": [SENDER], "recipients": [BABA]}, {}, False, id="both must fit"),
    pytest.param({"senders": [SENDER]}, {"id": "another-rule"}, False, id="another rule"),
]


@pytest.mark.parametrize(("whom", "values", "is_excepted"), MEANT)
def test_exception_is_for_those_it_names(whom: dict[str, Any], values: dict[str, Any], is_excepted: bool) -> None:
    """An exception takes out of its rule the people it names, and nobody else."""
    with desk(rule(**values), directory=excepted("a-rule", until=LAST_DAY, **whom)) as one:
        assert is_excepted is not sent(ANDO).is_held(one)


def test_exception_from_who_sees_whom_must_mean_everybody_seen() -> None:
    """One outsider who is not meant by the exception sees the others, so all are asked about."""
    exposure = rule("{visible_groups: 3}", obligations=["hide_recipients"])
    office = excepted("a-rule", until=LAST_DAY, recipients=["@firm0.example.com", "@firm1.example.com", "@firm2.*"])
    with desk(exposure, directory=office) as one:
        held = [sent(*to).is_held(one) for to in (FIRMS[:3], FIRMS[:4], [*FIRMS[:3], COLLEAGUE])]

    assert [False, True, False] == held
