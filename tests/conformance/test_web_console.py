"""The pages of roles: who may open them, what each act does, and what cannot be done with them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator

import httpx2
import pytest

from mailguard import audit
from mailguard.accounts.devices import devices_of
from mailguard.accounts.factors import Factor
from mailguard.accounts.people import delegates_of, person_of
from mailguard.accounts.people_administration import Particulars, grant_role, put_person
from mailguard.correspondents import learn_now
from mailguard.correspondents.overview import acquaintances
from mailguard.i18n import text
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.knowledge import Lesson
from mailguard.model.people import Grant, Role
from mailguard.store import Transaction
from mailguard.web.health import Health
from tests.conformance.web_office import SATO, WebOffice

OFFICER, ADMIN, HEAD = (f"{name}@office.example.jp" for name in ("mori", "abe", "ueda"))
BY = Actor(ActorKind.PERSON, "setup")
TWO = (Factor.PASSKEY,)
PARTNER = "tanaka@partner.example.com"
ROOMS = {
    "/office": {OFFICER, ADMIN, HEAD},
    "/office/people": {OFFICER, ADMIN},
    f"/office/people/of?address={SATO}": {OFFICER, ADMIN},
    "/office/people.csv": {OFFICER, ADMIN},
    "/office/accounts": {OFFICER, ADMIN},
    "/office/devices": {ADMIN},
    "/office/correspondents": {OFFICER, ADMIN},
    f"/office/correspondents/of?address={PARTNER}": {OFFICER, ADMIN},
    "/office/correspondents.csv": {OFFICER, ADMIN},
    "/office/system": {OFFICER, ADMIN},
    "/office/audit": {OFFICER, ADMIN},
    "/office/audit.csv": {OFFICER, ADMIN},
}


@pytest.fixture
async def console(web_office: WebOffice) -> WebOffice:
    """An office in which each role is filled."""
    store, office = web_office.parts.store, web_office.settings.office
    await store.write(put_person(office, SATO, Particulars("佐藤花子", "総務"), BY))
    for address, role, department in (
        (OFFICER, Role.SECURITY_OFFICER, ""),
        (ADMIN, Role.ADMINISTRATOR, ""),
        (HEAD, Role.DEPARTMENT_OFFICER, "総務"),
    ):
        await store.write(grant_role(office, address, role, department, BY))
    return web_office


@pytest.fixture
async def admin(console: WebOffice) -> AsyncIterator[httpx2.AsyncClient]:
    """The system administrator's browser."""
    async with await console.signed_in(ADMIN, TWO) as client:
        yield client


async def actions(console: WebOffice) -> list[AuditAction]:
    """What is on record, in order."""
    return await console.parts.store.read(lambda reader: [one.action for _, _, one in audit.all_events(reader)])


async def test_room_is_open_to_the_roles_that_need_it_and_to_nobody_else(console: WebOffice) -> None:
    """What is not for me looks as if it were not there, also to a colleague with another role."""
    found: dict[str, set[str]] = {path: set() for path in ROOMS}
    for address in (OFFICER, ADMIN, HEAD, SATO):
        async with await console.signed_in(address, TWO) as client:
            for path in ROOMS:
                answer = await client.get(path)
                assert answer.status_code in (200, 404), (path, address)
                if answer.status_code == 200:
                    found[path].add(address)

    assert found == ROOMS


async def test_room_asks_a_role_for_the_second_factor(console: WebOffice) -> None:
    """A mailbox that somebody else reads does not open the office."""
    async with await console.signed_in(ADMIN) as client:
        for path in ROOMS:
            answer = await client.get(path)
            assert (303, True) == (answer.status_code, answer.headers["location"].startswith("/sign-in/second-factor"))


async def test_home_leads_each_role_to_its_own(console: WebOffice) -> None:
    """Staff see their mail first, others what waits for them."""
    for address, expected in ((SATO, "/mails"), (OFFICER, "/office")):
        async with await console.signed_in(address, TWO) as client:
            assert expected == (await client.get("/")).headers["location"]


async def test_overview_names_only_rooms_somebody_may_enter(console: WebOffice) -> None:
    """No dead doors."""
    for address in (OFFICER, ADMIN, HEAD):
        async with await console.signed_in(address, TWO) as client:
            page = (await client.get("/office")).text
            for path in set(re.findall(r'href="(/office/[a-z]+)"', page)):
                assert (await client.get(path)).status_code == 200, (address, path)


async def test_person_is_added_changed_given_a_role_and_disabled(console: WebOffice, admin: httpx2.AsyncClient) -> None:
    """The administrator needs no command line for a new colleague."""
    new = "kato@office.example.jp"
    form = {"address": new, "name": "加藤", "department": "営業", "manager": SATO, "language": ""}

    for path, more in (
        ("add", {}),
        ("change", {"department": "総務"}),
        ("roles", {"role": "department_officer", "role_department": "総務"}),
        ("delegates", {"delegate": SATO}),
        ("state", {"disable": "yes"}),
    ):
        assert (await admin.post(f"/office/people/{path}", data={**form, **more})).status_code == 303, path

    read = console.parts.store.read
    person = await read(lambda reader: person_of(reader, new))
    assert ("総務", SATO, True) == (person.department, person.manager, person.is_disabled)
    assert (Grant(Role.DEPARTMENT_OFFICER, "総務"),) == person.grants
    assert [SATO] == await read(lambda reader: delegates_of(reader, new))


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        pytest.param("add", {"address": "x@example.com"}, "この組織のメールアドレスではありません", id="foreign"),
        pytest.param("add", {"address": SATO, "manager": SATO}, "上司に、本人は指定できません", id="own manager"),
        pytest.param("roles", {"address": ADMIN, "role": "administrator"}, "自分の役割は変えられません", id="own role"),
        pytest.param(
            "roles", {"address": SATO, "role": "security_officer"}, "情報セキュリティ責任者だけです", id="officer"
        ),
        pytest.param("roles", {"address": SATO, "role": "department_officer"}, "部門を指定", id="no department"),
        pytest.param("state", {"address": ADMIN, "disable": "yes"}, "自分の役割は変えられません", id="self"),
        pytest.param("state", {"address": OFFICER, "disable": "yes"}, "情報セキュリティ責任者だけです", id="disable"),
        pytest.param("second-factor", {"address": OFFICER, "confirmed": "yes"}, "責任者だけです", id="factor"),
        pytest.param("second-factor", {"address": SATO}, "本人からの依頼だと確かめ", id="not confirmed"),
        pytest.param("delegates", {"address": SATO, "delegate": ADMIN}, "自分を加えたり", id="own delegate"),
    ],
)
async def test_administrator_cannot_reach_for_what_others_write(
    console: WebOffice, admin: httpx2.AsyncClient, path: str, form: dict[str, str], words: str
) -> None:
    """Who runs the system gives themselves no right to others' mail; the page says why, and nothing changes."""
    before = await actions(console)

    answer = await admin.post(f"/office/people/{path}", data=form)

    assert (422, True) == (answer.status_code, words in answer.text), answer.text
    assert before == await actions(console)


async def test_people_file_comes_out_safe_and_back_in(console: WebOffice, admin: httpx2.AsyncClient) -> None:
    """A name that looks like a formula stays a name, in the spreadsheet and after it."""
    evil = '=HYPERLINK("http://example.com","x")'
    await admin.post("/office/people/add", data={"address": "kato@office.example.jp", "name": evil})

    file = (await admin.get("/office/people.csv")).content
    rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
    answer = await admin.post("/office/people/import", files={"file": ("people.csv", file, "text/csv")})

    assert file.startswith(b"\xef\xbb\xbf")
    assert f"'{evil}" in {row["名前"] for row in rows}
    assert "/office/people" == answer.headers["location"]
    person = await console.parts.store.read(lambda reader: person_of(reader, "kato@office.example.jp"))
    assert evil == person.name


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        pytest.param("address,name\nkato@office.example.jp,加藤\nx@example.com,誰か\n", "3行目", id="foreign"),
        pytest.param("name\n加藤\n", "address", id="no address"),
        pytest.param(f"address,roles\n{SATO},security_officer\n", "責任者だけです", id="a role that is not theirs"),
        pytest.param(f"address,roles\n{ADMIN},\n", "自分の役割は変えられません", id="their own role"),
        pytest.param(f"address,delegates\n{SATO},{ADMIN}\n", "自分を加えたり", id="themselves as delegate"),
        pytest.param("", "ファイルを選んでください", id="no file"),
    ],
)
async def test_people_file_with_a_mistake_changes_nothing(
    console: WebOffice, admin: httpx2.AsyncClient, lines: str, words: str
) -> None:
    """All of a file counts or nothing of it, and a file is no way around what the page refuses."""
    before = await actions(console)

    answer = await admin.post("/office/people/import", files={"file": ("people.csv", lines.encode(), "text/csv")})

    assert (422, True) == (answer.status_code, words in answer.text), answer.text
    assert before == await actions(console)


async def test_second_factor_is_taken_away_once_it_is_confirmed(console: WebOffice, admin: httpx2.AsyncClient) -> None:
    """A colleague with a new telephone gets in again, and is signed out everywhere until then."""
    await console.signed_in(SATO)
    await console.parts.sign_in.totp.begin(SATO)

    answer = await admin.post("/office/people/second-factor", data={"address": SATO, "confirmed": "yes"})

    assert answer.status_code == 303
    assert [] == await console.parts.sign_in.sessions.of_person(SATO)


async def test_account_is_made_with_a_password_shown_once(console: WebOffice, admin: httpx2.AsyncClient) -> None:
    """The password is in one answer only, and it is the one that signs in."""
    scanner = "scanner@office.example.jp"

    made = await admin.post("/office/accounts/add", data={"address": scanner, "owner": SATO})
    found = re.search(r"<code>([\w-]{24})</code>", made.text)
    assert found is not None
    await admin.post("/office/accounts/grants", data={"address": scanner, "granted": "@office.example.jp"})
    listed = await admin.get("/office/accounts")

    account = await console.parts.accounts.authenticate(scanner, found[1], "203.0.113.9")
    assert (SATO, True) == (account.owner, account.may_send_as("any@office.example.jp"))
    assert found[1] not in listed.text
    again = await admin.post("/office/accounts/add", data={"address": scanner})
    assert again.status_code == 422
    assert (await admin.post("/office/accounts/state", data={"address": scanner, "disable": "yes"})).status_code == 303


async def test_device_is_entered_and_counts_at_once(console: WebOffice, admin: httpx2.AsyncClient) -> None:
    """The new copier sends its first scan without a restart of the relay."""
    form = {"is_new": "yes", "name": "複合機", "networks": "192.0.2.10", "owner": SATO, "allowed_senders": SATO}

    assert (await admin.post("/office/devices/put", data=form)).status_code == 303
    assert ["複合機"] == [one.name for one in console.taken_up[-1]]
    wrong = await admin.post("/office/devices/put", data={**form, "name": "別", "networks": "10.0.0.0/8"})
    assert (422, True) == (wrong.status_code, 'name="is_wide_meant"' in wrong.text)
    assert "192.0.2.10" in (await admin.get("/office/devices/of", params={"name": "複合機"})).text
    await admin.post("/office/devices/state", data={"name": "複合機", "disable": "yes"})
    assert [] == list(console.taken_up[-1])
    await admin.post("/office/devices/remove", data={"name": "複合機"})
    assert [] == await console.parts.store.read(devices_of)


async def test_correspondent_is_noted_agreed_with_and_forgotten(console: WebOffice, admin: httpx2.AsyncClient) -> None:
    """A number and a password are kept and never shown again."""
    store, path = console.parts.store, "/office/correspondents"
    await store.write(lambda tx: learn_now(tx, [Lesson(SATO, {PARTNER: "田中一郎"}, (), (), None, "")]))
    form = {"address": PARTNER}

    await admin.post(f"{path}/note", data={**form, "phone": "090-1234-5678", "refuses_zip": "yes", "prefers": "sms"})
    weak = await admin.post(f"{path}/agree", data={**form, "password": "short"})
    await admin.post(f"{path}/agree", data={**form, "password": "Umi-to-Yama:47 Kaze"})
    page = (await admin.get(f"{path}/of", params=form)).text
    [listed] = await store.read(lambda reader: acquaintances(reader, "田中"))

    assert weak.status_code == 422
    assert ("*******5678" in page, "09012345678" in page, "Kaze" in page) == (True, False, False)
    assert (PARTNER, 1, 3) == (listed.address, listed.mails, len(listed.dossier.known))
    assert listed.dossier.agreed is not None
    await admin.post(f"{path}/unknow", data={**form, "trait": "phone"})
    await admin.post(f"{path}/withdraw", data=form)
    assert (await admin.post(f"{path}/forget", data=form)).status_code == 422
    assert (await admin.post(f"{path}/forget", data={**form, "confirmed": "yes"})).status_code == 303
    assert [] == await store.read(lambda reader: acquaintances(reader))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        pytest.param({"manager": "head@elsewhere.example.com"}, "manager", id="manager-of-others"),
        pytest.param({"manager": "nobody"}, "manager", id="manager-no-address"),
        pytest.param({"address": "a" * 250 + "@office.example.jp"}, "address", id="address-too-long"),
        pytest.param({"department": "a;b"}, "department", id="department"),
        pytest.param({"name": "森" * 101}, "name", id="name"),
    ],
)
async def test_mistake_stands_at_the_field_it_is_in(
    console: WebOffice, admin: httpx2.AsyncClient, wrong: dict[str, str], field: str
) -> None:
    """Whoever types a wrong manager is sent to the manager, with everything typed still there."""
    typed = {"address": "kato@office.example.jp", "name": "加藤", "department": "総務", "manager": OFFICER} | wrong
    answers = [await admin.post("/office/people/add", data=typed)]
    if field != "address":
        answers.append(await admin.post("/office/people/change", data=typed))

    for answer in answers:
        assert answer.status_code == 422
        assert re.findall(r'href="#([a-z]+)"', answer.text.partition('id="mistakes"')[2])[:1] == [field]
        assert 'value="加藤"' in answer.text or field == "name"


async def test_address_book_is_taken_over_and_written_safely(console: WebOffice, admin: httpx2.AsyncClient) -> None:
    """Last year's address book needs no typing, and opens no formula in a spreadsheet."""
    book = f"name,address\n田中一郎,{PARTNER}\n,=cmd@partner.example.com\n".encode("cp932")

    await admin.post("/office/correspondents/import", files={"file": ("book.csv", book, "text/csv")})
    file = (await admin.get("/office/correspondents.csv")).content.decode("utf-8-sig")

    assert {PARTNER, "'=cmd@partner.example.com"} == {row["address"] for row in csv.DictReader(io.StringIO(file))}
    nobody = await admin.post("/office/correspondents/import", files={"file": ("x", b"nothing", "text/csv")})
    assert nobody.status_code == 422


@pytest.mark.parametrize(
    "typed", ["not an address", "tanaka", "a" * 65 + "@partner.example.com", "@nowhere", "x@y@z.jp"]
)
async def test_mistyped_correspondent_is_told_at_the_field(admin: httpx2.AsyncClient, typed: str) -> None:
    """A slip in the address leads to no missing page: the field says what to enter, with what I typed in it."""
    answer = await admin.get("/office/correspondents/of", params={"address": typed})
    domain = await admin.get("/office/correspondents/of", params={"address": "\uff20partner.example.com"})

    assert 422 == answer.status_code
    assert 'href="#address"' in answer.text
    assert f'value="{typed}"' in answer.text
    assert 200 == domain.status_code


async def test_lines_of_an_address_book_that_are_nobody_are_told(console: WebOffice, admin: httpx2.AsyncClient) -> None:
    """I see who was taken over, and which lines were not and why; who was never written to has no mail."""
    book = f"name,address\nMary <b>Smith</b>,{PARTNER}\n名前だけ,\nx,a@b\n".encode()

    page = (await admin.post("/office/correspondents/import", files={"file": ("book.csv", book, "text/csv")})).text
    one = (await admin.get("/office/correspondents/of", params={"address": PARTNER})).text
    nobody = await admin.post("/office/correspondents/import", files={"file": ("x.csv", b"address\nx\n", "text/csv")})

    assert text("ja", "correspondent.page.file.taken", found=1, new=1, renamed=0) in page
    assert "3行目: メールアドレスがありません" in page
    assert "4行目: 「a@b」はメールアドレスの形になっていません" in page
    assert text("ja", "correspondent.page.of_book") in page
    assert ("Mary &lt;b&gt;Smith&lt;/b&gt;" in one, "1通" in one) == (True, False)
    assert nobody.status_code == 422
    assert "2行目: メールアドレスがありません" in nobody.text


async def test_system_page_says_what_is_wrong_and_what_to_do(console: WebOffice, admin: httpx2.AsyncClient) -> None:
    """Every trouble has words and a way out, and a name from outside stays text."""
    assert "正常に動いています" in (await admin.get("/office/system")).text
    console.health = Health(
        {"database": "does not take writes", "disk": "not enough room"},
        {"127.0.0.1:25": "down", "clock": "set", "looking": "down", "dns": "down", "<b>": "new kind"},
    )

    page = (await admin.get("/office/system")).text

    for words in ("データベースに書き込めません", "ディスクの空き", "時計の時刻", "調べる処理", "DNSが答えません"):
        assert words in page
    assert ("&lt;b&gt;: new kind" in page, "<b>" in page) == (True, False)


async def test_audit_page_goes_back_in_pages_and_filters(console: WebOffice, admin: httpx2.AsyncClient) -> None:
    """I find what one person did among everything, and go on where the page ended."""

    def many(transaction: Transaction) -> None:
        for number in range(120):
            actor = Actor(ActorKind.PERSON, HEAD if number % 2 else OFFICER)
            details: dict[str, object] = {"purpose": f"調査{number}"}
            event = AuditEvent(transaction.now, actor, AuditAction.CONTENT_READ, f"mail{number % 3}", details)
            audit.append(transaction, event)

    await console.parts.store.write(many)
    seen: list[str] = []
    path = f"/office/audit?person={HEAD}&action=content.read"
    while path:
        page = (await admin.get(path)).text
        seen += re.findall(r"調査(\d+)", page)
        more = re.search(r'href="(/office/audit\?[^"]*before=[^"]*)"', page)
        path = "" if more is None else more[1].replace("&amp;", "&")
    of_mail = (await admin.get("/office/audit", params={"mail": "mail1"})).text

    assert [str(number) for number in range(119, 0, -2)] == seen
    assert {str(number) for number in range(120) if number % 3 == 1} == set(re.findall(r"調査(\d+)", of_mail))


async def test_audit_page_asked_for_nonsense_stays_a_page(console: WebOffice, admin: httpx2.AsyncClient) -> None:
    """Whatever is typed into its address, it answers in words."""
    for query in ("before=x", "before=-1", "before=99999999999999999", "action=nothing", "mail=%00", "person=%22%25_"):
        assert (await admin.get(f"/office/audit?{query}")).status_code == 200, query
    for path in ("people?search=%00%25_'", "people?after=%00", "correspondents?search=%00%25_'", "devices/of?name=%00"):
        assert (await admin.get(f"/office/{path}")).status_code in (200, 404), path
    for path in ("people/add", "accounts/add", "accounts/state", "devices/put", "devices/remove"):
        form = dict.fromkeys(("address", "name", "owner", "networks", "disable"), "\0")
        assert (await admin.post(f"/office/{path}", data=form)).status_code in (303, 422), path
    assert (await admin.get("/office/audit?since=yesterday")).status_code == 422
    assert (await admin.get("/office/audit?until=9999-12-31")).status_code in (200, 422)
    assert "<script>" not in (await admin.get("/office/audit?person=<script>")).text


async def test_audit_file_starts_no_formula(console: WebOffice, admin: httpx2.AsyncClient) -> None:
    """A name that somebody typed at the sign-in runs nothing in the auditor's spreadsheet."""
    await console.parts.store.write(
        lambda tx: audit.append(tx, AuditEvent(tx.now, Actor(ActorKind.CLIENT, "=1+1"), AuditAction.SIGN_IN_FAILED))
    )

    file = (await admin.get("/office/audit.csv")).content.decode("utf-8-sig")

    assert "'=1+1" in {row["actor"] for row in csv.DictReader(io.StringIO(file))}


async def test_every_action_of_the_record_has_words(console: WebOffice, admin: httpx2.AsyncClient) -> None:
    """No line of the record is a code."""

    def all_of_them(transaction: Transaction) -> None:
        for action in AuditAction:
            audit.append(transaction, AuditEvent(transaction.now, BY, action))

    await console.parts.store.write(all_of_them)
    for language in ("ja", "en"):
        answer = await admin.get("/office/audit", headers={"accept-language": language})
        assert answer.status_code == 200
