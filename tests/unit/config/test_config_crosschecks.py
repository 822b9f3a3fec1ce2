"""Settings that contradict each other stop the start; unwise ones are advice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from mailguard.config import load_with_advice
from mailguard.errors import ConfigurationError
from tests.system.certificates import make_certificates

TRUSTED = {"name": "trusted", "host": "127.0.0.1", "port": 2525, "tls": "none", "auth": "none"}
SCANNER = {
    "name": "scanner",
    "networks": ["192.0.2.64/28"],
    "owner": "soumu@example.jp",
    "allowed_senders": ["scanner@example.jp"],
}
HOP = {"host": "smtp.example.jp", "port": 587}
PROVIDER = {"name": "Provider", "client_id": "mailguard"}
SMS = {"url": "https://sms.example.jp/v1/messages"}


def verdict(folder: Path, sections: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Complaints and advice for good settings with these sections in place of theirs, without file and line."""
    settings: dict[str, Any] = {
        "office": {"domains": ["example.jp"], "hostname": "relay.example.jp"},
        "listeners": [TRUSTED],
        "sources": [SCANNER],
        "delivery": {"next_hop": HOP},
    }
    path = folder / "mailguard.yaml"
    path.write_text(yaml.safe_dump(settings | dict(sections), sort_keys=False))
    path.chmod(0o600)
    try:
        advice = load_with_advice(path, {}).advice
    except ConfigurationError as error:
        return [line.split(": ", 1)[1] for line in error.complaints], []
    return [], [line.split(": ", 1)[1] for line in advice]


def hop(**changes: object) -> dict[str, Any]:
    return {"delivery": {"next_hop": HOP | changes}}


def sms(**changes: object) -> dict[str, Any]:
    return {"protection": {"channel": "sms", "sms": SMS | changes}}


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        pytest.param({"office": {"hostname": "relay.example.jp"}},
                     "office.domains is empty; name the office's own mail domains, or all mail is outside mail",
                     id="no own domain"),
        pytest.param({"office": {"domains": ["example.jp"]}},
                     "office.hostname is not set; give the name this relay has in your DNS",
                     id="placeholder host name"),
        pytest.param({"office": {"domains": ["@example.jp"], "hostname": "relay.example.jp"}},
                     "office.domains, entry 1 must be a domain such as example.jp (it is '@example.jp')",
                     id="own domain with an at sign"),
        pytest.param({"listeners": []}, "listeners is empty; nobody could hand over mail", id="no listener"),
        pytest.param({"listeners": [TRUSTED, TRUSTED | {"name": "other"}]},
                     "listeners, entry 2, port is that of entry 1 as well (2525)", id="two listeners on a port"),
        pytest.param({"listeners": [TRUSTED, TRUSTED | {"name": "other", "host": "0.0.0.0"}]},
                     "listeners, entry 2, port is that of entry 1 as well (2525)", id="a port everywhere and here"),
        pytest.param({"listeners": [TRUSTED], "web": {"port": 2525}},
                     "listeners, entry 1, port is that of the section 'web' as well (2525)",
                     id="listener on web's port"),
        pytest.param({"listeners": [TRUSTED, TRUSTED | {"port": 2526}]},
                     "listeners, entry 2, name is that of entry 1 as well", id="two listeners of a name"),
        pytest.param({"listeners": [TRUSTED | {"auth": "required"}]},
                     "listeners, entry 1, auth is 'required', but nobody can sign in without TLS;"
                     " set auth to none, or tls to starttls", id="sign-in in clear"),
        pytest.param({"listeners": [TRUSTED | {"tls": "starttls"}]},
                     "tls.certificate is missing; the listeners trusted need it", id="no certificate"),
        pytest.param({"sources": [SCANNER, SCANNER | {"name": "copier"}]},
                     "sources, entry 2, networks, entry 1 (192.0.2.64/28) stands in source 'scanner' as well",
                     id="two sources of a network"),
        pytest.param({"sources": [SCANNER | {"networks": ["0.0.0.0/0"]}]},
                     "sources, entry 1, networks, entry 1 is the whole Internet; anybody could send as this office",
                     id="open relay"),
        pytest.param({"sources": [SCANNER | {"allowed_senders": ["example.jp"]}]},
                     "sources, entry 1, allowed_senders, entry 1 must be an address (a@example.jp), a domain"
                     " (@example.jp) or '<>' (it is 'example.jp')", id="sender without an at sign"),
        pytest.param(hop(auth="xoauth2", username="relay"),
                     "delivery.next_hop.auth is 'xoauth2', which needs token_file or token_command", id="no token"),
        pytest.param(hop(auth="plain", username="relay"),
                     "delivery.next_hop.password_file is missing; auth is 'plain'", id="no password"),
        pytest.param(hop(auth="plain", password="secret"),
                     "delivery.next_hop.username is missing; auth is 'plain'", id="no user name"),
        pytest.param(hop(fingerprint_sha256="abc"),
                     "delivery.next_hop.fingerprint_sha256 must be 64 hexadecimal digits, colons allowed",
                     id="short pin"),
        pytest.param(hop(host="127.0.0.1", port=2525, tls="off"),
                     "delivery.next_hop.port is that of one of our own listeners (2525); mail would go in circles",
                     id="next hop is ourselves"),
        pytest.param({"delivery": {"next_hop": HOP, "retry_minutes": [0]}},
                     "delivery.retry_minutes, entry 1 must be more than 0", id="retry without a wait"),
        pytest.param({"delivery": {"next_hop": HOP, "routes": [HOP | {"domains": ["partner.example"]},
                                                               HOP | {"domains": ["Partner.example"]}]}},
                     "delivery.routes, entry 2, domains, entry 1 (Partner.example) stands in entry 1 as well",
                     id="two routes of a domain"),
        pytest.param({"storage": {"database": "postgresql://db.example.jp/mailguard"}},
                     "storage.database must begin with postgresql+psycopg:// (or be empty for SQLite)",
                     id="other driver"),
        pytest.param({"notices": {"webhooks": [{"url": "http://chat.example.com/hooks/1"}]}},
                     "notices.webhooks, entry 1, url must begin with https:// (http:// on this machine only); it "
                     "holds the channel's secret", id="channel in clear"),
        pytest.param({"notices": {"sender": "mailguard"}},
                     "notices.sender must be a mail address (it is 'mailguard')", id="sender without a domain"),
        pytest.param({"protection": {"channel": "sms"}},
                     "protection.channel is 'sms', but protection.sms names no gateway", id="no gateway"),
        pytest.param(sms(url="http://sms.example.jp/"),
                     "protection.sms.url must begin with https:// (http:// on this machine only); it carries passwords",
                     id="gateway without TLS"),
        pytest.param(sms(url="https://sms.example.jp/{phone}"),
                     "protection.sms.url cannot hold placeholders: addresses are written down on the way; use body",
                     id="number in the gateway's address"),
        pytest.param(sms(body='{"to": "{phone}", "text": "{message}", "x": "{text}"}'),
                     "protection.sms.body holds {message}; there are {office}, {password}, {phone}, {text}",
                     id="unknown placeholder"),
        pytest.param(sms(body='{"text": "{text}"}'),
                     "protection.sms.body holds no {phone}, so the gateway would not know where to send it",
                     id="no number"),
        pytest.param(sms(body='{"to": "{phone}"}'),
                     "protection.sms.body holds neither {text} nor {password}, so nothing would be told",
                     id="no words"),
        pytest.param(sms(body='{"to": {phone}, "text": "{text}"}'),
                     "protection.sms.body is not JSON once values are filled in; placeholders stand in quotes:"
                     ' "{text}"', id="number without quotes"),
        pytest.param(sms(body="to={phone}&text={text}", headers={"Content-Type": "text/plain; charset=Shift_JIS"}),
                     "protection.sms.body is sent as UTF-8, but the header Content-Type says Shift_JIS",
                     id="other charset"),
        pytest.param(sms(headers={"X-Office": "{office}"}),
                     "protection.sms.headers.X-Office can hold {phone} and {password}, but not {office}",
                     id="Japanese in a header"),
        pytest.param(sms(headers={"X-Key": "a\r\nX-Evil: 1"}),
                     "protection.sms.headers.X-Key must be a header field of printable ASCII on one line",
                     id="line in a header"),
        pytest.param(sms(token="t", headers={"authorization": "Basic eDp5"}),
                     "protection.sms.token and a header Authorization are both set; keep one", id="two sign-ins"),
        pytest.param({"limits": {"message_bytes": 2097152, "bytes_in_flight": 1048576}},
                     "limits.message_bytes is more than limits.bytes_in_flight; such a mail could never come",
                     id="mail larger than all mails"),
        pytest.param({"web": {"public_url": "http://mail.example.jp"}},
                     "web.public_url must begin with https:// (http:// on this machine only); people sign in there",
                     id="pages in clear"),
        pytest.param({"sign_in": {"oidc": [PROVIDER | {"issuer": "http://id.example.jp"}]}},
                     "sign_in.oidc, entry 1, issuer must begin with https:// (http:// on this machine only)",
                     id="provider in clear"),
        pytest.param({"sign_in": {"ldap": {"url": "dc.example.jp"}}},
                     "sign_in.ldap.url must be such as ldaps://dc.example.jp (it is 'dc.example.jp')",
                     id="directory without a scheme"),
        pytest.param({"sign_in": {"ldap": {"url": "https://dc.example.jp"}}},
                     "sign_in.ldap.url must be such as ldaps://dc.example.jp (it is 'https://dc.example.jp')",
                     id="directory of another kind"),
        pytest.param({"audit": {"syslog": {"host": "siem.example.jp", "tls": "off"}}},
                     "audit.syslog.tls is 'off', which is for this machine only; the record names people",
                     id="record in clear"),
        pytest.param({"audit": {"syslog": {"host": "siem.example.jp", "key": "/nowhere/key"}}},
                     "audit.syslog.certificate is missing although its key is set", id="key without certificate"),
        pytest.param({"audit": {"syslog": {"host": "siem.example.jp", "ca_file": "/nowhere/ca"}}},
                     "audit.syslog.ca_file names a file that is not there or cannot be seen: /nowhere/ca",
                     id="authority that is not there"),
    ],
)  # fmt: skip
def test_check_contradiction_stops_the_start(tmp_path: Path, sections: dict[str, Any], expected: str) -> None:
    """Settings that cannot work together are found before the first mail, and I am told why."""
    assert ([expected], []) == verdict(tmp_path, sections)


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        pytest.param({"sources": [SCANNER, SCANNER | {"name": "floor", "networks": ["192.0.2.0/24"]}]},
                     "sources, entry 2, networks, entry 1 (192.0.2.0/24) overlaps 192.0.2.64/28 of source 'scanner';"
                     " the narrower one decides", id="source inside a source"),
        pytest.param(hop(auth="plain", username="relay", password="secret", tls="opportunistic"),
                     "delivery.next_hop.tls is 'opportunistic', so the password may be read on the way",
                     id="password perhaps in clear"),
        pytest.param(hop(username="relay"),
                     "delivery.next_hop.auth is 'none', so what is given to sign in is not used",
                     id="unused user name"),
        pytest.param({"auth": {"upstream": {"host": "mail.example.jp", "tls": "none"}}},
                     "auth.upstream.tls is 'none', so everybody's password can be read on the way",
                     id="sign-in in clear"),
        pytest.param({"sources": []},
                     "listeners, entry 1, auth is 'none' and there are no sources, so nobody may send here until"
                     " devices are added on the pages", id="nobody may send yet"),
        pytest.param({"web": {"host": "0.0.0.0"}},
                     "web.host is reached without HTTPS: browsers sign nobody in (tls, or a proxy and public_url)",
                     id="no https"),
        pytest.param({"audit": {"retention_days": 7}},
                     "audit.retention_days is less than storage.retention_days (30); what became of a mail is forgotten"
                     " before the mail", id="record shorter than mail"),
    ],
)  # fmt: skip
def test_check_unwise_setting_is_only_advice(tmp_path: Path, sections: dict[str, Any], expected: str) -> None:
    """What is allowed but risky does not stop the service; the check says it."""
    assert ([], [expected]) == verdict(tmp_path, sections)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="nothing but the address"),
        pytest.param({"url": "http://127.0.0.1:8080/sms", "body": '[{"n": "{phone}", "p": "{password}"}]'}, id="local"),
        pytest.param({"headers": {"Content-Type": "application/x-www-form-urlencoded", "X-To": "{phone}"},
                      "body": "text={text}"}, id="form, number in a header"),
    ],
)  # fmt: skip
def test_check_usual_gateway_is_good(tmp_path: Path, changes: dict[str, Any]) -> None:
    """What gateways usually want can be set."""
    assert ([], []) == verdict(tmp_path, sms(**changes))


def test_sms_token_comes_from_a_file_only_the_service_can_read(tmp_path: Path) -> None:
    """The gateway's token need not stand in the configuration; where it does, nobody else may read that."""
    token = tmp_path / "sms.token"
    token.write_text("tok-1\n")
    token.chmod(0o644)
    [refused], _ = verdict(tmp_path, sms(token_file=str(token)))
    token.chmod(0o600)

    assert "protection.sms.token_file names a file that others may read (mode 0644)" in refused
    assert ([], []) == verdict(tmp_path, sms(token_file=str(token)))


def test_sms_token_inline_in_a_public_file_is_refused(tmp_path: Path) -> None:
    """A token in a configuration that everybody may read stops the start, and is not repeated."""
    path = tmp_path / "mailguard.yaml"
    verdict(tmp_path, sms(token="tok-1-secret"))
    path.chmod(0o644)

    with pytest.raises(ConfigurationError) as raised:
        load_with_advice(path, {})

    [complaint] = raised.value.complaints
    assert "protection.sms.token stands in a file that everybody may read" in complaint
    assert complaint.endswith("or use token_file")
    assert "tok-1-secret" not in complaint


def with_tls(certificate: Path, key: Path | None) -> dict[str, Any]:
    files = {"certificate": str(certificate)} | ({} if key is None else {"key": str(key)})
    return {"listeners": [{"name": "submission", "port": 2587}], "tls": files}


def test_check_certificate_with_its_key_is_good(tmp_path: Path) -> None:
    """A certificate and the key made for it are accepted."""
    made = make_certificates(tmp_path)

    assert ([], []) == verdict(tmp_path, with_tls(made.certificate, made.key))


def test_check_certificate_with_another_key_stops_the_start(tmp_path: Path) -> None:
    """After a renewal that replaced only one of the files I am told so, before people cannot connect."""
    (tmp_path / "other").mkdir()
    made, other = make_certificates(tmp_path), make_certificates(tmp_path / "other")

    assert (["tls.certificate and tls.key do not belong together"], []) == verdict(
        tmp_path, with_tls(made.certificate, other.key)
    )


def test_check_certificate_without_any_key_stops_the_start(tmp_path: Path) -> None:
    """A certificate alone is not enough."""
    made = make_certificates(tmp_path)

    assert (["tls.certificate holds no private key that can be used; name it in tls.key"], []) == verdict(
        tmp_path, with_tls(made.certificate, None)
    )


def test_check_key_everybody_may_read_stops_the_start(tmp_path: Path) -> None:
    """The relay does not start with a private key that is no secret."""
    made = make_certificates(tmp_path)
    made.key.chmod(0o644)

    assert ([f"tls.key names a file that everybody may read: {made.key}; chmod 640 or 600"], []) == verdict(
        tmp_path, with_tls(made.certificate, made.key)
    )


def test_check_missing_certificate_file_names_it(tmp_path: Path) -> None:
    """A typing error in the path is told as such."""
    made = make_certificates(tmp_path)
    gone = tmp_path / "gone.pem"

    assert ([f"tls.certificate names a file that is not there or cannot be seen: {gone}"], []) == verdict(
        tmp_path, with_tls(gone, made.key)
    )


@pytest.mark.parametrize(
    "sections",
    [
        pytest.param({"web": {"public_url": "http://127.0.0.1:8025"}}, id="pages on this machine"),
        pytest.param({"sign_in": {"oidc": [PROVIDER | {"issuer": "http://localhost:9000"}]}}, id="provider here"),
        pytest.param({"sign_in": {"ldap": {"url": "ldap://dc.example.jp:389"}}}, id="directory that begins in clear"),
        pytest.param({"sign_in": {"ldap": {"url": "ldaps://dc.example.jp"}}}, id="directory in TLS"),
    ],
)
def test_check_ways_to_sign_in_that_are_safe_pass(tmp_path: Path, sections: dict[str, Any]) -> None:
    """Trials on this machine need no certificate, and a directory may begin TLS after the connection."""
    assert ([], []) == verdict(tmp_path, sections)
