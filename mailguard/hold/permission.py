"""Who may do what with one mail: the one place that answers. Pure, from values.

It says what somebody may, not what is possible now: works are guarded by the state they expect. Ask it for the
recipients that are meant, since each may need somebody else.

* Whose mail it is: theirs, and that of shared mailboxes they look after. It is theirs to see, mend, take back, and to
  send unless the rules need somebody else.
* Others' mail is seen by roles and approvers only, and only after a second factor.
* A role never counts for one's own mail: what needs an approver or an administrator then needs another one.
* What mailguard wrote itself is read by nobody here: a code in it would let its reader in as somebody else.
* The administrator reads no mail, and is the one besides the officers who may send what nobody could look into.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailguard.errors import NotAllowed
from mailguard.model.people import Right, Viewer
from mailguard.model.verdict import Needs, Verdict


class MailAct(StrEnum):
    """What can be done with a mail. Each is allowed by itself."""

    SEE = "see"
    """State, reasons, recipients and names of files; masked findings."""
    READ_CONTENT = "read_content"
    SEND = "send"
    """Release what is held, now or at a time."""
    WAIVE = "waive"
    """Release it without what the rules want done first."""
    CANCEL = "cancel"
    EXTEND = "extend"
    MEND = "mend"
    MEND_RECIPIENTS = "mend_recipients"
    """Take recipients off, or have them not see each other: what a bearer of a link may mend."""
    RESTORE = "restore"
    APPROVE = "approve"
    SHOW_PASSWORD = "show_password"  # noqa: S105  an act, no password
    STOP_PASSWORD = "stop_password"  # noqa: S105
    RETURN_DRAFT = "return_draft"
    REPORT_MISTAKE = "report_mistake"
    DOWNLOAD = "download"
    OPERATE = "operate"
    """Retry, bounce and take back mail on its way."""


@dataclass(frozen=True, slots=True)
class MailFacts:
    """What counts about a mail. ``owner`` in comparable form; ``department``: the owner's, "" where there is none.

    ``is_approver``: whether the viewer is among those who may approve it now (``accounts.approvers``). ``is_ours``:
    mailguard wrote it (``spool.reports.is_own``); codes, links and passwords stand in such mail.
    """

    owner: str
    department: str
    is_approver: bool = False
    is_ours: bool = False


Verdicts = Sequence[Verdict | None]
"""Of the recipients that are meant. None: nobody looked at the mail yet."""

_OF_OWNER = frozenset(MailAct) - {MailAct.SEND, MailAct.WAIVE, MailAct.APPROVE, MailAct.OPERATE}
_BY_LINK = frozenset({MailAct.SEE, MailAct.CANCEL, MailAct.EXTEND, MailAct.MEND_RECIPIENTS})
_OF_APPROVER = frozenset({MailAct.SEE, MailAct.READ_CONTENT, MailAct.REPORT_MISTAKE})
_OF_RIGHT = {
    Right.SEE_MAIL: frozenset({MailAct.SEE}),
    # Who only runs the system sees lists; what went wrong is said by whose mail it is, and by who works on incidents.
    Right.HANDLE_CASE: frozenset({MailAct.REPORT_MISTAKE}),
    Right.READ_CONTENT: frozenset({MailAct.READ_CONTENT}),
    Right.CANCEL: frozenset({MailAct.CANCEL, MailAct.EXTEND, MailAct.STOP_PASSWORD}),
    # What comes back goes by itself when its time is over.
    Right.RELEASE: frozenset({MailAct.RESTORE}),
    Right.DOWNLOAD: frozenset({MailAct.DOWNLOAD}),
    Right.OPERATE_QUEUE: frozenset({MailAct.OPERATE}),
}
_CONTENT = frozenset({MailAct.READ_CONTENT, MailAct.DOWNLOAD, MailAct.RETURN_DRAFT})
_WITHOUT_ANYBODY = frozenset({Needs.TIMER, Needs.SENDER})


def allowed(viewer: Viewer, mail: MailFacts, verdicts: Verdicts) -> frozenset[MailAct]:
    """What somebody signed in may do with these recipients of a mail."""
    acts: set[MailAct] = set(_OF_OWNER) if viewer.owns(mail.owner) else set()
    if viewer.has_second_factor and not viewer.person.is_disabled:
        acts |= _by_office(viewer, mail, verdicts)
    if _may_send(viewer, mail, verdicts):
        acts.add(MailAct.SEND)
        if _may_waive(viewer, mail, verdicts):
            acts.add(MailAct.WAIVE)
    return frozenset(acts) - _CONTENT if mail.is_ours else frozenset(acts)


def allowed_by_link(verdicts: Verdicts) -> frozenset[MailAct]:
    """What a bearer of a notice's link may do: decide about this one mail, without content and passwords."""
    sends = verdicts and all(one is not None and one.needs in _WITHOUT_ANYBODY for one in verdicts)
    return _BY_LINK | {MailAct.SEND} if sends else _BY_LINK


def assure(act: MailAct, acts: frozenset[MailAct]) -> None:
    """Raises ``NotAllowed`` where the act is not among those."""
    if act not in acts:
        raise NotAllowed(f"may not {act.value}")


def _by_office(viewer: Viewer, mail: MailFacts, verdicts: Verdicts) -> set[MailAct]:
    acts: set[MailAct] = set()
    for right, gives in _OF_RIGHT.items():
        if viewer.has(right, mail.department):
            acts |= gives
    if mail.is_approver:
        acts |= _OF_APPROVER
        if _may_approve(viewer, mail, verdicts):
            acts.add(MailAct.APPROVE)
    return acts


def _may_approve(viewer: Viewer, mail: MailFacts, verdicts: Verdicts) -> bool:
    wanting = [one for one in verdicts if one is not None and one.needs is Needs.APPROVER]
    return bool(wanting) and (not viewer.owns(mail.owner) or all(one.approval.own for one in wanting))


def _may_send(viewer: Viewer, mail: MailFacts, verdicts: Verdicts) -> bool:
    """Every one of them: what cannot be sent whole is sent in part, which the caller asks for."""
    return bool(verdicts) and all(_may_send_one(viewer, mail, one) for one in verdicts)


def _may_send_one(viewer: Viewer, mail: MailFacts, verdict: Verdict | None) -> bool:
    is_own = viewer.owns(mail.owner)
    if is_own:
        return verdict is not None and verdict.needs in _WITHOUT_ANYBODY
    if verdict is None or verdict.needs is Needs.ADMINISTRATOR:
        return viewer.has(Right.RELEASE, mail.department) or viewer.has(Right.OPERATE_QUEUE, mail.department)
    if verdict.needs is Needs.APPROVER and verdict.approval.count > 1:
        # Four eyes: nobody's role makes it two people.
        return False
    return viewer.has(Right.RELEASE, mail.department)


def _may_waive(viewer: Viewer, mail: MailFacts, verdicts: Verdicts) -> bool:
    return all(one is not None and _may_waive_one(viewer, mail, one) for one in verdicts)


def _may_waive_one(viewer: Viewer, mail: MailFacts, verdict: Verdict) -> bool:
    if not verdict.obligations:
        return True
    if verdict.waiver is None:
        return False
    return verdict.waiver in _WITHOUT_ANYBODY or (
        not viewer.owns(mail.owner) and viewer.has(Right.RELEASE, mail.department)
    )
