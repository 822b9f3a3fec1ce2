"""What the sender wrote now, and what a mail program put below it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.extract.history import divided, looks_forwarded

OWN = "承知しました。\n見積書を添付します。"
ADDRESS = "Baba <b@example.com>"
EN = f"From: {ADDRESS}\nSent: Monday, November 2, 2026 9:00 AM\nTo: a@example.jp; c@example.jp\nSubject: agenda\n\nold"
JA = f"差出人: {ADDRESS}\n送信日時: 2026年11月2日 9:00\n宛先: a@example.jp\nCC: c@example.jp\n件名: 打合せ\n\nold"

STYLES = {
    "Outlook English": f"-----Original Message-----\n{EN}",
    "Outlook English, no line": EN,
    "Outlook English, bold": EN.replace("From:", "*From:*").replace("Sent:", "*Sent:*").replace("To:", "*To:*"),
    "Outlook English, names only": "From: Baba Hanako\nSent: Monday\nTo: Ando Taro\nSubject: agenda\n\nold",
    "Outlook Japanese": f"-----元のメッセージ-----\n{JA}",
    "Outlook Japanese, no line": JA,
    "Outlook Japanese, full-width colons": JA.replace(": ", "： "),
    "Outlook on the web": f"________________________________\n{EN}",
    "Outlook on the web Japanese": f"________________________________\n\n{JA}",
    "Gmail English": f"On Mon, Nov 2, 2026 at 9:00 AM {ADDRESS} wrote:\n\n> old\n> older",
    "Gmail English, two lines": "On Mon, Nov 2, 2026 at 9:00 AM Baba of Example\n<b@example.com> wrote:\n\n> old",
    "Gmail Japanese": f"2026年11月2日(月) 9:00 {ADDRESS}:\n\n> old",
    "Gmail Japanese, two lines": "2026年11月2日(月) 9:00 馬場花子 例示商事\n<b@example.com>:\n\n> old",
    "Thunderbird": "On 2026/11/02 9:00, Baba wrote:\n> old",
    "Thunderbird Japanese": "2026/11/02 9:00、Baba さんは書きました:\n> old",
    "Apple Mail": f"> On Nov 2, 2026, at 9:00, {ADDRESS} wrote:\n> \n> old",
    "Apple Mail Japanese": f"> 2026/11/02 9:00、{ADDRESS}のメール:\n> \n> old",
    "iPhone": f"On Nov 2, 2026, at 9:00, {ADDRESS} wrote:\n\n> old",
    "iPhone Japanese, no marks": f"2026/11/02 9:00、{ADDRESS}のメール:\n\nold\nolder",
    "Becky!": f"On Mon, 2 Nov 2026 09:00:00 +0900\n{ADDRESS} wrote:\n\n> old",
    "Becky! Japanese": "2026年11月2日 09:00:00 +0900に\nBabaさんは書きました:\n> old",
    "full-width marks": "＞ old\n＞ older",
    "marks with a bar": "|> old",
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_history_of_every_mail_program_is_told_from_own_words(style: str, line_end: str) -> None:
    """What was written weeks ago below an answer is never taken for what the sender says today."""
    own, quoted, _ = divided(f"{OWN}\n\n{STYLES[style]}\n".replace("\n", line_end))

    assert OWN == own.strip()
    assert "old" in quoted


NO_HISTORY = [
    pytest.param("2026年11月2日の会議は次の通り:\n参加者をお送りください", id="a date and a colon"),
    pytest.param("From: Tokyo\nTo: Osaka\nwith two tickets", id="from and to of a journey"),
    pytest.param("As I wrote:\nplease call", id="as I wrote"),
    pytest.param("先ほどのメール：\n内容を訂正します", id="about an earlier mail"),
    pytest.param("一覧\n____________________\n氏名 電話", id="a ruled line"),
    pytest.param("13:00: lunch\n14:00: talk", id="times"),
    pytest.param("---\nnext topic", id="three dashes"),
    pytest.param("件名: 打合せ\n場所: 本社", id="fields without a sender"),
    pytest.param("宛先: 総務部\n件名: 備品", id="fields of a paper form"),
]


@pytest.mark.parametrize("body", NO_HISTORY)
def test_words_that_only_look_like_an_introduction_stay_own(body: str) -> None:
    """A person may write dates, rules and colons; what follows is still looked at as the sender's."""
    own, quoted, circles = divided(body)

    assert (body, "", ()) == (own, quoted, circles)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"On Nov 2, 2026, at 9:00, {ADDRESS} wrote:\n> old\n> older\n\n{OWN}", id="answer below"),
        pytest.param(f"> old\n{OWN}\n> older", id="answer between"),
        pytest.param(f"2026/11/02 9:00、Baba さんは書きました:\n\n> old\n{OWN}", id="answer below, Japanese"),
    ],
)
def test_answer_below_marked_lines_is_own(body: str) -> None:
    """Who answers below or between the quoted lines is read as well."""
    own, quoted, _ = divided(body)

    assert OWN == own.strip()
    assert "old" in quoted


CIRCLES = [
    pytest.param(f"{OWN}\n\n{EN}", [{"a@example.jp", "b@example.com", "c@example.jp"}], id="English"),
    pytest.param(f"{OWN}\n\n{JA}", [{"a@example.jp", "b@example.com", "c@example.jp"}], id="Japanese"),
    pytest.param(
        f"{OWN}\n\n{EN.replace('To: a@example.jp; ', 'To: A@EXAMPLE.JP;' + chr(10) + chr(9))}",
        [{"a@example.jp", "b@example.com", "c@example.jp"}],
        id="folded, capitals",
    ),
    pytest.param(
        f"{OWN}\n\n{EN}\n\nFrom: d@example.net\nSent: x\nTo: e@example.net\nSubject: y\n\nolder",
        [{"a@example.jp", "b@example.com", "c@example.jp"}, {"d@example.net", "e@example.net"}],
        id="two mails below each other",
    ),
    pytest.param(
        f"{OWN}\n\n" + "\n".join(f"> {line}" for line in EN.split("\n")),
        [{"a@example.jp", "b@example.com", "c@example.jp"}],
        id="behind marks",
    ),
    pytest.param(
        f"{OWN}\n\n{EN}\ncall x@example.net", [{"a@example.jp", "b@example.com", "c@example.jp"}], id="in text"
    ),
    pytest.param(
        f"{OWN}\n\nFrom: Baba [mailto:b@example.com]\nSent: x\nTo: 'a@example.jp'\nSubject: y",
        [{"a@example.jp", "b@example.com"}],
        id="mailto and single quotes",
    ),
    pytest.param(OWN, [], id="no history"),
]


@pytest.mark.parametrize(("body", "expected"), CIRCLES)
def test_quoted_header_lines_tell_who_stood_together(body: str, expected: list[set[str]]) -> None:
    """Who already saw each other in the quoted mail is known; who is only spoken of there is not."""
    assert expected == [set(one) for one in divided(body)[2]]


SIGNATURES = {
    "dashes": "-- \n安藤太郎\n例示商事",
    "dashes, blank lost": "--\n安藤太郎",
    "hyphens": "--------\n安藤太郎\nTEL 03-0000-0000\n--------",
    "equals signs": "========================\n安藤太郎\n========================",
    "box lines": "━━━━━━━━━━━━\n安藤太郎\n━━━━━━━━━━━━",
    "stars": "☆★☆★☆★☆★☆★\n安藤太郎",
    "mixed": "*-*-*-*-*-*-*-*\n安藤太郎",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_signature_is_no_part_of_the_words(name: str) -> None:
    """The sender's own telephone number and firm say nothing about this mail."""
    own, quoted, _ = divided(f"{OWN}\n\n{SIGNATURES[name]}\n")

    assert OWN == own.strip()
    assert "" == quoted


def test_ruled_line_with_much_text_below_is_no_signature() -> None:
    """A list between ruled lines stays in the text."""
    body = f"{OWN}\n==========\n" + "\n".join(f"row {number}" for number in range(30))

    assert body == divided(body)[0]


FORWARDS = {
    "Gmail": f"---------- Forwarded message ---------\nFrom: {ADDRESS}\nDate: x\nSubject: y\nTo: <a@example.jp>\n\nold",
    "Gmail Japanese": f"---------- 転送メッセージ ----------\nFrom: {ADDRESS}\nDate: x\nSubject: y\n\nold",
    "Thunderbird": f"-------- Forwarded Message --------\nSubject: y\nDate: x\nFrom: {ADDRESS}\n\nold",
    "Thunderbird Japanese": f"-------- 転送メッセージ --------\n件名: y\n差出人: {ADDRESS}\n\nold",
    "Apple Mail": f"Begin forwarded message:\n\nFrom: {ADDRESS}\nSubject: y\nDate: x\n\nold",
    "Apple Mail Japanese": f"転送されたメッセージ:\n\n差出人: {ADDRESS}\n件名: y\n\nold",
    "iPhone Japanese": f"Begin forwarded message:\n\n差出人: {ADDRESS}\n日時: x\n件名: y\n\nold",
}


@pytest.mark.parametrize("style", FORWARDS)
def test_forwarded_mail_is_recognised_by_its_text(style: str) -> None:
    """Passing on somebody's mail is known whatever the subject says."""
    own, quoted, _ = divided(f"{OWN}\n\n{FORWARDS[style]}")

    assert OWN == own.strip()
    assert looks_forwarded("", quoted)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Fwd: x", True),
        ("FW: x", True),
        ("転送：x", True),
        (" fw : x", True),
        ("Re: x", False),
        ("forward x", False),
        ("", False),
    ],
)
def test_forwarded_mail_is_recognised_by_its_subject(subject: str, expected: bool) -> None:
    """An answer is no forwarded mail."""
    assert expected == looks_forwarded(subject, divided(f"{OWN}\n\n{EN}")[1])


PUMPS = [
    "On ",
    "On a wrote:",
    "のメール",
    "_",
    "-",
    "-----",
    "From:",
    "From:\n",
    ">",
    "> ",
    "\n",
    "a\n",
    "----\n",
    "*",
    " ",
    "2026年",
]
PUMPS += [
    "From: a\nTo: b@c.d\n",
    "On 1 a\nwrote:\n",
    "2026/1:\n",
    "wrote:\n",
    "のメール:\n",
    " \n",
    "\t>",
    "\u0001\n",
    "From: a@b\n",
    "-- \n",
]


@pytest.mark.parametrize("pump", PUMPS)
def test_long_repetition_is_read_in_time(pump: str) -> None:
    """No body keeps the relay from other mail; the time-out guards it."""
    divided(pump * (200_000 // len(pump.encode())))
    divided((pump.strip("\n") * 120 + "\n") * 400)


@given(st.lists(st.sampled_from([*STYLES.values(), *SIGNATURES.values(), "\r\n", "\n", "> ", "words", "\u0001", ":"])))
def test_any_body_is_divided_without_losing_a_line(pieces: list[str]) -> None:
    """Whatever a body holds, each line but the signature is in one half, and nothing raises."""
    body = "\n".join(pieces)
    own, quoted, _ = divided(body)
    lines = body.replace("\r\n", "\n").split("\n")

    assert {line for line in own.split("\n") if line} <= set(lines)
    assert {line for line in quoted.split("\n") if line} <= set(lines)
    assert len(own.split("\n")) + len(quoted.split("\n")) <= len(lines) + 1
