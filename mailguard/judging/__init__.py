"""One mail looked at from its octets to its verdicts: what the inspector, ``inspect``, ``policy`` and replay share."""

from mailguard.judging.judge import Judged, judge_mail

__all__ = ["Judged", "judge_mail"]
