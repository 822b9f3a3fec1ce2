"""What the submission server counts, for metrics and for its own limits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    """Plain numbers. ``*_now`` and ``bytes_in_flight`` go up and down, all others only grow.

    ``refused_temporary`` and ``refused_permanent`` are replies 4yz and 5yz, to commands and to contents alike.
    """

    connections_now: int = 0
    connections_total: int = 0
    connections_refused: int = 0
    accepted: int = 0
    recipients_accepted: int = 0
    refused_temporary: int = 0
    refused_permanent: int = 0
    bytes_received: int = 0
    bytes_in_flight: int = 0
    sign_ins: int = 0
    sign_ins_refused: int = 0
    handshakes_failed: int = 0
    cut_slow: int = 0
    unexpected_errors: int = 0
