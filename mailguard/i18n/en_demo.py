"""The English catalogue of the demonstration."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # The desk.
    "demo.page.title": "mailguard demo: the desk",
    "demo.page.intro": (
        "{office} ({domain}) sends sample mail. Here you see what its people and the outside world "
        "get. Nothing leaves this machine."
    ),
    "demo.page.renews": "Renews every {seconds} s.",
    "demo.page.stop": "Stop",
    "demo.page.stands_still": "This page stands still. The time until sending goes on.",
    "demo.page.go_on": "Back to the latest",
    "demo.page.back": "Back to the demo",
    "demo.page.open": "Open the office's pages",
    "demo.refused.foreign": "This can only be done with the buttons of the demo's own page. Nothing was changed.",
    "demo.done.samples": "The samples were sent again.",
    "demo.done.answered": "Answered by mail as that recipient.",
    "demo.seats.title": "The people of the office",
    "demo.seats.intro": (
        "Sign in on the office's pages with one of these addresses; the code comes to the mailbox "
        "below. To be somebody else, sign out first, or use a private window."
    ),
    "demo.seat.clerk": "clerk",
    "demo.seat.clerk.what": "Has just sent all the mails. Cancels, mends and sends what waits.",
    "demo.seat.manager": "department officer",
    "demo.seat.manager.what": "Approves the contract, and sees the mail of the department.",
    "demo.seat.officer": "information security officer",
    "demo.seat.officer.what": "Sees the mail of the whole office; reading one asks for a purpose. Changes rules.",
    "demo.seat.administrator": "system administrator",
    "demo.seat.administrator.what": "Runs the system, people, devices and rules. Reads no mail.",
    "demo.seat.telephone": "The app on the telephone shows now (each counts once):",
    "demo.seat.mailbox": "Mailbox ({count})",
    "demo.seat.empty": "Nothing yet.",
    "demo.letter.code": "Code for signing in:",
    "demo.letter.link": "Open the link in this mail",
    "demo.letter.read": "Read it",
    "demo.arrived.title": "What happened outside the relay ({count})",
    "demo.arrived.intro": (
        "What the other servers took or refused. Mail inside the office and automatic mail goes at "
        "once. The newest comes first."
    ),
    "demo.arrived.none": "Nothing yet.",
    "demo.arrived.from": "From",
    "demo.arrived.no_sender": "(automatic notice or reply)",
    "demo.arrived.bcc": "Bcc (the others cannot see it)",
    "demo.arrived.protected": (
        "Sent protected: the personal data is in '{file}', which asks for a password. Only the "
        "sender gets the password, in another mail, and tells it by telephone."
    ),
    "demo.arrived.begins": "How this mail begins:",
    "demo.arrived.answer": "Be this recipient and answer by a mail with the number, without the page of the link:",
    "demo.arrived.refused": "Refused. It is tried again, or the sender gets a notice by mail.",
    "demo.people.to": "To",
    "demo.people.more": "and {count} more",
    "demo.try.title": "Send one yourself",
    "demo.try.samples": "Send the samples again",
    "demo.try.command": "Or type this in a terminal. It sends one mail to the outside.",
    "demo.try.more": (
        "How to sign in for sending, and how to send and cancel by command, is shown in the terminal "
        "where the demo was started."
    ),
    # The terminal: lines of 80 columns.
    "demo.guide.ready": (
        "The demo is running. The samples were sent; mail to the outside waits {minutes} min.\n"
        "Nothing leaves this machine. Ctrl-C ends it and leaves nothing behind."
    ),
    "demo.guide.page": "Start here: mailboxes and telephones of four people (open in a browser):",
    "demo.guide.from_afar": "To open it in a browser on another machine, first run there:",
    "demo.guide.hold": "The same by command, in another terminal (list, send now, cancel):",
    "demo.guide.parcels": "What left with a password, and where its password is:",
    "demo.guide.installed": "This is the real command. Once installed, it reads:",
    "demo.guide.swaks_plain": "Send one yourself (from a trusted network, no password):",
    "demo.guide.swaks_account": "Send one signed in as {account} (STARTTLS):",
    "demo.guide.swaks_missing": "There is no swaks here yet. On Debian and Ubuntu:",
    "demo.guide.refused": (
        "Mail to unknown@... is always refused (550), to busy@... the first time (452).\nMail to "
        "{domain} goes at once, all other mail waits."
    ),
    "demo.guide.folder": "Folder (goes away at the end; the log is {log}):\n  {folder}",
    "demo.guide.below": "From here on: what happens in the outside world.",
    "demo.guide.pages": "The office's pages; sign in as {account}, or as another:",
    "demo.log.arrived": "took   ",
    "demo.log.protected": "[protected]",
    "demo.log.refused": "refused",
    "demo.log.ending": "Ending ...",
    "demo.log.ended": "Ended. Nothing is left behind.",
    # One round without a person.
    "demo.smoke.accepted": "{count} sample mails were accepted (250)",
    "demo.smoke.at_once": "mail to a colleague and the automatic reply arrived at once",
    "demo.smoke.bounce": "the sender was told about the wrong address",
    "demo.smoke.held": (
        "{count} {count:mail|mails} with a sign of a mistake were held and shown to their sender on the pages"
    ),
    "demo.smoke.released": "the one where 'Send now' was pressed arrived before its time",
    "demo.smoke.retried": "a mail that was refused once was tried again and arrived",
    "demo.smoke.timer": "the rest arrived when the time was over, and not before",
    "demo.smoke.cancelled": "the one where 'Cancel' was pressed was not sent",
    "demo.smoke.protected": "the one with personal data left protected; none of it can be read in what arrived",
    "demo.smoke.password": "its file opens with the password in the sender's mail, and nothing is missing",
    "demo.smoke.identical": "what needed no change arrived unchanged, byte for byte, below the Received line",
    "demo.smoke.bcc": "the Bcc address is written in no mail",
    "demo.smoke.arrived": "What arrived:",
    "demo.smoke.worked": "All of it worked ({seconds} s).",
    "demo.smoke.failed": "It did not work: {reason}",
    "demo.smoke.not_so": "this did not happen: {what}",
    "demo.smoke.too_long": "not done after {seconds} s",
    "demo.smoke.interrupted": "it was interrupted",
    "demo.smoke.signed_in": "the clerk signed in on the pages with the code that was mailed",
    "demo.smoke.told": "a notice came, and its link opens that mail's page without signing in",
    "demo.smoke.waits": "the mail whose outsiders would see each other went on waiting, with its reason",
    "demo.smoke.mended": "moved to Bcc and sent, it reached its five people, none of whom sees the others",
    "demo.smoke.asked": "the mail with personal data was not sent before its sender said whom it is for",
    "demo.smoke.approved": "the superior signed in with a second factor and approved the contract, and it left",
    "demo.smoke.answered": "after a mistake was reported, its recipient answered by mail alone and the officer heard",
}
