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
        pytest.param({"sources": []},
                     "listeners, entry 1, auth is 'none' and there are no sources, so nobody may send here",
                     id="nobody may send"),
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
        pytest.param({"limits": {"message_bytes": 2097152, "bytes_in_flight": 1048576}},
                     "limits.message_bytes is more than limits.bytes_in_flight; such a mail could never come",
                     id="mail larger than all mails"),
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
        pytest.param({"web": {"host": "0.0.0.0"}},
                     "web.host lets others read health and metrics; there is no sign-in", id="open metrics"),
    ],
)  # fmt: skip
def test_check_unwise_setting_is_only_advice(tmp_path: Path, sections: dict[str, Any], expected: str) -> None:
    """What is allowed but risky does not stop the service; the check says it."""
    assert ([], [expected]) == verdict(tmp_path, sections)


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
