"""Personal data in the running relay: it waits and never leaves in clear, and so does what nobody could look into."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import SMTP

import psutil
import pytest
import yaml

from tests.fakes.next_hop import ScriptedNextHop
from tests.system.office_day import ask, post, run, states
from tests.system.opened import parcels, readable, squeezed
from tests.system.relay import OWN_DOMAIN, MakeRelay, Relay
from tests.system.waiting import eventually
from tests.unit.extract.made_documents import cell, xlsx

SENDER, COLLEAGUE = f"tanoue@{OWN_DOMAIN}", f"soumu@{OWN_DOMAIN}"
OUTSIDER, OTHER = "ando@customer.example.com", "baba@customer.example.com"
STANDARD = {"folder": None, "set": "standard"}
HOLDING = {"minutes": 0, "grace_seconds": 0}
"""Mail to outsiders goes at once where no rule minds, so that a test need not wait for it."""

NAME, NUMBER, FILE = "長谷川 美咲", "392718460552", "人間ドック名簿.xlsx"
HEADER = f'<row r="1">{cell("A1", "氏名")}{cell("B1", "個人番号")}</row>'
WORKBOOK = xlsx(f'{HEADER}<row r="2">{cell("A2", NAME)}{cell("B2", NUMBER)}</row>')
VALUES = (NAME, "長谷川", "美咲", NUMBER, "090-4127-0538", "09041270538", "Hana-7kQ2")


def mail(to: list[str], body: str = "資料をお送りします。", *files: tuple[str, bytes]) -> bytes:
    """A mail as a clerk's program writes it."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = f"田上 弘 <{SENDER}>", ", ".join(to), "資料の件"
    message["Message-ID"] = f"<{abs(hash((tuple(to), body)))}@{OWN_DOMAIN}>"
    message.set_content(body, cte="base64")
    for name, octets in files:
        message.add_attachment(octets, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


@pytest.fixture
async def hop() -> AsyncIterator[ScriptedNextHop]:
    """A next hop that takes everything."""
    async with ScriptedNextHop() as hop:
        yield hop


@pytest.fixture
async def relay(make_relay: MakeRelay, hop: ScriptedNextHop) -> AsyncIterator[Relay]:
    """A running relay with the rules that come along."""
    relay = make_relay(hop.port, hold=HOLDING, policy=STANDARD)
    await relay.started()
    yield relay
    assert await relay.stopped() == 0


def reached(hop: ScriptedNextHop) -> list[str]:
    """Whom the next hop took mail for, in order."""
    return [address for one in hop.mails for address in one.addresses]


def named_in_log(relay: Relay) -> list[str]:
    """Values, names of files and addresses that stand in the log."""
    log = relay.log()
    assert "started" in log
    return [
        one
        for one in (*VALUES, FILE, "人間ドック", "a.docx", "a.txt", OUTSIDER, SENDER, "ando@", "資料の件")
        if one in log
    ]


async def until_held(relay: Relay, queue_id: str, count: int = 1) -> None:
    await eventually(lambda: states(relay, queue_id).count("held") == count, "the mail to be held")


async def until_sent(relay: Relay, queue_id: str) -> None:
    await eventually(lambda: set(states(relay, queue_id)) == {"delivered"}, "the mail to leave")


async def test_workbook_with_a_my_number_waits_and_never_leaves_in_clear(relay: Relay, hop: ScriptedNextHop) -> None:
    """A My Number in a workbook stops my mail to an outsider; when I insist, it leaves protected."""
    content = mail([OUTSIDER, COLLEAGUE], "資料をお送りします。", (FILE, WORKBOOK))
    queue_id = await post(relay, OUTSIDER, COLLEAGUE, sender=SENDER, content=content)
    await until_held(relay, queue_id)
    await eventually(lambda: reached(hop) == [COLLEAGUE], "the colleague's copy")
    shown = await ask(relay, "hold", "show", queue_id)
    await run(relay, "hold", "release", queue_id, "--reason", "I am sure")
    await until_sent(relay, queue_id)
    outside = shown["recipients"][0]
    inside = await post(relay, COLLEAGUE, sender=SENDER, content=mail([COLLEAGUE], "資料です。", (FILE, WORKBOOK)))
    await until_sent(relay, inside)

    assert (OUTSIDER, "sender", ["protect"]) == (outside["address"], outside["needs"], outside["obligations"])
    assert "must-not-leave-in-clear" in outside["reasons"]
    assert "個人情報" in str(shown["judgement"]["reasons"])
    (outwards,) = [one.content for one in hop.mails if OUTSIDER in one.addresses]
    assert not [value for value in VALUES if squeezed(value) in readable(outwards)]
    assert parcels(outwards)
    assert 2 == reached(hop).count(COLLEAGUE)


async def test_findings_are_kept_masked_and_logs_hold_nothing(relay: Relay, hop: ScriptedNextHop) -> None:
    """What was found is shown masked and kept sealed; no log line names a value, a file or an address."""
    body = f"次の方です。\n\n氏名：{NAME}\n電話：090-4127-0538\n仮パスワード：Hana-7kQ2\n"
    named = f"長谷川美咲_個人番号{NUMBER}.xlsx"
    content = mail([OUTSIDER], body, (FILE, WORKBOOK), (named, WORKBOOK))
    first = await post(relay, OUTSIDER, sender=SENDER, content=content)
    second = await post(
        relay, OUTSIDER, sender=SENDER, content=mail([OUTSIDER], "添付します。", ("a.docx", b"PK\3\4 x"))
    )
    await until_held(relay, first)
    await until_held(relay, second)
    shown = await ask(relay, "hold", "show", first)
    audit = (await run(relay, "audit", "export")).stdout
    rows = str([relay.look(f"SELECT * FROM {table}") for table in ("judgement", "recipient", "audit_event")])
    found = {one["kind"]: one["masked"] for one in shown["found"]}

    assert {"my_number", "person_name", "phone_number"} <= found.keys()
    assert ["3**********2"] == found["my_number"]
    assert "my_number" in rows
    assert "3**********2" not in rows
    for where in (str(shown), rows, audit):
        assert not [value for value in VALUES if value in where]
    assert [] == named_in_log(relay)


# -- a process that is killed

SLOW = "\n".join(
    f"{number} 長野県松本市白樺町{number}丁目6番8号 長谷川 美咲 090-4127-{number % 10000:04}"
    for number in range(150_000)
)
"""So many people that looking takes some ten seconds."""


def looking_processes(relay: Relay) -> list[psutil.Process]:
    """The processes that look into mail: children of the relay's helper."""
    return [one for child in psutil.Process(relay.pid).children() for one in child.children()]


def busy(relay: Relay) -> psutil.Process | None:
    """The one that has worked for a second, if any."""
    for one in looking_processes(relay):
        try:
            if sum(one.cpu_times()[:2]) > 1.0:
                return one
        except psutil.NoSuchProcess:
            continue
    return None


async def held_while_others_go(relay: Relay, hop: ScriptedNextHop, slow: str) -> str:
    """The slow mail is held in the end, and mail that came meanwhile has left; gives back why it is held."""
    quick = await post(relay, OTHER, sender=SENDER, content=mail([OTHER], "明日伺います。"))
    await until_sent(relay, quick)
    await eventually(lambda: states(relay, slow) == ["held"], "the slow mail to be held", seconds=120)
    later = await post(relay, OTHER, sender=SENDER, content=mail([OTHER], "ありがとうございました。"))
    await until_sent(relay, later)
    (row,) = (await ask(relay, "hold", "show", slow))["recipients"]

    assert [OTHER, OTHER] == reached(hop)
    assert ("administrator", "discard") == (row["needs"], row["at_end"])
    return str(row["reasons"])


async def test_mail_whose_process_is_killed_is_held(make_relay: MakeRelay, hop: ScriptedNextHop) -> None:
    """Whatever ends the process that reads my mail: the mail waits for a person, and all others go on.

    No such process outlives the relay.
    """
    relay = make_relay(hop.port, hold=HOLDING, policy=STANDARD)
    await relay.started()
    slow = await post(relay, OUTSIDER, sender=SENDER, content=mail([OUTSIDER], "一覧です。", ("a.txt", SLOW.encode())))
    await eventually(lambda: busy(relay) is not None, "a process to be at work", seconds=120)
    process = busy(relay)
    assert process is not None
    process.send_signal(signal.SIGKILL)

    assert "unreadable" in await held_while_others_go(relay, hop, slow)
    assert "judge_failed" in relay.log()
    assert [] == named_in_log(relay)
    processes = psutil.Process(relay.pid).children(recursive=True)
    await asyncio.to_thread(relay.kill)
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, 10)
    assert (True, []) == (bool(processes), alive)


async def test_mail_that_takes_too_long_is_held(make_relay: MakeRelay, hop: ScriptedNextHop) -> None:
    """A mail that takes longer than agreed waits for a person, and holds up nobody."""
    relay = make_relay(hop.port, hold=HOLDING, policy=STANDARD, looking={"seconds": 1.0})
    await relay.started()
    slow = await post(relay, OUTSIDER, sender=SENDER, content=mail([OUTSIDER], "一覧です。", ("a.txt", SLOW.encode())))

    assert "unreadable" in await held_while_others_go(relay, hop, slow)
    shown, words = await ask(relay, "hold", "show", slow), (await run(relay, "hold", "show", slow)).stdout
    assert ["unreadable"] == [one["rule"] for one in shown["judgement"]["reasons"]]
    assert "looking into it took too long" in words
    assert "確かめるのに時間がかかりすぎました" in words
    assert "mail_left_for_later" not in relay.log()
    assert 1 == relay.log().count("looking_worker_killed")
    assert await relay.stopped() == 0


# -- an office's own kinds

RULES = """
rules:
  - id: own-number
    when: {finds: [union_number]}
    action: hold
    needs: sender
    wait: never
    reason: {ja: "組合員番号があります", en: "There is a number of ours"}
    examples:
      hits: [{to: [a@one.example.com], body: "組合員番号 QX-4819 の方です。"}]
      misses: [{to: [a@one.example.com], body: "ご案内です。"}]
"""
KINDS = """
kinds:
  - id: union_number
    label: 組合員番号
    pattern: '{pattern}'
    context: {{words: [組合員番号], required: true}}
dictionaries: []
members:
"""


async def test_reload_takes_the_offices_own_kind_into_use(make_relay: MakeRelay, hop: ScriptedNextHop) -> None:
    """I change how our number looks and reload: from then on mail is looked at so. A mistake changes nothing."""
    relay = make_relay(hop.port, hold=HOLDING)
    folder = relay.directory / "policies"
    folder.mkdir()
    (folder / "mine.yaml").write_text(RULES, "utf-8")
    (folder / "kinds.yaml").write_text(KINDS.format(pattern="QX-[0-9]{4}"), "utf-8")
    relay.settings["policy"] |= {"folder": str(folder), "set": "mine"}
    relay.config_file.write_text(yaml.safe_dump(relay.settings, allow_unicode=True))
    await relay.started()
    old, new = mail([OUTSIDER], "組合員番号 QX-4819 の方です。"), mail([OUTSIDER], "組合員番号 ZZ-48193 の方です。")
    await until_sent(relay, await post(relay, OUTSIDER, sender=SENDER, content=new))
    await until_held(relay, await post(relay, OUTSIDER, sender=SENDER, content=old))

    (folder / "kinds.yaml").write_text(KINDS.format(pattern="(["), "utf-8")
    relay.signal(signal.SIGHUP)
    await eventually(lambda: bool(list(relay.events("policy_refused"))), "the bad file to be refused")
    await until_held(relay, await post(relay, OUTSIDER, sender=SENDER, content=old))

    (folder / "kinds.yaml").write_text(KINDS.format(pattern="(?:QX-[0-9]{4}|ZZ-[0-9]{5})"), "utf-8")
    relay.signal(signal.SIGHUP)
    await eventually(lambda: bool(list(relay.events("policy_loaded"))), "the good file to be taken up")
    await until_held(relay, await post(relay, OUTSIDER, sender=SENDER, content=new))

    assert [OUTSIDER] == reached(hop)
    assert await relay.stopped() == 0
