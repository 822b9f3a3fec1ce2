"""Log lines for the operator: one event word with fields, on standard output, as JSON or text.

Guarantees (invariant 9): no field named for content (subject, body, password, file name, address list ...) is written,
whatever its value; every mail address in any value is cut down to its domain; octets are counted, not shown; long
values are cut. Of an exception its class and the lines of code are written, and its words only where we wrote them
ourselves: those of libraries repeat what they choked on. ``mail.log``, where aiosmtpd writes whole sessions, is
silenced for good; other libraries' warnings come through the same processors, their first line only.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from mailguard.errors import MailguardError

WITHHELD = "[withheld]"
VALUE_MAX = 500
"""Characters of a value; longer ones are content by nature."""

FORBIDDEN = frozenset(
    {
        "subject", "body", "content", "text", "html", "data", "excerpt", "preview", "header", "headers", "line",
        "password", "passwd", "secret", "token", "credential", "credentials", "authorization", "auth", "key",
        "filename", "file_name", "attachment", "attachments",
        "to", "cc", "bcc", "reply_to", "recipients", "rcpt", "addresses", "forward_paths", "correspondents",
        "value", "values", "finding", "findings", "masked", "matched",
    }
)  # fmt: skip
"""Names of fields that hold what must not be in a log. A count under such a name is fine and passes."""

_ADDRESS = re.compile(r"(?:\"[^\"]*\"|[^\s<>()\[\],;:\"'@=]+)@(?=[^\s<>()\[\],;:\"'@])")
_SILENCED = ("mail.log", "mail.debug", "mail.error")


def configure(level: str, form: str, stream: TextIO | None = None) -> None:
    """Set up logging of the service as ``log.level`` and ``log.format`` say, on ``stream`` (default: standard output).

    May be called again.
    """
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    _configure(logging.getLevelNamesMapping()[level.upper()], renderer, stream or sys.stdout)


def configure_for_commands() -> None:
    """Set up logging of a command: warnings as text on standard error, because standard output is the result's."""
    _configure(logging.WARNING, structlog.dev.ConsoleRenderer(colors=False), sys.stderr)


def _configure(level: int, renderer: Processor, stream: TextIO) -> None:
    processors: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        tell_exceptions,
        redact,
    ]
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(stream),
        # A cached logger would keep the stream of an earlier set-up; assembling one costs microseconds.
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                _first_line_only,
                structlog.stdlib.add_logger_name,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                tell_exceptions,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redact,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # What libraries say below a warning is about themselves, and at debug it is often content.
    root.setLevel(max(level, logging.WARNING))
    logging.captureWarnings(capture=True)
    silence()


def silence() -> None:
    """Nothing of aiosmtpd's own loggers is ever written: at debug they hold sign-ins and content."""
    for name in _SILENCED:
        logger = logging.getLogger(name)
        logger.disabled = True
        logger.propagate = False
        logger.handlers[:] = [logging.NullHandler()]
        logger.setLevel(logging.CRITICAL + 1)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: the fields without what must not be in a log."""
    return {name: value if name == "timestamp" else _safe(name, value) for name, value in event.items()}


def tell_exceptions(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: ``exc_info`` becomes ``exception``, with code lines and without foreign words."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["exception"] = told(error)
    return event


def told(error: BaseException) -> str:
    """An exception with its causes, for a log: where it went through, its class, and words only if they are ours."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(_class_and_words(current))
        lines += _frames(current.__traceback__)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n".join(lines)


def _class_and_words(error: BaseException) -> str:
    name = type(error).__name__
    if isinstance(error, MailguardError):
        return f"{name}: {_masked(str(error))}"
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {error.strerror}"
    return name


def _frames(trace: TracebackType | None) -> list[str]:
    return [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


def _safe(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if name.lower() in FORBIDDEN:
        return WITHHELD
    if isinstance(value, bytes | bytearray | memoryview):
        return f"[{len(value)} octets]"
    if name == "exception" and isinstance(value, str):
        return _masked(value)
    if isinstance(value, str):
        return _cut(_masked(value))
    if isinstance(value, BaseException):
        return _cut(_class_and_words(value))
    if isinstance(value, Mapping):
        return {_masked(str(key)): _safe(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_safe(name, inner) for inner in value]
    return _cut(_masked(str(value)))


def _masked(text: str) -> str:
    return _ADDRESS.sub("***@", text) if "@" in text else text


def _cut(text: str) -> str:
    return text if len(text) <= VALUE_MAX else f"{text[:VALUE_MAX]}[cut]"


def _first_line_only(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Further lines of a library's message show values (asyncio appends whole tasks with their exceptions)."""
    event["event"] = str(event.get("event", "")).partition("\n")[0]
    return event
