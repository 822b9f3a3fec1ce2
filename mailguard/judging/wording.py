"""Findings in words for people."""

from __future__ import annotations

from collections.abc import Mapping

from mailguard.i18n import CATALOGUES, Language, text
from mailguard.model.contents import Unreadable
from mailguard.model.finding import Evidence, Suppression


def sentence(ground: Evidence, language: Language = "en") -> str:
    """One ground of a finding as a half-sentence."""
    bare = f"evidence.{ground.because.value}.bare"
    if not ground.word and bare in CATALOGUES[language]:
        return text(language, bare)
    return text(language, f"evidence.{ground.because.value}", word=ground.word, distance=ground.distance)


def kind_name(kind: str, labels: Mapping[str, str], language: Language = "en") -> str:
    """What people call a kind. ``labels``: what the office calls its own."""
    return CATALOGUES[language].get(f"kind.{kind}", labels.get(kind, kind))


def why_suppressed(suppressed: Suppression, language: Language = "en") -> str:
    """Why something found does not count."""
    return text(language, f"suppressed.{suppressed.value}")


def why_unreadable(one: Unreadable, language: Language = "en") -> str:
    """Why something could not be read."""
    return text(language, f"obstacle.{one.why.value}")
