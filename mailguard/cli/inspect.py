"""``mailguard inspect``: judge mails in files, without sending anything."""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailguard.cli.options import Config, Json

if TYPE_CHECKING:
    from mailguard.judging.history import TrialHistory
    from mailguard.judging.manifest import TrialMail
    from mailguard.policy.rules import RuleSet


def inspect(
    mails: Annotated[list[Path] | None, typer.Argument(metavar="[MAIL.eml]...", help="Files, one mail each.")] = None,
    manifest: Annotated[
        Path | None, typer.Option(help="A file with a line of JSON for each mail: its file, envelope and domains.")
    ] = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """What the rules say of mails, and why. Mails are learned in order, as if each had been delivered."""
    from mailguard.cli.policy_office import policy_office
    from mailguard.errors import ConfigurationError
    from mailguard.judging.history import TrialHistory
    from mailguard.judging.manifest import TrialMail, read_manifest

    wanted = [TrialMail(str(path), path) for path in mails or []]
    if manifest is not None:
        try:
            wanted += list(read_manifest(manifest))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError([f"{manifest}: cannot be read ({error})"]) from error
    if not wanted:
        raise ConfigurationError(["name mails, or a manifest with --manifest"])
    rules = policy_office(config).rules
    history = TrialHistory()
    failed = False
    try:
        for value in _answers(wanted, rules, history):
            failed = failed or "error" in value
            if json:
                sys.stdout.write(json_module.dumps(value, ensure_ascii=False) + "\n")
            else:
                typer.echo(_as_text(value))
    finally:
        history.close()
    if failed:
        raise typer.Exit(1)


def _answers(mails: list[TrialMail], rules: RuleSet, history: TrialHistory) -> Iterator[dict[str, Any]]:
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
        judged = judge_mail(situation, history.recall(situation.question), own)
        history.learn([judged.lesson], occasion.at)
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
