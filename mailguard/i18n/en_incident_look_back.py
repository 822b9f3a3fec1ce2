"""Mails with the same fault. English."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "incidents.tab.look_back": "Same fault",
    "incidents.look_back.what": (
        "Mails sent so far in which the same may have gone wrong. Tick those in which it did, and add them."
    ),
    "incidents.look_back.by": "Compared by:",
    "incidents.look_back.by.list": "the recipients everybody saw",
    "incidents.look_back.by.file": "the content of attached files",
    "incidents.look_back.by.address": "the recipients",
    "incidents.look_back.by.rule": "the rules that stopped it",
    "incidents.look_back.by.crowd": "how many outsiders everybody saw",
    "incidents.look_back.by.domain": "the recipients' domains",
    "incidents.look_back.why.list": "Same people see each other",
    "incidents.look_back.why.file": "Same attached file",
    "incidents.look_back.why.address": "Same recipient",
    "incidents.look_back.why.more": "and {count} more",
    "incidents.look_back.why.rule": "Same rule",
    "incidents.look_back.why.crowd": "Many outsiders see each other",
    "incidents.look_back.why.domain": "Same domain",
    "incidents.look_back.general": (
        "These fit a lot of mail (over {count}; the more you send, the higher that number), "
        "so nothing is listed for them alone:"
    ),
    "incidents.look_back.skipped": (
        "There are {count} {count:recipient|recipients}: too many to be looked for one by one."
    ),
    "incidents.look_back.since": "Mails from before this cannot be found this way; add those you know of by number:",
    "incidents.look_back.partial": "Only mails of your department were searched; the security officer can search all.",
    "incidents.look_back.found": "{count} {count:mail|mails} in which the same may have gone wrong",
    "incidents.look_back.none": "No mails with the same fault were found.",
    "incidents.look_back.no_mail": "This is an accident outside mail: there is no mail to search by.",
    "incidents.look_back.gone": "(deleted when its time was over; the subject is not kept)",
    "incidents.look_back.reached": "{reached} of {count} {count:recipient|recipients} {count:has|have} it",
    "incidents.look_back.open": "See the mail",
    "incidents.look_back.more": "There are more; the most alike stand here. Add some, and look again.",
    "incidents.look_back.numbers": "Add other mails by number",
    "incidents.look_back.numbers.hint": "Addresses of their pages are read, too. As many as you like.",
    "incidents.look_back.add": "Add to this incident",
    "incidents.look_back.add.what": "What was not sent yet is stopped at once, and evidence is kept.",
    "incidents.look_back.add.drill": "This is a drill: nothing is stopped.",
    "incidents.look_back.added": (
        "{count} {count:mail|mails} {count:was|were} added (recipients stopped: {stopped}; reached, or perhaps "
        "reached: {gone})."
    ),
    "incidents.look_back.added.drill": (
        "{count} {count:mail|mails} {count:was|were} added. This is a drill: nothing was stopped."
    ),
    "incidents.look_back.closed": "This incident is closed. To add mails, open it again.",
    "incidents.look_back.mistake.none": "Tick the mails to add, or write their numbers.",
    "incidents.look_back.mistake.numbers": (
        "That is no number of a mail: write its 16 characters, or the address of its page."
    ),
    "incidents.look_back.mistake.unknown": "There is no mail {queue_id}.",
}
