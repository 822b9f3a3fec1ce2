"""``/healthz``: the process answers. ``/readyz``: it can take and deliver mail. ``/metrics``: numbers for Prometheus.

Nothing here names an address, a host or a mail. All three answer GET and change nothing. The
last two answer only monitors, the networks that ``web.monitor_networks`` names.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mailguard.web.guard import Networks, is_within

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Reading:
    """One number: its name without the ``mailguard_`` in front, what it counts, its value, and its labels.

    ``grows``: it only ever grows (a counter), otherwise it goes up and down (a gauge).
    """

    name: str
    meaning: str
    value: float
    grows: bool
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Health:
    """What a readiness check found: for each part "ok" or what is wrong, in fixed words.

    ``degraded`` parts do not make the node unready: mail is still taken and kept.
    """

    parts: dict[str, str]
    degraded: dict[str, str]

    @property
    def is_ready(self) -> bool:
        """Whether mail can be taken."""
        return all(word == "ok" for word in self.parts.values())


def router_of(
    check: Callable[[], Awaitable[Health]], readings: Callable[[], Awaitable[Iterable[Reading]]], monitors: Networks
) -> APIRouter:
    """The routes; ``check`` and ``readings`` are asked at each request, for clients in ``monitors`` only."""
    router = APIRouter()

    def only_monitors(request: Request) -> None:
        if not is_within(request.client, monitors):
            raise HTTPException(404)

    @router.get("/healthz")
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @router.get("/readyz", dependencies=[Depends(only_monitors)])
    async def readyz() -> JSONResponse:
        health = await check()
        body = {"ready": health.is_ready, "parts": health.parts, "degraded": health.degraded}
        return JSONResponse(body, status_code=200 if health.is_ready else 503)

    @router.get("/metrics", dependencies=[Depends(only_monitors)])
    async def metrics() -> Response:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Readings(list(await readings())))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE)

    return router


class _Readings(Collector):
    def __init__(self, readings: list[Reading]) -> None:
        self._readings = readings

    def collect(self) -> Iterator[Metric]:
        families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
        for reading in self._readings:
            family = families.get(reading.name)
            if family is None:
                kind = CounterMetricFamily if reading.grows else GaugeMetricFamily
                names = [name for name, _ in reading.labels]
                family = families[reading.name] = kind(f"mailguard_{reading.name}", reading.meaning, labels=names)
            family.add_metric([value for _, value in reading.labels], reading.value)
        yield from families.values()
