"""``mailguard policy``: are the rules right, what do they say of a mail, and what would they have done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailguard.cli.options import Config, Json

if TYPE_CHECKING:
    from mailguard.judging.replay import Replay

app = typer.Typer(help="The office's rules: check, test, explain, try out on past mail.", no_args_is_help=True)

Folder = Annotated[
    Path | None,
    typer.Option("--folder", help="Policy folder. Default: the one in the settings, else the one that comes along."),
]
Set = Annotated[
    str | None,
    typer.Option(
        "--set", help="Set of rules, by name or by its file. Default: the one in the settings, else standard."
    ),
]
PlaceArgument = Annotated[Path | None, typer.Argument(metavar="[PATH]", help="A policy folder, or the file of a set.")]


@app.command()
def check(
    path: PlaceArgument = None, config: Config = None, folder: Folder = None, name: Set = None, json: Json = False
) -> None:
    """Whether the rules can be taken up, all or none. Complaints name file and line; exit status 2 if there are any."""
    from mailguard.cli.office import print_json
    from mailguard.cli.policy_office import policy_office
    from mailguard.errors import ConfigurationError

    try:
        loaded = policy_office(config, path or folder, name).loaded
    except ConfigurationError as error:
        if json:
            print_json({"good": False, "complaints": error.complaints, "advice": []})
            raise typer.Exit(2) from error
        raise
    if json:
        print_json(
            {
                "good": True, "complaints": [], "advice": list(loaded.advice), "set": loaded.rules.name,
                "version": loaded.rules.version, "rules": [rule.id for rule in loaded.rules.rules],
                "files": [str(path) for path in loaded.files],
            }
        )  # fmt: skip
        return
    for sentence in loaded.advice:
        typer.echo(f"{sentence} (only advice)", err=True)
    typer.echo(f"{loaded.rules.name}: good, {len(loaded.rules.rules)} rules, version {loaded.rules.version}")


@app.command("test")
def try_examples_(
    path: PlaceArgument = None, config: Config = None, folder: Folder = None, name: Set = None, json: Json = False
) -> None:
    """Judge every example of every rule; exit status 1 if one is not as its rule says."""
    from mailguard.cli.office import print_json
    from mailguard.cli.policy_office import policy_office
    from mailguard.judging.examples import try_examples

    tried = list(try_examples(policy_office(config, path or folder, name).rules))
    wrong = [one for one in tried if one.problem]
    if json:
        print_json(
            {
                "examples": len(tried),
                "wrong": [{"rule": one.rule, "place": one.example.place, "problem": one.problem} for one in wrong],
            }
        )
    else:
        for one in wrong:
            typer.echo(f"{one.example.place}: {one.rule}: this mail {one.problem}", err=True)
        typer.echo(f"{len(tried)} examples, {len(wrong)} wrong")
    if wrong:
        raise typer.Exit(1)


@app.command()
def explain(
    mail: Annotated[Path, typer.Argument(metavar="MAIL.eml", help="A file with one mail.")],
    to: Annotated[
        list[str] | None, typer.Option("--to", help="Envelope recipient; may be repeated. Default: the header's.")
    ] = None,
    sender: Annotated[str | None, typer.Option("--from", help="Envelope sender. Default: the header's.")] = None,
    config: Config = None,
    folder: Folder = None,
    name: Set = None,
    json: Json = False,
) -> None:
    """Which rules a mail meets and which not, test by test, for each recipient; by the office's history if any."""
    from mailguard.cli.office import print_json
    from mailguard.cli.policy_office import office_history, policy_office
    from mailguard.clock import SystemClock
    from mailguard.judging import judge_mail, looked_at
    from mailguard.judging.explanation import as_text, trace
    from mailguard.judging.manifest import TrialMail, occasion_of, wire_lines, with_senders_domain

    office = policy_office(config, folder, name)
    octets = wire_lines(mail.read_bytes())
    occasion = occasion_of(TrialMail(mail.name, mail, sender, tuple(to) if to else None), octets, SystemClock().now())
    rules = with_senders_domain(office.rules, occasion.reverse_path, octets)
    situation = looked_at(octets, occasion, rules)
    with office_history(office.settings) as recall:
        judged = judge_mail(situation, recall(situation.question), rules)
    if json:
        print_json(trace(judged, rules))
    else:
        typer.echo(as_text(judged, rules))


@app.command()
def copy(to: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that is not there yet.")]) -> None:
    """Copy the policy folder that comes along, to change it: name the copy as policy.folder in the settings."""
    import shutil

    from mailguard.errors import ConfigurationError
    from mailguard.policy.shipped import shipped_folder

    if to.exists():
        raise ConfigurationError([f"{to}: is there already; nothing was copied"])
    shutil.copytree(shipped_folder(), to)
    typer.echo(f"copied to {to}; now set policy.folder in the settings")


@app.command()
def schema() -> None:
    """A JSON Schema of a rule file, for editors that complete and check YAML."""
    from mailguard.cli.office import print_json
    from mailguard.policy.schema import rule_file_schema

    print_json(rule_file_schema())


@app.command()
def replay(
    mails: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Mail files, mbox files, Maildirs, or folders of them."),
    ] = None,
    history: Annotated[bool, typer.Option("--history", help="The office's own mail of the last days.")] = False,
    days: Annotated[int, typer.Option(help="With --history: how many days.", min=1, max=3650)] = 30,
    against: Annotated[str | None, typer.Option(help="A second set to compare with.")] = None,
    against_folder: Annotated[Path | None, typer.Option(help="Its policy folder, if another.")] = None,
    own: Annotated[
        list[str] | None, typer.Option("--own", help="Own domain; may be repeated. Default: the settings'.")
    ] = None,
    budget: Annotated[
        str | None, typer.Option(help="At most so many stops, such as 3/person/week; more, and the exit status is 1.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a report with drawings here.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write a table here, a line for each mail.")] = None,
    learned: Annotated[Path | None, typer.Option(help="Write the addresses it learned here, as CSV.")] = None,
    config: Config = None,
    folder: Folder = None,
    name: Set = None,
    json: Json = False,
) -> None:
    """Judge past mail in the order of its dates, and count what would have been stopped."""
    from mailguard.cli.office import print_json
    from mailguard.cli.replay_run import Wanted, run
    from mailguard.judging.replay_report import as_text, csv_lines, html_page
    from mailguard.judging.replay_report import summary as summary_of

    result = run(
        Wanted(
            tuple(mails or ()), history, days, against, against_folder, tuple(own or ()), budget, config, folder, name
        )
    )
    if html is not None:
        html.write_text(html_page(result), "utf-8")
    if csv is not None:
        csv.write_text("".join(csv_lines(result)), "utf-8-sig")
    if learned is not None:
        learned.write_text("".join(result.learned), "utf-8-sig")
    if json:
        print_json(summary_of(result))
    else:
        typer.echo(as_text(result))
    _hold_to_budget(result)


def _hold_to_budget(result: Replay) -> None:
    over = result.over_budget()
    for person, week, stops in over[:20]:
        typer.echo(f"over the budget: {person}, week of {week}: {stops} stops", err=True)
    if over:
        raise typer.Exit(1)
