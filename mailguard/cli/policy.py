"""``mailguard policy``: are the rules right, what do they say of a mail, and what would they have done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailguard.cli.options import Config, Json, readable

if TYPE_CHECKING:
    from mailguard.cli.policy_office import PolicyOffice
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
FilesOnly = Annotated[bool, typer.Option("--files", help="Without what was changed on the screen.")]
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
        office = policy_office(config, path or folder, name)
    except ConfigurationError as error:
        if json:
            print_json({"good": False, "complaints": error.complaints, "advice": []})
            raise typer.Exit(2) from error
        raise
    loaded, rules = office.loaded, office.rules
    advice = [*loaded.advice, *_misfits(office)]
    if json:
        print_json(
            {
                "good": True, "complaints": [], "advice": advice, "set": rules.name, "version": rules.version,
                "rules": [rule.id for rule in rules.rules], "files": [str(path) for path in loaded.files],
                "change": office.in_force.number,
            }
        )  # fmt: skip
        return
    for sentence in advice:
        typer.echo(f"{sentence} (only advice)", err=True)
    changed = f", with change {office.in_force.number} of the screen" if office.in_force.changes else ""
    typer.echo(f"{rules.name}: good, {len(rules.rules)} rules, version {rules.version}{changed}")
    kinds = rules.kinds
    typer.echo(
        f"kinds.yaml: {len(kinds.kinds)} numbers, {len(kinds.dictionaries)} lists of words, "
        f"{len(kinds.members.hashes)} values of members"
    )
    plan = rules.plan
    typer.echo(
        f"incident: {len(plan.in_use)} steps, {sum(map(len, plan.contacts.roles.values()))} people and "
        f"{len(plan.contacts.outside)} contacts outside"
    )


def _misfits(office: PolicyOffice) -> list[str]:
    """What was changed on the screen and has no effect any more."""
    from mailguard.i18n import text

    return [
        f"screen: {text('en', f'misfit.{one.why.value}', rule=one.rule, figure=one.figure)}"
        for one in office.in_force.misfits
    ]


@app.command("test")
def try_examples_(
    path: PlaceArgument = None, config: Config = None, folder: Folder = None, name: Set = None, json: Json = False
) -> None:
    """Judge every example of every rule; exit status 1 if one is not as its rule says.

    Examples of rules whose figures were changed on the screen may speak of the file's figures: that is told, no more.
    """
    from mailguard.cli.office import print_json
    from mailguard.cli.policy_office import policy_office
    from mailguard.judging.examples import try_examples

    office = policy_office(config, path or folder, name)
    tuned = {rule for rule, one in office.in_force.changes.rules.items() if one.figures}
    tried = list(try_examples(office.rules))
    problems = [one for one in tried if one.problem]
    wrong = [one for one in problems if one.rule not in tuned]
    changed = [one for one in problems if one.rule in tuned]
    if json:
        shown = {
            name: [{"rule": one.rule, "place": one.example.place, "problem": one.problem} for one in found]
            for name, found in (("wrong", wrong), ("changed_on_screen", changed))
        }
        print_json({"examples": len(tried), **shown})
    else:
        for one in wrong:
            typer.echo(f"{one.example.place}: {one.rule}: this mail {one.problem}", err=True)
        for one in changed:
            said = f"with the figures of the screen this mail {one.problem} (only advice)"
            typer.echo(f"{one.example.place}: {one.rule}: {said}", err=True)
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
    files_only: FilesOnly = False,
    json: Json = False,
) -> None:
    """Which rules a mail meets and which not, test by test, for each recipient; by the office's history if any."""
    from mailguard.cli.office import print_json
    from mailguard.cli.policy_office import office_history, policy_office
    from mailguard.clock import SystemClock
    from mailguard.judging import judge_mail
    from mailguard.judging.explanation import as_text, trace
    from mailguard.judging.manifest import TrialMail, occasion_of, wire_lines, with_senders_domain
    from mailguard.judging.reading import looked_at

    office = policy_office(config, folder, name, files_only=files_only)
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


@app.command("try-kind")
def try_kind(
    kind: Annotated[str, typer.Argument(metavar="ID", help="A kind or dictionary of kinds.yaml, by its id.")],
    texts: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Texts or CSV files to look into.")],
    config: Config = None,
    folder: Folder = None,
    json: Json = False,
) -> None:
    """What a kind of your own would find in files of yours. Nothing is sent or stored; values are shown masked.

    Exit status 1 where it finds nothing.
    """
    from mailguard.cli.kinds import tried_in
    from mailguard.cli.office import print_json
    from mailguard.cli.policy_office import policy_office

    found = tried_in(policy_office(config, folder).rules.kinds, kind, texts)
    if json:
        print_json({"kind": kind, "found": found})
    else:
        for one in found:
            mark = "" if one["counts"] else "  (not sure enough to count)"
            typer.echo(f"{one['file']}:{one['line']}: {one['masked']}  {one['confidence']:.0%}{mark}")
            typer.echo(f"    {'; '.join(one['evidence'])}")
        counting = sum(bool(one["counts"]) for one in found)
        typer.echo(f"{len(found)} places, {counting} of them findings")
    if not found:
        raise typer.Exit(1)


@app.command()
def members(
    table: Annotated[Path, typer.Argument(metavar="CSV", help="Your members, with a header row.")],
    to: Annotated[Path, typer.Argument(metavar="FILE", help="Where the list of hashes goes; an old one is replaced.")],
    config: Config = None,
) -> None:
    """Make a list of your members for kinds.yaml: keyed hashes, from which nobody can read who they are."""
    from mailguard.cli.kinds import write_members
    from mailguard.cli.policy_office import finding_key, policy_office

    typer.echo(write_members(table, to, finding_key(policy_office(config).settings)))


@app.command()
def schema(
    of: Annotated[str, typer.Argument(metavar="[FILE]", help="rules, steps, contacts or documents.")] = "rules",
) -> None:
    """A JSON Schema of a rule file, or of a file in incident/, for editors that complete and check YAML."""
    from mailguard.cli.office import EXIT_WRONG, print_json
    from mailguard.policy.incident_schema import SCHEMAS
    from mailguard.policy.schema import rule_file_schema

    known = {"rules": rule_file_schema, **SCHEMAS}
    if of not in known:
        typer.echo(f"there are schemas of {', '.join(known)} (it is '{of}')", err=True)
        raise typer.Exit(EXIT_WRONG)
    print_json(known[of]())


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
    files_only: FilesOnly = False,
    json: Json = False,
) -> None:
    """Judge past mail in the order of its dates, and count what would have been stopped."""
    from mailguard.cli.office import print_json
    from mailguard.cli.replay_run import Wanted, run
    from mailguard.judging.replay_report import as_text, csv_lines, html_page
    from mailguard.judging.replay_report import summary as summary_of

    result = run(
        Wanted(
            tuple(mails or ()),
            history,
            days,
            against,
            against_folder,
            tuple(own or ()),
            budget,
            config,
            folder,
            name,
            files_only,
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


@app.command("history")
def history_(
    limit: Annotated[int, typer.Option(help="At most so many changes.", min=1)] = 20,
    config: Config = None,
    json: Json = False,
) -> None:
    """What was changed of the rules on the screen: when, by whom, and what."""
    from mailguard.cli.office import print_json
    from mailguard.cli.policy_history import as_text, shown

    found = shown(config, limit)
    if json:
        print_json(found)
    else:
        typer.echo(as_text(found))


@app.command()
def revert(
    number: Annotated[int, typer.Argument(help="The change that is to count again; 0: the files alone.", min=0)],
    note: Annotated[str, typer.Option(help="Why; it stands in the history.", callback=readable)],
    config: Config = None,
) -> None:
    """Make an older state of the rules count again, as a new change. A running service takes it up by itself."""
    from mailguard.cli.policy_history import reverted

    new = reverted(config, number, note)
    typer.echo(f"change {new}: as after change {number}" if number else f"change {new}: as the files say")


def _hold_to_budget(result: Replay) -> None:
    over = result.over_budget()
    for person, week, stops in over[:20]:
        typer.echo(f"over the budget: {person}, week of {week}: {stops} stops", err=True)
    if over:
        raise typer.Exit(1)
