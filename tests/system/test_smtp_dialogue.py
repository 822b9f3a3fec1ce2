"""What mail programs and devices may say: keywords, sign-in, senders, parameters."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from mailguard.model.envelope import Body, Notify, Ret
from mailguard.submission import Pacing
from tests.system.certificates import Certificates
from tests.system.smtp_office import ACCOUNT, DOMAIN, PASSWORD, RECIPIENT, SENDER, smtp_office

QUICK = Pacing(sign_in_delay=0.01)
KEYWORDS = {"PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "HELP"}


def b64(text: str) -> str:
    """As AUTH wants it."""
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("listener", "more"),
    [("submission", {"STARTTLS"}), ("submissions", {"AUTH"}), ("trusted", set[str]()), ("clear", {"AUTH"})],
)
async def test_keywords_are_those_that_hold(
    tmp_path: Path, certificates: Certificates, listener: str, more: set[str]
) -> None:
    """A mail program is told what it may use on this connection, and nothing else."""
    async with smtp_office(tmp_path, certificates) as office:
        client = await office.connect(listener)
        reply = await client.hello()

    offered = {line[4:].split()[0] for line in reply.decode().splitlines()[1:]}
    assert KEYWORDS | more == offered


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([f"AUTH PLAIN {b64(chr(0) + ACCOUNT + chr(0) + PASSWORD)}"], id="plain at once"),
        pytest.param(["AUTH PLAIN", b64(f"\0{ACCOUNT}\0{PASSWORD}")], id="plain asked"),
        pytest.param(["AUTH LOGIN", b64(ACCOUNT), b64(PASSWORD)], id="login"),
        pytest.param([f"AUTH LOGIN {b64(ACCOUNT)}", b64(PASSWORD)], id="login with name"),
        pytest.param([f"auth plain {b64(ACCOUNT + chr(0) + ACCOUNT + chr(0) + PASSWORD)}"], id="as itself"),
    ],
)
async def test_sign_in_every_way_programs_know_works(tmp_path: Path, lines: list[str]) -> None:
    """Outlook, Thunderbird, phones: each of their ways to sign in is understood."""
    async with smtp_office(tmp_path) as office:
        client = await office.connect("clear")
        for line in lines:
            reply = await client.say(line)
        mail = await client.mail(sender=ACCOUNT)
        ((submission, _),) = await office.mails()

    assert reply.startswith(b"235 2.7.0")
    assert mail.startswith(b"250")
    assert (submission.session.account, submission.session.owner) == (ACCOUNT, ACCOUNT)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        pytest.param([f"AUTH PLAIN {b64(chr(0) + ACCOUNT + chr(0) + 'wrong')}"], b"535 5.7.8", id="wrong password"),
        pytest.param([f"AUTH PLAIN {b64(chr(0) + 'nobody@' + DOMAIN + chr(0) + 'x')}"], b"535 5.7.8", id="nobody"),
        pytest.param(["AUTH PLAIN", "*"], b"501", id="cancelled"),
        pytest.param(["AUTH PLAIN !!!"], b"501", id="no base64"),
        pytest.param(["AUTH LOGIN", "%%%"], b"501", id="login no base64"),
        pytest.param(["AUTH CRAM-MD5"], b"504", id="unknown mechanism"),
        pytest.param(["AUTH"], b"501", id="nothing"),
        pytest.param([f"AUTH PLAIN {b64('no nul')}"], b"501", id="malformed"),
    ],
)
async def test_sign_in_wrong_is_refused_and_the_connection_goes_on(
    tmp_path: Path, lines: list[str], code: bytes
) -> None:
    """A mistyped password is a clear answer, not the end; and without a sign-in nothing is sent."""
    async with smtp_office(tmp_path, pacing=QUICK) as office:
        client = await office.connect("clear")
        for line in lines:
            reply = await client.say(line)
        mail = await client.say(f"MAIL FROM:<{ACCOUNT}>")
        signed_in = await client.sign_in()

    assert reply.startswith(code)
    assert mail.startswith(b"530")
    assert signed_in.startswith(b"235")


async def test_sign_in_guessing_is_slowed_down_and_ended(tmp_path: Path) -> None:
    """Each wrong password waits longer than the last one, and after five the connection ends."""
    async with smtp_office(tmp_path, pacing=Pacing(sign_in_delay=0.02, sign_ins_refused=3)) as office:
        client = await office.connect("clear")
        replies = [await client.sign_in(password=f"guess {number}") for number in range(3)]
        end = await client.reply()
        closed = await client.is_closed()

    assert [reply[:3] for reply in replies] == [b"535"] * 3
    assert end.startswith(b"421 4.7.0")
    assert closed


@pytest.mark.parametrize(
    ("sender", "code"),
    [
        pytest.param(ACCOUNT, b"250", id="itself"),
        pytest.param(ACCOUNT.upper(), b"250", id="itself in capitals"),
        pytest.param(f"soumu@{DOMAIN}", b"250", id="granted"),
        pytest.param("any@branch.example.jp", b"250", id="granted domain"),
        pytest.param("", b"250", id="read receipt"),
        pytest.param(f"kaicho@{DOMAIN}", b"553 5.7.1", id="somebody else"),
        pytest.param("any@sub.branch.example.jp", b"553 5.7.1", id="below a granted domain"),
        pytest.param(f"{ACCOUNT}.evil.example", b"553 5.7.1", id="own name as prefix"),
    ],
)
async def test_account_sends_only_as_itself_or_as_granted(tmp_path: Path, sender: str, code: bytes) -> None:
    """Nobody sends in another's name, unless the administrator allowed it."""
    async with smtp_office(tmp_path, grants=(f"soumu@{DOMAIN}", "@branch.example.jp")) as office:
        client = await office.connect("clear")
        await client.sign_in()
        reply = await client.say(f"MAIL FROM:<{sender}>")

    assert reply.startswith(code)


@pytest.mark.parametrize(
    ("sender", "code"), [(SENDER, b"250"), ("", b"250"), (ACCOUNT, b"550 5.7.1"), ("a@elsewhere.example", b"550 5.7.1")]
)
async def test_device_sends_only_as_its_source_may(tmp_path: Path, sender: str, code: bytes) -> None:
    """The copier in the corridor sends as the copier, and its mail belongs to the person named for it."""
    async with smtp_office(tmp_path) as office:
        client = await office.connect("trusted")
        reply = await client.say(f"MAIL FROM:<{sender}>")
        if code == b"250":
            await client.say("RSET")
            assert (await client.mail(sender=sender)).startswith(b"250")
            ((submission, _),) = await office.mails()
            assert (submission.session.source, submission.session.owner) == ("loopback", f"soumu@{DOMAIN}")

    assert reply.startswith(code)


async def test_parameters_are_kept_with_the_mail(tmp_path: Path) -> None:
    """What a sender asks of the delivery (reports, identifiers, eight bits) is on record, to be passed on."""
    async with smtp_office(tmp_path) as office:
        client = await office.connect()
        assert (
            await client.say(f"MAIL FROM:<{SENDER}> SIZE=100 BODY=8BITMIME RET=HDRS ENVID=abc+2B1 AUTH=<>")
        ).startswith(b"250")
        first = await client.say(f"RCPT TO:<{RECIPIENT}> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a+40b.example")
        second = await client.say("RCPT TO:<a..b@docomo.example.jp> NOTIFY=NEVER")
        await client.say("DATA")
        await client.send(b"Subject: x\r\n\r\n\xe3\x81\x82\r\n.\r\n")
        done = await client.reply()
        ((submission, _),) = await office.mails()

    envelope = submission.envelope
    assert [first[:3], second[:3], done[:3]] == [b"250"] * 3
    assert (envelope.ret, envelope.envid, envelope.body) == (Ret.HDRS, "abc+2B1", Body.EIGHT_BIT_MIME)
    assert envelope.forward_paths[0].notify == {Notify.SUCCESS, Notify.FAILURE}
    assert envelope.forward_paths[0].orcpt == "rfc822;a+40b.example"
    assert envelope.forward_paths[1].address == "a..b@docomo.example.jp"
    assert envelope.forward_paths[1].notify == {Notify.NEVER}


@pytest.mark.parametrize(
    "command",
    [
        b"RCPT TO:<a@b.example>\x00", b"RCPT TO:<a\x01b@c.example>", b"RCPT TO:<a@b.example> X=\x7f",
        b"RCPT TO:<@relay.example:a@b.example>", b"RCPT TO:<a@b.example>,<c@d.example>", b"RCPT TO:<a@b@c.example>",
        b"RCPT TO:<a b@c.example>", b"RCPT TO:<>", b"RCPT TO:a@b.example", b"RCPT TO:<\xff@b.example>",
        b"RCPT TO:<a@b.example> NOTIFY=NEVER,SUCCESS", b"RCPT TO:<a@b.example> FOO=bar",
        b"RCPT TO:<a@b.example> NOTIFY=NEVER NOTIFY=NEVER", b"RCPT TO:<a@b.example\xe2\x80\xa8>",
        b"RCPT TO:<" + b"a" * 400 + b"@b.example>",
    ],
    ids=lambda octets: repr(octets[8:40]),
)  # fmt: skip
async def test_recipient_that_could_be_read_twice_is_refused(tmp_path: Path, command: bytes) -> None:
    """No address gets further that another server could take for two, or for a command (P-39)."""
    async with smtp_office(tmp_path) as office:
        client = await office.connect()
        await client.say(f"MAIL FROM:<{SENDER}>")
        reply = await client.say(command)
        data = await client.say("DATA")

    assert reply[:1] == b"5"
    assert data.startswith(b"503")


async def test_pipelined_mail_is_answered_command_by_command(tmp_path: Path) -> None:
    """A program that sends everything at once gets every answer, in order (RFC 2920)."""
    words = f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<{RECIPIENT}>\r\nRCPT TO:<bad>\r\nDATA\r\n".encode()
    async with smtp_office(tmp_path) as office:
        client = await office.connect()
        await client.send(words)
        replies = [(await client.reply())[:3] for _ in range(4)]
        await client.send(b"Subject: x\r\n\r\n.\r\nNOOP\r\nQUIT\r\n")
        ending = [(await client.reply())[:3] for _ in range(3)]

    assert [b"250", b"250", b"501", b"354"] == replies
    assert [b"250", b"250", b"221"] == ending


async def test_words_out_of_order_are_refused_with_what_is_missing(tmp_path: Path) -> None:
    """A confused program is told which step it left out."""
    async with smtp_office(tmp_path) as office:
        client = await office.connect(greeted=False)
        await client.reply()
        too_early = await client.say(f"MAIL FROM:<{SENDER}>")
        await client.hello()
        answers = [
            await client.say(word) for word in (f"RCPT TO:<{RECIPIENT}>", "DATA", "FOO", "EXPN all", "BDAT 3 LAST")
        ]
        await client.say(f"MAIL FROM:<{SENDER}>")
        nested = await client.say(f"MAIL FROM:<{SENDER}>")
        no_recipient = await client.say("DATA")

    assert too_early.startswith(b"503")
    assert [b"503", b"503", b"500", b"502", b"502"] == [answer[:3] for answer in answers]
    assert nested.startswith(b"503")
    assert no_recipient.startswith(b"503")
