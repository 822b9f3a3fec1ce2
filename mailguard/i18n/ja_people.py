"""People, roles, deputies and shared mailboxes. Japanese."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "people.role.security_officer": "情報セキュリティ責任者",
    "people.role.department_officer": "情報セキュリティ部門責任者",
    "people.role.administrator": "システム管理者",
    "people.role.staff": "従事者",
    "people.role.of_department": "{department}の{role}",
    "people.approver.manager": "送信者の上司",
    "people.approver.colleague": "同じ部門の人",
    "people.approver.named": "指定された承認者",
    "people.approver.officer": "部門責任者または情報セキュリティ責任者",
    "people.no_approver.no_approver_named": (
        "ルールに承認者が指定されていないため、だれも承認できません。システム管理者に、"
        "ルールの承認者を決めてもらってください。"
    ),
    "people.no_approver.no_manager": (
        "送信者の上司が登録されていないため、だれも承認できません。システム管理者に、上司を登録してもらってください。"
    ),
    "people.no_approver.no_colleague": (
        "同じ部門にほかの人が登録されていないため、だれも承認できません。システム管理者に、"
        "部門の登録を確かめてもらってください。"
    ),
    "people.no_approver.no_officer": (
        "部門責任者も情報セキュリティ責任者も決まっていないため、だれも承認できません。システム管理者に、"
        "責任者を登録してもらってください。"
    ),
    "people.no_approver.approver_disabled": (
        "承認者の利用が停止されているため、だれも承認できません。システム管理者に、別の承認者を決めてもらってください。"
    ),
    "people.no_approver.only_sender": (
        "承認できるのが送信者本人だけのため、だれも承認できません。自分のメールは自分で承認できません。"
        "システム管理者に、別の承認者を決めてもらってください。"
    ),
    "people.no_approver.too_few": (
        "2人の承認が必要ですが、承認できる人が1人しかいません。システム管理者に、承認者を増やしてもらってください。"
    ),
    "people.problem.nothing_typed": "メールアドレスを入力してください。",
    "people.problem.no_address": "「{address}」はメールアドレスではありません。",
    "people.problem.not_own": (
        "{address} はこの組織のメールアドレスではありません。登録できるのは、この組織のドメインのアドレスだけです。"
    ),
    "people.problem.own_manager": "{address} の上司に、本人は指定できません。",
    "people.problem.own_delegate": "{address} の担当者に、そのアドレス自身は指定できません。",
    "people.problem.own_deputy": "{address} の代理に、本人は指定できません。",
    "people.problem.deputy_ends_first": "代理の終わりは、始まりより後にしてください。",
    "people.problem.deputy_too_long": "代理の期間は1年以内にしてください。",
    "people.problem.deputy_over": "代理の終わりが過ぎています。これからの日時を指定してください。",
    "people.problem.no_language": "「{chosen}」は選べない言語です。ja(日本語)か en(英語)を指定してください。",
    "people.problem.department_signs": "部門名「{department}」に、; と : は使えません。",
    "people.problem.too_long": "名前と部門名は{most}文字以内にしてください。",
    "people.problem.unfit_letters": "名前や部門名に、表示できない文字が入っています。入力し直してください。",
    "people.problem.staff_is_everybody": "従事者は全員です。役割として付けたり外したりはできません。",
    "people.problem.role_is_office_wide": "この役割は組織全体のものです。部門は指定しないでください。",
    "people.problem.role_needs_department": "部門責任者には、部門を指定してください。",
    "people.problem.last_administrator": "最後のシステム管理者です。先に別の人をシステム管理者にしてください。",
    "people.problem.last_in_charge": "役割を付けられる人が、ほかにいなくなります。先に別の人に役割を付けてください。",
    "people.problem.not_yours_to_give": (
        "{address} の役割のうち、変えられないものがあります。自分の役割は変えられません。"
        "情報セキュリティ責任者の役割を変えられるのは、情報セキュリティ責任者だけです。"
    ),
    "people.problem.not_yours_to_delegate": (
        "{address} の担当者に、自分を加えたり外したりはできません。ほかの管理者に頼んでください。"
    ),
    "people.import.column.address": "メールアドレス",
    "people.import.column.name": "名前",
    "people.import.column.department": "部門",
    "people.import.column.manager": "上司",
    "people.import.column.roles": "役割",
    "people.import.column.delegates": "担当者",
    "people.import.line": "{number}行目: {problem}",
    "people.import.no_address_column": "「メールアドレス」(address)という見出しがありません。",
    "people.import.unknown_column": (
        "見出し「{column}」は使えません。使える見出しは、メールアドレス、名前、部門、上司、役割、担当者"
        "({columns})です。"
    ),
    "people.import.column_twice": "見出し「{column}」が2つあります。",
    "people.import.cells": "列の数が見出しと合いません。",
    "people.import.twice": "{address} は前の行にもあります。",
    "people.import.unknown_role": (
        "「{role}」という役割はありません。使えるのは、情報セキュリティ責任者、システム管理者、"
        "情報セキュリティ部門責任者:部門名({roles})です。"
    ),
    "people.import.unreadable": "CSVとして読めません。",
    "people.import.too_large": "大きすぎます。{most}行以内に分けてください。",
}
