"""``mailguard inspect``: judge mails in files, without sending anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailguard.cli.options import Config, Json

if TYPE_CHECKING:
    from mailguard.cli.apart import MailsApart
    from mailguard.config import Settings
    from mailguard.judging.judge import Judged
    from mailguard.judging.manifest import TrialMail
    from mailguard.model.knowledge import Knowledge, Lesson, Question
    from mailguard.policy.facts import Situation
    from mailguard.policy.rules import RuleSet


def inspect(
    mails: Annotated[list[Path] | None, typer.Argument(metavar="[MAIL.eml]...", help="Files, one mail each.")] = None,
    manifest: Annotated[
        Path | None, typer.Option(help="A file with a line of JSON for each mail: its file, envelope and domains.")
    ] = None,
    config: Config = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what was found and does not count.")] = False,
    json: Json = False,
) -> None:
    """What is in mails, what the rules say of them, and why. Values are shown masked.

    The mails of a manifest are learned in order, as if each had been delivered, on an empty history. Mails that are
    named singly are judged by what the office has learned, where there is an office.
    """
    from mailguard.cli.apart import MailsApart
    from mailguard.cli.findings import as_shown, console, print_json_line, show_mail
    from mailguard.cli.policy_office import finding_key, policy_office
    from mailguard.config import LimitSettings
    from mailguard.errors import ConfigurationError
    from mailguard.judging.manifest import TrialMail, read_manifest

    output = console()

    wanted = [TrialMail(as_shown(path), path) for path in mails or []]
    if manifest is not None:
        try:
            wanted += list(read_manifest(manifest))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError([f"{manifest}: cannot be read ({error})"]) from error
    if not wanted:
        raise ConfigurationError(["name mails, or a manifest with --manifest"])
    office = policy_office(config)
    failed = False
    settings = office.settings
    with (
        _history(settings, is_trial=manifest is not None) as (recall, learn),
        MailsApart(office.rules, finding_key(settings), settings) as looking,
    ):
        mail_max = (LimitSettings() if settings is None else settings.limits).message_bytes
        for value, judged in _answers(wanted, office.rules, recall, learn, looking, mail_max):
            failed = failed or judged is None
            if json:
                print_json_line(value)
            elif judged is not None:
                show_mail(output, value, judged.facts.situation.inspection, everything=everything)
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


def _answers(
    mails: list[TrialMail], rules: RuleSet, recall: Recall, learn: Learn, looking: MailsApart, mail_max: int
) -> Iterator[tuple[dict[str, Any], Judged | None]]:
    from mailguard.cli.findings import on_terminal
    from mailguard.clock import SystemClock
    from mailguard.judging.manifest import answer, occasion_of, rules_for, wire_lines, with_senders_domain
    from mailguard.judging.scanning import read_regular

    now = SystemClock().now()
    for mail in mails:
        try:
            read = read_regular(mail.path, mail_max)
            problem = "" if read is not None else f"larger than {mail_max} octets, which the relay does not take"
        except OSError as error:
            read, problem = None, error.strerror or "?"
        if read is None:
            typer.echo(f"{on_terminal(mail.path)}: cannot be read ({problem})", err=True)
            yield {"file": mail.name, "error": "cannot be read"}, None
            continue
        octets = wire_lines(read)
        own = rules_for(mail, rules)
        occasion = occasion_of(mail, octets, now)
        own = with_senders_domain(own, occasion.reverse_path, octets)
        situation, is_answered = looking.look(octets, occasion, own)
        judged = _judged(situation, recall(situation.question), own, is_answered=is_answered)
        if is_answered:
            learn([judged.lesson], occasion.at)
        yield answer(mail.name, judged, own), judged


def _judged(situation: Situation, knowledge: Knowledge, rules: RuleSet, *, is_answered: bool) -> Judged:
    """As the relay does it: a mail that nobody could look into is held, whatever the rules say."""
    from mailguard.judging import judge_mail
    from mailguard.model.verdict import Judgement
    from mailguard.policy.builtin import UNREADABLE

    judged = judge_mail(situation, knowledge, rules)
    if is_answered:
        return judged
    return replace(judged, judgement=Judgement((UNREADABLE,) * len(judged.facts.recipients), ()))
