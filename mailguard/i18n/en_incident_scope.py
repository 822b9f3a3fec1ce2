"""What an incident is about: people, kinds of data, recipients, corrections. English."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "incidents.tab.scope": "Scope",
    "incidents.scope.count.title": "Find out whose data is in it",
    "incidents.scope.count.what": (
        "Text and files of the mails are looked into once more; people are counted once and listed by name, for "
        "telling them and for the report. This may take a minute."
    ),
    "incidents.scope.count.more": "Some mails were not looked into yet. Looking again counts all of them together.",
    "incidents.scope.count": "Look",
    "incidents.scope.count.done": "Done. Data of {persons} {persons:person|people} was found.",
    "incidents.scope.count.part": (
        "Data of {persons} {persons:person|people} was found in what could be looked into. {left} {left:mail|mails} "
        "could not; for those the figures from before they were sent are used."
    ),
    "incidents.scope.count.none": (
        "None of the mails can be looked into: their time is over, or nobody can read them. Ask whoever knows, and "
        "correct the number of people."
    ),
    "incidents.scope.count.down": "Mails cannot be looked into right now. Please try again in a few minutes.",
    "incidents.scope.figures": "What is known",
    "incidents.scope.persons": "Number of people",
    "incidents.scope.persons.count": "{count}",
    "incidents.scope.persons.least": "At least {count} (something could not be looked into)",
    "incidents.scope.unknown": "Not known",
    "incidents.scope.kinds": "Kinds of data",
    "incidents.scope.kinds.none": "No personal data was found",
    "incidents.scope.kind.count": "{count}",
    "incidents.scope.kind.out": "No {kind} in it",
    "incidents.scope.unreadable": "Something could not be looked into",
    "incidents.scope.reached": "Who got it by mistake",
    "incidents.scope.reached.count": "{count} of {wrong} wrong recipients got it.",
    "incidents.scope.readable": "{count} of them can read it.",
    "incidents.scope.readable.perhaps": "Of those, {count} can read it, or may be able to.",
    "incidents.scope.returned.count": "From {count} more it came back and was not delivered.",
    "incidents.scope.back": (
        "On {at} another server reported that it was not delivered. Such a report alone is no proof, so it counts as "
        "delivered. Please note in the history what the log of the mail server, or the recipient, says."
    ),
    "incidents.scope.visible": "Addresses they see of each other",
    "incidents.scope.delivered": "Delivered",
    "incidents.scope.to": "to",
    "incidents.scope.protected": "Encryption",
    "incidents.scope.key.destroyed": "Password destroyed",
    "incidents.scope.source.record": "As found before it was sent",
    "incidents.scope.source.looked": "As found by looking again",
    "incidents.scope.source.corrected": "Corrected",
    "incidents.scope.to_triage": "See whether it must be reported",
    "incidents.scope.people": "Whose data it is",
    "incidents.scope.people.none": "No names were found.",
    "incidents.scope.people.others": "and {count} more",
    "incidents.scope.people.more": "There are others, without a name or beyond this list.",
    "incidents.scope.people.recorded": "Showing the names puts on record who looked and when.",
    "incidents.scope.people.show": "Show {count} {count:name|names}",
    "incidents.scope.people.not_you": "Names are for the security officer and the department's officer.",
    "incidents.scope.recipients": "Recipients",
    "incidents.scope.recipients.what": (
        "Everybody outside is counted as a wrong recipient. Tick those who were meant to get it, and save."
    ),
    "incidents.scope.recipients.wrong": (
        "Tick only those who got it by mistake, and save. "
        "Everybody outside without a tick is counted as meant to get it."
    ),
    "incidents.scope.pick.wrong": "Where fewer were wrong: tick the wrong ones instead",
    "incidents.scope.pick.meant": "Tick those who were meant to get it instead",
    "incidents.scope.wrong": "Wrong recipient",
    "incidents.scope.meant": "Meant to get it",
    "incidents.scope.wrong.default": "Everybody outside is counted",
    "incidents.scope.tick.meant": "Was meant to get it",
    "incidents.scope.tick.outsider": "Got it by mistake",
    "incidents.scope.tick.wrong": "Was not to get it either",
    "incidents.scope.of_mail": "Mail:",
    "incidents.scope.insiders": "Recipients inside: {count}",
    "incidents.scope.note": "Note (need not be filled in)",
    "incidents.scope.wrong.save": "Save the ticks",
    "incidents.scope.wrong.done": "The ticks were saved.",
    "incidents.scope.answer.deleted_unopened": "Says: deleted unread",
    "incidents.scope.answer.deleted_opened": "Says: deleted after reading",
    "incidents.scope.answer.not_deleted": "Says: not deleted",
    "incidents.scope.answer.forwarded": "Says: passed on",
    "incidents.scope.answer.unclear": "Read the answer and decide",
    "incidents.scope.answer.none": "Asked to delete it, no answer",
    "incidents.scope.answer.unasked": "Not yet asked to delete it",
    "incidents.scope.correct": "Correct a figure",
    "incidents.scope.correct.what": "Which figure",
    "incidents.scope.correct.value": "The right number",
    "incidents.scope.correct.value.hint": "0 for a kind that is not in it. Empty: nobody knows how many people.",
    "incidents.scope.correct.reason": "Reason",
    "incidents.scope.correct.save": "Correct",
    "incidents.scope.correct.undo": "Back to the record",
    "incidents.scope.correct.done": "Corrected. It stands on the timeline with its reason.",
    "incidents.scope.mistake.marked": (
        "Somebody else saved the marks of recipients while you were looking. Look at them as they are, and mark again"
    ),
    "incidents.scope.mistake.wrong": "Tick at least one who got it by mistake",
    "incidents.scope.mistake.value": "Write the right number in figures, 0 or more",
    "incidents.scope.mistake.reason": "Write a reason (up to 10,000 characters)",
}
