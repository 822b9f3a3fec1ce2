"""What is done to held mail: edits, approvals, undoing. English."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # What stands in a mail that gives a mail back.
    "hold.draft.subject": "[Draft] The mail you sent: {subject}",
    "hold.draft.subject.neutral": "[Draft] A mail is given back to you",
    "hold.draft.words": "This gives back the mail that was sent at {at} (number {queue_id}) as a draft.\n"
    "The attached original.eml is the mail exactly as you sent it. Its Bcc recipients are in it.\n\n"
    "Open the attachment, change what needs changing and send it as a new mail. Before you send it, please check"
    " recipients and attachments once more.\n"
    "Nobody reads replies to this mail.",
    # Why a mail was not, or cannot be, approved.
    "hold.not_approved.refused": "It was not approved and has not been sent. Read the reason below, then change it"
    " and have it checked again, or cancel it.",
    "hold.not_approved.refused.others": (
        "It was not approved, and has not been sent. It waits for its sender to change or cancel it."
    ),
    "hold.not_approved.refused.over": "It was not approved and was not sent. If it is still needed, read the reason"
    " below, mend it and send it again.",
    "hold.not_approved.no_approver": "Nobody is named who could approve it, and it has not been sent. Ask the system"
    " administrator to name somebody.",
    "hold.not_approved.no_manager": "Your manager is not registered, so nobody can approve it; it has not been sent."
    " Ask the system administrator to register your manager.",
    "hold.not_approved.approver_disabled": "Whoever approves it may not use the system now. It has not been sent. Ask"
    " the system administrator to name somebody else.",
    "hold.not_approved.time_over": "It was not approved in time and was not sent. If it is still needed, tell"
    " whoever approves it and send it again.",
    "mending.refused.sealed": "The text and the address lines of a signed or encrypted mail cannot be changed. "
    "Recipients can be taken off. To change more, have it returned to you as a draft.",
    "mending.refused.invitation": "The text and the address lines of an invitation cannot be changed. "
    "Recipients can be taken off. To change more, send it again from your calendar.",
    "mending.refused.own_mail": "A mail with a password cannot be changed. Send it or cancel it.",
    "mending.refused.nobody_left": "Nobody would be left to send it to. If it is not to be sent, cancel it.",
    "mending.refused.nothing": "There is nothing to change. Choose what is to be different.",
    "mending.refused.contradiction": "Two changes were chosen for the same recipient. Choose one of them.",
    "mending.refused.bad_address": "This is not a mail address. Please type it again.",
    "mending.refused.foreign_address": "This mail cannot be sent to an address with other than plain letters "
    "before the @. Please type another address.",
    "mending.refused.bad_subject": "A subject has at most 500 characters and no line breaks. Please type it again.",
    "mending.refused.no_such_recipient": "The chosen recipient was not found. Please load the page again.",
    "mending.refused.no_such_file": "The chosen attachment cannot be removed. To change it, "
    "have the mail returned to you as a draft.",
    "mending.refused.telephone": "Please give the telephone number when you send the mail.",
    "mending.note.still_named": "The address you took off still stands in the subject, the text or elsewhere. "
    "If nobody is to see it, have the mail returned to you as a draft and change it there.",
    "mending.note.blocked": "By the office's rules the mail cannot be sent as it is now. "
    "Change it again, or cancel it.",
    # Pages: changing, releasing, approving.
    "mending.page.open": "Change recipients or files",
    "mending.page.title": "Change this mail",
    "mending.page.preview.title": "Change it like this?",
    "mending.page.back": "Back to the mail without a change",
    "mending.page.of": "Subject:",
    "mending.page.what": (
        "Choose only what you want to change. The next page shows what that would mean; nothing is changed yet."
    ),
    "mending.page.wanted": "What is changed",
    "mending.page.wanted.remove": "Taken off the recipients:",
    "mending.page.wanted.correct": "Address corrected:",
    "mending.page.wanted.bcc": "Moved to Bcc:",
    "mending.page.wanted.drop": "File taken out:",
    "mending.page.wanted.subject": "New subject:",
    "mending.page.wanted.channel": "How the password is told:",
    "mending.page.nameless": "(file without a name)",
    "mending.page.apply": "Change it like this",
    "mending.page.edit_more": "Choose again",
    "mending.page.preview": "See what changes",
    "mending.page.leave": "Leave it",
    "mending.page.recipients": "Recipients",
    "mending.page.suggested": "Did you mean:",
    "mending.page.remove": "Take off",
    "mending.page.bcc": "Move to Bcc",
    "mending.page.correct": "Correct the address",
    "mending.page.correct.label": "Right address",
    "mending.page.shown": "What outside recipients see of each other",
    "mending.page.shown.keep": "Leave as it is",
    "mending.page.shown.bcc": "Move everybody outside to Bcc",
    "mending.page.shown.individual": "Send a mail of its own to each",
    "mending.page.shown.as-they-are": "Take back the earlier choice and send as addressed",
    "mending.page.files": "Files to take out",
    "mending.page.subject": "Subject",
    "mending.page.protection": "Protection of files",
    "mending.page.protection.hint": "Where the rules want protection it is done even if you leave this as it is.",
    "mending.page.protect": "How files are protected",
    "mending.page.protect.keep": "Leave as it is",
    "mending.page.protect.auto": "Protect (fitting form)",
    "mending.page.protect.zip": "As a ZIP with a password",
    "mending.page.protect.pdf": "As a PDF with a password",
    "mending.page.protect.office": "As an Office file with a password",
    "mending.page.protect.none": "Take back the protection chosen earlier",
    "mending.page.channel": "How the password is told",
    "mending.page.channel.keep": "Leave as it is",
    "mending.page.channel.to_sender": "I tell it myself (by telephone)",
    "mending.page.channel.separate_mail": "By a separate mail later",
    "mending.page.channel.sms": "By a short message to a mobile telephone",
    "mending.page.channel.agreed": "Use the password agreed earlier",
    "mending.page.not_here": (
        "To change the text or add a file, have the mail returned to you as a draft. When it is sent is chosen on "
        "the mail's page."
    ),
    "mending.page.moved_on": "The mail has moved on, so it was not changed. Please look at how it stands now.",
    "mending.page.failed": (
        "The changed mail could not be checked, so nothing was changed. Please try again in a moment."
    ),
    "mending.page.differences": "What is different then",
    "mending.page.differences.done": "What is different now",
    "mending.page.gone": "No longer a concern",
    "mending.page.new": "New concerns",
    "mending.page.reworded": "Said differently now",
    "mending.page.findings": "What looks like personal data",
    "mending.page.where.subject": "Subject:",
    "mending.page.where.body": "Text:",
    "mending.page.where.attachment": "Files:",
    "mending.page.where.other": "Elsewhere:",
    "mending.page.count": "{before}, then {after}",
    "mending.page.same": "Why it is held is as before.",
    "mending.page.needs.timer": "Afterwards it is sent by itself when its time is over.",
    "mending.page.needs.sender": "Afterwards it still waits for your decision.",
    "mending.page.needs.approver": "Afterwards it needs an approval to be sent.",
    "mending.page.needs.administrator": "Afterwards it needs an administrator or officer to decide.",
    "mending.page.changed.title": "What the change did",
    "mending.page.changed.on": "Back to the mail",
    "mending.page.changed.on.held": "On to the mail, to check and send it",
    "mending.page.done.timer": "Changed. It is not sent yet, and is sent by itself when its time is over.",
    "mending.page.done.sender": "Changed. It is not sent yet: look at it and send it.",
    "mending.page.done.approver": "Changed. It is not sent yet: an approver is asked again.",
    "mending.page.done.administrator": "Changed. It is not sent yet: an administrator or officer looks at it.",
    "mending.page.done.blocked": (
        "Changed, but by the office's rules it may not be sent like this. Change it again or cancel it."
    ),
    "mending.page.done.still_named": (
        "Changed, but the address taken off still stands in the subject or text. To hide it, have the mail "
        "returned as a draft."
    ),
    "mending.page.consequence": "If it went to the wrong people",
    "mending.page.consequence.report": "Report by law:",
    "mending.page.consequence.why": "Why, and on what grounds",
    "mending.page.choice": "Which address is the right one?",
    "mending.page.choice.hint": "There are two that look alike. Check a business card or an earlier mail, then choose.",
    "mending.page.choice.open": "Choose which address is the right one.",
    "mending.page.choice.other": (
        "You chose an address this mail does not go to. It is not sent like this: correct it or choose again."
    ),
    "mending.page.choice.correct.what": "The recipient can be corrected; afterwards you look again before it is sent.",
    "mending.page.choice.correct": "Correct to {address}",
    "mending.page.typed.organisation": "Which organisation is this mail meant for?",
    "mending.page.typed.organisation.several": (
        "Name {count} {count:organisation|organisations} or people this mail is meant for"
    ),
    "mending.page.typed.organisation.hint": (
        "What stands after the @ of its address (for name.example.jp: name). The name beside the address will do "
        "too, and that of a firm you have written to several times."
    ),
    "mending.page.typed.organisation.wrong": (
        "The address and earlier mail do not show that this is whom the mail goes to. If the recipients above are "
        "right, type what stands after the @ of the address; otherwise correct the recipients."
    ),
    "mending.page.typed.any_order": "Any order will do.",
    "mending.page.typed.person": "Whom is this mail meant for?",
    "mending.page.typed.person.several": "Name {count} {count:person|people} this mail is meant for",
    "mending.page.typed.person.hint": "The name that stands beside the address, or the address.",
    "mending.page.typed.person.wrong": (
        "No recipient of this mail goes by that. If the recipients above are right, type the address; otherwise "
        "correct the recipients."
    ),
    "mending.page.typed.open": "Nothing was typed yet. Type whom this mail is meant for.",
    "mending.page.typed.several.open": "Number {number}: nothing was typed yet. Type whom this mail is meant for.",
    "mending.page.typed.several.wrong": (
        "Number {number}: no recipient of this mail goes by that. If the recipients above are right, type what "
        "stands after the @ of the address; otherwise correct the recipients."
    ),
    "mending.page.typed.several.repeated": "Number {number}: this one was named before. Name another.",
    "mending.page.typed.label.organisation": "What stands after the @, or the name",
    "mending.page.typed.label.person": "Name",
    "mending.page.typed.label.numbered": "Number {number}",
    "mending.page.send": "Confirm and send",
    "mending.page.how": "Send it another way",
    "mending.page.phone": "Mobile telephone for the password",
    "mending.page.phone.hint": "The recipient's number, such as 090-0000-0000",
    "mending.page.phone.wrong": "This is no telephone number; type it like 090-0000-0000.",
    "mending.page.clear": "Send without protection",
    "mending.page.clear.reason": "Why it may leave without protection",
    "mending.page.clear.reason.missing": "Say why it may leave without protection; it goes on record.",
    "mending.page.at.wrong": "Choose a time from now on, at most 30 days ahead.",
    "pages.navigation.approvals": "Approvals",
    "approval.page.title": "Approval",
    "approval.page.missing": "Approvals still needed: {count}. It is not sent before.",
    "approval.page.by": "Any of these can approve:",
    "approval.page.said.yes": "Approved",
    "approval.page.said.no": "Not approved",
    "approval.page.instead_of": "for {person}",
    "approval.page.as_deputy": "You approve in place of {person}.",
    "approval.page.mine.yes": "You have approved. Somebody else has to approve as well.",
    "approval.page.approve": "Approve and send",
    "approval.page.approve.first": "Approve (sent after one more approval)",
    "approval.page.refuse.open": "If you do not approve",
    "approval.page.refuse": "Do not approve",
    "approval.page.note": "Why not",
    "approval.page.note.hint": "The sender reads it: say what to change.",
    "approval.page.choice.other": (
        "If you think it goes to the wrong address, do not approve it and tell the sender why."
    ),
    "approval.page.navigation": "{count}",
    "approval.page.list.title": "Mails waiting for your approval",
    "approval.page.list.none": "No mail waits for your approval.",
    "approval.page.list.count": "Mails waiting for your approval: {count}",
    "approval.page.list.from": "Sender:",
    "approval.page.list.to": "Recipients ({count}):",
    "approval.page.list.said_yes": "Approved by:",
    "approval.page.list.deputies": "Name a deputy for when you are away",
    "approval.page.deputies.title": "Deputies for approvals",
    "approval.page.deputies.what": (
        "Name who approves in your place while you are away. It ends by itself after the last day."
    ),
    "approval.page.deputies.of": "Deputies of:",
    "approval.page.deputies.listed": "Deputies now and later",
    "approval.page.deputies.none": "No deputy is named.",
    "approval.page.deputies.now": "Now",
    "approval.page.deputies.later": "Later",
    "approval.page.deputies.until": "to",
    "approval.page.deputies.remove": "Remove",
    "approval.page.deputies.remove.named": "Remove {person} as a deputy",
    "approval.page.deputies.new": "Name a deputy",
    "approval.page.deputies.deputy": "Deputy's address",
    "approval.page.deputies.deputy.hint": "Somebody of this office.",
    "approval.page.deputies.begins": "First day",
    "approval.page.deputies.ends": "Last day",
    "approval.page.deputies.ends.hint": "Until the end of this day.",
    "approval.page.deputies.put.do": "Name the deputy",
    "approval.page.deputies.put": "The deputy is named.",
    "approval.page.deputies.removed": "The deputy is removed.",
    "approval.page.deputies.gone": "This deputy's time is over already.",
    "approval.page.deputies.no_day": "Choose a day.",
    "approval.page.deputies.nobody": "Type the deputy's address.",
}
