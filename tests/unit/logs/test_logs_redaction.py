"""What a log never shows, at any level, whoever writes it."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from aiosmtpd.smtp import SMTP

from mailguard import logs
from mailguard.errors import StorageUnavailable

SECRET = "Geheimnis-4711"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """What a test sets up ends with it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def written(write: Any, form: str = "json") -> str:
    """What comes out at debug when ``write`` logs."""
    stream = io.StringIO()
    logs.configure("debug", form, stream)
    write()
    return stream.getvalue()


def fields(write: Any) -> dict[str, Any]:
    lines = written(write).splitlines()
    assert len(lines) == 1
    found: dict[str, Any] = json.loads(lines[0])
    return found


@pytest.mark.parametrize("name", sorted(logs.FORBIDDEN))
@pytest.mark.parametrize("form", ["json", "text"])
def test_log_forbidden_field_is_withheld(name: str, form: str) -> None:
    """A field named for content is never written, whoever forgot the rule."""
    assert SECRET not in written(lambda: structlog.get_logger().info("x", **{name: [SECRET]}), form)


def test_log_count_under_a_forbidden_name_passes() -> None:
    """How many recipients a mail has may be said."""
    assert 3 == fields(lambda: structlog.get_logger().info("x", recipients=3))["recipients"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("tanaka@example.jp", "***@example.jp", id="address"),
        pytest.param("<a.b+c@example.jp>: gone", "<***@example.jp>: gone", id="address in a sentence"),
        pytest.param('"a b"@example.jp', "***@example.jp", id="quoted local part"),
        pytest.param("田中@例え.jp", "***@例え.jp", id="Japanese address"),
        pytest.param("..x@docomo.example", "***@docomo.example", id="address that breaks the standard"),
        pytest.param(["a@example.jp", "b@example.net"], ["***@example.jp", "***@example.net"], id="list"),
        pytest.param({"a@example.jp": "b@example.jp"}, {"***@example.jp": "***@example.jp"}, id="mapping"),
        pytest.param(b"Subject: x", "[10 octets]", id="octets"),
        pytest.param("x" * 501, "x" * 500 + "[cut]", id="long"),
        pytest.param(ValueError(SECRET), "ValueError", id="foreign error"),
        pytest.param(StorageUnavailable("disk full"), "StorageUnavailable: disk full", id="our error"),
        pytest.param("host 192.0.2.1 port 25", "host 192.0.2.1 port 25", id="nothing to hide"),
    ],
)
def test_log_value_is_cut_to_what_operators_need(value: object, expected: object) -> None:
    """Of an address the domain stays, of content nothing."""
    assert expected == fields(lambda: structlog.get_logger().info("x", cause=value))["cause"]


def test_log_exception_shows_where_but_not_what() -> None:
    """A library's error names its class and our lines of code; the value it choked on stays out."""

    def fail() -> None:
        try:
            try:
                int(SECRET)
            except ValueError as error:
                raise StorageUnavailable("no room for a@example.jp") from error
        except StorageUnavailable:
            structlog.get_logger().exception("failed")

    text = written(fail)

    assert SECRET not in text
    assert "ValueError\\n" in text
    assert "test_logs_redaction.py" in text
    assert "StorageUnavailable: no room for ***@example.jp" in text


def test_log_of_a_library_is_a_line_like_ours() -> None:
    """uvicorn's warnings come in the same form, their addresses cut, their further lines and values left out."""

    def warn() -> None:
        try:
            int(SECRET)
        except ValueError:
            logging.getLogger("uvicorn.error").error("failed for a@example.jp\n%s", SECRET, exc_info=True)

    found = fields(warn)

    assert ("failed for ***@example.jp", "uvicorn.error", "error") == (found["event"], found["logger"], found["level"])
    assert SECRET not in json.dumps(found)


def test_log_of_python_warnings_is_a_line_like_ours() -> None:
    """A warning of the interpreter does not go past the log."""

    def warn() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            logging.captureWarnings(capture=True)
            warnings.warn_explicit("old", DeprecationWarning, "x.py", 1)

    assert "py.warnings" == fields(warn)["logger"]


async def test_log_at_debug_shows_nothing_of_an_smtp_session() -> None:
    """With everything turned up, a whole session with sign-in and content through aiosmtpd leaves no line."""
    stream = io.StringIO()
    logs.configure("debug", "json", stream)
    logging.getLogger().setLevel(logging.DEBUG)
    for name in ("mail.log", "mail.debug"):
        # As a debugging session would try it.
        logging.getLogger(name).setLevel(logging.DEBUG)
    logs.silence()

    class Taker:
        async def handle_DATA(self, *_: object) -> str:  # noqa: N802
            return "250 OK"

    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(Taker(), auth_require_tls=False, authenticator=lambda *_: _yes(), hostname="x"), "127.0.0.1", 0
    )
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    session = (
        "EHLO x",
        "AUTH PLAIN AGEAR2VoZWltbmlzLTQ3MTE=",
        "MAIL FROM:<geheim@example.jp>",
        "RCPT TO:<geheim@example.net>",
        "DATA",
        f"Subject: {SECRET}\r\n\r\n{SECRET}\r\n.",
        "QUIT",
    )
    for line in session:
        writer.write(f"{line}\r\n".encode())
        await writer.drain()
    said = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    server.close()

    assert b"250 OK" in said
    text = stream.getvalue()
    assert not [word for word in (SECRET, "geheim", "example.net", "AGEAR2Vo") if word in text]
    assert "mail.log" not in text


def _yes() -> Any:
    from aiosmtpd.smtp import AuthResult

    return AuthResult(success=True)


def test_log_level_leaves_out_what_is_below() -> None:
    """At warning, the course of mail is not written."""
    stream = io.StringIO()
    logs.configure("warning", "json", stream)
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")

    assert ["loud"] == [json.loads(line)["event"] for line in stream.getvalue().splitlines()]


def test_log_of_commands_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A command's result on standard output stays clean for the program that reads it."""
    logs.configure_for_commands()
    structlog.get_logger().warning("loud", cause="a@example.jp")
    sys.stderr.flush()
    out, err = capsys.readouterr()

    assert "" == out
    assert "loud" in err
    assert "***@example.jp" in err
