"""The desk on loopback: four people's mailboxes and telephones, what the world received, and the way to the real pages.

Guarantees: GET and HEAD change nothing; POST acts only for a click on this very page (``Sec-Fetch-Site`` or our own
``Origin``, else 403); a request under another host name is refused, so that a foreign site that points its name here
sees nothing; the headers of the conventions for screens are on every answer. HSTS is not: RFC 6797 §7.2 forbids it
without TLS.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qs

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from mailguard.demo import rendering
from mailguard.demo.desk import Desk
from mailguard.demo.rendering import DONE, Guise

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # With "no-referrer" browsers say "Origin: null" for our own forms as well.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
_STYLE = Path(__file__).with_name("style.css")


def create_page(
    look: Callable[[], Desk],
    send_samples: Callable[[], Awaitable[None]],
    answer: Callable[[str, str], Awaitable[bool]],
    send_one: str,
) -> FastAPI:
    """The application. ``send_one`` is shown as the command that sends a mail; ``answer`` answers a letter by mail."""
    app = FastAPI(title="mailguard demo", docs_url=None, redoc_url=None, openapi_url=None)
    style = _STYLE.read_text("utf-8")

    @app.middleware("http")
    async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        answer: Response = HTMLResponse(rendering.refusal("demo.refused.foreign"), status_code=403)
        if _is_ours(request):
            answer = await call_next(request)
        answer.headers.update(HEADERS)
        return answer

    @app.api_route("/", methods=["GET", "HEAD"])
    async def show(request: Request) -> Response:
        done = request.query_params.get("done", "")
        guise = Guise(done if done in DONE else "", renews="still" not in request.query_params)
        return HTMLResponse(rendering.page(look(), send_one, guise))

    @app.api_route("/style.css", methods=["GET", "HEAD"])
    async def show_style() -> Response:
        return Response(style, media_type="text/css; charset=utf-8")

    @app.post("/samples")
    async def samples() -> Response:
        await send_samples()
        return RedirectResponse("/?done=samples", status_code=303)

    @app.post("/answer")
    async def answered(request: Request) -> Response:
        said = parse_qs((await request.body()).decode("ascii", "replace"))
        is_sent = await answer(said.get("letter", [""])[0], said.get("number", [""])[0])
        return RedirectResponse("/?done=answered" if is_sent else "/", status_code=303)

    return app


def _is_ours(request: Request) -> bool:
    """Whether the request names this server, and, where it could change something, comes from its own page."""
    _, port = request.scope["server"]
    host = request.headers.get("host", "")
    if host not in {f"127.0.0.1:{port}", f"localhost:{port}"}:
        return False
    if request.method in {"GET", "HEAD"}:
        return True
    site = request.headers.get("sec-fetch-site")
    return site == "same-origin" if site is not None else request.headers.get("origin") == f"http://{host}"
