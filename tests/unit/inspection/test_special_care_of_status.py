"""Relief, infections, crimes suffered and what somebody is count where said of people, not as a subject."""

from __future__ import annotations

import pytest

from mailguard.model.finding import Kind
from tests.unit.inspection.inspecting_parts import body, inspected

OF_SOMEBODY = [
    pytest.param("生活保護を受給しています", id="relief"),
    pytest.param("生活保護受給中です", id="relief in short"),
    pytest.param("新型コロナウイルス感染症の陽性者となりました", id="an infection at length"),
    pytest.param("性同一性障害の診断書を出しました", id="gender identity"),
    pytest.param("LGBTの当事者です", id="orientation"),
    pytest.param("アイヌです", id="a people"),
    pytest.param("うつで休んでいます", id="depression in short"),
    pytest.param("発達障害があります", id="a developmental disorder"),
    pytest.param("ASDの傾向があります", id="a disorder by its letters"),
    pytest.param("聴覚に障害があります", id="a disability told in a sentence"),
    pytest.param("足が不自由です", id="a disability in plain words"),
    pytest.param("特殊詐欺の被害に遭いました", id="a crime suffered"),
    pytest.param("ストーカーの被害を受けています", id="a stalker's victim"),
    pytest.param("先月保釈されました", id="bail"),
    pytest.param("暴力団関係者です", id="a gang"),
    pytest.param("新興宗教に入っています", id="a creed"),
]


@pytest.mark.parametrize("said", OF_SOMEBODY)
def test_special_care_said_of_somebody_counts(said: str) -> None:
    """What the law asks special care for counts where a sentence says it of a person."""
    assert inspected(body(f"担当者様\n小林直樹さんは{said}。\n")).counts.get(Kind.SPECIAL_CARE, 0) >= 1


SUBJECTS = [
    pytest.param("新型コロナウイルスの感染拡大防止にご協力ください", id="a request to all"),
    pytest.param("生活保護制度のご案内です", id="a scheme"),
    pytest.param("生活保護を受けている方は会費を免除します", id="a rule for whom it may concern"),
    pytest.param("生活保護課へお届けください", id="an office"),
    pytest.param("新型コロナ陽性者が出た場合の対応を送ります", id="what to do if"),
    pytest.param("インフルエンザA型が流行しています", id="what goes around"),
    pytest.param("詐欺の被害に遭わないためにご注意ください", id="a warning"),
    pytest.param("LGBTの理解を深める研修です", id="a lecture"),
    pytest.param("アイヌ文化の展示を見ます", id="a show"),
    pytest.param("うつ病になった方への支援を学びます", id="a course"),
]


@pytest.mark.parametrize("said", SUBJECTS)
def test_special_care_as_a_subject_beside_a_name_does_not_count(said: str) -> None:
    """A colleague who is told of a scheme, a course or a warning has none of it."""
    assert Kind.SPECIAL_CARE not in inspected(body(f"担当者様\n小林直樹さんも出席します。{said}。\n")).counts
