"""The web application: pages for people, health and metrics, inside the guard that stands around every request."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import FastAPI
from starlette.types import ASGIApp

from mailguard import audit
from mailguard.web import api
from mailguard.web.assets import Assets
from mailguard.web.cookies import Cookies
from mailguard.web.errors import Errors
from mailguard.web.events import router_of as events_router_of
from mailguard.web.flashes import PURPOSE
from mailguard.web.guard import Guard
from mailguard.web.health import router_of as health_router_of
from mailguard.web.hub import Hub
from mailguard.web.pages import ROUTERS
from mailguard.web.parts import WebParts
from mailguard.web.rendering import Renderer
from mailguard.web.visit import Shell


@dataclass(frozen=True)
class WebApp:
    """``asgi`` answers requests. ``hub`` is closed before the server stops: its streams would wait for nothing."""

    asgi: ASGIApp
    hub: Hub
    routes: FastAPI
    """The application inside the guard, for tests that walk its routes."""


def create_app(parts: WebParts) -> WebApp:
    """The application; nothing is asked of ``parts`` before the first request."""

    async def newest() -> int:
        ends = await parts.store.read(audit.ends)
        return 0 if ends is None else ends.last_seq

    settings = parts.settings.web
    assets, hub = Assets(), Hub(newest)
    app = FastAPI(title="mailguard", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.shell = Shell(
        parts,
        Renderer(assets, parts.clock, lambda: parts.policy.rules.hours.zone),
        Cookies(is_https=parts.is_https),
        parts.spool.secret_box(PURPOSE),
    )
    app.include_router(assets.router())
    app.include_router(health_router_of(parts.check, parts.readings, settings.monitor_networks))
    app.include_router(events_router_of(hub))
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(api.router())
    errors = Errors(app)
    errors.register()
    guard = Guard(app, errors.refuse, settings.public_url, settings.trusted_proxies, is_https=parts.is_https)
    return WebApp(guard, hub, app)
