"""Pages over HTTPS with the relay's own certificate."""

from __future__ import annotations

import asyncio
import shutil
import ssl
from pathlib import Path

import httpx2

from tests.system.certificates import make_certificates
from tests.system.relay import START_SECONDS, Relay, relay_settings
from tests.system.waiting import eventually, free_port


async def test_renewed_certificate_counts_for_pages_without_a_restart(tmp_path: Path) -> None:
    """Whoever opens a page after the certificate was renewed sees the new one; nobody restarts anything."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    shown, later = make_certificates(old), make_certificates(new)
    tls = {"certificate": str(shown.certificate), "key": str(shown.key)}
    web = {"host": "127.0.0.1", "port": 0, "tls": True, "public_url": "https://localhost"}
    relay = Relay(relay_settings(tmp_path, free_port(), tls=tls, web=web), tmp_path)
    await asyncio.to_thread(relay.launch)
    try:
        await eventually(lambda: list(relay.events("started")), "the relay to have started", seconds=START_SECONDS)
        port = next(line["port"] for line in relay.events("listening") if line["listener"] == "web")
        url = f"https://127.0.0.1:{port}/sign-in"
        first = await _get(url, shown.authority)
        shutil.copy(later.key, shown.key)
        shutil.copy(later.certificate, shown.certificate)
        second = await _get(url, later.authority)
    finally:
        await asyncio.to_thread(relay.close)

    assert (200, 200) == (first.status_code, second.status_code)
    assert "max-age" in first.headers["strict-transport-security"]


async def _get(url: str, authority: Path) -> httpx2.Response:
    async with httpx2.AsyncClient(verify=ssl.create_default_context(cafile=str(authority))) as client:
        return await client.get(url)
