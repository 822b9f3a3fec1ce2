"""The office's policy folder as a ``RuleSet``, or a list of complaints that says what to mend where: all or nothing.

A folder holds ``office.yaml`` (whom the office knows, when it is there, exceptions), ``providers.yaml`` (free-mail and
carrier domains), ``kinds.yaml`` (numbers, words and members of its own, with the files it names), ``law.yaml`` (when a
mistake must be reported), ``incident/`` (what is done then, whom to call, what is written) and a file for each set of
rules, which may include others. Every complaint reads ``file:line: sentence``. The version of a set is a hash of every
file that was read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from errno import ENOENT
from hashlib import sha256
from os import strerror
from pathlib import Path
from typing import Any

from mailguard.config.document import Document, read_document
from mailguard.config.places import Place
from mailguard.config.suggestion import did_you_mean
from mailguard.errors import ConfigurationError
from mailguard.model.office_kinds import OfficeKinds
from mailguard.policy.directory import Directory
from mailguard.policy.incident_file import (
    StepsRead,
    check_plan,
    contacts_advice,
    merged_contacts,
    merged_plan,
    read_contacts,
    read_steps,
)
from mailguard.policy.incident_plan import NO_CONTACTS, IncidentPlan
from mailguard.policy.kind_file import read_kinds
from mailguard.policy.law import Law
from mailguard.policy.law_file import merged, read_law, read_standing
from mailguard.policy.office_file import read_office, read_providers
from mailguard.policy.office_hours import OfficeHours
from mailguard.policy.reading import Reader
from mailguard.policy.rule_file import read_rules
from mailguard.policy.rules import Rule, RuleSet
from mailguard.policy.shipped import shipped_folder
from mailguard.policy.template_file import merged_templates, read_templates
from mailguard.policy.templates import Templates

OFFICE_FILE = "office.yaml"
PROVIDERS_FILE = "providers.yaml"
KINDS_FILE = "kinds.yaml"
LAW_FILE = "law.yaml"
STEPS_FILE = "incident/steps.yaml"
CONTACTS_FILE = "incident/contacts.yaml"
DOCUMENTS_FILE = "incident/documents.yaml"
NOT_SETS = (OFFICE_FILE, PROVIDERS_FILE, KINDS_FILE, LAW_FILE)
FILE_BYTES_MAX = 4 * 1024 * 1024
INCLUDES_MAX = 20


@dataclass(frozen=True)
class LoadedPolicy:
    """A set of rules with the files it came from. ``advice``: what is unwise but stops nothing."""

    rules: RuleSet
    files: tuple[Path, ...]
    advice: tuple[str, ...]


@dataclass
class _Files:
    """What has been read so far."""

    folder: Path
    paths: list[Path] = field(default_factory=list)
    digest: Any = field(default_factory=sha256)
    complaints: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)

    def read(self, name: str, own_kinds: frozenset[str] = frozenset()) -> Reader | None:
        """One YAML file; None where it cannot be read, with a complaint."""
        path = self.folder / name
        text = self.text(name, f"{path}:1")
        if text is None:
            return None
        document = read_document(text)
        self.complaints += [f"{path}:{line}: {sentence}" for line, sentence in document.complaints]
        return Reader(path, document, self.complaints, own_kinds)

    def text(self, name: str, named_at: str) -> str | None:
        """The text of one file; None where it cannot be read, with a complaint at the place that names it."""
        path = self.folder / name
        try:
            # Not further than what is too large: a device or pipe would never end.
            if not path.is_file():
                raise FileNotFoundError(ENOENT, strerror(ENOENT))
            with path.open("rb") as file:
                octets = file.read(FILE_BYTES_MAX + 1)
        except (OSError, ValueError) as error:
            words = error.strerror if isinstance(error, OSError) else "no file can be called so"
            here = named_at if named_at == f"{path}:1" else f"{named_at}: {name}"
            self.complaints.append(f"{here}: cannot be read ({words})")
            return None
        if len(octets) > FILE_BYTES_MAX:
            self.complaints.append(f"{path}:1: is far too large for rules")
            return None
        try:
            text = octets.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = octets.count(b"\n", 0, error.start) + 1
            self.complaints.append(f"{path}:{line}: the file must be saved as UTF-8")
            return None
        self.paths.append(path)
        self.digest.update(f"{name}\0{len(octets)}\0".encode() + octets)
        return text


def load_policy(folder: Path, name: str, own: Directory, hold_minutes: float, today: date) -> LoadedPolicy:
    """The set ``name`` of a folder. ``own``: the office's own domains, which the settings name.

    Raises ``ConfigurationError`` with every complaint.
    """
    files = _Files(folder)
    directory, hours = own, OfficeHours()
    office = files.read(OFFICE_FILE) if (folder / OFFICE_FILE).exists() else None
    if office is not None:
        directory, hours = read_office(office, directory)
    providers = files.read(PROVIDERS_FILE) if (folder / PROVIDERS_FILE).exists() else None
    if providers is not None:
        directory = read_providers(providers, directory)
    kinds = files.read(KINDS_FILE) if (folder / KINDS_FILE).exists() else None
    office_kinds = OfficeKinds() if kinds is None else read_kinds(kinds, files.text)
    own_kinds = frozenset(one.kind for one in office_kinds.kinds)
    own_kinds |= frozenset(one.kind for one in office_kinds.dictionaries)
    rules, observes = _rules(files, name, directory, hours, own_kinds)
    law = _law(files, office, own_kinds)
    plan = _plan(files, law)
    templates = _templates(files)
    _cross_check(files, office, directory, rules, today)
    if not rules and not files.complaints:
        files.complaints.append(f"{folder / name}.yaml:1: there is no rule in this set; every mail would leave at once")
    if files.complaints:
        raise ConfigurationError(files.complaints)
    version = files.digest.hexdigest()[:12]
    made = RuleSet(
        name, version, tuple(rules), directory, hours, observes, hold_minutes, office_kinds, law, plan, templates
    )  # fmt: skip
    return LoadedPolicy(made, tuple(files.paths), tuple(files.advice))


def _law(files: _Files, office: Reader | None, own_kinds: frozenset[str]) -> Law:
    """What comes along, with what the office's own folder adds or ends."""
    own = files.read(LAW_FILE, own_kinds) if (files.folder / LAW_FILE).exists() else None
    added = Law() if own is None else read_law(own)
    standing = Law() if office is None else read_standing(office)
    shipped = shipped_folder()
    if files.folder.resolve() == shipped:
        return merged(Law(), added, standing)
    along = _Files(shipped, complaints=files.complaints).read(LAW_FILE)
    return merged(Law() if along is None else read_law(along), added, standing)


def _plan(files: _Files, law: Law) -> IncidentPlan:
    """The same for what is done when something went wrong."""
    is_shipped = files.folder.resolve() == shipped_folder()
    along = files if is_shipped else _Files(shipped_folder(), complaints=files.complaints)
    shipped = along.read(STEPS_FILE)
    shipped_steps = StepsRead() if shipped is None else read_steps(shipped)
    calls = along.read(CONTACTS_FILE)
    contacts = NO_CONTACTS if calls is None else read_contacts(calls)
    if is_shipped:
        plan = merged_plan(shipped_steps, StepsRead(off=shipped_steps.off), contacts)
        if shipped is not None:
            check_plan(shipped, shipped_steps, plan, law)
        return plan
    own_calls = files.read(CONTACTS_FILE) if (files.folder / CONTACTS_FILE).exists() else None
    if own_calls is not None:
        own_contacts = read_contacts(own_calls, contacts)
        files.advice += contacts_advice(own_calls, own_contacts)
        contacts = merged_contacts(contacts, own_contacts)
    own = files.read(STEPS_FILE) if (files.folder / STEPS_FILE).exists() else None
    if own is None:
        return merged_plan(shipped_steps, StepsRead(), contacts)
    own_steps = read_steps(own)
    plan = merged_plan(shipped_steps, own_steps, contacts)
    check_plan(own, own_steps, plan, law)
    return plan


def _templates(files: _Files) -> Templates:
    """The same for what is written about it."""
    is_shipped = files.folder.resolve() == shipped_folder()
    along = files if is_shipped else _Files(shipped_folder(), complaints=files.complaints)
    shipped = along.read(DOCUMENTS_FILE)
    templates = {} if shipped is None else read_templates(shipped)
    if is_shipped or not (files.folder / DOCUMENTS_FILE).exists():
        return templates
    own = files.read(DOCUMENTS_FILE)
    return templates if own is None else merged_templates(templates, read_templates(own))


def sets_in(folder: Path) -> list[str]:
    """The names of the sets a folder offers."""
    return sorted(path.stem for path in folder.glob("*.yaml") if path.name not in NOT_SETS)


def _rules(
    files: _Files, name: str, directory: Directory, hours: OfficeHours, own_kinds: frozenset[str]
) -> tuple[list[Rule], bool]:
    rules: list[Rule] = []
    observes = False
    seen: dict[str, str] = {}
    todo, done = [(name, f"{files.folder}:1")], set[str]()
    while todo:
        current, asked_at = todo.pop(0)
        if current in done:
            continue
        if len(done) == INCLUDES_MAX:
            files.complaints.append(f"{asked_at}: '{name}' includes more than {INCLUDES_MAX} files")
            break
        done.add(current)
        if not (files.folder / f"{current}.yaml").exists():
            offered = sets_in(files.folder)
            near = did_you_mean(current, offered)
            there = ", ".join(offered) or "none"
            files.complaints.append(f"{asked_at}: there is no set of rules '{current}'{near}; there are: {there}")
            continue
        reader = files.read(f"{current}.yaml", own_kinds)
        if reader is None:
            continue
        found = read_rules(reader, directory, hours)
        for rule in found.rules:
            if rule.id in seen:
                files.complaints.append(f"{rule.place}: the rule '{rule.id}' is already in {seen[rule.id]}")
            seen[rule.id] = rule.place
        rules += found.rules
        observes = observes or (current == name and found.observes)
        todo += [(one, reader.at(("include", number))) for number, one in enumerate(found.include)]
    return rules, observes


def _cross_check(files: _Files, office: Reader | None, directory: Directory, rules: list[Rule], today: date) -> None:
    """What only all files together can show."""
    names = [rule.id for rule in rules]
    for number, exemption in enumerate(directory.exemptions):
        place: Place = ("exceptions", number, "rule")
        if exemption.rule not in names and office is not None:
            near = did_you_mean(exemption.rule, names)
            files.advice.append(
                f"{office.at(place)}: the exception '{exemption.name}' is for a rule that is not in this set: "
                f"'{exemption.rule}'{near}"
            )
        if exemption.until < today and office is not None:
            files.advice.append(f"{office.at(place)}: the exception '{exemption.name}' ended on {exemption.until}")


__all__ = ["Document", "LoadedPolicy", "load_policy", "sets_in"]
