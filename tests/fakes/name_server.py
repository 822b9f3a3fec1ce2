"""A name server on loopback whose answers a test scripts: for a network we do not own."""

from __future__ import annotations

import asyncio
from types import TracebackType

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class ScriptedNameServer(asyncio.DatagramProtocol):
    """Answers over UDP. ``records``: by (name, type) the texts of an answer; a name without any does not exist.

    ``is_silent``: it takes questions and says nothing, as in an outage. ``asked`` counts questions.
    """

    def __init__(self, records: dict[tuple[str, str], list[str]]) -> None:
        self.records = records
        self.is_silent = False
        self.asked: list[tuple[str, str]] = []
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> ScriptedNameServer:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, ("127.0.0.1", 0))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._transport is not None
        self._transport.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._transport is not None
        port: int = self._transport.get_extra_info("sockname")[1]
        return port

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        question = dns.message.from_wire(data)
        (asked,) = question.question
        name, kind = asked.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(asked.rdtype)
        self.asked.append((name, kind))
        if self.is_silent:
            return
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        texts = self.records.get((name, kind))
        if texts:
            answer.answer.append(dns.rrset.from_text_list(asked.name, 60, "IN", kind, texts))
        elif not any(known == name for known, _ in self.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        assert self._transport is not None
        self._transport.sendto(answer.to_wire(), addr)
