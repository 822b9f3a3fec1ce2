"""What follows from an incident. English."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "incidents.tab.prevention": "Prevention",
    "incidents.prevention.what": (
        "What was decided so that it does not happen again. Until there is something, the incident cannot be closed."
    ),
    "incidents.prevention.lessons": "Decided so far",
    "incidents.prevention.kind": "How it is prevented",
    "incidents.prevention.kind.rule": "A rule will see it",
    "incidents.prevention.kind.training": "A training, or telling people",
    "incidents.prevention.kind.none": "Nothing (say why)",
    "incidents.prevention.rule": "Rule (where a rule will see it)",
    "incidents.prevention.rule.other": "None of these, or a new one",
    "incidents.prevention.note.title": "Write down what follows",
    "incidents.prevention.note": "What",
    "incidents.prevention.note.hint": (
        "Such as: in the December meeting we went through checking recipients. Where nothing follows, why."
    ),
    "incidents.prevention.save": "Put it on record",
    "incidents.prevention.noted": "It is on record.",
    "incidents.prevention.close": "Close this incident",
    "incidents.prevention.close.note": "Closing note",
    "incidents.prevention.proposals": "Rules that could see such a mail",
    "incidents.prevention.proposals.none": "No change of a rule there is would see it.",
    "incidents.prevention.proposal.table": "Changes of {title}",
    "incidents.prevention.try": "Try this out",
    "incidents.prevention.try.what": (
        "It shows how many mails of the last 30 days would be stopped. Until you save it, the rules stay as they are."
    ),
    "incidents.prevention.try.others": (
        "Security officers and administrators may change rules: tell them what is proposed."
    ),
    "incidents.prevention.drafted": (
        "A proposal from incident {incident_id}. Look at what comes out, and decide whether to save it."
    ),
    "incidents.prevention.own": "A rule for the wrong addresses alone",
    "incidents.prevention.own.sentence": (
        "The rule holds mail to these addresses and asks its sender; after two office days without an answer it is "
        "cancelled."
    ),
    "incidents.prevention.own.what": (
        "Put into the folder of rules, this asks whoever writes to these addresses. Examples are part of it. "
        "Give it to the administrator."
    ),
    "incidents.prevention.own.reason": (
        "Mail went to this address by mistake before (incident {incident_id}). Please check that it is meant."
    ),
    "incidents.prevention.mistake.lesson": "Choose how it is prevented.",
    "incidents.prevention.mistake.note": "Write what was decided, or why nothing follows.",
    "incidents.prevention.mistake.closing": (
        'Before it is closed, write on the page "Prevention" a rule, a training, or why nothing follows.'
    ),
}
