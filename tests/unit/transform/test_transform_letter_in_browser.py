"""The page of a parcel in a real browser."""

from __future__ import annotations

import re
import shutil
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailguard.mime.message import Message
from mailguard.transform.letter import letter_of
from mailguard.transform.plan import leaves

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium on this machine"),
]

HOSTILE = """
<html><head><base href="http://evil.example/"><meta http-equiv="refresh" content="0;url=http://evil.example/refresh">
<link rel="stylesheet" href="http://evil.example/sheet.css">
<style>@import url(http://evil.example/import.css); p { background: url(http://evil.example/ground.png) }
@font-face { font-family: x; src: url(http://evil.example/font.woff) } p { font-family: x }</style></head>
<body onload="document.title='ran'" background="http://evil.example/body.png"><p>words</p>
<script>document.title = 'ran'; new Image().src = 'http://evil.example/script.png'</script>
<img src="http://evil.example/picture.png" onerror="document.title='ran'">
<img srcset="http://evil.example/set.png 1x"><picture><source srcset="http://evil.example/source.png"><img></picture>
<iframe src="http://evil.example/frame"></iframe><object data="http://evil.example/object"></object>
<svg onload="document.title='ran'"><image href="http://evil.example/svg.png"/></svg>
<video src="http://evil.example/video" poster="http://evil.example/poster.png" autoplay></video>
<p style="background: url('http://evil.example/style.png')">more</p>
<input type="image" src="http://evil.example/input.png"><a href="http://evil.example/" ping="http://evil.example/p">a</a>
</body></html>
"""


class Recorder(socketserver.ThreadingTCPServer):
    """A proxy that only writes down what it is asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), Refusal)


class Refusal(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        line = self.rfile.readline(2000).decode("latin-1").strip()
        assert isinstance(self.server, Recorder)
        self.server.asked.append(line)
        self.wfile.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def opened(page: str, recorder: Recorder, folder: Path) -> str:
    """What the browser has made of a page once it is loaded."""
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        f"--user-data-dir={folder / 'profile'}",
        f"--proxy-server=http://127.0.0.1:{recorder.server_address[1]}",
        "--virtual-time-budget=2000",
        "--dump-dom",
        file.as_uri(),
    ]
    return subprocess.run(command, capture_output=True, timeout=60, check=True).stdout.decode()


def asked(recorder: Recorder) -> list[str]:
    return [line for line in recorder.asked if "evil.example" in line]


def test_letter_page_opened_in_a_browser_asks_for_nothing(recorder: Recorder, tmp_path: Path) -> None:
    """A recipient who opens the page is not seen by anybody, and nothing in it runs; the same page as it came asks for
    much, so that the test would notice.
    """
    mail = f"Subject: title\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{HOSTILE}"
    message = Message(mail.encode())
    made = letter_of(message, [part for part, _ in leaves(message.root)], "ja")

    shown = opened(made.files[0][1].decode(), recorder, tmp_path)

    assert [] == asked(recorder)
    assert "<title>title</title>" in shown
    assert "words" in shown
    assert not re.search(r"<(?:script|iframe|svg|object|form|base)\b", shown)

    opened(HOSTILE, recorder, tmp_path)

    assert asked(recorder)
