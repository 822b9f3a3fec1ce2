"""Telling officers of answers to requests to delete: of those somebody must act on, and once when all have answered.

An answer that a mail was deleted says nothing by mail until it is the last one: fifty-four of them are no news.
"""

from __future__ import annotations

import structlog

from mailguard.hold.notices import Notices
from mailguard.incidents.answers import Answer, answers_of
from mailguard.incidents.records import IncidentRecords
from mailguard.incidents.telling import officers_for
from mailguard.model.incident import Incident
from mailguard.notify.incident_wording import AnswerTold, answer_words
from mailguard.notify.occasions import Kind
from mailguard.store import Transaction

_TO_ACT_ON = frozenset({Answer.NOT_DELETED, Answer.FORWARDED, Answer.UNCLEAR, Answer.RETURNED})

log = structlog.get_logger()


class AnswerNotices:
    """Writes them, within the transaction that takes an answer."""

    def __init__(self, records: IncidentRecords, notices: Notices) -> None:
        self._records = records
        self._notices = notices

    def tell(self, transaction: Transaction, incident: Incident, answer: Answer, *, has_words: bool) -> None:
        """Tell every officer where it is worth a mail. ``incident``: with the answer on its timeline.

        ``has_words``: the recipient wrote something besides. That one officer cannot be written to keeps no answer out.
        """
        replies = answers_of(self._records.entries(transaction, incident.incident_id)).of.values()
        asked = [one for one in replies if one.asked]
        answered = sum(one.is_answered for one in asked)
        is_last = answered == len(asked) and answer not in (Answer.AUTOMATIC, Answer.RETURNED)
        if not (answer in _TO_ACT_ON or has_words or is_last):
            return
        link = self._notices.link_to(f"/incidents/{incident.incident_id}/deletion")
        told = AnswerTold(incident.incident_id, answer.value, has_words, answered, len(asked), link)
        for address in sorted(officers_for(transaction, incident)):
            try:
                self._notices.write_to(transaction, Kind.INCIDENT, address, lambda reader: answer_words(told, reader))
            except ValueError:
                log.error("notice_not_addressable", incident=incident.incident_id)
