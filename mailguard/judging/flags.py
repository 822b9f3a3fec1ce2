"""The flags of ``mailguard inspect``: what a mail's facts are called there."""

from __future__ import annotations

from mailguard.model.contents import Sign
from mailguard.model.extract import Seal
from mailguard.policy.facts import HUGE_LIST, Facts
from mailguard.policy.personal_data import is_unopenable
from mailguard.policy.words import has_protected, is_subject_empty


def flags_of(facts: Facts) -> list[str]:
    """All flags of the whole mail, in alphabetical order. Names other programs rely on."""
    situation = facts.situation
    extract = situation.extract
    raised = {
        "missing_attachment": facts.is_missing_file,
        "attachment_other_company": facts.names_other_firm,
        "lookalike_domain": any(one.resembles for one in facts.recipients),
        "autocomplete_suspect": any(one.elsewhere for one in facts.recipients),
        "forward_to_private": any(one.is_senders_own for one in facts.recipients),
        "display_name_mismatch": any(one.shows_other_address for one in facts.recipients),
        "reply_all_external": facts.remarks_internally,
        "password_with_archive": facts.gives_password,
        "already_protected": has_protected(facts),
        "unopenable_attachment": is_unopenable(situation.inspection),
        "nested_archive": Sign.NESTED_ARCHIVE in situation.inspection.signs,
        "hidden_text": Sign.HIDDEN_TEXT in situation.inspection.signs,
        "forwarded_message": extract.has_forwarded_message,
        "tnef": extract.has_tnef,
        "smime_signed": extract.seal is Seal.OPAQUE or extract.is_smime_signed,
        "smime_opaque": extract.seal is Seal.OPAQUE,
        "html_only": extract.is_html_only,
        "empty_subject": is_subject_empty(facts),
        "null_sender": not situation.occasion.reverse_path,
        "bcc_header_present": situation.has_bcc_field,
        "huge_recipient_list": len(situation.people.visible) >= HUGE_LIST,
    }
    return sorted(name for name, is_raised in raised.items() if is_raised)


def further_flags_of(facts: Facts) -> list[str]:
    """Signs that the flags have no name for, in alphabetical order."""
    raised = {
        "ambiguous": Sign.AMBIGUOUS in facts.situation.inspection.signs,
        "macros": Sign.MACROS in facts.situation.inspection.signs,
        "cannot_receive": any(one.cannot_receive for one in facts.recipients),
        "encrypted": facts.situation.extract.seal is Seal.ENCRYPTED,
        "first_time": any(one.is_first_time for one in facts.recipients),
        "first_time_domain": any(one.is_first_time_domain for one in facts.recipients),
        "greets_somebody_else": facts.greets_somebody_else,
        "new_outsider_in_thread": facts.was_internal_thread and any(one.is_new_in_thread for one in facts.recipients),
    }
    return sorted(name for name, is_raised in raised.items() if is_raised)
