"""Every route of the application, however deep its router lies (FastAPI keeps routers as a tree)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fastapi import FastAPI
from fastapi.routing import APIRoute, _IncludedRouter
from starlette.routing import BaseRoute, Mount, Route


class Asked(NamedTuple):
    """What can be asked: a method, and the path's pattern."""

    method: str
    path: str


def routes_of(app: FastAPI) -> list[Asked]:
    """All of them, sorted; a mounted application stands there with the method "MOUNT"."""
    return sorted(set(_walked(app.routes, "")))


def _walked(routes: Sequence[BaseRoute], prefix: str) -> Iterator[Asked]:
    for route in routes:
        match route:
            case APIRoute() | Route():
                for method in sorted((route.methods or set()) - {"HEAD"}):
                    yield Asked(method, prefix + route.path)
            case _IncludedRouter():
                yield from _walked(route.original_router.routes, prefix + route.include_context.prefix)
            case Mount():
                yield Asked("MOUNT", prefix + route.path)
            case _:
                raise AssertionError(f"a kind of route the walk does not know: {route!r}")
