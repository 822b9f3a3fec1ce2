"""Every route, asked by everybody: who is let in stands in one table, and a route without a line in it fails.

Whoever is not let in is told that, or that there is nothing, and changes nothing: every table of the database is
compared. What is only looked at changes nothing either, whoever looks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from sqlalchemy import Connection, select

from mailguard.accounts.factors import Factor
from mailguard.accounts.people_administration import disable
from mailguard.model.people import RIGHTS, Right, Role
from mailguard.model.verdict import Needs
from mailguard.store import Store
from mailguard.store.people_tables import METADATA
from tests.conformance.api_parts import (
    ADMINISTRATOR,
    COLLEAGUE,
    MANAGER,
    OFFICER,
    OWNER,
    SECURITY,
    SETUP,
    holds_for,
    staff,
    token_of,
)
from tests.conformance.hold_parts import NOWHERE, A, MakeNode, Node
from tests.conformance.web_office import HOST, PHONE, WebOffice
from tests.conformance.web_routes import Asked, routes_of

DISABLED = "ueda@office.example.jp"
PEOPLE = {
    "owner": OWNER,
    "colleague": COLLEAGUE,
    "manager": MANAGER,
    "officer": OFFICER,
    "security": SECURITY,
    "administrator": ADMINISTRATOR,
    "disabled": DISABLED,
}
ROLES = {
    "officer": Role.DEPARTMENT_OFFICER,
    "security": Role.SECURITY_OFFICER,
    "administrator": Role.ADMINISTRATOR,
}
STRONG = "+2"
"""Behind a name: with a second factor, or for a token, with every right its person may give it."""
NOBODY = "nobody"
EVERY = frozenset({NOBODY, *(name + more for name in PEOPLE for more in ("", STRONG))})
SIGNED_IN = frozenset(one for one in EVERY if one != NOBODY and not one.startswith("disabled"))
NONE: frozenset[str] = frozenset()


def having(right: Right) -> frozenset[str]:
    """Those whose role has it, with two things proved."""
    return frozenset(name + STRONG for name, role in ROLES.items() if right in RIGHTS[role])


def office_wide(right: Right) -> frozenset[str]:
    """The same without those who have it for one department."""
    return having(right) - {"officer" + STRONG}


OWNS = frozenset({"owner", "owner" + STRONG})
APPROVES = frozenset({"manager" + STRONG, "officer" + STRONG})
"""Of a mail that waits for the manager or an officer."""
SEES = OWNS | APPROVES | having(Right.SEE_MAIL)
REPORTS = OWNS | APPROVES | having(Right.HANDLE_CASE)
READS = OWNS | APPROVES | having(Right.READ_CONTENT)
CANCELS = OWNS | having(Right.CANCEL)
OPERATES = having(Right.OPERATE_QUEUE)
SENDS = having(Right.RELEASE)
DECIDES = APPROVES | {"security" + STRONG}
"""A security officer approves as an officer does."""


@dataclass(frozen=True)
class Line:
    """Who is let in. ``is_empty``: what the path names is not there, so nobody finds anything."""

    who: frozenset[str]
    is_empty: bool = False


def _lines(who: frozenset[str], *asked: str, is_empty: bool = False) -> dict[Asked, Line]:
    return {Asked(*one.split(" ")): Line(who, is_empty) for one in asked}


PEOPLE_ACTS = ("change", "delegates", "roles", "second-factor", "sessions", "state")
MAIL, API = "/mails/{queue_id}", "/api/v1/mails/{queue_id}"
TABLE: dict[Asked, Line] = {
    # -- for everybody, signed in or not
    **_lines(EVERY, "GET /sign-in", "GET /events", "GET /healthz", "POST /language", "POST /sign-in/code"),
    # What needs a sign-in under way, a setting or a monitor's network finds nothing here.
    **_lines(
        EVERY, "GET /sign-in/link/{link}", "GET /sign-in/step", "GET /sign-in/code", "POST /sign-in/code/check",
        "POST /sign-in/link/{link}", "POST /sign-in/passkey", "POST /sign-in/passkey/options", "POST /sign-in/step",
        "POST /sign-out", "POST /sign-in/password", "GET /sign-in/oidc", "POST /sign-in/oidc", "GET /metrics",
        "POST /sign-in/oidc/begin", "GET /readyz", "MOUNT /static", "GET /static/{digest}/{name}", is_empty=True,
    ),
    # -- the link of a notice is its own key
    **_lines(
        EVERY, "GET /m/{token}", "POST /m/{token}/cancel", "POST /m/{token}/extend", "POST /m/{token}/remove",
        "POST /m/{token}/stop",
    ),
    **_lines(EVERY, "POST /m/{token}/fix", is_empty=True),
    # It sends nothing that needs an approver.
    **_lines(NONE, "POST /m/{token}/send"),
    # -- one's own
    **_lines(
        SIGNED_IN,
        "GET /", "GET /mails", "GET /approvals", "GET /approvals/number", "GET /deputies", "GET /my-sign-in",
        "GET /my-tokens",
        "GET /my-tokens/openapi.json", "GET /sign-in/second-factor", "POST /sign-in/second-factor", "POST /my-tokens",
        "POST /my-sign-in/app", "POST /my-sign-in/app/confirm", "POST /my-sign-in/language",
        "POST /my-sign-in/sessions/end-others", "POST /mails/together",
        "POST /my-sign-in/app/remove", "POST /my-sign-in/passkeys/options", "POST /my-sign-in/passkeys",
    ),
    **_lines(
        SIGNED_IN,
        "POST /my-tokens/{token_id}/revoke", "POST /my-sign-in/sessions/{session_id}/end",
        "POST /my-sign-in/passkeys/{passkey_id}/remove", "POST /my-sign-in/passkeys/{passkey_id}/rename",
        "POST /deputies",
        "POST /deputies/remove", "POST /my-sign-in/password", "POST /my-sign-in/app/codes", is_empty=True,
    ),
    # -- one mail
    **_lines(SEES, f"GET {MAIL}"),
    **_lines(REPORTS, f"POST {MAIL}/mistake"),
    **_lines(SEES, f"GET {MAIL}/changed/{{number}}", is_empty=True),
    **_lines(READS, f"GET {MAIL}/content", f"POST {MAIL}/content"),
    **_lines(READS, f"GET {MAIL}/page", f"GET {MAIL}/files/{{path}}", f"POST {MAIL}/files/{{path}}", is_empty=True),
    **_lines(OWNS, f"GET {MAIL}/mend", f"POST {MAIL}/mend", f"POST {MAIL}/fix", f"POST {MAIL}/return"),
    **_lines(CANCELS, *(f"POST {MAIL}/{act}" for act in ("cancel", "extend", "stop"))),
    **_lines(SENDS, f"POST {MAIL}/send"),
    # What comes back goes by itself when its time is over.
    **_lines(OWNS | SENDS, f"POST {MAIL}/restore"),
    **_lines(DECIDES, f"POST {MAIL}/approval"),
    **_lines(OPERATES, *(f"POST {MAIL}/{act}" for act in ("retry", "give-up", "take-back"))),
    **_lines(OWNS, *(f"POST {MAIL}/passwords/{act}" for act in ("show", "release", "reroute")), is_empty=True),
    **_lines(CANCELS, f"POST {MAIL}/passwords/stop", is_empty=True),
    # -- the office
    **_lines(having(Right.SEE_MAIL), "GET /office/mails", "POST /office/mails/together"),
    **_lines(having(Right.SEE_POLICY), "GET /rules", "GET /rules/history", "GET /rules/exceptions"),
    **_lines(
        having(Right.CHANGE_POLICY), "GET /rules/trial", "POST /rules", "POST /rules/discard", "POST /rules/tidy",
        "POST /rules/trial", "POST /rules/trial/end", "POST /rules/trial/save", "POST /rules/exceptions",
        "POST /rules/exceptions/end",
    ),
    **_lines(having(Right.CHANGE_POLICY), "POST /rules/history/{number}/revert", is_empty=True),
    **_lines(having(Right.SEE_MAIL), "GET /office"),
    **_lines(having(Right.SEE_SYSTEM), "GET /office/system"),
    **_lines(having(Right.SEE_AUDIT), "GET /office/audit", "GET /office/audit.csv"),
    **_lines(
        having(Right.MANAGE_PEOPLE), "GET /office/people", "GET /office/people.csv", "GET /office/accounts",
        *(f"POST /office/people/{act}" for act in ("add", "import")),
        *(f"POST /office/accounts/{act}" for act in ("add",)),
    ),
    **_lines(
        having(Right.MANAGE_PEOPLE), "GET /office/people/of",
        *(f"POST /office/people/{act}" for act in PEOPLE_ACTS),
        *(f"POST /office/accounts/{act}" for act in ("grants", "password", "state")), is_empty=True,
    ),
    **_lines(having(Right.MANAGE_DEVICES), "GET /office/devices", "POST /office/devices/put"),
    **_lines(
        having(Right.MANAGE_DEVICES), "GET /office/devices/of", "POST /office/devices/remove",
        "POST /office/devices/state", is_empty=True,
    ),
    **_lines(
        having(Right.MANAGE_CORRESPONDENTS), "GET /office/correspondents", "GET /office/correspondents.csv",
        *(f"POST /office/correspondents/{act}" for act in ("agree", "forget", "import", "note", "withdraw")),
    ),
    **_lines(
        having(Right.MANAGE_CORRESPONDENTS), "GET /office/correspondents/of", "POST /office/correspondents/unknow",
        is_empty=True,
    ),
    # -- incidents
    **_lines(
        SIGNED_IN, "GET /incidents/open", "POST /incidents/open", "GET /incidents/contacts", "GET /incidents/procedure"
    ),
    **_lines(
        having(Right.HANDLE_CASE), "GET /incidents/{incident_id}/steps", "POST /incidents/{incident_id}/steps",
        is_empty=True,
    ),
    **_lines(having(Right.HANDLE_CASE), "GET /incidents", "GET /incidents/drill", "POST /incidents/drill"),
    **_lines(office_wide(Right.HANDLE_CASE), "GET /incidents/report", "GET /incidents/report.csv"),
    **_lines(office_wide(Right.HANDLE_CASE) & office_wide(Right.READ_CONTENT), "POST /incidents/report/names"),
    **_lines(
        having(Right.HANDLE_CASE), "GET /incidents/{incident_id}", "GET /incidents/from/{queue_id}",
        "POST /incidents/{incident_id}/note", "POST /incidents/{incident_id}/change",
        "POST /incidents/{incident_id}/known-at", "POST /incidents/{incident_id}/key", is_empty=True,
    ),
    **_lines(
        having(Right.HANDLE_CASE), "GET /incidents/{incident_id}/evidence",
        "POST /incidents/{incident_id}/evidence/check", "POST /incidents/{incident_id}/evidence/export",
        "GET /incidents/{incident_id}/look-back", "POST /incidents/{incident_id}/look-back",
        "GET /incidents/{incident_id}/scope", "POST /incidents/{incident_id}/scope/count",
        "POST /incidents/{incident_id}/scope/names", "POST /incidents/{incident_id}/scope/wrong",
        "POST /incidents/{incident_id}/scope/correct", "GET /incidents/{incident_id}/triage",
        "POST /incidents/{incident_id}/triage", "POST /incidents/{incident_id}/triage/decide",
        "GET /incidents/{incident_id}/prevention", "POST /incidents/{incident_id}/prevention",
        "POST /incidents/{incident_id}/prevention/draft", is_empty=True,
    ),
    **_lines(
        having(Right.HANDLE_CASE), "GET /incidents/{incident_id}/deletion",
        "POST /incidents/{incident_id}/deletion/open",
        "POST /incidents/{incident_id}/deletion/answer", "GET /incidents/{incident_id}/documents",
        "GET /incidents/{incident_id}/documents/{name}", "POST /incidents/{incident_id}/documents/{name}",
        *(f"POST /incidents/{{incident_id}}/documents/{{name}}/{act}" for act in ("open", "release", "outside")),
        is_empty=True,
    ),
    # Whoever has the link of a letter; here it is none of ours.
    **_lines(EVERY, "GET /answer/{token}", "POST /answer/{token}", is_empty=True),
    # -- programs
    **_lines(SIGNED_IN, "GET /api/v1/mails", "GET /api/v1/openapi.json"),
    **_lines(SEES, f"GET {API}"),
    **_lines(REPORTS, f"POST {API}/report-mistake"),
    **_lines(CANCELS, f"GET {API}/parcels", *(f"POST {API}/{act}" for act in ("cancel", "extend"))),
    **_lines(OWNS | SENDS, f"POST {API}/restore"),
    **_lines(OWNS, f"POST {API}/mend", f"POST {API}/return-draft"),
    **_lines(SENDS, f"POST {API}/send", f"POST {API}/schedule"),
    **_lines(DECIDES, f"POST {API}/approve", f"POST {API}/disapprove"),
    **_lines(OPERATES, *(f"POST {API}/{act}" for act in ("retry", "bounce", "take-back"))),
    **_lines(
        OWNS, f"POST {API}/parcels/{{parcel_id}}/show-password", f"POST {API}/passwords/release",
        f"POST {API}/passwords/reroute", is_empty=True,
    ),
    **_lines(CANCELS, f"POST {API}/passwords/stop", is_empty=True),
    **_lines(office_wide(Right.MANAGE_PEOPLE), "GET /api/v1/people"),
    **_lines(office_wide(Right.MANAGE_DEVICES), "GET /api/v1/devices"),
    **_lines(office_wide(Right.MANAGE_CORRESPONDENTS), "GET /api/v1/correspondents"),
    **_lines(having(Right.SEE_POLICY), "GET /api/v1/policy"),
}  # fmt: skip

FORM: dict[str, Any] = {
    "judgement": "1", "position": "0", "reason": "a reason", "note": "a note", "purpose": "a purpose",
    "organisation": "customer", "minutes": "10", "code": "000000", "address": "ito@office.example.jp",
    "person": "ito@office.example.jp", "name": "ito", "days": "30", "said": "no", "language": "en",
}  # fmt: skip
ANSWERS = {"typed": ["customer"]}
BODIES: dict[str, dict[str, Any]] = {
    "send": {"judgement": 1, "answers": ANSWERS},
    "schedule": {"judgement": 1, "answers": ANSWERS, "at": "2026-12-01T10:00:00+09:00"},
    "extend": {"seconds": 600},
    "mend": {"subject": "another"},
    "approve": {"judgement": 1},
    "disapprove": {"judgement": 1, "note": "a note"},
    "reroute": {"channel": "to_sender"},
}
SEEN = {"web_session": {"seen_at"}, "api_token": {"used_at"}}
"""What a request alone changes: when somebody was last there."""


def everything(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for who was last seen when."""
    found = {}
    for table in METADATA.sorted_tables:
        columns = [one for one in table.c if one.name not in SEEN.get(table.name, ())]
        found[table.name] = sorted((tuple(row) for row in connection.execute(select(*columns))), key=repr)
    return found


def is_let_in(answer: httpx2.Response) -> bool:
    """Whether somebody was: neither refused, nor sent to prove who they are."""
    location = answer.headers.get("location", "")
    is_sent_away = location.startswith(("/sign-in?", "/sign-in/second-factor?")) or location in (
        "/sign-in",
        "/sign-in/second-factor",
    )
    return answer.status_code not in (401, 403, 404) and not (answer.status_code == 303 and is_sent_away)


def is_right(line: Line, asked: Asked, answer: httpx2.Response, *, is_meant: bool) -> bool:
    """Whether an answer is as the line says. A form that does nothing may answer in words whoever sent it."""
    if is_meant:
        return line.is_empty or is_let_in(answer)
    is_page = asked.method == "GET" or asked.path.startswith("/api/")
    return not is_let_in(answer) if is_page else answer.status_code != 200


@dataclass
class Walk:
    """The office that is walked through, and a mail that waits for an approver."""

    office: WebOffice
    node: Node
    tokens: dict[str, str] = field(default_factory=dict)
    queue_id: str = ""
    revision: int = 0
    link: str = ""
    ended: str = ""
    """The session of somebody who was disabled since."""

    async def prepare(self) -> None:
        """People, and their tokens."""
        await staff(self.office)
        for name, address in PEOPLE.items():
            self.tokens[name] = await token_of(self.office, address)
            rights = {*RIGHTS.get(ROLES.get(name, Role.STAFF), ()), Right.APPROVE}
            self.tokens[name + STRONG] = await token_of(self.office, address, rights)
        sessions = self.office.parts.sign_in.sessions
        self.ended = await sessions.open(DISABLED, (Factor.MAILBOX, Factor.TOTP), PHONE, "Example Browser")
        await self.store.write(disable(self.office.settings.office, DISABLED, SETUP))

    async def fresh(self) -> None:
        """Another mail of the owner, with a link to it."""
        self.queue_id = await self.node.held(A)
        self.revision = (await self.node.recipient(self.queue_id)).revision
        links = self.office.parts.sign_in.links
        self.link = await self.store.write(lambda transaction: links.make(transaction, self.queue_id, OWNER))

    @property
    def store(self) -> Store:
        """The database."""
        return self.office.parts.store

    def path_of(self, asked: Asked) -> str:
        """The path with the mail's id, and with something that is not there for every other id."""
        path = asked.path.replace("{queue_id}", self.queue_id)
        if path.startswith("/m/"):
            path = path.replace("{token}", self.link)
        for part in asked.path.split("/"):
            if part.startswith("{"):
                path = path.replace(part, "1" if part in ("{number}", "{path}") else "nothing")
        return path

    @asynccontextmanager
    async def client(self, asked: Asked, who: str) -> AsyncIterator[httpx2.AsyncClient]:
        """Somebody's browser; for what programs ask, somebody's program."""
        name = who.removesuffix(STRONG)
        if who == NOBODY:
            client = self.office.client()
        elif asked.path.startswith("/api/"):
            client = self.office.client(authorization=f"Bearer {self.tokens[who]}")
        elif name == "disabled":
            client = self.office.client()
            client.cookies.set("__Host-mailguard", self.ended, domain=HOST)
        else:
            factors = (Factor.MAILBOX, Factor.TOTP) if who.endswith(STRONG) else (Factor.MAILBOX,)
            client = await self.office.signed_in(PEOPLE[name], factors)
        async with client:
            yield client

    async def ask(self, client: httpx2.AsyncClient, asked: Asked) -> httpx2.Response:
        """One request, with everything in it that any form or program could send."""
        path = self.path_of(asked)
        if asked.path == "/events":
            # What is let in there streams for minutes.
            return await client.head(path)
        if asked.method == "GET":
            return await client.get(path)
        if asked.path.startswith("/api/"):
            return await client.post(path, json=BODIES.get(path.rpartition("/")[2], {}))
        return await client.post(path, data=FORM)

    async def refused(self, asked: Asked) -> list[str]:
        """What is wrong with the answers for whom it is not for: together they change nothing."""
        line, wrong = TABLE[asked], []
        async with AsyncExitStack() as stack:
            strangers = sorted(EVERY - line.who)
            clients = {who: await stack.enter_async_context(self.client(asked, who)) for who in strangers}
            before = await self.store.read(everything)
            for who, client in clients.items():
                answer = await self.ask(client, asked)
                if answer.status_code >= 500 or not is_right(line, asked, answer, is_meant=False):
                    wrong.append(told(asked, who, answer))
            after = await self.store.read(everything)
        changed = [name for name in before if before[name] != after[name]]
        return wrong + ([f"{asked.method} {asked.path}: a stranger changed {changed}"] if changed else [])

    async def let_in(self, asked: Asked) -> list[str]:
        """What is wrong with the answers for whom it is for."""
        line, wrong = TABLE[asked], []
        for who in sorted(line.who):
            async with self.client(asked, who) as client:
                answer = await self.ask(client, asked)
            if answer.status_code >= 500 or not is_right(line, asked, answer, is_meant=True):
                wrong.append(told(asked, who, answer))
            if "{" in asked.path and await self.is_other():
                await self.fresh()
        return wrong

    async def is_other(self) -> bool:
        """Whether something has happened to the mail."""
        (recipient,) = (await self.node.mail(self.queue_id)).recipients[:1]
        return recipient.revision != self.revision


def told(asked: Asked, who: str, answer: httpx2.Response) -> str:
    """An answer in a line."""
    return f"{asked.method} {asked.path} {who}: {answer.status_code} {answer.headers.get('location', '')}"


async def walk_of(office: WebOffice, make_node: MakeNode) -> Walk:
    """A walk that can begin."""
    walk = Walk(office, make_node(NOWHERE, judge=holds_for(Needs.APPROVER)))
    await walk.prepare()
    await walk.fresh()
    return walk


def known(routes: Iterable[Asked]) -> list[Asked]:
    """Those with a line, and without streams and files."""
    return [one for one in routes if one in TABLE and one.method != "MOUNT"]


def test_every_route_has_a_line(web_office: WebOffice) -> None:
    """Whoever adds a page says whom it is for."""
    missing = [f"{one.method} {one.path}" for one in routes_of(web_office.app.routes) if one not in TABLE]

    assert [] == missing


AREAS = ("/api/", "/m/", "/mails/{", "/my-", "/office", "/rules", "/sign", "/")
"""Parts of the walk; the last has what none before it has."""


@pytest.mark.parametrize("area", AREAS)
async def test_every_route_lets_in_whom_it_is_for(web_office: WebOffice, make_node: MakeNode, area: str) -> None:
    """Everybody asks for everything: nobody gets at more than the table says, and nobody at less."""
    walk = await walk_of(web_office, make_node)
    wrong: list[str] = []
    for asked in known(routes_of(web_office.app.routes)):
        if area == next(one for one in AREAS if asked.path.startswith(one)):
            wrong += await walk.refused(asked) + await walk.let_in(asked)

    assert [] == wrong


async def test_whatever_is_looked_at_stays_as_it_is(web_office: WebOffice, make_node: MakeNode) -> None:
    """GET and HEAD on every path, also those of forms, by everybody: not one row changes."""
    walk = await walk_of(web_office, make_node)
    paths = {asked.path: asked for asked in known(routes_of(web_office.app.routes))}
    changed = []
    for who in (NOBODY, "owner" + STRONG, "security" + STRONG, "administrator" + STRONG, "disabled"):
        for kind in ("/api/", "/"):
            asked_here = [one for path, one in paths.items() if path.startswith("/api/") is (kind == "/api/")]
            async with walk.client(asked_here[0], who) as client:
                before = await walk.store.read(everything)
                for asked in asked_here:
                    for method in ("HEAD",) if asked.path == "/events" else ("GET", "HEAD"):
                        await client.request(method, walk.path_of(asked))
                after = await walk.store.read(everything)
            changed += [f"{kind} {who}: {name}" for name in before if before[name] != after[name]]

    assert [] == changed
