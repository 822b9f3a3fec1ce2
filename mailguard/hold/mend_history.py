"""What an edit on record changed, read from the judgements before and after it."""

from __future__ import annotations

from mailguard import audit
from mailguard.hold.edit_words import EditDone, edits_in
from mailguard.hold.mend_difference import Differences, Judged, differences
from mailguard.model.audit import AuditAction
from mailguard.model.queue import QueueId
from mailguard.spool import Spool
from mailguard.spool.box_queries import Reader


def changed_by_edit(
    spool: Spool, reader: Reader, queue_id: QueueId, number: int, quiet: frozenset[str]
) -> Differences | None:
    """What changed with the judgement of that number; None where there is none, or none before it. ``quiet``: as in
    ``mend_difference.differences``.

    Verdicts are not kept with judgements: who decides is not compared.
    """
    after = spool.judgement(reader, queue_id, number)
    before = spool.judgement(reader, queue_id, number - 1)
    if after is None or before is None:
        return None
    return differences(
        Judged(before.explanations, before.facts, ()), Judged(after.explanations, after.facts, ()), quiet
    )  # fmt: skip


def done_by_edit(reader: Reader, queue_id: QueueId, number: int) -> tuple[EditDone, ...]:
    """What the edit that led to the judgement of that number did; nothing where there is none."""
    for event in audit.events_of(reader, queue_id):
        if event.action is AuditAction.CHANGED and event.details.get("judgement") == number:
            return edits_in(event.details)
    return ()
