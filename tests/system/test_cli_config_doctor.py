"""``mailguard doctor``: says what is not well, and what to do, against a real next hop over TLS."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import sqlite3
import ssl
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from mailguard.accounts import people_administration
from mailguard.cli.examination import contacts
from mailguard.clock import SystemClock
from mailguard.config import (
    DeliverySettings,
    NextHopSettings,
    OfficeSettings,
    PolicySettings,
    Settings,
    StorageSettings,
)
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.people import Role
from mailguard.policy.shipped import shipped_folder
from mailguard.spool import load_master_key
from mailguard.store import Store
from mailguard.store.engine import sqlite_url
from mailguard.store.schema import upgrade
from tests.fakes.sign_in_server import SignInServer
from tests.fakes.syslog_server import SyslogServer
from tests.system.certificates import Certificates, make_certificates

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
async def hop(certificates: Certificates) -> AsyncIterator[SignInServer]:
    async with SignInServer(certificates.certificate, certificates.key) as server:
        server.people["relay@example.jp"] = "hop password"
        yield server


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """A port that another program listens on and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other


class TlsListener:
    """Takes connections over TLS and keeps what is sent on them. Use as an async context."""

    def __init__(self, certificates: Certificates) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificates.certificate, certificates.key)
        self.octets = b""
        self.port = 0

    async def __aenter__(self) -> TlsListener:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0, ssl=self._context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.octets += await reader.read()
        writer.close()


class Office:
    """Settings for one look; ``look`` runs the command and gives the findings by part."""

    def __init__(self, folder: Path, hop: SignInServer, certificates: Certificates) -> None:
        self.data = folder / "data"
        self.path = folder / "mailguard.yaml"
        self.settings: dict[str, Any] = {
            "office": {"domains": ["example.jp"], "hostname": "localhost"},
            "listeners": [{"name": "submission", "host": "127.0.0.1", "port": 0}],
            "tls": {"certificate": str(certificates.certificate), "key": str(certificates.key)},
            "storage": {"directory": str(self.data), "reserve_bytes": 0},
            "delivery": {"next_hop": {"host": "localhost", "port": hop.port, "ca_file": str(certificates.authority),
                                      "auth": "plain", "username": "relay@example.jp", "password": "hop password"}},
            "web": {"port": 0},
        }  # fmt: skip

    async def look(self) -> tuple[int, dict[str, list[tuple[str, str]]]]:
        """Exit status, and (grade, finding) of each part."""
        self.path.write_text(yaml.safe_dump(self.settings, allow_unicode=True), "utf-8")
        self.path.chmod(0o600)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "mailguard", "doctor", "--json", "--config", str(self.path),
            stdout=asyncio.subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        )  # fmt: skip
        output, _ = await asyncio.wait_for(process.communicate(), 60)
        parts: dict[str, list[tuple[str, str]]] = {}
        for one in json.loads(output):
            assert one["remedy"] or one["grade"] == "ok", one
            parts.setdefault(one["part"].partition(" localhost")[0], []).append((one["grade"], one["finding"]))
        assert process.returncode is not None
        return process.returncode, parts


@pytest.fixture
def office(tmp_path: Path, hop: SignInServer, certificates: Certificates) -> Office:
    return Office(tmp_path, hop, certificates)


def make_database(office: Office) -> Path:
    office.data.mkdir(mode=0o700)
    upgrade(sqlite_url(office.data))
    return office.data / "mailguard.db"


async def test_doctor_well_office_ends_with_0(office: Office) -> None:
    """Where all is well nothing fails, and what the next hop really said is shown."""
    make_database(office)
    load_master_key(office.data / "master.key", {})

    status, parts = await office.look()

    assert 0 == status
    assert ("ok", "reached, TLSv1.3 verified, signed in by plain") == parts["next hop"][0]
    assert {"ok"} == {grade for part in ("configuration", "data", "database", "master key") for grade, _ in parts[part]}


async def test_doctor_names_what_is_wrong_with_the_rules(office: Office, tmp_path: Path) -> None:
    """A mistake in my rules, and an example that no longer comes out right, are told with file and line."""
    folder = shutil.copytree(shipped_folder(), tmp_path / "rules")
    office.settings["policy"] = {"folder": str(folder), "check_domains": False}
    slips = folder / "slips.yaml"
    text = slips.read_text()
    slips.write_text(text.replace("visible_private: 3", "visible_private: 30", 1))
    _, dull = await office.look()
    slips.write_text(text.replace("visible_private: 3", "visible_private: three", 1))
    status, wrong = await office.look()

    assert [("warn", True)] == [(grade, "outsiders-see-each-other" in words) for grade, words in dull["rules"]]
    assert (1, [("fail", True)]) == (
        status,
        [(grade, "must be a number" in words and "slips.yaml:" in words) for grade, words in wrong["rules"]],
    )


async def test_doctor_changes_nothing(office: Office) -> None:
    """Looking leaves no file behind, not even before the first start."""
    await office.look()

    assert ["mailguard.yaml"] == [path.name for path in office.path.parent.iterdir()]


async def test_doctor_wrong_configuration_is_told_first(office: Office) -> None:
    """With a wrong configuration its complaints are the findings."""
    office.settings["web"]["port"] = "x"

    status, parts = await office.look()

    assert 1 == status
    assert "web.port must be a whole number (it is 'x')" in parts["configuration"][0][1]


async def test_doctor_open_modes_and_missing_key_fail(office: Office) -> None:
    """A data folder for everybody, and stored mail without its key, are found."""
    make_database(office)
    office.data.chmod(0o755)

    status, parts = await office.look()

    assert 1 == status
    assert ("fail", f"{office.data} can be read by others (mode 0755)") == parts["data"][0]
    assert "fail" == parts["master key"][0][0]


async def test_doctor_damaged_database_fails(office: Office) -> None:
    """A page that a disk has spoilt is found before a mail is."""
    database = make_database(office)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    with database.open("r+b") as file:
        size = database.stat().st_size
        file.seek(4096 * 2)
        file.write(b"\xff" * min(4096 * 3, size - 4096 * 2))

    status, parts = await office.look()

    assert 1 == status
    assert "fail" in {grade for grade, _ in parts["database"]}


async def test_doctor_newer_database_fails(office: Office) -> None:
    """A database of a newer release is not taken for a good one."""
    database = make_database(office)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()

    status, parts = await office.look()

    assert 1 == status
    assert ("fail", "schema 9999 belongs to a newer release") in parts["database"]


async def test_doctor_taken_port_fails(office: Office, taken: socket.socket) -> None:
    """A port that another program has is found before the service fails on it."""
    port = taken.getsockname()[1]
    office.settings["listeners"] = [{"name": "submission", "host": "127.0.0.1", "port": port, "tls": "implicit"}]

    status, parts = await office.look()

    assert 1 == status
    assert [("fail", f"127.0.0.1 port {port} is taken by another program")] == parts["listener submission"]


async def test_doctor_certificate_for_another_name_warns(office: Office) -> None:
    """A certificate that does not carry the relay's name, and one that ends soon, are told."""
    office.settings["office"]["hostname"] = "relay.example.jp"

    status, parts = await office.look()

    assert 0 == status
    assert [("warn", "0 days"), ("warn", "not for relay.example.jp")] == [
        (grade, end) for grade, finding in parts["certificate"] for end in ("0 days", "not for relay.example.jp")
        if finding.endswith(end)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"password": "wrong"}, "535", id="wrong password"),
        pytest.param({"ca_file": None}, "is not trusted", id="untrusted certificate"),
        pytest.param({"port": 1}, "no connection", id="nobody there"),
        pytest.param({"fingerprint_sha256": "00" * 32}, "another certificate", id="other pin"),
    ],
)
async def test_doctor_next_hop_in_trouble_fails(office: Office, changes: dict[str, Any], expected: str) -> None:
    """Whatever keeps mail from leaving is said in words before the first mail waits."""
    office.settings["delivery"]["next_hop"] |= changes

    status, parts = await office.look()

    assert 1 == status
    assert expected in parts["next hop"][0][1]


async def test_doctor_sign_in_server_is_asked(office: Office, hop: SignInServer, certificates: Certificates) -> None:
    """The server where people's passwords are checked is tried too, without any password."""
    office.settings["auth"] = {
        "upstream": {"host": "localhost", "port": hop.port, "ca_file": str(certificates.authority)}
    }
    before = await office.look()
    asked = hop.asked
    office.settings["auth"]["upstream"]["ca_file"] = None
    after = await office.look()

    assert (0, [("ok", "reached, offers AUTH")]) == (before[0], before[1]["sign-in at"])
    assert 1 == asked
    assert 1 == after[0]
    assert "is not trusted" in after[1]["sign-in at"][0][1]


async def test_doctor_reaches_the_gateway_for_short_messages_and_sends_nothing(
    office: Office, certificates: Certificates
) -> None:
    """Whether passwords can go by short message is known before the first one waits."""
    async with TlsListener(certificates) as gateway:
        office.settings["protection"] = {
            "sms": {"url": f"https://localhost:{gateway.port}/send", "ca_file": str(certificates.authority)}
        }
        reached = await office.look()
        office.settings["protection"]["sms"].pop("ca_file")
        untrusted = await office.look()
    gone = await office.look()

    assert (0, [("ok", "reached, TLSv1.3 verified")]) == (reached[0], reached[1]["sms gateway"])
    assert b"" == gateway.octets
    assert (1, "fail") == (untrusted[0], untrusted[1]["sms gateway"][0][0])
    assert "certificate" in untrusted[1]["sms gateway"][0][1]
    assert (1, "fail") == (gone[0], gone[1]["sms gateway"][0][0])


async def test_doctor_reaches_the_syslog_server_and_sends_nothing(office: Office, certificates: Certificates) -> None:
    """Whether the record can be forwarded is known before the first event waits; without a server nothing is said."""
    without = await office.look()
    with SyslogServer(certificates) as server:
        office.settings["audit"] = {
            "syslog": {"host": "localhost", "port": server.port, "ca_file": str(certificates.authority)}
        }
        reached = await office.look()
        office.settings["audit"]["syslog"].pop("ca_file")
        untrusted = await office.look()
    gone = await office.look()

    assert "syslog" not in without[1]
    assert (0, [("ok", "reached, TLS verified")]) == (reached[0], reached[1]["syslog"])
    assert [] == server.messages
    assert (1, "fail") == (untrusted[0], untrusted[1]["syslog"][0][0])
    assert "certificate" in untrusted[1]["syslog"][0][1]
    assert (1, "fail") == (gone[0], gone[1]["syslog"][0][0])


@pytest.mark.parametrize(
    ("contact", "expected"),
    [pytest.param("", "warn", id="nobody"), pytest.param("総務課 026-555-0100", "ok", id="named")],
)
async def test_doctor_advises_to_name_somebody_to_call(office: Office, contact: str, expected: str) -> None:
    """Recipients who cannot open a protected file need somebody to ask; nobody named is advice, not a failure."""
    office.settings["protection"] = {"contact": contact}

    status, parts = await office.look()

    assert 0 == status
    assert expected == parts["protection"][0][0]
    assert "sms gateway" not in parts


def test_doctor_names_a_deputy_who_is_the_same_person(tmp_path: Path) -> None:
    """Whom the office's file names in somebody's place must be somebody else."""
    folder = tmp_path / "policies"
    shutil.copytree(shipped_folder(), folder)
    same = {"address": "sato@example.jp", "telephone": "1", "deputy": {"address": "SATO@example.jp"}}
    named = {"roles": {"security_officer": [same]}}
    (folder / "incident" / "contacts.yaml").write_text(yaml.safe_dump(named), "utf-8")
    settings = Settings(
        office=OfficeSettings(domains=["example.jp"]),
        delivery=DeliverySettings(next_hop=NextHopSettings(host="localhost")),
        policy=PolicySettings(folder=folder),
        storage=StorageSettings(directory=tmp_path / "data"),
    )
    found = [(one.grade.value, one.finding) for one in contacts(settings)]

    assert ("warn", "the deputy of sato@example.jp (security_officer) is the same person") in found


async def test_doctor_names_empty_roles_and_deputies_who_cannot_stand_in(office: Office) -> None:
    """I am told which of the four roles nobody has, and whose deputy is gone; once all are there, that all is well."""
    make_database(office)
    load_master_key(office.data / "master.key", {})
    own = OfficeSettings(domains=["example.jp"])
    actor = Actor(ActorKind.PERSON, "root")
    empty = await office.look()
    roles = [
        ("sato", Role.SECURITY_OFFICER, ""),
        ("abe", Role.DEPARTMENT_OFFICER, "sales"),
        ("mori", Role.ADMINISTRATOR, ""),
    ]
    now = SystemClock().now()
    store = Store(sqlite_url(office.data), SystemClock())
    for name, role, department in roles:
        store.write_now(people_administration.grant_role(own, f"{name}@example.jp", role, department, actor))
    store.write_now(
        people_administration.put_deputy(own, "sato@example.jp", "kato@example.jp", now, now + timedelta(days=9), actor)
    )
    filled = await office.look()
    store.write_now(people_administration.disable(own, "kato@example.jp", actor))
    store.close()
    gone = await office.look()

    assert [("warn", f"nobody has the role {role}") for role in Role] == empty[1]["people"]
    assert [("ok", "4 on record, every role is filled")] == filled[1]["people"]
    assert ("warn", "nobody is to be called as security_officer") in empty[1]["contacts"]
    assert ("warn", "department_officer is one person, with no deputy") in filled[1]["contacts"]
    assert [("warn", "the deputy of sato@example.jp is disabled")] == gone[1]["people"]
    assert 0 == gone[0]
