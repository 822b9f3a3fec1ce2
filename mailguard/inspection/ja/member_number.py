"""Member numbers (会員番号, 組合員番号, Member ID): four to ten digits after their label or in their column.

組合員証番号 is left to health insurance: the card of a mutual-aid association is an insurance card. A hospital's number
of a patient (患者番号, 診察券) is no membership; what stands beside it says more of him.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailguard.inspection.ja import office_number
from mailguard.inspection.text import Candidate, Detector, Text
from mailguard.model.finding import Kind

_OWNERS = (
    "会員", "組合員", "加入者", "部員", "団員", "党員", "メンバー", "メンバーズ", "互助会", "互助会員", "共済会員",
    "共済組合員", "友の会", "正会員", "準会員", "特別会員", "賛助会員", "退職会員", "個人会員", "家族会員", "利用者",
    "受講者", "受講生", "登録者", "入会者", "学籍", "学生", "生徒", "児童", "被共済者", "会員証",
    "会員カード", "メンバーズカード", "メンバーカード", "学生証", "生徒証",
)  # fmt: skip
_BETWEEN = ("の", " ", "識別", "登録", "管理")
_ENGLISH_OWNERS = ("member", "membership", "mem", "student", "subscriber", "kaiin", "kumiaiin", "kanyusha")
_LABELS = office_number.Labels(
    _OWNERS,
    _BETWEEN,
    office_number.english_labels(_ENGLISH_OWNERS),
    ("member", "student", "subscriber", "kaiin", "kumiaiin", "kanyusha"),
)
_HEADER_THINGS = (
    "番号", "No", "コード", "ID", "CD", "番", "識別番号", "登録番号", "管理番号", "番号新", "番号旧", "number",
    "code", "#",
)  # fmt: skip

normal_form = office_number.normal_form


def find(text: Text) -> Iterator[Candidate]:
    """Member numbers after a label, and those of the same shape that follow."""
    return office_number.labelled(text, Kind.MEMBER_NUMBER, _LABELS)


DETECTOR = Detector(
    Kind.MEMBER_NUMBER,
    find,
    office_number.header_keys((*_OWNERS, *_ENGLISH_OWNERS), _HEADER_THINGS),
    office_number.cell,
    priority=25,
    normal=office_number.normal_form,
)
