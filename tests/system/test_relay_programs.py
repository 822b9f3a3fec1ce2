"""Mail programs and other servers as they are: each hands its mail over and it arrives."""

from __future__ import annotations

import smtplib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system import mail_programs
from tests.system.certificates import Certificates
from tests.system.mail_programs import PROGRAMS, Account, Submitting
from tests.system.postfix import PostfixClient, PostfixNextHop
from tests.system.relay import OWN_DOMAIN, Relay, relay_settings
from tests.system.waiting import eventually

ACCOUNT = Account(f"tanoue@{OWN_DOMAIN}", "correct horse 7 staple")
PARTNER = "partner@customer.example.com"


@pytest.fixture(scope="module")
def office_relay(
    tmp_path_factory: pytest.TempPathFactory, postfix_running: PostfixNextHop, certificates: Certificates
) -> Iterator[Relay]:
    """A relay with all three kinds of listener and one account."""
    directory = tmp_path_factory.mktemp("relay")
    listeners = [
        {"name": "submission", "host": "127.0.0.1", "port": 0, "tls": "starttls"},
        {"name": "submissions", "host": "127.0.0.1", "port": 0, "tls": "implicit"},
        {"name": "trusted", "host": "127.0.0.1", "port": 0, "tls": "none", "auth": "none"},
    ]
    settings = relay_settings(
        directory,
        postfix_running.port,
        listeners=listeners,
        tls={"certificate": str(certificates.certificate), "key": str(certificates.key)},
    )
    relay = Relay(settings, directory)
    try:
        relay.add_account(ACCOUNT.address, ACCOUNT.password)
        relay.start()
        yield relay
    finally:
        relay.close()


@pytest.mark.parametrize("listener", ["submission", "submissions"])
@pytest.mark.parametrize("program", PROGRAMS)
async def test_mail_program_signed_in_under_tls_gets_its_mail_through(
    office_relay: Relay,
    postfix_next_hop: PostfixNextHop,
    certificates: Certificates,
    tmp_path: Path,
    program: str,
    listener: str,
) -> None:
    """Each ordinary mail program can sign in over STARTTLS and over implicit TLS, and its mail arrives."""
    if reason := mail_programs.missing(program):
        pytest.skip(reason)
    mark = f"mark-{program}-{listener}"
    port, implicit = office_relay.port(listener), listener == "submissions"
    PROGRAMS[program](Submitting(port, implicit, ACCOUNT, PARTNER, mark, certificates, tmp_path))
    await eventually(lambda: len(postfix_next_hop.arrived()) == 1, "one mail at Postfix")
    (arrived,) = postfix_next_hop.arrived()

    assert (ACCOUNT.address, PARTNER) == (arrived.reverse_path, arrived.recipient)
    assert mark.encode() in arrived.content


def test_wrong_password_is_refused(office_relay: Relay, certificates: Certificates, tmp_path: Path) -> None:
    """Nobody sends with a password that is not theirs."""
    wrong = Account(ACCOUNT.address, "not the password")
    mail = Submitting(office_relay.port("submission"), False, wrong, PARTNER, "mark", certificates, tmp_path)

    with pytest.raises(smtplib.SMTPAuthenticationError):
        PROGRAMS["smtplib"](mail)


async def test_postfix_as_trusted_sender_gets_its_mail_through_unchanged(
    office_relay: Relay, postfix_next_hop: PostfixNextHop
) -> None:
    """A business system's Postfix can use the relay as its relayhost; its mail arrives octet for octet."""
    sender = PostfixClient(office_relay.port("trusted"))
    content = b"Subject: report\r\n\r\n.\r\n..dots\r\n\x83e\x83X\x83g\r\n"
    try:
        sender.start()
        with smtplib.SMTP("127.0.0.1", sender.port, timeout=30) as client:
            client.sendmail(f"batch@{OWN_DOMAIN}", [PARTNER, f"second-{PARTNER}"], content)
        await eventually(lambda: len(postfix_next_hop.arrived()) == 2, "two copies at the last Postfix")
        await eventually(sender.queue_is_empty, "the sending Postfix to forget the mail")
    finally:
        sender.stop()

    for arrived in postfix_next_hop.arrived():
        # Below the relay's line and the sending Postfix's own one.
        assert arrived.content.endswith(content)
        assert arrived.content.count(b"Received: ") == 2
        assert f"batch@{OWN_DOMAIN}" == arrived.reverse_path


async def test_postfix_signed_in_over_tls_gets_its_mail_through(
    office_relay: Relay, postfix_next_hop: PostfixNextHop, certificates: Certificates
) -> None:
    """A Postfix that signs in as an account over verified TLS can send as that account."""
    plugins = subprocess.run(["postconf", "-A"], capture_output=True, text=True, check=False)
    if "cyrus" not in plugins.stdout or not list(Path("/usr/lib").glob("*/sasl2/libplain.so*")):
        pytest.skip("Postfix has no SASL client here (apt-get install libsasl2-modules)")
    sender = PostfixClient(
        office_relay.port("submission"),
        {
            "relayhost": f"[localhost]:{office_relay.port('submission')}",
            "smtp_sasl_auth_enable": "yes",
            "smtp_sasl_password_maps": f"static:{{{ACCOUNT.address}:{ACCOUNT.password}}}",
            "smtp_sasl_security_options": "noanonymous",
            "smtp_tls_security_level": "secure",
            "smtp_tls_secure_cert_match": "nexthop",
            "smtp_tls_CAfile": str(certificates.authority),
        },
    )
    try:
        sender.start()
        with smtplib.SMTP("127.0.0.1", sender.port, timeout=30) as client:
            client.sendmail(ACCOUNT.address, [PARTNER], b"Subject: signed in\r\n\r\ntext\r\n")
        await eventually(lambda: len(postfix_next_hop.arrived()) == 1, "the mail at the last Postfix")
    except AssertionError as error:
        raise AssertionError(f"{error}\n{sender.log()[-2000:]}") from error
    finally:
        sender.stop()

    (arrived,) = postfix_next_hop.arrived()
    assert (ACCOUNT.address, PARTNER) == (arrived.reverse_path, arrived.recipient)
