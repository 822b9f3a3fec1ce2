"""Templates to pages. A page and a part of it come from the same template: a part is one of its blocks.

Everything is escaped; a name a template uses and nobody gave is an error, never an empty string. What templates may
call is listed in ``_functions`` and ``_filters``: ``t`` for texts, ``when``, ``day``, ``ago``, ``days_until``, ``left``
and ``count`` for values, ``mark`` and ``address`` for what comes from a mail, ``asset`` and ``icon`` for files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from mailguard.clock import Clock
from mailguard.web import showing
from mailguard.web.assets import Assets


class Renderer:
    """Makes pages from ``templates/``. ``zone``: the office's time zone, asked each time because rules may change."""

    def __init__(self, assets: Assets, clock: Clock, zone: Callable[[], tzinfo]) -> None:
        self._assets = assets
        self._clock = clock
        self._zone = zone
        self._environment = Environment(
            loader=PackageLoader("mailguard.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update(self._functions())
        self._environment.filters.update(self._filters())

    def render(self, name: str, values: Mapping[str, Any], block: str | None = None) -> str:
        """The page, or one block of it. ``values`` hold at least ``language``.

        What a block imports it imports itself: a block is drawn without what stands around it.
        """
        template = self._environment.get_template(name)
        if block is None:
            return template.render(values)
        return "".join(template.blocks[block](template.new_context(dict(values))))

    def _functions(self) -> dict[str, Callable[..., Any]]:
        return {"t": _t, "asset": self._assets.path, "icon": self._icon, "now": self._clock.now}

    def _filters(self) -> dict[str, Callable[..., Any]]:
        @pass_context
        def when(context: Context, moment: datetime) -> Markup:
            return showing.when(moment, self._zone(), context["language"])

        @pass_context
        def day(context: Context, moment: date) -> Markup:
            return showing.day(moment, context["language"])

        @pass_context
        def ago(context: Context, moment: datetime) -> Markup:
            return showing.ago(moment, self._clock.now(), context["language"])

        @pass_context
        def days_until(context: Context, moment: date) -> Markup:
            today = self._clock.now().astimezone(self._zone()).date()
            return showing.days_until(moment, today, context["language"])

        @pass_context
        def count(context: Context, number: int) -> Markup:
            return showing.count(number, context["language"])

        @pass_context
        def left(context: Context, moment: datetime) -> Markup:
            return showing.left(moment, self._clock.now(), context["language"])

        @pass_context
        def device(context: Context, client: str) -> Markup:
            return showing.device(client, context["language"])

        return {
            "when": when,
            "day": day,
            "left": left,
            "ago": ago,
            "days_until": days_until,
            "count": count,
            "mark": showing.mark,
            "address": showing.address,
            "device": device,
        }

    def _icon(self, name: str) -> Markup:
        """A sign from the sprite. It says nothing by itself: a word always stands beside it."""
        place = f"{escape(self._assets.path('icons.svg'))}#{escape(name)}"
        return Markup(f'<svg class="icon" aria-hidden="true"><use href="{place}"/></svg>')  # noqa: S704  # escaped


@pass_context
def _t(context: Context, key: str, /, **values: object) -> Markup:
    return showing.text(context["language"], key, **values)
