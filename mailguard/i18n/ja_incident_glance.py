"""The first lines of an incident's page. Japanese."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "incidents.glance.title": "いまの状況",
    "incidents.glance.happened": "起きたこと",
    "incidents.glance.leaked": "誤った宛先 {count}件に届きました。",
    "incidents.glance.leaked.sealed": (
        "誤った宛先 {count}件に届きました。うち{sealed}件は、パスワードがないと開けません。"
    ),
    "incidents.glance.nobody": "誤った宛先には届いていません。",
    "incidents.glance.about": "{persons}の個人情報({kinds})が含まれています。",
    "incidents.glance.persons": "{count}人分",
    "incidents.glance.persons.least": "少なくとも{count}人分",
    "incidents.glance.persons.unknown": "人数不明",
    "incidents.glance.more": "ほか{count}種類",
    "incidents.glance.nothing": "個人情報は見つかっていません。",
    "incidents.glance.unreadable": "中身を調べられていない部分があります。",
    "incidents.glance.reporting": "当局への報告",
    "incidents.glance.decide": "報告するかを決める",
    "incidents.glance.by": "{at} {who}が判断",
}
