"""Tells systemd how the service is (sd_notify(3)): one datagram to the socket it names, nothing where there is none."""

from __future__ import annotations

import os
import socket


def notify(state: str) -> None:
    """Send ``READY=1`` and the like. Never raises: the service does not depend on its supervisor."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as datagram:
            datagram.connect(address)
            datagram.sendall(state.encode())
    except OSError:
        return
