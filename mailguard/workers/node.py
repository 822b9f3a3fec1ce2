"""What this node knows of itself: next hops, disk, certificate, processes. Nothing is asked over the network."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography import x509

from mailguard import __version__
from mailguard.clock import Clock
from mailguard.config import Settings
from mailguard.delivery.routes import Routes
from mailguard.model.node import HopState, NodeState


class Node:
    """This node, since now. ``connections``: how many mail programs are connected."""

    def __init__(self, settings: Settings, routes: Routes, clock: Clock, connections: Callable[[], int]) -> None:
        self._settings = settings
        self._routes = routes
        self._connections = connections
        self._started_at = clock.now()

    def state(self) -> NodeState:
        """Everything, as it is now; reads two files at most."""
        settings = self._settings
        certificate = settings.tls.certificate
        try:
            free = shutil.disk_usage(settings.storage.directory).free
        except OSError:
            free = 0
        return NodeState(
            version=__version__,
            started_at=self._started_at,
            hops=tuple(HopState(hop.name, hop.is_down, hop.connections) for hop in self._routes.next_hops),
            free_bytes=free,
            reserve_bytes=settings.storage.reserve_bytes,
            has_certificate=certificate is not None,
            certificate_ends_at=None if certificate is None else _end_of(certificate),
            looking_processes=settings.looking.workers,
            connections_now=self._connections(),
        )


def _end_of(certificate: Path) -> datetime | None:
    """When the first certificate of a PEM file ends; None where it cannot be read."""
    try:
        return x509.load_pem_x509_certificates(certificate.read_bytes())[0].not_valid_after_utc
    except (OSError, ValueError):
        return None
