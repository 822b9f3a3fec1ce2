"""Mails and messages about mail that waits. English."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Times.
    # Subjects: state and deadline first. {subject} is empty or begins with a colon.
    "notice.subject.hold": "[Check before sending] Please decide{subject}",
    "notice.subject.hold.until": "[Check before sending] Please decide by {until}{subject}",
    "notice.subject.hold.elsewhere": "[Awaiting approval] Not sent yet{subject}",
    "notice.subject.hold.elsewhere.until": "[Awaiting approval] Not sent yet (until {until}){subject}",
    "notice.subject.approval": "[Your approval is needed] Please decide{subject}",
    "notice.subject.approval.until": "[Your approval is needed] Please decide by {until}{subject}",
    "notice.subject.reminder": "[Reminder] Not sent yet{subject}",
    "notice.subject.reminder.until": "[Reminder] Due by {until}, not sent yet{subject}",
    "notice.subject.last": "[Time is nearly over] Not sent yet{subject}",
    "notice.subject.last.until": "[Time is nearly over] Due by {until}, not sent yet{subject}",
    "notice.subject.result.sent": "[Sent] A mail that was held{subject}",
    "notice.subject.result.cancelled": "[Cancelled] A held mail will not be sent{subject}",
    "notice.subject.result.expired": "[Not sent] Nobody decided in time{subject}",
    "notice.subject.result.expired.refused": "[Not sent] The mail was not approved{subject}",
    "notice.subject.result.scheduled": "[To be sent {until}] A mail that was on hold{subject}",
    "notice.subject.result.changed": "[Changed] A mail that is held{subject}",
    "notice.subject.disapproved": "[Not approved] The mail was not sent{subject}",
    "notice.subject.digest": "[Awaiting a decision] Mails not sent yet: {count}",
    "notice.subject.digest.until": "[Awaiting a decision] Mails not sent yet: {count} (first one due by {until})",
    "notice.subject.digest.results": "[For your information] What became of mails: {count}",
    # The first sentence.
    "notice.intro.hold": "This mail is on hold and has not been sent yet. Please check whether it may be sent.",
    "notice.intro.elsewhere": (
        "This mail is on hold and has not been sent yet. It awaits somebody's approval. If it is not to be sent after "
        "all, you can cancel it on the page below."
    ),
    "notice.intro.approval": (
        "A mail from {owner} is on hold and has not been sent yet. It awaits your decision whether it may be sent."
    ),
    "notice.intro.approval.nobody": (
        "A mail from {owner} is on hold and has not been sent yet. Nobody is registered who could approve it, so it "
        "comes to the administrator."
    ),
    "notice.intro.reminder": "This mail has still not been sent. Please check whether it may be sent.",
    "notice.intro.reminder.elsewhere": "This mail has still not been sent. It awaits somebody's approval.",
    "notice.intro.result.sent": "This mail was on hold. It was sent by {by}. There is nothing to do.",
    "notice.intro.result.sent.time": (
        "This mail was on hold. Its time was over, so it was sent. There is nothing to do."
    ),
    "notice.intro.result.cancelled": (
        "This mail was on hold. It was cancelled by {by} and has not been sent. To learn why, or if it must be sent, "
        "please ask them."
    ),
    "notice.intro.result.cancelled.time": "This mail was on hold. It was cancelled and has not been sent.",
    "notice.intro.result.expired": (
        "This mail was on hold. Nobody decided in time to send it, so it was cancelled. If it still must be sent, "
        "check its recipients and attachments and send it again."
    ),
    "notice.intro.result.expired.refused": (
        "This mail was on hold. It was not approved, so it was not sent. If it is still needed, read the reason on the "
        "mail's page, mend it and send it again."
    ),
    "notice.intro.result.scheduled": (
        "{by} decided that this mail, which was on hold, is sent at {until}. "
        "Until then you can cancel it on the page below."
    ),
    "notice.intro.result.changed": (
        "This mail is on hold. It was changed by {by}. Please look at what is different on the page below."
    ),
    "notice.intro.disapproved": (
        "This mail was not approved and has not been sent. Read on its page why, then change it and ask again, or "
        "cancel it."
    ),
    "notice.intro.digest": "Mails that await a decision: {count}. None of them has been sent yet.",
    "notice.intro.digest.results": "What became of mails that were on hold: {count}.",
    "notice.by.person": "{name}",
    "notice.by.operator": "the administrator",
    # Facts.
    "notice.label.subject": "Subject",
    "notice.label.sent_at": "Handed in at",
    "notice.label.recipients": "Recipients",
    "notice.no_subject": "(no subject)",
    "notice.recipients": "{count} ({named})",
    "notice.recipients.more": "{count} ({named} and others)",
    "notice.recipients.separator": ", ",
    "notice.reason.mark": "- ",
    "notice.reasons": "Why:",
    "notice.reasons.more": "Why (and {count} more):",
    # What happens when nobody decides.
    "notice.zero.none": "Time does not send it. It waits until somebody decides.",
    "notice.zero.send": "It is sent by itself on {until}.",
    "notice.zero.discard": "If nobody decides by {until}, it is cancelled and not sent.",
    "notice.zero.escalate.approver": "If nobody decides by {until}, an approver is asked.",
    "notice.zero.escalate.administrator": "If nobody decides by {until}, the officer in charge is asked.",
    # Where to decide.
    "notice.open": "Open the page to decide",
    "notice.open.list": "Sign in to decide",
    "notice.link": "This link opens the decision page of this one mail. Please do not pass it on.",
    "notice.no_link": "Please decide on the office's mailguard pages (number {queue_id}).",
    "notice.no_link.list": "Please decide on the office's mailguard pages.",
    "notice.contact": "If anything is unclear, ask {postmaster} (number {queue_id}).",
    "notice.contact.unnamed": "If anything is unclear, ask the system's administrator (number {queue_id}).",
    "notice.contact.list": "If anything is unclear, ask {postmaster}.",
    "notice.contact.list.unnamed": "If anything is unclear, ask the system's administrator.",
    "notice.from": "Check before sending",
    # Lists.
    "notice.digest.line": "{state} due by {until}",
    "notice.digest.line.untimed": "{state} no deadline",
    "notice.digest.more": "And {count} more.",
    "notice.digest.state.hold": "[awaiting a decision]",
    "notice.digest.state.approval": "[awaiting approval]",
    "notice.digest.state.reminder": "[awaiting a decision]",
    "notice.digest.state.result": "[result]",
    "notice.digest.state.disapproved": "[not approved]",
    "notice.digest.result.sent": "[sent]",
    "notice.digest.result.cancelled": "[cancelled]",
    "notice.digest.result.expired": "[time over, not sent]",
    "notice.digest.result.expired.refused": "[not approved, not sent]",
    "notice.digest.result.scheduled": "[to be sent later]",
    "notice.digest.result.changed": "[changed]",
    "notice.digest.why": "These came close together, so they come as one list, at most once an hour.",
    # Messages to a chat channel.
    "notice.chat.hold": "New mails that await a decision: {count}.",
    "notice.chat.approval": "New mails that await approval: {count}.",
    "notice.chat.trouble": (
        "There is trouble with sending mail. The system's administrator should look at mailguard's state."
    ),
    "notice.chat.well": "The trouble with sending mail is over.",
    "notice.chat.open": "Open mailguard",
}
