"""The two servers under the load: mailguard with the hold at zero, and Postfix as a good administrator would tune it.

Both say 250 only after a sync, both log each mail to a file, both have the same smtp-sink behind them.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any, Protocol

from tests.system.postfix import Postfix
from tests.system.relay import Relay, relay_settings

SENDER = "scanner@office.example.jp"
RECIPIENT = "partner@customer.example.com"


class Subject(Protocol):
    """A relay that can be loaded and measured."""

    name: str

    @property
    def port(self) -> int:
        """Where it takes mail."""
        ...

    @property
    def pid(self) -> int:
        """The process all others of it descend from."""
        ...

    def stop(self) -> None:
        """Ends it and removes what it kept; calling it twice is safe."""
        ...


POSTFIX_TUNING = {
    # Why each: tests/bench/README.md.
    "in_flow_delay": "0",
    "default_process_limit": "200",
    "max_use": "10000",
    "max_idle": "600",
    "initial_destination_concurrency": "20",
    "default_destination_concurrency_limit": "20",
    "smtp_destination_concurrency_limit": "20",
    "smtp_connection_cache_on_demand": "yes",
    "smtp_connection_reuse_count_limit": "0",
    "smtp_tls_security_level": "none",
    "smtpd_tls_security_level": "none",
    "smtpd_client_restrictions": "",
    "smtpd_sender_restrictions": "",
    "smtpd_recipient_restrictions": "",
    "smtpd_relay_restrictions": "permit_mynetworks, reject",
}


class PostfixSubject:
    """Postfix, tuned, sending everything on to one next hop."""

    name = "postfix"

    def __init__(self, sink_port: int, *, tuning: dict[str, str] | None = None) -> None:
        settings = {"relayhost": f"[127.0.0.1]:{sink_port}"} | (POSTFIX_TUNING if tuning is None else tuning)
        self._postfix = Postfix(settings, smtpd_processes=200)
        self._postfix.start()

    @property
    def port(self) -> int:
        return self._postfix.port

    @property
    def pid(self) -> int:
        return self._postfix.master_pid

    def stop(self) -> None:
        self._postfix.stop()


class MailguardSubject:
    """mailguard as shipped, but for the hold (zero) and limits that are meant for single mail programs."""

    name = "mailguard"

    def __init__(self, sink_port: int, **sections: dict[str, Any]) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="mailguard-bench-"))
        settings = relay_settings(self.directory, sink_port) | {
            "sources": [
                {
                    "name": "bench",
                    "networks": ["127.0.0.0/8"],
                    "owner": SENDER,
                    "allowed_senders": [f"@{SENDER.rpartition('@')[2]}"],
                }
            ],
            "delivery": {"next_hop": {"host": "127.0.0.1", "port": sink_port, "tls": "off"}},
            "service": {},
        }
        for name, section in sections.items():
            settings[name] = settings.get(name, {}) | section
        self.relay = Relay(settings, self.directory)
        try:
            self.relay.start()
        except BaseException:
            self.stop()
            raise

    @property
    def port(self) -> int:
        return self.relay.port()

    @property
    def pid(self) -> int:
        return self.relay.pid

    def stop(self) -> None:
        self.relay.close()
        shutil.rmtree(self.directory, ignore_errors=True)
