"""The demonstration's composition: folder, world, relay, account, page.

They start in this order and end in the other one, whatever happens in between; the folder goes last.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiosmtplib

from mailguard import hold
from mailguard.accounts import administration
from mailguard.accounts.passwords import Passwords, generated_password
from mailguard.app import Service
from mailguard.clock import SystemClock
from mailguard.demo import guide, office, view
from mailguard.demo.page import create_page
from mailguard.demo.samples import ACCOUNT, Kind, Sample, sample_mails
from mailguard.demo.terminal import Terminal
from mailguard.demo.world import Happening, World
from mailguard.logs import configure
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.queue import QueueId
from mailguard.web import WebServer

_SEND_SECONDS = 15.0
_ACTOR = Actor(ActorKind.PERSON, "demo page")


class Demonstration:
    """The running whole; also what ``smoke`` looks at."""

    def __init__(self, service: Service, world: World, folder: Path, password: str, minutes: float) -> None:
        self.service = service
        self.world = world
        self.folder = folder
        self.password = password
        self.hold_minutes = minutes
        self.page_port = 0
        self.sent: dict[Kind, QueueId] = {}

    async def send_samples(self) -> list[Sample]:
        """Hand over every sample as mail programs do. Raises what aiosmtplib raises where one is not taken."""
        samples = sample_mails(self.service.clock.now().astimezone())
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
        return self.service.submission.addresses[listener][1]

    async def look(self) -> view.Overview:
        """What there is to see now."""
        arrivals = list(self.world.arrivals)
        return await self.service.store.read(
            lambda connection: view.overview(self.service.spool, connection, arrivals)
        )  # fmt: skip

    async def act(self, queue_id: QueueId, action: str) -> bool:
        """Carry out a click; whether anything was left to do. Raises ``UnknownMail``."""
        spool, queue_id = self.service.spool, queue_id.upper()
        match action:
            case "cancel":
                work = hold.cancel(spool, queue_id, _ACTOR, "")
            case "individual":
                work = hold.release(spool, queue_id, _ACTOR, "", recipients=hold.Recipients.INDIVIDUAL)
            case _:
                work = hold.release(spool, queue_id, _ACTOR, "")
        outcome = await self.service.store.write(work)
        self.service.timekeeper.hint()
        return bool(outcome.moved)

    async def send_more(self) -> None:
        """The page's button for another round of samples."""
        await self.send_samples()

    async def tell(self, terminal: Terminal) -> None:
        """Say where everything is, naming mails that are held at this moment."""
        overview = await self.look()
        guide.tell(
            terminal,
            guide.Whereabouts(
                folder=self.folder,
                page_port=self.page_port,
                trusted_port=self.port(office.TRUSTED),
                submission_port=self.port(office.SUBMISSION),
                password=self.password,
                hold_minutes=self.hold_minutes,
                held=tuple(mail.queue_id for mail in overview.held),
            ),
        )


@asynccontextmanager
async def standing(
    hold_minutes: float,
    retry_minutes: list[float],
    make_certificate: office.MakeCertificate,
    on_event: Callable[[Happening], None],
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
        service = Service(office.furnish(folder, world.port, hold_minutes, retry_minutes, make_certificate), clock)
        stack.push_async_callback(service.stop)
        await service.start()
        password = generated_password()
        await service.store.write(administration.add(ACCOUNT, "", Passwords().hashed_now(password), _ACTOR))
        demonstration = Demonstration(service, world, folder, password, hold_minutes)
        page = create_page(
            demonstration.look, demonstration.act, demonstration.send_more,
            guide.plain_swaks(demonstration.port(office.TRUSTED)),
        )  # fmt: skip
        web = WebServer(page, "127.0.0.1", 0)
        stack.push_async_callback(web.stop)
        await web.start()
        demonstration.page_port = web.address[1]
        yield demonstration


def _new_folder() -> Path:
    """A folder only its user may enter."""
    return Path(tempfile.mkdtemp(prefix="mailguard-demo-")).resolve()
