"""Staff numbers (職員番号, 社員コード, Employee No.): four to ten digits after their label or in their column."""

from __future__ import annotations

from collections.abc import Iterator

from mailguard.inspection.ja import office_number
from mailguard.inspection.text import Candidate, Detector, Text
from mailguard.model.finding import Kind

_OWNERS = (
    "職員", "教職員", "社員", "従業員", "教員", "行員", "局員", "署員", "所員", "隊員", "警察官", "看護師", "役職員",
    "役員", "臨時職員", "会計年度任用職員", "パート", "パートナー", "スタッフ", "クルー", "キャスト", "講師",
    "乗務員", "作業員", "就業者", "勤務者", "労働者", "嘱託", "派遣社員", "人事", "給与", "社", "職",
)  # fmt: skip
_BETWEEN = ("証", "の", " ", "識別", "登録", "管理", "認識", "個人識別")
_ENGLISH_OWNERS = (
    "employee",
    "staff",
    "personnel",
    "worker",
    "emp",
    "crew",
    "payroll",
    "shain",
    "syain",
    "shokuin",
    "syokuin",
    "jugyoin",
)
_LABELS = office_number.Labels(
    _OWNERS,
    _BETWEEN,
    office_number.english_labels(_ENGLISH_OWNERS),
    ("employee", "staff", "personnel", "emp", "crew", "shain", "syain", "shokuin", "syokuin", "jugyoin"),
)
_HEADER_THINGS = (
    "番号", "No", "コード", "ID", "CD", "番", "証番号", "識別番号", "管理番号", "登録番号", "number", "code", "#",
)  # fmt: skip

normal_form = office_number.normal_form


def find(text: Text) -> Iterator[Candidate]:
    """Staff numbers after a label, and those of the same shape that follow."""
    return office_number.labelled(text, Kind.STAFF_NUMBER, _LABELS)


DETECTOR = Detector(
    Kind.STAFF_NUMBER,
    find,
    office_number.header_keys((*_OWNERS, *_ENGLISH_OWNERS), _HEADER_THINGS),
    office_number.cell,
    priority=25,
    normal=office_number.normal_form,
)
