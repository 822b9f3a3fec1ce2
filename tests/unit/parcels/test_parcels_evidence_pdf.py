"""The evidence sheet on paper: an officer finds what happened, whatever a mail holds."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest

from mailguard.i18n import CATALOGUES, Language
from mailguard.model.protection import Channel, Item, Mode, PasswordState
from mailguard.parcels.evidence import Evidence, EvidenceChain, EvidenceRecipient, PasswordShown, as_json
from mailguard.parcels.evidence_pdf import as_pdf
from mailguard.parcels.sheet_paper import FONTS
from tests.unit.parcels.evidence_samples import (
    ACCEPTED_AT,
    EVENTS,
    EVIDENCE,
    MANIFEST,
    PRINTED_AT,
    at,
    digest,
    with_items,
)

READERS_OWN: tuple[Path, ...] = ()
"""No font file: the one way that is the same on every machine."""
TRUETYPE = [path for path in FONTS if path.exists()]
A4 = (595, 842)


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page without white space, which breaking lines puts anywhere."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in document]
    finally:
        document.close()


def printed(evidence: Evidence, language: Language = "ja") -> str:
    """All text of the sheet, without white space and what stands at the feet of pages."""
    return "".join(pages_of(as_pdf(evidence, PRINTED_AT, language, fonts=READERS_OWN)))


def without_feet(pdf: bytes) -> str:
    """All text but the numbers of pages, which depend on how wide a font is."""
    return re.sub(r"P7K2M9QX4ABCDEFG\d+/\d+ページ", "", "".join(pages_of(pdf)))


def ink_of(pdf: bytes) -> list[int]:
    """How many dark points each page shows."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [sum(page.render(scale=1).to_pil().convert("L").histogram()[:128]) for page in document]
    finally:
        document.close()


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param("みどり市職員互助会(見本)", id="office"),
        pytest.param("1何を送ったか", id="section 1"),
        pytest.param("差出人tanaka@office.example", id="sender"),
        pytest.param("受け付けた日時2026年11月26日13:30:05", id="accepted, in Japanese time"),
        pytest.param("暗号化したファイル書類.zip", id="name outside"),
        pytest.param("1,234,567バイト", id="size"),
        pytest.param(
            f"組合員名簿_令和8年11月.xlsx{digest('list')}1,187,654バイト氏名312件、マイナンバー312件", id="file"
        ),
        pytest.param(f"地図.png{digest('map')}12,346バイトなし", id="file without findings"),
        pytest.param("2どう保護したか全部のファイルを1つのZIPに入れ、AES-256で暗号化しました。", id="method"),
        pytest.param("暗号AES-256-CTR鍵の長さ(ビット)256パスワードから鍵を作る方法PBKDF2-HMAC-SHA1", id="parameters"),
        pytest.param("passed:SHA-256(FIPS180-4)", id="self-test"),
        pytest.param("3だれに・いつ・どこへ届いたか", id="section 3"),
        pytest.param("yamada@partner.example2026年11月26日13:31:14mx.partner.example:25", id="delivered"),
        pytest.param("返事:2502.0.0Ok:queuedas4F1A2通信の暗号化:TLSv1.3監査記録の番号:4715,4716", id="reply"),
        pytest.param("sato@other.example受け取られた記録はありませんmx.other.example:25返事:5525.7.0", id="refused"),
        pytest.param("このシステムが無作為に作りました。20文字、強さは約116ビットです。", id="strength"),
        pytest.param("AES-256-GCMで暗号化し、メールの中身の鍵とは別に保管しました。", id="apart"),
        pytest.param("画面で見た人2026年11月26日13:35:05tanaka@office.example", id="who saw it"),
        pytest.param("知らせました知らせた日時:2026年11月26日13:31:15知らせた先:tanaka@office.example", id="told"),
        pytest.param("止めました(知らせていません)止めた日時:2026年11月26日13:31:17", id="stopped"),
        pytest.param("まだ消去していません", id="not destroyed"),
        pytest.param("送っていません(相手が前から知っています)", id="agreed earlier"),
        pytest.param("一致しています。", id="compared"),
        pytest.param(f"mailguardauditverify--head{digest('last')}", id="command"),
        pytest.param("mailguardparcelevidenceP7K2M9QX4ABCDEFG", id="command of the sheet"),
        pytest.param("47132026年11月26日13:31:10suzuki@office.example送信してよいとしたa79155a9f3d09e54", id="entry"),
        pytest.param("parcel.some_newer_act", id="an act without words"),
        pytest.param("法律上の助言ではありません。", id="no advice"),
        pytest.param("個人情報の保護に関する法律施行規則第7条第1号。", id="rule"),
        pytest.param("確認日:2026年10月9日(未確認)", id="date of the rule"),
    ],
)
def test_pdf_says_what_an_officer_must_know(fact: str) -> None:
    """What was sent, how, to whom, and where the password was: all on paper, in Japanese."""
    assert fact in printed(EVIDENCE)


def test_pdf_of_an_ordinary_parcel_has_few_pages_of_a4() -> None:
    """An ordinary sheet is read in a minute and prints on the office's paper, each page numbered."""
    pdf = as_pdf(EVIDENCE, PRINTED_AT, fonts=READERS_OWN)
    document = pypdfium2.PdfDocument(pdf)
    sizes = {tuple(round(side) for side in page.get_size()) for page in document}
    pages = pages_of(pdf)

    assert {A4} == sizes
    assert 2 == len(pages)
    assert all(f"P7K2M9QX4ABCDEFG{number}/2ページ" in page for number, page in enumerate(pages, 1))
    assert "保護して送ったメールの記録 P7K2M9QX4ABCDEFG" == document.get_metadata_value("Title")


def test_pdf_shows_letters() -> None:
    """Pages are not blank, not even where no font is embedded."""
    assert all(ink > 3_000 for ink in ink_of(as_pdf(EVIDENCE, PRINTED_AT, fonts=READERS_OWN)))


def test_pdf_of_the_same_sheet_is_the_same_file() -> None:
    """Two prints can be compared, and nothing in them depends on when the program ran."""
    assert as_pdf(EVIDENCE, PRINTED_AT, fonts=READERS_OWN) == as_pdf(EVIDENCE, PRINTED_AT, fonts=READERS_OWN)


@pytest.mark.skipif(not TRUETYPE, reason="no Japanese TrueType font on this machine")
def test_pdf_with_a_font_found_carries_it() -> None:
    """Where the machine has a font it is in the file: the sheet looks the same in twenty years."""
    pdf = as_pdf(EVIDENCE, PRINTED_AT)

    assert b"/FontFile2" in pdf
    assert without_feet(as_pdf(EVIDENCE, PRINTED_AT, fonts=READERS_OWN)) == without_feet(pdf)
    assert pdf == as_pdf(EVIDENCE, PRINTED_AT)


def test_pdf_with_files_that_are_no_fonts_uses_the_readers_own(tmp_path: Path) -> None:
    """A missing, empty or damaged font file keeps no sheet from being made."""
    (tmp_path / "empty.ttf").write_bytes(b"")
    (tmp_path / "broken.ttc").write_bytes(b"ttcf\x00\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x10" + b"\xff" * 64)
    (tmp_path / "other.ttf").write_bytes(b"OTTO" + bytes(64))
    fonts = [tmp_path / name for name in ("missing.ttf", "empty.ttf", "broken.ttc", "other.ttf")]

    assert as_pdf(EVIDENCE, PRINTED_AT, fonts=READERS_OWN) == as_pdf(EVIDENCE, PRINTED_AT, fonts=[*fonts, tmp_path])


def test_pdf_in_english_says_the_same() -> None:
    """An office that works in English gets its own sheet."""
    said = printed(EVIDENCE, "en")

    assert "Recordofamailsentprotected" in said
    assert "Acceptedat2026-11-2613:30:05JST" in said
    assert "Name:312,MyNumber:312" in said


@pytest.mark.parametrize("language", ["ja", "en"])
def test_pdf_of_200_files_names_each(language: Language) -> None:
    """Large parcels run over pages; the head of the table stands on each, and no file is lost."""
    evidence = with_items(200)
    pages = pages_of(as_pdf(evidence, PRINTED_AT, language, fonts=READERS_OWN))
    said = "".join(pages)
    head = re.sub(r"\s", "", CATALOGUES[language]["evidence.sheet.column.file"])

    assert [] == [item.sha256 for item in evidence.manifest.items if item.sha256 not in said]
    assert [] == [number for number in range(200) if f"申請書類_{number:04}_" not in said]
    assert len(pages) > 5
    assert all(head in page for page in pages[:5])


def test_pdf_of_200_recipients_names_each() -> None:
    """Whoever got the parcel stands on the sheet, with an address of any length."""
    recipients = tuple(
        EvidenceRecipient(number, f"person{number:03}.{'x' * 60}@partner.example", Channel.SMS, PasswordState.SENDING)
        for number in range(200)
    )
    said = printed(replace(EVIDENCE, recipients=recipients))

    assert [] == [one.address for one in recipients if said.count(one.address) != 2]


HOSTILE = (
    pytest.param("<b>名簿</b>&amp;<img src='http://evil.example/x'>.pdf", "<b>名簿</b>&amp;<img", id="markup"),
    pytest.param("</para><para fontSize=200>&#0;&nosuch;", "</para><parafontSize=200>&#0;&nosuch;", id="broken markup"),
    pytest.param("report\u202efdp.exe", "report[U+202E]fdp.exe", id="turned round"),
    pytest.param("a\x00b\x1b[31mc\x7f.txt", "a[U+0000]b[U+001B][31mc[U+007F].txt", id="control"),
    pytest.param("zero\u200bwidth\ufeff.txt", "zero[U+200B]width[U+FEFF].txt", id="invisible"),
    pytest.param("half\ud800.txt", "half[U+D800].txt", id="half a letter"),
    pytest.param("絵\U0001f600と𠮷.pdf", "絵[U+1F600]と[U+20BB7].pdf", id="letters the fonts lack"),
    pytest.param("円\u00a5.txt", "円[U+00A5].txt", id="a yen sign that would show as a backslash"),
    pytest.param("か\u3099.txt", "が.txt", id="decomposed"),
    pytest.param("1\n2\r\n3\t4.txt", "1234.txt", id="lines"),
    pytest.param("長" * 100_000, "…(全部で100,000文字)", id="longer than a page"),
    pytest.param("\u202e" * 100_000, "[U+202E][U+202E]…(全部で100,000文字)", id="only marks"),
)


@pytest.mark.parametrize(("name", "shown"), HOSTILE)
def test_pdf_shows_a_hostile_name_harmlessly(name: str, shown: str) -> None:
    """No file name changes what the sheet says, hides in it, or keeps it from being made."""
    assert shown in printed(replace(EVIDENCE, manifest=replace(MANIFEST, items=(Item(name, 1, digest("x")),))))


@pytest.mark.parametrize(("word", "shown"), HOSTILE)
def test_pdf_shows_hostile_words_of_others_harmlessly(word: str, shown: str) -> None:
    """What servers answer and what kinds, acts and people are called cannot spoil a sheet either."""
    evidence = replace(
        EVIDENCE,
        parcel_id=word,
        office=word,
        sender=word,
        queue_id=word,
        message_id_sha256=word,
        generator=word,
        self_test=word,
        manifest=replace(
            MANIFEST, outer_name=word, sha256=word, method={word: word}, items=(Item(word, 1, word, ((word, 1),)),)
        ),
        recipients=(
            replace(
                EVIDENCE.recipients[0], address=word, next_hop=word, reply_text=word, tls=word, told_to=word
            ),
        ),
        password=replace(EVIDENCE.password, kept=word, shown=(PasswordShown(at(1), word),)),
        events=(replace(EVENTS[0], actor=word, action=word, hash=word),),
        chain=EvidenceChain(1, 2, word, word, is_unbroken=False),
    )  # fmt: skip
    said = printed(evidence)

    assert shown in said
    assert "一致しません。" in said
    assert not any(mark in said for mark in "\u202e\u200b\x00\x1b")


def test_pdf_of_many_kinds_in_one_file_is_made() -> None:
    """A file with more kinds than anybody reads does not fill the sheet."""
    findings = tuple((f"office_kind_{number}" * 20, 10**12) for number in range(500))

    assert "ほか480種類" in printed(replace(EVIDENCE, manifest=replace(MANIFEST, items=(Item("a", 1, "b", findings),))))


def test_pdf_of_a_long_story_has_all_of_it() -> None:
    """A mail that was tried a thousand times still has its whole record on the sheet."""
    events = tuple(replace(EVENTS[0], seq=100_000 + number, at=at(number)) for number in range(1_000))
    said = printed(replace(EVIDENCE, events=events))

    assert [] == [event.seq for event in events if str(event.seq) not in said]


def test_pdf_of_nothing_known_says_so() -> None:
    """An empty record is told in words, not as empty cells."""
    evidence = replace(
        EVIDENCE,
        message_id_sha256=None,
        manifest=replace(MANIFEST, items=(), method={}, is_names_hidden=True),
        recipients=(),
        events=(),
        password=replace(EVIDENCE.password, shown=(), length=None, bits=None, is_agreed=True, destroyed_at=at(9_000)),
        chain=EvidenceChain(1, 2, digest("last"), None),
    )
    said = printed(evidence)

    for words in (
        "このメールの監査記録はありません。",
        "画面で見た人の記録はありません",
        "パスワードを取り決めた日時",
        "前に相手と取り決めたものです。",
        "消去した日時2026年11月26日16:00:05",
        "照合できません。",
        "検査していません。",
        "中のファイルの名前も、パスワードがなければ見えません。",
    ):
        assert words in said


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("state", PasswordState)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_pdf_of_every_mode_and_state_is_made(mode: Mode, state: PasswordState, language: Language) -> None:
    """No combination that an office can meet lacks its words."""
    recipients = tuple(
        EvidenceRecipient(number, "yamada@partner.example", channel, state) for number, channel in enumerate(Channel)
    )

    assert printed(replace(EVIDENCE, manifest=replace(MANIFEST, mode=mode), recipients=recipients), language)


def test_pdf_an_office_kind_has_the_offices_word() -> None:
    """Kinds of the office's own are called what the office calls them."""
    evidence = replace(EVIDENCE, manifest=replace(MANIFEST, items=(Item("a", 1, "b", (("loan_number", 3),)),)))
    pdf = as_pdf(evidence, PRINTED_AT, labels={"loan_number": "貸付番号"}, fonts=READERS_OWN)

    assert "貸付番号3件" in "".join(pages_of(pdf))


@pytest.mark.parametrize(("days", "status"), [(180, "(未確認)"), (181, "(未確認要再確認)")])
def test_pdf_tells_of_a_rule_nobody_checked_for_long(days: int, status: str) -> None:
    """A rule whose source was read half a year ago is to be checked again."""
    checked = EVIDENCE.facts[0].source_checked
    later = datetime(checked.year, checked.month, checked.day, 3, tzinfo=ACCEPTED_AT.tzinfo) + timedelta(days=days)

    assert f"2026年10月9日{status}" in "".join(pages_of(as_pdf(EVIDENCE, later, fonts=READERS_OWN)))


def test_pdf_at_a_time_without_zone_is_refused() -> None:
    """No sheet says a time that could be another one."""
    with pytest.raises(ValueError):
        as_pdf(EVIDENCE, datetime(2026, 11, 27, 9, 0), fonts=READERS_OWN)  # noqa: DTZ001 - the fault itself


def test_pdf_says_nothing_the_json_does_not() -> None:
    """Paper and program tell of the same addresses; none is only on one of them."""
    said, sheet = printed(EVIDENCE), re.sub(r"\s", "", as_json(EVIDENCE))

    assert set(re.findall(r"[a-z]+@[a-z]+\.example", said)) == set(re.findall(r"[a-z]+@[a-z]+\.example", sheet))
