"""English texts: what the Japanese source says, in plain words."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Why a verdict is what it is (model.verdict.Reason).
    "reason.internal": "It stays inside the office, so it goes at once.",
    "reason.external": "It goes outside the office, so it waits a little first. Until then you can cancel it.",
    "reason.automatic": "A program sent it, so it goes at once.",
    "reason.notice": "It is a notice from this system, so it goes at once.",
    "reason.unreadable": "It could not be checked, so it waits for a person to decide.",
    "reason.loop": "The same mail came round again and again, so it was stopped.",
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
    "dsn.other.happened": "The other side refused the mail.",
    "dsn.other.what_to_do": "Check the address. If it goes on, tell your administrator what the other side said.",
}
