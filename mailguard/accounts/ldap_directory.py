"""Whether the office's directory (LDAP, Active Directory) takes a name and password: a simple bind, over verified TLS.

An empty password is never sent: a directory answers it with an anonymous success (RFC 4513 §5.1.2). ``ldap://`` is
STARTTLS before anything else; referrals are not followed. Errors: ``SignInUnavailable`` for everything but a clear yes
or no. ldap3 is an extra: without it nobody can sign in this way.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from typing import Any
from urllib.parse import urlsplit

from mailguard.config import LdapSettings
from mailguard.errors import SignInUnavailable
from mailguard.model.address import local_part

CONNECT_SECONDS = 5
ANSWER_SECONDS = 10
TRY_SECONDS = 25.0
AT_ONCE = 4
QUEUE_MAX = 32
_SUCCESS = 0
_REFUSALS = frozenset({32, 34, 48, 49})
"""RFC 4511 §4.1.9: no such object, invalid DN, inappropriate authentication, invalid credentials."""
_PLACE = re.compile(r"\{(address|local_part)\}")
_PLAIN_SECURE_HOSTS = frozenset({"127.0.0.1", "::1"})


class LdapDirectory:
    """The directory of the settings."""

    def __init__(self, settings: LdapSettings) -> None:
        self._settings = settings
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._under_way = 0

    async def confirms(self, address: str, password: str) -> bool:
        """Whether the directory takes them: True or False; ``SignInUnavailable`` where it does not say."""
        if not password or "\0" in password:
            return False
        if self._under_way >= AT_ONCE + QUEUE_MAX:
            raise SignInUnavailable("too many sign-ins wait for the directory")
        self._under_way += 1
        try:
            async with asyncio.timeout(TRY_SECONDS), self._gate:
                return await asyncio.to_thread(_bind, self._settings, bind_name(self._settings.user, address), password)
        except TimeoutError as error:
            raise SignInUnavailable(f"the directory did not answer within {TRY_SECONDS:g} s") from error
        finally:
            self._under_way -= 1


def bind_name(template: str, address: str) -> str:
    """The name to bind with. In a distinguished name what comes from the address is escaped (RFC 4514 §2.4)."""
    values = {"address": address, "local_part": local_part(address)}
    if "=" in template:
        values = {key: _escaped(value) for key, value in values.items()}
    return _PLACE.sub(lambda found: values[found[1]], template)


def _escaped(value: str) -> str:
    escaped = "".join(f"\\{ord(letter):02x}" if letter in '\\,+"<>;=#\0' else letter for letter in value)
    # Blanks count at the ends only.
    return "\\20" + escaped[1:] if escaped.startswith(" ") else escaped


def _bind(settings: LdapSettings, name: str, password: str) -> bool:
    try:
        import ldap3  # type: ignore[import-untyped]  # it has none
        from ldap3.core.exceptions import LDAPException  # type: ignore[import-untyped]  # it has none
    except ImportError as error:
        raise SignInUnavailable("ldap3 is not installed; it comes with mailguard[ldap]") from error
    connection: Any = None
    try:
        connection = _opened(ldap3, settings, name, password)
        connection.bind()
        code = int(connection.result["result"])
    except (LDAPException, OSError, ssl.SSLError, ValueError) as error:
        raise SignInUnavailable(f"the directory cannot be asked: {type(error).__name__}") from error
    finally:
        if connection is not None:
            _close(connection)
    if code == _SUCCESS:
        return True
    if code in _REFUSALS:
        return False
    raise SignInUnavailable(f"the directory answers a bind with {code}")


def _opened(ldap3: Any, settings: LdapSettings, name: str, password: str) -> Any:
    """A connection with TLS that stands, before the password is sent."""
    url = urlsplit(settings.url)
    tls = ldap3.Tls(
        validate=ssl.CERT_REQUIRED,
        version=ssl.PROTOCOL_TLS_CLIENT,
        ca_certs_file=None if settings.ca_file is None else str(settings.ca_file),
        sni=url.hostname,
    )
    is_tls = url.scheme == "ldaps"
    server = ldap3.Server(
        url.hostname,
        port=url.port or (636 if is_tls else 389),
        use_ssl=is_tls,
        tls=tls,
        get_info=ldap3.NONE,
        connect_timeout=CONNECT_SECONDS,
    )
    connection = ldap3.Connection(
        server,
        user=name,
        password=password,
        authentication=ldap3.SIMPLE,
        auto_referrals=False,
        check_names=False,
        receive_timeout=ANSWER_SECONDS,
    )
    connection.open(read_server_info=False)
    if not is_tls and url.hostname not in _PLAIN_SECURE_HOSTS and not connection.start_tls(read_server_info=False):
        raise SignInUnavailable("the directory does not offer STARTTLS")
    return connection


def _close(connection: Any) -> None:
    # The answer is known by now; whatever is wrong with saying goodbye changes nothing.
    with contextlib.suppress(Exception):
        connection.unbind()
