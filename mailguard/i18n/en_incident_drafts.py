"""Sentences that documents of an incident are written from. English."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "draft.moment": "On {weekday} {year}-{month}-{day} at {hour}:{minute} (Japan time)",
    "draft.date": "{year}-{month}-{day}",
    "draft.weekdays": "Mon,Tue,Wed,Thu,Fri,Sat,Sun",
    "draft.separator": ", ",
    "draft.minutes": "{count} {count:minute|minutes}",
    "draft.hours": "about {count} {count:hour|hours}",
    "draft.days": "about {count} {count:day|days}",
    "draft.mistake.visible_recipients": "we sent a mail that showed its recipients each other's addresses.",
    "draft.mistake.wrong_recipient": "we sent a mail to an address that was not meant to get it.",
    "draft.mistake.wrong_attachment": "we sent a mail with a wrong file.",
    "draft.mistake.other": "we sent a mail by mistake.",
    "draft.who": "somebody of {office}",
    "draft.who.department": "somebody of {office} ({department})",
    "draft.summary.visible_recipients": (
        "{sent_at} {who} sent a mail that showed {visible} {visible:address|addresses} to each of its recipients "
        '("To" or "Cc").'
    ),
    "draft.summary.wrong_recipient": (
        "{sent_at} {who} sent a mail to {count} {count:address|addresses} that were not meant to get it."
    ),
    "draft.summary.wrong_attachment": (
        "{sent_at} {who} sent a mail with a wrong file to {count} {count:address|addresses}."
    ),
    "draft.summary.other": "{sent_at} {who} sent a mail to {count} {count:address|addresses} by mistake.",
    "draft.summary.known": "{known_at} it became known.",
    "draft.summary.known.after": "{known_at} it became known ({after} after it was sent).",
    "draft.summary.known.sender": "{known_at} whoever sent it reported it ({after} after it was sent).",
    "draft.summary.fates": "Of the addresses concerned: {fates}.",
    "draft.fate.received": "taken by their servers: {count}",
    "draft.fate.perhaps": "perhaps taken: {count}",
    "draft.fate.open": "not sent yet: {count}",
    "draft.fate.returned": "came back: {count}",
    "draft.fate.stopped": "stopped before sending: {count}",
    "draft.summary.more": "With this one there are {count} {count:mail|mails} with the same mistake.",
    "draft.data": "{kinds}",
    "draft.data.kind": "{kind} ({count})",
    "draft.data.unreadable": "There is more that could not be looked into by the record: {blank}",
    "draft.own.addresses": "your mail address",
    "draft.own.kinds": "of {kinds}, what is about you: {blank}",
    "draft.persons": "{count} {count:person|persons}",
    "draft.persons.least": "{count} {count:person|persons} or more (something could not be looked into yet)",
    "draft.persons.unknown": "Not known; this is being looked into.",
    "draft.cause.visible_recipients": 'Addresses that belong into "Bcc" were left in "To" or "Cc".',
    "draft.cause.visible": (
        'The mail was sent with {visible} {visible:address|addresses} in "To" or "Cc", so that its recipients '
        "saw each other. How it came to that is being looked into."
    ),
    "draft.cause.wrong_recipient": "Addresses were mixed up, and nobody noticed before the mail was sent.",
    "draft.cause.wrong_attachment": "Files were mixed up, and nobody noticed before the mail was sent.",
    "draft.cause.setting": "A system was set up wrongly.",
    "draft.cause.unknown": "This is being looked into.",
    "draft.cause.background": "How it came to that, and why: {blank}",
    "draft.harm.nobody": "No wrong address got the mail.",
    "draft.harm.not_asked": "The {count} who got it are about to be asked to delete it.",
    "draft.harm.asked": "Of the {count} who got it, {asked} were asked to delete it.",
    "draft.harm.answers": "Answers so far: {answers}.",
    "draft.harm.all_unread": "All who got it have answered that they deleted it unopened.",
    "draft.harm.none_known": "No misuse or other harm has been reported so far.",
    "draft.answer.deleted_unopened": "deleted unopened {count}",
    "draft.answer.deleted_opened": "opened and deleted {count}",
    "draft.answer.not_deleted": "not deleted yet {count}",
    "draft.answer.forwarded": "passed on {count}",
    "draft.answer.unclear": "replies being read {count}",
    "draft.answer.missing": "no answer {count}",
    "draft.notified.mail": "{count} {count:person was|persons were} told, each by a mail of their own, by {on}.",
    "draft.notified.outside": "On {on} the persons were told: {note}",
    "draft.notified.not_yet": "The persons have not been told yet; it is being prepared to tell each of them.",
    "draft.notified.not_yet.public": "The persons concerned will each be told by themselves; that is being prepared.",
    "draft.published": "Published on {on}: {note}",
    "draft.published.not_yet": "It has not been published so far.",
    "draft.prevention.rule": "A rule that checks mail before it is sent was added: {note}",
    "draft.prevention.training": "Staff are trained and told: {note}",
    "draft.prevention.open": "This is being considered, and will stand in the full report.",
    "draft.other.sealed": "Files to {count} of those who got it were encrypted, and they were told no password.",
    "draft.other.destroyed": "The password of that file was destroyed on {at}.",
    "draft.other.with_sender": (
        "Files to {count} of those who got it were encrypted; whether the sender told them the password is being asked."
    ),
    "draft.other.doubtful": (
        "For {count} of those who got it the file was sent encrypted. Whether a message with the password arrived "
        "is not known; it may have. Whether the sender told the password is being found out as well."
    ),
    "draft.other.doubtful_untold": (
        "For {count} of those who got it the file was sent encrypted. Whether a message with the password arrived "
        "is not known; it may have. The sender told nobody in any other way."
    ),
    "draft.other.readable": (
        "Files to {count} of those who got it were encrypted, but the password reached them too, or may have."
    ),
    "draft.other.told": (
        "For {count} of those who got it the file was sent encrypted, but the sender says that the password was told "
        "as well."
    ),
    "draft.other.clear": "{count} of those who got it received it unencrypted.",
    "draft.other.stopped": "It was stopped for {count} to whom it had not been sent yet.",
    "draft.other.police": "Police: told ({note})",
    "draft.other.no_police": "Police: there is no record that they were told.",
    "draft.scope.leaked": "Wrong addresses that got it: {count} (encrypted and without a password: {sealed})",
    "draft.scope.data": "What was in it: {data}",
    "draft.scope.persons": "Whose data: {persons}",
    "draft.stopped": "Addresses for which it was stopped: {count}.",
    "draft.stopped.none": "Nothing was left that could be stopped.",
    "draft.stopped.passwords": "Recipients for whom telling the password was stopped: {count}.",
    "draft.returned": "Came back and was not delivered: {count}.",
    "draft.said_to_be_back": (
        "Recipients of whom another server reported later that it was not delivered: {count} (counted as delivered; "
        "being checked)."
    ),
    "draft.law.report": "The security officer has decided to report it.",
    "draft.law.no_report": "The security officer has decided not to report it.",
    "draft.questions": (
        "- Whether to report to the authority\n- Whether and how to tell the persons\n"
        "- Whether and how to publish it\n- What to change so that it does not happen again"
    ),
    "draft.subject_line": "Subject: {subject}",
    "draft.to.named": "Dear {name},",
    "draft.to.unnamed": "To whoever received the mail,",
    "draft.answer.heading": "Please answer",
    "draft.answer.both": "Please tell us in one of these ways. It takes a minute.",
    "draft.answer.by_link": "- Open this page and choose what is so (it never asks for a name or password)",
    "draft.answer.by_mail": "- Answer this mail, with the right number in the first line",
    "draft.answer.only_mail": "Please answer this mail, with the right number in the first line.",
    "draft.option.deleted_unopened": "I deleted it unopened",
    "draft.option.deleted_opened": "I opened it, and deleted it",
    "draft.option.not_deleted": "I have not deleted it yet",
    "draft.option.forwarded": "I passed it on or showed it to somebody",
    "draft.reminder": "We have not heard from you yet about the mail we asked you to delete, so we write once more.",
    "draft.reminder.subject": "Once more: {subject}",
}
