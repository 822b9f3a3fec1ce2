"""A judgement about some recipients of a mail, as one about all positions of its envelope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mailguard.model.queue import Submission
from mailguard.model.verdict import Explanation, Judgement, Verdict
from mailguard.policy.builtin import TAKEN_BACK


def placed(judgement: Judgement, submission: Submission) -> Judgement:
    """The judgement with everything that goes by position moved to the positions of the envelope.

    ``judgement``: about those who count. The others were taken back: nothing may leave for them.
    """
    positions = submission.counting
    count = len(submission.envelope.forward_paths)
    if len(positions) == count:
        return judgement
    return replace(
        judgement,
        verdicts=_spread(judgement.verdicts, positions, count),
        explanations=tuple(
            Explanation(one.reason, tuple(positions[at] for at in one.positions), one.texts)
            for one in judgement.explanations
        ),
        observed=None if judgement.observed is None else _spread(judgement.observed, positions, count),
    )


def _spread(verdicts: Sequence[Verdict], positions: Sequence[int], count: int) -> tuple[Verdict, ...]:
    found = dict(zip(positions, verdicts, strict=True))
    return tuple(found.get(position, TAKEN_BACK) for position in range(count))
