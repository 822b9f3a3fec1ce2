"""One mail and lists of mails as JSON: the decision without the mail's words."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from mailguard.hold.answering import Asked
from mailguard.hold.approving import NotApproved
from mailguard.hold.boxes import Box, Count, ListedRow, Mark
from mailguard.hold.decision import ShownReason, ShownRecipient
from mailguard.hold.mend_difference import Differences
from mailguard.hold.mending import Note
from mailguard.hold.permission import MailAct
from mailguard.hold.selection import Outcome
from mailguard.hold.timeline import Step, StepKind
from mailguard.model.protection import Channel, Mode
from mailguard.model.queue import State
from mailguard.model.summary import Badge, Field, Found, SummaryFile
from mailguard.model.verdict import AtEnd, Needs, Obligation
from mailguard.notify.occasions import Waiting
from mailguard.parcels.listing import ListedParcel
from mailguard.web.one_mail import OpenedMail


class Deadline(BaseModel):
    """What held recipients wait for. ``at`` null: no timer runs; ``at_end``: what happens then."""

    needs: Needs
    at: datetime | None
    at_end: AtEnd

    @classmethod
    def of(cls, waiting: Waiting | None) -> Deadline | None:
        """None where nothing is held."""
        return None if waiting is None else cls(needs=waiting.needs, at=waiting.deadline, at_end=waiting.at_end)


class Row(BaseModel):
    """A mail in a list. ``recipients``: the first ones of ``recipient_count``."""

    queue_id: str
    box: Box
    accepted_at: datetime
    owner: str
    sender: str
    subject: str | None
    size: int
    recipients: list[str]
    recipient_count: int
    states: dict[State, int]
    deadline: Deadline | None
    reasons: list[str]

    @classmethod
    def of(cls, row: ListedRow) -> Row:
        """A row of a box."""
        return cls(
            queue_id=row.queue_id,
            box=row.box,
            accepted_at=row.accepted_at,
            owner=row.owner,
            sender=row.sender,
            subject=None if row.summary is None else row.summary.subject,
            size=row.size,
            recipients=[one.address for one in row.recipients],
            recipient_count=row.recipient_count,
            states=row.states,
            deadline=Deadline.of(row.waiting),
            reasons=list(row.reasons),
        )


class BoxCount(BaseModel):
    """How many mails a box has; ``is_more``: at least so many."""

    number: int
    is_more: bool

    @classmethod
    def of(cls, count: Count) -> BoxCount:
        """A count of a listing."""
        return cls(number=count.number, is_more=count.is_more)


class Mails(BaseModel):
    """A page of a list. ``after``: what to ask with for the next page, null at the end. ``looked_back_to``: the list
    ended there because so many mails were looked at. ``counts`` are null for a search.
    """

    mails: list[Row]
    after: str | None
    looked_back_to: datetime | None
    counts: dict[Box, BoxCount] | None

    @classmethod
    def of(
        cls,
        rows: tuple[ListedRow, ...],
        after: Mark | None,
        stopped_at: datetime | None,
        counts: dict[Box, Count] | None,
    ) -> Mails:
        """A page."""
        numbers = None if counts is None else {box: BoxCount.of(count) for box, count in counts.items()}
        return cls(
            mails=[Row.of(row) for row in rows],
            after=None if after is None else str(after),
            looked_back_to=stopped_at,
            counts=numbers,
        )


class Recipient(BaseModel):
    """One recipient. ``needs``: who must decide, null where it is not held."""

    position: int
    address: str
    name: str
    field: Field
    badges: list[Badge]
    suggested: str
    state: State
    needs: Needs | None
    obligations: list[Obligation]
    is_dangerous: bool
    attempts: int

    @classmethod
    def of(cls, one: ShownRecipient) -> Recipient:
        """A recipient of a decision."""
        return cls(
            position=one.position,
            address=one.address,
            name=one.name,
            field=one.field,
            badges=sorted(one.badges),
            suggested=one.suggested,
            state=one.state,
            needs=one.needs,
            obligations=sorted(one.obligations),
            is_dangerous=one.is_dangerous,
            attempts=len(one.attempts),
        )


class Finding(BaseModel):
    """What was found in one place; samples are masked."""

    kind: str
    count: int
    masked: list[str]

    @classmethod
    def of(cls, one: Found) -> Finding:
        """A finding of a summary."""
        return cls(kind=one.kind, count=one.count, masked=list(one.masked))


class File(BaseModel):
    """A file of the mail. ``path`` names it in an edit; ``unreadable``: why nobody could look into it."""

    path: list[int]
    name: str
    content_type: str
    size: int
    is_protected: bool
    found: list[Finding]
    unreadable: str | None

    @classmethod
    def of(cls, one: SummaryFile) -> File:
        """A file of a summary."""
        return cls(
            path=list(one.path),
            name=one.name,
            content_type=one.content_type,
            size=one.size,
            is_protected=one.is_protected,
            found=[Finding.of(found) for found in one.found],
            unreadable=None if one.unreadable is None else one.unreadable.value,
        )


class Reason(BaseModel):
    """Why the mail is treated as it is, in words by language."""

    reason: str
    title: dict[str, str]
    texts: dict[str, str]
    positions: list[int]

    @classmethod
    def of(cls, one: ShownReason) -> Reason:
        """A reason of a decision."""
        return cls(reason=one.reason, title=dict(one.title), texts=dict(one.texts), positions=list(one.positions))


class Happened(BaseModel):
    """A step of the mail's way. ``said``: what another server said, in a word."""

    at: datetime
    kind: StepKind
    by: str
    positions: list[int]
    said: str | None

    @classmethod
    def of(cls, step: Step) -> Happened:
        """A step of a timeline."""
        said = None if step.said is None else step.said.value
        return cls(at=step.at, kind=step.kind, by=step.actor.name, positions=list(step.positions), said=said)


class Choice(BaseModel):
    """Which of two addresses is meant."""

    position: int
    options: list[str]


class Questions(BaseModel):
    """What must be answered with a release. ``typed``: how many organisations or persons must be named."""

    choices: list[Choice]
    typed: int
    is_about_people: bool

    @classmethod
    def of(cls, asked: Asked) -> Questions:
        """What is asked."""
        choices = [Choice(position=one.position, options=list(one.options)) for one in asked.choices]
        return cls(choices=choices, typed=asked.typed, is_about_people=asked.is_about_people)


class Mail(BaseModel):
    """One mail as it stands now. ``content``: what ``seen`` of an edit refers to. ``acts``: what this token may do with
    all that is held, or where nothing is, with the mail. ``missing_approvals``: null where none is waited for;
    ``not_approved``: why it is not going to be approved, or was not, null where somebody still may or nobody needs to.
    """

    queue_id: str
    box: Box
    accepted_at: datetime
    owner: str
    sender: str
    size: int
    content: str
    judgement: int
    subject: str | None
    persons: int | None
    files: list[File]
    found_in_subject: list[Finding]
    found_in_body: list[Finding]
    states: dict[State, int]
    deadline: Deadline | None
    is_danger: bool
    questions: Questions
    missing_approvals: int | None
    not_approved: NotApproved | None
    recipients: list[Recipient]
    reasons: list[Reason]
    timeline: list[Happened]
    acts: list[MailAct]

    @classmethod
    def of(cls, one: OpenedMail, asked: Asked) -> Mail:
        """The mail a program may see, with what is asked before all of it is released."""
        decision, submission, summary = one.decision, one.decision.submission, one.decision.summary
        return cls(
            queue_id=decision.queue_id,
            box=decision.box,
            accepted_at=submission.accepted_at,
            owner=submission.session.owner,
            sender=submission.envelope.reverse_path,
            size=submission.size,
            content=submission.content_id,
            judgement=decision.judgement,
            subject=None if summary is None else summary.subject,
            persons=None if summary is None else summary.persons,
            files=[] if summary is None else [File.of(file) for file in summary.files],
            found_in_subject=[] if summary is None else [Finding.of(found) for found in summary.found_in_subject],
            found_in_body=[] if summary is None else [Finding.of(found) for found in summary.found_in_body],
            states=dict(decision.states),
            deadline=Deadline.of(decision.waiting),
            is_danger=decision.is_danger,
            questions=Questions.of(asked),
            missing_approvals=None if one.approval is None else one.approval.missing,
            not_approved=one.why_not_approved,
            recipients=[Recipient.of(recipient) for recipient in decision.recipients],
            reasons=[Reason.of(reason) for reason in decision.reasons],
            timeline=[Happened.of(step) for step in decision.timeline],
            acts=sorted(one.acts()),
        )


class Done(BaseModel):
    """What an act did: ``moved`` positions, and those that were left as they are because of their state."""

    queue_id: str
    moved: list[int]
    left: dict[int, State]

    @classmethod
    def of(cls, outcome: Outcome) -> Done:
        """The outcome of a work."""
        return cls(queue_id=outcome.queue_id, moved=list(outcome.moved), left=outcome.left)


class ApprovedNow(Done):
    """What a yes did. ``missing``: how many more people are needed; 0: it was released."""

    missing: int


class FindingChange(BaseModel):
    """Values of one kind in one place, before and after."""

    kind: str
    where: str
    before: int
    after: int


class Changed(BaseModel):
    """What an edit changes in how the mail is judged. ``judgement``: the new one's number, null for a preview."""

    is_preview: bool
    is_better: bool
    is_blocked: bool
    needs_before: Needs | None
    needs_after: Needs | None
    gone: list[str]
    new: list[str]
    findings: list[FindingChange]
    notes: list[Note]
    judgement: int | None = None
    removed: list[int] = []
    added: list[int] = []

    @classmethod
    def of(cls, found: Differences, notes: frozenset[Note], *, is_preview: bool) -> Changed:
        """The difference between two judgements."""
        return cls(
            is_preview=is_preview,
            is_better=found.is_better,
            is_blocked=found.is_blocked,
            needs_before=found.needs_before,
            needs_after=found.needs_after,
            gone=[one.reason for one in found.gone],
            new=[one.reason for one in found.new],
            findings=[
                FindingChange(kind=one.kind, where=one.where, before=one.before, after=one.after)
                for one in found.findings
            ],
            notes=sorted(notes),
        )


class Drafted(BaseModel):
    """A mail that was given back. ``mail``: ours, with the draft in it."""

    mail: str
    cancelled: Done | None


class Reported(BaseModel):
    """The incident of a mail that is called a mistake. ``is_new``: there was none open for it before."""

    incident: str
    is_new: bool


class PasswordAt(BaseModel):
    """Where one recipient's password is. ``leaves_at``: when it goes by itself."""

    position: int
    channel: Channel
    state: str
    leaves_at: datetime | None


class Parcel(BaseModel):
    """A protected content. Its password is shown by an act of its own."""

    parcel_id: str
    mode: Mode
    created_at: datetime
    file_name: str
    items: int
    has_password: bool
    passwords: list[PasswordAt]

    @classmethod
    def of(cls, one: ListedParcel) -> Parcel:
        """A parcel of a mail."""
        return cls(
            parcel_id=one.parcel.parcel_id,
            mode=one.parcel.mode,
            created_at=one.parcel.created_at,
            file_name=one.manifest.outer_name,
            items=len(one.manifest.items),
            has_password=one.parcel.has_password,
            passwords=[
                PasswordAt(
                    position=member.telling.position,
                    channel=member.telling.channel,
                    state=member.telling.state.value,
                    leaves_at=member.leaves_at,
                )
                for member in one.members
            ],
        )


class Parcels(BaseModel):
    """The parcels of a mail."""

    parcels: list[Parcel]


class Password(BaseModel):
    """A parcel's password; null once it was destroyed. That it was shown is on record."""

    password: str | None


class PasswordsMoved(BaseModel):
    """Which passwords an act was for. ``too_late``: they had gone. ``is_destroyed``: nobody has it now."""

    positions: list[int]
    too_late: list[int] = []
    is_destroyed: bool = False
