"""Rules in the running relay, with Postfix behind it: what becomes of a mail whose recipients would see each other."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.policy import default
from email.utils import getaddresses

import pytest
import yaml

from tests.system.office_day import ask, post, run, states
from tests.system.postfix import Arrived, PostfixNextHop
from tests.system.relay import OWN_DOMAIN, MakeRelay, Relay
from tests.system.waiting import eventually

SENDER = f"tanoue@{OWN_DOMAIN}"
COLLEAGUE = f"soumu@{OWN_DOMAIN}"
HOLDING = {"minutes": 60, "grace_seconds": 3}
STANDARD = {"folder": None, "set": "standard"}
PARENTS = [f"oya{number:02}@{('gmail.com', 'docomo.ne.jp', 'icloud.com')[number % 3]}" for number in range(54)]
BODY = "\r\n保護者各位\r\n\r\n来週の予定です。\r\n".encode()


def parents_mail(to: list[str], *more: str) -> bytes:
    """A circular with its recipients in To, as a clerk in a hurry sends it."""
    lines = [
        f"From: {SENDER}",
        "To: " + ",\r\n ".join(to),
        *more,
        "Subject: =?utf-8?b?5LqI5a6a?=",
        "Message-ID: <circular@gojokai.example.jp>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    ]
    return "\r\n".join(lines).encode() + b"\r\n" + BODY


def visible(arrived: Arrived) -> list[str]:
    """Everybody the reader of a copy sees as a recipient."""
    message = message_from_bytes(arrived.content, policy=default)
    shown = getaddresses([str(message[name]) for name in ("To", "Cc") if message[name]])
    return [address for _, address in shown if address]


@pytest.fixture
async def relay(make_relay: MakeRelay, postfix_next_hop: PostfixNextHop) -> AsyncIterator[Relay]:
    """A running relay that holds mail to outsiders, with Postfix behind it."""
    relay = make_relay(postfix_next_hop.port, hold=HOLDING, policy=STANDARD)
    await relay.started()
    yield relay
    assert await relay.stopped() == 0


async def held(relay: Relay, *recipients: str, content: bytes) -> str:
    queue_id = await post(relay, *recipients, sender=SENDER, content=content)
    await eventually(lambda: "held" in states(relay, queue_id), "the mail to be held")
    return queue_id


async def copies(postfix: PostfixNextHop, count: int) -> list[Arrived]:
    await eventually(lambda: len(postfix.arrived()) >= count, f"{count} copies at Postfix", seconds=120)
    return postfix.arrived()


async def test_fifty_four_in_to_are_held_explained_and_sent_one_by_one(
    relay: Relay, postfix_next_hop: PostfixNextHop
) -> None:
    """54 parents in To wait for me with the reason in words; sent one by one, each sees only its own address."""
    queue_id = await held(relay, *PARENTS, content=parents_mail(PARENTS))
    shown = await ask(relay, "hold", "show", queue_id)
    await run(relay, "hold", "release", queue_id, "--visibility", "individual", "--reason", "circular")
    arrived = await copies(postfix_next_hop, 54)
    (reason,) = [one for one in shown["judgement"]["reasons"] if one["rule"] == "outsiders-see-each-other"]

    assert ("sender", "discard", ["hide_recipients"]) == tuple(
        shown["recipients"][0][key] for key in ("needs", "at_end", "obligations")
    )
    assert "54名それぞれに、ほかの53名のアドレスが見えます" in reason["ja"]
    assert "each of the 54 people will see 53 others" in reason["en"]
    assert sorted([one] for one in PARENTS) == sorted(visible(one) for one in arrived)
    assert sorted(PARENTS) == sorted(one.recipient for one in arrived)
    for one in arrived:
        assert one.content.endswith(BODY)
        assert not any(other.encode() in one.content for other in PARENTS if other != one.recipient)


async def test_hidden_recipients_see_themselves_and_the_office(relay: Relay, postfix_next_hop: PostfixNextHop) -> None:
    """Released as the rule demands, outsiders see themselves and us; my colleague still sees everybody, at once."""
    people = PARENTS[:4]
    content = parents_mail(people, f"Cc: {COLLEAGUE}")
    queue_id = await held(relay, *people, COLLEAGUE, "shadow@one.example.com", content=content)
    (first,) = await copies(postfix_next_hop, 1)
    await run(relay, "hold", "release", queue_id)
    arrived = {one.recipient: visible(one) for one in await copies(postfix_next_hop, 6)}

    assert (COLLEAGUE, [*people, COLLEAGUE]) == (first.recipient, visible(first))
    assert {
        COLLEAGUE: [*people, COLLEAGUE],
        "shadow@one.example.com": [COLLEAGUE],
        **{one: [one, COLLEAGUE] for one in people},
    } == arrived


async def test_release_as_they_are_teaches_the_list(relay: Relay, postfix_next_hop: PostfixNextHop) -> None:
    """Once I said that these people may see each other, the same list does not stop me again."""
    people = PARENTS[:4]
    queue_id = await held(relay, *people, content=parents_mail(people))
    await run(relay, "hold", "release", queue_id, "--visibility", "as-they-are")
    arrived = await copies(postfix_next_hop, 4)
    await eventually(lambda: len(relay.look("SELECT 1 FROM shared_list")) == 4, "the list to be learned")
    again = await ask(relay, "hold", "show", await held(relay, *people, content=parents_mail(people)))

    assert [people] * 4 == [visible(one) for one in arrived]
    assert ["pause-before-outside"] == again["recipients"][0]["reasons"]


async def test_list_in_the_text_is_not_sent_hidden(relay: Relay, postfix_next_hop: PostfixNextHop) -> None:
    """Where the text itself names the others, hiding them in the header would be a lie: it waits for a person again."""
    people = PARENTS[:4]
    content = parents_mail(people) + f"{people[1]}\r\n".encode()
    queue_id = await held(relay, *people, content=content)
    await run(relay, "hold", "release", queue_id)
    await eventually(
        lambda: "not_prepared" in str(relay.look("SELECT verdict FROM recipient WHERE queue_id = ?", queue_id)),
        "the mail to be held again",
    )

    assert ["held"] * 4 == states(relay, queue_id)
    assert [] == postfix_next_hop.arrived()


async def test_bcc_field_left_in_reaches_nobody(relay: Relay, postfix_next_hop: PostfixNextHop) -> None:
    """A program that forgets to take the Bcc field out tells nobody whom I copied, neither inside nor outside."""
    secret = "himitsu@one.example.com"
    content = parents_mail([COLLEAGUE], f"Bcc: {secret}")
    queue_id = await post(relay, COLLEAGUE, secret, sender=SENDER, content=content)
    await eventually(lambda: "held" in states(relay, queue_id), "the mail to be held")
    await run(relay, "hold", "release", queue_id)
    arrived = await copies(postfix_next_hop, 2)

    assert {COLLEAGUE, secret} == {one.recipient for one in arrived}
    for one in arrived:
        assert secret.encode() not in one.content.partition(b"Received:")[2]
        assert b"Bcc" not in one.content


async def test_reload_takes_a_good_set_and_keeps_the_old_one_for_a_bad_one(
    make_relay: MakeRelay, postfix_next_hop: PostfixNextHop
) -> None:
    """I change a figure and reload: the next mail is judged by it. A mistake in the file changes nothing."""

    relay = make_relay(postfix_next_hop.port, hold=HOLDING)
    folder = relay.directory / "policies"
    folder.mkdir()
    (folder / "mine.yaml").write_text(RULES.format(least=2))
    relay.settings["policy"] |= {"folder": str(folder), "set": "mine"}
    relay.config_file.write_text(yaml.safe_dump(relay.settings, allow_unicode=True))
    await relay.started()
    first = await held(relay, *PARENTS[:2], content=parents_mail(PARENTS[:2]))
    (folder / "mine.yaml").write_text(RULES.format(least="many"))
    relay.signal(signal.SIGHUP)
    await eventually(lambda: bool(list(relay.events("policy_refused"))), "the bad file to be refused")
    second = await held(relay, *PARENTS[:2], content=parents_mail(PARENTS[:2]))
    (folder / "mine.yaml").write_text(RULES.format(least=3))
    relay.signal(signal.SIGHUP)
    await eventually(lambda: bool(list(relay.events("policy_loaded"))), "the good file to be taken up")
    third = await post(relay, *PARENTS[:2], sender=SENDER, content=parents_mail(PARENTS[:2]))
    await eventually(lambda: states(relay, third) == ["delivered"] * 2, "the third mail to leave")
    record = await run(relay, "audit", "export")
    versions = [(await ask(relay, "hold", "show", one))["judgement"]["policy"] for one in (first, second, third)]

    assert (versions[0], False) == (versions[1], versions[1] == versions[2])
    assert (2, 1) == tuple(record.stdout.count(word) for word in ("policy.loaded", "policy.refused"))
    assert await relay.stopped() == 0


RULES = """
rules:
  - id: many
    when: {{visible_outsiders: {least}}}
    action: hold
    needs: sender
    wait: never
    reason: {{ja: "{{visible_outsiders}} 名", en: "{{visible_outsiders}} people"}}
    examples:
      hits: [{{to: [a@one.example.com, b@one.example.com, c@one.example.com]}}]
      misses: [{{to: [a@one.example.com]}}]
"""
