"""Makes what leaves in place of a mail that must not leave in clear: one protected mail for each group of recipients
who get the same one, with its parcel and password.

Nobody gets anything unless everybody here can be served: no usable method for one, or something still readable in the
end, raises ``NotPossible`` and nothing is kept. The same code serves the relay and the command that tries it out.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Generic, Protocol, TypeVar
from urllib.parse import unquote

from mailguard.config import OfficeSettings, ProtectionSettings
from mailguard.mime.head import head_of
from mailguard.mime.message import Message, Part, unstuffed
from mailguard.model.protection import Channel, Manifest, Mode, Protection, Traits
from mailguard.model.verdict import Reason
from mailguard.parcels.filling import Filled, Filling, Load, Lock, lone_mode
from mailguard.transform import Mode as Showing
from mailguard.transform import NotPossible, heads_for
from mailguard.transform.composing import ParcelFile, head_with, joined, kept_entity, read_of_head, write_body
from mailguard.transform.containers.errors import CannotLock
from mailguard.transform.cover import body_with_notice, cover_part
from mailguard.transform.notice import Cover, neutral_subject
from mailguard.transform.passwords.channels import CHANNELS
from mailguard.transform.passwords.generated import new_password
from mailguard.transform.plan import Places, Plan, plan_for

Verify = Callable[[bytes, tuple[str, ...]], Awaitable[frozenset[tuple[str, str]]]]
"""Takes the finished mail without parcel and notice, and what can be read beside it; answers with kinds and places that
are still readable."""


class Sink(Protocol):
    """Takes a content as it is made."""

    def write(self, chunk: bytes) -> None:
        """The next octets."""
        ...

    def abandon(self) -> None:
        """It is not wanted after all."""
        ...


S = TypeVar("S", bound=Sink)


@dataclass(frozen=True, slots=True)
class For:
    """One recipient. ``wish``: of policy and sender; ``traits``: what is known; ``agreed``: the password agreed with
    it, "" where there is none. ``showing``: how others are hidden from it.
    """

    position: int
    address: str
    wish: Protection
    traits: Traits
    agreed: str
    showing: Showing


@dataclass(frozen=True, slots=True)
class ToPack:
    """A mail as it came, and everything that decides how it is protected. ``octets`` without dot-stuffing.

    ``findings``: kinds and counts by top-level place. ``everybody``: the whole envelope. ``sender``: address and name.
    """

    octets: bytes
    places: Places
    findings: dict[str, tuple[tuple[str, int], ...]]
    recipients: tuple[For, ...]
    everybody: tuple[str, ...]
    sender: tuple[str, str]
    sent_at: datetime
    is_outside: Callable[[str], bool]


@dataclass(frozen=True)
class Protected(Generic[S]):
    """One protected mail: its tail in ``sink`` (from the empty line on, wire form), and a header block for each
    recipient, by position. ``channels``: how each gets the password, with the telephone for a short message.
    ``is_agreed``: the password is kept elsewhere, and not this parcel's to destroy.
    """

    heads: dict[int, bytes]
    sink: S
    password: str
    manifest: Manifest
    channels: dict[int, tuple[Channel, str]]
    subject: str
    is_agreed: bool


@dataclass
class _Group:
    """Recipients who get the same parcel, and the notice with it."""

    mode: Mode
    all_files: bool
    channel: Channel
    agreed: str
    subject: tuple[tuple[str, str], ...]
    members: list[For] = field(default_factory=list)


class Packer:
    """One per node or command. ``folder``: where archives lie while they are made; None: the system's."""

    def __init__(
        self, settings: ProtectionSettings, office: OfficeSettings, lock: Lock, folder: str | None = None
    ) -> None:
        self._settings = settings
        self._office = office
        self._filling = Filling(lock, office.language, hide_names=settings.hide_names, folder=folder)

    async def pack(self, mail: ToPack, verify: Verify, sinks: Callable[[], S]) -> list[Protected[S]]:
        """The protected mails. Raises ``NotPossible``; what ``verify`` raises goes through."""
        message = Message(mail.octets)
        if message.is_cut:
            raise NotPossible("more parts than are read: some would be lost")
        seen: frozenset[tuple[str, str]] = frozenset()
        for everything in (False, True):
            made: list[Protected[S]] = []
            try:
                for group in self._groups(message, mail, everything=everything):
                    # One by one: those that are made are let go of where a later one cannot be.
                    made.append(await self._made(message, mail, group, sinks, everything=everything))  # noqa: PERF401
                seen = await self._still_seen(message, mail, made, verify, everything=everything)
            except BaseException:
                _abandon(made)
                raise
            if not seen:
                return made
            _abandon(made)
        left: dict[str, object] = {"left": sorted({f"{kind} in {where.partition(':')[0]}" for kind, where in seen})}
        raise NotPossible("what was found can still be read in the finished mail", Reason.STILL_READABLE, left)

    # -- who gets what

    def _groups(self, message: Message, mail: ToPack, *, everything: bool) -> list[_Group]:
        groups: dict[tuple[object, ...], _Group] = {}
        for one in mail.recipients:
            all_files = one.wish.everything
            all_files = self._settings.attachments == "all" if all_files is None else all_files
            plan = _plan(message, mail, everything=everything, all_files=all_files)
            channel = self._channel(one)
            agreed = one.agreed if channel is Channel.AGREED else ""
            group = _Group(self._mode(message, plan, one), all_files, channel, agreed, one.wish.subject)
            # The letter inside shows the recipients: where they may not see each other, each needs its own.
            is_own = plan.is_text_packed and one.showing is not Showing.BCC_ONLY
            own = one.position if is_own or (self._settings.passwords == "each" and not agreed) else -1
            key = (group.mode, all_files, channel, agreed, one.wish.subject, own)
            groups.setdefault(key, group).members.append(one)
        return list(groups.values())

    def _channel(self, one: For) -> Channel:
        """The first that is wanted and can be: by sender or policy, known of the recipient, the office's own."""
        wanted = [one.wish.channel, Channel.AGREED if one.agreed else None, one.traits.prefers]
        for channel in (*wanted, Channel(self._settings.channel)):
            if channel is not None and CHANNELS[channel].is_usable(
                one.traits, one.wish, has_gateway=self._settings.sms is not None
            ):
                return channel
        return Channel.TO_SENDER

    def _mode(self, message: Message, plan: Plan, one: For) -> Mode:
        """Raises ``NotPossible`` where the recipient can open nothing of what could be made."""
        lone = lone_mode(message, plan)
        is_wanted = one.wish.mode is None and self._settings.mode == "auto"
        if lone is Mode.PDF and one.traits.opens_pdf is False:
            lone = None
        if lone is not None and (one.wish.mode is lone or is_wanted or one.traits.refuses_zip):
            return lone
        if one.traits.refuses_zip:
            cause = "a recipient takes no encrypted archive, and nothing else holds this"
            raise NotPossible(cause, Reason.NO_METHOD, {"cannot_open": [one.position]})
        return Mode.ZIP

    # -- one protected mail

    async def _made(
        self, message: Message, mail: ToPack, group: _Group, sinks: Callable[[], S], *, everything: bool
    ) -> Protected[S]:
        plan = _plan(message, mail, everything=everything, all_files=group.all_files)
        password = group.agreed or new_password()
        wanted = [(one.address, one.showing) for one in group.members]
        seen = unstuffed(heads_for(head_of(mail.octets), wanted[:1], mail.everybody, mail.is_outside)[0])
        filled = await self._filled(
            Load(message, plan, mail.places, mail.findings, mail.sent_at, seen), group, password
        )
        boundary = _boundary(mail.octets)
        subject = self._subject(message, plan, group)
        head = head_with(message, subject, boundary)
        heads = heads_for(head, wanted, mail.everybody, mail.is_outside)
        sink = sinks()

        def write() -> None:
            outer = ParcelFile(filled.manifest.outer_name, filled.content_type, filled.chunks)
            text = _text_entities(message, mail, plan, self._cover(mail, group, plan, filled))
            kept = (kept_entity(message, part) for part in plan.kept)
            write_body(sink.write, boundary, (*text, *kept, outer))

        try:
            await asyncio.to_thread(write)
        except BaseException:
            sink.abandon()
            raise
        finally:
            filled.file.close()
        return Protected(
            heads={one.position: head for one, head in zip(group.members, heads, strict=True)},
            sink=sink,
            password=password,
            manifest=filled.manifest,
            channels={one.position: (group.channel, one.wish.phone or one.traits.phone) for one in group.members},
            subject=message.text_of("Subject") if subject is None else subject,
            is_agreed=bool(group.agreed),
        )

    async def _filled(self, load: Load, group: _Group, password: str) -> Filled:
        """The parcel; where a file cannot have a password of its own, an archive."""
        try:
            return await self._filling.fill(load, group.mode, password)
        except CannotLock as error:
            if group.mode is Mode.ZIP:
                raise
            if any(one.traits.refuses_zip for one in group.members):
                cause = "a recipient takes no encrypted archive, and the file takes no password"
                refusing = [one.position for one in group.members if one.traits.refuses_zip]
                raise NotPossible(cause, Reason.NO_METHOD, {"cannot_open": refusing}) from error
            group.mode = Mode.ZIP
            return await self._filling.fill(load, Mode.ZIP, password)

    def _subject(self, message: Message, plan: Plan, group: _Group) -> str | None:
        if not plan.is_subject_neutral:
            return None
        language = self._office.language
        return dict(group.subject).get(language) or neutral_subject(language)

    def _cover(self, mail: ToPack, group: _Group, plan: Plan, filled: Filled) -> Cover:
        address, name = mail.sender
        return Cover(
            language=self._office.language,
            office=self._office.name,
            sender_name=name,
            sender_address=address,
            contact=self._settings.contact,
            parcels=(filled.manifest.outer_name,),
            mode=group.mode,
            holds_text=plan.is_text_packed,
            files=len(plan.packed),
            channel=group.channel,
            window_minutes=round(self._settings.window_minutes),
            has_clear_text=not plan.is_text_packed,
            inner_archive=filled.inner_archive,
        )

    # -- the last look

    async def _still_seen(
        self, message: Message, mail: ToPack, made: list[Protected[S]], verify: Verify, *, everything: bool
    ) -> frozenset[tuple[str, str]]:
        """Kinds and places of what was found and is readable in one of these mails."""
        wishes = {one.wish.everything for one in mail.recipients}
        for wish in wishes:
            all_files = self._settings.attachments == "all" if wish is None else wish
            plan = _plan(message, mail, everything=everything, all_files=all_files)
            boundary = _boundary(mail.octets)
            body: list[bytes] = []
            text = [] if plan.is_text_packed else [kept_entity(message, one) for one in plan.text]
            if not plan.is_text_packed:
                text += [kept_entity(message, one, in_page=True) for one in plan.pictures]
            entities = [*text, *(kept_entity(message, part) for part in plan.kept)]
            write_body(body.append, boundary, entities)
            heads = {head for one in made for head in one.heads.values()}
            head = head_with(message, made[0].subject if plan.is_subject_neutral else None, boundary)
            more = (*(read_of_head(unstuffed(one)) for one in heads), *map(_called, entities))
            pages = () if plan.is_text_packed else tuple(_as_written(message, one) for one in plan.text)
            if seen := await verify(head + unstuffed(b"".join(body)), (*more, *pages, *self._beside(made))):
                return seen
        return frozenset()

    def _beside(self, made: list[Protected[S]]) -> tuple[str, ...]:
        """Names that can be read without the password."""
        return tuple(name for one in made for name in _shown_names(one.manifest))


def _plan(message: Message, mail: ToPack, *, everything: bool, all_files: bool) -> Plan:
    plan = plan_for(message, mail.places, everything=everything, all_files=all_files)
    if plan.packed or plan.is_text_packed:
        return plan
    # A rule wants it protected although nothing was found that has a place.
    return plan_for(message, mail.places, everything=True, all_files=True)


def _text_entities(message: Message, mail: ToPack, plan: Plan, cover: Cover) -> list[bytes]:
    """What is read outside: the notice, behind the sender's own words where those may be read by anybody."""
    if plan.is_text_packed:
        return [cover_part(cover)]
    plain = next((part for part in plan.text if part.content_type == "text/plain"), None)
    page = next((part for part in plan.text if part.content_type == "text/html"), None)
    words = joined("alternative", _boundary(mail.octets), body_with_notice(message, plain, page, cover))
    others = [kept_entity(message, part) for part in plan.text if part not in (plain, page)]
    pictures = [kept_entity(message, part, in_page=True) for part in plan.pictures]
    return [joined("related", _boundary(mail.octets), [words, *pictures]), *others]


def _as_written(message: Message, part: Part) -> str:
    """A text as it lies there and as a browser undoes it: attributes, broken tags and addresses of links."""
    source = message.text(part)
    return f"{source}\n{unquote(source)}\n{unescape(source)}"


def _called(entity: bytes) -> str:
    """What a part says of itself: its type, name and what a page calls it."""
    return entity.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")


def _shown_names(manifest: Manifest) -> tuple[str, ...]:
    """Those of the sender; an archive's own name is ours."""
    own = () if manifest.mode is Mode.ZIP else (manifest.outer_name,)
    return own if manifest.is_names_hidden else (*own, *(one.name for one in manifest.items))


def _boundary(octets: bytes) -> str:
    """A delimiter that stands nowhere in the mail."""
    while True:
        boundary = f"=_{secrets.token_hex(16)}"
        if boundary.encode() not in octets:
            return boundary


def _abandon(made: list[Protected[S]]) -> None:
    for one in made:
        one.sink.abandon()
