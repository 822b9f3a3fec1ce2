"""``mailguard incident report``: near misses and accidents of a year or a month, as a page or for a spreadsheet."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from mailguard.cli.options import Config, readable

if TYPE_CHECKING:
    from mailguard.cli.office import Office
    from mailguard.i18n import Language
    from mailguard.web.report_view import ReportView

FORMATS = ("html", "csv")
EARLIEST, LATEST = 2000, 9998


def report(
    year: Annotated[int | None, typer.Option(min=EARLIEST, max=LATEST, help="Default: this one.")] = None,
    month: Annotated[int | None, typer.Option(min=1, max=12, help="Default: the whole year.")] = None,
    form: Annotated[str, typer.Option("--format", help="html or csv.", callback=readable)] = "html",
    language: Annotated[str, typer.Option(help="ja or en. Default: the office's.", callback=readable)] = "",
    config: Config = None,
) -> None:
    """Near misses and accidents by month, cause, department, kind and rule, without names, to standard output."""
    from mailguard.cli.office import EXIT_WRONG, opened
    from mailguard.i18n import CATALOGUES
    from mailguard.incidents.report import Period
    from mailguard.incidents.report import report as reported
    from mailguard.judging.active import ActivePolicy
    from mailguard.web.report_view import report_lines, report_view

    if form not in FORMATS or (language and language not in CATALOGUES):
        typer.echo("--format must be html or csv, --language ja or en", err=True)
        raise typer.Exit(EXIT_WRONG)
    with opened(config) as office:
        policy = ActivePolicy(office.settings, office.spool.clock, office.store)
        zone = policy.rules.hours.zone
        period = Period(year or office.spool.clock.now().astimezone(zone).year, month)
        spoken: Language = "en" if (language or office.settings.office.language) == "en" else "ja"
        found = office.store.read_now(lambda reader: reported(reader, period, zone, policy.rules.quiet))
        view = report_view(found, policy.in_force.files, spoken)
        if form == "csv":
            sys.stdout.writelines(report_lines(view, spoken))
        else:
            sys.stdout.write(_page(office, view, spoken))


def _page(office: Office, view: ReportView, language: Language) -> str:
    from markupsafe import Markup

    from mailguard.web.assets import FOLDER, Assets
    from mailguard.web.rendering import Renderer

    style = Markup((FOLDER / "mailguard.css").read_text())  # noqa: S704  # our own file
    zone = view.report.zone
    renderer = Renderer(Assets(), office.spool.clock, lambda: zone)
    values = {"language": language, "office": office.settings.office.name, "shown": view, "style": style}
    return renderer.render("incident_report_file.html", values)
