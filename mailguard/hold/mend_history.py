"""What an edit on record changed, read from the judgements before and after it."""

from __future__ import annotations

from mailguard.hold.mend_difference import Differences, Judged, differences
from mailguard.model.queue import QueueId
from mailguard.spool import Spool
from mailguard.spool.box_queries import Reader


def changed_by_edit(spool: Spool, reader: Reader, queue_id: QueueId, number: int) -> Differences | None:
    """What changed with the judgement of that number; None where there is none, or none before it.

    Verdicts are not kept with judgements: who decides is not compared.
    """
    after = spool.judgement(reader, queue_id, number)
    before = spool.judgement(reader, queue_id, number - 1)
    if after is None or before is None:
        return None
    return differences(Judged(before.explanations, before.facts, ()), Judged(after.explanations, after.facts, ()))
