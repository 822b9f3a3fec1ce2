"""Who may do what with a mail, as a table: every kind of person, every kind of hold, every act."""

from __future__ import annotations

import itertools

import pytest

from mailguard.errors import NotAllowed
from mailguard.hold.permission import MailAct, MailFacts, allowed, allowed_by_link, assure
from mailguard.model.approval import Approval, ApproverKind
from mailguard.model.people import Grant, Person, Role, Viewer
from mailguard.model.verdict import Action, Needs, Obligation, Verdict

TANAKA, ABE = "tanaka@example.jp", "abe@example.jp"
SALES, GENERAL = "営業", "総務"
S, R, SEND, W, C, X, M, MR, U = (
    MailAct.SEE,
    MailAct.READ_CONTENT,
    MailAct.SEND,
    MailAct.WAIVE,
    MailAct.CANCEL,
    MailAct.EXTEND,
    MailAct.MEND,
    MailAct.MEND_RECIPIENTS,
    MailAct.RESTORE,
)
A, SHOW, STOP, D, MISTAKE, DOWN, OP = (
    MailAct.APPROVE,
    MailAct.SHOW_PASSWORD,
    MailAct.STOP_PASSWORD,
    MailAct.RETURN_DRAFT,
    MailAct.REPORT_MISTAKE,
    MailAct.DOWNLOAD,
    MailAct.OPERATE,
)
OWN = frozenset({S, R, C, X, M, MR, U, SHOW, STOP, D, MISTAKE, DOWN})
OFFICER = frozenset({S, R, C, X, U, STOP, MISTAKE, DOWN})
ADMINISTRATOR = frozenset({S, C, X, STOP, OP})
APPROVER = frozenset({S, R, MISTAKE})
LINK = frozenset({S, C, X, MR})
NOTHING = frozenset[MailAct]()
GO = frozenset({SEND, W})
FOUR_EYES = Approval((ApproverKind.OFFICER,), count=2)
OWN_TOO = Approval((ApproverKind.OFFICER,), own=True)


def viewer(*grants: Grant, address: str = ABE, factor: bool = True, disabled: bool = False, more: str = "") -> Viewer:
    person = Person(address, grants=grants, is_disabled=disabled)
    return Viewer(person, frozenset({address, *([more] if more else [])}), has_second_factor=factor)


def verdict(needs: Needs, approval: Approval | None = None) -> Verdict:
    found = Verdict(Action.HOLD, ("rule",), "test", needs=needs)
    return found if approval is None else Verdict(Action.HOLD, ("rule",), "test", needs=needs, approval=approval)


OFFICE_OFFICER = Grant(Role.SECURITY_OFFICER)
SALES_OFFICER, OTHER_OFFICER = Grant(Role.DEPARTMENT_OFFICER, SALES), Grant(Role.DEPARTMENT_OFFICER, GENERAL)
RUNS_IT = Grant(Role.ADMINISTRATOR)
NEEDS = {
    "timer": verdict(Needs.TIMER),
    "sender": verdict(Needs.SENDER),
    "approver": verdict(Needs.APPROVER),
    "four eyes": verdict(Needs.APPROVER, FOUR_EYES),
    "own too": verdict(Needs.APPROVER, OWN_TOO),
    "administrator": verdict(Needs.ADMINISTRATOR),
    "nobody looked": None,
}
ROUTINE = {"timer", "sender"}
ONE_WORD = {"approver", "own too"}
LAST = {"administrator"}
UNSEEN = {"nobody looked"}
WAITING = {"approver", "four eyes", "own too"}

PEOPLE: dict[str, tuple[Viewer, bool, frozenset[MailAct], set[str], set[str]]] = {
    # Who: the viewer, whether an approver of the mail, what is always theirs, holds they send, holds they approve.
    "owner": (viewer(address=TANAKA), False, OWN, ROUTINE, set()),
    "owner with one factor": (viewer(address=TANAKA, factor=False), False, OWN, ROUTINE, set()),
    "disabled owner": (viewer(address=TANAKA, disabled=True), False, OWN, ROUTINE, set()),
    "delegate": (viewer(more=TANAKA, factor=False), False, OWN, ROUTINE, set()),
    "owner who is an approver": (viewer(address=TANAKA), True, OWN, ROUTINE, {"own too"}),
    "owner who is an officer": (viewer(OFFICE_OFFICER, address=TANAKA), True, OWN, ROUTINE, {"own too"}),
    "owner who runs it": (viewer(RUNS_IT, address=TANAKA), False, OWN | {OP}, ROUTINE, set()),
    "somebody": (viewer(), False, NOTHING, set(), set()),
    "approver": (viewer(), True, APPROVER, set(), WAITING),
    "approver with one factor": (viewer(factor=False), True, NOTHING, set(), set()),
    "disabled approver": (viewer(disabled=True), True, NOTHING, set(), set()),
    "security officer": (viewer(OFFICE_OFFICER), False, OFFICER, ROUTINE | ONE_WORD | LAST | UNSEEN, set()),
    "security officer with one factor": (viewer(OFFICE_OFFICER, factor=False), True, NOTHING, set(), set()),
    "department officer": (viewer(SALES_OFFICER), True, OFFICER, ROUTINE | ONE_WORD | LAST | UNSEEN, WAITING),
    "officer elsewhere": (viewer(OTHER_OFFICER), False, NOTHING, set(), set()),
    "administrator": (viewer(RUNS_IT), False, ADMINISTRATOR, LAST | UNSEEN, set()),
    "administrator with one factor": (viewer(RUNS_IT, factor=False), False, NOTHING, set(), set()),
    "disabled administrator": (viewer(RUNS_IT, disabled=True), False, NOTHING, set(), set()),
}


@pytest.mark.parametrize(("who", "needs"), list(itertools.product(PEOPLE, NEEDS)))
def test_person_may_exactly_what_the_table_says(who: str, needs: str) -> None:
    """Nobody may more, and nobody less, whatever ends the hold."""
    person, is_approver, always, sends, approves = PEOPLE[who]
    expected = set(always)
    if needs in sends:
        expected |= GO if NEEDS[needs] is not None else {SEND}
    if needs in approves:
        expected.add(A)

    assert expected == allowed(person, MailFacts(TANAKA, SALES, is_approver), [NEEDS[needs]])


@pytest.mark.parametrize("needs", NEEDS)
def test_bearer_of_a_link_decides_and_sees_no_content(needs: str) -> None:
    """A forwarded notice gives away no text, no file and no password, and sends only what its sender may send."""
    assert LINK | ({SEND} if needs in ROUTINE else set()) == allowed_by_link([NEEDS[needs]])


def test_mail_is_sent_only_where_every_recipient_may_be() -> None:
    """One recipient who needs an approver is not sent along with the others."""
    mail, owner = MailFacts(TANAKA, SALES), viewer(address=TANAKA)
    both = [NEEDS["timer"], NEEDS["approver"]]

    assert SEND not in allowed(owner, mail, both) | allowed_by_link(both)
    assert SEND not in allowed(owner, mail, []) | allowed_by_link([])


WAIVERS = [
    pytest.param(Needs.SENDER, "owner", True, id="the sender"),
    pytest.param(Needs.APPROVER, "owner", False, id="an approver, asked of the sender"),
    pytest.param(Needs.APPROVER, "owner who is an officer", False, id="an approver, of an own mail"),
    pytest.param(Needs.APPROVER, "department officer", True, id="an approver"),
    pytest.param(None, "security officer", False, id="nobody"),
]


@pytest.mark.parametrize(("waiver", "who", "may"), WAIVERS)
def test_obligations_are_waived_by_whom_the_rules_name(waiver: Needs | None, who: str, may: bool) -> None:
    """Who may send a mail may not always send it without what must be done first."""
    held = Verdict(
        Action.HOLD, ("a",), "v", needs=Needs.SENDER, obligations=frozenset({Obligation.PROTECT}), waiver=waiver
    )
    acts = allowed(PEOPLE[who][0], MailFacts(TANAKA, SALES), [held])

    assert (True, may) == (SEND in acts, W in acts)


def test_mail_of_nobodys_department_is_no_department_officers() -> None:
    """A mailbox without a department belongs to no officer of a department, not even of one without a name."""
    acts = allowed(viewer(Grant(Role.DEPARTMENT_OFFICER, "")), MailFacts(TANAKA, ""), [NEEDS["timer"]])

    assert NOTHING == acts


def test_act_that_is_not_allowed_is_refused() -> None:
    """Whoever asks for what is not theirs hears a refusal."""
    assure(SEND, GO)
    with pytest.raises(NotAllowed):
        assure(C, GO)


@pytest.mark.parametrize("needs", NEEDS)
@pytest.mark.parametrize("who", PEOPLE)
def test_mail_of_our_own_is_read_by_nobody(who: str, needs: str) -> None:
    """My code and my password are not read by an officer, by whoever looks after a mailbox, or by anybody."""
    person, mail = PEOPLE[who][0], MailFacts(TANAKA, SALES, is_approver=True)
    acts = allowed(person, mail, [NEEDS[needs]])
    ours = allowed(person, MailFacts(TANAKA, SALES, is_approver=True, is_ours=True), [NEEDS[needs]])

    assert acts - ours <= {R, DOWN, D}
    assert not ours & {R, DOWN, D}
