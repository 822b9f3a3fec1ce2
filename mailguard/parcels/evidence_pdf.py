"""The evidence sheet of a parcel on paper, for an officer: what was sent, how, to whom, and where the password was.

Guarantees: the same sheet printed at the same time is the same file; everything of the mail is shown harmlessly
(``sheet_paper``). Long texts are cut and say so; the sheet as JSON (``evidence.as_json``) has them whole. Times are
Japanese ones, whatever the server's zone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import assert_never
from zoneinfo import ZoneInfo

from reportlab.platypus import Flowable

from mailguard.i18n import CATALOGUES, Language, text
from mailguard.model.protection import Channel, Item, PasswordState
from mailguard.parcels.evidence import (
    KEPT_APART,
    NOTES,
    DatedFact,
    Evidence,
    EvidenceEvent,
    EvidenceRecipient,
)
from mailguard.parcels.sheet_paper import FONTS, Paper

_ZONE = ZoneInfo("Asia/Tokyo")
_METHOD_ORDER = ("container", "cipher", "key_bits", "key_derivation", "integrity", "standards", "software")
"""As people read parameters; what is kept has them by name."""
_KINDS_MAX, _KIND_MAX = 20, 30
"""Kinds named for one file, and letters of one the catalogue does not know: a cell stays lower than a page."""
_ENTRIES_MAX = 20
"""Entries of the audit record named for one recipient: the last ones."""
_FRESH_DAYS = 180
"""A rule whose source nobody looked at for longer is to be checked again."""


def as_pdf(
    evidence: Evidence,
    printed_at: datetime,
    language: Language = "ja",
    labels: Mapping[str, str] | None = None,
    fonts: Sequence[Path] = FONTS,
) -> bytes:
    """The sheet as a PDF, A4. ``labels``: what the office calls its own kinds of personal data.

    ``fonts``: files of TrueType fonts, the first usable one is embedded; with none the reader's own Japanese ones show.
    Raises ``ValueError`` where a time has no zone.
    """
    sheet = _Sheet(evidence, printed_at, language, labels or {}, Paper(language, fonts))
    return sheet.pdf()


class _Sheet:
    """One sheet being written; each section is a list of what stands in it."""

    def __init__(
        self, evidence: Evidence, printed_at: datetime, language: Language, labels: Mapping[str, str], paper: Paper
    ) -> None:
        self._evidence = evidence
        self._printed_at = printed_at
        self._language = language
        self._labels = labels
        self._paper = paper

    def pdf(self) -> bytes:
        parcel = self._shown(self._evidence.parcel_id, 60)
        title = f"{self._text('title')} {parcel}"
        return self._paper.pdf(self._content, title, self._shown(self._evidence.office), parcel)

    def _content(self) -> list[Flowable]:
        return [
            *self._head(),
            *self._sent(),
            *self._protected(),
            *self._delivered(),
            *self._password(),
            *self._record(),
            *self._notes(),
        ]

    def _head(self) -> list[Flowable]:
        evidence = self._evidence
        rows = [
            ("parcel", self._shown(evidence.parcel_id)),
            ("office", self._shown(evidence.office)),
            ("printed", self._time(self._printed_at)),
            ("generator", self._shown(evidence.generator)),
        ]
        paper = self._paper
        return [
            paper.title(self._text("title")),
            paper.paragraph(self._text("intro")),
            paper.space(),
            self._facts(rows),
        ]

    def _sent(self) -> list[Flowable]:
        evidence, manifest = self._evidence, self._evidence.manifest
        rows = [
            ("mail", self._shown(evidence.queue_id)),
            ("message_id", self._shown(evidence.message_id_sha256 or "") or self._text("none")),
            ("sender", self._shown(evidence.sender)),
            ("accepted", self._time(evidence.accepted_at)),
            ("outer_name", self._shown(manifest.outer_name)),
            ("size", self._text("bytes", size=f"{manifest.size:,}")),
            ("sha256", self._shown(manifest.sha256)),
        ]
        items = [
            (
                str(number),
                f"{self._shown(item.name)}\n{self._shown(item.sha256)}",
                self._text("bytes", size=f"{item.size:,}"),
                self._findings(item),
            )
            for number, item in enumerate(manifest.items, 1)
        ]
        table = self._table(("number", "file", "size", "findings"), items, (0.07, 0.5, 0.15, 0.28))
        return [self._paper.section(self._text("sent")), self._facts(rows), self._paper.space(), table]

    def _protected(self) -> list[Flowable]:
        evidence, manifest = self._evidence, self._evidence.manifest
        names = self._text("names.hidden" if manifest.is_names_hidden else "names.open")
        rows = [(self._text("label.created"), self._time(evidence.created_at))]
        rows += [(self._known(f"method.{key}", key), self._shown(word)) for key, word in _in_order(manifest.method)]
        rows.append((self._text("label.self_test"), self._shown(evidence.self_test, 600)))
        paper = self._paper
        return [
            paper.section(self._text("protected")),
            paper.paragraph(self._sentences(self._text(f"mode.{manifest.mode.value}"), names)),
            paper.space(),
            paper.facts(rows),
        ]

    def _delivered(self) -> list[Flowable]:
        rows = [
            (
                str(one.position + 1),
                self._shown(one.address),
                self._text("not_delivered") if one.delivered_at is None else self._time(one.delivered_at),
                self._server(one),
            )
            for one in self._evidence.recipients
        ]
        table = self._table(("number", "address", "delivered", "server"), rows, (0.07, 0.31, 0.2, 0.42))
        return [self._paper.section(self._text("delivered")), table]

    def _server(self, one: EvidenceRecipient) -> str:
        if not one.next_hop and not one.reply_text and not one.reply_code:
            return self._text("none")
        lines = [self._shown(one.next_hop)]
        answer = self._shown(one.reply_text)
        lines.append(
            self._text("reply", code=one.reply_code, text=answer)
            if one.reply_code
            else self._text("no_reply", text=answer)
        )
        lines.append(self._text("tls", tls=self._shown(one.tls)) if one.tls else self._text("no_tls"))
        if one.events:
            numbers = ", ".join(str(event.seq) for event in one.events[-_ENTRIES_MAX:])
            lines.append(self._text("see_events", numbers=numbers))
        return "\n".join(lines)

    def _password(self) -> list[Flowable]:
        password = self._evidence.password
        made = [self._text("made.agreed" if password.is_agreed else "made.generated")]
        if password.length is not None:
            which = "made.length" if password.bits is None else "made.strength"
            made.append(self._text(which, length=password.length, bits=password.bits))
        destroyed = password.destroyed_at
        rows = [
            ("password_agreed" if password.is_agreed else "password_created", self._time_or_none(password.created_at)),
            ("made", self._sentences(*made)),
            ("kept", self._text("kept") if password.kept == KEPT_APART else self._shown(password.kept)),
            *(
                ("shown", self._text("shown.by", at=self._time(one.at), who=self._shown(one.to)))
                for one in password.shown
            ),
            *([] if password.shown else [("shown", self._text("shown.nobody"))]),
            ("destroyed", self._text("not_destroyed") if destroyed is None else self._time(destroyed)),
        ]
        ways = [
            (str(one.position + 1), self._shown(one.address), self._text(f"channel.{one.channel.value}"), state)
            for one in self._evidence.recipients
            for state in [self._state(one)]
        ]
        table = self._table(("number", "address", "channel", "state"), ways, (0.07, 0.31, 0.25, 0.37))
        return [self._paper.section(self._text("password")), self._facts(rows), self._paper.space(), table]

    def _state(self, one: EvidenceRecipient) -> str:
        match one.password_state:
            case PasswordState.STOPPED | PasswordState.DESTROYED:
                lines = [self._text(f"state.{one.password_state.value}")]
            case PasswordState.PACKED | PasswordState.WAITING | PasswordState.SENDING | PasswordState.TOLD:
                # What is never sent waits for nothing either.
                is_agreed = one.channel is Channel.AGREED
                lines = [self._text("state.agreed" if is_agreed else f"state.{one.password_state.value}")]
            case _:
                assert_never(one.password_state)
        if one.told_at is not None:
            lines.append(self._text("told_at", at=self._time(one.told_at)))
        if one.told_to:
            lines.append(self._text("told_to", who=self._shown(one.told_to)))
        if one.stopped_at is not None:
            lines.append(self._text("stopped_at", at=self._time(one.stopped_at)))
        return "\n".join(lines)

    def _record(self) -> list[Flowable]:
        evidence, chain = self._evidence, self._evidence.chain
        recorded = "yes" if evidence.is_manifest_as_recorded else "no" if chain.manifest_sha256 else "missing"
        unbroken = {True: "yes", False: "no", None: "unchecked"}[chain.is_unbroken]
        rows = [
            ("entries", self._text("entries", first=chain.first_seq, last=chain.last_seq)),
            ("last_hash", self._shown(chain.last_hash)),
            ("manifest_sha256", evidence.manifest_sha256),
            ("manifest_recorded", self._text(f"recorded.{recorded}")),
            ("unbroken", self._text(f"unbroken.{unbroken}")),
            ("verify", f"mailguard audit verify --head {self._shown(chain.last_hash)}"),
            ("verify", f"mailguard parcel evidence {self._shown(evidence.parcel_id)}"),
        ]
        paper = self._paper
        section = [
            paper.section(self._text("record")),
            paper.paragraph(self._text("chain_explained")),
            paper.space(),
            self._facts(rows),
            paper.space(),
        ]
        if not evidence.events:
            return [*section, paper.paragraph(self._text("no_events"))]
        head = ("number", "at", "actor", "action", "hash")
        table = self._table(head, [self._event(one) for one in evidence.events], (0.09, 0.2, 0.25, 0.26, 0.2))
        return [*section, paper.section(self._text("events")), table]

    def _event(self, one: EvidenceEvent) -> tuple[str, ...]:
        action = self._known(f"action.{one.action}", one.action)
        if one.queue_id:
            action += "\n" + self._text("of_mail", mail=self._shown(one.queue_id))
        return str(one.seq), self._time(one.at), self._shown(one.actor), action, self._shown(one.hash[:16])

    def _notes(self) -> list[Flowable]:
        paper = self._paper
        notes = [paper.paragraph(self._text(f"note.{note}")) for note in NOTES]
        facts = [paper.paragraph(line) for fact in self._evidence.facts for line in self._fact(fact)]
        return [paper.section(self._text("notes")), *notes, paper.space(), *facts]

    def _fact(self, fact: DatedFact) -> tuple[str, str]:
        is_old = self._printed_at.astimezone(_ZONE).date() - fact.source_checked > timedelta(days=_FRESH_DAYS)
        status = [self._text("fact_status.verified" if fact.is_verified else "fact_status.unverified")]
        if is_old:
            status.append(self._text("fact_status.old"))
        return self._text(f"fact.{fact.fact_id}"), self._text(
            "fact_status",
            since=self._day(fact.valid_from),
            until=self._day(fact.valid_until),
            source=self._text(f"fact.{fact.fact_id}.source"),
            checked=self._day(fact.source_checked),
            status=" ".join(status),
        )

    def _findings(self, item: Item) -> str:
        named = [
            self._text("count", kind=self._shown(self._kind(kind), _KIND_MAX), count=f"{count:,}")
            for kind, count in item.findings[:_KINDS_MAX]
        ]
        if len(item.findings) > _KINDS_MAX:
            named.append(self._text("more_kinds", count=len(item.findings) - _KINDS_MAX))
        return ("、" if self._language == "ja" else ", ").join(named) or self._text("none")

    def _kind(self, kind: str) -> str:
        return CATALOGUES[self._language].get(f"kind.{kind}", self._labels.get(kind, kind))

    def _facts(self, rows: Sequence[tuple[str, str]]) -> Flowable:
        return self._paper.facts([(self._text(f"label.{label}"), value) for label, value in rows])

    def _table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float]) -> Flowable:
        return self._paper.table([self._text(f"column.{column}") for column in columns], rows, shares)

    def _text(self, key: str, **values: object) -> str:
        return text(self._language, f"evidence.sheet.{key}", **values)

    def _known(self, key: str, otherwise: str) -> str:
        """Words for a key of somebody else's, which may be newer than the catalogue."""
        return CATALOGUES[self._language].get(f"evidence.sheet.{key}") or self._shown(otherwise, 60)

    def _shown(self, foreign: str, limit: int | None = None) -> str:
        return self._paper.shown(foreign) if limit is None else self._paper.shown(foreign, limit)

    def _sentences(self, *sentences: str) -> str:
        return ("" if self._language == "ja" else " ").join(sentences)

    def _time_or_none(self, moment: datetime | None) -> str:
        return self._text("none") if moment is None else self._time(moment)

    def _time(self, moment: datetime) -> str:
        if moment.utcoffset() is None:
            raise ValueError("a time of an evidence sheet has no zone")
        here = moment.astimezone(_ZONE)
        if self._language == "ja":
            return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M:%S}"
        return f"{here:%Y-%m-%d %H:%M:%S} JST"

    def _day(self, day: date | None) -> str:
        if day is None:
            return ""
        return f"{day.year}年{day.month}月{day.day}日" if self._language == "ja" else day.isoformat()


def _in_order(method: Mapping[str, str]) -> list[tuple[str, str]]:
    places = {key: place for place, key in enumerate(_METHOD_ORDER)}
    return sorted(method.items(), key=lambda entry: (places.get(entry[0], len(places)), entry[0]))
