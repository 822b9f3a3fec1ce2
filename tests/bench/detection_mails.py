"""Whole mails, judged as the relay judges them: the labelled ones of the corpus and those that are made."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailguard.config import HoldSettings, OfficeSettings, PolicySettings
from mailguard.extract.contents import contents_of
from mailguard.inspection.circumstances import Circumstances
from mailguard.inspection.inspecting import look
from mailguard.judging import judge_mail
from mailguard.judging.history import TrialHistory
from mailguard.judging.manifest import TrialMail, answer, occasion_of, rules_for
from mailguard.judging.opening import open_rules
from mailguard.judging.reading import looked_at
from mailguard.mime.message import Message
from mailguard.model.contents import Piece
from mailguard.policy.facts import Occasion
from mailguard.policy.personal_data import must_protect
from mailguard.policy.rules import RuleSet
from tests.bench.detection_scores import Found
from tests.corpus.generated.office import OWN_DOMAIN, Document

MAILS = Path(__file__).resolve().parents[1] / "corpus" / "mails"
AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
_OWN = ("gojokai.example.jp",)
_FREEMAIL = ("webmail.example.org", "freemail.example.net", "mail.example.com")
_CARRIERS = ("keitai.example.ne.jp",)
NO_COUNTS = frozenset({"special_care", "salary"})
"""Kinds whose number of values is indicative only."""


def ours(text: str) -> list[Found]:
    """What mailguard finds in a text that is the body of a mail."""
    seen = look(Piece("body", text), Circumstances())
    origin = seen.text.origin
    found = []
    for hit in seen.hits:
        start, end = (hit.start, hit.end) if origin is None else (origin[hit.start], origin[hit.end - 1] + 1)
        found.append(Found(str(hit.kind), start, end, hit.suppressed is None))
    return found


def rules_of(*own: str) -> RuleSet:
    """The rules that ship, for an office with these domains."""
    return open_rules(OfficeSettings(domains=list(own)), PolicySettings(), HoldSettings(), AT.date()).rules


@dataclass
class MailScore:
    """Whole mails: places and kinds right, missing and too many, and how many mails are wholly right in a respect."""

    mails: int = 0
    right: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    persons: int = 0
    protect: int = 0
    leaks: int = 0
    over: int = 0
    flags: int = 0
    clean: int = 0
    to_protect: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """The share of labelled kinds found in their place."""
        return self.right / max(1, self.right + self.missing.total())

    @property
    def precision(self) -> float:
        """The share of kinds found that are labelled there."""
        return self.right / max(1, self.right + self.extra.total())

    def note(self, name: str, wanted: set[tuple[str, str]], got: set[tuple[str, str]]) -> None:
        """Compare the kinds of a mail's places."""
        self.mails += 1
        self.right += len(wanted & got)
        self.missing.update(kind for kind, _ in wanted - got)
        self.extra.update(kind for kind, _ in got - wanted)
        self.wrong += [f"{name}: missing {kind} in {where}" for kind, where in sorted(wanted - got)]
        self.wrong += [f"{name}: extra {kind} in {where}" for kind, where in sorted(got - wanted)]

    def note_protection(self, name: str, wanted: bool, got: bool) -> None:
        """Compare the decision about a mail."""
        self.protect += wanted is got
        self.clean += not wanted
        self.to_protect += wanted
        self.over += got and not wanted
        self.leaks += wanted and not got
        if wanted is not got:
            self.wrong.append(f"{name}: must_protect should be {wanted}")


def labels() -> list[dict[str, Any]]:
    """The labels of the mails of the corpus, in file order."""
    return [json.loads(line) for line in (MAILS / "expected.jsonl").read_text(encoding="utf-8").splitlines()]


def is_sent_out(label: dict[str, Any]) -> bool:
    """Whether a mail of the corpus is for anybody outside its office."""
    return any(not one.endswith(f"@{_OWN[0]}") for one in label["envelope_rcpt"])


def labelled_mails() -> MailScore:
    """The mails of the corpus in their order, each learned from as if it had been delivered."""
    score, history, shipped = MailScore(), TrialHistory(), rules_of()
    for label in labels():
        name = label["file"]
        octets = (MAILS / name).read_bytes()
        mail = TrialMail(
            name, MAILS / name, label["envelope_from"], tuple(label["envelope_rcpt"]), _OWN, (), _FREEMAIL, _CARRIERS
        )
        rules, occasion = rules_for(mail, shipped), occasion_of(mail, octets, AT)
        situation = looked_at(octets, occasion, rules)
        judged = judge_mail(situation, history.recall(situation.question), rules)
        history.learn([judged.lesson], occasion.at)
        said = answer(name, judged, rules)
        _compare(score, label, said)
    history.close()
    return score


def _compare(score: MailScore, label: dict[str, Any], said: dict[str, Any]) -> None:
    optional = {(one["kind"], one["where"]) for one in label["findings"] if "via" in one}
    wanted = {(one["kind"], one["where"]) for one in label["findings"]} - optional
    score.note(label["file"], wanted, {(one["kind"], one["where"]) for one in said["findings"]} - optional)
    score.note_protection(label["file"], label["must_protect"], said["must_protect"])
    same_persons = bool(optional) or said["persons"] == label["persons"]
    score.persons += same_persons
    if not same_persons:
        score.wrong.append(f"{label['file']}: {label['persons']} persons, said {said['persons']}")
    counts = {(one["kind"], one["where"]): one["count"] for one in said["findings"]}
    for one in label["findings"]:
        said_count = counts.get((one["kind"], one["where"]), one["count"])
        if one["kind"] not in NO_COUNTS and said_count != one["count"]:
            score.wrong.append(f"{label['file']}: {one['count']} {one['kind']} in {one['where']}, said {said_count}")
    same_flags = sorted(label["other_flags"]) == sorted(said["other_flags"])
    score.flags += same_flags
    if not same_flags:
        score.wrong.append(f"{label['file']}: flags {label['other_flags']}, said {said['other_flags']}")


def made_mails(documents: Iterable[Document]) -> tuple[MailScore, dict[str, MailScore]]:
    """Mails that were made: all together, and by family. Nothing is learned from one for another."""
    rules, whole = rules_of(OWN_DOMAIN), MailScore()
    families: dict[str, MailScore] = {}
    for document in documents:
        inspection = looked_at(document.octets, Occasion(document.sender, document.recipients, AT), rules).inspection
        wanted = {(kind, where) for kind, where, _ in document.values}
        got = {(str(one.kind), one.where) for one in inspection.findings if one.suppressed is None}
        for score in (whole, families.setdefault(document.family, MailScore())):
            score.note(document.family, wanted, got)
            score.note_protection(document.family, document.must_protect, must_protect(inspection))
            score.persons += inspection.persons == document.persons
    return whole, families


def texts_of(octets: bytes) -> list[str]:
    """All text of a mail but its file names, for those who cannot read one."""
    return [piece.text for piece in contents_of(Message(octets)).pieces if piece.section != "file name"]


PROTECTING = frozenset(
    {
        "my_number", "credit_card", "bank_account", "basic_pension_number", "driver_license", "passport",
        "residence_card", "health_insurance", "special_care", "employment_insurance", "resident_code",
    }
)  # fmt: skip
BESIDE_NAME = frozenset({"postal_address", "phone_number", "birth_date"})


def protected_by(kinds: set[str], names: int, sees_names: bool) -> bool:
    """The same decision for a rival: a hard kind, a name beside data, ten names; data alone where it sees no names."""
    beside = bool(BESIDE_NAME & kinds)
    return bool(PROTECTING & kinds) or names >= 10 or (beside and (names > 0 or not sees_names))


def rival_mails(
    documents: Sequence[tuple[str, bytes, bool]], answers: Sequence[Sequence[Found]], sees_names: bool
) -> MailScore:
    """What a rival would decide about mails, given name, octets and label of each, and its answers for all texts."""
    score, at = MailScore(), 0
    for name, octets, wanted in documents:
        texts = texts_of(octets)
        kinds: set[str] = set()
        persons: set[str] = set()
        for text, found in zip(texts, answers[at : at + len(texts)], strict=True):
            kinds |= {one.kind for one in found}
            persons |= {text[one.start : one.end] for one in found if one.kind == "person_name"}
        at += len(texts)
        score.mails += 1
        score.note_protection(name, wanted, protected_by(kinds, len(persons), sees_names))
    return score
