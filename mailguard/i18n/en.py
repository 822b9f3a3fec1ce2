"""English texts: what the Japanese source says, in plain words."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Why a verdict is what it is (model.verdict.Reason).
    "reason.internal": "It stays inside the office, so it goes at once.",
    "reason.external": "It goes outside the office, so it waits a little first. Until then you can cancel it.",
    "reason.automatic": "A program sent it, so it goes at once.",
    "reason.notice": "It is a notice from this system, so it goes at once.",
    "reason.unreadable": "It could not be checked, so it waits for a person to decide.",
    "reason.bcc_header": "A Bcc address had been left in the header; it is taken out before sending.",
    "reason.signed": "Signed or encrypted mail cannot be changed, so a person must decide.",
    "reason.not_prepared": (
        "It could not be sent without outsiders seeing each other, so a person must decide. "
        "Please check whether other people's addresses stand in the text."
    ),
    "reason.stopped_looking": "Checking it failed several times, so it waits for a person to decide.",
    # Reports about delivery: subjects and frames.
    "dsn.from": "Mail delivery system",
    "dsn.failed.subject": "Your mail could not be delivered",
    "dsn.failed.intro": "The mail below could not be delivered to these addresses. It will not be tried again.",
    "dsn.delayed.subject": "Your mail is taking longer",
    "dsn.delayed.intro": (
        "The mail below has not reached these addresses yet. It is still being tried, so you need not do anything now."
    ),
    "dsn.delayed.until": "It will be tried until {until}. If that does not help, you will hear from us again.",
    "dsn.relayed.subject": "Your mail was passed on",
    "dsn.relayed.intro": (
        "The mail below was handed to the next server for these addresses. "
        "That server cannot confirm arrival, so there will be no further report."
    ),
    "dsn.mail.sent_at": "Sent",
    "dsn.mail.subject": "Subject",
    "dsn.mail.queue_id": "Reference",
    "dsn.mail.no_subject": "(no subject)",
    "dsn.recipient.address": "Address",
    "dsn.recipient.happened": "What happened",
    "dsn.recipient.what_to_do": "What to do",
    "dsn.recipient.server_said": "The other side said",
    "dsn.recipient.our_words": "In detail",
    "dsn.more": "There are {count} more addresses. The part for programs below names them all.",
    "dsn.contact": "If this is not clear, ask {postmaster} and give the reference.",
    "dsn.signature": "Mail relay of {office}",
    "dsn.office.unnamed": "your office",
    # What happened, and what to do.
    "dsn.unknown_user.happened": "The other side does not know this address.",
    "dsn.unknown_user.what_to_do": (
        "Look for a typing mistake and send the mail again to the right address. "
        "If you find none, ask the person, for example by phone."
    ),
    "dsn.unknown_domain.happened": "The part of the address after the @ was not found.",
    "dsn.unknown_domain.what_to_do": "Check the spelling after the @ and send the mail again to the right address.",
    "dsn.mailbox_full.happened": "The person's mailbox is full and took nothing.",
    "dsn.mailbox_full.what_to_do": "Tell the person, for example by phone, and send the mail again when there is room.",
    "dsn.mailbox_disabled.happened": "The person's mailbox does not seem to be in use at present.",
    "dsn.mailbox_disabled.what_to_do": "Ask the person, for example by phone, how to reach them now.",
    "dsn.too_large.happened": "The mail was too large for the other side.",
    "dsn.too_large.what_to_do": "Make the attachments smaller, send them apart, or agree on another way.",
    "dsn.refused.happened": "The other side refused the mail by its own rules.",
    "dsn.refused.what_to_do": (
        "Do not send the same mail again and again. Tell the person, for example by phone, and tell your administrator."
    ),
    "dsn.not_ascii.happened": "The other side's server cannot handle characters in the address or the subject.",
    "dsn.not_ascii.what_to_do": "If the person has an address in plain letters and digits, send the mail there.",
    "dsn.not_reachable.happened": "The other side's server could not be reached.",
    "dsn.not_reachable.what_to_do": "Send the mail again later. If it is urgent, use the phone or another way.",
    "dsn.expired.happened": "It was tried many times, but nobody took it before the time was up.",
    "dsn.expired.what_to_do": "Check the address and send the mail again. If it is urgent, use the phone.",
    "dsn.try_later.happened": "The other side said that it cannot take the mail at present.",
    "dsn.try_later.what_to_do": "Send the mail again later. If it is urgent, use the phone or another way.",
    "dsn.hold_expired.happened": "It waited for somebody to decide. Nobody did in time, so it was not sent.",
    "dsn.hold_expired.what_to_do": "If it is still needed, check addresses and attachments and send it again.",
    "dsn.other.happened": "The other side refused the mail.",
    "dsn.other.what_to_do": "Check the address. If it goes on, tell your administrator what the other side said.",
    # The replay's page.
    "replay.title": "Rules tried out on past mail",
    "replay.intro": "Rules: {sets}. {skipped} mails that the office did not send are left out.",
    "replay.mails": "Mails",
    "replay.people": "People who sent",
    "replay.stops": "Needs a person",
    "replay.pauses": "Only waits",
    "replay.rate": "Per person and week",
    "replay.within": "Within the budget of {budget} per person and week.",
    "replay.over": "Over the budget of {budget} per person and week: {count} times.",
    "replay.by_week": "By week",
    "replay.by_rule": "By rule",
    "replay.by_person": "By person and week",
    "replay.stopped": "Mails that need a person",
    "replay.differing": "{count} mails are decided differently",
    "replay.bars": "Dark: needs a person. Light: the others",
    "replay.week": "Week (Monday)",
    "replay.rule": "Rule",
    "replay.person": "Sender",
    "replay.at": "Time",
    "replay.mail": "Mail",
    "replay.outcome": "Outcome",
    "replay.learned": "Outside addresses learned: {count}",
    # The demonstration's page.
    "demo.page.title": "mailguard demo",
    "demo.page.intro": "Sample mail from {office} ({domain}). Nothing is sent beyond this machine.",
    "demo.page.renews": "Renews every {seconds} s.",
    "demo.page.stop": "Stop",
    "demo.page.stands_still": "This page stands still. The time until sending goes on.",
    "demo.page.go_on": "Back to the latest",
    "demo.page.back": "Back to the demo",
    "demo.people.to": "To",
    "demo.people.more": "and {count} more",
    "demo.held.title": "{count} held (not sent yet)",
    "demo.held.intro": (
        "Mail to the outside waits a little before it is sent. "
        "If you see a mistake, press Cancel before the time is over. "
        "A mail with a sign of a mistake is not sent before you decide."
    ),
    "demo.held.none": "Nothing is held. Send one from below: mail to the outside appears here.",
    "demo.held.minutes_left": "Will be sent in {minutes} min {seconds} s ({clock})",
    "demo.held.seconds_left": "Will be sent in {seconds} s ({clock})",
    "demo.held.about_to_go": "The time is over. It is about to be sent.",
    "demo.held.no_timer": "No timer sends it. Decide whether to send or to cancel it.",
    "demo.held.not_sent_then": (
        "Decide whether to send or to cancel it. If nobody does by {day}, it is not sent and you are told."
    ),
    "demo.held.others": "Not held for {count} other recipients.",
    "demo.button.cancel": "Cancel",
    "demo.button.individual": "Send one by one",
    "demo.button.release": "Send now",
    "demo.arrived.title": "{count} taken by the other side's server",
    "demo.arrived.intro": "Mail inside the office and automatic mail goes at once. The newest comes first.",
    "demo.arrived.none": "Nothing yet.",
    "demo.arrived.from": "From",
    "demo.arrived.no_sender": "(automatic notice or reply)",
    "demo.arrived.bcc": "Bcc (the others cannot see it)",
    "demo.not_sent.title": "{count} not sent",
    "demo.not_sent.intro": "Cancelled, refused by the other side, or waiting for another try. The newest comes first.",
    "demo.not_sent.none": "None.",
    "demo.not_sent.cancelled": "Cancelled. It was not sent.",
    "demo.not_sent.bounced": "It could not be delivered. The sender got a notice by mail.",
    "demo.not_sent.deferred": "It was not taken yet. It will be tried again at about {clock}.",
    "demo.not_sent.reply": "The other side said",
    "demo.done.cancelled": "Cancelled. This mail will not be sent.",
    "demo.done.released": "Sent. It can no longer be cancelled.",
    "demo.done.late": "This mail had been sent or cancelled before. Nothing was changed; see below.",
    "demo.done.samples": "The samples were sent again.",
    "demo.refused.foreign": "This can only be done with the buttons of the demo's own page. Nothing was changed.",
    "demo.refused.unknown": "There is no such mail. Nothing was changed.",
    "demo.try.title": "Send one yourself",
    "demo.try.samples": "Send the samples again",
    "demo.try.command": "Or type this in a terminal. It sends one mail to the outside.",
    "demo.try.more": (
        "How to sign in, and how to send and cancel by command, is shown in the terminal where the demo was started."
    ),
    # The demonstration's terminal: lines of 80 columns.
    "demo.guide.ready": (
        "The demo is running. The samples were sent; mail to the outside waits {minutes} min.\n"
        "Nothing leaves this machine. Ctrl-C ends it and leaves nothing behind."
    ),
    "demo.guide.page": "Look at held mail, send it or cancel it (open in a browser):",
    "demo.guide.from_afar": "To open it in a browser on another machine, first run there:",
    "demo.guide.hold": "The same by command, in another terminal (list, send now, cancel):",
    "demo.guide.installed": "This is the real command. Once installed, it reads:",
    "demo.guide.swaks_plain": "Send one yourself (from a trusted network, no password):",
    "demo.guide.swaks_account": "Send one signed in as {account} (STARTTLS):",
    "demo.guide.swaks_missing": "There is no swaks here yet. On Debian and Ubuntu:",
    "demo.guide.refused": (
        "Mail to unknown@... is always refused (550), to busy@... the first time (452).\n"
        "Mail to {domain} goes at once, all other mail waits."
    ),
    "demo.guide.folder": "Folder (goes away at the end; the log is {log}):\n  {folder}",
    "demo.guide.below": "From here on: what happens in the outside world.",
    "demo.log.arrived": "took   ",
    "demo.log.refused": "refused",
    "demo.log.ending": "Ending ...",
    "demo.log.ended": "Ended. Nothing is left behind.",
    # One round of the demonstration without a person.
    "demo.smoke.accepted": "{count} sample mails were accepted (250)",
    "demo.smoke.at_once": "mail to a colleague and the automatic reply arrived at once",
    "demo.smoke.bounce": "the sender was told about the wrong address",
    "demo.smoke.held": "{count} mails to the outside were held and shown on the page",
    "demo.smoke.released": "the one where 'Send now' was pressed arrived before its time",
    "demo.smoke.retried": "a mail that was refused once was tried again and arrived",
    "demo.smoke.timer": "the rest arrived when the time was over, and not before",
    "demo.smoke.waits": "the mail whose outsiders would see each other went on waiting, with its reason",
    "demo.smoke.individual": "sent one by one, it reached its five people, each seeing only itself",
    "demo.smoke.cancelled": "the one where 'Cancel' was pressed was not sent",
    "demo.smoke.identical": "what needed no change arrived unchanged, byte for byte, below the Received line",
    "demo.smoke.bcc": "the Bcc address is written in no mail",
    "demo.smoke.arrived": "What arrived:",
    "demo.smoke.worked": "All of it worked ({seconds} s).",
    "demo.smoke.failed": "It did not work: {reason}",
    "demo.smoke.not_so": "this did not happen: {what}",
    "demo.smoke.too_long": "not done after {seconds} s",
    "demo.smoke.interrupted": "it was interrupted",
}
