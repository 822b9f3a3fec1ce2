"""The evidence of an incident, on its page and in its bundle. English."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "incidents.tab.evidence": "Evidence",
    "incidents.evidence.export": "Take the evidence out",
    "incidents.evidence.export.what": (
        "The mails as they came in and as they were sent, their record and what was done, in one ZIP file. "
        "Whoever receives it can check that nothing was changed."
    ),
    "incidents.evidence.export.do": "Take it out",
    "incidents.evidence.export.care": (
        "The file holds personal data. That it was taken out, and what for, goes on record; security officers see it."
    ),
    "incidents.evidence.purpose": "What is it for?",
    "incidents.evidence.purpose.hint": "Such as: to ask a lawyer. It goes on record.",
    "incidents.evidence.mistake.purpose": "Say what it is for, in {max} characters at most.",
    "incidents.evidence.noted": "The evidence that is kept",
    "incidents.evidence.noted.what": (
        "Hashes, something like fingerprints, of the mails and their record when the incident was opened. "
        "You can check whether everything is still the same."
    ),
    "incidents.evidence.noted.none": "There is no evidence of mails: it is an accident outside mail.",
    "incidents.evidence.check": "Compare with what is there now",
    "incidents.evidence.check.same": "All {count} {count:is|are} as they were when the incident was opened.",
    "incidents.evidence.check.gone": (
        "Nothing was changed. The content of {count} was deleted when its time was over; the hashes are kept."
    ),
    "incidents.evidence.check.changed": (
        "{count} {count:is|are} not as they were, or cannot be read. Tell the administrator, and change nothing more."
    ),
    "incidents.evidence.exports": "Taken out so far",
    "incidents.evidence.exports.none": "Nobody has taken it out yet.",
    "incidents.evidence.digest": "SHA-256 of the list:",
    "incidents.evidence.digest.what": (
        "Tell this value to whoever received the file, by telephone or another way: it shows that nothing was replaced."
    ),
    "bundle.list": "List of the evidence",
    "bundle.guide": (
        "How to check this evidence\n"
        "\n"
        "1. That nothing was changed\n"
        "   Unpack the ZIP file, and in its folder run\n"
        "     sha256sum -c SHA256SUMS\n"
        "   Where every line says OK, everything is as the list says.\n"
        "\n"
        "2. That the list was not replaced\n"
        "     sha256sum manifest.json\n"
        "   Compare the value with the SHA-256 of the list that the office told you by another way.\n"
        "\n"
        "3. That the record holds together (where mailguard is installed; no database is needed)\n"
        "     mailguard incident verify-bundle FILE.zip --manifest-sha256 VALUE\n"
        "\n"
        "What the files are\n"
        "  manifest.json, manifest.txt   the list, twice the same\n"
        "  mails/.../as-received.eml     a mail as it was accepted\n"
        "  mails/.../as-edited.eml       as it was after a person mended it before it was sent\n"
        "  mails/.../as-sent-N.eml       as it was made for some recipients (one Received: line was added on top)\n"
        "  record.jsonl                  the audit record, an event a line; its hash is\n"
        "      SHA-256(the 32 octets of previous + these values joined by line feeds, in UTF-8)\n"
        "      seq, at, actor_kind, action, queue_id (or nothing), details, actor\n"
        "      For seq 1, previous is 32 octets of zero.\n"
        "  timeline.jsonl                what was done\n"
        "  documents/...-version-N.txt   a document or letter that a person released, to be read\n"
        "  documents/...-version-N.json  the same as it was hashed when it was released\n"
        "wire_sha256 in the list is the SHA-256 of a mail as SMTP sends it, with dots at line starts doubled.\n"
    ),
}
