"""The relay's own passwords and tokens for a next hop: read when they are needed, never kept longer, never logged.

A token from a command is kept until the server refuses it, because one command for each connection would be a flood;
a token file is read each time, because whoever renews it just writes it anew.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from mailguard.config import NextHopSettings
from mailguard.errors import MailguardError

COMMAND_SECONDS = 30.0
SECRET_MAX = 64 * 1024
"""Octets of a password or token; an access token has a few thousand."""


class NoCredentials(MailguardError):
    """The password or token cannot be had right now. The cause says why, and never holds a secret."""

    public = "The relay cannot sign in to the next mail server right now"


class Credentials:
    """What one next hop is told. ``secret`` may be asked for at any time; several callers share one command."""

    def __init__(self, settings: NextHopSettings) -> None:
        self._settings = settings
        self._token: str | None = None
        self._lock = asyncio.Lock()

    async def secret(self, refused: str | None = None) -> str:
        """The password or access token. ``refused`` is one the server did not take: it is not given again from memory.

        Raises ``NoCredentials``.
        """
        settings = self._settings
        if settings.auth != "xoauth2":
            if settings.password is not None:
                return settings.password.get_secret_value()
            return await _read(settings.password_file, "password_file")
        if settings.token_command is None:
            return await _read(settings.token_file, "token_file")
        async with self._lock:
            if self._token is None or self._token == refused:
                self._token = None
                self._token = await _run(settings.token_command)
            return self._token


async def _read(file: Path | None, setting: str) -> str:
    if file is None:
        raise NoCredentials(f"{setting} is not set")
    try:
        text = await asyncio.to_thread(_content, file)
    except (OSError, UnicodeError) as error:
        raise NoCredentials(f"{setting} cannot be read ({type(error).__name__})") from error
    if not text:
        raise NoCredentials(f"{setting} is empty")
    return text


def _content(file: Path) -> str:
    with file.open("rb") as opened:
        return opened.read(SECRET_MAX).decode("utf-8").strip("\r\n")


async def _run(command: list[str]) -> str:
    """What the command prints. It gets no input, and its words of complaint are dropped: they may hold the token."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except (OSError, ValueError) as error:
        raise NoCredentials(f"token_command cannot be run ({type(error).__name__})") from error
    assert process.stdout is not None
    try:
        async with asyncio.timeout(COMMAND_SECONDS):
            printed = b""
            while len(printed) <= SECRET_MAX and (piece := await process.stdout.read(SECRET_MAX)):
                printed += piece
            status = await process.wait() if len(printed) <= SECRET_MAX else -1
    except TimeoutError as error:
        raise NoCredentials(f"token_command took longer than {COMMAND_SECONDS:g} s") from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    try:
        token = printed.decode("ascii").strip()
    except UnicodeError as error:
        raise NoCredentials("token_command printed something else than a token") from error
    if status != 0 or not token:
        raise NoCredentials(f"token_command failed (status {status})")
    return token
