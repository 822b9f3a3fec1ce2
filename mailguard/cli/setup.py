"""``mailguard setup``: from nothing to a relay that can be started, by questions or by options."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn

import typer

DEFAULT_CONFIG = Path("/etc/mailguard/mailguard.yaml")
DEFAULT_DATA = Path("/var/lib/mailguard")
SERVICE_USER = "mailguard"
NEXT_HOP_TLS = ("required", "implicit", "opportunistic", "off")


@dataclass(frozen=True, slots=True)
class Answers:
    """What setup needs to know.

    ``account`` is empty where no first account is wanted; whose it is, is the first administrator. ``security_officer``
    is empty where nobody is named yet.
    """

    config: Path
    data: Path
    name: str
    domain: str
    hostname: str
    next_hop: str
    next_hop_port: int
    next_hop_tls: str
    certificate: Path | None
    key: Path | None
    account: str
    security_officer: str = ""


def setup(
    config: Annotated[Path | None, typer.Option("--config", help="Configuration file to write.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; take the options and the defaults.")] = False,
    data: Annotated[Path | None, typer.Option(help="Folder for mail and database.")] = None,
    name: Annotated[str | None, typer.Option(help="The office's name.")] = None,
    domain: Annotated[str | None, typer.Option(help="The office's mail domain.")] = None,
    hostname: Annotated[str | None, typer.Option(help="The relay's name in DNS.")] = None,
    next_hop: Annotated[str | None, typer.Option(help="The office's real mail server.")] = None,
    next_hop_port: Annotated[int | None, typer.Option(help="Its port.")] = None,
    next_hop_tls: Annotated[str | None, typer.Option(help="required, implicit, opportunistic or off.")] = None,
    certificate: Annotated[Path | None, typer.Option(help="The relay's certificate with its chain (PEM).")] = None,
    key: Annotated[Path | None, typer.Option(help="The certificate's private key (PEM).")] = None,
    account: Annotated[str | None, typer.Option(help="Mail address of the first account; empty for none.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the first account's password from standard input.")
    ] = False,
    security_officer: Annotated[str, typer.Option(help="Mail address of the security officer.")] = "",
    user: Annotated[str, typer.Option(help="System user of the service, who is to own the files.")] = "",
) -> None:
    """Write a configuration, make data folder, certificate and first account, and say what comes next.

    Whose account it is becomes the first system administrator.
    """
    ask = _Questions(yes)
    target = config or Path(os.environ.get("MAILGUARD_CONFIG") or DEFAULT_CONFIG)
    if target.exists():
        _fail(f"{target} is there already and stays as it is; move it away, or name another file with --config")
    own_domain = ask.text("The office's mail domain (the part after @)", domain, "--domain")
    if (certificate is None) != (key is None):
        _wrong("--certificate and --key go together")
    answers = Answers(
        config=target,
        data=(data or DEFAULT_DATA).absolute(),
        name=ask.text("The office's name, as notices show it", name, "--name", own_domain),
        domain=own_domain,
        hostname=ask.text("The relay's own name in your DNS", hostname, "--hostname", f"mailguard.{own_domain}"),
        next_hop=ask.text("The office's real mail server, which sends mail on", next_hop, "--next-hop"),
        next_hop_port=next_hop_port or int(ask.text("Its port", None, "--next-hop-port", "587")),
        next_hop_tls=ask.text(
            f"TLS towards it ({', '.join(NEXT_HOP_TLS)})", next_hop_tls, "--next-hop-tls", "required"
        ),
        certificate=certificate,
        key=key,
        account=ask.text("Mail address of the first account (empty for none)", account, "--account", ""),
        security_officer=security_officer,
    )
    _carry_out(answers, password_stdin, asks=not yes, user=user)


class _Questions:
    """Asks for what no option says; with ``--yes`` takes the default, and ends where there is none."""

    def __init__(self, silent: bool) -> None:
        self._silent = silent

    def text(self, question: str, given: str | None, option: str, default: str | None = None) -> str:
        if given is not None:
            return given
        if not self._silent and sys.stdin.isatty():
            answer: str = typer.prompt(question, default=default, show_default=bool(default))
            return answer.strip()
        if default is None:
            _wrong(f"{option} is needed")
        return default


def _carry_out(answers: Answers, password_stdin: bool, *, asks: bool, user: str) -> None:
    from mailguard.accounts.people_administration import own_mailbox
    from mailguard.cli.first_certificate import write_self_signed
    from mailguard.cli.private_files import make_private_folder, write_private
    from mailguard.config import OfficeSettings, load_with_advice
    from mailguard.errors import ConfigurationError
    from mailguard.spool import load_master_key

    for address in filter(None, (answers.account, answers.security_officer)):
        own_mailbox(OfficeSettings(domains=[answers.domain]), address)
    # Asked first: a password that is refused must not leave half of everything behind.
    password, is_made_up = _first_password(answers, password_stdin, asks=asks)
    made: list[Path] = []
    folder = answers.config.absolute().parent
    given_over = [] if folder.exists() else [folder]
    certificate, key = answers.certificate, answers.key
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        if certificate is None or key is None:
            certificate, key = folder / "self-signed.pem", folder / "self-signed.key"
            write_self_signed(certificate, key, answers.hostname)
            made += [certificate, key]
        write_private(answers.config, configuration(answers, certificate.absolute(), key.absolute()))
        made.append(answers.config)
        loaded = load_with_advice(answers.config)
        make_private_folder(answers.data)
        load_master_key(answers.data / "master.key", {})
    except ConfigurationError:
        # What was answered does not make a configuration; nothing half stays.
        _remove(made)
        raise
    except OSError as error:
        _remove(made)
        _fail(f"{error.filename or folder}: {error.strerror}")
    typer.echo(f"Written: {answers.config}")
    if answers.certificate is None:
        typer.echo(f"Made:    {certificate} (self-signed, 397 days)")
    if answers.account:
        _add_account(answers, password)
    _give_first_roles(answers)
    _hand_over([*given_over, *made, answers.data], user)
    typer.echo(f"Made:    {answers.data} (mail, database and master.key, for the service alone)")
    for sentence in loaded.advice:
        typer.echo(f"Advice:  {sentence}")
    typer.echo(next_steps(answers, password if is_made_up else None))


def configuration(answers: Answers, certificate: Path, key: Path) -> str:
    """The configuration file's text: what has to be set, and where the rest is found."""
    import yaml

    def section(name: str, values: dict[str, object], comment: str) -> str:
        return f"# {comment}\n" + yaml.safe_dump({name: values}, allow_unicode=True, sort_keys=False, width=120)

    next_hop = {"host": answers.next_hop, "port": answers.next_hop_port, "tls": answers.next_hop_tls}
    parts = [
        "# Settings of mailguard, written by 'mailguard setup'. All: 'mailguard config show'; what they mean:\n"
        "# deploy/mailguard.sample.yaml. Check a change with 'mailguard config check'.\n",
        section(
            "office",
            {"name": answers.name, "domains": [answers.domain], "hostname": answers.hostname,
             "postmaster": f"postmaster@{answers.domain}"},
            "Who the office is. Mail inside its domains is delivered at once.",
        ),
        section(
            "tls",
            {"certificate": str(certificate), "key": str(key)},
            "The relay's own certificate. Renewed files are taken up without a restart.",
        ),
        section("storage", {"directory": str(answers.data)}, "Where mail is kept."),
        section("hold", {"minutes": 5}, "How long mail to the outside waits, in minutes."),
        section(
            "delivery",
            {"next_hop": next_hop},
            "The office's real server. If it wants a sign-in: auth, username and password_file.",
        ),
    ]  # fmt: skip
    return "\n".join(parts)


def next_steps(answers: Answers, password: str | None) -> str:
    """What to do now, in words. ``password`` is one that was made up and is shown this once."""
    option = "" if answers.config == DEFAULT_CONFIG else f" --config {answers.config}"
    lines = [""]
    if password is not None:
        lines += [f"First account: {answers.account}", f"Password:      {password}   (shown only now)", ""]
    lines += ["Next:"]
    if answers.certificate is None:
        lines += [
            "  * The certificate is self-signed: every mail program will complain, and some will refuse. Before people",
            f"    use it, put one for {answers.hostname} from your certificate authority into the section tls.",
        ]
    if not answers.account:
        lines += [
            f"  * Make accounts: mailguard account add ADDRESS{option}",
            f"  * Name the system administrator: mailguard person grant ADDRESS administrator{option}",
        ]
    if not answers.security_officer:
        lines.append(f"  * Name the security officer: mailguard person grant ADDRESS security_officer{option}")
    lines += [
        "  * Copy master.key to a safe place apart from the backup: without it no stored mail can be read.",
        f"  * Look whether all is well: mailguard doctor{option}",
        f"  * Start it: mailguard serve{option}",
        f"  * In mail programs: outgoing server {answers.hostname}, port 587 with STARTTLS or 465 with TLS.",
    ]
    return "\n".join(lines)


def _first_password(answers: Answers, password_stdin: bool, *, asks: bool) -> tuple[str, bool]:
    """The first account's password, and whether it was made up here."""
    from mailguard.accounts.passwords import generated_password
    from mailguard.cli.account import asked_password

    if not answers.account:
        return "", False
    if password_stdin or (asks and sys.stdin.isatty()):
        return asked_password(answers.account, password_stdin), False
    return generated_password(), True


def _add_account(answers: Answers, password: str) -> None:
    from mailguard.accounts import administration
    from mailguard.accounts.passwords import Passwords
    from mailguard.cli.office import administrator, opened_store

    with opened_store(answers.config) as store:
        hashed = Passwords().hashed_now(password)
        store.write_now(administration.add(answers.account, "", hashed, administrator()))


def _give_first_roles(answers: Answers) -> None:
    from mailguard.accounts.people_administration import grant_role
    from mailguard.cli.office import opened
    from mailguard.model.people import Role

    wanted = ((answers.account, Role.ADMINISTRATOR), (answers.security_officer, Role.SECURITY_OFFICER))
    with opened(answers.config) as office:
        for address, role in wanted:
            if address:
                office.store.write_now(grant_role(office.settings.office, address, role, "", office.actor))
                typer.echo(f"Role:    {address} is {role.value}")


def _hand_over(paths: list[Path], user: str) -> None:
    """Give the files to the service's user: the named one, or ``mailguard`` where root sets up and there is one."""
    import pwd

    from mailguard.cli.private_files import hand_over

    if not user:
        if os.getuid() != 0 or not any(entry.pw_name == SERVICE_USER for entry in pwd.getpwall()):
            return
        user = SERVICE_USER
    try:
        hand_over(paths, user)
    except KeyError:
        _fail(f"there is no system user {user}; the files belong to the one who ran this")
    except PermissionError:
        _fail(f"only root can give the files to {user}")


def _remove(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _fail(reason: str) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(1)


def _wrong(reason: str) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(2)
