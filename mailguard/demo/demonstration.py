"""The demonstration's composition: folder, world, relay, people, account, desk.

They start in this order and end in the other one, whatever happens in between; the folder goes last.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiosmtplib

from mailguard import hold
from mailguard.accounts import administration
from mailguard.accounts.passwords import Passwords, generated_password
from mailguard.app import Service
from mailguard.clock import SystemClock
from mailguard.demo import guide, office
from mailguard.demo.desk import Desk, Seat
from mailguard.demo.page import create_page
from mailguard.demo.people import ACTOR, COLLEAGUES, Telephone, move_in, telephones
from mailguard.demo.samples import ACCOUNT, NUMBERS, PAUSED, STOPPED, Kind, Sample, answer_to, sample_mails
from mailguard.demo.terminal import Terminal
from mailguard.demo.world import Happening, World
from mailguard.logs import configure
from mailguard.model.queue import QueueId
from mailguard.model.verdict import Needs
from mailguard.web import WebServer

_SEND_SECONDS = 15.0
_LOOKS = 300
"""Tenths of a second for which the samples may wait to be looked into, on a slow machine."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast everything goes: how long mail waits, when it is tried again, how soon people are told."""

    hold_minutes: float
    retry_minutes: list[float]
    notice_seconds: float


class Demonstration:
    """The running whole; also what ``smoke`` looks at."""

    def __init__(self, service: Service, world: World, folder: Path, password: str, pace: Pace) -> None:
        self.service = service
        self.world = world
        self.folder = folder
        self.password = password
        self.pace = pace
        self.desk_port = 0
        self.telephones: dict[str, Telephone] = {}
        self.sent: dict[Kind, QueueId] = {}

    @property
    def web_port(self) -> int:
        """Where the office's pages are."""
        return self.service.parts.web.address[1]

    async def send_samples(self) -> list[Sample]:
        """Hand over every sample as mail programs do. Raises what aiosmtplib raises where one is not taken."""
        samples = sample_mails(self.service.parts.clock.now().astimezone())
        for signed_in in (True, False):
            client = aiosmtplib.SMTP(
                hostname="127.0.0.1", port=self.port(office.SUBMISSION if signed_in else office.TRUSTED),
                start_tls=signed_in, validate_certs=False, timeout=_SEND_SECONDS,
                username=ACCOUNT if signed_in else None, password=self.password if signed_in else None,
            )  # fmt: skip
            async with client:
                for sample in samples:
                    if sample.signed_in == signed_in:
                        _, reply = await client.sendmail(sample.reverse_path, list(sample.recipients), sample.content)
                        self.sent[sample.kind] = reply.split()[-1]
        return samples

    def port(self, listener: str) -> int:
        """Where the relay really listens."""
        return self.service.parts.submission.addresses[listener][1]

    async def held(self) -> list[hold.ListedMail]:
        """The mails that wait now."""
        return await self.service.parts.store.read(
            lambda reader: hold.list_held(self.service.parts.spool, reader, limit=100)
        )

    def desk(self) -> Desk:
        """What lies on everybody's desk now."""
        now = self.service.parts.clock.now()
        seats = [
            Seat(one, tuple(self.world.mailbox(one.address)), self._digits(one.address, now)) for one in COLLEAGUES
        ]
        return Desk(now, office.pages_address(self.web_port), tuple(seats), tuple(self.world.happenings))

    def _digits(self, address: str, now: datetime) -> str:
        telephone = self.telephones.get(address)
        return "" if telephone is None else telephone.code(now)

    async def send_more(self) -> None:
        """The desk's button for another round of samples."""
        await self.send_samples()

    async def answer(self, letter: str, number: str) -> bool:
        """Whoever got a letter of the office answers it by mail, as its server would hand that in; whether it was sent.

        ``letter``: the digest of the letter, in hexadecimal digits; ``number``: of one of its answers.
        """
        found = next((one for one in self.world.arrivals if one.digest.hex() == letter and one.answers_at), None)
        if found is None or number not in NUMBERS:
            return False
        content = answer_to(found.recipients[0], found.answers_at, found.subject, number)
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=self.port(office.TRUSTED), timeout=_SEND_SECONDS)
        async with client:
            await client.sendmail(found.recipients[0], [found.answers_at], content)
        return True

    async def tell(self, terminal: Terminal) -> None:
        """Say where everything is, naming mails that are held at this moment and may be released by anybody."""
        held = await self.held_once_looked_into()
        guide.tell(
            terminal,
            guide.Whereabouts(
                folder=self.folder,
                desk_port=self.desk_port,
                web_port=self.web_port,
                trusted_port=self.port(office.TRUSTED),
                submission_port=self.port(office.SUBMISSION),
                password=self.password,
                hold_minutes=self.pace.hold_minutes,
                held=tuple(mail.submission.queue_id for mail in held if _is_pause(mail)),
            ),
        )

    async def held_once_looked_into(self) -> list[hold.ListedMail]:
        """The mails that wait once the samples have been looked into, or those that do after some seconds."""
        held = await self.held()
        for _ in range(_LOOKS):
            if len(held) >= len(PAUSED | STOPPED):
                break
            await asyncio.sleep(0.1)
            held = await self.held()
        return held


def _is_pause(mail: hold.ListedMail) -> bool:
    verdicts = [one.verdict for one in mail.recipients if one.verdict is not None]
    return all(one.needs is Needs.TIMER for one in verdicts)


@asynccontextmanager
async def standing(
    pace: Pace, make_certificate: office.MakeCertificate, on_event: Callable[[Happening], None]
) -> AsyncIterator[Demonstration]:
    """The whole, taking mail, until the block ends. ``on_event`` hears what the world does."""
    office.forget_environment()
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        folder = _new_folder()
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        configure("info", "json", stack.enter_context((folder / office.LOG).open("w", encoding="utf-8")))
        world = World(clock, on_event)
        await world.start()
        stack.push_async_callback(world.stop)
        circumstances = office.Circumstances(
            world_port=world.port,
            web_port=stack.enter_context(_reserved_port()),
            hold_minutes=pace.hold_minutes,
            retry_minutes=pace.retry_minutes,
            notice_seconds=pace.notice_seconds,
        )
        service = Service(office.furnish(folder, circumstances, make_certificate), clock)
        stack.push_async_callback(service.stop)
        await service.start()
        password = generated_password()
        await service.parts.store.write(administration.add(ACCOUNT, "", Passwords().hashed_now(password), ACTOR))
        await move_in(service.parts.store, service.parts.settings.office)
        demonstration = Demonstration(service, world, folder, password, pace)
        demonstration.telephones = await telephones(service.parts.sign_in.totp, clock)
        page = create_page(
            demonstration.desk, demonstration.send_more, demonstration.answer,
            guide.plain_swaks(demonstration.port(office.TRUSTED)),
        )  # fmt: skip
        web = WebServer(page, "127.0.0.1", 0)
        stack.push_async_callback(web.stop)
        await web.start()
        demonstration.desk_port = web.address[1]
        yield demonstration


def _new_folder() -> Path:
    """A folder only its user may enter."""
    return Path(tempfile.mkdtemp(prefix="mailguard-demo-")).resolve()


@contextmanager
def _reserved_port() -> Iterator[int]:
    """A port on 127.0.0.1 that the system gives to nobody else by itself, and that the relay can listen on: notices
    name it before the relay stands. Linux lets a second socket have an address that is bound and not listened on.
    """
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
