"""Illness, disability, crime, belief and origin are seen; announcements, products and blank forms are not."""

from __future__ import annotations

import pytest

from mailguard.inspection.ja.special_care import DETECTOR, PERSON_WORDS, person_word_near
from mailguard.inspection.ja.special_care_words import written_out
from mailguard.inspection.normalise import normalised
from mailguard.inspection.text import Candidate, Text, header_key
from mailguard.model.contents import Form, Piece
from tests.effort import effort
from tests.unit.inspection.inspecting_parts import HOSTILE_SECONDS_MAX


def text(words: str, form: Form = Form.PROSE) -> Text:
    """The words as detectors read them."""
    return normalised(Piece("body", words, form))


def found(words: str, form: Form = Form.PROSE) -> list[tuple[str, str]]:
    """What counts as an expression, with its sub-kind, in the order of the text."""
    read = text(words, form)
    sure = sorted((one for one in DETECTOR.find(read) if one.confidence >= 0.5), key=lambda one: one.start)
    return [(read.plain[one.start : one.end], sub_kind(one)) for one in sure]


def sub_kind(candidate: Candidate) -> str:
    """What the first ground says before its family."""
    return candidate.evidence[0].word.partition(":")[0]


EXPRESSIONS = [
    pytest.param("昨年乳がんの手術を受けた", [("乳がん", "health")], id="cancer of an organ"),
    pytest.param("父が膵臓癌のステージIVです", [("膵臓癌のステージIV", "health")], id="with its stage"),
    pytest.param("がんで入院", [("がんで入院", "health")], id="cancer without organ"),
    pytest.param("右乳房悪性腫瘍", [("右乳房悪性腫瘍", "health")], id="as a doctor writes it"),
    pytest.param("傷病名：うつ病エピソード、適応障害", [("うつ病エピソード", "health"), ("適応障害", "health")],
                 id="behind a label"),
    pytest.param("既往歴：エーラス・ダンロス", [("エーラス・ダンロス", "health")], id="unknown word behind a label"),
    pytest.param("診断名\t線維性骨異形成", [("線維性骨異形成", "health")], id="unknown word in the next cell"),
    pytest.param("先天性魚鱗癬です", [("先天性魚鱗癬", "health")], id="ending with a stem"),
    pytest.param("ベーチェット病", [("ベーチェット病", "health")], id="illness named after a person"),
    pytest.param("右足関節外側靭帯損傷", [("右足関節外側靭帯損傷", "health")], id="injury"),
    pytest.param("左示指末節切断です", [("左示指末節切断", "health")], id="amputation"),
    pytest.param("相手方は頸椎捻挫で通院", [("頸椎捻挫", "health"), ("通院", "health")], id="the other party's injury"),
    pytest.param("頭部裂創を縫合", [("頭部裂創", "health")], id="wound"),
    pytest.param("人工股関節全置換術後", [("人工股関節全置換術後", "health")], id="operation"),
    pytest.param("sprained ankle and whiplash", [("sprained ankle", "health"), ("whiplash", "health")],
                 id="English injuries"),
    pytest.param("空腹時血糖 182", [("空腹時血糖 182", "health")], id="figure of a test"),
    pytest.param("血圧は 180/110 でした", [("血圧は 180/110", "health")], id="blood pressure"),
    pytest.param("ＨｂＡ１ｃ ８．２％", [("HbA1c 8.2%", "health")], id="in full width"),
    pytest.param("要精密検査（胃部X線）", [("要精密検査", "health")], id="result of a check-up"),
    pytest.param("高ストレスと判定された", [("高ストレスと判定", "health")], id="stress check"),
    pytest.param("妊娠20週のため", [("妊娠20週", "health")], id="pregnancy"),
    pytest.param("抗がん剤治療中", [("抗がん剤治療中", "health")], id="treatment"),
    pytest.param("PCR検査の結果、陽性でした", [("PCR検査の結果、陽性", "health")], id="test positive"),
    pytest.param("卵アレルギーがあります", [("卵アレルギー", "health")], id="allergy"),
    pytest.param("精神障害者保健福祉手帳３級", [("精神障害者保健福祉手帳3級", "disability")], id="certificate"),
    pytest.param("療育手帳A1", [("療育手帳A1", "disability")], id="certificate with letters"),
    pytest.param("要介護度 要介護3", [("要介護3", "disability")], id="care level"),
    pytest.param("高次脳機能障害", [("高次脳機能障害", "disability")], id="disability"),
    pytest.param("車椅子で生活、人工肛門", [("人工肛門", "disability")], id="aid"),
    pytest.param("酒気帯び運転で逮捕され、懲役1年", [("酒気帯び運転", "criminal"), ("逮捕", "criminal"),
                                                   ("懲役", "criminal")], id="crime"),
    pytest.param("DV被害により避難中", [("DV被害", "criminal")], id="victim"),
    pytest.param("創価学会員で", [("創価学会員", "creed")], id="belief"),
    pytest.param("労働組合の役員", [("労働組合の役員", "creed")], id="union"),
    pytest.param("被差別部落出身", [("被差別部落出身", "status")], id="origin"),
    pytest.param("本籍地：東京都千代田区", [("東京都千代田区", "status")], id="registered domicile"),
    pytest.param("He was diagnosed with cancer.", [("diagnosed with cancer", "health")], id="English"),
    pytest.param("She is HIV positive and pregnant.", [("HIV positive", "health"), ("pregnant", "health")],
                 id="English, two"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "expected"), EXPRESSIONS)
def test_expression_of_special_care_is_found_with_its_sub_kind(words: str, expected: list[tuple[str, str]]) -> None:
    """Whatever the law asks special care for is seen as it is written in offices."""
    seen = found(words)

    assert [wanted for wanted in expected if wanted not in seen] == [], seen


HARMLESS = [
    pytest.param("講演1「ロボット手術の今」泌尿器科医長 綾瀬絵美", id="lecture on an operation"),
    pytest.param("『病床日誌 胃がんと歩いた千日』彦根隆さんの新刊", id="title of a book"),
    pytest.param("うつ状態の見分け方をお話しいただきます", id="subject of a talk"),
    pytest.param("会員が引き続き5日以上入院したときは見舞金を支給する", id="article of rules"),
    pytest.param("摂食障害が疑われる生徒への対応", id="pupils in general"),
    pytest.param("顔面の腫瘍の描写(最判平成14年9月24日)、前科の公表", id="court case"),
    pytest.param("Employee X, diagnosed with bipolar disorder, was dismissed", id="person without a name"),
    pytest.param("専門:股関節\n糖尿病内科 座間 里香", id="department on the next line"),
    pytest.param("社員番号,氏名,休職区分,開始日", id="names of columns"),
    pytest.param("熱中症対策の予算、電源切断の手順", id="prevention and a word alike"),
    "通信障害が発生しました", "システム障害のお詫び", "ネットワーク障害の復旧", "障害対応のご連絡", "障害者雇用率",
    "健康診断のご案内", "人間ドック申込", "感染症対策のお知らせ", "市立病院", "病院名：あおば病院",
    "乳がん検診のご案内", "がん検診の補助申請が始まります", "がん保険のご案内", "傷病見舞金申請書",
    "入院給付金のお支払い", "入院見舞金の請求書", "症例数", "骨折りいただき", "急病人",
    "うつ病の予防について専門家がお話しします", "うつ病 3名", "日本人の2人に1人ががんになると言われています",
    "がんばりましょう", "スローガンの募集", "お願いがんばって", "組合員の皆様", "農業協同組合", "共済組合員証",
    "火災保険と傷害保険", "症状がある方は受診を", "炎上した案件", "アレルギーのある方はお知らせください",
    "食物アレルギー対応のご案内", "障害者手帳をお持ちの方は割引があります", "認知症サポーター養成講座",
    "熱中症対策", "前歴計算", "当社サーバがウイルスに感染", "労働組合法", "JavaScript is disabled",
    "cancer screening", "うつくしい", "出血大サービス", "傷病名：____________",
    "傷病名：　　　　　入院期間：　　　", "既往歴：なし", "既往歴：特になし", "アレルギー： 有 ・ 無", "前科なし",
    "診断名\t入院期間", "症状：電源が入らない", "インフルエンザワクチンの接種", "コロナ禍の影響",
    "車椅子対応のお部屋", "省エネ診断", "糖尿病教室を開催します", "妊娠・出産に関する制度",
]  # fmt: skip


@pytest.mark.parametrize("words", HARMLESS)
def test_announcement_product_or_blank_form_is_no_expression(words: str) -> None:
    """What speaks of a subject, a product, a machine or nothing is not taken for somebody's illness."""
    assert [] == found(words)


def test_subject_of_an_announcement_stays_a_weak_candidate() -> None:
    """It is not lost: with a person beside it somebody may still want to see it."""
    weak = list(DETECTOR.find(text("市民講座：うつ病の予防")))

    assert [True] == [0 < one.confidence < 0.5 for one in weak]


def test_evidence_never_holds_the_words_of_the_mail() -> None:
    """The record says which family of words it was; what the mail said stands nowhere in it."""
    grounds = [
        ground.word for one in DETECTOR.find(text("病名：線維性骨異形成\n先天性魚鱗癬")) for ground in one.evidence
    ]

    assert ["health: 疹", "health: label", "病名"] == grounds


CELLS = [
    pytest.param("うつ病", (0, 3), id="value"),
    pytest.param(" 骨折 ", (1, 3), id="blanks around"),
    pytest.param("なし", None, id="none"),
    pytest.param("-", None, id="dash"),
    pytest.param("", None, id="empty"),
    pytest.param("異常なし", None, id="nothing found"),
    pytest.param("A", None, id="best mark"),
    pytest.param("入院期間", None, id="the next label"),
    pytest.param("有 ・ 無", None, id="to be ticked"),
]


@pytest.mark.parametrize(("cell", "expected"), CELLS)
def test_cell_of_such_a_column_is_a_value_unless_it_says_nothing(cell: str, expected: tuple[int, int] | None) -> None:
    """Below 傷病名 every word is an illness, known or not; "なし" is none."""
    assert DETECTOR.cell is not None
    assert expected == DETECTOR.cell(cell)


def test_column_names_are_known_however_they_are_written() -> None:
    """傷病名, 【病名】 and 要介護度※ are the same columns."""
    assert {header_key(one) for one in ("傷病名", "【病名】", "要介護度※", "HbA1c")} <= DETECTOR.headers


def test_table_header_is_no_expression() -> None:
    """A column called 障害者手帳 says nothing about anybody."""
    assert [] == found("氏名\t障害者手帳\t要介護度\n山田 花子\tなし\tなし", Form.TABLE)


def test_person_words_are_met_as_words() -> None:
    """A mother makes an illness somebody's; a mother school does not."""
    near = [person_word_near(text(one), len(one) - 2, len(one)) for one in ("母が入院", "母校の入院", "生徒の入院")]

    assert ["母が", None, "生徒"] == near
    assert PERSON_WORDS.search("ご本人様") is not None


def test_alternatives_are_written_out() -> None:
    """A line of the word file stands for all its combinations."""
    assert ["胃がん", "胃癌", "肺がん", "肺癌"] == list(written_out("(胃|肺)(がん|癌)"))
    assert ["手術", "手術中", "手術後"] == sorted(written_out("手術(中|後|)"))
    assert ["人工股関節", "人工関節"] == sorted(written_out("人工(股)?関節"))
    assert ["検査(+)"] == list(written_out("検査\\(\\+\\)"))


@pytest.mark.parametrize("unit", ["症", "うつ病", "傷病名:", "がん", "乳がん検診、", "血圧 ", "病\t", "の"])
def test_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    """Text made to annoy, a hundred thousand times the same, is read well within the time a mail is given."""
    text = Text(Piece("body", unit * 100_000), unit * 100_000)

    _, seconds = effort(lambda: list(DETECTOR.find(text)))

    assert seconds < HOSTILE_SECONDS_MAX
