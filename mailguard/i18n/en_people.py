"""People, roles, deputies and shared mailboxes. English."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "people.role.security_officer": "security officer",
    "people.role.department_officer": "department officer",
    "people.role.administrator": "system administrator",
    "people.role.staff": "staff",
    "people.role.of_department": "{role} of {department}",
    "people.approver.manager": "the sender's manager",
    "people.approver.colleague": "somebody of the same department",
    "people.approver.named": "an approver named by the rule",
    "people.approver.officer": "the department officer or the security officer",
    "people.no_approver.no_approver_named": (
        "Nobody can approve this: the rule names no approver. Ask the system administrator to name one in the rule."
    ),
    "people.no_approver.no_manager": (
        "Nobody can approve this: no manager of the sender is on record. Ask the system administrator to enter the "
        "manager."
    ),
    "people.no_approver.no_colleague": (
        "Nobody can approve this: nobody else of the sender's department is on record. Ask the system "
        "administrator to check the department."
    ),
    "people.no_approver.no_officer": (
        "Nobody can approve this: there is neither a department officer nor a security officer. Ask the system "
        "administrator to enter one."
    ),
    "people.no_approver.approver_disabled": (
        "Nobody can approve this: the approver is disabled. Ask the system administrator to choose another approver."
    ),
    "people.no_approver.only_sender": (
        "Nobody can approve this: the only approver is the sender, and nobody approves their own mail. Ask the "
        "system administrator to choose another approver."
    ),
    "people.no_approver.too_few": (
        "Two people have to approve this, and only one can. Ask the system administrator for more approvers."
    ),
    "people.problem.nothing_typed": "Please type a mail address",
    "people.problem.no_address": "This is not a mail address: {address}",
    "people.problem.not_own": (
        "{address} is not an address of this office; people have a mailbox in one of its own domains"
    ),
    "people.problem.own_manager": "{address} cannot be their own manager",
    "people.problem.own_delegate": "{address} cannot be its own delegate",
    "people.problem.own_deputy": "{address} cannot be their own deputy",
    "people.problem.deputy_ends_first": "A deputy's time must end after it begins",
    "people.problem.deputy_too_long": "A deputy's time lasts one year at most",
    "people.problem.deputy_over": "This deputy's time would be over already",
    "people.problem.no_language": "There is no language {chosen}; choose ja (Japanese) or en (English)",
    "people.problem.department_signs": "A department's name holds no ; and no : (it is {department})",
    "people.problem.too_long": "Names of people and departments have at most {most} letters",
    "people.problem.unfit_letters": "This name has letters that cannot be shown; please type it again",
    "people.problem.staff_is_everybody": "Everybody is staff; this role is neither given nor taken",
    "people.problem.role_is_office_wide": "This role counts for the whole office; name no department",
    "people.problem.role_needs_department": "A department officer needs a department",
    "people.problem.last_administrator": "This is the last system administrator; give the role to somebody else first",
    "people.problem.last_in_charge": "Nobody would be left who can give roles; give one to somebody else first",
    "people.problem.not_yours_to_give": (
        "A role of {address} is not yours to change. Nobody changes their own, and only a security officer makes "
        "another."
    ),
    "people.problem.not_yours_to_delegate": (
        "You cannot make yourself look after {address}, or stop it. Please ask another administrator."
    ),
    "people.import.column.address": "address",
    "people.import.column.name": "name",
    "people.import.column.department": "department",
    "people.import.column.manager": "manager",
    "people.import.column.roles": "roles",
    "people.import.column.delegates": "delegates",
    "people.import.line": "line {number}: {problem}",
    "people.import.no_address_column": "There is no heading 'address'",
    "people.import.unknown_column": "A heading is not known: {column}. There are {columns}",
    "people.import.column_twice": "There is the heading {column} twice",
    "people.import.cells": "The number of cells is not that of the headings",
    "people.import.twice": "{address} stands in an earlier line too",
    "people.import.unknown_role": "There is no role {role}; there are {roles}",
    "people.import.unreadable": "This cannot be read as CSV",
    "people.import.too_large": "This is too large; split it into files of at most {most} lines",
}
