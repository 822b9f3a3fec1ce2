"""HTTP: health and metrics. Pages for people come with the web queue."""

from mailguard.web.health import Health, Reading, create_app
from mailguard.web.server import WebServer

__all__ = ["Health", "Reading", "WebServer", "create_app"]
