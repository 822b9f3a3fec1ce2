"""What each command means here (RFC 6409, RFC 5321 §4): who may send what to whom, and how much of it.

Not offered: CHUNKING, XCLIENT, XFORWARD, PROXY, VRFY and EXPN answers (they tell strangers who works here).
Known limit: a recipient named twice in the same words is kept once, with the parameters it was first given.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from mailguard.errors import MailguardError
from mailguard.mime.head import is_automatic
from mailguard.model.address import NULL_REVERSE_PATH
from mailguard.model.envelope import Envelope, ForwardPath, Session
from mailguard.submission import replies
from mailguard.submission.commands import MailCommand, parse_mail, parse_rcpt
from mailguard.submission.content import ContentReceiver
from mailguard.submission.contracts import Account, AnswerAddresses
from mailguard.submission.senders import Source
from mailguard.submission.shared import Listener
from mailguard.submission.wire import Wire

log = structlog.get_logger()

COMMAND_MAX = 4096
"""Octets of a command other than AUTH: an address, ENVID and ORCPT at their longest, and room to spare."""
_NAME_MAX = 255
_HTTP = frozenset(
    {b"GET", b"POST", b"HEAD", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"TRACE", b"CONNECT", b"PRI", b"HOST:"}
)


class Conversation(Wire):
    """One client's session: greeting, sign-in, and one mail transaction after the other."""

    def __init__(self, listener: Listener) -> None:
        super().__init__(listener)
        self._connected_at = listener.shared.clock.now()
        self._client_name = ""
        self._extended = False
        self._account: Account | None = None
        self._source: Source | None = None
        self._source_edition = 0
        self._known_sender: str | None = None
        self._session: Session | None = None
        self._mail: MailCommand | None = None
        self._counted_for: str | None = None
        self._may_only_answer = False
        self._paths: dict[str, ForwardPath] = {}
        self._sign_ins_refused = 0
        self._stock_left = listener.shared.pacing.stock_commands
        self._idle_left = listener.shared.pacing.idle_commands + listener.shared.limits.recipients

    def _command(self, line: bytes) -> bytes | None:
        verb, _, argument = line.partition(b" ")
        act = _COMMANDS.get(verb) or _COMMANDS.get(verb.upper())
        if act is None:
            return self._unknown(verb.upper())
        self._idle_left -= 1
        if self._idle_left < 0:
            self._close(replies.CLOSING_NOTHING_DONE)
            return None
        if len(line) > COMMAND_MAX and act is not Conversation._auth:
            return replies.LINE_TOO_LONG
        return act(self, argument)

    def _unknown(self, verb: bytes) -> bytes | None:
        if verb in _HTTP or verb[:2] == b"\x16\x03":
            # A browser made to post here (cross-protocol attack): what follows must not be read as commands.
            self._close(replies.CLOSING_NOT_SMTP)
            return None
        return replies.UNKNOWN_COMMAND

    def _reset(self) -> None:
        self._abandon_content()
        self._end_count(accepted=False)
        self._mail = None
        self._paths = {}

    def _forget_session(self) -> None:
        self._reset()
        self._client_name = ""
        self._account = None
        self._session = None
        self._known_sender = None

    def _end_count(self, *, accepted: bool) -> None:
        if self._counted_for is not None:
            self._shared.usage.end_mail(self._counted_for, len(self._paths), accepted=accepted)
            self._counted_for = None

    # Greeting and the commands that do nothing.

    def _ehlo(self, argument: bytes) -> bytes | None:
        reply = self._listener.ehlo_encrypted if self._tls else self._listener.ehlo_clear
        return self._greet(argument, reply, extended=True)

    def _helo(self, argument: bytes) -> bytes | None:
        return self._greet(argument, self._listener.hello, extended=False)

    def _greet(self, argument: bytes, reply: bytes, *, extended: bool) -> bytes | None:
        # Windows machines with Japanese names say them in CP932. The name is only for the record.
        name = "".join(sign if "!" <= sign <= "~" else "?" for sign in argument.strip().decode("ascii", "replace"))
        if not name or len(name) > _NAME_MAX:
            return replies.NAME_NEEDED
        self._reset()
        self._client_name = name
        self._extended = extended
        self._session = None
        return self._stock(reply)

    def _stock(self, reply: bytes) -> bytes | None:
        self._stock_left -= 1
        if self._stock_left < 0:
            self._close(replies.CLOSING_NOTHING_DONE)
            return None
        return reply

    def _noop(self, argument: bytes) -> bytes | None:
        return self._stock(replies.OK)

    def _rset(self, argument: bytes) -> bytes | None:
        if argument:
            return replies.NO_ARGUMENT
        if self._mail is None:
            return self._stock(replies.OK)
        self._reset()
        return self._stock(replies.OK)

    def _vrfy(self, argument: bytes) -> bytes | None:
        return self._stock(replies.WILL_TRY)

    def _help(self, argument: bytes) -> bytes | None:
        return self._stock(replies.HELP)

    def _not_offered(self, argument: bytes) -> bytes:
        return replies.NOT_OFFERED

    def _quit(self, argument: bytes) -> bytes | None:
        self._close(replies.BYE)
        return None

    # Encryption and sign-in.

    def _starttls(self, argument: bytes) -> bytes:
        if self._tls:
            return replies.TLS_ALREADY
        if self._listener.settings.tls != "starttls":
            return replies.NOT_OFFERED
        if argument:
            return replies.NO_ARGUMENT
        # What came in clear after STARTTLS is dropped, and no more of it is read: CVE-2024-34083 and its class.
        self._is_dropping = True
        self.transport.pause_reading()
        self._wait_for(self._encrypt(None), may_be_cancelled=True)
        return replies.READY_FOR_TLS

    def _auth(self, argument: bytes) -> bytes | None:
        if not self._extended or not self._client_name:
            return replies.HELLO_FIRST
        if self._listener.settings.auth == "none":
            return replies.NOT_OFFERED
        if not self._listener.offers_sign_in(encrypted=self._tls is not None):
            return replies.TLS_FOR_SIGN_IN
        if self._account is not None:
            return replies.SIGNED_IN_ALREADY
        if self._mail is not None:
            return replies.NOT_IN_MAIL
        words = argument.decode("ascii", "replace").split()
        if not 1 <= len(words) <= 2:
            return replies.SIGN_IN_SYNTAX
        mechanism = words[0].upper()
        if mechanism not in ("PLAIN", "LOGIN"):
            return replies.MECHANISM_UNKNOWN
        self._wait_for(self._sign_in(mechanism, words[1:]), may_be_cancelled=True)
        return None

    async def _sign_in(self, mechanism: str, initial: list[str]) -> bytes | None:
        said = await self._ask_credentials(mechanism, initial)
        if said is None:
            return None
        counters = self._shared.counters
        try:
            username, password = said[0].decode("utf-8"), said[1].decode("utf-8")
        except UnicodeDecodeError:
            return replies.SIGN_IN_TEXT
        try:
            account = await self._shared.authenticator.authenticate(username, password, self.client_address)
        except MailguardError as error:
            if error.temporary:
                return replies.NOT_NOW
            counters.sign_ins_refused += 1
            return await self._sign_in_refused(error)
        counters.sign_ins += 1
        self._account = account
        self._session = None
        self._known_sender = None
        return replies.SIGNED_IN

    async def _sign_in_refused(self, error: MailguardError) -> bytes | None:
        pacing = self._shared.pacing
        self._sign_ins_refused += 1
        log.info(
            "submission.sign_in_refused",
            listener=self._listener.settings.name,
            client=self.client_address,
            count=self._sign_ins_refused,
        )
        await asyncio.sleep(min(pacing.sign_in_delay * 2 ** (self._sign_ins_refused - 1), pacing.sign_in_delay_max))
        if self._sign_ins_refused >= pacing.sign_ins_refused:
            self._out.append(replies.of_error(error))
            self._close(replies.CLOSING_SIGN_IN)
            return None
        return replies.of_error(error)

    # A mail.

    def _mail_from(self, argument: bytes) -> bytes | None:
        if not self._client_name:
            return replies.HELLO_FIRST
        if self._mail is not None:
            return replies.NESTED_MAIL
        mail = parse_mail(argument, extended=self._extended)
        shared = self._shared
        refusal = self._sender_refusal(mail.reverse_path)
        if refusal is not None:
            return refusal
        if mail.size > shared.limits.message_bytes:
            return replies.TOO_LARGE
        if not shared.acceptor.has_room(mail.size):
            return replies.NO_ROOM
        if self._account is not None:
            begun = shared.usage.begin_mail(self._account.address)
            if begun is None:
                self._wait_for(self._count_mail(self._account.address, mail), may_be_cancelled=True)
                return None
            return self._mail_begun(mail, self._account.address) if begun else replies.TOO_MANY_MAILS_PER_HOUR
        self._mail = mail
        return replies.OK_SENDER

    def _sender_refusal(self, reverse_path: str) -> bytes | None:
        self._may_only_answer = False
        account = self._account
        if account is not None:
            # RFC 8098 §3 and RFC 3834 §3.3: read receipts and automatic replies leave with the null reverse-path, so an
            # account may use it. It still answers for the mail: the session names it, and the record keeps that.
            if reverse_path == NULL_REVERSE_PATH or account.may_send_as(reverse_path):
                return None
            return replies.SENDER_NOT_YOURS
        source = self._find_source()
        if source is None:
            settings = self._listener.settings
            if settings.auth == "none":
                return replies.NOT_A_SOURCE
            return replies.SIGN_IN_FIRST if self._tls or settings.auth_without_tls else replies.TLS_FIRST
        if reverse_path == self._known_sender:
            return None
        if not source.may_send_as(reverse_path):
            if self._shared.answers is None:
                return replies.SENDER_NOT_ALLOWED
            # Whoever answers a letter of ours is anybody; the office's server brings it.
            self._may_only_answer = True
            return None
        self._known_sender = reverse_path
        return None

    def _find_source(self) -> Source | None:
        sources = self._shared.sources
        if self._source_edition != sources.edition:
            # What may send may have been changed since this connection's last mail.
            self._source_edition = sources.edition
            self._known_sender = self._session = None
            if self._listener.settings.auth != "required":
                self._source = sources.find(self.client_address)
        return self._source

    def _mail_begun(self, mail: MailCommand, account: str) -> bytes:
        self._mail = mail
        self._counted_for = account
        return replies.OK_SENDER

    async def _count_mail(self, account: str, mail: MailCommand) -> bytes:
        await self._shared.usage.ask(account)
        if not self._shared.usage.begin_mail(account):
            log.warning("submission.account_limit", limit="mails_per_hour", listener=self._listener.settings.name)
            return replies.TOO_MANY_MAILS_PER_HOUR
        return self._mail_begun(mail, account)

    def _rcpt_to(self, argument: bytes) -> bytes | None:
        mail = self._mail
        if mail is None:
            return replies.MAIL_FIRST
        path = parse_rcpt(argument, extended=self._extended, smtputf8=mail.smtputf8)
        if path.address.lower() == "postmaster":
            if not self._shared.postmaster:
                return replies.NO_POSTMASTER
            path = ForwardPath(self._shared.postmaster, path.notify, path.orcpt)
        answers = self._shared.answers
        if answers is not None and answers.is_answer_address(path.address):
            self._wait_for(self._answer_to(answers, path), may_be_cancelled=True)
            return None
        if self._may_only_answer:
            return replies.SENDER_NOT_ALLOWED
        if path.address in self._paths:
            return replies.OK_RECIPIENT
        if len(self._paths) >= self._shared.limits.recipients:
            return replies.TOO_MANY_RECIPIENTS
        if self._counted_for is not None:
            counted = self._shared.usage.add_recipient(self._counted_for)
            if counted is None:
                self._wait_for(self._count_recipient(self._counted_for, path), may_be_cancelled=True)
                return None
            if not counted:
                return replies.TOO_MANY_RECIPIENTS_PER_HOUR
        self._paths[path.address] = path
        return replies.OK_RECIPIENT

    async def _answer_to(self, answers: AnswerAddresses, path: ForwardPath) -> bytes:
        """An answer goes to whoever asked; which letter it answers stands in ORCPT."""
        reader = await answers.reader_of(path.address)
        if reader is None:
            return replies.NO_ANSWER_ADDRESS
        if len(self._paths) >= self._shared.limits.recipients:
            return replies.TOO_MANY_RECIPIENTS
        self._paths[path.address] = ForwardPath(reader, path.notify, f"rfc822;{path.address}")
        return replies.OK_RECIPIENT

    async def _count_recipient(self, account: str, path: ForwardPath) -> bytes:
        await self._shared.usage.ask(account)
        if not self._shared.usage.add_recipient(account):
            log.warning("submission.account_limit", limit="recipients_per_hour", listener=self._listener.settings.name)
            return replies.TOO_MANY_RECIPIENTS_PER_HOUR
        self._paths[path.address] = path
        return replies.OK_RECIPIENT

    def _data(self, argument: bytes) -> bytes | None:
        mail = self._mail
        if mail is None:
            return replies.MAIL_FIRST
        if not self._paths:
            return replies.RECIPIENT_FIRST
        if argument:
            return replies.NO_ARGUMENT
        if not self._shared.flight.has_room(mail.size):
            self._wait_for(self._data_when_room(mail.size), may_be_cancelled=True)
            return None
        return self._open_content()

    async def _data_when_room(self, size: int) -> bytes:
        if not await self._shared.flight.wait_for_room(size, self._shared.pacing.room_wait):
            self._reset()
            return replies.NO_ROOM
        return self._open_content()

    def _open_content(self) -> bytes:
        shared = self._shared
        self._begin_content(ContentReceiver(shared.acceptor.open_content(), shared.limits, shared.flight))
        return replies.GO_AHEAD

    def _content_ended(self, receiver: ContentReceiver) -> bytes | None:
        mail = self._mail
        assert mail is not None
        head = receiver.head()
        refusal = receiver.refusal
        if refusal is None and head.received_count > self._shared.limits.received_hops:
            refusal = replies.LOOP
        if refusal is not None:
            receiver.abandon()
            self._reset()
            return refusal
        envelope = Envelope(
            mail.reverse_path, tuple(self._paths.values()), mail.ret, mail.envid, mail.body, mail.smtputf8
        )
        automatic = is_automatic(head, mail.reverse_path)
        task = self._wait_for(self._accept(envelope, receiver, automatic=automatic), may_be_cancelled=False)
        self._shared.accepting.add(task)
        task.add_done_callback(self._shared.accepting.discard)
        return None

    async def _accept(self, envelope: Envelope, receiver: ContentReceiver, *, automatic: bool) -> bytes:
        """Hand the mail over; the 250 exists only once the spool has said that it is kept."""
        shared = self._shared
        accepted = False
        try:
            session = self._session or self._make_session()
            queue_id = await shared.acceptor.accept(envelope, session, receiver.writer, automatic=automatic)
            accepted = True
        finally:
            receiver.settle()
            if not accepted:
                receiver.abandon()
            self._end_count(accepted=accepted)
            self._mail = None
            self._paths = {}
        shared.counters.accepted += 1
        shared.counters.recipients_accepted += len(envelope.forward_paths)
        self._errors = 0
        self._stock_left = shared.pacing.stock_commands
        self._idle_left = shared.pacing.idle_commands + shared.limits.recipients
        return replies.queued(queue_id)

    def _make_session(self) -> Session:
        account, source = self._account, self._source
        owner = account.owner if account is not None else source.owner if source is not None else ""
        self._session = Session(
            client_address=self.client_address,
            client_name=self._client_name,
            listener=self._listener.settings.name,
            owner=owner,
            connected_at=self._connected_at,
            account=account.address if account is not None else None,
            source=source.name if source is not None and account is None else None,
            tls=self._tls,
            esmtp=self._extended,
        )
        return self._session


_COMMANDS: dict[bytes, Callable[[Conversation, bytes], bytes | None]] = {
    b"EHLO": Conversation._ehlo,
    b"HELO": Conversation._helo,
    b"MAIL": Conversation._mail_from,
    b"RCPT": Conversation._rcpt_to,
    b"DATA": Conversation._data,
    b"RSET": Conversation._rset,
    b"NOOP": Conversation._noop,
    b"QUIT": Conversation._quit,
    b"VRFY": Conversation._vrfy,
    b"EXPN": Conversation._not_offered,
    b"BDAT": Conversation._not_offered,
    b"HELP": Conversation._help,
    b"STARTTLS": Conversation._starttls,
    b"AUTH": Conversation._auth,
}
"""Every command there is; made once, not once a connection."""
