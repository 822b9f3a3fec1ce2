"""Names of columns, built as the product of whose a thing is and what it is called."""

from __future__ import annotations

from collections.abc import Iterable

from mailguard.inspection.text import header_key

PEOPLE = (
    "", "本人", "職員", "教職員", "社員", "従業員", "組合員", "会員", "加入者", "受診者", "被保険者", "被扶養者",
    "扶養者", "扶養親族", "扶養家族", "配偶者", "家族", "子", "子供", "親族", "続柄者", "受給者", "受取人", "請求者",
    "申請者", "申込者", "申告者", "対象者", "利用者", "講師", "支払先", "支払を受ける者", "提出者", "届出者", "世帯主",
    "世帯員", "相続人", "遺族", "給付対象者", "参加者", "旅行者", "搭乗者", "運転者", "運転手", "ドライバー", "使用者",
    "契約者", "名義人", "患者", "生徒", "児童", "学生", "園児", "保護者", "退職者", "採用者", "役員", "外国人",
    "留学生", "技能実習生", "応募者", "登録者", "振込先", "member", "employee", "staff", "spouse", "dependent",
    "dependant",
)  # fmt: skip
"""Of whom a list speaks."""

NUMBER = ("番号", "no", "ナンバー", "コード", "id", "の番号", "番号等", "番", "number", "num", "cd")
"""How a number is called."""


_BEHIND = (
    "本人",
    "配偶者",
    "扶養親族",
    "被扶養者",
    "被保険者",
    "組合員",
    "職員",
    "家族",
    "子",
    "振込先",
    "必ず記入",
    "数字",
    "半角",
)


def headers(things: Iterable[str], ends: Iterable[str] = ("",), people: Iterable[str] = PEOPLE) -> frozenset[str]:
    """Every person with every thing with every end, as columns are compared: joined, with の, or behind in brackets."""
    rests = {header_key(thing + end) for thing in things for end in ends}
    before = {header_key(person + joint) for person in people for joint in (("", "の") if person else ("",))}
    joined = {person + rest for person in before for rest in rests}
    return frozenset(joined | {rest + person for rest in rests for person in _BEHIND})
