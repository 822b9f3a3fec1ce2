"""``mailguard inspect``: judge mails in files, without sending anything."""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailguard.cli.options import Config, Json

if TYPE_CHECKING:
    from mailguard.config import Settings
    from mailguard.judging.manifest import TrialMail
    from mailguard.model.knowledge import Knowledge, Lesson, Question
    from mailguard.policy.rules import RuleSet


def inspect(
    mails: Annotated[list[Path] | None, typer.Argument(metavar="[MAIL.eml]...", help="Files, one mail each.")] = None,
    manifest: Annotated[
        Path | None, typer.Option(help="A file with a line of JSON for each mail: its file, envelope and domains.")
    ] = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """What the rules say of mails, and why.

    The mails of a manifest are learned in order, as if each had been delivered, on an empty history. Mails that are
    named singly are judged by what the office has learned, where there is an office.
    """
    from mailguard.cli.policy_office import policy_office
    from mailguard.errors import ConfigurationError
    from mailguard.judging.manifest import TrialMail, read_manifest

    wanted = [TrialMail(str(path), path) for path in mails or []]
    if manifest is not None:
        try:
            wanted += list(read_manifest(manifest))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError([f"{manifest}: cannot be read ({error})"]) from error
    if not wanted:
        raise ConfigurationError(["name mails, or a manifest with --manifest"])
    office = policy_office(config)
    failed = False
    with _history(office.settings, is_trial=manifest is not None) as (recall, learn):
        for value in _answers(wanted, office.rules, recall, learn):
            failed = failed or "error" in value
            if json:
                sys.stdout.write(json_module.dumps(value, ensure_ascii=False) + "\n")
            else:
                typer.echo(_as_text(value))
    if failed:
        raise typer.Exit(1)


Recall = Callable[["Question"], "Knowledge"]
Learn = Callable[[list["Lesson"], datetime], None]


@contextmanager
def _history(settings: Settings | None, *, is_trial: bool) -> Iterator[tuple[Recall, Learn]]:
    """How to ask, and how to learn: the office's history is only asked, one of our own learns."""
    from mailguard.cli.policy_office import has_history, office_history
    from mailguard.judging.history import TrialHistory

    if not is_trial and has_history(settings):
        with office_history(settings) as recall:
            yield recall, lambda _lessons, _at: None
        return
    history = TrialHistory()
    try:
        yield history.recall, history.learn
    finally:
        history.close()


def _answers(mails: list[TrialMail], rules: RuleSet, recall: Recall, learn: Learn) -> Iterator[dict[str, Any]]:
    from mailguard.clock import SystemClock
    from mailguard.judging import judge_mail, looked_at
    from mailguard.judging.manifest import answer, occasion_of, rules_for, wire_lines, with_senders_domain

    now = SystemClock().now()
    for mail in mails:
        try:
            octets = wire_lines(mail.path.read_bytes())
        except OSError as error:
            typer.echo(f"{mail.path}: cannot be read ({error.strerror})", err=True)
            yield {"file": mail.name, "error": "cannot be read"}
            continue
        own = rules_for(mail, rules)
        occasion = occasion_of(mail, octets, now)
        own = with_senders_domain(own, occasion.reverse_path, octets)
        situation = looked_at(octets, occasion, own)
        judged = judge_mail(situation, recall(situation.question), own)
        learn([judged.lesson], occasion.at)
        yield answer(mail.name, judged, own)


def _as_text(value: dict[str, Any]) -> str:
    if "error" in value:
        return f"{value['file']}: {value['error']}"
    verdict = value["verdict"]
    lines = [
        f"{value['file']}: {verdict['action']}{' (observed only)' if verdict['observed'] else ''}",
        f"  outside {len(value['external_recipients'])}, visible outsiders {value['visible_external_count']}"
        + (f", flags: {', '.join(value['other_flags'])}" if value["other_flags"] else ""),
    ]
    lines += [f"  - {reason['rule']}: {reason.get('en', '')}" for reason in verdict["reasons"]]
    return "\n".join(lines)
