"""``mailguard scan``: what personal data lies in files and folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailguard.cli.options import Config, Json

if TYPE_CHECKING:
    from rich.progress import Progress

    from mailguard.cli.apart import FilesApart
    from mailguard.judging.scanning import PassedOver
    from mailguard.model.finding import Inspection


def scan(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files, and folders with all that is in them.")
    ],
    config: Config = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what was found and does not count.")] = False,
    json: Json = False,
) -> None:
    """What personal data lies in files, as it would be found if they were attached to a mail.

    Reads only. Values are shown masked. With --json a line for each file. A file that takes longer or more memory than
    the relay would give it counts as not looked into. Links in folders are not followed. Exit status 1 where something
    could not be opened.
    """
    from mailguard.cli.apart import FilesApart
    from mailguard.cli.findings import as_shown, console, on_terminal, print_json_line, show_inspection
    from mailguard.cli.policy_office import finding_key, policy_office
    from mailguard.judging.scanning import files_below
    from mailguard.policy.personal_data import must_protect

    _refuse_what_cannot_be(paths)
    office = policy_office(config)
    files = list(files_below(paths))
    output = console()
    count = _Count()
    with FilesApart(office.rules, finding_key(office.settings), office.settings) as looking, _progress() as bar:
        for path, found in _looked_into(bar.track(files, description="files"), looking):
            count.add(found)
            if isinstance(found, _Problem):
                if not found.is_meant:
                    words = f"{on_terminal(path)}: cannot be read ({found.words})"
                    bar.print(words, style="red", markup=False, soft_wrap=True)
                if json:
                    print_json_line({"file": as_shown(path), **found.as_json})
            elif json:
                print_json_line(_as_json(path, found))
            elif has_findings(found) or found.unreadable or (everything and found.findings):
                mark = "  must not leave in clear" if must_protect(found) else ""
                output.print(f"[bold]{_plain(path)}[/][bold red]{mark}[/]")
                show_inspection(output, found, everything=everything)
    if not json:
        output.print(count.sentence)
    if count.closed:
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Problem:
    """Why there is nothing to say about a name. ``is_meant``: it is never looked into, as links are not."""

    words: str
    is_meant: bool = False

    @property
    def as_json(self) -> dict[str, str]:
        """For the line of its name."""
        return {"passed_over": self.words} if self.is_meant else {"error": f"cannot be read ({self.words})"}


@dataclass
class _Count:
    files: int = 0
    found: int = 0
    unread: int = 0
    closed: int = 0
    passed_over: int = 0

    def add(self, found: Inspection | _Problem) -> None:
        if isinstance(found, _Problem):
            self.passed_over += found.is_meant
            self.closed += not found.is_meant
            return
        self.files += 1
        self.found += has_findings(found)
        self.unread += bool(found.unreadable)

    @property
    def sentence(self) -> str:
        words = f"{self.files} files: {self.found} with personal data, {self.unread} not wholly looked into"
        if self.closed:
            words += f"; {self.closed} could not be opened"
        if self.passed_over:
            words += f"; {self.passed_over} links and devices passed over"
        return words


def has_findings(inspection: Inspection) -> bool:
    """Whether something counts."""
    return any(one.suppressed is None for one in inspection.findings)


def _looked_into(
    files: Iterable[Path | PassedOver], looking: FilesApart
) -> Iterator[tuple[Path, Inspection | _Problem]]:
    from mailguard.judging.scanning import PassedOver, Why

    for one in files:
        if isinstance(one, PassedOver):
            is_closed = one.why is Why.CLOSED
            yield one.path, _Problem("this user may not look into it" if is_closed else one.why.value, not is_closed)
            continue
        try:
            yield one, looking.look(one)
        except OSError as error:
            yield one, _Problem(error.strerror or "?")


def _refuse_what_cannot_be(paths: list[Path]) -> None:
    """Raises ``ConfigurationError`` for names that are mistyped, or devices: nothing is looked into then."""
    from mailguard.cli.findings import on_terminal
    from mailguard.errors import ConfigurationError

    complaints = []
    for path in paths:
        try:
            if not path.exists():
                complaints.append(f"{on_terminal(path)}: is not there")
            elif not (path.is_file() or path.is_dir()):
                complaints.append(f"{on_terminal(path)}: is neither a file nor a folder, but a device or a pipe")
        except OSError:
            # Behind a closed folder: said when its turn comes, and the others are looked into.
            continue
    if complaints:
        raise ConfigurationError(complaints)


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _plain(path: Path) -> str:
    from rich.markup import escape

    from mailguard.cli.findings import on_terminal

    return escape(on_terminal(path))


def _as_json(path: Path, inspection: Inspection) -> dict[str, Any]:
    from mailguard.cli.findings import as_shown
    from mailguard.judging.manifest import finding_json
    from mailguard.policy.personal_data import must_protect

    return {
        "file": as_shown(path),
        "must_protect": must_protect(inspection),
        "persons": inspection.persons,
        "findings": [finding_json(one) for one in inspection.findings if one.suppressed is None],
        "suppressed": [finding_json(one) for one in inspection.findings if one.suppressed is not None],
        "unreadable": [{"where": one.where, "why": one.why.value} for one in inspection.unreadable],
        "signs": sorted(sign.value for sign in inspection.signs),
    }
