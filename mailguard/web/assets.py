"""Files a browser fetches beside the pages: read once, served under a path that names their content.

What is at such a path never changes, so browsers keep it for good; a new release has new paths.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

FOLDER = Path(__file__).with_name("static")
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
"""What is served; licences and the list of origins lie beside it and are not."""


@dataclass(frozen=True, slots=True)
class _Asset:
    content: bytes
    kind: str
    digest: str


class Assets:
    """The files of a folder."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {path.name: _read(path) for path in sorted(folder.iterdir()) if path.suffix in TYPES}

    def path(self, name: str) -> str:
        """Where a browser finds the file. Raises ``KeyError`` for one that is not there: a fault in a template."""
        return f"/static/{self._files[name].digest}/{name}"

    def router(self) -> APIRouter:
        """The route that serves them."""
        router = APIRouter()

        @router.get("/static/{digest}/{name}")
        async def asset(digest: str, name: str) -> Response:
            found = self._files.get(name)
            if found is None or found.digest != digest:
                raise HTTPException(404)
            headers = {"cache-control": "public, max-age=31536000, immutable"}
            return Response(found.content, media_type=found.kind, headers=headers)

        return router


def _read(path: Path) -> _Asset:
    content = path.read_bytes()
    return _Asset(content, TYPES[path.suffix], hashlib.sha256(content).hexdigest()[:16])
